// projections/known_keys.hpp: the hashes of all keys that there are, for who folds from nothing:
// what is not among them need not be looked for below.
//
// Cost    16 bytes a key or a little more, and one look into memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace projections {

class KnownKeys {
public:
    // Whether it was not among them before.
    bool insert(std::size_t hash) {
        hash = std::max<std::size_t>(hash, 1);  // 0 is a free slot
        if (2 * (count_ + 1) > slots_.size()) grow();
        std::size_t& slot = slot_of(hash);
        if (slot == hash) return false;
        slot = hash;
        ++count_;
        return true;
    }

private:
    static constexpr std::size_t slots_min = 1024;  // a power of two

    // Its own or a free one.
    [[nodiscard]] std::size_t& slot_of(std::size_t hash) {
        std::size_t at = hash & (slots_.size() - 1);
        while (slots_[at] != 0 && slots_[at] != hash) at = (at + 1) & (slots_.size() - 1);
        return slots_[at];
    }
    void grow() {
        const auto before =
            std::exchange(slots_, std::vector<std::size_t>(std::max(slots_min, 2 * slots_.size())));
        for (const std::size_t hash : before)
            if (hash != 0) slot_of(hash) = hash;
    }

    std::vector<std::size_t> slots_;
    std::size_t count_{};
};

}  // namespace projections
