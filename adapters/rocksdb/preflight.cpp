#include "adapters/rocksdb/preflight.hpp"

#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/rows.hpp"
#include "adapters/rocksdb/tail.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

namespace {

Result<ledger::Head> look(const std::filesystem::path& path, Mode mode, const Anchor& anchor) {
    const auto database = Database::open(events_of(path), mode);
    if (!database) return fail(database.error());
    const auto tail = load_tail(**database);
    if (!tail) return fail(tail.error());
    if (auto fit = expect_anchored(**database, *tail, anchor); !fit) return fail(fit.error());
    return head_of(*tail);
}

std::string to_bytes(const Result<ledger::Head>& outcome) {
    if (!outcome) {
        const ledger::Error& error = outcome.error();
        return join(
            {std::to_string(static_cast<int>(error.code)), error.reason, error.detail, error.help});
    }
    return join({std::string{bytes_of(outcome->ledger)}, number_bytes(outcome->size),
                 std::string{bytes_of(outcome->root)},
                 number_bytes(static_cast<std::uint64_t>(outcome->recorded_at_us)), "fit"});
}

Result<ledger::Head> head_of(const std::vector<std::string>& texts) {
    ledger::Head head;
    const auto size = number_of(texts[1]);
    const auto recorded_at_us = number_of(texts[3]);
    if (texts[0].size() != head.ledger.bytes.size() || !size || texts[2].size() != 32 ||
        !recorded_at_us)
        return fail(ledger::Code::corrupt, "ledger-damaged",
                    "the process that looked at it first said nothing of use");
    std::copy(texts[0].begin(), texts[0].end(), reinterpret_cast<char*>(head.ledger.bytes.data()));
    head.size = *size;
    head.root = digest_of(texts[2]);
    head.recorded_at_us = static_cast<std::int64_t>(*recorded_at_us);
    return head;
}

}  // namespace

Result<Preflight> Preflight::begin(const std::filesystem::path& path, Mode mode,
                                   const Anchor& anchor) {
    auto child = Child::start([&] { return to_bytes(look(path, mode, anchor)); });
    if (!child) return fail(child.error());
    return Preflight{std::move(*child)};
}

Result<ledger::Head> Preflight::finish(std::chrono::milliseconds timeout) {
    const auto seen = child_.finish(timeout);
    if (!seen) return fail(seen.error());
    const auto texts = split(*seen);
    if (texts.size() == 4)
        return fail(static_cast<ledger::Code>(texts[0].front() - '0'), texts[1], texts[2],
                    texts[3]);
    if (texts.size() == 5) return head_of(texts);
    return fail(ledger::Code::corrupt, "ledger-damaged",
                "the process that looked at it first said nothing of use");
}

}  // namespace adapters::rocksdb
