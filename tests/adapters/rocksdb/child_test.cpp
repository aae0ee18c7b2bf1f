#include "adapters/rocksdb/child.hpp"

#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <new>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <system_error>

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
