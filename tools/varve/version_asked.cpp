#include "tools/varve/version_asked.hpp"

#include "commands/find_version.hpp"
#include "projections/status.hpp"

#include <set>

namespace tools::varve {

using ledger::fail;
using ledger::Result;

Result<std::optional<std::string>> version_asked(const projections::RowStore& rows,
                                                 const std::optional<std::string>& said) {
    if (!said) return std::optional<std::string>{};
    auto targets = projections::read_targets(rows);
    if (!targets) return fail(targets.error());
    if (targets->empty()) targets->push_back({});  // what is registered is known of every target
    std::set<ledger::Version> versions;
    for (const ledger::Target& target : *targets) {
        const auto status = projections::read_status(rows, target);
        if (!status) return fail(status.error());
        for (const projections::StatusRow& row : status->rows) versions.insert(row.version);
    }
    const auto found = commands::find_version({*said}, {versions.begin(), versions.end()});
    if (!found) return fail(found.error());
    return std::optional{found->text};
}

}  // namespace tools::varve
