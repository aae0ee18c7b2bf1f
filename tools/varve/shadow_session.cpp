#include "tools/varve/shadow_session.hpp"

#include "adapters/files/folder_reader.hpp"
#include "adapters/postgres/shadow_server.hpp"
#include "migrations/directives.hpp"
#include "migrations/encoding.hpp"
#include "migrations/kept_script.hpp"
#include "tools/varve/configuration.hpp"

#include <cstdlib>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;

Result<ShadowSession> ShadowSession::open(std::optional<unsigned> major,
                                          const std::string& statement_timeout) {
    const auto limit_ms = duration_ms(statement_timeout);
    if (!limit_ms)
        return fail(Code::refused, "usage",
                    "\"" + statement_timeout + "\" is not a duration (--statement-timeout)",
                    "write 500ms, 5s, 2min or 1h; 0 for none");
    const std::chrono::milliseconds limit{*limit_ms};
    using adapters::postgres::ShadowServer;
    const char* named = std::getenv("TEST_DATABASE_URL");
    if (named != nullptr && *named != '\0') {
        auto shadow = adapters::postgres::connect_shadow(named, ShadowServer::named, limit);
        if (!shadow && shadow.error().reason == "target-unreachable")
            return fail(Code::unavailable, "shadow-failed",
                        "the server that TEST_DATABASE_URL names: " + shadow.error().detail,
                        "start it, or unset TEST_DATABASE_URL to rehearse on a server of our own");
        if (!shadow) return fail(shadow.error());
        return ShadowSession{nullptr, std::move(*shadow)};
    }
    auto cluster = adapters::shadow::Cluster::start(major);
    if (!cluster) return fail(cluster.error());
    auto shadow = adapters::postgres::connect_shadow((*cluster)->connection_string(),
                                                     ShadowServer::ours, limit);
    if (!shadow) return fail(shadow.error());
    return ShadowSession{std::move(*cluster), std::move(*shadow)};
}

Result<migrations::Script> read_script(const std::filesystem::path& file) {
    const migrations::SourceFile read = adapters::files::read_one(file);
    if (!read.error.empty())
        return fail(Code::refused, "file-unreadable",
                    "\"" + file.string() + "\" cannot be read: " + read.error,
                    "name a file with SQL in it");
    const std::string& bytes = read.bytes;
    if (const auto fault = migrations::find_encoding_fault(bytes))
        return fail(Code::refused, "file-unreadable",
                    file.string() + ":" + std::to_string(fault->line) + ": " + fault->message,
                    fault->help);
    const auto directives = migrations::read_directives(bytes, file.string(), 1);
    for (const auto& diagnostic : directives.diagnostics)
        if (diagnostic.severity == migrations::Severity::error)
            return fail(
                Code::refused, "validation-failed",
                file.string() + ":" + std::to_string(diagnostic.line) + ": " + diagnostic.message,
                "");
    auto script = migrations::kept_script(file.string(), bytes);
    if (directives.transaction) {
        script.mode = *directives.transaction;
        script.mode_declared = true;
        script.mode_cause =
            script.mode == migrations::TransactionMode::none ? "-- varve: transaction off" : "";
    }
    return script;
}

}  // namespace tools::varve
