// adapters/rocksdb/anchor.hpp: what the ledger had reached, kept outside its database.
//
// Why      RocksDB cannot tell a lost tail from one that was never written. The anchor is written
//          after every commit and before its answer, so it is never ahead of what was acknowledged:
//          a ledger that is behind it has lost events.
// Format   two slots of 4096 bytes, written in turn: "VARVEANC", sequence, ledger, size, root, the
//          SHA-256 of all that, zeros. The valid slot with the higher sequence counts, so that a
//          torn write leaves the one before it.
// Lock     open() holds one on the file itself, which no writer ever removes: where somebody has
//          removed the lock's own file, this one still keeps a second writer out.
// Errors   corrupt "anchor-missing", "anchor-damaged"; unavailable "ledger-unreachable"; conflict
//          "ledger-locked".
#pragma once

#include "ledger/digest.hpp"
#include "ledger/identity.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace adapters::rocksdb {

struct Anchor {
    std::uint64_t sequence{};
    ledger::Uuid ledger;
    std::uint64_t size{};
    ledger::Digest root;
    bool operator==(const Anchor&) const = default;
};

[[nodiscard]] ledger::Result<Anchor> read_anchor(const std::filesystem::path& ledger_path);

class AnchorFile {
public:
    // A new file with both slots written and synced; or one that is there.
    static ledger::Result<std::unique_ptr<AnchorFile>> create(
        const std::filesystem::path& ledger_path, const Anchor& first);
    static ledger::Result<std::unique_ptr<AnchorFile>> open(
        const std::filesystem::path& ledger_path);
    ~AnchorFile();
    AnchorFile(const AnchorFile&) = delete;
    AnchorFile& operator=(const AnchorFile&) = delete;

    [[nodiscard]] ledger::Result<void> write(const Anchor& anchor);
    [[nodiscard]] ledger::Result<void> sync();
    // Not so once its folder was removed, renamed, or something else put in its place. What cannot
    // be told for another reason counts as so.
    [[nodiscard]] bool is_in(const std::filesystem::path& ledger_path) const;

private:
    explicit AnchorFile(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace adapters::rocksdb
