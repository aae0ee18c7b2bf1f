#include "tools/varve/new_ledger.hpp"

#include "adapters/rocksdb/row_store.hpp"
#include "ledger/clean.hpp"
#include "ledger/note.hpp"
#include "projections/catalogue.hpp"
#include "tools/varve/harmless_text.hpp"
#include "tools/varve/key_files.hpp"
#include "tools/varve/system.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace tools::varve {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::uint32_t ledger_format = 1;

Result<void> check_organisation(const std::string& name) {
    bool usable = !name.empty() && name.size() <= 200 && ledger::is_well_formed_utf8(name);
    for (const char character : name)
        if (static_cast<unsigned char>(character) <= ' ' || character == '+') usable = false;
    usable = usable && harmless(name, false) == name;
    if (usable) return {};
    return fail(Code::refused, "configuration-invalid",
                "organisation \"" + name + "\" cannot name a ledger's key",
                "use a domain name: no spaces, no plus sign, nothing that cannot be seen");
}

fs::path unfinished(const fs::path& key) { return key.string() + ".new"; }

ledger::Error folder_unmakeable(const fs::path& folder, const std::error_code& error) {
    return {Code::unavailable, "key-unwritable",
            "cannot make the folder " + folder.string() + ": " + error.message(),
            "look at the permissions of the folder above it and the disk's free space"};
}

// The key beside its final name, locked: whoever makes the same ledger at the same time waits here
// until the first one is done.
class LockedKeyFile {
public:
    static Result<LockedKeyFile> lock(const fs::path& key) {
        std::error_code error;
        if (key.has_parent_path()) fs::create_directories(key.parent_path(), error);
        if (error) return fail(folder_unmakeable(key.parent_path(), error));
        const fs::path path = unfinished(key);
        const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (file < 0 || flock(file, LOCK_EX) != 0) return fail(key_unwritable(path));
        return LockedKeyFile{file, path};
    }
    LockedKeyFile(LockedKeyFile&& other) noexcept
        : file_{std::exchange(other.file_, -1)}, path_{std::move(other.path_)} {}
    LockedKeyFile& operator=(LockedKeyFile&&) = delete;
    ~LockedKeyFile() {
        if (file_ >= 0) close(file_);
    }

    Result<void> write_text(std::string_view text) const {
        const bool written =
            ftruncate(file_, 0) == 0 &&
            pwrite(file_, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()) &&
            fsync(file_) == 0;
        if (written) return {};
        return fail(key_unwritable(path_));
    }
    void take_away() const {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }
    // One with a key in it is that of a ledger whose making was cut off: finish_key() names it.
    void take_away_if_empty() const {
        struct stat found {};
        if (fstat(file_, &found) == 0 && found.st_size == 0) take_away();
    }

private:
    LockedKeyFile(int file, fs::path path) : file_{file}, path_{std::move(path)} {}
    int file_;
    fs::path path_;
};

// By anything but an empty folder.
bool is_taken(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error)) return false;
    return !fs::is_directory(path, error) || !fs::is_empty(path, error) || error;
}

// A passphrase that is named and not to be had stops nobody: plain_key_note() tells.
Result<void> write_key(const LockedKeyFile& file, const ledger::Signer& signer,
                       const Configuration& configuration) {
    const auto passphrase = passphrase_at_hand(configuration.key_passphrase);
    auto text = key_file_text(signer, passphrase && *passphrase ? &**passphrase : nullptr);
    if (!text) return fail(text.error());
    auto written = file.write_text(*text);
    ledger::wipe(*text);
    return written;
}

ledger::Append first_events(const Invocation& invocation, const Configuration& configuration,
                            ledger::Clock& clock, const std::string& origin,
                            const ledger::Verifier& verifier) {
    const std::string stream{ledger::ledger_stream};
    const auto id = [&] { return ledger::new_uuid(clock.now_us() / 1000); };
    ledger::Append append;
    append.context = command_context(invocation, clock);
    append.drafts = {{stream,
                      id(),
                      ledger::LedgerCreated{ledger_format, configuration.organisation, origin},
                      {}},
                     {stream, id(), ledger::KeyAdded{verifier.name, "ed25519", verifier.key}, {}}};
    return append;
}

}  // namespace

ledger::Context command_context(const Invocation& invocation, ledger::Clock& clock) {
    return {current_actor(),   std::nullopt,      ledger::new_uuid(clock.now_us() / 1000),
            invocation.reason, invocation.ticket, "varve/" VARVE_VERSION};
}

void finish_key(const Configuration& configuration) {
    std::error_code ignored;
    const fs::path& key = configuration.signing_key;
    std::error_code error;
    const bool has_text = fs::file_size(unfinished(key), error) > 0 && !error;
    if (has_text && !fs::exists(key, ignored)) fs::rename(unfinished(key), key, ignored);
}

Result<std::unique_ptr<adapters::rocksdb::Store>> create_ledger(const Invocation& invocation,
                                                                const Configuration& configuration,
                                                                ledger::Clock& clock) {
    if (auto usable = check_organisation(configuration.organisation); !usable)
        return fail(usable.error());
    const auto file = LockedKeyFile::lock(configuration.signing_key);
    if (!file) return fail(file.error());
    if (is_taken(configuration.ledger)) {
        file->take_away_if_empty();
        return fail(Code::refused, "ledger-exists",
                    "there is a ledger, or something else, at " + configuration.ledger.string(),
                    "a ledger is made once; name another folder, or leave out init");
    }
    std::error_code ignored;
    if (fs::exists(configuration.signing_key, ignored)) {
        file->take_away();
        return fail(Code::refused, "file-exists",
                    "there is a key already: " + configuration.signing_key.string(),
                    "it may be in use by another ledger; move it away, or name another one "
                    "with ledger.signing_key");
    }
    const ledger::Uuid id = ledger::new_uuid(clock.now_us() / 1000);
    const std::string origin = configuration.organisation + "/varve/" + ledger::to_text(id);
    auto signer = ledger::Signer::generate(origin);
    if (!signer) return fail(signer.error());
    if (auto written = write_key(*file, *signer, configuration); !written)
        return fail(written.error());

    adapters::rocksdb::CreateOptions options;
    options.ledger = id;
    options.first = first_events(invocation, configuration, clock, origin, signer->verifier());
    auto store = adapters::rocksdb::Store::create(configuration.ledger, clock, std::move(options));
    if (!store) {
        file->take_away();
        return store;
    }
    finish_key(configuration);
    return store;
}

void make_read_models(const Configuration& configuration, const ledger::Reader& reader) {
    using adapters::rocksdb::RowStore;
    if (auto rows = RowStore::open(configuration.ledger, adapters::rocksdb::RowAccess::write))
        static_cast<void>(projections::catch_up_all(reader, **rows));
}

}  // namespace tools::varve
