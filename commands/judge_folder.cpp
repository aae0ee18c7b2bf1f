#include "commands/judge_folder.hpp"

#include "migrations/encoding.hpp"
#include "migrations/layouts/layout.hpp"
#include "migrations/secrets.hpp"
#include "migrations/sql/split.hpp"
#include "migrations/sql/transaction.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

namespace commands {

using migrations::Diagnostic;
using migrations::Migration;
using migrations::Script;
using migrations::Severity;
using migrations::rules::Circumstances;
using migrations::rules::Schema;

namespace {

Circumstances circumstances_of(const Script& script, const JudgeRequest& request) {
    Circumstances circumstances;
    circumstances.server_version = request.server_version;
    circumstances.initial_settings = request.initial_settings;
    // A file's own BEGIN ... COMMIT is the one transaction that it runs in.
    circumstances.runner_opens_transaction = script.mode == migrations::TransactionMode::one &&
                                             !migrations::sql::is_wrapped(script.statements);
    circumstances.runner_adapts = !script.mode_declared;
    circumstances.history_is_known = true;
    return circumstances;
}

std::string_view text_of(const Script& script) {
    return script.is_unread ? migrations::without_byte_order_mark(script.bytes)
                            : std::string_view{script.text};
}

// Where they are was found out when the script was read; what is applied mostly was not.
std::vector<migrations::sql::StatementRange> statements_of(const Script& script,
                                                           migrations::sql::Boundary boundary) {
    if (script.statements.empty())
        return migrations::sql::split(text_of(script), boundary).statements;
    std::vector<migrations::sql::StatementRange> found;
    found.reserve(script.statements.size());
    for (const migrations::Statement& each : script.statements)
        found.push_back({{each.begin, each.end}, each.depth_bound});
    return found;
}

// What parts the statements of the layout's scripts, beside semicolons.
migrations::sql::Boundary boundary_of(const migrations::Folder& folder) {
    const auto* layout = migrations::layouts::find_layout(folder.layout);
    return layout == nullptr ? nullptr : layout->traits.boundary;
}

std::vector<Diagnostic> judge_script(const Script& script, const JudgeRequest& request,
                                     bool has_secrets, Schema& schema) {
    auto findings =
        migrations::rules::diagnose({script.text, script.path, script.first_line,
                                     script.allowances(), request.leaves_out_notes, !has_secrets},
                                    {statements_of(script, nullptr), {}},
                                    circumstances_of(script, request), request.policy, schema);
    migrations::place_as_written(findings, script.written(), script.text, script.first_line);
    return findings;
}

bool is_what_a_way_back_does(const Diagnostic& finding) {
    return finding.rule.starts_with("drop-") || finding.rule.starts_with("rename-") ||
           finding.rule == "column-type-narrowing" || finding.severity == Severity::note;
}

// Nothing of a way back changes what the next migration meets.
std::vector<Diagnostic> judge_down(const Script& script, const JudgeRequest& request,
                                   bool has_secrets, Schema& schema) {
    schema.begin_trial();
    auto findings = judge_script(script, request, has_secrets, schema);
    schema.take_back();
    std::erase_if(findings, is_what_a_way_back_does);
    for (Diagnostic& finding : findings) {
        finding.concerns_down = true;
        if (finding.severity == Severity::error) finding.severity = Severity::warning;
    }
    return findings;
}

void add(std::vector<Diagnostic>& all, std::vector<Diagnostic> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

// Whoever accepts it: no run gets past a statement that the server refuses.
void say_not_acceptable(Diagnostic& finding) {
    finding.severity = Severity::warning;
    finding.rule = "allowance-unused";
    finding.message = "a syntax-error of a migration cannot be accepted: it stops every run";
    finding.accepted_because.reset();
    finding.help = {"mend the statement, and take the directive out"};
}

// What reading the folder has said already, with its own help.
void drop_said_already(std::vector<Diagnostic>& findings) {
    for (Diagnostic& finding : findings)
        if (finding.rule == "syntax-error" && finding.accepted_because) say_not_acceptable(finding);
    std::erase_if(findings, [](const Diagnostic& finding) {
        return finding.rule == "syntax-error" || finding.rule == "newer-syntax" ||
               finding.rule == "statement-not-parsed";
    });
}

}  // namespace

std::vector<JudgedMigration> judge_folder(const migrations::Folder& folder,
                                          const JudgeRequest& request) {
    std::vector<JudgedMigration> judged;
    judge_folder(folder, request, [&](JudgedMigration each) { judged.push_back(std::move(each)); });
    return judged;
}

void judge_folder(const migrations::Folder& folder, const JudgeRequest& request,
                  const std::function<void(JudgedMigration)>& see) {
    const auto boundary = boundary_of(folder);
    Schema schema;
    for (const ToldRowCount& each : request.row_counts)
        schema.set_row_count(each.table, each.rows, each.below);
    if (request.present_schema) migrations::rules::remember(*request.present_schema, schema);
    for (const Migration& migration : folder.migrations) {
        if (request.is_applied && request.is_applied(migration)) {
            if (!request.present_schema)
                migrations::rules::remember(text_of(migration.up),
                                            statements_of(migration.up, boundary), schema);
            continue;
        }
        JudgedMigration answer{&migration, migrations::diagnose_secrets(migration.up)};
        add(answer.findings, judge_script(migration.up, request, !answer.findings.empty(), schema));
        if (migration.down && !migration.down->is_unread) {
            auto secrets = migrations::diagnose_secrets(*migration.down);
            const bool has_secrets = !secrets.empty();
            add(answer.findings, std::move(secrets));
            add(answer.findings, judge_down(*migration.down, request, has_secrets, schema));
        }
        drop_said_already(answer.findings);
        see(std::move(answer));
    }
}

}  // namespace commands
