#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/restore.hpp"
#include "ledger/parting.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/new_ledger.hpp"
#include "tools/varve/outside.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/system.hpp"
#include "tools/varve/verbs.hpp"

#include <optional>
#include <string>

namespace tools::varve {

using adapters::rocksdb::Restoration;
using adapters::rocksdb::Restored;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

// The copy undoes what the lost events did: said when it is put there, and again when it may be
// done once more.
void warn_of_undone(const Console& console, const Restored& restored) {
    for (const ledger::Digest& digest : restored.redacted_since)
        console.warn(console.told("what was redacted since is there again: varve redact content:" +
                                  ledger::hex(digest) + " --reason WHY"));
    for (const ledger::Verifier& key : restored.retired_since)
        console.warn(console.told(
            "key " + key_id_text(key) + " was retired since, and counts again: varve keys retire " +
            key_id_text(key) + " --reason WHY, after a new one: varve keys rotate"));
    for (const ledger::Verifier& key : restored.added_since)
        console.warn("key " + key_id_text(key) +
                     " was added since, and is none of this ledger's any more: what it has signed "
                     "is told as lost; its file is of no use");
}

Json texts(const std::vector<ledger::Verifier>& keys) {
    Json all = Json::array();
    for (const ledger::Verifier& key : keys) all.push_back(ledger::to_text(key));
    return all;
}

// What the old folder has where the copy has nothing: "1 ledger-copied". Nothing where it cannot be
// read whole.
std::optional<std::string> lost_types(const std::filesystem::path& old,
                                      const ledger::LedgerRestored& data) {
    const auto reader = adapters::rocksdb::Reader::open(old);
    return reader ? ledger::types_between(**reader, data.size, data.lost_to) : std::nullopt;
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
    console.line(console.told(
        "One of the two goes on from here, this one or the ledger that it was copied from: where "
        "both are written to, each contradicts the other (docs/runbook.md, \"Two copies of one "
        "ledger\")."));
    warn_of_undone(console, restored);
    if (!waits_for_decision(restored)) return;
    const bool is_lossy = restored.data.lost_to > restored.data.size;
    console.line(console.paint(Colour::red, is_lossy ? "Lost" : "Unknown") + "  " +
                 loss_of(restored));
    // The document has them too, and the old folder is read once.
    if (!is_lossy || !restoration.moved_to || console.json()) return;
    if (const auto types = lost_types(*restoration.moved_to, restored.data))
        console.line("      the old folder has them: " + *types);
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
    document["not_asked"] = restored.unasked;
    document["agreeing"] = restoration ? Json(restoration->agreeing) : Json::array();
    document["redacted_since"] = Json::array();
    for (const ledger::Digest& digest : restored.redacted_since)
        document["redacted_since"].push_back(ledger::hex(digest));
    document["keys_added_since"] = texts(restored.added_since);
    document["keys_retired_since"] = texts(restored.retired_since);
    document["moved_to"] = restoration && restoration->moved_to
                               ? Json(restoration->moved_to->string())
                               : Json(nullptr);
    const auto types = restoration && restoration->moved_to
                           ? lost_types(*restoration->moved_to, restored.data)
                           : std::nullopt;
    document["lost_types"] = optional_json(types);
    document["recorded_at_position"] = optional_json(position);
    console.document(to_text(document));
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
    [[nodiscard]] Result<Outside> ask() const;
    void sign() const;
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
    if (waits_for_decision(restored) && !options_.accept_loss) {
        show_json(invocation_, console_, restoration, restored, std::nullopt);
        console_.warn(console_.told(
            "nothing can be written to it until somebody has decided: look for a newer copy "
            "(a backup, a follower, the old folder), restore once more when all can be asked, or "
            "accept the loss with `varve ledger restore " +
            (options_.to ? "--ledger " + ledger_.string() + " " : std::string{}) +
            "--accept-loss --reason WHY`"));
        return ExitCode::integrity;
    }
    const auto appended = adapters::rocksdb::accept_loss(
        ledger_, restored, command_context(invocation_, clock_), clock_);
    if (!appended) return fail(appended.error());
    console_.line("Written down at position " + std::to_string(appended->first_position));
    sign();
    show_json(invocation_, console_, restoration, restored, appended->first_position);
    return ExitCode::fine;
}

// A ledger elsewhere is a trial: its checkpoints, given away, would contradict the real one's.
void Restoring::sign() const {
    std::error_code ignored;
    if (std::filesystem::equivalent(ledger_, configuration_.ledger, ignored))
        sign_where_key(invocation_, configuration_, console_);
}

// Of a copy that cannot be read: nothing, and restoring it says better why.
Result<Outside> Restoring::ask() const {
    const auto copy = adapters::rocksdb::Reader::open(*options_.source);
    if (!copy) return Outside{};
    return ask_outside(**copy, invocation_.flags, configuration_, console_);
}

VerbResult Restoring::put_in_place() {
    auto outside = ask();
    if (!outside) return fail(outside.error());
    const auto restoration = adapters::rocksdb::restore(
        {*options_.source, ledger_, options_.replace, std::move(outside->known),
         [this] { return signals_.requested().has_value(); }, std::move(outside->unasked)},
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
    if (invocation_.flags.url && !(*restored)->unasked.empty())
        console_.note(console_.told(
            "nobody is asked now: who knows of later events is asked when a copy is put in place "
            "(varve ledger restore COPY --replace)"));
    if (waits_for_decision(**restored)) console_.line(loss_of(**restored));
    warn_of_undone(console_, **restored);
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
