#include "adapters/rocksdb/checkpoint_checks.hpp"
#include "adapters/rocksdb/content_checks.hpp"
#include "adapters/rocksdb/event_order.hpp"
#include "adapters/rocksdb/history.hpp"
#include "adapters/rocksdb/stated_roots.hpp"
#include "adapters/rocksdb/verify_events.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/codec.hpp"

#include <rocksdb/iterator.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <variant>

namespace adapters::rocksdb {

using ledger::Code;
using ledger::Digest;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t positions_at_once = 1'000;

struct Base {
    ledger::Checkpoint checkpoint;
    std::string believed;
};

class NewVerifier {
public:
    NewVerifier(const Database& database, const std::optional<Anchor>& anchor, Findings& findings)
        : database_(database),
          anchor_(anchor),
          findings_(findings),
          checkpoints_(database, findings),
          contents_(findings) {}

    Result<Verification> run(const std::optional<std::string>& kept_checkpoint);

private:
    struct Leaf {
        Digest hash;
        bool is_known{};  // `ids` has another beginning of its hash, or none
    };
    Result<void> read_end();
    Result<void> read_ledger_events();
    Result<Base> base_of(const std::string& note_text, std::string believed) const;
    Result<Base> base_of_kept(const std::string& note_text) const;
    Result<Base> find_base(const std::optional<std::string>& kept_checkpoint);
    Result<Base> begin(const std::optional<std::string>& kept_checkpoint);
    Result<Verification> without_base(const ledger::Error& problem);
    bool start(const Base& base);
    void walk(const Base& base);
    void take(std::uint64_t position, std::string_view line);
    void check_indexes(const ledger::Record& record, const Digest& leaf);
    void go_on_from(const CommitRow& row);
    void close_commit();
    void check_tiles(std::uint64_t begin);
    void finish(const Base& base);

    const Database& database_;
    const std::optional<Anchor>& anchor_;
    Findings& findings_;
    CheckpointChecks checkpoints_;
    ContentChecks contents_;
    StatedRoots stated_;
    Verification verification_;
    std::vector<ledger::Record> ledger_events_;  // of the stream "ledger", oldest first
    std::optional<ledger::Uuid> ledger_;
    std::optional<std::string> origin_;

    ledger::Frontier frontier_;
    std::optional<EventPlace> previous_;
    std::unique_ptr<::rocksdb::Iterator> commits_;
    std::uint64_t commit_begin_{};
    std::vector<std::uint64_t> suspects_;  // of the commit being walked, by `ids`
    std::map<std::uint64_t, Digest> roots_;
    std::map<std::uint64_t, Digest> leaves_;  // since the last full tile before the start
};

// What the anchor has seen is told whether or not there is a checkpoint to start from.
Result<void> NewVerifier::read_end() {
    const auto last = database_.last(Family::commits);
    if (!last) return fail(last.error());
    const auto end = *last ? number_of((*last)->key) : std::optional<std::uint64_t>{0};
    if (!end)
        return fail(Code::corrupt, "ledger-damaged", "the last row of `commits` is unreadable");
    verification_.size = *end;
    if (anchor_ && anchor_->size > *end)
        findings_.add_cut(*end, anchor_->size, "the anchor", "anchor");
    return {};
}

Result<void> NewVerifier::read_ledger_events() {
    const std::uint64_t size = verification_.size;
    for (std::uint64_t after = 0;;) {
        const auto positions =
            stream_positions(database_, size, ledger::ledger_stream, after, positions_at_once);
        if (!positions) return fail(positions.error());
        for (const std::uint64_t position : *positions) {
            const auto line = lines(database_, size, position, 1);
            if (!line) return fail(line.error());
            auto record = ledger::decode(line->front());
            if (!record) {
                findings_.add(position, event_changed, record.error().detail, "event");
                return fail(record.error());
            }
            ledger_events_.push_back(std::move(*record));
        }
        if (positions->size() < positions_at_once) break;
        after += positions->size();
    }
    for (const ledger::Record& record : ledger_events_)
        if (const auto* const created = std::get_if<ledger::LedgerCreated>(&record.data))
            origin_ = created->origin;
    return {};
}

Result<Base> NewVerifier::base_of(const std::string& note_text, std::string believed) const {
    const auto note = ledger::note_from_text(note_text);
    if (!note) return fail(note.error());
    auto checkpoint = ledger::checkpoint_from_text(note->text);
    if (!checkpoint) return fail(checkpoint.error());
    if (origin_ && checkpoint->origin != *origin_)
        return fail(Code::refused, "checkpoint-unfit",
                    "that checkpoint is of " + checkpoint->origin + ", this ledger is " + *origin_,
                    "give the checkpoint that was kept of this ledger");
    return Base{std::move(*checkpoint), std::move(believed)};
}

// What this ledger did not sign says nothing of its events.
Result<Base> NewVerifier::base_of_kept(const std::string& note_text) const {
    auto base = base_of(note_text, "the checkpoint that was kept");
    if (!base) return base;
    ledger::SigningKeys keys;
    for (const ledger::Record& record : ledger_events_) keys.apply(record.position, record.data);
    const ledger::Checkpoint& checkpoint = base->checkpoint;
    const auto holds = ledger::check_signed({checkpoint.size, checkpoint.root, note_text}, keys);
    if (holds) return base;
    return fail(holds.error().code, holds.error().reason,
                "the file that was given, not this ledger's events: " + holds.error().detail,
                "give the checkpoint as it was kept; where this is the one, the ledger is an older "
                "copy or its keys were replaced: varve verify --witnesses");
}

Result<Base> NewVerifier::find_base(const std::optional<std::string>& kept_checkpoint) {
    if (kept_checkpoint) return base_of_kept(*kept_checkpoint);
    for (auto record = ledger_events_.rbegin(); record != ledger_events_.rend(); ++record) {
        const auto* const verified = std::get_if<ledger::LedgerVerified>(&record->data);
        if (verified == nullptr || verified->fault_count > 0 ||
            verified->scope == ledger::VerificationScope::witnesses)
            continue;
        const auto is_own =
            states_committed_root(database_, verification_.size, *record, findings_);
        if (!is_own) return fail(is_own.error());
        if (!*is_own) continue;
        const auto note = checkpoint(database_, verified->size);
        if (!note) return fail(note.error());
        if (*note) return base_of(**note, "event " + std::to_string(record->position));
    }
    return fail(Code::refused, "nothing-verified",
                "no recorded verification vouches for a signed checkpoint",
                "`varve checkpoint`, then `varve verify --record`: after that, --fast has where to "
                "start; or --since FILE with a checkpoint that you have kept");
}

// From the commit that ends at the checkpoint or before it: from where the tree is known.
bool NewVerifier::start(const Base& base) {
    const std::uint64_t size = base.checkpoint.size;
    const auto root = root_at(database_, verification_.size, size);
    if (!root || *root != base.checkpoint.root) {
        findings_.add(0, "event-replaced",
                      "one of the events up to " + std::to_string(size - 1) +
                          " was replaced: the tree over them has another root than the checkpoint "
                          "that is believed",
                      base.believed);
        return false;
    }
    const auto row = database_.last_until(Family::commits, number_bytes(size));
    const auto end = row && *row ? number_of((*row)->key) : std::optional<std::uint64_t>{0};
    const auto commit = row && *row ? commit_row_of((*row)->value) : std::optional{CommitRow{}};
    auto frontier = end && commit ? ledger::Frontier::restore(*end, commit->frontier)
                                  : Result<ledger::Frontier>{fail(Code::corrupt, store_damaged)};
    if (!frontier) {
        findings_.add({}, index_wrong, "the commit before the checkpoint is unreadable");
        return false;
    }
    frontier_ = std::move(*frontier);
    commit_begin_ = frontier_.size();
    if (commit_begin_ > 0) {
        const auto line = lines(database_, verification_.size, commit_begin_ - 1, 1);
        const auto before =
            line ? ledger::decode(line->front()) : Result<ledger::Record>{fail(line.error())};
        if (before) previous_ = place_of(*before);
    }
    commits_ = database_.scan(Family::commits, number_bytes(commit_begin_ + 1));
    roots_.emplace(frontier_.size(), frontier_.root());
    return true;
}

void NewVerifier::walk(const Base& base) {
    const std::uint64_t begin = frontier_.size();
    const auto rows = database_.scan(Family::events, number_bytes(begin));
    for (; rows->Valid(); rows->Next()) {
        const auto position = number_of(rows->key().ToStringView());
        const std::uint64_t next = frontier_.size();
        if (!position || *position >= verification_.size)
            return findings_.add({}, index_wrong,
                                 "a row of `events` is beyond the end of the ledger");
        if (*position != next)
            return findings_.add(next, "event-missing",
                                 "the events up to " + std::to_string(*position - 1) + " are gone");
        take(next, rows->value().ToStringView());
        const std::uint64_t size = frontier_.size();
        if (size == base.checkpoint.size && frontier_.root() != base.checkpoint.root)
            findings_.add(begin, "event-replaced",
                          "the events up to the checkpoint that is believed are not those it saw",
                          base.believed);
        if (commits_->Valid() && number_of(commits_->key().ToStringView()) == size) close_commit();
    }
    if (!rows->status().ok()) findings_.add({}, store_damaged, rows->status().ToString());
    if (frontier_.size() < verification_.size)
        findings_.add(frontier_.size(), "tail-cut",
                      "the events up to " + std::to_string(verification_.size - 1) + " are gone",
                      "commit");
}

void NewVerifier::take(std::uint64_t position, std::string_view line) {
    ++verification_.event_count;
    const Digest leaf = ledger::leaf_hash(line);
    frontier_.append(leaf);
    leaves_.emplace(position, leaf);
    const auto record = ledger::decode(line);
    if (!record || record->position != position) {
        findings_.add(position, event_changed,
                      record ? "the line is not that of this position" : record.error().detail,
                      "event");
        return previous_.reset();
    }
    if (!ledger_) ledger_ = record->ledger;
    if (record->ledger != *ledger_)
        findings_.add(position, event_changed, "it is an event of another ledger", "event");
    const EventPlace place = place_of(*record);
    const auto fault = previous_ ? order_fault(*previous_, place) : std::string_view{};
    if (!fault.empty()) findings_.add(position, event_changed, std::string{fault}, "event");
    previous_ = place;
    check_indexes(*record, leaf);
    contents_.expect(*record);
    checkpoints_.expect(*record);
    stated_.expect(*record);
    if (const auto* const it = std::get_if<ledger::CheckpointSigned>(&record->data))
        if (const auto root = root_at(database_, verification_.size, it->size))
            roots_.emplace(it->size, *root);
}

void NewVerifier::check_indexes(const ledger::Record& record, const Digest& leaf) {
    const auto at = number_bytes(record.position);
    const auto bytes = database_.get(Family::ids, bytes_of(record.id));
    const auto row = bytes && *bytes ? id_row_of(**bytes) : std::nullopt;
    const bool is_known = row && *row == IdRow{record.position, leaf_prefix(leaf)};
    if (!is_known) suspects_.push_back(record.position);
    const auto stream =
        database_.get(Family::streams, stream_key(record.stream, record.stream_version));
    if (!stream || *stream != std::optional{at})
        findings_.add(record.position, index_wrong, "`streams` does not lead to this event");
    if (record.position % tile_width != 0) return;
    const auto time = database_.get(
        Family::times, number_bytes(static_cast<std::uint64_t>(record.recorded_at_us)));
    if (!time || *time != std::optional{at})
        findings_.add(record.position, index_wrong, "`times` does not lead to this event");
}

// What is changed is wrong in every root after it: from its commit on the tree is taken as it was
// committed, so that only what is changed itself disagrees.
void NewVerifier::go_on_from(const CommitRow& row) {
    auto stored = ledger::Frontier::restore(frontier_.size(), row.frontier);
    if (stored && stored->root() == row.root) frontier_ = std::move(*stored);
}

void NewVerifier::close_commit() {
    const auto row = commit_row_of(commits_->value().ToStringView());
    const bool agrees = row && row->root == frontier_.root();
    if (row && !agrees) go_on_from(*row);
    const std::uint64_t begin = std::exchange(commit_begin_, frontier_.size());
    roots_.emplace(frontier_.size(), frontier_.root());
    commits_->Next();
    for (const std::uint64_t position : std::exchange(suspects_, {}))
        findings_.add(position, agrees ? index_wrong : event_changed,
                      agrees ? "`ids` does not lead to this event"
                             : "the line is not the one that was committed",
                      "ids");
    if (!agrees && !findings_.is_any_bad(begin, frontier_.size()))
        findings_.add(begin, event_changed,
                      "one of the events " + std::to_string(begin) + " to " +
                          std::to_string(frontier_.size() - 1) + " was changed, or their commit",
                      "commit");
}

// The leaves in those full tiles that the new events are part of.
void NewVerifier::check_tiles(std::uint64_t begin) {
    for (std::uint64_t tile = begin / tile_width; tile < frontier_.size() / tile_width; ++tile) {
        const auto stored = database_.get(Family::tiles, tile_key(0, tile));
        bool agrees = stored && *stored && (*stored)->size() == tile_width * sizeof(Digest);
        for (std::uint64_t at = std::max(begin, tile * tile_width);
             agrees && at < (tile + 1) * tile_width; ++at)
            agrees = digest_of(std::string_view{**stored}.substr(at % tile_width * sizeof(Digest),
                                                                 sizeof(Digest))) == leaves_[at];
        if (!agrees &&
            !findings_.is_any_bad(std::max(begin, tile * tile_width), (tile + 1) * tile_width))
            findings_.add({}, index_wrong,
                          "tile " + std::to_string(tile) + " of level 0 is not that of its events");
    }
}

void NewVerifier::finish(const Base& base) {
    const std::uint64_t begin = frontier_.size() - verification_.event_count;
    check_tiles(begin);
    const auto by_tiles = root_at(database_, verification_.size, verification_.size);
    // What is not in a full tile yet comes from the lines.
    const bool is_any_bad = findings_.is_any_bad(begin, verification_.size);
    if (!by_tiles || (*by_tiles != frontier_.root() && !is_any_bad))
        findings_.add({}, index_wrong, "the tree from its tiles has another root than its events");
    const auto root = [this](std::uint64_t size) {
        const auto found = roots_.find(size);
        return found == roots_.end() ? std::nullopt : std::optional{found->second};
    };
    checkpoints_.finish(root, verification_.size, frontier_.size() == verification_.size);
    stated_.finish(database_, verification_.size, findings_);
    contents_.finish_named(database_);
    if (!anchor_) return;
    if (ledger_ && anchor_->ledger != *ledger_)
        findings_.add({}, "anchor-disagrees", "the anchor is that of another ledger", "anchor");
    // What is wrong with an event is wrong with every root after it.
    if (anchor_->size > verification_.size || findings_.is_any_bad(0, verification_.size)) return;
    const auto anchored = root_at(database_, verification_.size, anchor_->size);
    if (anchored && *anchored != anchor_->root)
        findings_.add(base.checkpoint.size, "anchor-disagrees",
                      "the anchor has seen another root over the first " +
                          std::to_string(anchor_->size) + " events",
                      "anchor");
}

Result<Base> NewVerifier::begin(const std::optional<std::string>& kept_checkpoint) {
    if (auto end = read_end(); !end) return fail(end.error());
    if (auto read = read_ledger_events(); !read) return fail(read.error());
    return find_base(kept_checkpoint);
}

// That it cannot begin is an error; what is wrong with the ledger for all that is a fault.
Result<Verification> NewVerifier::without_base(const ledger::Error& problem) {
    if (problem.reason == "ledger-damaged") findings_.add({}, store_damaged, problem.detail);
    if (findings_.empty()) return fail(problem);
    if (problem.reason.starts_with("checkpoint-") && problem.code == Code::corrupt)
        findings_.add({}, problem.reason, problem.detail);
    return std::move(verification_);
}

Result<Verification> NewVerifier::run(const std::optional<std::string>& kept_checkpoint) {
    const auto base = begin(kept_checkpoint);
    if (!base) return without_base(base.error());
    verification_.from_size = base->checkpoint.size;
    verification_.believed = base->believed;
    if (base->checkpoint.size > verification_.size) {
        findings_.add_cut(verification_.size, base->checkpoint.size, base->believed,
                          base->believed);
        return std::move(verification_);
    }
    if (!start(*base)) return std::move(verification_);
    for (const ledger::Record& record : ledger_events_)
        if (record.position < frontier_.size()) {
            checkpoints_.believe(record, base->checkpoint.size);
            contents_.expect(record);  // what was redacted: these events name no content
        }
    walk(*base);
    finish(*base);
    verification_.root = frontier_.root();
    verification_.content_count = contents_.content_count();
    verification_.redacted_count = contents_.redacted_count();
    verification_.checkpoint_count = checkpoints_.signed_count();
    return std::move(verification_);
}

}  // namespace

Result<Verification> verify_new_events(const Database& database,
                                       const std::optional<Anchor>& anchor,
                                       const std::optional<std::string>& kept_checkpoint,
                                       Findings& findings) {
    return NewVerifier{database, anchor, findings}.run(kept_checkpoint);
}

}  // namespace adapters::rocksdb
