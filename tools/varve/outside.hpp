// tools/varve/outside.hpp: what everybody outside a ledger's folder has seen of it.
//
// Who      the target of every environment of the configuration, checkpoints.folder, and the C2SP
//          witnesses: they tell the size alone that they cosigned last. A webhook cannot be asked.
// Trust    a checkpoint counts where a key that the copy knows has signed it. A marker counts as
//          far as it names an attempt: one that the copy does not name is at least one lost event,
//          and the ledger then had at least as many as the marker tells. Nobody has signed that: a
//          person sees it before anything is written.
// Unasked  who could not be asked, or has answered with what only a key that the copy does not know
//          can vouch for; and where there is nobody to ask, that.
#pragma once

#include "adapters/rocksdb/restore.hpp"
#include "ledger/result.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/console.hpp"

#include <string>
#include <vector>

namespace tools::varve {

struct Outside {
    std::vector<adapters::rocksdb::Known> known;
    std::vector<std::string> unasked;
};

// What is not believed is told as a warning. An error is of the copy.
[[nodiscard]] ledger::Result<Outside> ask_outside(const ledger::Reader& copy, const Flags& flags,
                                                  const Configuration& configuration,
                                                  const Console& console);

}  // namespace tools::varve
