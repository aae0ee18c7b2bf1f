#include "tools/bench/sample_ledger.hpp"

#include "tools/bench/must.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <utility>
#include <vector>

namespace tools::bench {

namespace {

constexpr std::uint64_t events_per_migration = 2;
constexpr std::uint64_t migrations_per_target = 2'000;

ledger::Uuid id_now() {
    WallClock clock;
    return ledger::new_uuid(clock.now_us() / 1000);
}

ledger::Context context() {
    ledger::Context context;
    context.actor = {"deploy", ledger::ActorKind::service, "os-user", "build-7"};
    context.run = id_now();
    context.correlation = id_now();
    context.ticket = "OPS-1";
    context.tool = "varve/0.1.0";
    return context;
}

ledger::Digest digest_of(std::uint64_t number) { return ledger::sha256(std::to_string(number)); }

ledger::AttemptStarted started(std::uint64_t number, const ledger::Uuid& attempt) {
    ledger::AttemptStarted event;
    event.attempt = attempt;
    event.target = {"production"};
    event.version = {std::to_string(20260101000000 + number)};
    event.name = "change_" + std::to_string(number);
    event.digest = digest_of(number);
    event.try_number = 1;
    event.transactional = true;
    event.statement_count = 1;
    return event;
}

ledger::AttemptSucceeded succeeded(std::uint64_t number, const ledger::Uuid& attempt) {
    ledger::AttemptSucceeded event;
    event.attempt = attempt;
    event.target = {"production"};
    event.version = {std::to_string(20260101000000 + number)};
    event.digest = digest_of(number);
    event.elapsed_us = 1234;
    event.statement_count = 1;
    event.statements = {{0, 0, 120, 1, 1200, "CREATE TABLE", std::nullopt, {}}};
    return event;
}

ledger::Append run_of_one(std::uint64_t number) {
    const ledger::Target target = target_of_run(number);
    const std::string stream = ledger::target_stream(target);
    const std::uint64_t migration = number % migrations_per_target;
    const ledger::Uuid attempt = id_now();
    ledger::Append append;
    append.context = context();
    append.contents = {{"a plan of one migration", "plan"}};
    ledger::RunStarted run;
    run.target = target;
    run.plan = ledger::reference(append.contents.front());
    run.migration_count = 1;
    ledger::AttemptStarted begun = started(migration, attempt);
    begun.target = target;
    ledger::AttemptSucceeded done = succeeded(migration, attempt);
    done.target = target;
    ledger::RunFinished finished;
    finished.target = target;
    finished.applied_count = 1;
    append.drafts = {{stream, id_now(), std::move(run), {}},
                     {stream, id_now(), std::move(begun), {}},
                     {stream, id_now(), std::move(done), {}},
                     {stream, id_now(), std::move(finished), {}}};
    return append;
}

// Synced now and then, not after each.
class Pending {
public:
    void add(std::future<ledger::Result<ledger::Appended>> appended, std::size_t count_max) {
        waiting_.push_back(std::move(appended));
        if (waiting_.size() >= count_max) finish();
    }
    void finish() {
        for (auto& each : waiting_) must(each.get());
        waiting_.clear();
    }

private:
    std::vector<std::future<ledger::Result<ledger::Appended>>> waiting_;
};

}  // namespace

Folder::Folder(const std::filesystem::path& parent) {
    std::string pattern = (parent / "varve-bench-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
        std::perror(pattern.c_str());
        std::exit(1);
    }
    path_ = pattern;
}

Folder::~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::int64_t WallClock::now_us() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

ledger::Append one_event(std::uint64_t number) {
    ledger::Append append;
    append.context = context();
    append.drafts = {{"target/production", id_now(), succeeded(number, id_now()), {}}};
    return append;
}

ledger::Append run_of(std::uint64_t first, std::uint64_t migrations) {
    ledger::Append append;
    append.context = context();
    for (std::uint64_t number = first; number < first + migrations; ++number) {
        const ledger::Uuid attempt = id_now();
        append.drafts.push_back({"target/production", id_now(), started(number, attempt), {}});
        append.drafts.push_back({"target/production", id_now(), succeeded(number, attempt), {}});
    }
    return append;
}

std::unique_ptr<adapters::rocksdb::Store> new_ledger(const std::filesystem::path& path,
                                                     ledger::Clock& clock) {
    adapters::rocksdb::CreateOptions options;
    options.ledger = id_now();
    return must(adapters::rocksdb::Store::create(path, clock, std::move(options)));
}

void fill(adapters::rocksdb::Store& store, std::uint64_t event_count) {
    constexpr std::uint64_t migrations_each = 250;
    Pending pending;
    std::uint64_t number = 0;
    for (std::uint64_t size = 0; size < event_count;
         size += migrations_each * events_per_migration) {
        pending.add(store.submit(run_of(number, migrations_each)), 16);
        number += migrations_each;
    }
    pending.finish();
}

ledger::Target target_of_run(std::uint64_t number) {
    return {"customer-" + std::to_string(number / migrations_per_target)};
}

void fill_with_runs(adapters::rocksdb::Store& store, std::uint64_t event_count) {
    constexpr std::uint64_t events_per_run = 4;
    Pending pending;
    for (std::uint64_t number = 0; number < event_count / events_per_run; ++number)
        pending.add(store.submit(run_of_one(number)), 2'000);
    pending.finish();
}

}  // namespace tools::bench
