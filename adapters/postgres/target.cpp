#include "adapters/postgres/target.hpp"

#include "adapters/postgres/begun_work.hpp"
#include "adapters/postgres/catalog_verdict.hpp"
#include "adapters/postgres/concurrent_index.hpp"
#include "adapters/postgres/creation_rights.hpp"
#include "adapters/postgres/marker_reading.hpp"
#include "adapters/postgres/marker_writing.hpp"
#include "adapters/postgres/named_relations.hpp"
#include "adapters/postgres/no_further_session.hpp"
#include "adapters/postgres/witness_rows.hpp"
#include "migrations/bookkeeping/tools.hpp"

#include <utility>

namespace adapters::postgres {

using ledger::Result;
using migrations::bookkeeping::names_to_look_for;

Result<Connection*> Target::clean_work() {
    abandon_ahead();
    return work_.clean();
}

Result<commands::LockOutcome> Target::lock(std::chrono::milliseconds wait) {
    // Nobody has kept its lease yet: after a long look at the files it may be over.
    if (!lock_ || lock_->has_ended()) {
        auto opened = open_lock(sessions_);
        if (!opened) return ledger::fail(no_further_session(opened.error()));
        lock_ = std::move(*opened);
        markers_ahead_.reset();
    }
    return lock_->obtain(wait);
}

Result<void> Target::prepare_markers() {
    markers_ahead_.reset();
    has_markers_.reset();
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return markers_.prepare(**connection);
}

Result<void> Target::check_marker_rights(bool updates) {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return markers_.check_rights(**connection, updates);
}

Result<void> Target::check_creation_rights() {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return may_create(**connection);
}

Result<std::vector<commands::Marker>> Target::markers() {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    auto ahead = std::exchange(markers_ahead_, std::nullopt);
    if (ahead && !(lock_ && lock_->has_ended())) return *std::move(ahead);
    auto read = read_markers(**connection, markers_);
    if (read) has_markers_ = !read->empty();
    return read;
}

// An error is met again, and told, by who asks.
void Target::read_ahead() {
    if (auto read = markers()) markers_ahead_ = *std::move(read);
}

// Asked ahead where another tool may have been at work.
Result<bool> Target::has_relation_named(const std::vector<std::string>& names) {
    if (const auto ahead = std::exchange(has_other_tables_, std::nullopt);
        ahead && names == names_to_look_for({}))
        return *ahead;
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return postgres::has_relation_named(**connection, names);
}

// The lock was tried already, beside the first session. Where we have it, nobody but we changes the
// markers any more.
void Target::read_ahead(OpeningLock opening) {
    auto opened = opening.get();
    if (!opened || !*opened) return;
    lock_ = *std::move(opened);
    markers_ahead_.reset();
    if (!lock_->is_obtained()) return;
    read_ahead();
    if (!markers_ahead_ || !markers_ahead_->empty()) return;
    has_other_tables_ = has_relation_named(names_to_look_for({}));
    markers_.look_ahead(work_.connection());
}

// A table that is not there, not ours or not to be read says nothing: it is a witness, and no run
// depends on one. Where row security hides rows, those that are seen say what they say, and whoever
// gives it the next one is told.
Result<std::vector<commands::HeldCheckpoint>> Target::held_checkpoints(const ledger::Uuid& ledger,
                                                                       std::uint32_t count_max) {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    auto answer = (*connection)->query(select_held(marker_schema_, ledger, count_max));
    std::vector<commands::HeldCheckpoint> all;
    if (!answer && answer.error().connection_ended)
        return ledger::fail(to_error(answer.error(), "reading the checkpoints"));
    if (!answer) return all;
    for (const auto& row : held_rows(*std::move(answer)).rows)
        if (auto held = held_of(row)) all.push_back(*std::move(held));
    return all;
}

Result<std::optional<commands::Marker>> Target::settled_marker(const ledger::Uuid& attempt,
                                                               std::chrono::milliseconds wait) {
    markers_ahead_.reset();  // it may be committed only now
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return read_settled_marker(**connection, markers_, attempt, wait);
}

Result<commands::CatalogVerdict> Target::look_for(const migrations::Script& script,
                                                  std::uint32_t statement_index,
                                                  const commands::BeforeStatement& before) {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    work_.note_use();
    return verdict_of(**connection, markers_, script, statement_index, before);
}

Result<std::vector<std::string>> Target::begun(const migrations::Script& script,
                                               std::uint32_t statement_index,
                                               ledger::Direction direction,
                                               const commands::BeforeStatement& before) {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    work_.note_use();
    return begun_work(**connection, script, statement_index, direction, before);
}

Result<std::vector<std::string>> Target::invalid_indexes(const migrations::Script& script) {
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return invalid_indexes_of([&](const Command& command) { return (*connection)->query(command); },
                              script);
}

Result<void> Target::write_markers(const std::vector<commands::Marker>& markers) {
    markers_ahead_.reset();
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    auto written = postgres::write_markers(**connection, markers_, markers);
    if (!written) work_.close();
    return written;
}

Result<void> Target::record_done(const ledger::Uuid& attempt, std::uint32_t statements_done) {
    markers_ahead_.reset();
    const auto connection = clean_work();
    if (!connection) return ledger::fail(connection.error());
    return correct_marker(**connection, markers_, attempt, statements_done);
}

}  // namespace adapters::postgres
