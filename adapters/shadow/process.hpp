// adapters/shadow/process.hpp: other programs, run from a process that may have threads.
//
// Order   between fork and exec nothing allocates: words and paths are made before.
#pragma once

#include "adapters/shadow/owner.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace adapters::shadow {

// A program's words as exec takes them.
class Words {
public:
    explicit Words(std::vector<std::string> words);
    [[nodiscard]] char* const* pointers() const { return pointers_.data(); }

private:
    std::vector<std::string> words_;
    std::vector<char*> pointers_;
};

// Its exit status: -1 where it could not be started, or died of a signal. What it says goes to
// `log`; it starts in `folder`, with our environment and what `environment` (NAME=value) adds.
[[nodiscard]] int run_program(std::vector<std::string> words, const std::filesystem::path& folder,
                              const std::filesystem::path& log, const std::optional<Owner>& owner,
                              std::vector<std::string> environment = {});

// Waits for a child, whatever signals come.
int reap(pid_t child);

}  // namespace adapters::shadow
