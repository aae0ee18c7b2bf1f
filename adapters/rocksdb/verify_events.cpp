#include "adapters/rocksdb/verify_events.hpp"

#include "adapters/rocksdb/checkpoint_checks.hpp"
#include "adapters/rocksdb/content_checks.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/event_order.hpp"
#include "adapters/rocksdb/event_rows.hpp"
#include "adapters/rocksdb/fault_names.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "adapters/rocksdb/index_rows.hpp"
#include "adapters/rocksdb/stated_roots.hpp"
#include "adapters/rocksdb/tree_walk.hpp"
#include "ledger/codec.hpp"
#include "ledger/own_stream.hpp"

#include <rocksdb/file_checksum.h>
#include <rocksdb/iterator.h>
#include <rocksdb/metadata.h>

#include <algorithm>
#include <future>
#include <memory>
#include <set>
#include <utility>
#include <vector>

namespace adapters::rocksdb {

using ledger::Digest;
using ledger::Result;

namespace {

class Verifier {
public:
    Verifier(const Database& database, std::optional<Anchor> anchor, Findings& findings)
        : database_(database),
          anchor_(std::move(anchor)),
          findings_(findings),
          checkpoints_(database, findings),
          contents_(findings) {}

    Verification run();

private:
    void read_head();
    void walk_events();
    void take(std::uint64_t position, const EventRow& row);
    void check_envelope(const ledger::Record& record);
    void check_neighbour(const ledger::Record& record);
    void check_anchor();
    void check_meta();
    [[nodiscard]] std::vector<::rocksdb::Status> statuses_of_files() const;
    void tell_of_files(const std::vector<::rocksdb::Status>& statuses);
    [[nodiscard]] std::set<std::uint64_t> wanted_sizes() const;
    [[nodiscard]] Digest root_found() const;

    const Database& database_;
    std::optional<Anchor> anchor_;
    Findings& findings_;
    Verification verification_;
    CheckpointChecks checkpoints_;
    ContentChecks contents_;
    StatedRoots stated_;
    std::unique_ptr<EventRows> events_;
    std::unique_ptr<IndexRows> indexes_;
    std::unique_ptr<TreeWalk> tree_;
    std::optional<EventPlace> previous_;
    bool has_unreadable_{};
    bool is_head_readable_{true};
    std::optional<ledger::Uuid> ledger_;
};

void Verifier::read_head() {
    const auto last = database_.last(Family::commits);
    if (!last) findings_.add({}, store_damaged, last.error().detail);
    const auto end = last && *last ? number_of((*last)->key) : std::nullopt;
    is_head_readable_ = end || (last && !*last);
    verification_.size = end.value_or(0);
}

std::set<std::uint64_t> Verifier::wanted_sizes() const {
    std::set<std::uint64_t> sizes = checkpoints_.sizes();
    if (anchor_) sizes.insert(anchor_->size);
    return sizes;
}

void Verifier::walk_events() {
    std::uint64_t next = 0;
    while (const EventRow* const row = events_->next()) {
        const auto& position = row->position;
        if (!position || *position >= std::max(verification_.size, next + 1)) {
            findings_.add({}, index_wrong, "a row of `events` is beyond the end of the ledger");
            if (!position || *position > next) continue;
        }
        if (*position > next)
            findings_.add(next, "event-missing",
                          *position - next == 1
                              ? "the event is gone"
                              : "the events up to " + std::to_string(*position - 1) + " are gone");
        for (; next < *position; ++next) tree_->expect(std::nullopt, 0);
        take(next++, *row);
    }
    if (!events_->status().ok())
        findings_.add(next, store_damaged,
                      "unreadable from here on: " + events_->status().ToString());
    else if (next < verification_.size)
        findings_.add(next, "tail-cut",
                      "the events up to " + std::to_string(verification_.size - 1) + " are gone",
                      "commit");
    // Where the last commit cannot be read, nothing but the events says how many there are.
    if (!is_head_readable_) verification_.size = next;
    indexes_->finish(next);
}

void Verifier::take(std::uint64_t position, const EventRow& row) {
    ++verification_.event_count;
    const auto& record = row.record;
    const bool is_readable = record && record->position == position;
    if (!is_readable)
        findings_.add(position, event_changed,
                      record ? "the line is not that of this position" : record.error().detail,
                      "event");
    tree_->expect(row.leaf, is_readable ? record->recorded_at_us : 0);
    has_unreadable_ = has_unreadable_ || !is_readable;
    if (!is_readable) return previous_.reset();
    check_envelope(*record);
    check_neighbour(*record);
    contents_.expect(*record);
    checkpoints_.expect(*record);
    stated_.expect(*record);
    previous_ = place_of(*record);
}

void Verifier::check_envelope(const ledger::Record& record) {
    if (!ledger_) ledger_ = record.ledger;
    if (record.ledger != *ledger_)
        findings_.add(record.position, event_changed, "it is an event of another ledger");
    if (record.batch_index >= record.batch_length)
        findings_.add(record.position, event_changed, "its place in its append is impossible");
    if (auto fault = ledger::stream_fault(record); !fault.empty())
        findings_.add(record.position, event_changed, std::move(fault), "event");
    indexes_->expect(record);
}

// As far as the one before it can be believed.
void Verifier::check_neighbour(const ledger::Record& record) {
    if (!previous_ || findings_.is_event_bad(record.position - 1) ||
        findings_.is_event_bad(record.position))
        return;
    if (const auto fault = order_fault(*previous_, place_of(record)); !fault.empty())
        findings_.add(record.position, event_changed, std::string{fault}, "event");
}

void Verifier::check_anchor() {
    if (!anchor_) return;
    if (ledger_ && anchor_->ledger != *ledger_)
        findings_.add({}, "anchor-disagrees", "the anchor is that of another ledger", "anchor");
    if (anchor_->size > verification_.size) {
        if (is_head_readable_ || events_->status().ok())
            findings_.add_cut(verification_.size, anchor_->size, "the anchor", "anchor");
        return;
    }
    const auto root = tree_->root_at(anchor_->size);
    if (!root || *root == anchor_->root) return;
    const std::uint64_t from = checkpoints_.last_agreeing(anchor_->size);
    findings_.add(from, "anchor-disagrees",
                  "the anchor has seen another root over the first " +
                      std::to_string(anchor_->size) + " events: one of them, from " +
                      std::to_string(from) + " on, was replaced",
                  "anchor");
}

void Verifier::check_meta() {
    const auto format = database_.get(Family::meta, format_key);
    const auto uuid = database_.get(Family::meta, ledger_key);
    if (!format || *format != std::optional<std::string>{format_value})
        findings_.add({}, index_wrong, "`meta` names no format that this program knows");
    if (ledger_ && (!uuid || *uuid != std::optional<std::string>{bytes_of(*ledger_)}))
        findings_.add({}, index_wrong, "`meta` names another ledger than the events");
}

// All bytes of every file; of one whose checksum nobody has kept, every block of all.
std::vector<::rocksdb::Status> Verifier::statuses_of_files() const {
    std::vector<::rocksdb::LiveFileMetaData> files;
    database_.raw().GetLiveFilesMetaData(&files);
    const bool is_kept_of_all = std::none_of(files.begin(), files.end(), [](const auto& file) {
        return file.file_checksum_func_name != ::rocksdb::kStandardDbFileChecksumFuncName;
    });
    std::vector<::rocksdb::Status> statuses{database_.raw().VerifyFileChecksums({})};
    if (!is_kept_of_all || !statuses.front().ok())
        statuses.push_back(database_.raw().VerifyChecksum());
    return statuses;
}

void Verifier::tell_of_files(const std::vector<::rocksdb::Status>& statuses) {
    for (const ::rocksdb::Status& status : statuses) {
        // A writer deletes files it has compacted; one that was missing has failed the opening.
        if (status.ok() || status.IsNotSupported() || status.IsPathNotFound()) continue;
        findings_.add({}, store_damaged, status.ToString());
    }
}

// The tree's own, where nothing is wrong with any event; else what stands there has another.
Digest Verifier::root_found() const {
    const auto& frontier = tree_->frontier();
    const bool is_whole = verification_.event_count == verification_.size && !has_unreadable_ &&
                          !findings_.is_any_bad(0, verification_.size);
    if (is_whole && frontier && frontier->size() == verification_.event_count)
        return frontier->root();
    ledger::Frontier found;
    for (const auto rows = database_.scan(Family::events); rows->Valid(); rows->Next())
        found.append(ledger::leaf_hash(rows->value().ToStringView()));
    return found.root();
}

Verification Verifier::run() {
    read_head();
    auto files = std::async(std::launch::async, [this] { return statuses_of_files(); });
    events_ = std::make_unique<EventRows>(database_);
    indexes_ = std::make_unique<IndexRows>(database_, findings_);
    tree_ = std::make_unique<TreeWalk>(database_, *indexes_, findings_, wanted_sizes());
    walk_events();
    const bool is_anchored = anchor_ && anchor_->size == verification_.size;
    tree_->finish(is_anchored ? std::optional{anchor_->root} : std::nullopt);
    const bool is_whole = verification_.event_count == verification_.size && !has_unreadable_;
    checkpoints_.finish([this](std::uint64_t size) { return tree_->root_at(size); },
                        verification_.size, is_whole);
    check_anchor();
    stated_.finish(database_, verification_.size, findings_);
    contents_.finish(database_);
    check_meta();
    tell_of_files(files.get());
    name_exactly(database_, *indexes_, findings_);
    verification_.content_count = contents_.content_count();
    verification_.redacted_count = contents_.redacted_count();
    verification_.checkpoint_count = checkpoints_.signed_count();
    verification_.root = root_found();
    return std::move(verification_);
}

}  // namespace

Verification verify_events(const Database& database, const std::optional<Anchor>& anchor,
                           Findings& findings) {
    return Verifier{database, anchor, findings}.run();
}

}  // namespace adapters::rocksdb
