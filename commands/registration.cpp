#include "commands/registration.hpp"

#include "commands/same_text.hpp"
#include "commands/secret_search.hpp"
#include "ledger/clean.hpp"

#include <deque>
#include <future>
#include <map>
#include <utility>

namespace commands {

using ledger::Content;
using ledger::ContentReference;
using ledger::Result;
using migrations::Migration;

namespace {

constexpr std::size_t registered_per_append_max = 200;
constexpr std::size_t batches_ahead_max = 1;

struct Batch {
    std::vector<ledger::Draft> drafts;
    std::vector<Content> contents;
    std::vector<ledger::Expectation> expectations;
};

ContentReference keep(const migrations::Script& script, std::vector<Content>& contents) {
    contents.push_back({script.bytes, "sql"});
    return {script.digest, script.bytes.size(), "sql"};
}

std::optional<ContentReference> keep_down(const Migration& migration,
                                          std::vector<Content>& contents) {
    if (!migration.down) return std::nullopt;
    return keep(*migration.down, contents);
}

ledger::Event first_seen(const Migration& migration, const std::string& layout, Batch& batch) {
    return ledger::MigrationRegistered{migration.version,
                                       migration.name,
                                       layout,
                                       migration.kind,
                                       ledger::clean(migration.up.path, 4096),
                                       keep(migration.up, batch.contents),
                                       keep_down(migration, batch.contents),
                                       migration.author};
}

// A down script whose file is gone is kept with the text that it undoes, and with no other.
bool has_same_up(const Migration& migration, const projections::Registered& known) {
    return migration.up.digest == known.up.digest ||
           is_same_text(migration.up.bytes, known.up.digest);
}

std::optional<ledger::ContentReference> down_of(const Migration& migration,
                                                const projections::Registered& known,
                                                Batch& batch) {
    if (migration.down) return keep_down(migration, batch.contents);
    return has_same_up(migration, known) ? known.down : std::nullopt;
}

ledger::Event revised(const Migration& migration, const projections::Registered& known,
                      Batch& batch) {
    return ledger::MigrationRevised{migration.version,
                                    known.up.digest,
                                    migration.name,
                                    ledger::clean(migration.up.path, 4096),
                                    keep(migration.up, batch.contents),
                                    down_of(migration, known, batch)};
}

bool same(const Migration& migration, const projections::Registered& known) {
    if (known.up.digest != migration.up.digest) return false;
    if (!migration.down) return true;
    return known.down && known.down->digest == migration.down->digest;
}

void add(Journal& journal, const Migration& migration, const std::string& layout,
         const RegisteredMigrations& registered, const PlanJudgement* judgement, Batch& batch) {
    const auto found = registered.find(migration.version);
    const bool known = found != registered.end();
    if (known && same(migration, found->second)) return;
    const std::string stream = ledger::migration_stream(migration.version);
    batch.expectations.push_back({stream, known ? found->second.stream_version : 0});
    batch.drafts.push_back(
        {stream, journal.new_id(),
         known ? revised(migration, found->second, batch) : first_seen(migration, layout, batch),
         std::nullopt});
    if (judgement == nullptr) return;
    const auto judged = judgement->findings.find(migration.version);
    if (judged == judgement->findings.end()) return;
    for (auto& event : validation_events(migration, judged->second, judgement->server_version))
        batch.drafts.push_back({stream, journal.new_id(), std::move(event), std::nullopt});
}

// Batches that are written while the next one is put together.
class Sending {
public:
    explicit Sending(Journal& journal) : journal_{journal} {}

    Result<void> send(Batch& batch) {
        if (batch.drafts.empty()) return {};
        Batch full = std::exchange(batch, {});
        batch.drafts.reserve(full.drafts.size());
        sent_.push_back(journal_.submit_registrations(
            std::move(full.drafts), std::move(full.contents), std::move(full.expectations)));
        return wait(batches_ahead_max);
    }

    // Until so many are not on disk yet.
    Result<void> wait(std::size_t count_max) {
        while (sent_.size() > count_max) {
            const auto done = sent_.front().get();
            sent_.pop_front();
            if (!done) return ledger::fail(done.error());
        }
        return {};
    }

private:
    Journal& journal_;
    std::deque<std::future<Result<ledger::Appended>>> sent_;
};

}  // namespace

Result<void> register_plan(Journal& journal, const Plan& plan, const migrations::Folder& folder,
                           const RegisteredMigrations& registered, const PlanJudgement* judgement) {
    std::map<ledger::Version, const Migration*> by_version;
    for (const Migration& migration : folder.migrations) by_version[migration.version] = &migration;
    std::vector<const Migration*> planned;
    for (const Step& step : plan.steps)
        if (const auto found = by_version.find(step.entry.version);
            found != by_version.end() && !step.kept)
            planned.push_back(found->second);
    return register_migrations(journal, planned, folder.layout, registered, judgement);
}

Result<void> register_migrations(Journal& journal, const std::vector<const Migration*>& migrations,
                                 const std::string& layout, const RegisteredMigrations& registered,
                                 const PlanJudgement* judgement) {
    const auto unsearched =
        judgement == nullptr ? migrations : still_to_search(migrations, *judgement);
    if (auto clean = check_secrets(unsearched, registered); !clean) return clean;
    Batch batch;
    Sending sending{journal};
    for (const Migration* migration : migrations) {
        add(journal, *migration, layout, registered, judgement, batch);
        if (batch.drafts.size() < registered_per_append_max) continue;
        if (auto sent = sending.send(batch); !sent) return sent;
    }
    if (auto sent = sending.send(batch); !sent) return sent;
    return sending.wait(0);
}

std::optional<ledger::Event> target_registration(const projections::TargetState& state,
                                                 const ServerFacts& facts,
                                                 const TargetRequest& request) {
    const projections::DatabaseIdentity now{facts.database, facts.system_identifier,
                                            facts.database_oid, facts.version,
                                            request.marker_schema};
    if (state.database && *state.database == now) return std::nullopt;
    return ledger::TargetRegistered{request.target,   now.database,       now.system_identifier,
                                    now.database_oid, now.server_version, now.marker_schema};
}

}  // namespace commands
