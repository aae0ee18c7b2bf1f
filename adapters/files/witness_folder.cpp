#include "adapters/files/witness_folder.hpp"

#include "adapters/files/durable_file.hpp"
#include "ledger/digest.hpp"
#include "ledger/tree.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace adapters::files {

namespace fs = std::filesystem;
using commands::TrustedLog;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr unsigned owner_only = 0600;
constexpr mode_t others = S_IRWXG | S_IRWXO;

fs::path key_of(const fs::path& folder) { return folder / "witness.key"; }
fs::path seen_in(const fs::path& folder, const std::string& origin) {
    return folder / "seen" / ledger::hex(ledger::sha256(origin));
}
fs::path logs_of(const fs::path& folder) { return folder / "logs"; }

tl::unexpected<ledger::Error> unusable(const fs::path& path) {
    return fail(Code::unavailable, "witness-folder-unusable",
                "cannot use " + path.string() + ": " + std::strerror(errno),
                "look at the folder's permissions and the disk's free space");
}

Result<void> expect_private(const fs::path& key) {
    struct stat about {};
    if (stat(key.c_str(), &about) != 0) return unusable(key);
    if ((about.st_mode & others) == 0) return {};
    return fail(Code::refused, "key-exposed", "others can read the private key " + key.string(),
                "chmod 600 " + key.string() + "; if others may have read it, make a new one");
}

tl::unexpected<ledger::Error> malformed_line(const fs::path& path, std::size_t number) {
    return fail(Code::refused, "witness-logs-malformed",
                path.string() + ":" + std::to_string(number) +
                    ": not an origin, a space and a verifier key",
                "`varve witness trust` writes such lines");
}

// Into the log of its origin, or as a new one.
void add_key(std::vector<TrustedLog>& logs, const std::string& origin, ledger::Verifier key) {
    const auto log = std::find_if(logs.begin(), logs.end(),
                                  [&](const TrustedLog& each) { return each.origin == origin; });
    if (log == logs.end())
        logs.push_back({origin, {std::move(key)}});
    else if (std::find(log->keys.begin(), log->keys.end(), key) == log->keys.end())
        log->keys.push_back(std::move(key));
}

}  // namespace

WitnessFolder::~WitnessFolder() {
    if (lock_ >= 0) close(lock_);
}

Result<void> WitnessFolder::lock() {
    const fs::path path = folder_ / "lock";
    lock_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, owner_only);
    if (lock_ < 0) return unusable(path);
    if (flock(lock_, LOCK_EX | LOCK_NB) == 0) return {};
    if (errno != EWOULDBLOCK) return unusable(path);
    return fail(Code::conflict, "witness-busy",
                "another process cosigns from " + folder_.string() + " just now",
                "stop it first: two could be played against each other");
}

Result<std::unique_ptr<WitnessFolder>> WitnessFolder::create(const fs::path& folder,
                                                             const std::string& name) {
    std::error_code error;
    fs::create_directories(folder / "seen", error);
    fs::permissions(folder, fs::perms::owner_all, error);
    if (error) {
        errno = error.value();
        return unusable(folder);
    }
    std::unique_ptr<WitnessFolder> made{new WitnessFolder{folder}};
    if (auto locked = made->lock(); !locked) return fail(locked.error());
    if (fs::exists(key_of(folder), error))
        return fail(Code::refused, "witness-exists",
                    "there is a witness already in " + folder.string(),
                    "a witness keeps its key: use it, or name another folder");
    auto signer = ledger::Signer::generate(name);
    if (!signer) return fail(signer.error());
    const auto written = write_durably(key_of(folder), signer->private_text() + "\n", owner_only);
    if (!written) return fail(written.error());
    made->signer_.emplace(std::move(*signer));
    return made;
}

Result<std::unique_ptr<WitnessFolder>> WitnessFolder::look(const fs::path& folder) {
    const auto text = read_small(key_of(folder));
    if (!text) return fail(text.error());
    if (!*text)
        return fail(Code::refused, "witness-missing", "there is no witness in " + folder.string(),
                    "make one with `varve witness init --name NAME`, or name its folder");
    if (auto hidden = expect_private(key_of(folder)); !hidden) return fail(hidden.error());
    auto signer = ledger::Signer::from_text((*text)->substr(0, (*text)->find('\n')));
    if (!signer) return fail(signer.error());
    std::unique_ptr<WitnessFolder> opened{new WitnessFolder{folder}};
    opened->signer_.emplace(std::move(*signer));
    return opened;
}

Result<std::unique_ptr<WitnessFolder>> WitnessFolder::open(const fs::path& folder) {
    auto opened = look(folder);
    if (!opened) return opened;
    if (auto locked = (*opened)->lock(); !locked) return fail(locked.error());
    return opened;
}

Result<std::vector<TrustedLog>> WitnessFolder::logs() const {
    const auto text = read_small(logs_of(folder_));
    if (!text) return fail(text.error());
    std::vector<TrustedLog> logs;
    std::string_view rest = *text ? std::string_view{**text} : std::string_view{};
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
        if (line.empty() || line.front() == '#') continue;
        const std::size_t space = line.rfind(' ');
        if (space == line.npos || space == 0) return malformed_line(logs_of(folder_), number);
        auto key = ledger::verifier_from_text(line.substr(space + 1));
        if (!key) return malformed_line(logs_of(folder_), number);
        add_key(logs, std::string{line.substr(0, space)}, std::move(*key));
    }
    return logs;
}

fs::path WitnessFolder::seen(const std::string& origin) const { return seen_in(folder_, origin); }

// A log that is trusted has a memory from then on, of nothing at first: that it is gone is damage.
Result<std::optional<ledger::Checkpoint>> WitnessFolder::no_memory(
    const std::string& origin) const {
    const auto known = logs();
    if (!known) return fail(known.error());
    const bool is_trusted = std::any_of(
        known->begin(), known->end(), [&](const TrustedLog& log) { return log.origin == origin; });
    if (!is_trusted) return std::optional<ledger::Checkpoint>{};
    return fail(
        Code::corrupt, "witness-memory-damaged",
        seen(origin).string() + " is gone: what was cosigned last of " + origin + " is not known",
        "restore it from a backup; to begin anew would let that log rewrite its past");
}

Result<std::optional<ledger::Checkpoint>> WitnessFolder::last(const std::string& origin) {
    const auto text = read_small(seen(origin));
    if (!text) return fail(text.error());
    if (!*text) return no_memory(origin);
    auto checkpoint = ledger::checkpoint_from_text(**text);
    if (checkpoint && checkpoint->origin == origin) return std::optional{std::move(*checkpoint)};
    return fail(Code::corrupt, "witness-memory-damaged",
                seen(origin).string() + " does not say what was cosigned last of " + origin,
                "restore it from a backup; to begin anew would let that log rewrite its past");
}

Result<void> WitnessFolder::remember(const ledger::Checkpoint& checkpoint) {
    return write_durably(seen(checkpoint.origin), to_text(checkpoint));
}

Result<void> trust_log(const fs::path& folder, const std::string& origin,
                       const ledger::Verifier& key) {
    const auto text = read_small(logs_of(folder));
    if (!text) return fail(text.error());
    const std::string line = origin + ' ' + to_text(key) + '\n';
    std::string all = text->value_or("");
    if (!all.empty() && !all.ends_with('\n')) all += '\n';
    if (("\n" + all).find("\n" + line) != std::string::npos) return {};
    const fs::path memory = seen_in(folder, origin);
    const bool is_new = ("\n" + all).find("\n" + origin + ' ') == std::string::npos;
    if (std::error_code error; is_new && !fs::exists(memory, error)) {
        const ledger::Checkpoint nothing{origin, 0, ledger::empty_root(), {}};
        if (auto begun = write_durably(memory, to_text(nothing)); !begun) return begun;
    }
    return write_durably(logs_of(folder), all + line);
}

Result<void> distrust_log(const fs::path& folder, const ledger::Verifier& key) {
    const auto text = read_small(logs_of(folder));
    if (!text) return fail(text.error());
    const std::string end_of_line = ' ' + to_text(key) + '\n';
    std::string kept;
    std::string_view rest = *text ? std::string_view{**text} : std::string_view{};
    while (!rest.empty()) {
        const std::string line = std::string{rest.substr(0, rest.find('\n'))} + '\n';
        rest.remove_prefix(std::min(rest.size(), line.size()));
        if (!line.ends_with(end_of_line)) kept += line;
    }
    if (kept.size() >= text->value_or("").size())
        return fail(Code::refused, "key-unknown", "no log with that key is cosigned here",
                    "`varve witness show` lists the keys");
    return write_durably(logs_of(folder), kept);
}

}  // namespace adapters::files
