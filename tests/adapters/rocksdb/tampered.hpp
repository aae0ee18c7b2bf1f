// tests/adapters/rocksdb/tampered.hpp: changes through RocksDB's own interface, as somebody with
// the right tools would make them; and checkpoints to be found out by.
#pragma once

#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "adapters/rocksdb/writer_lock.hpp"
#include "ledger/checkpoint.hpp"
#include "tests/adapters/rocksdb/scratch.hpp"

#include <catch2/catch.hpp>
#include <rocksdb/iterator.h>

#include <string>
#include <vector>

namespace tests {

// A ledger opened as its writer would, so that verification runs beside it.
class Tampered {
public:
    using Family = adapters::rocksdb::Family;
    using KeyValue = adapters::rocksdb::KeyValue;

    explicit Tampered(const Scratch& scratch)
        : path_(scratch.ledger()),
          lock_(must(adapters::rocksdb::WriterLock::take(adapters::rocksdb::lock_of(path_), {},
                                                         "test", 0))),
          database_(must(adapters::rocksdb::Database::open(adapters::rocksdb::events_of(path_),
                                                           adapters::rocksdb::Mode::write))) {}

    [[nodiscard]] std::vector<KeyValue> rows(Family family) const {
        std::vector<KeyValue> found;
        for (const auto it = database_->scan(family); it->Valid(); it->Next())
            found.push_back({it->key().ToString(), it->value().ToString()});
        return found;
    }
    [[nodiscard]] std::string get(Family family, std::string_view key) const {
        return must(database_->get(family, key)).value();
    }
    void put(Family family, std::string_view key, std::string_view value) {
        using adapters::rocksdb::slice;
        REQUIRE(database_->raw().Put({}, database_->handle(family), slice(key), slice(value)).ok());
    }
    void erase(Family family, std::string_view key) {
        using adapters::rocksdb::slice;
        REQUIRE(database_->raw().Delete({}, database_->handle(family), slice(key)).ok());
    }
    [[nodiscard]] std::string line(std::uint64_t position) const {
        return get(Family::events, adapters::rocksdb::number_bytes(position));
    }
    void put_line(std::uint64_t position, std::string_view line) {
        put(Family::events, adapters::rocksdb::number_bytes(position), line);
    }
    [[nodiscard]] adapters::rocksdb::Verification verify(
        const adapters::rocksdb::Scope& scope = {}) const {
        return must(adapters::rocksdb::verify(path_, scope));
    }

private:
    std::filesystem::path path_;
    std::unique_ptr<adapters::rocksdb::WriterLock> lock_;
    std::unique_ptr<adapters::rocksdb::Database> database_;
};

inline std::string flipped(std::string bytes, std::size_t offset, unsigned bit) {
    bytes[offset] = static_cast<char>(static_cast<unsigned char>(bytes[offset]) ^ (1U << bit));
    return bytes;
}

inline const std::string test_origin = "example.org/varve/1";

// The same one in a whole test run.
inline const ledger::Signer& test_signer() {
    static const ledger::Signer signer = must(ledger::Signer::generate(test_origin));
    return signer;
}

// One event about the ledger itself; answers its position.
inline std::uint64_t append_event(ledger::Store& store, ledger::Event event) {
    ledger::Append append = some_append("ledger", 900'000 + must(store.head()).size);
    append.drafts.at(0).data = std::move(event);
    append.contents.clear();
    return must(store.append(append)).first_position;
}

inline void add_key(ledger::Store& store, const ledger::Signer& signer = test_signer()) {
    append_event(store, ledger::KeyAdded{signer.verifier().name, "ed25519", signer.verifier().key});
}

inline ledger::CheckpointSigned checkpoint_by(const ledger::Signer& signer, std::uint64_t size,
                                              const ledger::Digest& root) {
    const ledger::Checkpoint checkpoint{test_origin, size, root, {}};
    return {size, root, to_text(must(sign_note(to_text(checkpoint), signer)))};
}

// Of the first `size` events.
inline std::uint64_t sign(ledger::Store& store, std::uint64_t size,
                          const ledger::Signer& signer = test_signer()) {
    return append_event(store, checkpoint_by(signer, size, must(store.root_at(size))));
}

}  // namespace tests
