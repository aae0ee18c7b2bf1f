// adapters/postgres/integrity_database.hpp: the port commands::IntegrityDatabase, one session that
// cannot write.
//
// Trust    default_transaction_read_only is on, each question has its time, and waits 1 s for a
//          lock. Counts and names come back, no value of a row.
// Source   the catalogs of PostgreSQL 12 and up.
#pragma once

#include "commands/integrity.hpp"
#include "ledger/result.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace adapters::postgres {

[[nodiscard]] ledger::Result<std::unique_ptr<commands::IntegrityDatabase>> open_integrity_database(
    const std::string& url, std::chrono::milliseconds query_timeout);

}  // namespace adapters::postgres
