#include "adapters/rocksdb/backup.hpp"
#include "adapters/rocksdb/store.hpp"
#include "ledger/clean.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/new_ledger.hpp"
#include "tools/varve/system.hpp"
#include "tools/varve/verbs.hpp"

namespace tools::varve {

using adapters::rocksdb::Backup;
using adapters::rocksdb::Manifest;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t path_bytes_max = 1'000;

Result<void> record_copy(const Invocation& invocation, const Configuration& configuration,
                         const std::filesystem::path& destination, const Manifest& manifest,
                         ledger::Clock& clock) {
    adapters::rocksdb::OpenOptions opening;
    opening.command = "varve ledger backup";
    const auto store = adapters::rocksdb::Store::open(configuration.ledger, clock, opening);
    if (!store) return fail(store.error());
    ledger::Append append;
    append.context = command_context(invocation, clock);
    append.drafts.push_back(
        {std::string{ledger::ledger_stream},
         ledger::new_uuid(clock.now_us() / 1000),
         ledger::LedgerCopied{manifest.size, manifest.root,
                              ledger::clean(destination.string(), path_bytes_max),
                              manifest.files.size(), byte_count(manifest)},
         {}});
    if (const auto appended = (*store)->append(std::move(append)); !appended)
        return fail(appended.error());
    return {};
}

void show(const Invocation& invocation, const Console& console, const LedgerBackupOptions& options,
          const Backup& backup, const Result<void>& recorded) {
    const Manifest& manifest = backup.manifest;
    console.line(console.paint(Colour::green, "OK") + "  " + options.destination + ": " +
                 std::to_string(manifest.size) + " events in " +
                 std::to_string(manifest.files.size()) + " files of " +
                 std::to_string(byte_count(manifest)) + " bytes, root " +
                 ledger::hex(manifest.root) + (options.no_verify ? ", not verified" : ""));
    console.note("The private signing key is not part of it: keep a copy of that elsewhere.");
    if (!recorded)
        console.warn("the copy is whole, and not recorded in the ledger: " +
                     recorded.error().detail);
    if (!console.json()) return;
    Json document = new_document(invocation);
    document["destination"] = options.destination;
    document["ledger"] = to_text(manifest.ledger);
    document["size"] = manifest.size;
    document["root"] = ledger::hex(manifest.root);
    document["checkpoint"] = optional_json(manifest.checkpoint);
    document["file_count"] = manifest.files.size();
    document["byte_count"] = byte_count(manifest);
    document["verified"] = !options.no_verify;
    document["beside_writer"] = backup.beside_writer;
    document["recorded"] = recorded.has_value();
    console.document(to_text(document));
}

}  // namespace

VerbResult ledger_backup(const Invocation& invocation, const Console& console,
                         const LedgerBackupOptions& options) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    SystemClock clock;
    Signals signals;
    const auto backup = adapters::rocksdb::back_up(
        {configuration->ledger, options.destination, "varve/" VARVE_VERSION, !options.no_verify,
         [&signals] { return signals.requested().has_value(); }},
        clock);
    if (!backup) return fail(backup.error());
    const auto recorded =
        record_copy(invocation, *configuration, backup->destination, backup->manifest, clock);
    show(invocation, console, options, *backup, recorded);
    return ExitCode::fine;
}

}  // namespace tools::varve
