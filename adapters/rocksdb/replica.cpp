#include "adapters/rocksdb/replica.hpp"

#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/history.hpp"
#include "adapters/rocksdb/preflight.hpp"
#include "ledger/clock.hpp"
#include "ledger/codec.hpp"
#include "ledger/fail_point.hpp"
#include "ledger/references.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>
#include <vector>

namespace adapters::rocksdb {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::chrono::milliseconds replica_lock_wait{5'000};
constexpr std::chrono::milliseconds preflight_timeout{60'000};
constexpr std::size_t records_at_once = 1'000;
constexpr std::size_t append_lines_max = 100'000;

// Lines bring their own times.
class NoClock final : public ledger::Clock {
public:
    std::int64_t now_us() override { return 0; }
};

}  // namespace

Result<std::size_t> whole_appends(std::span<const std::string> lines) {
    for (std::size_t count = lines.size(); count > 0; --count) {
        const auto record = ledger::decode(lines[count - 1]);
        if (!record) return fail(record.error());
        if (record->batch_index + 1 == record->batch_length) return count;
    }
    return 0;
}

Result<std::unique_ptr<Replica>> Replica::open(const std::filesystem::path& given,
                                               const std::string& command) {
    const std::filesystem::path path = tidy_path(given);
    if (auto there = expect_ledger(path); !there) return fail(there.error());
    std::unique_ptr<Replica> replica{new Replica{path}};
    auto lock = WriterLock::take(lock_of(path), replica_lock_wait, command, 0);
    if (!lock) return fail(lock.error());
    replica->lock_ = std::move(*lock);
    const auto anchor = read_anchor(path);
    if (!anchor) return fail(anchor.error());
    replica->anchor_ = *anchor;
    auto preflight = Preflight::begin(path, Mode::read_only, *anchor);
    if (!preflight) return fail(preflight.error());
    const auto sight = preflight->finish(preflight_timeout);
    if (!sight) return fail(sight.error());
    replica->head_ = sight->head;
    if (replica->unerased_.is_left_over())
        if (auto opened = replica->open_for_writing(); !opened) return fail(opened.error());
    return replica;
}

Replica::~Replica() {
    if (database_ != nullptr) database_->settle();
}

Result<void> Replica::open_for_writing() {
    if (database_ != nullptr) return {};
    auto file = AnchorFile::open(path_);
    if (!file) return fail(file.error());
    auto opened = Database::open(events_of(path_), Mode::write);
    if (!opened) return fail(opened.error());
    auto tail = load_tail(**opened);
    if (!tail) return fail(tail.error());
    if (auto fit = expect_anchored(**opened, *tail, anchor_); !fit) return fit;
    if (auto erased = unerased_.finish(**opened); !erased) return erased;
    tail_ = std::move(*tail);
    anchor_file_ = std::move(*file);
    database_ = std::move(*opened);
    return {};
}

Result<void> Replica::add_contents(Commit& commit, std::span<const std::string> lines,
                                   const ledger::Reader& source) const {
    for (const std::string& line : lines) {
        const auto record = ledger::decode(line);
        if (!record) return fail(record.error());
        for (const ledger::ContentReference& reference : references_of(record->data)) {
            const auto known = database_->get(Family::content, bytes_of(reference.digest));
            if (!known) return fail(known.error());
            if (*known) continue;
            const auto bytes = source.content(reference.digest);
            if (!bytes) return fail(bytes.error());
            if (*bytes && ledger::sha256(**bytes) == reference.digest)
                commit.add_content(reference.digest, **bytes);
        }
    }
    return {};
}

Result<void> Replica::commit_lines(Commit& commit) {
    const auto batch = commit.finish();
    if (!batch) return fail(batch.error());
    const ::rocksdb::Status status = database_->commit(**batch);
    if (!status.ok()) return fail(error_of(status, "copying"));
    tail_ = commit.take_after();
    head_ = head_of(tail_);
    anchor_ = {anchor_.sequence + 1, head_.ledger, head_.size, head_.root};
    if (auto written = anchor_file_->write(anchor_); !written) return written;
    return anchor_file_->sync();
}

Result<void> Replica::take(std::span<const std::string> lines, const ledger::Reader& source) {
    if (lines.empty()) return {};
    if (auto opened = open_for_writing(); !opened) return opened;
    NoClock clock;
    Commit commit{*database_, tail_, memory_, clock};
    if (auto added = commit.add_lines(lines); !added) return added;
    if (auto added = add_contents(commit, lines, source); !added) return added;
    if (auto kept = unerased_.remember(commit.redacted()); !kept) return kept;
    if (auto done = commit_lines(commit); !done) return done;
    if (commit.redacted().empty()) return {};
    ledger::fail_point("redaction-copied");
    return unerased_.erase(*database_, commit.redacted());
}

Result<void> Replica::take_up_to(std::uint64_t size, const ledger::Reader& source) {
    std::size_t count_max = records_at_once;
    while (head_.size < size) {
        const auto wanted = std::min<std::uint64_t>(count_max, size - head_.size);
        auto lines = source.lines(head_.size, static_cast<std::size_t>(wanted));
        if (!lines) return fail(lines.error());
        const auto whole = whole_appends(*lines);
        if (!whole) return fail(whole.error());
        if (*whole == 0 && (lines->size() < count_max || count_max > append_lines_max))
            return fail(Code::corrupt, "ledger-damaged",
                        "the append at position " + std::to_string(head_.size) + " is not whole",
                        "`varve verify` says what is wrong");
        count_max = *whole == 0 ? 2 * count_max : records_at_once;
        if (auto taken = take(std::span{*lines}.first(*whole), source); !taken) return taken;
    }
    return {};
}

Result<ledger::Digest> Replica::root_at(std::uint64_t size) {
    if (size == head_.size) return head_.root;
    if (auto opened = open_for_writing(); !opened) return fail(opened.error());
    return rocksdb::root_at(*database_, cache_, head_.size, size);
}

Result<ledger::Digest> Replica::root_with(std::span<const std::string> lines) {
    if (auto opened = open_for_writing(); !opened) return fail(opened.error());
    ledger::Frontier frontier = tail_.frontier;
    for (const std::string& line : lines) frontier.append(ledger::leaf_hash(line));
    return frontier.root();
}

Result<std::vector<std::uint64_t>> Replica::positions(std::string_view stream) {
    if (auto opened = open_for_writing(); !opened) return fail(opened.error());
    return stream_positions(*database_, head_.size, stream, 0, std::numeric_limits<int>::max());
}

Result<std::string> Replica::line(std::uint64_t position) {
    if (auto opened = open_for_writing(); !opened) return fail(opened.error());
    auto found = lines(*database_, head_.size, position, 1);
    if (!found) return fail(found.error());
    if (!found->empty()) return std::move(found->front());
    return fail(Code::corrupt, "ledger-damaged",
                "position " + std::to_string(position) + " is gone",
                "`varve verify` says what is wrong");
}

void Replica::make_tables() {
    if (database_ != nullptr) database_->make_tables();
}

}  // namespace adapters::rocksdb
