// tools/varve/evidence_bundle.hpp: all files of a bundle, in their order, into an archive.
//
// Format  docs/ledger-format.md, "The evidence bundle".
// Order   what people open first, then what is proved, then the tree, then the sums.
#pragma once

#include "adapters/files/archive.hpp"
#include "ledger/store.hpp"
#include "tools/varve/evidence.hpp"

namespace tools::varve {

[[nodiscard]] ledger::Result<void> write_bundle(const Evidence& evidence,
                                                const ledger::Reader& reader,
                                                adapters::files::Archive& archive);

}  // namespace tools::varve
