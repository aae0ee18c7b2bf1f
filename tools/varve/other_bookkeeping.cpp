#include "tools/varve/other_bookkeeping.hpp"

#include "adapters/postgres/bookkeeping.hpp"
#include "commands/import.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "tools/varve/session.hpp"

#include <utility>

namespace tools::varve {

commands::OpenBookkeeping bookkeeping_of(const Configuration& configuration) {
    commands::SessionSettings settings;
    settings.url = *configuration.url;
    settings.statement_timeout = configuration.statement_timeout;
    settings.pooler_is_session = configuration.pooler_is_session;
    return [settings] { return adapters::postgres::open_bookkeeping(settings); };
}

commands::ReadOtherHistory other_history_of(const Configuration& configuration,
                                            std::shared_ptr<const migrations::Folder> folder) {
    return [configuration,
            folder = std::move(folder)]() -> ledger::Result<migrations::bookkeeping::History> {
        auto opened = bookkeeping_of(configuration)();
        if (!opened) return ledger::fail(opened.error());
        const auto found = (*opened)->tables_named(migrations::bookkeeping::names_to_look_for({}));
        if (!found) return ledger::fail(found.error());
        // Mostly there are none, and the files need not be read again to be held against them.
        ledger::Result<migrations::SourceTree> files;
        if (!found->empty()) files = read_files(configuration);
        if (!files) return ledger::fail(files.error());
        return commands::read_bookkeeping([&opened] { return std::move(opened); }, *folder, *files,
                                          {});
    };
}

}  // namespace tools::varve
