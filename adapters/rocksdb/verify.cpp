#include "adapters/rocksdb/verify.hpp"

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/checkpoint_rows.hpp"
#include "adapters/rocksdb/content_row.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/index_rows.hpp"
#include "adapters/rocksdb/tree_walk.hpp"
#include "adapters/rocksdb/writer_lock.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/codec.hpp"
#include "ledger/references.hpp"

#include <rocksdb/iterator.h>

#include <iterator>
#include <map>
#include <memory>
#include <set>
#include <utility>

namespace adapters::rocksdb {

using ledger::Digest;
using ledger::fail;
using ledger::Result;

namespace {

constexpr const char* damaged = "store-damaged";
constexpr const char* wrong = "index-wrong";

std::string text(std::uint64_t number) { return std::to_string(number); }

using CheckpointKey = std::pair<std::uint64_t, std::uint64_t>;  // size, revision

class Verifier {
public:
    Verifier(const Database& database, std::optional<Anchor> anchor, Findings& findings)
        : database_(database), anchor_(std::move(anchor)), findings_(findings) {}

    Verification run();

private:
    void read_head();
    void read_checkpoints();
    void walk_events();
    void take(std::uint64_t position, std::string_view line);
    void imply_checkpoint(const ledger::Record& record);
    void check_envelope(const ledger::Record& record);
    void check_neighbour(const ledger::Record& record);
    void check_anchor();
    void check_checkpoints();
    void check_checkpoint_rows();
    void check_contents();
    void check_meta();
    void check_files();
    [[nodiscard]] std::set<std::uint64_t> wanted_sizes() const;

    const Database& database_;
    std::optional<Anchor> anchor_;
    Findings& findings_;
    Verification verification_;
    std::map<CheckpointKey, std::string> checkpoints_;            // notes as stored
    std::map<CheckpointKey, std::string> checkpoints_of_events_;  // as the events imply
    std::unique_ptr<IndexRows> indexes_;
    std::unique_ptr<TreeWalk> tree_;
    ledger::Frontier found_;
    std::optional<ledger::Record> previous_;
    bool has_unreadable_{};
    std::optional<ledger::Uuid> ledger_;
    struct Reference {
        std::uint64_t position{};
        std::uint64_t byte_count{};
    };
    std::map<Digest, Reference> references_;  // by whom first
    std::set<Digest> redacted_;
};

void Verifier::read_head() {
    const auto last = database_.last(Family::commits);
    if (!last) return findings_.add({}, damaged, last.error().detail);
    if (*last) verification_.size = number_of((*last)->key).value_or(0);
}

void Verifier::read_checkpoints() {
    const auto rows = database_.scan(Family::checkpoints);
    for (; rows->Valid(); rows->Next()) {
        const auto row =
            checkpoint_row_of(rows->key().ToStringView(), rows->value().ToStringView());
        if (row)
            checkpoints_.emplace(CheckpointKey{row->size, row->revision}, row->note);
        else
            findings_.add({}, "checkpoint-wrong", "a stored checkpoint is unreadable");
    }
    if (!rows->status().ok()) findings_.add({}, damaged, rows->status().ToString());
}

std::set<std::uint64_t> Verifier::wanted_sizes() const {
    std::set<std::uint64_t> sizes;
    if (anchor_) sizes.insert(anchor_->size);
    for (const auto& [key, note] : checkpoints_) sizes.insert(key.first);
    return sizes;
}

void Verifier::walk_events() {
    const auto rows = database_.scan(Family::events);
    std::uint64_t next = 0;
    for (; rows->Valid(); rows->Next()) {
        const auto position = number_of(rows->key().ToStringView());
        if (!position || *position >= std::max(verification_.size, next + 1)) {
            findings_.add({}, wrong, "a row of `events` is beyond the end of the ledger");
            if (!position || *position > next) continue;
        }
        if (*position > next)
            findings_.add(next, "event-missing",
                          *position - next == 1
                              ? "the event is gone"
                              : "the events up to " + text(*position - 1) + " are gone");
        for (; next < *position; ++next) tree_->expect(std::nullopt, 0);
        take(next++, rows->value().ToStringView());
    }
    if (!rows->status().ok())
        findings_.add(next, damaged, "unreadable from here on: " + rows->status().ToString());
    else if (next < verification_.size)
        findings_.add(next, "event-missing",
                      "the events up to " + text(verification_.size - 1) + " are gone");
    indexes_->finish(next);
}

void Verifier::take(std::uint64_t position, std::string_view line) {
    ++verification_.event_count;
    const Digest leaf = ledger::leaf_hash(line);
    found_.append(leaf);
    const auto record = ledger::decode(line);
    const auto again = record ? ledger::encode(*record) : Result<std::string>{std::string{}};
    const bool is_readable = record && again && *again == line && record->position == position;
    if (!is_readable)
        findings_.add(position, "event-changed",
                      record ? "the line is not that of this position" : record.error().detail);
    tree_->expect(leaf, is_readable ? record->recorded_at_us : 0);
    has_unreadable_ = has_unreadable_ || !is_readable;
    if (!is_readable) return previous_.reset();
    check_envelope(*record);
    check_neighbour(*record);
    for (const ledger::ContentReference& reference : references_of(record->data))
        references_.try_emplace(reference.digest, Reference{position, reference.byte_count});
    if (const auto* const redacted = std::get_if<ledger::ContentRedacted>(&record->data))
        redacted_.insert(redacted->digest);
    imply_checkpoint(*record);
    previous_ = *record;
}

void Verifier::check_envelope(const ledger::Record& record) {
    if (!ledger_) ledger_ = record.ledger;
    if (record.ledger != *ledger_)
        findings_.add(record.position, "event-changed", "it is an event of another ledger");
    if (record.batch_index >= record.batch_length)
        findings_.add(record.position, "event-changed", "its place in its append is impossible");
    indexes_->expect(record);
}

// Batches are whole and times rise, as far as the one before it can be believed.
void Verifier::check_neighbour(const ledger::Record& record) {
    if (!previous_ || findings_.is_event_bad(record.position - 1) ||
        findings_.is_event_bad(record.position))
        return;
    if (record.recorded_at_us <= previous_->recorded_at_us)
        findings_.add(record.position, "event-changed", "it is not later than the one before it");
    const bool batch_goes_on = previous_->batch_index + 1 < previous_->batch_length;
    const bool fits = batch_goes_on ? record.batch_index == previous_->batch_index + 1 &&
                                          record.batch_length == previous_->batch_length
                                    : record.batch_index == 0;
    if (!fits) findings_.add(record.position, "event-changed", "it tears an append apart");
}

void Verifier::check_anchor() {
    if (!anchor_) return;
    if (ledger_ && anchor_->ledger != *ledger_)
        findings_.add({}, "anchor-disagrees", "the anchor is that of another ledger");
    if (anchor_->size > verification_.size)
        return findings_.add(verification_.size, "tail-cut",
                             "the anchor has seen " + text(anchor_->size) +
                                 " events: those up to " + text(anchor_->size - 1) + " are gone");
    const auto root = tree_->root_at(anchor_->size);
    if (root && *root != anchor_->root)
        findings_.add(
            {}, "anchor-disagrees",
            "the anchor has seen another root over the first " + text(anchor_->size) + " events");
}

void Verifier::imply_checkpoint(const ledger::Record& record) {
    const auto last = [this](std::uint64_t size) -> Result<std::optional<CheckpointRow>> {
        const auto after = checkpoints_of_events_.upper_bound({size, ~std::uint64_t{0}});
        if (after == checkpoints_of_events_.begin() || std::prev(after)->first.first != size)
            return std::optional<CheckpointRow>{};
        return std::optional{
            CheckpointRow{size, std::prev(after)->first.second, std::prev(after)->second}};
    };
    const auto row = checkpoint_row_of(record.data, last);
    if (row && *row)
        checkpoints_of_events_.emplace(CheckpointKey{(*row)->size, (*row)->revision}, (*row)->note);
}

void Verifier::check_checkpoints() {
    for (const auto& [key, note_text] : checkpoints_of_events_) {
        const std::uint64_t size = key.first;
        const auto note = ledger::note_from_text(note_text);
        const auto checkpoint = note ? ledger::checkpoint_from_text(note->text)
                                     : Result<ledger::Checkpoint>{fail(note.error())};
        if (!checkpoint || checkpoint->size != size) {
            findings_.add({}, "checkpoint-wrong", "a signed checkpoint is unreadable");
            continue;
        }
        const auto root = tree_->root_at(size);
        if (root ? *root != checkpoint->root : size > verification_.size)
            findings_.add({}, "checkpoint-wrong",
                          "the checkpoint of " + text(size) + " events has another root");
    }
}

void Verifier::check_checkpoint_rows() {
    if (checkpoints_ == checkpoints_of_events_) return;
    for (const auto& [key, note] : checkpoints_of_events_)
        if (const auto row = checkpoints_.find(key); row == checkpoints_.end())
            findings_.add({}, "checkpoint-wrong",
                          "the checkpoint of " + text(key.first) + " events is gone");
        else if (row->second != note)
            findings_.add({}, "checkpoint-wrong",
                          "the checkpoint of " + text(key.first) + " events was changed");
    if (verification_.event_count != verification_.size || has_unreadable_) return;
    for (const auto& [key, note] : checkpoints_)
        if (!checkpoints_of_events_.contains(key))
            findings_.add({}, "checkpoint-wrong",
                          "no event signed the checkpoint of " + text(key.first) + " events");
}

void Verifier::check_contents() {
    const auto rows = database_.scan(Family::content);
    for (; rows->Valid(); rows->Next()) {
        ++verification_.content_count;
        const bool has_key = rows->key().size() == 32;
        const Digest digest = digest_of(rows->key().ToStringView());
        const auto reference = references_.find(digest);
        const bool is_known = has_key && reference != references_.end();
        if (rows->value().ToStringView() == tombstone && redacted_.contains(digest)) {
            ++verification_.redacted_count;
            --verification_.content_count;
            continue;
        }
        const auto bytes = unpack(rows->value().ToStringView());
        if (!has_key || !bytes || ledger::sha256(*bytes) != digest ||
            (is_known && bytes->size() != reference->second.byte_count))
            findings_.add(is_known ? std::optional{reference->second.position} : std::nullopt,
                          "content-changed", "content " + hex(digest) + " is not what it was");
        if (is_known) references_.erase(reference);
    }
    if (!rows->status().ok()) return findings_.add({}, damaged, rows->status().ToString());
    for (const auto& [digest, reference] : references_)
        if (!findings_.is_event_bad(reference.position) && !redacted_.contains(digest))
            findings_.add(reference.position, "content-missing",
                          "content " + hex(digest) + " is gone");
}

void Verifier::check_meta() {
    const auto format = database_.get(Family::meta, format_key);
    const auto uuid = database_.get(Family::meta, ledger_key);
    if (!format || *format != std::optional<std::string>{format_value})
        findings_.add({}, wrong, "`meta` names no format that this program knows");
    if (ledger_ && (!uuid || *uuid != std::optional<std::string>{bytes_of(*ledger_)}))
        findings_.add({}, wrong, "`meta` names another ledger than the events");
}

void Verifier::check_files() {
    for (const ::rocksdb::Status& status :
         {database_.raw().VerifyChecksum(), database_.raw().VerifyFileChecksums({})}) {
        // A writer deletes files it has compacted; one that was missing has failed the opening.
        if (status.ok() || status.IsNotSupported() || status.IsPathNotFound()) continue;
        findings_.add({}, damaged, status.ToString());
    }
}

Verification Verifier::run() {
    read_head();
    read_checkpoints();
    indexes_ = std::make_unique<IndexRows>(database_, findings_);
    tree_ = std::make_unique<TreeWalk>(database_, *indexes_, findings_, wanted_sizes());
    walk_events();
    const bool is_anchored = anchor_ && anchor_->size == verification_.size;
    tree_->finish(is_anchored ? std::optional{anchor_->root} : std::nullopt);
    check_anchor();
    check_checkpoints();
    check_checkpoint_rows();
    check_contents();
    check_meta();
    check_files();
    verification_.root = found_.root();
    return std::move(verification_);
}

// A read-only instance reads the log strictly, but must not run beside a writer.
Result<std::unique_ptr<Database>> open_for_verification(const std::filesystem::path& path) {
    const auto is_beside_writer = [&path] { return is_locked(lock_of(path)); };
    if (!is_beside_writer()) {
        auto opened = Database::open(events_of(path), Mode::read_only);
        if (opened || !is_beside_writer()) return opened;
    }
    return Database::open(events_of(path), Mode::secondary);
}

}  // namespace

Result<Verification> verify(const std::filesystem::path& given) {
    const std::filesystem::path path = tidy_path(given);
    Findings findings;
    Verification verification;
    const auto there = expect_ledger(path);
    if (!there && there.error().code != ledger::Code::corrupt) return fail(there.error());
    const auto anchor = read_anchor(path);
    if (!anchor && anchor.error().code != ledger::Code::corrupt) return fail(anchor.error());
    if (!anchor) findings.add({}, "anchor-disagrees", anchor.error().detail);
    const auto database = open_for_verification(path);
    if (database)
        verification =
            Verifier{**database, anchor ? std::optional{*anchor} : std::nullopt, findings}.run();
    else
        findings.add({}, damaged, database.error().detail);
    findings.tell(verification);
    return verification;
}

}  // namespace adapters::rocksdb
