#include "tools/varve/key_files.hpp"

#include "adapters/files/descriptor.hpp"
#include "commands/sign_checkpoint.hpp"
#include "ledger/digest.hpp"
#include "ledger/key_encryption.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace tools::varve {

namespace fs = std::filesystem;
using adapters::files::Descriptor;
using ledger::Code;
using ledger::fail;
using ledger::Result;
using ledger::Secret;

namespace {

constexpr std::size_t file_bytes_max = 64 * 1024;
constexpr std::string_view unfinished_suffix = ".tmp";

tl::unexpected<ledger::Error> unreadable(const fs::path& path) {
    return fail(Code::unavailable, "key-unreadable",
                "cannot read " + path.string() + ": " + std::strerror(errno),
                "look at the permissions of the file and its folder");
}

Result<void> check_private(int file, const fs::path& path) {
    struct stat found {};
    if (fstat(file, &found) != 0) return unreadable(path);
    if (!S_ISREG(found.st_mode)) {
        errno = EINVAL;
        return unreadable(path);
    }
    if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return fail(Code::refused, "key-file-exposed",
                    "others than its owner may use " + path.string(),
                    "chmod 600 " + path.string() +
                        "; where somebody else may have read it, change it: varve keys rotate");
    if (found.st_uid != geteuid() && found.st_uid != 0)
        return fail(
            Code::refused, "key-file-foreign",
            path.string() + " belongs to another user (uid " + std::to_string(found.st_uid) + ")",
            "chown it to who runs varve");
    return {};
}

bool sync_folder_of(const fs::path& path) {
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path{"."};
    const Descriptor file{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return file.number() >= 0 && (fsync(file.number()) == 0 || errno == EINVAL);
}

bool is_gone(const std::string& process) {
    pid_t id = 0;
    const char* const end = process.data() + process.size();
    const auto [stop, error] = std::from_chars(process.data(), end, id);
    return error == std::errc{} && stop == end && id > 0 && kill(id, 0) != 0 && errno == ESRCH;
}

// Who was killed while writing `path` left a key there, which may be a plain one.
void remove_unfinished(const fs::path& path) {
    const std::string begin = path.filename().string() + ".";
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path{"."};
    std::error_code error;
    for (fs::directory_iterator entry{folder, error}; !error && entry != fs::directory_iterator{};
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (!name.starts_with(begin) || !name.ends_with(unfinished_suffix) ||
            name.size() <= begin.size() + unfinished_suffix.size())
            continue;
        const std::size_t length = name.size() - begin.size() - unfinished_suffix.size();
        if (is_gone(name.substr(begin.size(), length))) unlink(entry->path().c_str());
    }
}

bool counts(const projections::LedgerKeys& keys, const ledger::Verifier& verifier) {
    return std::any_of(keys.keys.begin(), keys.keys.end(), [&](const auto& key) {
        return commands::is_current(key) && key.name == verifier.name &&
               key.public_key == verifier.key;
    });
}

// The rotation that made it was killed between its event and the last name.
void name_next(const fs::path& signing_key, const projections::LedgerKeys& keys) {
    const fs::path next = next_place(signing_key);
    std::error_code ignored;
    if (!fs::exists(next, ignored)) return;
    const auto file = read_key_file(next);
    if (file && *file && counts(keys, (*file)->verifier))
        fs::rename(next, place_of(signing_key, (*file)->verifier), ignored);
}

bool is_key_id(std::string_view text) {
    constexpr std::size_t digits = 8;
    return text.size() == digits &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

}  // namespace

Result<std::optional<Secret>> read_private_file(const fs::path& path) {
    const Descriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (file.number() < 0 && errno == ENOENT) return std::optional<Secret>{};
    if (file.number() < 0) return unreadable(path);
    if (auto fine = check_private(file.number(), path); !fine) return fail(fine.error());
    std::string text;
    text.reserve(file_bytes_max + 1);  // so that it does not move, and leave a copy behind
    std::array<char, 4096> buffer{};
    ssize_t count = 0;
    while (text.size() < file_bytes_max &&
           (count = read(file.number(), buffer.data(), buffer.size())) > 0)
        text.append(buffer.data(), static_cast<std::size_t>(count));
    explicit_bzero(buffer.data(), buffer.size());
    if (count < 0) return unreadable(path);
    return std::optional{Secret{std::move(text)}};
}

Result<void> write_private_file(const fs::path& path, std::string_view text) {
    remove_unfinished(path);
    const fs::path unfinished =
        path.string() + "." + std::to_string(getpid()) + std::string{unfinished_suffix};
    const Descriptor file{open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    const bool written =
        file.number() >= 0 &&
        ::write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
        fsync(file.number()) == 0 && rename(unfinished.c_str(), path.c_str()) == 0;
    if (written && sync_folder_of(path)) return {};
    ledger::Error error = key_unwritable(path);
    if (!written) unlink(unfinished.c_str());
    return fail(std::move(error));
}

Result<std::optional<KeyFile>> read_key_file(const fs::path& path) {
    auto text = read_private_file(path);
    if (!text) return fail(text.error());
    if (!*text) return std::optional<KeyFile>{};
    KeyFile file{path, {}, ledger::is_encrypted_key((*text)->view()), std::move(**text)};
    const std::string_view all = file.text.view();
    auto verifier = Result<ledger::Verifier>{};
    if (file.is_encrypted) {
        verifier = ledger::verifier_of_encrypted_key(all);
    } else {
        const auto signer = ledger::Signer::from_text(all.substr(0, all.find_first_of("\r\n")));
        if (signer)
            verifier = signer->verifier();
        else
            verifier = fail(signer.error());
    }
    if (!verifier)
        return fail(verifier.error().code, verifier.error().reason,
                    path.string() + ": " + verifier.error().detail,
                    "put the file back from its backup; where there is none, move it away, then: "
                    "varve keys rotate, and varve keys retire KEY --lost");
    file.verifier = std::move(*verifier);
    return std::optional{std::move(file)};
}

Result<std::string> key_file_text(const ledger::Signer& signer, const Secret* passphrase) {
    if (passphrase != nullptr) return ledger::encrypt_key(signer, *passphrase);
    return signer.private_text() + "\n";
}

std::optional<std::string> plain_key_note(const std::optional<std::string>& passphrase_source,
                                          const fs::path& path) {
    const auto passphrase = passphrase_at_hand(passphrase_source);
    if (passphrase && !*passphrase) return std::nullopt;
    const auto file = read_key_file(path);
    if (!file || !*file || (*file)->is_encrypted) return std::nullopt;
    return "the signing key " + path.string() + " is not encrypted" +
           (passphrase ? "" : " (" + passphrase.error().detail + ")") + ": varve keys passphrase";
}

ledger::Error key_unwritable(const fs::path& path) {
    return {Code::unavailable, "key-unwritable",
            "cannot write " + path.string() + ": " + std::strerror(errno),
            "look at the folder's permissions and the disk's free space"};
}

ledger::Verifier verifier_of(const projections::LedgerKey& key) {
    return {key.name, key.public_key};
}

fs::path place_of(const fs::path& signing_key, const ledger::Verifier& verifier) {
    return signing_key.string() + "." + key_id_text(verifier);
}

fs::path next_place(const fs::path& signing_key) { return signing_key.string() + ".next"; }

KeysAtHand find_keys(const fs::path& signing_key, const projections::LedgerKeys& keys) {
    name_next(signing_key, keys);
    KeysAtHand found;
    const auto take = [&](const fs::path& path, const ledger::Verifier* wanted) {
        remove_unfinished(path);
        auto file = read_key_file(path);
        if (!file) return found.problems.push_back(file.error());
        if (!*file || !counts(keys, (*file)->verifier)) return;
        if (wanted != nullptr && (*file)->verifier != *wanted) return;
        found.files.push_back(std::move(**file));
    };
    take(signing_key, nullptr);
    for (const auto& key : keys.keys) {
        const ledger::Verifier verifier = verifier_of(key);
        const bool is_there =
            std::any_of(found.files.begin(), found.files.end(),
                        [&](const auto& file) { return file.verifier == verifier; });
        if (commands::is_current(key) && !is_there)
            take(place_of(signing_key, verifier), &verifier);
    }
    return found;
}

bool is_any_key_there(const fs::path& signing_key) {
    std::error_code error;
    if (fs::exists(signing_key, error)) return true;
    const std::string start = signing_key.filename().string() + ".";
    const fs::path folder = signing_key.has_parent_path() ? signing_key.parent_path() : ".";
    for (fs::directory_iterator entry{folder, error}, end; !error && entry != end;
         entry.increment(error))
        if (const auto name = entry->path().filename().string();
            name.starts_with(start) && is_key_id(std::string_view{name}.substr(start.size())))
            return true;
    return false;
}

Result<ledger::Signer> open_key(const KeyFile& file, Passphrase& passphrase) {
    const std::string_view all = file.text.view();
    if (!file.is_encrypted)
        return ledger::Signer::from_text(all.substr(0, all.find_first_of("\r\n")));
    const auto secret = passphrase.get();
    if (!secret) return fail(secret.error());
    return ledger::decrypt_key(all, **secret);
}

OpenedKeys open_keys(const KeysAtHand& at_hand, Passphrase& passphrase) {
    OpenedKeys opened{{}, at_hand.problems};
    for (const KeyFile& file : at_hand.files) {
        auto signer = open_key(file, passphrase);
        if (signer)
            opened.signers.push_back(std::move(*signer));
        else
            opened.problems.push_back(signer.error());
    }
    return opened;
}

std::string key_id_text(const ledger::Verifier& verifier) {
    const auto id = ledger::key_id(verifier);
    return ledger::hex(std::string_view{reinterpret_cast<const char*>(id.data()), id.size()});
}

}  // namespace tools::varve
