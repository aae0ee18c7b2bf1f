// adapters/postgres/measure_outside.hpp: a statement that runs in no transaction, watched by
// others.
//
// Why      it commits by itself in between, and its locks are gone when it answers. What it waits
//          for is what matters most: everybody who has written to its tables and not committed.
// Shape    a writer holds ROW EXCLUSIVE on every table, as an INSERT that is not committed would.
//          An observer looks every millisecond at what the statement's session holds. Where it
//          waits for the writer, that is noted, a second writer takes over, and it goes on.
// Counted  a lock that was waited for, held during a wait, or seen twice, or that a new
//          file in the old one's place needs, an index that is made, or a table that the server
//          has counted as vacuumed or analyzed; any other for less than a millisecond is not.
//          A relation that nobody else can see yet is not counted.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/relation_book.hpp"
#include "commands/rehearsal.hpp"
#include "ledger/result.hpp"

namespace adapters::postgres {

struct OutsideScene {
    Connection& session;  // which runs it, in no transaction
    Connection& observer;
    Connection& writer;
    Connection& second_writer;
};

// Fills in what the statement, whose text is in it, has done.
[[nodiscard]] ledger::Result<void> measure_outside(const OutsideScene& scene, RelationBook& book,
                                                   commands::MeasuredStatement& statement);

}  // namespace adapters::postgres
