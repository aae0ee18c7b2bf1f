// adapters/postgres/relation_book.hpp: what is known of the relations of a database, kept level
// from statement to statement; and what a statement has done, told from two looks.
#pragma once

#include "adapters/postgres/measure_snapshot.hpp"
#include "commands/rehearsal.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace adapters::postgres {

class RelationBook {
public:
    void reload(Relations relations);  // outside a transaction, or after a savepoint's end
    void begin(std::map<Oid64, commands::Scan> scanned, std::uint64_t wal_position);
    // What is to be asked after the next statement, which may give locks up; then its parameters.
    [[nodiscard]] Look next_look(bool may_give_up);
    [[nodiscard]] Values parameters() const;
    void absorb(const Snapshot& snapshot, commands::MeasuredStatement& statement);
    // Those of foreign_keys_query() that no statement before it has been told of.
    void note_foreign_keys(const std::vector<Values>& rows, commands::MeasuredStatement& statement);
    void commit();
    void roll_back();

private:
    struct Held {
        commands::LockMode mode{};
        std::optional<commands::RelationLock> told;  // as it stands in `locks_`
        char kind{};  // before the transaction; 0 where it was not there
    };
    using Told = std::map<Oid64, Snapshot::Held>;
    using Key = std::pair<commands::RelationName, bool>;  // as commands::RelationLock has it

    [[nodiscard]] Oid64 first_made() const;
    [[nodiscard]] Told told_by(const Snapshot& snapshot) const;
    void note_relation(Oid64 relation, const Snapshot::Held& held,
                       commands::MeasuredStatement& statement);
    void note_state(const Snapshot::Held& held, commands::MeasuredStatement& statement);
    void note_scan(const Snapshot::Held& held, commands::MeasuredStatement& statement);
    void note_first_name(Oid64 relation, const Snapshot::Held& held,
                         commands::MeasuredStatement& statement) const;
    void note_locks(const Told& told, commands::MeasuredStatement& statement);
    void note_indexes(commands::MeasuredStatement& statement) const;
    [[nodiscard]] const RelationState* before(Oid64 relation) const;
    // By its name as it is told; none where it is not there.
    [[nodiscard]] std::optional<commands::RelationName> name_of(Oid64 relation) const;
    [[nodiscard]] Held held_now(const Snapshot::Held& held, commands::LockMode mode) const;
    [[nodiscard]] std::vector<commands::TextPair> waits_of(const std::vector<Held>& taken) const;

    std::optional<Relations> before_;  // the transaction that is open
    Relations now_;
    std::map<Oid64, commands::RelationName> first_names_;  // where the rehearsal began
    std::set<std::uint64_t> index_files_;                  // that an index has or had
    Seen seen_;
    Look look_{};
    std::map<Oid64, Held> held_;
    std::map<Key, commands::LockMode> locks_;  // of `held_`, as a statement tells them
    std::map<Oid64, commands::Scan> scanned_;
    std::set<Values> foreign_keys_;  // that were told in this transaction
    std::uint64_t wal_position_{};
};

// From two whole looks, of a statement that ran outside any transaction.
void compare(const Relations& before, const Relations& after,
             commands::MeasuredStatement& statement);
void note_indexes(const Relations& relations, commands::MeasuredStatement& statement);

}  // namespace adapters::postgres
