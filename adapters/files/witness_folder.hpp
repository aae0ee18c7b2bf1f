// adapters/files/witness_folder.hpp: what a witness owns: its key, the logs it trusts, what it
// has cosigned.
//
// Folder   witness.key (mode 0600), logs (a line each: origin, space, verifier key; '#' comments),
//          seen/<SHA-256 of the origin> (the last checkpoint cosigned, its text; of nothing at
//          first), lock.
// One      process at a time uses it: two that cosign could be played against each other.
// Durable  what was cosigned is on disk before remember() answers: written aside, synced, renamed.
// Errors   refused "witness-exists", "witness-missing", "key-exposed", "key-malformed",
//          "witness-logs-malformed", "key-unknown" (distrust_log); conflict "witness-busy";
//          unavailable "witness-folder-unusable"; corrupt "witness-memory-damaged".
#pragma once

#include "commands/witness.hpp"
#include "ledger/note.hpp"
#include "ledger/result.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace adapters::files {

class WitnessFolder final : public commands::WitnessMemory {
public:
    // A new key under that name.
    static ledger::Result<std::unique_ptr<WitnessFolder>> create(
        const std::filesystem::path& folder, const std::string& name);
    static ledger::Result<std::unique_ptr<WitnessFolder>> open(const std::filesystem::path& folder);
    // Beside a process that uses it: for looking only, never for cosigning.
    static ledger::Result<std::unique_ptr<WitnessFolder>> look(const std::filesystem::path& folder);
    ~WitnessFolder() override;
    WitnessFolder(const WitnessFolder&) = delete;
    WitnessFolder& operator=(const WitnessFolder&) = delete;

    [[nodiscard]] const ledger::Signer& signer() const { return *signer_; }
    // Read anew with each call, so that a log can be added beside a running service.
    [[nodiscard]] ledger::Result<std::vector<commands::TrustedLog>> logs() const;

    ledger::Result<std::optional<ledger::Checkpoint>> last(const std::string& origin) override;
    ledger::Result<void> remember(const ledger::Checkpoint& checkpoint) override;

private:
    explicit WitnessFolder(std::filesystem::path folder) : folder_{std::move(folder)} {}
    [[nodiscard]] ledger::Result<void> lock();
    [[nodiscard]] ledger::Result<std::optional<ledger::Checkpoint>> no_memory(
        const std::string& origin) const;
    [[nodiscard]] std::filesystem::path seen(const std::string& origin) const;

    std::filesystem::path folder_;
    int lock_{-1};
    std::optional<ledger::Signer> signer_;
};

// Needs no lock: a line more in `logs`. Twice the same is once.
[[nodiscard]] ledger::Result<void> trust_log(const std::filesystem::path& folder,
                                             const std::string& origin,
                                             const ledger::Verifier& key);
// Takes the lines of that key out of `logs`; what was cosigned of its log stays remembered.
[[nodiscard]] ledger::Result<void> distrust_log(const std::filesystem::path& folder,
                                                const ledger::Verifier& key);

}  // namespace adapters::files
