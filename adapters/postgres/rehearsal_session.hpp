// adapters/postgres/rehearsal_session.hpp: a session in which scripts are rehearsed. Internal.
#pragma once

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/rehearsal_database.hpp"
#include "ledger/result.hpp"

#include <memory>

namespace adapters::postgres {

[[nodiscard]] ledger::Result<std::unique_ptr<Connection>> open_session(const RehearsalPlace& place);

}  // namespace adapters::postgres
