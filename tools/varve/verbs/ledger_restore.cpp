#include "adapters/rocksdb/restore.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/new_ledger.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/system.hpp"
#include "tools/varve/verbs.hpp"

namespace tools::varve {

using adapters::rocksdb::Restoration;
using adapters::rocksdb::Restored;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

bool is_lossy(const Restored& restored) { return restored.data.lost_to > restored.data.size; }

std::string joined(const std::vector<std::string>& texts) {
    std::string text;
    for (const std::string& part : texts) text += (text.empty() ? "" : ", ") + part;
    return text;
}

std::string lost_text(const Restored& restored) {
    return "positions " + std::to_string(restored.data.size) + " to " +
           std::to_string(restored.data.lost_to - 1) + " are lost, known by " +
           joined(restored.data.known_by);
}

void show(const Console& console, const std::filesystem::path& ledger,
          const Restoration& restoration) {
    const Restored& restored = restoration.restored;
    if (restoration.moved_to)
        console.line("The ledger that was there is now " + restoration.moved_to->string());
    console.line(console.paint(Colour::green, "Restored") + "  " + ledger.string() + ": " +
                 std::to_string(restored.data.size) + " events, root " +
                 ledger::hex(restored.data.root));
    if (!restoration.agreeing.empty())
        console.line("Nobody of these knows more: " + joined(restoration.agreeing));
    else if (!is_lossy(restored))
        console.warn(
            "nobody could say what the ledger had reached: no old folder, no anchor, no target");
    if (is_lossy(restored))
        console.line(console.paint(Colour::red, "Lost") + "  " + lost_text(restored));
}

void show_json(const Invocation& invocation, const Console& console,
               const std::optional<Restoration>& restoration, const Restored& restored,
               std::optional<std::uint64_t> position) {
    if (!console.json()) return;
    Json document = new_document(invocation);
    document["size"] = restored.data.size;
    document["root"] = ledger::hex(restored.data.root);
    document["lost_to"] = restored.data.lost_to;
    document["known_by"] = restored.data.known_by;
    document["agreeing"] = restoration ? Json(restoration->agreeing) : Json::array();
    document["moved_to"] = restoration && restoration->moved_to
                               ? Json(restoration->moved_to->string())
                               : Json(nullptr);
    document["recorded_at_position"] = optional_json(position);
    console.document(to_text(document));
}

// The ledger that a copy is of; nothing where it cannot be read, which restoring says better.
std::optional<ledger::Uuid> ledger_of(const std::string& source) {
    const auto reader = adapters::rocksdb::Reader::open(source);
    if (!reader) return std::nullopt;
    const auto head = (*reader)->head();
    return head ? std::optional{head->ledger} : std::nullopt;
}

// The most that the target has seen of it: every marker holds the ledger's size and root.
Result<std::optional<adapters::rocksdb::Known>> ask_target(const Configuration& configuration,
                                                           const ledger::Uuid& uuid) {
    std::optional<adapters::rocksdb::Known> known;
    const auto connect = connector(configuration);
    if (!connect) return fail(connect.error());
    const auto database = (*connect)();
    if (!database) return fail(database.error());
    const auto markers = (*database)->markers();
    if (!markers) return fail(markers.error());
    for (const commands::Marker& marker : *markers)
        if (marker.ledger == uuid && marker.ledger_size > (known ? known->size : 0))
            known = {"target " + configuration.environment, uuid, marker.ledger_size,
                     marker.ledger_root};
    return known;
}

class Restoring {
public:
    Restoring(const Invocation& invocation, const Console& console,
              const LedgerRestoreOptions& options, const Configuration& configuration)
        : invocation_(invocation),
          console_(console),
          options_(options),
          configuration_(configuration),
          ledger_(options.to ? std::filesystem::path{*options.to} : configuration.ledger) {}

    VerbResult put_in_place();
    VerbResult decide();

private:
    [[nodiscard]] std::vector<adapters::rocksdb::Known> ask_outside() const;
    VerbResult finish(const std::optional<Restoration>& restoration, const Restored& restored);

    const Invocation& invocation_;
    const Console& console_;
    const LedgerRestoreOptions& options_;
    const Configuration& configuration_;
    std::filesystem::path ledger_;
    SystemClock clock_;
    Signals signals_;
};

// Where something is lost, a person's word goes into the ledger, or it stays as it is.
VerbResult Restoring::finish(const std::optional<Restoration>& restoration,
                             const Restored& restored) {
    if (is_lossy(restored) && !options_.accept_loss) {
        show_json(invocation_, console_, restoration, restored, std::nullopt);
        console_.warn(
            "nothing can be written to it until somebody has decided: look for a newer copy "
            "(a backup, a follower, the old folder), or accept the loss with `varve ledger "
            "restore --accept-loss --reason WHY`");
        return ExitCode::integrity;
    }
    const auto appended = adapters::rocksdb::accept_loss(
        ledger_, restored, command_context(invocation_, clock_), clock_);
    if (!appended) return fail(appended.error());
    console_.line("Written down at position " + std::to_string(appended->first_position));
    show_json(invocation_, console_, restoration, restored, appended->first_position);
    return ExitCode::fine;
}

std::vector<adapters::rocksdb::Known> Restoring::ask_outside() const {
    const auto uuid = ledger_of(*options_.source);
    if (!uuid) return {};
    std::vector<adapters::rocksdb::Known> all;
    const auto known = ask_target(configuration_, *uuid);
    if (!known)
        console_.warn("the target could not be asked what it has seen: " + known.error().detail);
    else if (*known)
        all.push_back(**known);
    for (const auto& witness : all_witnesses(configuration_)) {
        if (!witness->can_be_asked()) continue;
        const bool is_target = witness->kind() == ledger::WitnessKind::target;
        const auto held = witness->latest(*uuid);
        if (!held && !is_target)
            console_.warn(witness->name() + " could not be asked: " + held.error().detail);
        if (held && *held)
            all.push_back(
                {(is_target ? "checkpoints of target " : "checkpoints in ") + witness->name(),
                 *uuid, (*held)->size, (*held)->root});
    }
    return all;
}

VerbResult Restoring::put_in_place() {
    const auto restoration =
        adapters::rocksdb::restore({*options_.source, ledger_, options_.replace, ask_outside(),
                                    [this] { return signals_.requested().has_value(); }},
                                   clock_);
    if (!restoration) return fail(restoration.error());
    show(console_, ledger_, *restoration);
    return finish(*restoration, restoration->restored);
}

VerbResult Restoring::decide() {
    const auto restored = adapters::rocksdb::read_restored(ledger_);
    if (!restored) return fail(restored.error());
    if (!*restored)
        return fail(Code::refused, "usage",
                    ledger_.string() + " waits for no decision, and no copy is named",
                    "varve ledger restore COPY");
    if (is_lossy(**restored)) console_.line(lost_text(**restored));
    return finish(std::nullopt, **restored);
}

}  // namespace

VerbResult ledger_restore(const Invocation& invocation, const Console& console,
                          const LedgerRestoreOptions& options) {
    if (options.accept_loss)
        if (auto given = reason_given(invocation); !given) return fail(given.error());
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    Restoring restoring{invocation, console, options, *configuration};
    return options.source ? restoring.put_in_place() : restoring.decide();
}

}  // namespace tools::varve
