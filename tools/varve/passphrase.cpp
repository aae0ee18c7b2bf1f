#include "tools/varve/passphrase.hpp"

#include "tools/varve/key_files.hpp"

#include <cstdlib>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using ledger::Secret;

namespace {

constexpr const char* variable_name = "VARVE_KEY_PASSPHRASE";

constexpr const char* where_it_is_kept =
    "set ledger.key_passphrase = \"env:NAME\" or \"file:PATH\" in varve.toml, or "
    "VARVE_KEY_PASSPHRASE, or run it at a terminal";

tl::unexpected<ledger::Error> missing(const std::string& detail, const std::string& help) {
    return fail(Code::refused, "passphrase-missing", detail, help);
}

std::optional<Secret> variable(const std::string& name) {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr || *value == '\0') return std::nullopt;
    return Secret{value};
}

// Shows nothing of what is typed, and puts the terminal back whatever comes.
class Terminal {
public:
    Terminal() : file_{open("/dev/tty", O_RDWR | O_CLOEXEC)} {
        if (file_ < 0 || tcgetattr(file_, &before_) != 0) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        is_silent_ = tcsetattr(file_, TCSAFLUSH, &silent) == 0;
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    ~Terminal() {
        if (is_silent_) tcsetattr(file_, TCSAFLUSH, &before_);
        if (file_ >= 0) close(file_);
    }

    std::optional<Secret> ask(const std::string& prompt) const {
        if (!is_silent_) return std::nullopt;
        say(prompt);
        std::string line;
        line.reserve(1024);  // so that it does not move, and leave a copy behind
        char character{};
        while (line.size() < 1023 && read(file_, &character, 1) == 1 && character != '\n')
            line += character;
        say("\n");
        Secret secret{line};
        ledger::wipe(line);
        return secret;
    }

private:
    void say(const std::string& text) const {
        static_cast<void>(write(file_, text.data(), text.size()) == 0);
    }

    int file_;
    termios before_{};
    bool is_silent_{};
};

}  // namespace

Result<Secret> read_secret(const std::string& source) {
    if (source.starts_with("env:")) {
        if (auto value = variable(source.substr(4))) return std::move(*value);
        return missing("the environment variable " + source.substr(4) + " is not set",
                       "set it, or name another place: env:NAME or file:PATH");
    }
    if (!source.starts_with("file:"))
        return fail(Code::refused, "usage", "a passphrase is not written down here",
                    "write env:NAME or file:PATH");
    auto text = read_private_file(source.substr(5));
    if (!text) return fail(text.error());
    if (!*text)
        return missing("there is no file " + source.substr(5),
                       "put it there, or name another place: env:NAME or file:PATH");
    const std::string_view all = (*text)->view();
    Secret line{std::string{all.substr(0, all.find_first_of("\r\n"))}};
    if (line.empty())
        return missing("the first line of " + source.substr(5) + " is empty",
                       "write it there, or name another place: env:NAME or file:PATH");
    return line;
}

Result<Secret> ask_secret(const std::string& prompt) {
    auto answer = Terminal{}.ask(prompt);
    if (!answer)
        return missing("there is no terminal to ask for a passphrase at", where_it_is_kept);
    if (answer->empty()) return missing("no passphrase was given", "type one");
    return std::move(*answer);
}

Result<std::optional<Secret>> passphrase_at_hand(const std::optional<std::string>& source) {
    if (!source) return variable(variable_name);
    auto secret = read_secret(*source);
    if (!secret) return fail(secret.error());
    return std::optional{std::move(*secret)};
}

Result<Secret> Passphrase::find() const {
    if (source_) return read_secret(*source_);
    if (auto value = variable(variable_name)) return std::move(*value);
    if (may_ask_) {
        if (before_asking_) before_asking_();
        return ask_secret("Passphrase of the signing key: ");
    }
    return missing("the signing key is encrypted, and no passphrase is given", where_it_is_kept);
}

Result<const Secret*> Passphrase::get() {
    if (error_) return fail(*error_);
    if (found_) return &*found_;
    auto found = find();
    if (!found) {
        error_ = found.error();
        return fail(*error_);
    }
    found_.emplace(std::move(*found));
    return &*found_;
}

}  // namespace tools::varve
