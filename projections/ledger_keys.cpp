#include "projections/ledger_keys.hpp"

#include "ledger/fold.hpp"
#include "ledger/spelling.hpp"
#include "projections/row_key.hpp"
#include "projections/status.hpp"
#include "projections/values.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <variant>

namespace projections {

namespace {

constexpr std::string_view keys_word = "keys";
constexpr std::string_view witnessed_word = "witnessed";

std::string witnessed_key(ledger::WitnessKind kind, const std::string& witness) {
    return row_key({witnessed_word, ledger::spell(kind), witness});
}

template <class Change>
void change_keys(Rows& rows, const Change& change) {
    change(edit<LedgerKeys>(rows, row_key({keys_word})));
}

// Each is added once and retired once, as ledger/signing_keys.hpp has it.
void add(LedgerKeys& keys, const ledger::KeyAdded& e, std::uint64_t position) {
    const bool is_known = std::any_of(keys.keys.begin(), keys.keys.end(), [&](const auto& key) {
        return key.name == e.name && key.public_key == e.public_key;
    });
    if (!is_known) keys.keys.push_back({e.name, e.public_key, position, {}});
}

void retire(LedgerKeys& keys, const ledger::KeyRetired& e, std::uint64_t position) {
    for (LedgerKey& key : keys.keys)
        if (key.name == e.name && key.public_key == e.public_key && !key.retired_up_to)
            key.retired_up_to = std::min(e.valid_up_to_size, position);
}

void on_witnessed(Rows& rows, const ledger::CheckpointWitnessed& e) {
    const std::string key = witnessed_key(e.kind, e.witness);
    const auto before = rows.get(key);
    const std::uint64_t size = before ? from_big_endian(*before) : 0;
    if (e.size > size) rows.put(key, big_endian(e.size));
}

}  // namespace

void fold_keys(Rows& rows, const ledger::Record& record) {
    std::visit(ledger::Overload{
                   [&](const ledger::KeyAdded& e) {
                       change_keys(rows, [&](LedgerKeys& keys) { add(keys, e, record.position); });
                   },
                   [&](const ledger::KeyRetired& e) {
                       change_keys(rows,
                                   [&](LedgerKeys& keys) { retire(keys, e, record.position); });
                   },
                   [&](const ledger::LedgerRestored& e) {
                       change_keys(rows, [&](LedgerKeys& keys) {
                           keys.restored = Restoration{e.size, e.lost_to};
                       });
                   },
                   [&](const ledger::CheckpointWitnessed& e) { on_witnessed(rows, e); },
                   [](const auto&) {},
               },
               record.data);
}

ledger::Result<LedgerKeys> read_keys(const RowStore& rows) {
    auto keys = load<LedgerKeys>(rows, row_prefix(status_projection()) + row_key({keys_word}));
    if (!keys) return ledger::fail(keys.error());
    return std::move(*keys).value_or(LedgerKeys{});
}

ledger::Result<std::uint64_t> witnessed_size(const RowStore& rows, ledger::WitnessKind kind,
                                             const std::string& witness) {
    const auto bytes = rows.get(row_prefix(status_projection()) + witnessed_key(kind, witness));
    if (!bytes) return ledger::fail(bytes.error());
    return *bytes ? from_big_endian(**bytes) : 0;
}

}  // namespace projections
