// tests/ledger/leaves.hpp: a whole tree in memory, to ask for subtrees.
#pragma once

#include "ledger/tree.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tests {

class Leaves {
public:
    explicit Leaves(const std::vector<std::string>& lines) {
        levels_.emplace_back();
        for (const std::string& line : lines) levels_[0].push_back(ledger::leaf_hash(line));
        while (levels_.back().size() > 1) {
            const std::vector<ledger::Digest>& below = levels_.back();
            std::vector<ledger::Digest> level;
            for (std::size_t right = 1; right < below.size(); right += 2)
                level.push_back(ledger::node_hash(below[right - 1], below[right]));
            levels_.push_back(std::move(level));
        }
    }

    [[nodiscard]] const std::vector<ledger::Digest>& hashes() const { return levels_[0]; }

    [[nodiscard]] ledger::SubtreeHash subtree() const {
        return [this](unsigned level, std::uint64_t index) -> ledger::Result<ledger::Digest> {
            if (level >= levels_.size() || index >= levels_[level].size())
                return ledger::fail(ledger::Code::corrupt, "no-such-subtree");
            return levels_[level][index];
        };
    }

private:
    std::vector<std::vector<ledger::Digest>> levels_;
};

// "leaf 0", "leaf 1", ...
inline std::vector<std::string> numbered_lines(std::size_t count) {
    std::vector<std::string> lines;
    for (std::size_t index = 0; index < count; ++index)
        lines.push_back("leaf " + std::to_string(index));
    return lines;
}

// RFC 6962, section 2.1, word for word.
inline ledger::Digest root_by_definition(std::span<const ledger::Digest> leaves) {
    if (leaves.empty()) return ledger::empty_root();
    if (leaves.size() == 1) return leaves[0];
    std::size_t left = 1;
    while (left * 2 < leaves.size()) left *= 2;
    return ledger::node_hash(root_by_definition(leaves.first(left)),
                             root_by_definition(leaves.subspan(left)));
}

}  // namespace tests
