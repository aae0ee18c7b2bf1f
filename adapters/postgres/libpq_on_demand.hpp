// adapters/postgres/libpq_on_demand.hpp: libpq, loaded with the first need of it.
//
// Why      with TLS, Kerberos and LDAP it brings two dozen libraries along, which took more than
//          half of the time of a command that asks no server.
// Shape    libpq_on_demand.cpp defines the functions of libpq-fe.h that are used here; each calls
//          the library's own. Who links this adapter does not link libpq.
// Errors   unavailable "libpq-missing" from load_libpq(), which is to be called before any other:
//          without the library their call ends the process.
#pragma once

#include "ledger/result.hpp"

namespace adapters::postgres {

ledger::Result<void> load_libpq();

}  // namespace adapters::postgres
