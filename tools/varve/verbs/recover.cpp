#include "commands/recover.hpp"

#include "commands/progress_made.hpp"
#include "ledger/fold.hpp"
#include "tools/varve/clock_text.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/examination_view.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/run_console.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/time_text.hpp"
#include "tools/varve/verbs.hpp"

#include <variant>

namespace tools::varve {

using ledger::fail;

namespace {

class Watching final : public commands::Progress {
public:
    explicit Watching(const Console& console) : console_{console} {}
    void in_doubt(const commands::Examination& examination) override {
        print(console_, examination);
    }

    void found_applied(const ledger::Version& version) override {
        console_.line("\"" + version.text +
                      "\" had been applied by the run that was interrupted; its marker is there.");
    }

    void events_ahead(const commands::EventsAhead& ahead) override {
        console_.warn(text_of(ahead));
    }

    void server_clock_differs(std::int64_t server_us, std::int64_t ours_us) override {
        console_.warn(server_clock_text(server_us, ours_us));
    }

private:
    const Console& console_;
};

Json settlement_json(const Invocation& invocation, const commands::RecoverReport& report) {
    Json document = new_document(invocation);
    document["was_in_doubt"] = report.examination.has_value();
    document["attempt"] = nullptr;
    document["found_applied"] = Json::array();
    document["markers_written"] = report.settlement.owed_marker_count;
    for (const auto& attempt : report.settlement.found)
        document["found_applied"].push_back(attempt.version.text);
    if (!report.examination) return document;
    document["attempt"] = to_json(*report.examination);
    if (report.settlement.verdict)
        document["verdict"] = ledger::type_of(*report.settlement.verdict);
    return document;
}

std::string settlement_sentence(const commands::RecoverReport& report) {
    if (!report.examination) {
        if (!report.settlement.found.empty())
            return "An interrupted run was closed; what it had applied is in the ledger now.";
        if (report.settlement.run_closed)
            return "An interrupted run was closed; nothing was in doubt.";
        if (const auto count = report.settlement.owed_marker_count; count > 0)
            return "Nothing is in doubt. " + counted(count, "marker") +
                   " that the target still lacked " + (count == 1 ? "is" : "are") + " written.";
        return "Nothing is in doubt.";
    }
    const auto& attempt = report.examination->attempt;
    const std::string what =
        "\"" + attempt.version.text + "\" (started " + instant_short(attempt.since_us) + ")";
    const auto* failed = report.settlement.verdict
                             ? std::get_if<ledger::AttemptFailed>(&*report.settlement.verdict)
                             : nullptr;
    if (failed == nullptr) return "Settled: " + what + " had happened; its marker is there.";
    return "Settled: " + what + " was " + failed->message + commands::and_begun(failed->survivors) +
           ".";
}

}  // namespace

VerbResult recover(const Invocation& invocation, const Console& console) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    const auto target = target_request(*configuration);
    if (!target) return fail(target.error());
    // The files may be gone: then the scripts that the ledger keeps are looked at.
    const auto folder = load_folder(*configuration);

    Watching watching{console};
    auto writing = Writing::open(invocation, *configuration, false, watching);
    if (!writing) return fail(writing.error());
    const auto report =
        commands::recover((*writing)->services(), *target, folder ? folder->get() : nullptr);
    if (!report) return fail(report.error());
    console.line(settlement_sentence(*report));
    if (console.json()) console.document(to_text(settlement_json(invocation, *report)));
    return ExitCode::fine;
}

}  // namespace tools::varve
