#include "tools/varve/other_bookkeeping.hpp"

#include "adapters/postgres/bookkeeping.hpp"
#include "adapters/postgres/no_further_session.hpp"
#include "commands/import.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/system.hpp"

#include <memory>
#include <utility>

namespace tools::varve {

commands::OpenBookkeeping bookkeeping_of(const Configuration& configuration) {
    commands::SessionSettings settings;
    settings.url = *configuration.url;
    settings.statement_timeout = configuration.statement_timeout;
    settings.pooler_is_session = configuration.pooler_is_session;
    settings.asked_to_stop = stop_requested_by;
    return [settings] { return adapters::postgres::open_bookkeeping(settings); };
}

commands::ReadOtherHistory other_history_of(const Configuration& configuration) {
    using migrations::bookkeeping::Wanted;
    return
        [configuration](const Wanted& wanted) -> ledger::Result<migrations::bookkeeping::History> {
            auto opened = bookkeeping_of(configuration)();  // the target has sessions already
            if (!opened)
                return ledger::fail(adapters::postgres::no_further_session(opened.error()));
            const auto found =
                (*opened)->tables_named(migrations::bookkeeping::names_to_look_for(wanted));
            if (!found) return ledger::fail(found.error());
            // Mostly there are none, and no files need be read to be held against them.
            ledger::Result<migrations::SourceTree> files;
            auto folder = std::make_shared<const migrations::Folder>();
            if (!found->empty()) {
                files = read_files(configuration);
                if (!files) return ledger::fail(files.error());
                auto read = read_digests(configuration, *files);
                if (!read) return ledger::fail(read.error());
                folder = std::move(*read);
            }
            return commands::read_bookkeeping([&opened] { return std::move(opened); }, *folder,
                                              *files, {wanted, std::nullopt, false});
        };
}

}  // namespace tools::varve
