#include "commands/redact.hpp"

#include "ledger/fail_point.hpp"
#include "tools/varve/confirmation.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/ledger_session.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/verbs.hpp"

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::string_view prefix = "content:";
constexpr const char* out_of_reach =
    "Backups, copies and exports made before still hold it, and so may the migration file.";

// Of an error's text: what its event has of it itself, which no redaction reaches. Else empty.
std::string what_stays(const commands::Redactable& redactable) {
    if (redactable.content.kind != "error") return "";
    return "The first 4 KiB of this message stay in every event that names it, and in every export "
           "of them: an event cannot be redacted.";
}

Result<ledger::Digest> digest_of(const std::string& content) {
    const std::string hex = content.starts_with(prefix) ? content.substr(prefix.size()) : content;
    const auto digest = ledger::digest_from_hex(hex);
    if (digest) return *digest;
    return fail(Code::refused, "usage", "\"" + hex + "\" is no SHA-256 in hex",
                "content: and 64 lower-case characters, as varve show EVENT has them");
}

std::string positions_text(const commands::Redactable& redactable) {
    std::string text;
    for (const std::uint64_t position : redactable.positions)
        text += (text.empty() ? "" : ", ") + std::to_string(position);
    return text + (redactable.event_count > redactable.positions.size() ? ", ..." : "");
}

std::string described(const commands::Redactable& redactable) {
    return std::to_string(redactable.content.byte_count) + " bytes of \"" +
           redactable.content.kind + "\", named by " + std::to_string(redactable.event_count) +
           (redactable.event_count == 1 ? " event (" : " events (") + positions_text(redactable) +
           ")";
}

// It cannot be taken back, so it is asked about; where nobody can be asked it must be said.
Result<void> agreed(const Invocation& invocation, const Console& console,
                    const commands::Redactable& redactable) {
    if (invocation.yes) return {};
    const std::string stays = what_stays(redactable);
    if (!can_ask(console))
        return fail(Code::refused, "confirmation-missing",
                    "redacting cannot be taken back: it would delete " + described(redactable) +
                        (stays.empty() ? "" : ". " + stays),
                    "add --yes where nobody can be asked");
    return ask((stays.empty() ? "" : stays + "\n") + "Delete " + described(redactable) +
               " for good?");
}

void show(const Invocation& invocation, const Console& console,
          const commands::Redactable& redactable, std::uint64_t position) {
    const std::string hex = ledger::hex(redactable.content.digest);
    console.line("Redacted: content:" + hex + ", " + described(redactable) + ".");
    console.line("Event " + std::to_string(position) +
                 " says so; every proof stays valid. The same bytes are never stored again.");
    const std::string stays = what_stays(redactable);
    if (!stays.empty()) console.line(stays);
    console.line(out_of_reach);
    if (!console.json()) return;
    Json document = new_document(invocation);
    document["digest"] = hex;
    document["byte_count"] = redactable.content.byte_count;
    document["kind"] = redactable.content.kind;
    document["event_count"] = redactable.event_count;
    document["positions"] = redactable.positions;
    document["position"] = position;
    document["note"] = (stays.empty() ? "" : stays + " ") + out_of_reach;
    console.document(to_text(document));
}

}  // namespace

VerbResult redact(const Invocation& invocation, const Console& console,
                  const RedactOptions& options) {
    if (auto given = reason_given(invocation); !given) return fail(given.error());
    const auto digest = digest_of(options.content);
    if (!digest) return fail(digest.error());
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto writing = LedgerSession::open(invocation, *configuration);
    if (!writing) return fail(writing.error());
    auto& store = (*writing)->store();
    const auto redactable = commands::find_redactable(store, *digest);
    if (!redactable) {
        // A process that was killed in between has left the bytes in old files.
        if (redactable.error().reason == "content-redacted")
            if (auto erased = store.erase_redacted(*digest); !erased) return fail(erased.error());
        return fail(redactable.error());
    }
    if (auto yes = agreed(invocation, console, *redactable); !yes) return fail(yes.error());
    const auto position =
        commands::redact(store, (*writing)->clock(), (*writing)->context(), *redactable);
    if (!position) return fail(position.error());
    ledger::fail_point("redaction-committed");
    if (auto erased = store.erase_redacted(*digest); !erased) return fail(erased.error());
    show(invocation, console, *redactable, *position);
    sign_after(**writing, *configuration, console);
    return ExitCode::fine;
}

}  // namespace tools::varve
