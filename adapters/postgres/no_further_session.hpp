// adapters/postgres/no_further_session.hpp: why one more session cannot be had where another was.
#pragma once

#include "ledger/result.hpp"

namespace adapters::postgres {

// The same error, with what to look at: most often there may be no more.
[[nodiscard]] ledger::Error no_further_session(ledger::Error error);

}  // namespace adapters::postgres
