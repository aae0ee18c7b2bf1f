#include "adapters/rocksdb/preflight.hpp"

#include "adapters/rocksdb/checkpoint_rows.hpp"
#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/history.hpp"
#include "adapters/rocksdb/rows.hpp"
#include "adapters/rocksdb/tail.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

namespace {

Result<void> see_checkpoint(const Database& database, Sight& sight) {
    const auto last = database.last(Family::checkpoints);
    if (!last) return fail(last.error());
    const auto row = *last ? checkpoint_row_of((*last)->key, (*last)->value) : std::nullopt;
    if (!row || row->size > sight.head.size) return {};
    const auto root = root_at(database, sight.head.size, row->size);
    if (!root) return fail(root.error());
    sight.checkpoint_size = row->size;
    sight.checkpoint_root = *root;
    return {};
}

Result<Sight> look_into(const Database& database, const Anchor& anchor) {
    const auto tail = load_tail(database);
    if (!tail) return fail(tail.error());
    if (auto fit = expect_anchored(database, *tail, anchor); !fit) return fail(fit.error());
    Sight sight{head_of(*tail)};
    if (auto seen = see_checkpoint(database, sight); !seen) return fail(seen.error());
    return sight;
}

// In a process that ends with its answer: closing hundreds of files would only delay it.
Result<Sight> look(const std::filesystem::path& path, Mode mode, const Anchor& anchor) {
    auto database = Database::open(events_of(path), mode);
    if (!database) return fail(database.error());
    return look_into(*database->release(), anchor);
}

std::string to_bytes(const Result<Sight>& outcome) {
    if (!outcome) {
        const ledger::Error& error = outcome.error();
        return join(
            {std::to_string(static_cast<int>(error.code)), error.reason, error.detail, error.help});
    }
    const ledger::Head& head = outcome->head;
    return join({std::string{bytes_of(head.ledger)}, number_bytes(head.size),
                 std::string{bytes_of(head.root)},
                 number_bytes(static_cast<std::uint64_t>(head.recorded_at_us)),
                 number_bytes(outcome->checkpoint_size),
                 std::string{bytes_of(outcome->checkpoint_root)}});
}

Result<Sight> sight_of(const std::vector<std::string>& texts) {
    Sight sight;
    ledger::Head& head = sight.head;
    const auto size = number_of(texts[1]);
    const auto recorded_at_us = number_of(texts[3]);
    const auto checkpoint_size = number_of(texts[4]);
    if (texts[0].size() != head.ledger.bytes.size() || !size || texts[2].size() != 32 ||
        !recorded_at_us || !checkpoint_size || texts[5].size() != 32)
        return fail(ledger::Code::corrupt, "ledger-damaged",
                    "the process that looked at it first said nothing of use");
    std::copy(texts[0].begin(), texts[0].end(), reinterpret_cast<char*>(head.ledger.bytes.data()));
    head.size = *size;
    head.root = digest_of(texts[2]);
    head.recorded_at_us = static_cast<std::int64_t>(*recorded_at_us);
    sight.checkpoint_size = *checkpoint_size;
    sight.checkpoint_root = digest_of(texts[5]);
    return sight;
}

}  // namespace

Result<Preflight> Preflight::begin(const std::filesystem::path& path, Mode mode,
                                   const Anchor& anchor) {
    auto child = Child::start([&] { return to_bytes(look(path, mode, anchor)); });
    if (!child) return fail(child.error());
    return Preflight{std::move(*child)};
}

Result<Sight> Preflight::finish(std::chrono::milliseconds timeout) {
    const auto seen = child_.finish(timeout);
    if (!seen) return fail(seen.error());
    const auto texts = split(*seen);
    if (texts.size() == 4)
        return fail(static_cast<ledger::Code>(texts[0].front() - '0'), texts[1], texts[2],
                    texts[3]);
    if (texts.size() == 6) return sight_of(texts);
    return fail(ledger::Code::corrupt, "ledger-damaged",
                "the process that looked at it first said nothing of use");
}

}  // namespace adapters::rocksdb
