#include "commands/plan_judgement.hpp"

#include "commands/judge_folder.hpp"
#include "commands/secret_search.hpp"
#include "ledger/checked_reader.hpp"
#include "ledger/clean.hpp"
#include "ledger/spelling_variants.hpp"
#include "ledger/stream_records.hpp"
#include "migrations/directives.hpp"
#include "migrations/rules/diagnose.hpp"
#include "migrations/secrets.hpp"

#include <algorithm>
#include <iterator>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::GateVerdict;
using ledger::Result;
using migrations::Diagnostic;
using migrations::Migration;
using migrations::Script;
using migrations::Severity;

namespace {

constexpr std::size_t path_bytes_max = 4'096;
constexpr std::size_t reason_bytes_max = 500;
// A stored line has 16 KiB. What a script of thousands of statements has more, validate tells; what
// weighs most is kept, and advice is not.
constexpr std::size_t finding_bytes_max = 9'000;
constexpr std::size_t entry_bytes = 100;  // of one, beside its texts

bool stands(const JudgedFinding& finding) {
    return finding.severity == Severity::error && !finding.accepted_because &&
           !finding.concerns_down;
}

template <class Finding>
std::string place_of(const Finding& finding) {
    return std::string{finding.file} +
           (finding.line == 0 ? "" : ":" + std::to_string(finding.line));
}

Result<GateVerdict> rules_gate(const PlanJudgement& judgement) {
    std::size_t accepted = 0;
    for (const auto& [version, findings] : judgement.findings)
        for (const JudgedFinding& finding : findings) {
            if (finding.accepted_because) ++accepted;
            if (!stands(finding)) continue;
            const std::string accept =
                migrations::rules::is_acceptable(finding.rule)
                    ? "; to accept it: -- varve: allow " + finding.rule + " reason=\"...\""
                    : "; it cannot be accepted, only corrected";
            return fail(Code::refused, "validation-refused",
                        place_of(finding) + ": " + *finding.message + " (" + finding.rule + ")",
                        "varve validate shows them all" + accept);
        }
    return GateVerdict{
        "rules", true,
        accepted == 0 ? "no error" : "no error; " + std::to_string(accepted) + " accepted"};
}

// Of a way back that is not read it is not known.
bool is_of_present_down(const ledger::MigrationTested& tested, const Migration& migration) {
    if (tested.suite != ledger::TestSuite::rollback) return true;
    if (!migration.down) return !tested.down;
    return migration.down->is_unread || tested.down == migration.down->digest;
}

const Migration* find_in(const migrations::Folder& folder, const ledger::Version& version) {
    const auto found = std::find_if(folder.migrations.begin(), folder.migrations.end(),
                                    [&](const Migration& each) { return each.version == version; });
    return found == folder.migrations.end() ? nullptr : &*found;
}

// The newest of each suite counts, and only of the scripts as they are.
Result<std::set<std::string>> passed_suites(const ledger::Reader& reader, const Step& step,
                                            const Migration* migration) {
    std::set<std::string> passed;
    const ledger::CheckedReader checked{reader};
    const auto read = ledger::for_each_record(
        checked, ledger::migration_stream(step.entry.version), [&](const ledger::Record& record) {
            const auto* tested = std::get_if<ledger::MigrationTested>(&record.data);
            if (tested == nullptr || tested->up != step.entry.digest) return;
            if (migration != nullptr && !is_of_present_down(*tested, *migration)) return;
            const std::string suite = ledger::hyphenated(tested->suite);
            if (tested->passed)
                passed.insert(suite);
            else
                passed.erase(suite);
        });
    if (!read) return fail(read.error());
    return passed;
}

// Which the rollback suite has nothing to try of, however often it is asked to.
bool has_no_way_back(const Migration* migration) {
    return migration != nullptr && !migration->down &&
           !migrations::read_directives(migration->up.bytes, migration->up.path, 1).irreversible;
}

// "\"rollback\", \"schema\"", and the options of varve test that try them.
struct MissingSuites {
    std::string names;
    std::string options;
};

ledger::Error test_missing(const Plan& plan, const Step& step, const Migration* migration,
                           const std::set<std::string>& suites) {
    MissingSuites missing;
    for (const std::string& suite : suites) {
        missing.names += (missing.names.empty() ? "\"" : ", \"") + suite + "\"";
        missing.options += " --" + suite;
    }
    const bool needs_down = suites.contains("rollback") && has_no_way_back(migration);
    return {Code::refused, "test-missing",
            step.entry.path + " has not passed the suite" + (suites.size() == 1 ? " " : "s ") +
                missing.names + " as it is now, and \"" + plan.target.name + "\" requires " +
                (suites.size() == 1 ? "it" : "them") +
                (needs_down ? "; it has no down script that \"rollback\" could try" : ""),
            (needs_down ? "write its down script, or into " + step.entry.path +
                              ": -- varve: irreversible reason=\"...\"; then varve test"
                        : std::string{"varve test"}) +
                missing.options};
}

Result<GateVerdict> tests_gate(const Plan& plan, const migrations::Folder& folder,
                               const std::set<std::string>& suites, const ledger::Reader& reader) {
    for (const Step& step : plan.steps) {
        const Migration* migration = find_in(folder, step.entry.version);
        const auto passed = passed_suites(reader, step, migration);
        if (!passed) return fail(passed.error());
        std::set<std::string> missing;
        std::set_difference(suites.begin(), suites.end(), passed->begin(), passed->end(),
                            std::inserter(missing, missing.end()));
        if (!missing.empty()) return fail(test_missing(plan, step, migration, missing));
    }
    std::string all;
    for (const std::string& suite : suites) all += (all.empty() ? "" : ", ") + suite;
    return GateVerdict{"tests", true, "passed: " + all};
}

ledger::FindingSeverity recorded(Severity severity) {
    return static_cast<ledger::FindingSeverity>(severity);
}

std::optional<std::string> reason_of(const JudgedFinding& finding) {
    if (!finding.accepted_because) return std::nullopt;
    return ledger::clean(*finding.accepted_because, reason_bytes_max);
}

// What is accepted, then errors, then warnings, each in the order of the script.
std::vector<const JudgedFinding*> by_weight(const std::vector<JudgedFinding>& findings) {
    std::vector<const JudgedFinding*> sorted;
    for (const JudgedFinding& finding : findings)
        if (finding.severity != Severity::note || finding.accepted_because)
            sorted.push_back(&finding);
    const auto weight = [](const JudgedFinding* finding) {
        return std::pair{!finding->accepted_because, finding->severity};
    };
    std::stable_sort(sorted.begin(), sorted.end(), [&](const auto* left, const auto* right) {
        return weight(left) < weight(right);
    });
    return sorted;
}

bool is_kept(const RegisteredMigrations& registered, const Migration& migration,
             const Script& script) {
    const auto found = registered.find(migration.version);
    if (found == registered.end()) return false;
    return found->second.up.digest == script.digest ||
           (found->second.down && found->second.down->digest == script.digest);
}

std::string_view path_of(const Diagnostic& finding, const Migration& migration) {
    return migration.down && finding.file == migration.down->path
               ? std::string_view{migration.down->path}
               : std::string_view{migration.up.path};
}

JudgedFinding shortened(const Diagnostic& finding, const Migration& migration) {
    JudgedFinding kept{finding.severity, finding.concerns_down, finding.line,
                       finding.column,   finding.rule,          path_of(finding, migration)};
    if (finding.accepted_because) kept.accepted_because = *finding.accepted_because;
    if (stands(kept)) kept.message = finding.message;
    return kept;
}

}  // namespace

std::vector<JudgedFinding> findings_of(const JudgedMigration& judged) {
    std::vector<JudgedFinding> kept;
    kept.reserve(judged.findings.size());
    for (const Diagnostic& finding : judged.findings)
        kept.push_back(shortened(finding, *judged.migration));
    return kept;
}

PlanJudgement judge_plan(const Plan& plan, const migrations::Folder& folder,
                         const migrations::rules::Policy& policy,
                         const migrations::rules::InitialSettings& initial_settings,
                         const ServerFacts* facts) {
    PlanJudgement judgement;
    judgement.server_version = facts == nullptr ? "15" : facts->version;
    if (plan.steps.empty()) return judgement;
    std::set<ledger::Version> planned;
    for (const Step& step : plan.steps) planned.insert(step.entry.version);
    JudgeRequest request{facts == nullptr ? 150'000 : facts->version_number, policy, {}};
    request.leaves_out_notes = true;  // they are neither recorded nor told
    request.initial_settings = initial_settings;
    request.is_applied = [&](const Migration& migration) {
        return !planned.contains(migration.version);
    };
    judge_folder(folder, request, [&](const JudgedMigration& judged) {
        judgement.findings.emplace(judged.migration->version, findings_of(judged));
    });
    return judgement;
}

Result<void> check_secrets(const std::vector<const Migration*>& migrations,
                           const RegisteredMigrations& registered) {
    for (const Migration* migration : migrations)
        for (const Script* script :
             {&migration->up, migration->down ? &*migration->down : nullptr}) {
            if (script == nullptr || is_kept(registered, *migration, *script)) continue;
            for (const Diagnostic& secret : migrations::diagnose_secrets(*script))
                if (!secret.accepted_because)
                    return fail(Code::refused, "secret-in-script",
                                place_of(secret) + ": " + secret.message, secret.help.back());
        }
    return {};
}

Result<std::vector<GateVerdict>> pass_judgement(const Plan& plan, const migrations::Folder& folder,
                                                const RegisteredMigrations& registered,
                                                const PlanJudgement& judgement,
                                                const std::set<std::string>& required,
                                                const ledger::Reader& reader) {
    std::vector<GateVerdict> gates;
    if (plan.steps.empty()) return gates;
    std::vector<const Migration*> planned;
    for (const Migration& migration : folder.migrations)
        if (judgement.findings.contains(migration.version)) planned.push_back(&migration);
    if (auto clean = check_secrets(still_to_search(planned, judgement), registered); !clean)
        return fail(clean.error());
    if (required.empty()) return gates;
    std::set<std::string> suites = required;
    if (suites.erase("validate") > 0) {
        auto verdict = rules_gate(judgement);
        if (!verdict) return fail(verdict.error());
        gates.push_back(std::move(*verdict));
    }
    if (suites.empty()) return gates;
    auto verdict = tests_gate(plan, folder, suites, reader);
    if (!verdict) return fail(verdict.error());
    gates.push_back(std::move(*verdict));
    return gates;
}

std::optional<std::string> note_on_rules(const PlanJudgement& judgement,
                                         const std::set<std::string>& required) {
    if (required.contains("validate")) return std::nullopt;
    std::size_t count = 0;
    const JudgedFinding* first = nullptr;
    for (const auto& [version, findings] : judgement.findings)
        for (const JudgedFinding& finding : findings)
            if (stands(finding) && ++count == 1) first = &finding;
    if (first == nullptr) return std::nullopt;
    const std::string found = count == 1 ? "an error" : std::to_string(count) + " errors";
    return "the rules find " + found + ", " + (count == 1 ? "" : "first ") + first->rule + " in " +
           place_of(*first) +
           "; \"validate\" is not required here, so that stops nothing (varve validate tells more)";
}

std::vector<ledger::Event> validation_events(const Migration& migration,
                                             const std::vector<JudgedFinding>& findings,
                                             const std::string& server_version) {
    ledger::MigrationValidated validated;
    validated.version = migration.version;
    validated.up = migration.up.digest;
    if (migration.down) validated.down = migration.down->digest;
    validated.rule_set = migrations::rules::rule_set_version;
    validated.server_version = server_version;
    std::vector<ledger::Event> accepted;
    std::size_t bytes = 0;
    for (const JudgedFinding* finding : by_weight(findings)) {
        const auto because = reason_of(*finding);
        const std::string path = ledger::clean(finding->file, path_bytes_max);
        bytes += entry_bytes + finding->rule.size() + path.size() + because.value_or("").size();
        if (bytes > finding_bytes_max) break;
        validated.findings.push_back({finding->rule, recorded(finding->severity), path,
                                      finding->line, finding->column, because});
        if (!because) continue;
        const bool is_up = finding->file == migration.up.path || !migration.down;
        accepted.emplace_back(ledger::FindingAccepted{
            migration.version, is_up ? migration.up.digest : migration.down->digest, finding->rule,
            path, finding->line, *because});
    }
    std::vector<ledger::Event> events{std::move(validated)};
    events.insert(events.end(), accepted.begin(), accepted.end());
    return events;
}

}  // namespace commands
