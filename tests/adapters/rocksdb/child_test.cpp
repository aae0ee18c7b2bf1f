#include "adapters/rocksdb/child.hpp"

#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <new>
#include <stdexcept>
#include <string>
#include <sys/mman.h>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>
#include <vector>

using namespace adapters::rocksdb;
using tests::error_of;
using tests::must;

namespace {

ledger::Error failure_of(const std::function<std::string()>& work) {
    return error_of(run_in_child(work, std::chrono::seconds{10}));
}

}  // namespace

TEST_CASE("a child's bytes come back") {
    CHECK(must(run_in_child([] { return std::string{"seen"}; }, std::chrono::seconds{10})) ==
          "seen");
}

TEST_CASE("a child that dies of what it read says that the ledger is damaged") {
    const auto error = failure_of([]() -> std::string { throw std::runtime_error{"no length"}; });
    CHECK(error.code == ledger::Code::corrupt);
    CHECK(error.reason == "ledger-damaged");
    CHECK(error.detail.find("no length") != std::string::npos);
}

TEST_CASE("a child that gets no memory says nothing of the ledger") {
    const auto error = failure_of([]() -> std::string {
        const rlimit none{0, 0};
        setrlimit(RLIMIT_AS, &none);
        throw std::bad_alloc{};
    });
    CHECK(error.code == ledger::Code::unavailable);
    CHECK(error.reason == "ledger-unreachable");
}

// The sanitizers end a process that is refused memory.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

TEST_CASE("a child that is refused memory says so, also where it has given back what it held") {
    const auto error = failure_of([]() -> std::string {
        constexpr std::size_t room = std::size_t{512} << 20U;
        rlimit limit{room, room};
        setrlimit(RLIMIT_AS, &limit);
        std::vector<std::string> held;
        for (;;) held.emplace_back(std::size_t{1} << 20U, 'x');
    });
    CHECK(error.code == ledger::Code::unavailable);
    CHECK(error.reason == "ledger-unreachable");
}

TEST_CASE("a child that is refused a large block where there is room met a damaged length") {
    const auto error =
        failure_of([]() -> std::string { return std::string(std::size_t{1} << 60U, 'x'); });
    CHECK(error.code == ledger::Code::corrupt);
}

#endif

TEST_CASE("a child that cannot open its files says nothing of the ledger") {
    rlimit before{};
    getrlimit(RLIMIT_NOFILE, &before);
    auto result = memfd_create("a", 0);
    const rlimit few{static_cast<rlim_t>(result) + 3, before.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
    const auto error = failure_of([] { return std::string{"seen"}; });
    setrlimit(RLIMIT_NOFILE, &before);
    close(result);
    CHECK(error.code == ledger::Code::unavailable);
    CHECK(error.reason == "ledger-unreachable");
}

TEST_CASE("a child that asks for more than anybody has met a damaged length") {
    const auto error = failure_of([]() -> std::string { throw std::bad_alloc{}; });
    CHECK(error.code == ledger::Code::corrupt);
    CHECK(error.detail.find("out of memory") != std::string::npos);
}

TEST_CASE("a child that gets no thread says nothing of the ledger") {
    const auto error = failure_of([]() -> std::string {
        throw std::system_error{std::make_error_code(std::errc::resource_unavailable_try_again)};
    });
    CHECK(error.code == ledger::Code::unavailable);
}
