#include "tools/bench/sample_ledger.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <utility>
#include <vector>

namespace tools::bench {

namespace {

constexpr std::uint64_t events_per_migration = 2;

template <class T>
T must(ledger::Result<T> result) {
    if (result) return std::move(*result);
    std::fprintf(stderr, "bench: %s: %s\n", result.error().reason.c_str(),
                 result.error().detail.c_str());
    std::exit(1);
}

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
    std::vector<std::future<ledger::Result<ledger::Appended>>> waiting;
    std::uint64_t number = 0;
    for (std::uint64_t size = 0; size < event_count;
         size += migrations_each * events_per_migration) {
        waiting.push_back(store.submit(run_of(number, migrations_each)));
        number += migrations_each;
        if (waiting.size() < 16) continue;
        for (auto& each : waiting) must(each.get());
        waiting.clear();
    }
    for (auto& each : waiting) must(each.get());
}

}  // namespace tools::bench
