#include "adapters/memory/store.hpp"

#include "ledger/codec.hpp"
#include "ledger/cosignature.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace adapters::memory {

namespace {

using ledger::Code;
using ledger::fail;
using ledger::Result;

ledger::Error reused(const ledger::Uuid& id) {
    return {Code::refused, "event-id-reused",
            "event id " + to_text(id) + " is there already, with another event",
            "give a new event a new id; repeat an append only as it was"};
}

bool is_same_event(const ledger::Record& record, const ledger::Draft& draft) {
    return record.stream == draft.stream && record.data == draft.data &&
           record.causation == draft.causation;
}

Result<std::vector<std::string>> encode_all(const std::vector<ledger::Record>& records) {
    std::vector<std::string> lines;
    for (const ledger::Record& record : records) {
        Result<std::string> line = ledger::encode(record);
        if (!line) return fail(line.error());
        lines.push_back(std::move(*line));
    }
    return lines;
}

}  // namespace

std::future<Result<ledger::Appended>> Store::submit(ledger::Append append) {
    std::promise<Result<ledger::Appended>> answer;
    const std::scoped_lock lock{mutex_};
    answer.set_value(apply(append));
    return answer.get_future();
}

Result<ledger::Head> Store::head() const {
    const std::scoped_lock lock{mutex_};
    return head_now();
}

Result<std::vector<std::string>> Store::lines(std::uint64_t position, std::size_t count_max) const {
    const std::scoped_lock lock{mutex_};
    if (position >= lines_.size()) return std::vector<std::string>{};
    const std::size_t count = std::min(count_max, lines_.size() - position);
    const auto begin = lines_.begin() + static_cast<std::ptrdiff_t>(position);
    return std::vector<std::string>{begin, begin + static_cast<std::ptrdiff_t>(count)};
}

Result<std::uint64_t> Store::stream_version(std::string_view stream) const {
    const std::scoped_lock lock{mutex_};
    return version_of(stream);
}

Result<std::vector<std::uint64_t>> Store::stream_positions(std::string_view stream,
                                                           std::uint64_t after,
                                                           std::size_t count_max) const {
    const std::scoped_lock lock{mutex_};
    const auto found = streams_.find(stream);
    if (found == streams_.end() || after >= found->second.size())
        return std::vector<std::uint64_t>{};
    const std::size_t count = std::min(count_max, found->second.size() - after);
    const auto begin = found->second.begin() + static_cast<std::ptrdiff_t>(after);
    return std::vector<std::uint64_t>{begin, begin + static_cast<std::ptrdiff_t>(count)};
}

Result<std::optional<std::string>> Store::content(const ledger::Digest& digest) const {
    const std::scoped_lock lock{mutex_};
    if (damaged_.contains(digest))
        return fail(Code::corrupt, "ledger-damaged", "content:" + ledger::hex(digest));
    const auto found = contents_.find(digest);
    if (found == contents_.end()) return std::optional<std::string>{};
    return std::optional<std::string>{found->second};
}

Result<ledger::Digest> Store::root_at(std::uint64_t size) const {
    const std::scoped_lock lock{mutex_};
    if (size > lines_.size())
        return fail(Code::refused, "size-out-of-range",
                    "the ledger has " + std::to_string(lines_.size()) + " events, not " +
                        std::to_string(size),
                    "ask for a size that the ledger has reached");
    ledger::Frontier tree;
    for (std::uint64_t index = 0; index < size; ++index)
        tree.append(ledger::leaf_hash(lines_[index]));
    return tree.root();
}

Result<ledger::Digest> Store::subtree(unsigned level, std::uint64_t index) const {
    const std::scoped_lock lock{mutex_};
    if (level >= 64 || index >= (lines_.size() >> level))
        return fail(Code::refused, "size-out-of-range", "that part of the tree is not complete",
                    "ask for a size that the ledger has reached");
    ledger::Frontier tree;
    for (std::uint64_t at = index << level; at < (index + 1) << level; ++at)
        tree.append(ledger::leaf_hash(lines_[at]));
    return tree.root();
}

Result<std::optional<std::string>> Store::checkpoint(std::uint64_t size_max) const {
    const std::scoped_lock lock{mutex_};
    const auto after = checkpoints_.upper_bound(size_max);
    if (after == checkpoints_.begin()) return std::optional<std::string>{};
    return std::optional{std::prev(after)->second};
}

void Store::keep_checkpoint(const ledger::Event& event) {
    if (const auto* const checkpoint = std::get_if<ledger::CheckpointSigned>(&event))
        checkpoints_[checkpoint->size] = checkpoint->note;
    const auto* const witnessed = std::get_if<ledger::CheckpointWitnessed>(&event);
    if (witnessed == nullptr || !witnessed->cosignature) return;
    const auto kept = checkpoints_.find(witnessed->size);
    if (kept == checkpoints_.end() ||
        !ledger::may_add_signature(kept->second, *witnessed->cosignature))
        return;
    kept->second += *witnessed->cosignature + "\n";
}

void Store::forget(const ledger::Digest& digest) {
    const std::scoped_lock lock{mutex_};
    contents_.erase(digest);
}

void Store::damage(const ledger::Digest& digest) {
    const std::scoped_lock lock{mutex_};
    damaged_.insert(digest);
}

void Store::redact(const ledger::Event& event) {
    const auto* const redacted = std::get_if<ledger::ContentRedacted>(&event);
    if (redacted == nullptr) return;
    redacted_.insert(redacted->digest);
    contents_.erase(redacted->digest);
}

Result<ledger::Appended> Store::apply(const ledger::Append& append) {
    if (append.drafts.empty())
        return fail(Code::refused, "append-empty", "an append without an event");
    const Result<std::optional<std::uint64_t>> repeat = find_repeat(append);
    if (!repeat) return fail(repeat.error());
    if (*repeat) return ledger::Appended{**repeat, head_now()};
    const Result<void> expected = check_expectations(append);
    if (!expected) return fail(expected.error());

    const std::int64_t now_us = clock_.now_us();
    std::vector<ledger::Record> records = records_of(append, now_us);
    if (auto fit = ledger::check_checkpoints(records); !fit) return fail(fit.error());
    Result<std::vector<std::string>> lines = encode_all(records);
    if (!lines) return fail(lines.error());

    const std::uint64_t first_position = lines_.size();
    for (const ledger::Content& content : append.contents)
        if (const auto digest = ledger::sha256(content.bytes); !redacted_.contains(digest))
            contents_.insert_or_assign(digest, content.bytes);
    keep(std::move(records), std::move(*lines));
    latest_now_us_ = std::max(latest_now_us_, now_us);
    return ledger::Appended{first_position, head_now()};
}

Result<std::optional<std::uint64_t>> Store::find_repeat(const ledger::Append& append) const {
    std::set<ledger::Uuid> seen;
    std::optional<std::uint64_t> first_position;
    for (std::size_t index = 0; index < append.drafts.size(); ++index) {
        const ledger::Draft& draft = append.drafts[index];
        const auto found = ids_.find(draft.id);
        const bool is_old = found != ids_.end();
        if (!seen.insert(draft.id).second) return fail(reused(draft.id));
        if (index > 0 && is_old != first_position.has_value()) return fail(reused(draft.id));
        if (is_old && !is_same_event(records_[found->second], draft)) return fail(reused(draft.id));
        if (is_old && index == 0) first_position = found->second;
    }
    return first_position;
}

Result<void> Store::check_expectations(const ledger::Append& append) const {
    for (const ledger::Expectation& expectation : append.expectations) {
        const std::uint64_t version = version_of(expectation.stream);
        if (version != expectation.version)
            return fail(Code::conflict, "stream-moved",
                        "stream \"" + expectation.stream + "\" ends at version " +
                            std::to_string(version) + ", not " +
                            std::to_string(expectation.version),
                        "load it again and decide again");
    }
    return {};
}

std::vector<ledger::Record> Store::records_of(const ledger::Append& append,
                                              std::int64_t now_us) const {
    std::map<std::string_view, std::uint64_t> versions;
    std::vector<ledger::Record> records;
    std::int64_t recorded_at_us = last_recorded_at_us();
    for (const ledger::Draft& draft : append.drafts) {
        const auto stream = versions.try_emplace(draft.stream, version_of(draft.stream)).first;
        recorded_at_us = std::max(now_us, recorded_at_us + 1);
        ledger::Record record;
        record.ledger = ledger_;
        record.position = lines_.size() + records.size();
        record.batch_index = static_cast<std::uint32_t>(records.size());
        record.batch_length = static_cast<std::uint32_t>(append.drafts.size());
        record.stream = draft.stream;
        record.stream_version = ++stream->second;
        record.id = draft.id;
        record.recorded_at_us = recorded_at_us;
        record.clock_went_back = now_us < latest_now_us_;
        record.actor = append.context.actor;
        record.run = append.context.run;
        record.correlation = append.context.correlation;
        record.causation = draft.causation;
        record.reason = append.context.reason;
        record.ticket = append.context.ticket;
        record.tool = append.context.tool;
        record.data = draft.data;
        records.push_back(std::move(record));
    }
    return records;
}

void Store::keep(std::vector<ledger::Record> records, std::vector<std::string> lines) {
    for (std::size_t index = 0; index < records.size(); ++index) {
        const ledger::Record& record = records[index];
        streams_[record.stream].push_back(record.position);
        ids_.emplace(record.id, record.position);
        tree_.append(ledger::leaf_hash(lines[index]));
        keep_checkpoint(record.data);
        redact(record.data);
        records_.push_back(std::move(records[index]));
        lines_.push_back(std::move(lines[index]));
    }
}

std::uint64_t Store::version_of(std::string_view stream) const {
    const auto found = streams_.find(stream);
    return found == streams_.end() ? 0 : found->second.size();
}

std::int64_t Store::last_recorded_at_us() const {
    return records_.empty() ? 0 : records_.back().recorded_at_us;
}

ledger::Head Store::head_now() const {
    return {ledger_, lines_.size(), tree_.root(), last_recorded_at_us()};
}

}  // namespace adapters::memory
