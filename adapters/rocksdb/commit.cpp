#include "adapters/rocksdb/commit.hpp"

#include "adapters/rocksdb/content_row.hpp"
#include "adapters/rocksdb/history.hpp"
#include "ledger/codec.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

namespace adapters::rocksdb {

using ledger::Code;
using ledger::Digest;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t batch_bytes_kept = std::size_t{1} << 20U;

bool is_same_event(const ledger::Record& stored, const ledger::Draft& draft) {
    return stored.stream == draft.stream && stored.data == draft.data &&
           stored.causation == draft.causation;
}

tl::unexpected<ledger::Error> reused(const ledger::Uuid& id) {
    return fail(Code::refused, "event-id-reused",
                "event id " + to_text(id) + " is in the ledger already, with another event",
                "give every new event a new id");
}

std::string root_of(std::string_view tile) {
    ledger::Frontier frontier;
    for (std::size_t offset = 0; offset < tile.size(); offset += digest_bytes)
        frontier.append(digest_of(tile.substr(offset, digest_bytes)));
    return std::string{bytes_of(frontier.root())};
}

}  // namespace

void CommitMemory::empty_batch() {
    if (batch.Data().capacity() > batch_bytes_kept)
        batch = ::rocksdb::WriteBatch{};
    else
        batch.Clear();
}

Result<std::optional<ledger::Record>> Commit::find_record(const ledger::Uuid& id) const {
    if (const auto staged = staged_records_.find(id); staged != staged_records_.end())
        return std::optional{staged->second};
    if (memory_.greatest_id && *memory_.greatest_id < id) return std::optional<ledger::Record>{};
    const auto bytes = database_.get(Family::ids, bytes_of(id));
    if (!bytes) return fail(bytes.error());
    if (!*bytes) return std::optional<ledger::Record>{};
    const auto row = id_row_of(**bytes);
    if (!row)
        return fail(Code::corrupt, "ledger-damaged", "a row of `ids` is unreadable",
                    "`varve verify` says what is wrong");
    const auto found = lines(database_, first_position_, row->position, 1);
    if (!found) return fail(found.error());
    if (found->empty())
        return fail(Code::corrupt, "ledger-damaged", "a row of `ids` names no event",
                    "`varve verify` says what is wrong");
    auto record = ledger::decode(found->front());
    if (!record) return fail(record.error());
    return std::optional{std::move(*record)};
}

// Ids carry their time, so that nearly every new one is beyond all that are there: those need not
// be looked for.
Result<void> Commit::know_greatest_id() {
    if (memory_.greatest_id) return {};
    const auto last = database_.last(Family::ids);
    if (!last) return fail(last.error());
    ledger::Uuid greatest;
    if (*last && (*last)->key.size() == greatest.bytes.size())
        std::copy((*last)->key.begin(), (*last)->key.end(), greatest.bytes.begin());
    memory_.greatest_id = greatest;
    return {};
}

Result<std::optional<ledger::Appended>> Commit::find_repeated(const ledger::Append& append) {
    if (auto known = know_greatest_id(); !known) return fail(known.error());
    std::optional<std::uint64_t> first_position;
    std::size_t found_count = 0;
    std::set<ledger::Uuid> ids;
    for (const ledger::Draft& draft : append.drafts) {
        if (!ids.insert(draft.id).second) return reused(draft.id);
        const auto stored = find_record(draft.id);
        if (!stored) return fail(stored.error());
        if (!*stored) continue;
        if (!is_same_event(**stored, draft)) return reused(draft.id);
        ++found_count;
        if (!first_position) first_position = (*stored)->position;
    }
    if (found_count == 0) return std::optional<ledger::Appended>{};
    if (found_count != append.drafts.size()) return reused(append.drafts.front().id);
    return std::optional{ledger::Appended{*first_position, head_of(after_)}};
}

Result<std::uint64_t> Commit::version_of(const std::string& stream) {
    if (const auto staged = staged_versions_.find(stream); staged != staged_versions_.end())
        return staged->second;
    if (const auto known = memory_.versions.find(stream); known != memory_.versions.end())
        return known->second;
    auto version = stream_version(database_, first_position_, stream);
    if (version) memory_.versions.emplace(stream, *version);
    return version;
}

Result<void> Commit::check_expectations(const ledger::Append& append) {
    for (const ledger::Expectation& expected : append.expectations) {
        const auto version = version_of(expected.stream);
        if (!version) return fail(version.error());
        if (*version != expected.version)
            return fail(Code::conflict, "stream-moved",
                        "stream " + expected.stream + " ends at version " +
                            std::to_string(*version) + ", not " + std::to_string(expected.version),
                        "read it again and decide again");
    }
    return {};
}

ledger::Record Commit::envelope(const ledger::Append& append, std::size_t index) const {
    const ledger::Draft& draft = append.drafts[index];
    ledger::Record record;
    record.ledger = after_.ledger;
    record.position = after_.frontier.size() + index;
    record.batch_index = static_cast<std::uint32_t>(index);
    record.batch_length = static_cast<std::uint32_t>(append.drafts.size());
    record.stream = draft.stream;
    record.id = draft.id;
    record.actor = append.context.actor;
    record.run = append.context.run;
    record.correlation = append.context.correlation;
    record.causation = draft.causation;
    record.reason = append.context.reason;
    record.ticket = append.context.ticket;
    record.tool = append.context.tool;
    record.data = draft.data;
    return record;
}

Result<Commit::Prepared> Commit::prepare(const ledger::Append& append) {
    Prepared prepared;
    const std::int64_t now_us = clock_.now_us();
    prepared.clock_us = std::max(now_us, after_.clock_us);
    std::int64_t recorded_at_us = after_.recorded_at_us;
    prepared.records.reserve(append.drafts.size());
    prepared.lines.reserve(append.drafts.size());
    for (std::size_t index = 0; index < append.drafts.size(); ++index) {
        ledger::Record record = envelope(append, index);
        const auto [version, is_new] = prepared.versions.try_emplace(record.stream);
        if (is_new) {
            const auto known = version_of(record.stream);
            if (!known) return fail(known.error());
            version->second = *known;
        }
        record.stream_version = ++version->second;
        recorded_at_us = std::max(now_us, recorded_at_us + 1);
        record.recorded_at_us = recorded_at_us;
        record.clock_went_back = now_us < after_.clock_us;
        auto line = ledger::encode(record);  // which has read it back
        if (!line) return fail(line.error());
        prepared.records.push_back(std::move(record));
        prepared.lines.push_back(std::move(*line));
    }
    return prepared;
}

Result<Commit::NewContents> Commit::new_contents(const ledger::Append& append) const {
    NewContents contents;
    for (const ledger::Content& content : append.contents) {
        const Digest digest = ledger::sha256(content.bytes);
        if (staged_contents_.contains(digest)) continue;
        const auto stored = database_.get(Family::content, bytes_of(digest));
        if (!stored) return fail(stored.error());
        if (!*stored) contents.emplace(digest, &content);
    }
    return contents;
}

void Commit::put(Family family, std::string_view key, std::string_view value) {
    // Fails on a batch of 4 GiB alone, and is looked at again when the batch is committed.
    const ::rocksdb::Status status =
        memory_.batch.Put(database_.handle(family), slice(key), slice(value));
    status.PermitUncheckedError();
}

void Commit::stage_tile(unsigned level, std::uint64_t index, std::string hashes) {
    const std::string key = tile_key(level, index);
    put(Family::tiles, key, hashes);
    staged_tiles_[key] = std::move(hashes);
}

void Commit::stage_event(const ledger::Record& record, const std::string& line) {
    const std::string position = number_bytes(record.position);
    const Digest leaf = ledger::leaf_hash(line);
    put(Family::events, position, line);
    put(Family::streams, stream_key(record.stream, record.stream_version), position);
    put(Family::ids, bytes_of(record.id), to_bytes(IdRow{record.position, leaf_prefix(leaf)}));
    if (record.position % tile_width == 0)
        put(Family::times, number_bytes(static_cast<std::uint64_t>(record.recorded_at_us)),
            position);
    after_.frontier.append(leaf);
    after_.leaves.push_back(leaf);
    after_.recorded_at_us = record.recorded_at_us;
    if (after_.leaves.size() < tile_width) return;
    std::string hashes;
    for (const Digest& hash : after_.leaves) hashes += bytes_of(hash);
    stage_tile(0, record.position / tile_width, std::move(hashes));
    after_.leaves.clear();
}

Result<std::optional<CheckpointRow>> Commit::last_checkpoint_of(std::uint64_t size) const {
    if (const auto staged = staged_checkpoints_.find(size); staged != staged_checkpoints_.end())
        return std::optional{staged->second};
    const auto row = database_.last_until(
        Family::checkpoints, checkpoint_key(size, std::numeric_limits<std::uint64_t>::max()));
    if (!row) return fail(row.error());
    if (!*row || !(*row)->key.starts_with(number_bytes(size)))
        return std::optional<CheckpointRow>{};
    return checkpoint_row_of((*row)->key, (*row)->value);
}

Result<void> Commit::stage_checkpoint(const ledger::Event& event) {
    auto row =
        checkpoint_row_of(event, [this](std::uint64_t size) { return last_checkpoint_of(size); });
    if (!row) return fail(row.error());
    if (!*row) return {};
    put(Family::checkpoints, checkpoint_key((*row)->size, (*row)->revision), (*row)->note);
    staged_checkpoints_.insert_or_assign((*row)->size, std::move(**row));
    return {};
}

// In the batch it comes after the content of the same append: the last one counts.
void Commit::stage_redaction(const ledger::Event& event) {
    const auto* const redacted = std::get_if<ledger::ContentRedacted>(&event);
    if (redacted == nullptr) return;
    put(Family::content, bytes_of(redacted->digest), tombstone);
    staged_contents_.insert(redacted->digest);
    redacted_.push_back(redacted->digest);
}

void Commit::stage(Prepared prepared, const NewContents& contents) {
    for (const auto& [digest, content] : contents) {
        put(Family::content, bytes_of(digest), pack(content->bytes));
        staged_contents_.insert(digest);
    }
    for (const ledger::Record& record : prepared.records) stage_redaction(record.data);
    for (std::size_t index = 0; index < prepared.records.size(); ++index)
        stage_event(prepared.records[index], prepared.lines[index]);
    for (ledger::Record& record : prepared.records)
        staged_records_.emplace_hint(staged_records_.end(), record.id, std::move(record));
    for (const auto& [stream, version] : prepared.versions) staged_versions_[stream] = version;
    after_.clock_us = prepared.clock_us;
}

Result<ledger::Appended> Commit::add(const ledger::Append& append) {
    if (append.drafts.empty())
        return fail(Code::refused, "append-empty", "an append needs at least one event");
    const auto repeated = find_repeated(append);
    if (!repeated) return fail(repeated.error());
    if (*repeated) return **repeated;
    if (auto met = check_expectations(append); !met) return fail(met.error());
    auto prepared = prepare(append);
    if (!prepared) return fail(prepared.error());
    if (auto fit = ledger::check_checkpoints(prepared->records); !fit) return fail(fit.error());
    const auto contents = new_contents(append);
    if (!contents) return fail(contents.error());
    for (const ledger::Record& record : prepared->records)
        if (auto staged = stage_checkpoint(record.data); !staged) return fail(staged.error());
    const std::uint64_t first_position = after_.frontier.size();
    stage(std::move(*prepared), *contents);
    return ledger::Appended{first_position, head_of(after_)};
}

Result<std::string> Commit::tile(unsigned level, std::uint64_t index) const {
    const std::string key = tile_key(level, index);
    if (const auto staged = staged_tiles_.find(key); staged != staged_tiles_.end())
        return staged->second;
    auto stored = database_.get(Family::tiles, key);
    if (!stored) return fail(stored.error());
    if (!*stored || (*stored)->size() != tile_width * digest_bytes)
        return fail(Code::corrupt, "ledger-damaged",
                    "tile " + std::to_string(index) + " of level " + std::to_string(level) +
                        " is not there",
                    "`varve verify` says what is wrong");
    return std::move(**stored);
}

// 256 full tiles of a level are one tile of the level above.
Result<void> Commit::stage_upper_tiles() {
    std::uint64_t begin = first_position_ / tile_width;
    std::uint64_t end = after_.frontier.size() / tile_width;
    for (unsigned level = 0; begin / tile_width < end / tile_width; ++level) {
        for (std::uint64_t index = begin / tile_width; index < end / tile_width; ++index) {
            std::string hashes;
            for (std::uint64_t entry = 0; entry < tile_width; ++entry) {
                const auto lower = tile(level, index * tile_width + entry);
                if (!lower) return fail(lower.error());
                hashes += root_of(*lower);
            }
            stage_tile(level + 1, index, std::move(hashes));
        }
        begin /= tile_width;
        end /= tile_width;
    }
    return {};
}

Result<::rocksdb::WriteBatch*> Commit::finish() {
    if (auto done = stage_upper_tiles(); !done) return fail(done.error());
    const CommitRow row{after_.frontier.root(), after_.frontier.hashes(), first_position_,
                        after_.recorded_at_us};
    put(Family::commits, number_bytes(after_.frontier.size()), to_bytes(row));
    return &memory_.batch;
}

Tail Commit::take_after() {
    for (const auto& [stream, version] : staged_versions_) memory_.versions[stream] = version;
    for (const auto& [id, record] : staged_records_)
        if (!memory_.greatest_id || *memory_.greatest_id < id) memory_.greatest_id = id;
    return std::move(after_);
}

}  // namespace adapters::rocksdb
