#include "tools/varve/session.hpp"

#include "adapters/files/checkpoint_folder.hpp"
#include "adapters/files/folder_reader.hpp"
#include "adapters/postgres/target_database.hpp"
#include "adapters/rocksdb/large_pages.hpp"
#include "commands/database_identity.hpp"
#include "commands/restored_target.hpp"
#include "projections/catalogue.hpp"
#include "projections/target_head.hpp"
#include "tools/varve/catch_up_beside.hpp"
#include "tools/varve/late_answer.hpp"
#include "tools/varve/new_ledger.hpp"
#include "tools/varve/signing.hpp"

#include <algorithm>
#include <unistd.h>

namespace tools::varve {

using adapters::postgres::LockSession;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

// Its creation, its first key, and a checkpoint of both.
constexpr std::uint64_t size_when_made = 3;

Result<std::chrono::milliseconds> lock_wait(const Configuration& configuration) {
    const auto wait = duration_ms(configuration.lock_wait);
    if (!wait)
        return fail(Code::refused, "usage",
                    "\"" + configuration.lock_wait + "\" is not a duration (lock_wait)",
                    "write 500ms, 5s, 2min or 1h");
    return std::chrono::milliseconds{*wait};
}

// Another command may have made the ledger since we looked: then it is opened like any other.
Result<void> make_where_missing(const Invocation& invocation, const Configuration& configuration,
                                ledger::Clock& clock, commands::Progress& progress) {
    std::error_code ignored;
    if (std::filesystem::exists(configuration.ledger, ignored)) return {};
    const auto made = create_ledger(invocation, configuration, clock);
    if (!made && made.error().reason != "ledger-exists") return fail(made.error());
    if (!made) return {};
    make_read_models(configuration, **made);
    if (const auto note = plain_key_note(configuration.key_passphrase, configuration.signing_key))
        progress.note(*note);
    return {};
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

Result<std::shared_ptr<const migrations::Folder>> load_folder(
    const Configuration& configuration, const migrations::LeaveUnread& leave_unread) {
    const auto tree = read_files(configuration);
    if (!tree) return fail(tree.error());
    return read_folder(configuration, *tree, leave_unread);
}

Result<migrations::SourceTree> read_files(const Configuration& configuration, Extent extent) {
    return adapters::files::read_tree(configuration.migrations, extent == Extent::glance
                                                                    ? migrations::is_down_file
                                                                    : adapters::files::MayWait{});
}

Result<std::shared_ptr<const migrations::Folder>> read_folder(
    const Configuration& configuration, const migrations::SourceTree& tree,
    const migrations::LeaveUnread& leave_unread) {
    auto folder = migrations::read_folder(tree, configuration.folder, leave_unread);
    if (!folder) return fail(folder.error());
    return std::make_shared<const migrations::Folder>(std::move(*folder));
}

Result<std::shared_ptr<const migrations::Folder>> read_digests(const Configuration& configuration,
                                                               const migrations::SourceTree& tree) {
    return read_folder(configuration, tree,
                       [](const auto& /*path*/, const auto& /*digest*/) { return true; });
}

Result<std::shared_ptr<const migrations::Folder>> glance_at_folder(
    const Configuration& configuration) {
    auto tree = read_files(configuration, Extent::glance);
    if (!tree) return fail(tree.error());
    auto folder = read_digests(configuration, *tree);
    if (!folder || !(*folder)->needs_rest) return folder;
    adapters::files::read_rest(*tree);
    return read_digests(configuration, *tree);
}

namespace {

Result<commands::SessionSettings> session_settings(const Configuration& configuration,
                                                   const std::string& application_name) {
    if (configuration.url_error) return fail(*configuration.url_error);
    if (!configuration.url)
        return fail(Code::refused, "url-missing",
                    "no database is given for environment \"" + configuration.environment + "\"",
                    "give --url, set DATABASE_URL, or write url = \"env:NAME\" under "
                    "[environments." +
                        configuration.environment +
                        "] in varve.toml; a URL that leaves all to libpq's variables (PGSERVICE, "
                        "PGHOST, PGDATABASE) is postgresql:///");
    commands::SessionSettings settings;
    settings.url = *configuration.url;
    settings.marker_schema = configuration.marker_schema;
    settings.application_name = application_name;
    settings.lock_timeout = configuration.lock_timeout;
    settings.lock_timeout_ms = duration_ms(configuration.lock_timeout).value_or(0);
    settings.statement_timeout = configuration.statement_timeout;
    settings.pooler_is_session = configuration.pooler_is_session;
    settings.when_late = told_when_late(LateAnswer::awaited);
    settings.asked_to_stop = stop_requested_by;
    return settings;
}

}  // namespace

Result<commands::Connect> connector(const Configuration& configuration,
                                    const std::string& application_name) {
    const auto settings = session_settings(configuration, application_name);
    if (!settings) return fail(settings.error());
    return commands::Connect{
        [settings = *settings] { return adapters::postgres::connect(settings); }};
}

Result<commands::Connect> connector(const Configuration& configuration,
                                    const std::string& application_name,
                                    const std::shared_future<LockSession>& lock_session,
                                    std::shared_ptr<adapters::postgres::LeftSession> left) {
    const auto settings = session_settings(configuration, application_name);
    if (!settings) return fail(settings.error());
    return commands::Connect{[settings = *settings, lock_session, left = std::move(left)] {
        return adapters::postgres::connect(settings, lock_session, left);
    }};
}

migrations::rules::InitialSettings initial_settings(const Configuration& configuration) {
    migrations::rules::InitialSettings settings{
        {"idle_in_transaction_session_timeout", commands::idle_in_transaction_time}};
    // 0 limits nothing.
    if (duration_ms(configuration.lock_timeout).value_or(0) > 0)
        settings["lock_timeout"] = configuration.lock_timeout;
    if (duration_ms(configuration.statement_timeout).value_or(0) > 0)
        settings["statement_timeout"] = configuration.statement_timeout;
    return settings;
}

Result<commands::TargetRequest> target_request(const Configuration& configuration) {
    const auto wait = lock_wait(configuration);
    if (!wait) return fail(wait.error());
    commands::TargetRequest request;
    request.target = {configuration.environment};
    request.marker_schema = configuration.marker_schema;
    request.lock_wait = *wait;
    if (configuration.checkpoints_folder)
        request.beside = adapters::files::open_checkpoint_folder(*configuration.checkpoints_folder);
    return request;
}

Result<std::unique_ptr<Writing>> Writing::begin(const Invocation& invocation,
                                                const Configuration& configuration,
                                                bool make_ledger, commands::Progress& progress) {
    auto left = std::make_shared<adapters::postgres::LeftSession>();
    std::unique_ptr<Writing> writing{new Writing{invocation, configuration}};
    auto connect = connector(configuration, our_name(invocation),
                             writing->lock_session_->get_future().share(), left);
    if (!connect) return fail(connect.error());
    const auto wait = lock_wait(configuration);
    if (!wait) return fail(wait.error());
    writing->left_ = std::move(left);
    if (make_ledger)
        if (auto made = make_where_missing(invocation, configuration, writing->clock_, progress);
            !made)
            return fail(made.error());

    adapters::rocksdb::OpenOptions options;
    options.lock_wait = *wait;
    options.command = "varve " + invocation.operation;
    options.is_stopped = [&signals = writing->signals_] { return signals.requested().has_value(); };
    auto store =
        adapters::rocksdb::Store::begin_open(configuration.ledger, writing->clock_, options);
    if (!store) {
        const auto signal = writing->signals_.requested();
        if (signal && store.error().reason == "ledger-locked")
            return fail(commands::stopped(*signal, "waiting: " + store.error().detail));
        return fail(store.error());
    }
    writing->store_opening_.emplace(std::move(*store));
    writing->rows_opening_.emplace(adapters::rocksdb::RowStore::begin_open(
        configuration.ledger, adapters::rocksdb::RowAccess::write));
    adapters::rocksdb::use_large_pages();

    // Nothing is applied yet, so something will be.
    if (writing->store_opening_->anchored_size() <= size_when_made)
        writing->expect_lock(LockSession::at_once);

    writing->on_open_ = [configuration] { finish_key(configuration); };
    writing->connect_ = std::move(*connect);
    writing->wire_ = [&writing = *writing, &progress,
                      context = command_context(invocation, writing->clock_)](auto& rows) {
        return std::make_unique<commands::Services>(
            commands::Services{*writing.store_, rows, writing.clock_, writing.signals_, progress,
                               [&writing] { return writing.connection(); }, context,
                               [&writing] { return writing.catch_up_beside(); }});
    };
    return writing;
}

void Writing::connect_beside() { first_ = std::async(std::launch::async, connect_); }

Writing::Connected Writing::connection() {
    left_->end();  // whoever connects again wants the lock again
    expect_lock(LockSession::at_once);
    return first_.valid() ? first_.get() : connect_();
}

void Writing::expect_lock(LockSession lock_session) {
    if (lock_session_) lock_session_->set_value(lock_session);
    lock_session_.reset();
}

// What the ledger has now decides: the command may have said that the target is this database. A
// checkpoint given without the run lock, by a copy of this ledger, would contradict that of the run
// which has the lock.
void Writing::end_where_no_witness() {
    if (!left_->is_there() || !left_->had_lock()) return left_->end();
    const ledger::Target target{configuration_.environment};
    const auto differs = commands::is_refused_as_differing(*store_, target, size_at_start_);
    if (!differs || *differs) return left_->end();
    auto& rows = services_->rows;
    if (!projections::catch_up(*store_, rows, projections::target_state_projection()))
        return left_->end();
    // Which migrations there are is asked only where markers are missed.
    const auto state = left_->seen().has_markers.value_or(true)
                           ? projections::read_target_head(rows, target)
                           : projections::read_target_state(rows, target);
    if (!state || !commands::may_take_checkpoints(*state, left_->seen())) left_->end();
}

void Writing::sign() {
    Passphrase passphrase{configuration_.key_passphrase, has_terminal() && !signals_.requested(),
                          [this] { left_->unlock(); }};
    SigningWork work{configuration_,     *store_,   services_->rows, clock_,
                     services_->context, passphrase};
    end_where_no_witness();
    work.witnesses = witnesses_beside_a_run(configuration_, *left_);
    sign_after(work, Console{invocation_});
    left_->end();
}

std::unique_ptr<commands::Companion> Writing::catch_up_beside() {
    if (rows_ == nullptr) return nullptr;
    return std::make_unique<CatchUpBeside>(*store_, *rows_);
}

// What was written is folded now, once, and not by every command that reads. They are caches: an
// error here costs time later, and nothing else. The signature asks some of them for its keys: all
// are folded in one pass before it, and what it has written after it.
Writing::~Writing() {
    expect_lock(LockSession::when_asked_for);
    if (services_ == nullptr) return;
    const auto head = store_->head();  // an error: it has failed, and so may these on the same disk
    if (!head || head->size == size_at_start_) return;
    const auto bring_level = [this] {
        if (rows_ != nullptr) static_cast<void>(projections::catch_up_all(*store_, *rows_));
    };
    bring_level();
    sign();
    bring_level();
}

Result<void> Writing::finish() {
    auto store = store_opening_->finish();
    if (!store) return fail(store.error());
    store_ = std::move(*store);
    if (const auto head = store_->head()) size_at_start_ = head->size;
    on_open_();
    projections::RowStore* rows = &spare_rows_;
    auto stored = rows_opening_->finish();
    if (stored && !(*stored)->read_only()) {
        rows_ = std::move(*stored);
        rows = rows_.get();
    }
    services_ = wire_(*rows);
    return {};
}

Result<std::unique_ptr<Writing>> Writing::open(const Invocation& invocation,
                                               const Configuration& configuration, bool make_ledger,
                                               commands::Progress& progress) {
    auto writing = begin(invocation, configuration, make_ledger, progress);
    if (!writing) return writing;
    (*writing)->expect_lock(LockSession::at_once);
    (*writing)->connect_beside();
    if (auto finished = (*writing)->finish(); !finished) return fail(finished.error());
    return writing;
}

void Writing::expect_writes() {
    opening_for_writing_ = std::async(std::launch::async, [this] {
        static_cast<void>(store_->open_for_writing());  // its error is told to who writes
        if (rows_) static_cast<void>(rows_->open_for_writing());
    });
}

Result<std::unique_ptr<Reading>> Reading::begin(const Configuration& configuration) {
    std::unique_ptr<Reading> reading{new Reading};
    auto reader = adapters::rocksdb::Reader::begin_open(configuration.ledger);
    if (!reader) return fail(reader.error());
    reading->reader_opening_.emplace(std::move(*reader));
    reading->rows_opening_.emplace(adapters::rocksdb::RowStore::begin_open(
        configuration.ledger, adapters::rocksdb::RowAccess::read_only));
    adapters::rocksdb::use_large_pages();
    return reading;
}

Result<void> Reading::finish() {
    auto reader = reader_opening_->finish();
    if (!reader) return fail(reader.error());
    reader_ = std::move(*reader);
    checked_.emplace(*reader_);
    if (auto stored = rows_opening_->finish()) stored_ = std::move(*stored);
    const projections::RowStore* below = stored_.get();
    if (below == nullptr) below = &nothing_;
    overlay_ = std::make_unique<projections::OverlayRows>(*below);
    return {};
}

Result<std::unique_ptr<Reading>> Reading::open(const Configuration& configuration) {
    auto reading = begin(configuration);
    if (!reading) return reading;
    if (auto finished = (*reading)->finish(); !finished) return fail(finished.error());
    return reading;
}

Result<std::uint64_t> size_as_of(const ledger::Reader& reader, const std::string& when, Edge edge) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    if (all_digits(when) && when.size() < 16) {
        const std::uint64_t size = std::stoull(when);
        if (size <= head->size) return size;
        return fail(Code::refused, "position-beyond-end",
                    "the ledger has " + std::to_string(head->size) + " events, not " + when, "");
    }
    const auto span = time_span_from_text(when);
    if (!span)
        return fail(Code::refused, "usage", "\"" + when + "\" is no time and no position",
                    "write 2026-11-23, 2026-11-23T14:30:00Z, or a number of events");
    return projections::position_at(reader,
                                    edge == Edge::begin ? span->first_us - 1 : span->last_us);
}

}  // namespace tools::varve
