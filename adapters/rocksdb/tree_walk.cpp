#include "adapters/rocksdb/tree_walk.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace adapters::rocksdb {

using ledger::Digest;
using ledger::Frontier;

TreeWalk::TreeWalk(const Database& database, const IndexRows& indexes, Findings& findings,
                   std::set<std::uint64_t> sizes)
    : database_(database),
      indexes_(indexes),
      findings_(findings),
      sizes_(std::move(sizes)),
      commits_(database.scan(Family::commits)) {
    if (sizes_.contains(0)) roots_.emplace(0, ledger::empty_root());
    next_row();
}

void TreeWalk::next_row() {
    has_row_ = false;
    for (; commits_->Valid() && !has_row_; commits_->Next()) {
        const auto size = number_of(commits_->key().ToStringView());
        const auto row = commit_row_of(commits_->value().ToStringView());
        has_row_ = size && row && *size > begin_;
        if (has_row_) {
            end_ = *size;
            row_ = *row;
        } else {
            findings_.add({}, index_wrong, "a row of `commits` is unreadable");
        }
    }
    if (!commits_->status().ok()) findings_.add({}, store_damaged, commits_->status().ToString());
}

void TreeWalk::expect(const std::optional<Digest>& leaf, std::int64_t recorded_at_us) {
    leaves_.push_back({leaf ? leaf : tile_leaf(position()), recorded_at_us});
    if (has_row_ && position() == end_) close_commit();
}

std::optional<Digest> TreeWalk::tile_leaf(std::uint64_t position) {
    const std::uint64_t index = position / tile_width;
    if (index != cached_tile_) {
        cached_tile_ = index;
        const auto stored = database_.get(Family::tiles, tile_key(0, index));
        cached_bytes_ = stored ? *stored : std::nullopt;
    }
    if (!cached_bytes_ || cached_bytes_->size() != tile_width * digest_bytes) return std::nullopt;
    return digest_of(std::string_view{*cached_bytes_}.substr(position % tile_width * digest_bytes,
                                                             digest_bytes));
}

TreeWalk::Known TreeWalk::row_frontier() const {
    auto restored = Frontier::restore(end_, row_.frontier);
    if (!restored || restored->root() != row_.root) return std::nullopt;
    return std::move(*restored);
}

TreeWalk::Known TreeWalk::with_leaves(Known from) const {
    for (const Leaf& leaf : leaves_) {
        if (!from || !leaf.found) return std::nullopt;
        from->append(*leaf.found);
    }
    return from;
}

// The same, and the roots of the tiles that become full on the way: they cost little now, and as
// much as all leaves again later.
TreeWalk::Known TreeWalk::by_events() {
    tile_roots_.clear();
    Known from = frontier_;
    for (const Leaf& leaf : leaves_) {
        if (!from || !leaf.found) {
            tile_roots_.clear();
            return std::nullopt;
        }
        if ((from->size() + 1) % tile_width == 0) keep_tile_roots(*from, *leaf.found);
        from->append(*leaf.found);
    }
    return from;
}

void TreeWalk::keep_tile_roots(const Frontier& before, const Digest& leaf) {
    const auto full = static_cast<unsigned>(std::countr_one(before.size()));
    Digest hash = leaf;
    for (unsigned level = 1; level <= full; ++level) {
        hash = ledger::node_hash(before.hashes()[before.hashes().size() - level], hash);
        if (level % levels_per_tile == 0) tile_roots_.push_back(hash);
    }
}

void TreeWalk::close_commit() {
    Known by_events = this->by_events();
    if (doubt_) {
        Known by_row = with_leaves(doubt_->by_row);
        const bool row_was_right = by_row && by_row->root() == row_.root;
        const bool events_were_right =
            !row_was_right && by_events && by_events->root() == row_.root;
        if (!events_were_right) {
            frontier_ = doubt_->by_row;
            by_events = std::move(by_row);
            tile_roots_.clear();
        }
        settle_doubt(events_were_right);
    }
    if (by_events) return judge(*by_events);
    name_changed_events();
    accept(row_frontier());
}

void TreeWalk::judge(const Frontier& by_events) {
    const bool root_agrees = by_events.root() == row_.root;
    const bool frontier_agrees = by_events.hashes() == row_.frontier;
    if (root_agrees || frontier_agrees) {
        if (!root_agrees || !frontier_agrees)
            findings_.add({}, index_wrong,
                          "the commit of " + std::to_string(end_) + " events contradicts itself");
        check_ids();
        return accept(by_events);
    }
    if (!name_changed_events()) {
        doubt_ = Doubt{begin_, end_, row_frontier()};
        return accept(by_events);
    }
    const Known named = with_leaves(frontier_);
    const bool is_proven = named && named->root() == row_.root;
    const Known by_row = row_frontier();
    accept(is_proven ? named : by_row ? by_row : Known{by_events});
}

// Those that tiles or `ids` contradict. What they were is known where a full tile has it.
bool TreeWalk::name_changed_events() {
    bool is_any = false;
    for (std::size_t index = 0; index < leaves_.size(); ++index) {
        std::optional<Digest>& found = leaves_[index].found;
        const std::uint64_t at = begin_ + index;
        const auto leaf = tile_leaf(at);
        const auto prefix = indexes_.leaf_prefix(at);
        const bool tile_differs = leaf && found && *leaf != *found;
        const bool id_differs = prefix && found && *prefix != leaf_prefix(*found);
        if (!tile_differs && !id_differs) continue;
        is_any = true;
        tile_roots_.clear();
        findings_.add(at, event_changed, "the line is not the one that was committed",
                      tile_differs ? "tile" : "ids");
        found = leaf;
    }
    return is_any;
}

void TreeWalk::settle_doubt(bool events_are_right) {
    const Doubt doubt = *std::exchange(doubt_, std::nullopt);
    if (events_are_right)
        findings_.add({}, index_wrong,
                      "the commit of " + std::to_string(doubt.end) + " events has another root");
    else
        findings_.add(doubt.begin, event_changed,
                      "one of the events " + std::to_string(doubt.begin) + " to " +
                          std::to_string(doubt.end - 1) + " was changed",
                      "commit");
}

void TreeWalk::accept(Known frontier) {
    check_row();
    keep_roots(frontier);
    add_to_tiles();
    frontier_ = std::move(frontier);
    begin_ = end_of_last_ = end_;
    leaves_.clear();
    next_row();
}

void TreeWalk::keep_roots(const Known& frontier) {
    const auto wanted = sizes_.upper_bound(begin_);
    const bool is_inside = wanted != sizes_.end() && *wanted < begin_ + leaves_.size();
    Known at = is_inside || !frontier ? frontier_ : std::nullopt;
    for (std::size_t index = 0; index < leaves_.size(); ++index) {
        if (!at || !leaves_[index].found) break;
        at->append(*leaves_[index].found);
        if (sizes_.contains(begin_ + index + 1)) roots_[begin_ + index + 1] = at->root();
    }
    if (frontier && sizes_.contains(end_)) roots_[end_] = frontier->root();
}

void TreeWalk::check_row() {
    const bool time_agrees =
        row_.recorded_at_us == leaves_.back().recorded_at_us || findings_.is_event_bad(end_ - 1);
    if (row_.first_position != begin_ || !time_agrees)
        findings_.add({}, index_wrong,
                      "the commit of " + std::to_string(end_) + " events contradicts its events");
}

void TreeWalk::check_ids() {
    for (std::size_t index = 0; index < leaves_.size(); ++index) {
        const auto prefix = indexes_.leaf_prefix(begin_ + index);
        if (prefix && leaves_[index].found && *prefix != leaf_prefix(*leaves_[index].found))
            findings_.add(begin_ + index, index_wrong, "`ids` has another leaf for this event");
    }
}

void TreeWalk::add_to_tiles() {
    std::size_t next_root = 0;
    for (const Leaf& leaf : leaves_) {
        std::optional<Digest> hash = leaf.found;
        for (unsigned level = 0;; ++level) {
            if (level == filling_.size()) {
                filling_.emplace_back();
                tile_counts_.push_back(0);
            }
            filling_[level].push_back(hash);
            if (filling_[level].size() < tile_width) break;
            const Hashes hashes = std::exchange(filling_[level], {});
            check_tile(level, tile_counts_[level]++, hashes);
            hash = next_root < tile_roots_.size() ? std::optional{tile_roots_[next_root++]}
                                                  : folded(hashes);
        }
    }
    tile_roots_.clear();
}

std::optional<Digest> TreeWalk::folded(const Hashes& hashes) {
    Frontier frontier;
    for (const std::optional<Digest>& hash : hashes) {
        if (!hash) return std::nullopt;
        frontier.append(*hash);
    }
    return frontier.root();
}

void TreeWalk::check_tile(unsigned level, std::uint64_t index, const Hashes& hashes) {
    const std::string name = "tile " + std::to_string(index) + " of level " + std::to_string(level);
    const auto stored = database_.get(Family::tiles, tile_key(level, index));
    if (!stored) return findings_.add({}, store_damaged, name + ": " + stored.error().detail);
    const bool is_whole = *stored && (*stored)->size() == tile_width * digest_bytes;
    if (!is_whole) return findings_.add({}, index_wrong, name + " is not there");
    for (std::size_t entry = 0; entry < hashes.size(); ++entry) {
        const auto bytes = std::string_view{**stored}.substr(entry * digest_bytes, digest_bytes);
        if (hashes[entry] && digest_of(bytes) != *hashes[entry])
            return findings_.add({}, index_wrong, name + " is not that of its events");
    }
}

void TreeWalk::check_tile_count() {
    std::uint64_t count = 0;
    const auto rows = database_.scan(Family::tiles);
    for (; rows->Valid(); rows->Next()) ++count;
    if (!rows->status().ok()) findings_.add({}, store_damaged, rows->status().ToString());
    std::uint64_t expected = 0;
    for (const std::uint64_t full : tile_counts_) expected += full;
    if (count > expected)
        findings_.add({}, index_wrong, "`tiles` has rows that no events stand behind");
}

void TreeWalk::finish(const std::optional<Digest>& anchored) {
    if (!leaves_.empty()) {
        if (has_row_)
            name_changed_events();  // its last events are gone
        else if (commits_->status().ok())
            findings_.add(begin_, index_wrong, "the events from here on belong to no commit");
        end_ = position();
        keep_roots(std::nullopt);
        add_to_tiles();
    }
    for (; has_row_; next_row()) begin_ = end_of_last_ = end_;
    if (doubt_) settle_doubt(anchored && frontier_ && frontier_->root() == *anchored);
    check_tile_count();
}

std::optional<Digest> TreeWalk::root_at(std::uint64_t size) const {
    const auto found = roots_.find(size);
    return found == roots_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace adapters::rocksdb
