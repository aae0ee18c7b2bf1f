#include "adapters/postgres/libpq_on_demand.hpp"

#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <libpq-fe.h>
#include <string>

namespace {

struct Library {
    void* handle = dlopen("libpq.so.5", RTLD_LAZY | RTLD_LOCAL);
    std::string why_not = handle == nullptr ? dlerror() : "";
};

const Library& libpq() {
    static const Library loaded;
    return loaded;
}

[[noreturn]] void end_without(const char* name) {
    std::fprintf(stderr, "varve: libpq.so.5 has no function %s\n", name);
    std::abort();
}

template <class Function>
Function* found(const char* name) {
    void* const there = libpq().handle == nullptr ? nullptr : dlsym(libpq().handle, name);
    if (there == nullptr) end_without(name);
    return reinterpret_cast<Function*>(there);
}

}  // namespace

ledger::Result<void> adapters::postgres::load_libpq() {
    if (libpq().handle != nullptr) return {};
    return ledger::fail(ledger::Code::unavailable, "libpq-missing",
                        "PostgreSQL's client library cannot be loaded: " + libpq().why_not,
                        "where it is not there, install it (Debian: apt-get install libpq5)");
}

// A lookup each, once: from then on a call costs one jump more than libpq's own.
#define ON_DEMAND(result, name, parameters, arguments)          \
    result name parameters {                                    \
        static auto* const real = found<decltype(name)>(#name); \
        return real arguments;                                  \
    }

extern "C" {
ON_DEMAND(int, PQbackendPID, (const PGconn* connection), (connection))
ON_DEMAND(int, PQcancel, (PGcancel * cancel, char* message, int size), (cancel, message, size))
ON_DEMAND(void, PQclear, (PGresult * result), (result))
ON_DEMAND(char*, PQcmdStatus, (PGresult * result), (result))
ON_DEMAND(char*, PQcmdTuples, (PGresult * result), (result))
ON_DEMAND(PQconninfoOption*, PQconndefaults, (), ())
ON_DEMAND(PostgresPollingStatusType, PQconnectPoll, (PGconn * connection), (connection))
ON_DEMAND(PGconn*, PQconnectStartParams,
          (const char* const* keywords, const char* const* values, int expand),
          (keywords, values, expand))
ON_DEMAND(int, PQconnectionNeedsPassword, (const PGconn* connection), (connection))
ON_DEMAND(PGconn*, PQconnectdbParams,
          (const char* const* keywords, const char* const* values, int expand),
          (keywords, values, expand))
ON_DEMAND(PQconninfoOption*, PQconninfo, (PGconn * connection), (connection))
ON_DEMAND(void, PQconninfoFree, (PQconninfoOption * options), (options))
ON_DEMAND(PQconninfoOption*, PQconninfoParse, (const char* text, char** message), (text, message))
ON_DEMAND(int, PQconsumeInput, (PGconn * connection), (connection))
ON_DEMAND(int, PQenterPipelineMode, (PGconn * connection), (connection))
ON_DEMAND(char*, PQerrorMessage, (const PGconn* connection), (connection))
ON_DEMAND(PGresult*, PQexec, (PGconn * connection, const char* query), (connection, query))
ON_DEMAND(int, PQexitPipelineMode, (PGconn * connection), (connection))
ON_DEMAND(void, PQfinish, (PGconn * connection), (connection))
ON_DEMAND(int, PQflush, (PGconn * connection), (connection))
ON_DEMAND(void, PQfreeCancel, (PGcancel * cancel), (cancel))
ON_DEMAND(void, PQfreemem, (void* memory), (memory))
ON_DEMAND(PGcancel*, PQgetCancel, (PGconn * connection), (connection))
ON_DEMAND(PGresult*, PQgetResult, (PGconn * connection), (connection))
ON_DEMAND(int, PQgetisnull, (const PGresult* result, int row, int column), (result, row, column))
ON_DEMAND(char*, PQgetvalue, (const PGresult* result, int row, int column), (result, row, column))
ON_DEMAND(char*, PQhost, (const PGconn* connection), (connection))
ON_DEMAND(int, PQisBusy, (PGconn * connection), (connection))
ON_DEMAND(int, PQnfields, (const PGresult* result), (result))
ON_DEMAND(int, PQntuples, (const PGresult* result), (result))
ON_DEMAND(const char*, PQparameterStatus, (const PGconn* connection, const char* name),
          (connection, name))
ON_DEMAND(int, PQpipelineSync, (PGconn * connection), (connection))
ON_DEMAND(char*, PQresultErrorField, (const PGresult* result, int field), (result, field))
ON_DEMAND(char*, PQresultErrorMessage, (const PGresult* result), (result))
ON_DEMAND(ExecStatusType, PQresultStatus, (const PGresult* result), (result))
ON_DEMAND(int, PQsendFlushRequest, (PGconn * connection), (connection))
ON_DEMAND(int, PQsendPrepare,
          (PGconn * connection, const char* name, const char* query, int count, const Oid* types),
          (connection, name, query, count, types))
ON_DEMAND(int, PQsendQueryPrepared,
          (PGconn * connection, const char* name, int count, const char* const* values,
           const int* lengths, const int* formats, int format),
          (connection, name, count, values, lengths, formats, format))
ON_DEMAND(int, PQsendQuery, (PGconn * connection, const char* query), (connection, query))
ON_DEMAND(int, PQsendQueryParams,
          (PGconn * connection, const char* command, int count, const Oid* types,
           const char* const* values, const int* lengths, const int* formats, int format),
          (connection, command, count, types, values, lengths, formats, format))
ON_DEMAND(PGVerbosity, PQsetErrorVerbosity, (PGconn * connection, PGVerbosity verbosity),
          (connection, verbosity))
ON_DEMAND(int, PQserverVersion, (const PGconn* connection), (connection))
ON_DEMAND(PQnoticeReceiver, PQsetNoticeReceiver,
          (PGconn * connection, PQnoticeReceiver receiver, void* argument),
          (connection, receiver, argument))
ON_DEMAND(int, PQsetSingleRowMode, (PGconn * connection), (connection))
ON_DEMAND(int, PQsetnonblocking, (PGconn * connection, int argument), (connection, argument))
ON_DEMAND(int, PQsocket, (const PGconn* connection), (connection))
ON_DEMAND(ConnStatusType, PQstatus, (const PGconn* connection), (connection))
ON_DEMAND(PGTransactionStatusType, PQtransactionStatus, (const PGconn* connection), (connection))
}  // extern "C"
