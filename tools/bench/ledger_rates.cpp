// What the ledger does in a second, beside what it is made of: the disk, RocksDB, SHA-256. Each
// figure is the median of seven rounds in which both were measured in turn.
//
// Usage: bench_ledger [--check] [--quick] [--folder DIR] [--only WORD]
#include "adapters/rocksdb/large_pages.hpp"
#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/store.hpp"
#include "adapters/rocksdb/verify.hpp"
#include "ledger/tree.hpp"
#include "projections/catalogue.hpp"
#include "projections/memory_rows.hpp"
#include "tools/bench/as_of_rate.hpp"
#include "tools/bench/measure.hpp"
#include "tools/bench/must.hpp"
#include "tools/bench/sample_ledger.hpp"

#include <rocksdb/db.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <sched.h>
#include <string_view>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace tools::bench {

namespace {

using adapters::rocksdb::Reader;
using adapters::rocksdb::Store;

struct Scale {
    int rounds{7};
    std::uint64_t verified_events{200'000};
    std::uint64_t as_of_events{1'000'000};
};

std::string number_of(double value, const char* unit) {
    char text[64];
    std::snprintf(text, sizeof text, "%.4g %s", value, unit);
    return text;
}

// One file, the same bytes, a sync after each: nothing that keeps anything can do with less.
void append_raw(int file, const std::string& bytes, int count) {
    for (int number = 0; number < count; ++number) {
        const auto written = write(file, bytes.data(), bytes.size());
        if (written != static_cast<ssize_t>(bytes.size()) || fdatasync(file) != 0) {
            std::perror("bench: raw append");
            std::exit(1);
        }
    }
}

Measured one_writer(const Scale& scale, const std::filesystem::path& where) {
    constexpr int each = 40;
    constexpr int slices = 5;
    const Folder folder{where};
    WallClock clock;
    const auto store = new_ledger(folder.path() / "ledger", clock);
    must(store->append(one_event(0)));
    const std::string line = must(store->lines(0, 1)).at(0);
    const int file = open((folder.path() / "raw").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    std::vector<double> ratios;
    double ours_s = 0;
    for (int round = 0; round < scale.rounds; ++round) {
        double raw = 0;
        double ours = 0;
        for (int slice = 0; slice < slices; ++slice) {
            raw += seconds_of([&] { append_raw(file, line, each); });
            ours += seconds_of([&] {
                for (int number = 0; number < each; ++number)
                    must(store->append(one_event(static_cast<std::uint64_t>(number))));
            });
        }
        ratios.push_back(raw / ours);
        ours_s = ours;
    }
    close(file);
    return {"one writer, of raw append + fdatasync",      median(ratios), "", 0.7, Better::higher,
            number_of(each * slices / ours_s, "events/s")};
}

void in_threads(int count, const std::function<void(int)>& work) {
    std::vector<std::thread> threads;
    for (int index = 0; index < count; ++index) threads.emplace_back(work, index);
    for (std::thread& thread : threads) thread.join();
}

Measured many_writers(const Scale& scale, const std::filesystem::path& where, int writers) {
    const int each = 2'000 / writers + 20;
    const Folder folder{where};
    WallClock clock;
    const auto store = new_ledger(folder.path() / "ledger", clock);
    must(store->append(one_event(0)));
    const std::string line = must(store->lines(0, 1)).at(0);
    ::rocksdb::Options options;
    options.create_if_missing = true;
    ::rocksdb::DB* raw_database = nullptr;
    if (!::rocksdb::DB::Open(options, (folder.path() / "peer").string(), &raw_database).ok())
        std::exit(1);
    const std::unique_ptr<::rocksdb::DB> peer{raw_database};
    ::rocksdb::WriteOptions synced;
    synced.sync = true;
    std::uint64_t key = 0;
    std::vector<double> ratios;
    double ours_s = 0;
    for (int round = 0; round < scale.rounds; ++round) {
        const std::uint64_t base = key += 1'000'000;
        const double theirs = seconds_of([&] {
            in_threads(writers, [&](int index) {
                for (int number = 0; number < each; ++number)
                    if (!peer->Put(synced,
                                   std::to_string(
                                       base + static_cast<std::uint64_t>(index * each + number)),
                                   line)
                             .ok())
                        std::exit(1);
            });
        });
        ours_s = seconds_of([&] {
            in_threads(writers, [&](int index) {
                for (int number = 0; number < each; ++number)
                    must(store->append(
                        one_event(static_cast<std::uint64_t>(index * each + number))));
            });
        });
        ratios.push_back(theirs / ours_s);
    }
    return {std::to_string(writers) + " writers, of RocksDB's synced group commit",
            median(ratios),
            "",
            1.0,
            Better::higher,
            number_of(writers * each / ours_s, "events/s")};
}

// The busiest thread besides this one is the ledger's writer.
double busiest_other(const std::vector<ThreadTime>& before, const std::vector<ThreadTime>& after) {
    std::map<int, double> earlier;
    for (const ThreadTime& each : before) earlier[each.thread] = each.seconds;
    double most = 0;
    for (const ThreadTime& each : after)
        if (each.thread != gettid()) most = std::max(most, each.seconds - earlier[each.thread]);
    return most;
}

Measured writer_cpu(const Scale& scale, const std::filesystem::path& where) {
    constexpr std::uint64_t runs = 40;
    constexpr std::uint64_t migrations = 250;
    const Folder folder{where};
    WallClock clock;
    const auto store = new_ledger(folder.path() / "ledger", clock);
    std::vector<double> costs;
    for (int round = 0; round < scale.rounds; ++round) {
        std::vector<ledger::Append> appends;
        for (std::uint64_t run = 0; run < runs; ++run)
            appends.push_back(run_of(run * migrations, migrations));
        const auto before = thread_times();
        std::vector<std::future<ledger::Result<ledger::Appended>>> waiting;
        for (ledger::Append& append : appends) waiting.push_back(store->submit(std::move(append)));
        for (auto& each : waiting) must(each.get());
        costs.push_back(busiest_other(before, thread_times()) / (runs * migrations * 2));
    }
    return {"the writer's processor time an event",
            median(costs) * 1e6,
            "us",
            12,
            Better::lower,
            "all indexes included"};
}

void use_processors(int count) {
    cpu_set_t set;
    CPU_ZERO(&set);
    for (int number = 0; number < count; ++number) CPU_SET(static_cast<unsigned>(number), &set);
    sched_setaffinity(0, sizeof set, &set);
}

void hash_all(const std::vector<std::string>& lines) {
    ledger::Frontier tree;
    for (const std::string& line : lines) tree.append(ledger::leaf_hash(line));
    if (tree.size() != lines.size() || tree.root() == ledger::empty_root()) std::exit(1);
}

std::vector<Measured> verification(const Scale& scale, const std::filesystem::path& ledger) {
    const auto lines = must(must(Reader::open(ledger))->lines(0, scale.verified_events));
    std::vector<double> one;
    std::vector<double> two;
    double verify_s = 0;
    const auto verify = [&] {
        if (!must(adapters::rocksdb::verify(ledger)).faults.empty()) std::exit(1);
    };
    for (int round = 0; round < scale.rounds; ++round) {
        use_processors(1);
        const double hashed = seconds_of([&] { hash_all(lines); });
        one.push_back(hashed / seconds_of(verify));
        use_processors(2);
        verify_s = seconds_of(verify);
        two.push_back(hashed / verify_s);
    }
    const std::string beside =
        number_of(static_cast<double>(lines.size()) / verify_s, "events/s on two");
    return {{"verify on one processor, of SHA-256 alone", median(one), "", 0.55, Better::higher,
             beside},
            {"verify on two processors, of SHA-256 on one", median(two), "", 0.9, Better::higher,
             beside}};
}

Measured proofs(const Scale& scale, const std::filesystem::path& ledger) {
    constexpr std::uint64_t count = 2'000;
    const auto reader = must(Reader::open(ledger));
    const ledger::Head head = must(reader->head());
    const auto subtree = [&reader](unsigned level, std::uint64_t index) {
        return reader->subtree(level, index);
    };
    std::vector<double> times;
    for (int round = 0; round < scale.rounds; ++round)
        times.push_back(seconds_of([&] {
            for (std::uint64_t number = 0; number < count; ++number) {
                const std::uint64_t position = number * 7'919 % head.size;
                if (must(ledger::inclusion_proof(position, head.size, subtree)).empty())
                    std::exit(1);
            }
        }));
    return {"an inclusion proof", median(times) / count * 1e6, "us", 50, Better::lower, ""};
}

Measured rebuild(const Scale& scale, const std::filesystem::path& ledger) {
    const auto reader = must(Reader::open(ledger));
    const auto size = static_cast<double>(must(reader->head()).size);
    std::vector<double> rates;
    use_processors(1);
    for (int round = 0; round < scale.rounds; ++round) {
        projections::MemoryRows rows;
        rates.push_back(
            size / seconds_of([&] {
                must(projections::rebuild(*reader, rows, projections::all_projections()));
            }));
    }
    use_processors(2);
    return {"all projections rebuilt on one processor",
            median(rates),
            "events/s",
            200'000,
            Better::higher,
            ""};
}

constexpr std::string_view fill_word = "--fill-and-die";

// Fills a log of 64 MiB and dies without closing.
[[noreturn]] void fill_and_die(const std::filesystem::path& ledger) {
    WallClock clock;
    const auto store = new_ledger(ledger, clock);
    constexpr std::uint64_t bytes_an_event = 1'500;  // in the log, with the rows of its indexes
    fill(*store, (std::uint64_t{64} << 20U) / bytes_an_event);
    std::raise(SIGKILL);
    std::abort();
}

// A program of its own: of this one's threads, RocksDB's among them, a forked child would have
// none.
[[noreturn]] void be_the_filler(const std::filesystem::path& ledger) {
    const std::string path = ledger.string();
    execl("/proc/self/exe", "bench_ledger", fill_word.data(), path.c_str(), nullptr);
    _exit(1);
}

Measured reopening(const Scale& scale, const std::filesystem::path& where) {
    std::vector<double> times;
    for (int round = 0; round < std::min(scale.rounds, 3); ++round) {
        const Folder folder{where};
        const std::filesystem::path ledger = folder.path() / "ledger";
        const pid_t child = fork();
        if (child == 0) be_the_filler(ledger);
        int status = 0;
        waitpid(child, &status, 0);
        WallClock clock;
        times.push_back(
            seconds_of([&] { must(must(Store::open(ledger, clock))->open_for_writing()); }));
    }
    return {"opened again after SIGKILL amid 64 MiB",
            median(times),
            "s",
            2,
            Better::lower,
            "looked at in a child first"};
}

std::vector<Measured> measure(const Scale& scale, const std::filesystem::path& where,
                              std::string_view only) {
    std::vector<Measured> all;
    const auto wanted = [&](std::string_view word) { return only.empty() || only == word; };
    if (wanted("append")) {
        all.push_back(one_writer(scale, where));
        for (const int writers : {16, 64}) all.push_back(many_writers(scale, where, writers));
    }
    if (wanted("writer")) all.push_back(writer_cpu(scale, where));
    if (wanted("reopen")) all.push_back(reopening(scale, where));
    if (wanted("as-of")) all.push_back(status_as_of(where, scale.as_of_events, scale.rounds));
    if (!wanted("verify") && !wanted("proof") && !wanted("rebuild")) return all;
    const Folder folder{where};
    const std::filesystem::path ledger = folder.path() / "ledger";
    WallClock clock;
    fill(*new_ledger(ledger, clock), scale.verified_events);
    if (wanted("verify"))
        for (Measured& each : verification(scale, ledger)) all.push_back(std::move(each));
    if (wanted("proof")) all.push_back(proofs(scale, ledger));
    if (wanted("rebuild")) all.push_back(rebuild(scale, ledger));
    return all;
}

}  // namespace

}  // namespace tools::bench

int main(int count, char** words) {
    if (count == 3 && words[1] == tools::bench::fill_word) tools::bench::fill_and_die(words[2]);
    tools::bench::Scale scale;
    std::filesystem::path where = std::filesystem::temp_directory_path();
    std::string_view only;
    bool check = false;
    for (int index = 1; index < count; ++index) {
        const std::string_view word = words[index];
        if (word == "--check") {
            check = true;
        } else if (word == "--quick") {
            scale = {3, 20'000, 100'000};
        } else if (word == "--folder" && index + 1 < count) {
            where = words[++index];
        } else if (word == "--only" && index + 1 < count) {
            only = words[++index];
        } else {
            std::fprintf(stderr,
                         "usage: bench_ledger [--check] [--quick] [--folder DIR] [--only "
                         "append|writer|verify|proof|rebuild|reopen|as-of]\n");
            return 2;
        }
    }
    adapters::rocksdb::use_large_pages();  // as the program does
    const auto all = tools::bench::measure(scale, where, only);
    tools::bench::print(all);
    const bool missed = std::any_of(all.begin(), all.end(), tools::bench::is_missed);
    return check && missed ? 1 : 0;
}
