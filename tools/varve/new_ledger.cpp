#include "tools/varve/new_ledger.hpp"

#include "ledger/clean.hpp"
#include "ledger/note.hpp"
#include "tools/varve/system.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

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
    if (usable) return {};
    return fail(Code::refused, "configuration-invalid",
                "organisation \"" + name + "\" cannot name a ledger's key",
                "use a domain name: no spaces, no plus sign");
}

Result<void> write_key(const fs::path& path, const std::string& text) {
    std::error_code ignored;
    if (path.has_parent_path()) fs::create_directories(path.parent_path(), ignored);
    const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) {
        if (errno == EEXIST)
            return fail(Code::refused, "file-exists", "there is a key already: " + path.string(),
                        "it may be in use by another ledger; move it away, or name another one "
                        "with ledger.signing_key");
        return fail(Code::unavailable, "key-unwritable",
                    "cannot make " + path.string() + ": " + std::strerror(errno), "");
    }
    const std::string line = text + "\n";
    const bool written =
        write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) &&
        fsync(file) == 0;
    close(file);
    if (written) return {};
    fs::remove(path, ignored);
    return fail(Code::unavailable, "key-unwritable", "cannot write " + path.string(), "");
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
    const auto cleaned = [](const std::optional<std::string>& text) {
        return text ? std::optional<std::string>{ledger::clean(*text, 2000)} : std::nullopt;
    };
    return {current_actor(),
            std::nullopt,
            ledger::new_uuid(clock.now_us() / 1000),
            cleaned(invocation.reason),
            cleaned(invocation.ticket),
            "varve/" VARVE_VERSION};
}

Result<std::unique_ptr<adapters::rocksdb::Store>> create_ledger(const Invocation& invocation,
                                                                const Configuration& configuration,
                                                                ledger::Clock& clock) {
    if (auto usable = check_organisation(configuration.organisation); !usable)
        return fail(usable.error());
    if (fs::exists(configuration.ledger))
        return fail(Code::refused, "ledger-exists",
                    "there is a ledger, or something else, at " + configuration.ledger.string(),
                    "a ledger is made once; name another folder, or leave out init");
    const ledger::Uuid id = ledger::new_uuid(clock.now_us() / 1000);
    const std::string origin = configuration.organisation + "/varve/" + ledger::to_text(id);
    auto signer = ledger::Signer::generate(origin);
    if (!signer) return fail(signer.error());
    if (auto written = write_key(configuration.signing_key, signer->private_text()); !written)
        return fail(written.error());

    adapters::rocksdb::CreateOptions options;
    options.ledger = id;
    options.first = first_events(invocation, configuration, clock, origin, signer->verifier());
    auto store = adapters::rocksdb::Store::create(configuration.ledger, clock, std::move(options));
    if (!store) {
        std::error_code ignored;
        fs::remove(configuration.signing_key, ignored);
    }
    return store;
}

}  // namespace tools::varve
