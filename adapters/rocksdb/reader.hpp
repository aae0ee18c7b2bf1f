// adapters/rocksdb/reader.hpp: the ledger as it was when opened, without any lock.
//
// Shape    one moment: what is appended later is seen by opening again.
// Beside   a live writer, no writer, several readers, a read-only file system: writes nothing.
// Trust    compared with the anchor before it answers; it may be ahead of it, never behind.
// Errors   refused "ledger-missing", "not-a-ledger"; unavailable "ledger-unreachable"; corrupt
//          "ledger-damaged", "ledger-behind-anchor", "anchor-missing", "anchor-damaged".
#pragma once

#include "ledger/store.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace adapters::rocksdb {

class Reader final : public ledger::Reader {
public:
    // `preflight_timeout`: a child process opens the folder first, since damage can abort it.
    static ledger::Result<std::unique_ptr<Reader>> open(
        const std::filesystem::path& path,
        std::chrono::milliseconds preflight_timeout = std::chrono::seconds{60});
    // The same in two parts: see Store::begin_open.
    class Opening {
    public:
        ledger::Result<std::unique_ptr<Reader>> finish();  // call once

    private:
        friend class Reader;
        explicit Opening(std::unique_ptr<Reader> reader);
        std::unique_ptr<Reader> reader_;
    };
    static ledger::Result<Opening> begin_open(
        const std::filesystem::path& path,
        std::chrono::milliseconds preflight_timeout = std::chrono::seconds{60});
    ~Reader() override;
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    ledger::Result<ledger::Head> head() const override;
    ledger::Result<std::vector<std::string>> lines(std::uint64_t position,
                                                   std::size_t count_max) const override;
    ledger::Result<void> each_line(std::uint64_t position, std::uint64_t count_max,
                                   const TakeLine& take) const override;
    ledger::Result<std::uint64_t> stream_version(std::string_view stream) const override;
    ledger::Result<std::vector<std::uint64_t>> stream_positions(
        std::string_view stream, std::uint64_t after, std::size_t count_max) const override;
    ledger::Result<std::optional<std::string>> content(const ledger::Digest& digest) const override;
    ledger::Result<ledger::Digest> root_at(std::uint64_t size) const override;
    ledger::Result<ledger::Digest> subtree(unsigned level, std::uint64_t index) const override;
    ledger::Result<std::optional<std::string>> checkpoint(std::uint64_t size_max) const override;

private:
    class Implementation;
    explicit Reader(std::unique_ptr<Implementation> implementation);
    std::unique_ptr<Implementation> implementation_;
};

}  // namespace adapters::rocksdb
