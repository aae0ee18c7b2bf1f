#include "commands/record_tests.hpp"

#include "commands/registration.hpp"

#include <algorithm>
#include <utility>

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t drafts_per_append_max = 200;

bool has_result(const SuiteResults& results, const migrations::Migration& migration) {
    return std::any_of(results.begin(), results.end(), [&](const SuiteResult& result) {
        return !result.skipped && result.tested.version == migration.version;
    });
}

// What was applied is not revised by a test of what its file says now.
bool is_changed(const RegisteredMigrations& registered, const migrations::Migration& migration) {
    const auto found = registered.find(migration.version);
    return found != registered.end() && !found->second.applied_on.empty() &&
           migration.kind != ledger::MigrationKind::repeatable &&
           found->second.up.digest != migration.up.digest;
}

bool is_among(const std::vector<ledger::Version>& versions, const ledger::Version& version) {
    return std::find(versions.begin(), versions.end(), version) != versions.end();
}

}  // namespace

Result<TestsRecorded> record_tests(Journal& journal, const RegisteredMigrations& registered,
                                   const TestRecord& record) {
    TestsRecorded recorded;
    Migrations with_results;
    for (const migrations::Migration* migration : record.tested) {
        if (!has_result(record.results, *migration)) continue;
        if (is_changed(registered, *migration))
            recorded.changed.push_back(migration->version);
        else
            with_results.push_back(migration);
    }
    if (auto kept = register_migrations(journal, with_results, record.layout, registered,
                                        &record.judgement);
        !kept)
        return fail(kept.error());
    std::vector<ledger::Draft> drafts;
    const auto send = [&]() -> Result<void> {
        if (drafts.empty()) return {};
        recorded.count += drafts.size();
        return journal.append_registrations(std::exchange(drafts, {}), {}, {});
    };
    for (const SuiteResult& result : record.results) {
        if (result.skipped || is_among(recorded.changed, result.tested.version)) continue;
        drafts.push_back({ledger::migration_stream(result.tested.version), journal.new_id(),
                          result.tested, std::nullopt});
        if (drafts.size() == drafts_per_append_max)
            if (auto sent = send(); !sent) return fail(sent.error());
    }
    if (auto sent = send(); !sent) return fail(sent.error());
    if (record.integrity) {
        if (auto sent = journal.append({*record.integrity}); !sent) return fail(sent.error());
        ++recorded.count;
    }
    return recorded;
}

}  // namespace commands
