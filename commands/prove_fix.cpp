#include "commands/prove_fix.hpp"

#include "migrations/kept_script.hpp"
#include "migrations/rules/edited.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <string_view>

namespace commands {

using ledger::fail;
using ledger::Result;
using migrations::Diagnostic;
using migrations::SuggestedEdit;

namespace {

// Relations that are rewritten, indexes that are built.
std::size_t writes_of(const MeasuredStatement& statement) {
    const auto builds = std::count_if(statement.new_files.begin(), statement.new_files.end(),
                                      [](const auto& file) { return file.second == 'i'; });
    return statement.rewritten.size() + statement.reindexed.size() +
           static_cast<std::size_t>(builds);
}

std::size_t work_of(const MeasuredStatement& statement) {
    std::size_t work = writes_of(statement);
    for (const auto& [relation, scan] : statement.scans) work += scan.count > 0 ? scan.count : 1;
    return work;
}

// What a script takes away of what was there before it.
std::set<RelationName> dropped_by(const RehearsedScript& script) {
    std::set<RelationName> made;
    std::set<RelationName> dropped;
    for (const MeasuredStatement& statement : script.statements) {
        const auto& kept = statement.index_files_reused;
        for (const RelationName& name : statement.dropped)
            if (!made.contains(name) && std::find(kept.begin(), kept.end(), name) == kept.end())
                dropped.insert(name);
        for (const auto& [name, kind] : statement.new_files) made.insert(name);
    }
    return dropped;
}

// A weaker lock does not make up for work that the script as it is spares its tables: it may do
// nothing, where what it makes is there.
std::string more_than(const RehearsedScript& before, const RehearsedScript& after) {
    const auto dropped = dropped_by(before);
    for (const RelationName& name : dropped_by(after))
        if (!dropped.contains(name)) return "it would drop " + to_text(name);
    const auto sum = [](const RehearsedScript& script, auto of) {
        return std::accumulate(script.statements.begin(), script.statements.end(), std::size_t{},
                               [&](std::size_t all, const auto& each) { return all + of(each); });
    };
    if (sum(after, writes_of) > sum(before, writes_of)) return "it would build or write more";
    if (sum(before, work_of) == 0 && sum(after, work_of) > 0)
        return "it would read a table whole, which the script as it is does not";
    return "";
}

Burden burden(const Burdens& burdens, const RelationName& relation) {
    const auto found = burdens.find(relation);
    return found == burdens.end() ? Burden{} : found->second;
}

// The strongest lock that is at most so strong.
std::string named(const Burden& burden, LockMode at_most = LockMode::access_exclusive) {
    const auto found = burden.work.lower_bound(at_most);
    return std::string{words(found == burden.work.end() ? LockMode::access_share : found->first)};
}

// The strongest lock by which the one is heavier than the other; nothing where it is not. Below a
// lock that keeps others waiting, what is done does not matter.
std::optional<LockMode> heavier_by(const Burden& left, const Burden& right) {
    constexpr std::array keeping_waiting{LockMode::access_exclusive, LockMode::exclusive,
                                         LockMode::share_row_exclusive, LockMode::share};
    for (const LockMode mode : keeping_waiting) {
        const auto one = left.work.find(mode);
        const auto other = right.work.find(mode);
        const bool is_held = one != left.work.end();
        if (is_held != (other != right.work.end()))
            return is_held ? std::optional{mode} : std::nullopt;
        if (!is_held || one->second == other->second) continue;
        return one->second > other->second ? std::optional{mode} : std::nullopt;
    }
    return std::nullopt;
}

void leave_out(Diagnostic& finding, const std::string& why) {
    finding.fix.reset();
    finding.help.push_back("no fix is offered, since it could not be proven: " + why);
}

bool changes_something(const migrations::Statement& statement) {
    constexpr std::array<std::string_view, 4> reading{"select", "show", "variable-set",
                                                      "set-constraints"};
    return statement.control == migrations::Control::none && !statement.session_setting &&
           std::find(reading.begin(), reading.end(), statement.kind) == reading.end();
}

// What runs as one would run statement by statement, and be half done where one of them fails.
bool is_taken_apart(const migrations::Script& before, const migrations::Script& after) {
    using migrations::TransactionMode;
    return before.mode == TransactionMode::one && after.mode == TransactionMode::none &&
           std::count_if(before.statements.begin(), before.statements.end(), changes_something) > 1;
}

void leave_whole(Diagnostic& finding) {
    finding.fix.reset();
    finding.help.push_back(
        "no fix is offered, since the file's other statements would no longer be one transaction");
}

// Of a file with several sections the script is one; its findings may be of the others.
bool lies_in(const migrations::Script& script, const migrations::SuggestedFix& fix) {
    const std::string& text = script.file_text();
    const auto lines = std::count(text.begin(), text.end(), '\n');
    const std::uint32_t last = script.first_line + static_cast<std::uint32_t>(lines);
    return std::all_of(fix.edits.begin(), fix.edits.end(), [&](const SuggestedEdit& edit) {
        return edit.line >= script.first_line && edit.end_line <= last;
    });
}

// ": " and what the server says.
std::string failure_of(const RehearsedScript& script) {
    for (const MeasuredStatement& statement : script.statements)
        if (statement.failure) return ": " + statement.failure->message;
    return script.commit_failure ? ": " + script.commit_failure->message : std::string{};
}

// What its file or its tool says of transactions stays said.
migrations::Script same_script(const migrations::Script& script, const std::string& text) {
    migrations::Script other = migrations::kept_script(script.path, text);
    if (!script.mode_declared) return other;
    other.mode = script.mode;
    other.mode_cause = script.mode_cause;
    other.mode_declared = true;
    return other;
}

std::string first_difference(const CatalogText& before, const CatalogText& after) {
    for (const auto& [name, text] : before.objects) {
        const auto found = after.objects.find(name);
        if (found == after.objects.end()) return name + " would be missing";
        if (found->second != text) return name + " would be another";
    }
    for (const auto& [name, text] : after.objects)
        if (!before.objects.contains(name)) return name + " would be there as well";
    return "the catalogs differ";
}

}  // namespace

Burdens burdens_of(const RehearsedScript& script) {
    Burdens burdens;
    for (const MeasuredStatement& statement : script.statements)
        for (const RelationLock& lock : statement.locks) {
            if (lock.is_new) continue;
            burdens[lock.relation].work[lock.mode] += work_of(statement);
        }
    return burdens;
}

Proof compare_burdens(const Burdens& before, const Burdens& after) {
    for (const auto& [relation, heavier] : after)
        if (const auto mode = heavier_by(heavier, burden(before, relation)))
            return {false, false,
                    "it would hold " + std::string{words(*mode)} + " on " + to_text(relation) +
                        ", and longer or stronger than before"};
    for (const auto& [relation, lighter] : before) {
        const Burden now = burden(after, relation);
        const auto mode = heavier_by(lighter, now);
        if (!mode) continue;
        const std::string lock = std::string{words(*mode)} + " on " + to_text(relation);
        const auto left = now.work.find(*mode);
        if (left != now.work.end() && left->second > 0)
            return {true, false, "less is read or built while " + lock + " is held"};
        if (left != now.work.end())
            return {true, false, lock + " is held for a moment, no longer while rows are read"};
        return {true, false, lock + " becomes " + named(now, *mode)};
    }
    return {false, true, "no lock would be weaker or shorter"};
}

Result<TriedForm> try_form(Shadow& shadow, const RehearsalOrder& order,
                           const migrations::Script& script) {
    auto database = shadow.open(order);
    if (!database) return fail(database.error());
    auto rehearsed = (*database)->rehearse(script, Ending::kept);
    if (!rehearsed) return fail(rehearsed.error());
    auto catalog = (*database)->catalog();
    if (!catalog) return fail(catalog.error());
    return TriedForm{std::move(*rehearsed), std::move(*catalog)};
}

Proof prove_fix(const TriedForm& before, const TriedForm& after) {
    if (before.script.failed)
        return {false, false, "the script fails as it is" + failure_of(before.script)};
    if (after.script.failed)
        return {false, false, "the script would fail" + failure_of(after.script)};
    if (before.catalog.digest != after.catalog.digest)
        return {false, false, first_difference(before.catalog, after.catalog)};
    if (const std::string more = more_than(before.script, after.script); !more.empty())
        return {false, false, more};
    return compare_burdens(burdens_of(before.script), burdens_of(after.script));
}

void leave_unproven(std::vector<Diagnostic>& findings, const std::string& file,
                    const std::string& why) {
    for (Diagnostic& finding : findings)
        if (finding.fix && finding.file == file) leave_out(finding, why);
}

Result<std::vector<SuggestedEdit>> prove_fixes(Shadow& shadow, const RehearsalOrder& order,
                                               const migrations::Script& script,
                                               std::vector<Diagnostic>& findings) {
    std::optional<TriedForm> current;
    std::vector<SuggestedEdit> accepted;
    for (Diagnostic& finding : findings) {
        if (!finding.fix || finding.file != script.path) continue;
        if (!lies_in(script, *finding.fix)) {
            leave_out(finding, "only what the way up does is tried");
            continue;
        }
        if (!current) {
            auto tried = try_form(shadow, order, script);
            if (!tried) return fail(tried.error());
            current = std::move(*tried);
        }
        std::vector<SuggestedEdit> edits = accepted;
        edits.insert(edits.end(), finding.fix->edits.begin(), finding.fix->edits.end());
        const auto text = migrations::rules::edited(script, edits);
        if (!text) {
            leave_out(finding, "another fix changes the same place");
            continue;
        }
        const migrations::Script fixed = same_script(script, *text);
        if (is_taken_apart(script, fixed)) {
            leave_whole(finding);
            continue;
        }
        auto tried = try_form(shadow, order, fixed);
        if (!tried) return fail(tried.error());
        const Proof proof = prove_fix(*current, *tried);
        if (proof.is_as_heavy) continue;
        if (!proof.is_proven) {
            leave_out(finding, proof.because);
            continue;
        }
        finding.fix->proven_because = proof.because;
        accepted = std::move(edits);
        current = std::move(*tried);
    }
    return accepted;
}

}  // namespace commands
