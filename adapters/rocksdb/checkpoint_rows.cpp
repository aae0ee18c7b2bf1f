#include "adapters/rocksdb/checkpoint_rows.hpp"

#include "adapters/rocksdb/rows.hpp"
#include "ledger/cosignature.hpp"

#include <utility>
#include <variant>

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

Result<std::optional<CheckpointRow>> checkpoint_row_of(const ledger::Event& event,
                                                       const LastCheckpointRow& last) {
    const auto* const checkpoint = std::get_if<ledger::CheckpointSigned>(&event);
    const auto* const witnessed = std::get_if<ledger::CheckpointWitnessed>(&event);
    const bool adds_none = witnessed == nullptr || !witnessed->cosignature;
    if (checkpoint == nullptr && adds_none) return std::optional<CheckpointRow>{};
    const std::uint64_t size = checkpoint != nullptr ? checkpoint->size : witnessed->size;
    auto before = last(size);
    if (!before) return fail(before.error());
    const std::uint64_t revision = *before ? (*before)->revision + 1 : 0;
    if (checkpoint != nullptr)
        return std::optional{CheckpointRow{size, revision, checkpoint->note}};
    if (!*before || !ledger::may_add_signature((*before)->note, *witnessed->cosignature))
        return std::optional<CheckpointRow>{};
    return std::optional{
        CheckpointRow{size, revision, (*before)->note + *witnessed->cosignature + "\n"}};
}

std::string checkpoint_key(std::uint64_t size, std::uint64_t revision) {
    return number_bytes(size) + number_bytes(revision);
}

std::optional<CheckpointRow> checkpoint_row_of(std::string_view key, std::string_view value) {
    if (key.size() != 16) return std::nullopt;
    return CheckpointRow{*number_of(key.substr(0, 8)), *number_of(key.substr(8)),
                         std::string{value}};
}

}  // namespace adapters::rocksdb
