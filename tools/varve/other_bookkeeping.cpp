#include "tools/varve/other_bookkeeping.hpp"

#include "adapters/postgres/bookkeeping.hpp"
#include "commands/import.hpp"
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
        const auto files = read_files(configuration);
        if (!files) return ledger::fail(files.error());
        return commands::read_bookkeeping(bookkeeping_of(configuration), *folder, *files, {});
    };
}

}  // namespace tools::varve
