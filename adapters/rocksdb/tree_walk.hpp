// adapters/rocksdb/tree_walk.hpp: the tree built again from the lines, commit by commit. Internal.
//
// Shape   expect() for every position in order, with the leaf as found or nothing; the walk closes
//         each commit where its row says it ends.
// Judge   where a root disagrees, the eight leaf bytes in `ids` and the leaves in full tiles name
//         the events that were changed; where they name none, the commit after it (or the anchor)
//         tells whether its events or its row are wrong.
#pragma once

#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "adapters/rocksdb/index_rows.hpp"
#include "ledger/tree.hpp"

#include <rocksdb/iterator.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace adapters::rocksdb {

class TreeWalk {
public:
    // `sizes`: where roots are wanted afterwards.
    TreeWalk(const Database& database, const IndexRows& indexes, Findings& findings,
             std::set<std::uint64_t> sizes);

    void expect(const std::optional<ledger::Digest>& leaf, std::int64_t recorded_at_us);
    // `anchored`: the anchor's root at the end, where it has seen that, for want of a commit after
    // the last.
    void finish(const std::optional<ledger::Digest>& anchored);

    // Where it could be told.
    [[nodiscard]] std::optional<ledger::Digest> root_at(std::uint64_t size) const;
    // Over all events, as far as it is known that they are those committed.
    [[nodiscard]] const std::optional<ledger::Frontier>& frontier() const { return frontier_; }
    [[nodiscard]] std::uint64_t committed_size() const { return end_of_last_; }

private:
    struct Leaf {
        std::optional<ledger::Digest> found;
        std::int64_t recorded_at_us{};
    };
    using Known = std::optional<ledger::Frontier>;  // nothing where it cannot be told
    using Hashes = std::vector<std::optional<ledger::Digest>>;
    // A commit whose root disagrees with its events, and nothing says yet which of them is wrong.
    struct Doubt {
        std::uint64_t begin{};
        std::uint64_t end{};
        Known by_row;
    };

    void next_row();
    void close_commit();
    void judge(const ledger::Frontier& by_events);
    bool name_changed_events();
    void settle_doubt(bool events_are_right);
    void accept(Known frontier);
    void keep_roots(const Known& frontier);
    void check_row();
    void check_ids();
    void add_to_tiles();
    void check_tile(unsigned level, std::uint64_t index, const Hashes& hashes);
    void check_tile_count();
    [[nodiscard]] std::optional<ledger::Digest> tile_leaf(std::uint64_t position);
    [[nodiscard]] Known row_frontier() const;
    [[nodiscard]] Known with_leaves(Known from) const;
    [[nodiscard]] Known by_events();
    void keep_tile_roots(const ledger::Frontier& before, const ledger::Digest& leaf);
    [[nodiscard]] static std::optional<ledger::Digest> folded(const Hashes& hashes);
    [[nodiscard]] std::uint64_t position() const { return begin_ + leaves_.size(); }

    const Database& database_;
    const IndexRows& indexes_;
    Findings& findings_;
    std::set<std::uint64_t> sizes_;
    std::map<std::uint64_t, ledger::Digest> roots_;

    std::unique_ptr<::rocksdb::Iterator> commits_;
    std::uint64_t end_{};  // of the commit being walked
    CommitRow row_;
    bool has_row_{};
    std::uint64_t end_of_last_{};

    Known frontier_{ledger::Frontier{}};  // before `begin_`
    std::uint64_t begin_{};
    std::vector<Leaf> leaves_;
    std::vector<ledger::Digest> tile_roots_;  // of tiles that these leaves fill, as by_events() saw
    std::optional<Doubt> doubt_;

    std::vector<Hashes> filling_;             // the tile being filled, by level
    std::vector<std::uint64_t> tile_counts_;  // full ones, by level
    std::uint64_t cached_tile_{~std::uint64_t{0}};
    std::optional<std::string> cached_bytes_;
};

}  // namespace adapters::rocksdb
