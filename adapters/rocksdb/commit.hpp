// adapters/rocksdb/commit.hpp: many appends made into one batch, each all or nothing. Internal.
//
// Shape   add() stages an append or answers why not, leaving no trace then; finish() closes the
//         batch; after() is the tail once it is committed.
// Order   an id that is there already is answered before expectations are looked at: a repeated
//         append finds its streams moved by itself.
// Cost    one tree run: O(1) hashes an event; every 256th writes a tile.
#pragma once

#include "adapters/rocksdb/checkpoint_rows.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/tail.hpp"
#include "ledger/clock.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace adapters::rocksdb {

// What is known without asking the database, and the room that one commit after another is put
// together in: as a commit grows it would be moved about, and leave holes that fit nothing.
struct CommitMemory {
    std::unordered_map<std::string, std::uint64_t> versions;  // the heads of streams
    std::optional<ledger::Uuid> greatest_id;                  // no event's id is beyond it
    ::rocksdb::WriteBatch batch;

    // The same room, unless a large commit has left far more than most need.
    void empty_batch();
};

class Commit {
public:
    // `memory` is read, and filled with what is committed; its batch is this commit's until it
    // ends.
    Commit(const Database& database, const Tail& before, CommitMemory& memory, ledger::Clock& clock)
        : database_(database),
          memory_(memory),
          clock_(clock),
          after_(before),
          first_position_(before.frontier.size()) {
        memory_.empty_batch();
    }

    ledger::Result<ledger::Appended> add(const ledger::Append& append);

    // Events that were written elsewhere, exactly as they are: the next ones of this ledger, in
    // whole appends. corrupt "event-unreadable", "ledger-damaged" where they do not follow.
    ledger::Result<void> add_lines(std::span<const std::string> lines);
    // Bytes that those events name; nothing of it where they have been redacted meanwhile.
    void add_content(const ledger::Digest& digest, std::string_view bytes);

    // Events in the ledger with what is staged.
    [[nodiscard]] std::uint64_t size() const { return after_.frontier.size(); }
    // Whether it holds a signed checkpoint: then the anchor is not to lag.
    [[nodiscard]] bool has_checkpoint() const { return !staged_checkpoints_.empty(); }
    // What its events redact: may be in old files for as long as nobody has erased it.
    [[nodiscard]] const std::vector<ledger::Digest>& redacted() const { return redacted_; }
    [[nodiscard]] bool empty() const { return size() == first_position_; }
    [[nodiscard]] const Tail& after() const { return after_; }
    [[nodiscard]] ledger::Result<::rocksdb::WriteBatch*> finish();
    // Call when the batch is committed.
    [[nodiscard]] Tail take_after();

private:
    using NewContents = std::map<ledger::Digest, const ledger::Content*>;
    struct Prepared {
        std::vector<ledger::Record> records;
        std::vector<std::string> lines;
        std::map<std::string, std::uint64_t> versions;
        std::int64_t clock_us{};
    };

    ledger::Result<void> know_greatest_id();
    ledger::Result<std::optional<ledger::Appended>> find_repeated(const ledger::Append& append);
    ledger::Result<std::optional<ledger::Record>> find_record(const ledger::Uuid& id) const;
    ledger::Result<std::uint64_t> version_of(const std::string& stream);
    ledger::Result<void> check_expectations(const ledger::Append& append);
    ledger::Result<Prepared> prepare(const ledger::Append& append);
    ledger::Record envelope(const ledger::Append& append, std::size_t index) const;
    void stage(Prepared prepared, const NewContents& contents);
    void stage_redaction(const ledger::Event& event);
    ledger::Result<void> stage_checkpoint(const ledger::Event& event);
    ledger::Result<std::optional<CheckpointRow>> last_checkpoint_of(std::uint64_t size) const;
    ledger::Result<void> expect_next(const ledger::Record& record, const Prepared& before) const;
    ledger::Result<NewContents> new_contents(const ledger::Append& append) const;
    void stage_event(const ledger::Record& record, const std::string& line);
    void stage_tile(unsigned level, std::uint64_t index, std::string hashes);
    ledger::Result<std::string> tile(unsigned level, std::uint64_t index) const;
    ledger::Result<void> stage_upper_tiles();
    void put(Family family, std::string_view key, std::string_view value);

    const Database& database_;
    CommitMemory& memory_;
    ledger::Clock& clock_;
    Tail after_;
    std::uint64_t first_position_;
    std::map<std::string, std::uint64_t> staged_versions_;
    std::map<ledger::Uuid, ledger::Record> staged_records_;
    std::set<ledger::Digest> staged_contents_;
    std::vector<ledger::Digest> redacted_;
    std::map<std::string, std::string> staged_tiles_;
    std::map<std::uint64_t, CheckpointRow> staged_checkpoints_;  // the last of each size
};

}  // namespace adapters::rocksdb
