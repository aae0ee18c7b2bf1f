#include "ledger/checked_reader.hpp"

#include "ledger/tree.hpp"

#include <algorithm>
#include <bit>

namespace ledger {

namespace {

// Complete subtrees from the left to the right, two of one height joined as soon as they meet.
class Joined {
public:
    void add(unsigned level, Digest hash) {
        while (!parts_.empty() && parts_.back().level == level) {
            hash = node_hash(parts_.back().hash, hash);
            parts_.pop_back();
            ++level;
        }
        parts_.push_back({level, hash});
    }

    [[nodiscard]] Digest root() const {
        Digest root = parts_.back().hash;
        for (std::size_t index = parts_.size() - 1; index > 0; --index)
            root = node_hash(parts_[index - 1].hash, root);
        return root;
    }

private:
    struct Part {
        unsigned level{};
        Digest hash;
    };
    std::vector<Part> parts_;
};

// The fewest complete subtrees that make up the leaves from `begin` up to `end`.
Result<void> add_subtrees(Joined& joined, const Reader& reader, std::uint64_t begin,
                          std::uint64_t end) {
    while (begin < end) {
        unsigned level = static_cast<unsigned>(std::bit_width(end - begin)) - 1;
        if (begin > 0) level = std::min(level, static_cast<unsigned>(std::countr_zero(begin)));
        const auto hash = reader.subtree(level, begin >> level);
        if (!hash) return fail(hash.error());
        joined.add(level, *hash);
        begin += std::uint64_t{1} << level;
    }
    return {};
}

Result<Digest> root_with(const Reader& reader, std::uint64_t size, std::uint64_t position,
                         const std::vector<std::string>& lines) {
    Joined joined;
    if (auto added = add_subtrees(joined, reader, 0, position); !added) return fail(added.error());
    for (const std::string& line : lines) joined.add(0, leaf_hash(line));
    if (auto added = add_subtrees(joined, reader, position + lines.size(), size); !added)
        return fail(added.error());
    return joined.root();
}

std::string positions_text(std::uint64_t position, std::size_t count) {
    if (count == 1) return "event " + std::to_string(position) + " does";
    return "events " + std::to_string(position) + " to " + std::to_string(position + count - 1) +
           " do";
}

}  // namespace

Result<std::vector<std::string>> CheckedReader::lines(std::uint64_t position,
                                                      std::size_t count_max) const {
    const auto head = reader_.head();
    if (!head) return fail(head.error());
    if (position >= head->size) return std::vector<std::string>{};
    const std::uint64_t there = head->size - position;
    auto lines = reader_.lines(position,
                               static_cast<std::size_t>(std::min<std::uint64_t>(count_max, there)));
    if (!lines || lines->empty()) return lines;
    const auto root = root_with(reader_, head->size, position, *lines);
    if (!root) return fail(root.error());
    if (*root == head->root) return lines;
    return fail(Code::corrupt, "ledger-damaged",
                "with the events beside it, " + positions_text(position, lines->size()) +
                    " not lead to the root that the ledger states for its " +
                    std::to_string(head->size) + " events",
                "run `varve verify`, and restore the ledger from a copy that verifies");
}

}  // namespace ledger
