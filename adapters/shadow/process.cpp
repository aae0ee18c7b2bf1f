#include "adapters/shadow/process.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace adapters::shadow {

Words::Words(std::vector<std::string> words) : words_{std::move(words)} {
    for (std::string& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
}

namespace {

std::string_view name_of(std::string_view variable) {
    return variable.substr(0, variable.find('='));
}

std::vector<std::string> with_ours(std::vector<std::string> variables) {
    const std::size_t added = variables.size();
    for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
        const auto end = variables.begin() + static_cast<std::ptrdiff_t>(added);
        if (std::none_of(variables.begin(), end, [&](const std::string& other) {
                return name_of(other) == name_of(*each);
            }))
            variables.emplace_back(*each);
    }
    return variables;
}

}  // namespace

int reap(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) return -1;
    return status;
}

int run_program(std::vector<std::string> words, const std::filesystem::path& folder,
                const std::filesystem::path& log, const std::optional<Owner>& owner,
                std::vector<std::string> environment) {
    const Words all{std::move(words)};
    const Words variables{with_ours(std::move(environment))};
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (output < 0) return -1;
    if (owner) (void)!::fchown(output, owner->user, owner->group);
    const pid_t child = fork();
    if (child == 0) {
        const int nothing = ::open("/dev/null", O_RDONLY);
        dup2(nothing, STDIN_FILENO);
        dup2(output, STDOUT_FILENO);
        dup2(output, STDERR_FILENO);
        close_range(STDERR_FILENO + 1, ~0U, 0);
        std::signal(SIGINT, SIG_DFL);
        std::signal(SIGTERM, SIG_DFL);
        if (chdir(folder.c_str()) != 0 || (owner && !become(*owner))) _exit(127);
        execve(all.pointers()[0], all.pointers(), variables.pointers());
        _exit(127);
    }
    ::close(output);
    if (child < 0) return -1;
    const int status = reap(child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace adapters::shadow
