// adapters/postgres/libpq_on_demand.hpp: libpq, and what it brings along, with the first need of
// it.
//
// Why      with TLS, Kerberos and LDAP it is two dozen shared libraries, and finding them takes a
//          command 5 ms.
// Shape    where libpq is an archive that can be linked (adapters/CMakeLists.txt), it is in the
//          program, and Kerberos and LDAP are loaded by the connection that asks for them
//          (libpq_linked_in.cpp). Elsewhere libpq_on_demand.cpp defines the functions of libpq-fe.h
//          that are used here; each calls the library's own. Who links this adapter links no libpq.
// Errors   unavailable "libpq-missing" from load_libpq(), which is to be called before any other:
//          without the library their call ends the process. Linked in, it is never missing.
#pragma once

#include "ledger/result.hpp"

namespace adapters::postgres {

ledger::Result<void> load_libpq();

}  // namespace adapters::postgres
