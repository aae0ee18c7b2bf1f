#include "tools/varve/session.hpp"

#include "adapters/files/folder_reader.hpp"
#include "adapters/postgres/target_database.hpp"
#include "projections/catalogue.hpp"
#include "tools/varve/new_ledger.hpp"
#include "tools/varve/time_text.hpp"

#include <algorithm>
#include <unistd.h>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

Result<std::chrono::milliseconds> lock_wait(const Configuration& configuration) {
    const auto wait = duration_ms(configuration.lock_wait);
    if (!wait)
        return fail(Code::refused, "usage",
                    "\"" + configuration.lock_wait + "\" is not a duration (lock_wait)",
                    "write 500ms, 5s, 2min or 1h");
    return std::chrono::milliseconds{*wait};
}

// Another command may have made the ledger since we looked: then it is opened like any other.
Result<std::unique_ptr<adapters::rocksdb::Store>> open_store(
    const Invocation& invocation, const Configuration& configuration, bool make_ledger,
    ledger::Clock& clock, const adapters::rocksdb::OpenOptions& options) {
    std::error_code ignored;
    if (make_ledger && !std::filesystem::exists(configuration.ledger, ignored)) {
        auto made = create_ledger(invocation, configuration, clock);
        if (made || made.error().reason != "ledger-exists") return made;
    }
    auto store = adapters::rocksdb::Store::open(configuration.ledger, clock, options);
    if (store) finish_key(configuration);
    return store;
}

// Who is told that we hold a lock must be able to find us: command, person, host and process. The
// server keeps 63 bytes of it.
std::string our_name(const Invocation& invocation) {
    const ledger::Actor actor = current_actor();
    return "varve " + invocation.operation + " " + actor.id + "@" + actor.host + ":" +
           std::to_string(getpid());
}

bool all_digits(const std::string& text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<std::shared_ptr<const migrations::Folder>> load_folder(const Configuration& configuration) {
    const auto tree = adapters::files::read_tree(configuration.migrations);
    if (!tree) return fail(tree.error());
    auto folder = migrations::read_folder(*tree, configuration.folder);
    if (!folder) return fail(folder.error());
    return std::make_shared<const migrations::Folder>(std::move(*folder));
}

Result<commands::Connect> connector(const Configuration& configuration,
                                    const std::string& application_name) {
    if (configuration.url_error) return fail(*configuration.url_error);
    if (!configuration.url)
        return fail(Code::refused, "url-missing",
                    "no database is given for environment \"" + configuration.environment + "\"",
                    "give --url, set DATABASE_URL, or write url = \"env:NAME\" under "
                    "[environments." +
                        configuration.environment + "] in varve.toml");
    commands::SessionSettings settings;
    settings.url = *configuration.url;
    settings.marker_schema = configuration.marker_schema;
    settings.application_name = application_name;
    settings.lock_timeout = configuration.lock_timeout;
    settings.lock_timeout_ms = duration_ms(configuration.lock_timeout).value_or(0);
    settings.statement_timeout = configuration.statement_timeout;
    settings.pooler_is_session = configuration.pooler_is_session;
    return commands::Connect{[settings] { return adapters::postgres::connect(settings); }};
}

Result<commands::TargetRequest> target_request(const Configuration& configuration) {
    const auto wait = lock_wait(configuration);
    if (!wait) return fail(wait.error());
    commands::TargetRequest request;
    request.target = {configuration.environment};
    request.marker_schema = configuration.marker_schema;
    request.lock_wait = *wait;
    return request;
}

Result<std::unique_ptr<Writing>> Writing::open(const Invocation& invocation,
                                               const Configuration& configuration, bool make_ledger,
                                               commands::Progress& progress) {
    auto connect = connector(configuration, our_name(invocation));
    if (!connect) return fail(connect.error());
    const auto wait = lock_wait(configuration);
    if (!wait) return fail(wait.error());
    std::unique_ptr<Writing> writing{new Writing};

    adapters::rocksdb::OpenOptions options;
    options.lock_wait = *wait;
    options.command = "varve " + invocation.operation;
    options.is_stopped = [&signals = writing->signals_] { return signals.requested().has_value(); };
    auto store = open_store(invocation, configuration, make_ledger, writing->clock_, options);
    if (!store) {
        const auto signal = writing->signals_.requested();
        if (signal && store.error().reason == "ledger-locked")
            return fail(commands::stopped(*signal, "waiting: " + store.error().detail));
        return fail(store.error());
    }
    writing->store_ = std::move(*store);

    projections::RowStore* rows = &writing->spare_rows_;
    auto stored = adapters::rocksdb::RowStore::open(configuration.ledger,
                                                    adapters::rocksdb::RowAccess::write);
    if (stored && !(*stored)->read_only()) {
        writing->rows_ = std::move(*stored);
        rows = writing->rows_.get();
    }
    writing->services_ = std::make_unique<commands::Services>(
        commands::Services{*writing->store_, *rows, writing->clock_, writing->signals_, progress,
                           std::move(*connect), command_context(invocation, writing->clock_)});
    return writing;
}

Result<std::unique_ptr<Reading>> Reading::open(const Configuration& configuration) {
    std::unique_ptr<Reading> reading{new Reading};
    auto reader = adapters::rocksdb::Reader::open(configuration.ledger);
    if (!reader) return fail(reader.error());
    reading->reader_ = std::move(*reader);
    auto stored = adapters::rocksdb::RowStore::open(configuration.ledger,
                                                    adapters::rocksdb::RowAccess::read_only);
    if (stored) reading->stored_ = std::move(*stored);
    const projections::RowStore* below = reading->stored_.get();
    if (below == nullptr) below = &reading->nothing_;
    reading->overlay_ = std::make_unique<projections::OverlayRows>(*below);
    return reading;
}

Result<std::uint64_t> size_as_of(const ledger::Reader& reader, const std::string& when) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    if (all_digits(when) && when.size() < 16) {
        const std::uint64_t size = std::stoull(when);
        if (size <= head->size) return size;
        return fail(Code::refused, "position-beyond-end",
                    "the ledger has " + std::to_string(head->size) + " events, not " + when, "");
    }
    const auto time_us = instant_from_text(when);
    if (!time_us)
        return fail(Code::refused, "usage", "\"" + when + "\" is no time and no position",
                    "write 2026-11-23, 2026-11-23T14:30:00Z, or a number of events");
    return projections::position_at(reader, *time_us);
}

}  // namespace tools::varve
