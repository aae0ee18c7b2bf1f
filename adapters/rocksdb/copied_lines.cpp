// The part of Commit that takes events as they are, from another copy of the ledger.
#include "adapters/rocksdb/commit.hpp"
#include "adapters/rocksdb/content_row.hpp"
#include "ledger/codec.hpp"

#include <utility>
#include <variant>

namespace adapters::rocksdb {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

Result<ledger::Record> decode_exactly(const std::string& line) {
    auto record = ledger::decode(line);
    if (!record) return record;
    if (std::holds_alternative<ledger::Opaque>(record->data))
        return fail(Code::refused, "ledger-newer",
                    "the event at position " + std::to_string(record->position) + " is of a type " +
                        "that this version does not know: " + ledger::type_of(record->data),
                    "copy it with the version that wrote it, or a newer one");
    const auto again = ledger::encode(*record);
    if (!again || *again != line)
        return fail(Code::corrupt, "event-unreadable",
                    "position " + std::to_string(record->position) +
                        " is not in the one form that is allowed");
    return record;
}

tl::unexpected<ledger::Error> does_not_follow(std::uint64_t position, const std::string& why) {
    return fail(Code::corrupt, "ledger-damaged",
                "the event that came as position " + std::to_string(position) +
                    " does not follow what is here: " + why,
                "`varve verify` of the ledger it came from says what is wrong");
}

}  // namespace

Result<void> Commit::expect_next(const ledger::Record& record, const Prepared& before) const {
    const std::uint64_t position = after_.frontier.size() + before.records.size();
    if (record.ledger != after_.ledger) return does_not_follow(position, "it is another ledger's");
    if (record.position != position)
        return does_not_follow(position, "it is position " + std::to_string(record.position));
    const bool is_first = before.records.empty();
    const std::int64_t last_us =
        is_first ? after_.recorded_at_us : before.records.back().recorded_at_us;
    if (record.recorded_at_us <= last_us)
        return does_not_follow(position, "it is not later than the one before it");
    const std::uint32_t expected =
        is_first || before.records.back().batch_index + 1 == before.records.back().batch_length
            ? 0
            : before.records.back().batch_index + 1;
    if (record.batch_index != expected || record.batch_index >= record.batch_length)
        return does_not_follow(position, "it tears an append apart");
    const auto known = find_record(record.id);
    if (!known) return fail(known.error());
    if (*known) return does_not_follow(position, "its id is there already");
    return {};
}

Result<void> Commit::add_lines(std::span<const std::string> lines) {
    Prepared prepared;
    for (const std::string& line : lines) {
        auto record = decode_exactly(line);
        if (!record) return fail(record.error());
        if (auto fit = expect_next(*record, prepared); !fit) return fit;
        const auto [version, is_new] = prepared.versions.try_emplace(record->stream);
        if (is_new) {
            const auto known = version_of(record->stream);
            if (!known) return fail(known.error());
            version->second = *known;
        }
        if (record->stream_version != ++version->second)
            return does_not_follow(record->position, "its stream is at another version");
        prepared.records.push_back(std::move(*record));
        prepared.lines.push_back(line);
    }
    if (prepared.records.empty()) return {};
    const ledger::Record& last = prepared.records.back();
    if (last.batch_index + 1 != last.batch_length)
        return does_not_follow(last.position + 1, "the append before it is not whole");
    prepared.clock_us = last.recorded_at_us;
    if (auto fit = ledger::check_checkpoints(prepared.records); !fit) return fit;
    for (const ledger::Record& record : prepared.records)
        if (auto staged = stage_checkpoint(record.data); !staged) return staged;
    stage(prepared, {});
    return {};
}

void Commit::add_content(const ledger::Digest& digest, std::string_view bytes) {
    if (staged_contents_.insert(digest).second) put(Family::content, bytes_of(digest), pack(bytes));
}

}  // namespace adapters::rocksdb
