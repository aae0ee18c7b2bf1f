// adapters/files/checkpoint_folder.hpp: a folder as a witness of checkpoints.
//
// Shape    <folder>/<ledger uuid>/<size>.checkpoint, a signed note each, and `latest` beside them.
// Atomic   a file is written under another name, synced and renamed: whoever reads sees a whole
//          note, and nothing is ever there that a crash could take away again.
// Use      a mounted share, a folder that is backed up or cannot be written twice: what gives it
//          worth is that who can change the ledger cannot change it.
#pragma once

#include "commands/checkpoint_witness.hpp"

#include <filesystem>
#include <memory>

namespace adapters::files {

[[nodiscard]] std::unique_ptr<commands::CheckpointWitness> open_checkpoint_folder(
    const std::filesystem::path& folder);

}  // namespace adapters::files
