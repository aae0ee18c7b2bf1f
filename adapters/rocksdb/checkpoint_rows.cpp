#include "adapters/rocksdb/checkpoint_rows.hpp"

#include "adapters/rocksdb/rows.hpp"
#include "ledger/cosignature.hpp"
#include "ledger/note.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t signatures_max = 64;  // that a note may carry

// One cosignature of each key: a note that has it, or is full, stays as it is, and can be read.
bool may_add(const std::string& note_text, const std::string& line) {
    const auto note = ledger::note_from_text(note_text);
    const auto added = ledger::signature_from_line(line);
    if (!note || !added || note->signatures.size() >= signatures_max) return false;
    return std::none_of(note->signatures.begin(), note->signatures.end(), [&](const auto& each) {
        return each.name == added->name && each.key_id == added->key_id;
    });
}

}  // namespace

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
    if (!*before || !may_add((*before)->note, *witnessed->cosignature))
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
