#include "tools/varve/integrity_check.hpp"

#include "adapters/postgres/integrity_database.hpp"
#include "commands/integrity.hpp"
#include "tools/varve/progress_line.hpp"

#include <algorithm>
#include <chrono>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;

Result<ledger::IntegrityChecked> check_target(const Console& console,
                                              const Configuration& configuration,
                                              const commands::Migrations& pending,
                                              const std::string& query_timeout) {
    const auto timeout_ms = duration_ms(query_timeout);
    if (!timeout_ms)
        return fail(Code::refused, "usage",
                    "\"" + query_timeout + "\" is not a duration (--query-timeout)",
                    "write 500ms, 5s, 2min or 1h");
    if (!configuration.url)
        return fail(configuration.url_error.value_or(ledger::Error{
            Code::refused, "url-missing", "--integrity asks a target", "add --url or --env"}));
    auto database = adapters::postgres::open_integrity_database(
        *configuration.url, std::chrono::milliseconds{*timeout_ms});
    if (!database) return fail(database.error());
    std::vector<const migrations::Script*> scripts;
    for (const migrations::Migration* migration : pending) scripts.push_back(&migration->up);
    const auto begin = std::chrono::steady_clock::now();
    const auto columns = console.progress_columns();
    auto checks = commands::check_integrity(
        **database, commands::questions_of(scripts),
        [&](std::size_t number, std::size_t count, const std::string& what) {
            if (!columns) return;
            console.progress(clipped(
                "integrity  " + std::to_string(number) + "/" + std::to_string(count) + "  " + what,
                *columns));
        });
    console.progress("");
    if (!checks) return fail(checks.error());
    const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - begin);
    const bool passed =
        std::all_of(checks->begin(), checks->end(), [](const auto& check) { return check.passed; });
    return ledger::IntegrityChecked{{configuration.environment},
                                    passed,
                                    std::move(*checks),
                                    static_cast<std::uint64_t>(elapsed.count())};
}

}  // namespace tools::varve
