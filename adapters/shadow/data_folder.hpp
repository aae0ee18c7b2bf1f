// adapters/shadow/data_folder.hpp: an initialised data folder, made once and copied from then on.
//
// Cache    in the user's cache folder, one for every build of the server. It is made beside its
//          place and renamed there: two processes at once are fine, and half of one is never seen.
// Cost     initdb half a second, once; a copy a few hundredths of one.
// Errors   unavailable "shadow-failed" with the last of what initdb said.
#pragma once

#include "adapters/shadow/owner.hpp"
#include "adapters/shadow/programs.hpp"
#include "ledger/result.hpp"

#include <filesystem>
#include <optional>

namespace adapters::shadow {

struct DataFolderRequest {
    Programs programs;
    std::filesystem::path place;  // to be made; its parent is there and is the owner's
    std::optional<Owner> owner;   // whose it is to be, where not ours
    bool remakes_cache{};         // the one that is there does not work
};

[[nodiscard]] ledger::Result<void> make_data_folder(const DataFolderRequest& request);

// The end of a log, for an error's detail.
[[nodiscard]] std::string last_words(const std::filesystem::path& log);

}  // namespace adapters::shadow
