#include "commands/test_bench.hpp"

#include <algorithm>

namespace commands {

using ledger::fail;
using ledger::Result;
using ledger::TestSuite;
using migrations::Diagnostic;
using migrations::Migration;

namespace {

constexpr std::size_t errors_told_max = 5;

// How far the folder came on an empty database.
struct FromEmpty {
    std::size_t count{};  // that were applied
    std::string why;      // the next one was not
};

Result<FromEmpty> apply_from_empty(Shadow& shadow, const TestOrder& order) {
    FromEmpty answer;
    RehearsalOrder rehearsal{{}, {}, false, true};
    rehearsal.encoding = order.encoding;
    auto database = shadow.open(rehearsal);
    if (!database) return fail(database.error());
    for (const Migration* migration : order.from_empty) {
        if (order.tell) order.tell("schema  from empty: " + migration->version.text);
        auto rehearsed = (*database)->rehearse(migration->up, Ending::kept);
        if (!rehearsed) return fail(rehearsed.error());
        if (auto why = failure_text(*rehearsed)) {
            answer.why = std::move(*why);
            break;
        }
        ++answer.count;
    }
    return answer;
}

bool concerns(const Diagnostic& finding, const Migration& migration) {
    return finding.file == migration.up.path ||
           (migration.down && finding.file == migration.down->path) ||
           (migration.verify && finding.file == migration.verify->path);
}

void check_rules(const TestOrder& order, const Migration& migration, Testing& testing) {
    std::vector<std::string> errors;
    for (const Diagnostic& finding : order.findings)
        if (finding.severity == migrations::Severity::error && !finding.accepted_because &&
            concerns(finding, migration))
            errors.push_back(finding.file + ":" + std::to_string(finding.line) + ": " +
                             finding.rule + ": " + finding.message);
    if (errors.size() > errors_told_max) {
        const std::size_t more = errors.size() - errors_told_max;
        errors.resize(errors_told_max);
        errors.push_back("and " + std::to_string(more) + " more: varve validate");
    }
    testing.check("rules", errors);
}

void check_from_empty(const TestOrder& order, const FromEmpty& from_empty,
                      const Migration& migration, Testing& testing) {
    const auto& all = order.from_empty;
    const auto place = std::find(all.begin(), all.end(), &migration);
    if (place == all.end()) return;  // a baseline stands for it on an empty database
    const auto index = static_cast<std::size_t>(place - all.begin());
    if (index < from_empty.count) return testing.check(up_from_empty, true);
    testing.check(up_from_empty, false,
                  index == from_empty.count ? from_empty.why
                                            : all[from_empty.count]->version.text +
                                                  " before it fails: " + from_empty.why);
}

Result<void> check_from_present(TestBench& bench, const TestOrder& order, std::size_t index,
                                Testing& testing) {
    constexpr const char* name = "up from the target's present";
    auto database = bench.at(index);
    if (!database) return fail(database.error());
    if (*database == nullptr) {
        testing.check(name, false, bench.failed_before(index).value_or(""));
        return {};
    }
    const auto before = (*database)->catalog();
    if (!before) return fail(before.error());
    testing.before(*before);
    const auto rehearsed = (*database)->rehearse(order.chain[index]->up, Ending::kept);
    if (!rehearsed) return fail(rehearsed.error());
    testing.ran(*rehearsed);
    if (const auto why = failure_text(*rehearsed)) {
        testing.check(name, false, *why);
        bench.failed(index, *why);
        bench.spoil();
        return {};
    }
    testing.check(name, true, not_run_text(*rehearsed));
    bench.moved_to(index + 1);
    const auto after = (*database)->catalog();
    if (!after) return fail(after.error());
    testing.after(*after);
    return {};
}

}  // namespace

Result<SuiteResults> test_schema(Shadow& shadow, const TestOrder& order) {
    const auto from_empty = apply_from_empty(shadow, order);
    if (!from_empty) return fail(from_empty.error());
    TestBench bench{shadow, order};
    return test_each(order, shadow, TestSuite::schema,
                     [&](std::size_t index, const Migration& migration, Testing& testing) {
                         check_rules(order, migration, testing);
                         check_from_empty(order, *from_empty, migration, testing);
                         return order.history_is_of_target
                                    ? check_from_present(bench, order, index, testing)
                                    : Result<void>{};
                     });
}

}  // namespace commands
