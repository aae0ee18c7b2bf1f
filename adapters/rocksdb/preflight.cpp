#include "adapters/rocksdb/preflight.hpp"

#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/tail.hpp"

#include <string>

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

namespace {

Result<void> look(const std::filesystem::path& path, Mode mode, const Anchor& anchor) {
    const auto database = Database::open(events_of(path), mode);
    if (!database) return fail(database.error());
    const auto tail = load_tail(**database);
    if (!tail) return fail(tail.error());
    return expect_anchored(**database, *tail, anchor);
}

}  // namespace

Result<void> preflight(const std::filesystem::path& path, Mode mode, const Anchor& anchor,
                       std::chrono::milliseconds timeout) {
    const auto seen = run_in_child(
        [&]() -> std::string {
            const auto outcome = look(path, mode, anchor);
            if (outcome) return join({"fit"});
            const ledger::Error& error = outcome.error();
            return join({std::to_string(static_cast<int>(error.code)), error.reason, error.detail,
                         error.help});
        },
        timeout);
    if (!seen) return fail(seen.error());
    const auto texts = split(*seen);
    if (texts.size() != 4) return {};
    return fail(static_cast<ledger::Code>(texts[0].front() - '0'), texts[1], texts[2], texts[3]);
}

}  // namespace adapters::rocksdb
