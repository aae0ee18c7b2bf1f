#include "tools/varve/waiting_ledger.hpp"

#include "adapters/rocksdb/restore.hpp"

namespace tools::varve {

std::optional<std::string> tell_waiting(const Console& console,
                                        const std::filesystem::path& ledger) {
    const auto restored = adapters::rocksdb::read_restored(ledger);
    if (restored && !*restored) return std::nullopt;
    const std::string what = restored ? loss_of(**restored) : restored.error().detail;
    console.line(console.paint(Colour::yellow, "Restored, waits for a decision") + ": " + what +
                 console.told(" (varve ledger restore --accept-loss --reason WHY)"));
    return what;
}

}  // namespace tools::varve
