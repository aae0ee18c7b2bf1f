#include "commands/sequence_positions.hpp"

namespace commands {

std::vector<std::string> sequences_set_back(const SequencePositions& before,
                                            const SequencePositions& after) {
    std::vector<std::string> faults;
    for (const auto& [name, position] : before) {
        const auto found = after.find(name);
        if (found == after.end() || !found->second.may_repeat) continue;
        const auto& [next, descends, may_repeat] = found->second;
        const bool is_back = descends ? next > position.next : next < position.next;
        if (is_back)
            faults.push_back("sequence " + name + " gives " + std::to_string(next) +
                             " next, and would have given " + std::to_string(position.next));
    }
    return faults;
}

}  // namespace commands
