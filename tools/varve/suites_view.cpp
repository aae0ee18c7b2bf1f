#include "tools/varve/suites_view.hpp"

#include "commands/rehearsal.hpp"
#include "ledger/spelling_variants.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/time_text.hpp"

#include <algorithm>
#include <string_view>

namespace tools::varve {

using commands::SuiteResult;
using ledger::TestCheck;

namespace {

struct Sum {
    std::size_t check_count{};
    std::size_t failure_count{};
    std::size_t skipped_count{};
    std::size_t blocked_count{};
    std::size_t lacking_count{};  // skipped, and required
};

bool is_lacking(const Tested& tested, const SuiteResult& result) {
    return result.skipped && tested.required.contains(suite_name(result.tested.suite));
}

void add(const std::vector<TestCheck>& checks, Sum& sum) {
    sum.check_count += checks.size();
    for (const TestCheck& check : checks) sum.failure_count += check.passed ? 0 : 1;
}

Sum sum_of(const Tested& tested) {
    Sum sum;
    for (const SuiteResult& result : tested.results) {
        add(result.tested.checks, sum);
        sum.skipped_count += result.skipped ? 1 : 0;
        sum.blocked_count += result.is_blocked ? 1 : 0;
        sum.lacking_count += is_lacking(tested, result) ? 1 : 0;
    }
    if (tested.integrity) add(tested.integrity->checks, sum);
    return sum;
}

void add_rows(const Console& console, const std::string& suite,
              const std::vector<TestCheck>& checks, Table& table) {
    for (const TestCheck& check : checks)
        table.push_back({"  " + suite,
                         check.passed ? console.paint(Colour::green, "pass")
                                      : console.paint(Colour::red, "FAIL"),
                         check.name + (check.detail.empty() ? "" : ": " + check.detail)});
}

void print_migration(const Console& console, const Tested& tested,
                     const migrations::Migration& migration) {
    Table table;
    for (const SuiteResult& result : tested.results) {
        if (result.tested.version != migration.version) continue;
        const std::string suite = suite_name(result.tested.suite);
        add_rows(console, suite, result.tested.checks, table);
        if (!result.skipped) continue;
        const bool is_required = is_lacking(tested, result);
        table.push_back(
            {"  " + suite, console.paint(is_required ? Colour::red : Colour::yellow, "skip"),
             *result.skipped +
                 (is_required ? "; \"" + tested.environment + "\" requires this suite" : "")});
    }
    if (table.empty()) return;
    console.line(console.paint(Colour::bold, migration.version.text) + "  " + migration.name);
    console.lines(align(table));
}

Json checks_json(const std::vector<TestCheck>& checks) {
    Json all = Json::array();
    for (const TestCheck& check : checks)
        all.push_back({{"name", check.name}, {"passed", check.passed}, {"detail", check.detail}});
    return all;
}

Json to_json(const SuiteResult& result, bool is_required) {
    const ledger::MigrationTested& tested = result.tested;
    return {{"version", tested.version.text},
            {"suite", suite_name(tested.suite)},
            {"passed", tested.passed && !result.is_blocked && !(result.skipped && is_required)},
            {"skipped", optional_json(result.skipped)},
            {"blocked", result.is_blocked},
            {"required", is_required},
            {"checks", checks_json(tested.checks)},
            {"schema_before", digest_json(tested.schema_before)},
            {"schema_after", digest_json(tested.schema_after)},
            {"server_version", tested.server_version},
            {"elapsed_us", tested.elapsed_us}};
}

}  // namespace

bool has_passed(const Tested& tested) {
    const Sum sum = sum_of(tested);
    return sum.failure_count == 0 && sum.blocked_count == 0 && sum.lacking_count == 0;
}

bool misses_something(const Tested& tested) {
    constexpr std::string_view before = "(SQLSTATE ";
    constexpr std::size_t length = 5;
    const auto misses = [&](const TestCheck& check) {
        const auto at = check.detail.rfind(before);
        return !check.passed && check.name != commands::up_from_empty && at != std::string::npos &&
               commands::is_absence(
                   std::string_view{check.detail}.substr(at + before.size(), length));
    };
    return std::any_of(tested.results.begin(), tested.results.end(), [&](const SuiteResult& each) {
        return std::any_of(each.tested.checks.begin(), each.tested.checks.end(), misses);
    });
}

void print(const Console& console, const Tested& tested) {
    for (const migrations::Migration* migration : tested.migrations)
        print_migration(console, tested, *migration);
    if (tested.integrity) {
        Table table;
        add_rows(console, "integrity", tested.integrity->checks, table);
        console.line(console.paint(Colour::bold, tested.integrity->target.name) + "  the data, " +
                     duration_text(tested.integrity->elapsed_us));
        console.lines(align(table));
    }
    const Sum sum = sum_of(tested);
    console.line((has_passed(tested)      ? console.paint(Colour::green, "PASSED")
                  : sum.failure_count > 0 ? console.paint(Colour::red, "FAILED")
                                          : console.paint(Colour::red, "NOT TESTED")) +
                 "  " + counted(tested.migrations.size(), "migration") + ", " +
                 counted(sum.check_count, "check") + ", " + std::to_string(sum.failure_count) +
                 " failed, " + std::to_string(sum.skipped_count) + " skipped");
}

Json to_json(const Tested& tested) {
    Json json;
    json["passed"] = has_passed(tested);
    json["results"] = Json::array();
    for (const SuiteResult& result : tested.results)
        json["results"].push_back(
            to_json(result, tested.required.contains(suite_name(result.tested.suite))));
    json["integrity"] = nullptr;
    if (tested.integrity)
        json["integrity"] = {{"target", tested.integrity->target.name},
                             {"passed", tested.integrity->passed},
                             {"checks", checks_json(tested.integrity->checks)},
                             {"elapsed_us", tested.integrity->elapsed_us}};
    return json;
}

std::string suite_name(ledger::TestSuite suite) { return ledger::hyphenated(suite); }

}  // namespace tools::varve
