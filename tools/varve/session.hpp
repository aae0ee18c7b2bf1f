// tools/varve/session.hpp: what a verb works with, opened in the order that loses nothing.
//
// Owns     everything that a command's ports refer to; immovable.
// Reading  needs no lock and changes nothing: read models are brought level in memory. Its lines
//          are those that the ledger's root stands for (ledger/checked_reader.hpp).
#pragma once

#include "adapters/postgres/left_session.hpp"
#include "adapters/postgres/target_database.hpp"
#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/row_store.hpp"
#include "adapters/rocksdb/store.hpp"
#include "commands/run.hpp"
#include "commands/services.hpp"
#include "commands/situation.hpp"
#include "ledger/checked_reader.hpp"
#include "ledger/result.hpp"
#include "projections/memory_rows.hpp"
#include "projections/overlay_rows.hpp"
#include "tools/varve/configuration.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/invocation.hpp"
#include "tools/varve/system.hpp"
#include "tools/varve/time_text.hpp"

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

namespace tools::varve {

// The migrations folder, read and judged for the given server.
[[nodiscard]] ledger::Result<std::shared_ptr<const migrations::Folder>> load_folder(
    const Configuration& configuration, const migrations::LeaveUnread& leave_unread = {});

// Its two parts: reading the files, and what is made of them. At a glance those that undo are left
// to wait.
enum class Extent { whole, glance };
[[nodiscard]] ledger::Result<migrations::SourceTree> read_files(const Configuration& configuration,
                                                                Extent extent = Extent::whole);
[[nodiscard]] ledger::Result<std::shared_ptr<const migrations::Folder>> read_folder(
    const Configuration& configuration, const migrations::SourceTree& tree,
    const migrations::LeaveUnread& leave_unread = {});
[[nodiscard]] ledger::Result<std::shared_ptr<const migrations::Folder>> read_digests(
    const Configuration& configuration, const migrations::SourceTree& tree);

// Versions, names and digests of what is to be applied: all that is needed to hold the folder
// against the ledger.
[[nodiscard]] ledger::Result<std::shared_ptr<const migrations::Folder>> glance_at_folder(
    const Configuration& configuration);

// refused "url-missing" where no target is given. `application_name` is what others see of our
// sessions.
[[nodiscard]] ledger::Result<commands::Connect> connector(
    const Configuration& configuration, const std::string& application_name = "varve");
// For who will want the run lock, and learns it while connecting.
[[nodiscard]] ledger::Result<commands::Connect> connector(
    const Configuration& configuration, const std::string& application_name,
    const std::shared_future<adapters::postgres::LockSession>& lock_session,
    std::shared_ptr<adapters::postgres::LeftSession> left);

// What a run's session has set when a script begins, as far as it is ours.
[[nodiscard]] migrations::rules::InitialSettings initial_settings(
    const Configuration& configuration);

[[nodiscard]] ledger::Result<commands::TargetRequest> target_request(
    const Configuration& configuration);

class Writing {
public:
    static ledger::Result<std::unique_ptr<Writing>> open(const Invocation& invocation,
                                                         const Configuration& configuration,
                                                         bool make_ledger,
                                                         commands::Progress& progress);
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    // Signs what was written, gives the checkpoint away, and brings the read models level.
    ~Writing();

    // The same in parts: child processes look at the ledger while the caller does other things, and
    // the first connection is made beside that. Call begin() before there are other threads, and
    // finish() once. Call connect_beside() last of what starts a thread: nobody else can start one
    // while it loads its library.
    static ledger::Result<std::unique_ptr<Writing>> begin(const Invocation& invocation,
                                                          const Configuration& configuration,
                                                          bool make_ledger,
                                                          commands::Progress& progress);
    void connect_beside();
    ledger::Result<void> finish();

    // For who knows that something will be written: the ledger is opened for it beside the rest.
    // Once: a second call would wait for the first.
    void expect_writes();

    // Told after begin(), as soon as it is known; until then the first connection waits. Without a
    // word the lock's session is opened when the connection is asked for. Only the first counts.
    void expect_lock(adapters::postgres::LockSession lock_session);

    [[nodiscard]] commands::Services& services() { return *services_; }

private:
    using Connected = ledger::Result<std::unique_ptr<commands::TargetDatabase>>;

    Writing(const Invocation& invocation, const Configuration& configuration)
        : invocation_{invocation}, configuration_{configuration} {}
    Connected connection();
    std::unique_ptr<commands::Companion> catch_up_beside();
    void sign();
    void end_where_no_witness();

    Invocation invocation_;
    Configuration configuration_;
    SystemClock clock_;
    Signals signals_;
    std::function<void()> on_open_;
    std::optional<adapters::rocksdb::Store::Opening> store_opening_;
    std::optional<adapters::rocksdb::RowStore::Opening> rows_opening_;
    std::unique_ptr<adapters::rocksdb::Store> store_;
    std::uint64_t size_at_start_{};
    std::unique_ptr<adapters::rocksdb::RowStore> rows_;
    projections::MemoryRows spare_rows_;  // where the stored ones cannot be written
    std::function<std::unique_ptr<commands::Services>(projections::RowStore&)> wire_;
    std::unique_ptr<commands::Services> services_;
    std::shared_ptr<adapters::postgres::LeftSession> left_;
    commands::Connect connect_;
    std::optional<std::promise<adapters::postgres::LockSession>> lock_session_{std::in_place};
    std::future<Connected> first_;
    std::future<void> opening_for_writing_;
};

class Reading {
public:
    static ledger::Result<std::unique_ptr<Reading>> open(const Configuration& configuration);
    // The same in two parts, as of Writing.
    static ledger::Result<std::unique_ptr<Reading>> begin(const Configuration& configuration);
    ledger::Result<void> finish();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

    [[nodiscard]] const ledger::Reader& reader() const { return *checked_; }
    [[nodiscard]] projections::RowStore& rows() { return *overlay_; }

private:
    Reading() = default;
    std::optional<adapters::rocksdb::Reader::Opening> reader_opening_;
    std::optional<adapters::rocksdb::RowStore::Opening> rows_opening_;
    std::unique_ptr<adapters::rocksdb::Reader> reader_;
    std::optional<ledger::CheckedReader> checked_;
    std::unique_ptr<adapters::rocksdb::RowStore> stored_;
    projections::MemoryRows nothing_;
    std::unique_ptr<projections::OverlayRows> overlay_;
};

// A position ("123": after that many events), an instant or a date, as a size of the ledger:
// with what was recorded within that day or second, or (`begin`) with what came before it alone.
[[nodiscard]] ledger::Result<std::uint64_t> size_as_of(const ledger::Reader& reader,
                                                       const std::string& when,
                                                       Edge edge = Edge::end);

}  // namespace tools::varve
