// tools/varve/verification_view.hpp: what a verification found, for people and as JSON.
//
// Shape   a fault says what is wrong in one of five words where one fits (changed, missing, cut
//         off, reordered, replaced), from which position on, and who says so.
// Folds   what one cause brings about many times (wrong indexes, wrong checkpoints): for people the
//         first of each are told and the others counted.
#pragma once

#include "adapters/rocksdb/verify.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/json_document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tools::varve {

// Empty where none of the words fits.
[[nodiscard]] std::string_view plain_word(std::string_view what);

// "event-changed at position 7: ... (says the tile)".
[[nodiscard]] std::string sentence(const Console& console, const adapters::rocksdb::Fault& fault);

[[nodiscard]] std::vector<std::string> fault_lines(
    const Console& console, const std::vector<adapters::rocksdb::Fault>& faults);

void print_faults(const Console& console, const adapters::rocksdb::Verification& verification);
[[nodiscard]] Json faults_json(const std::vector<adapters::rocksdb::Fault>& faults);

}  // namespace tools::varve
