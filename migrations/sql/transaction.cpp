#include "migrations/sql/transaction.hpp"

#include "migrations/sql/position.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <utility>

namespace migrations::sql {

namespace {

bool ends_transaction(const Statement& statement) {
    return statement.control != Control::none && statement.control != Control::savepoint;
}

std::string_view text_within(const Script& script, const Statement& statement) {
    return std::string_view{script.text}.substr(statement.begin, statement.end - statement.begin);
}

// The statement as a person names it: "CREATE INDEX CONCURRENTLY".
std::string title(const Script& script, const Statement& statement) {
    const auto words = leading_words(text_within(script, statement), 4);
    std::size_t count = std::min<std::size_t>(words.size(), 2);
    for (std::size_t index = 0; index < words.size(); ++index)
        if (words[index] == "concurrently" ||
            (words[index] == "chain" && statement.control == Control::chain))
            count = index + 1;
    std::string text;
    for (std::size_t index = 0; index < count; ++index)
        text += (index == 0 ? "" : " ") + words[index];
    for (char& character : text)
        if (character >= 'a' && character <= 'z') character = static_cast<char>(character - 32);
    return text;
}

class Judge {
public:
    Judge(Script& script, const TransactionRules& rules, std::vector<Diagnostic>& diagnostics)
        : script_{script}, rules_{rules}, diagnostics_{diagnostics} {}

    void run() {
        script_.mode = TransactionMode::one;
        if (rules_.declared) {
            script_.mode = rules_.declared->mode;
            script_.mode_cause = rules_.declared->cause;
            script_.mode_declared = true;
            if (script_.mode == TransactionMode::one) refuse_what_cannot_run_in_one();
        } else if (is_wrapped(script_.statements)) {
            refuse_what_cannot_run_in_one();
        } else {
            detect();
        }
        script_.mode == TransactionMode::one ? refuse_control() : check_blocks();
    }

private:
    Diagnostic& say(std::string rule, std::string message, const Statement& statement) {
        Diagnostic diagnostic{Severity::error, std::move(rule), std::move(message), script_.path};
        Positions{script_.text, script_.first_line, script_.written()}.mark(
            diagnostic, statement.begin, statement.end);
        return diagnostics_.emplace_back(std::move(diagnostic));
    }

    [[nodiscard]] bool has(Control control) const {
        return std::any_of(script_.statements.begin(), script_.statements.end(),
                           [&](const Statement& each) { return each.control == control; });
    }

    void set_none(std::string cause) {
        script_.mode = TransactionMode::none;
        script_.mode_cause = std::move(cause);
    }

    void detect() {
        const bool own_commit = has(Control::commit) && rules_.runs_own_commits;
        for (const Statement& statement : script_.statements)
            if (statement.needs_no_transaction) return set_none(title(script_, statement));
        if (own_commit) set_none("the file has its own COMMIT");
    }

    void refuse_what_cannot_run_in_one() {
        for (const Statement& statement : script_.statements)
            if (statement.needs_no_transaction)
                say("needs-no-transaction",
                    title(script_, statement) + " cannot run inside a transaction", statement)
                    .help = {
                    script_.mode_declared
                        ? "declare the file without a transaction: -- varve: transaction off"
                        : "take it out of the file's BEGIN ... COMMIT"};
    }

    void refuse_control() {
        const bool wrapped = is_wrapped(script_.statements);
        for (const Statement& statement : script_.statements) {
            if (statement.control == Control::rollback || statement.control == Control::chain ||
                statement.control == Control::prepare)
                say("transaction-control",
                    title(script_, statement) + " ends the transaction that the migration runs in",
                    statement)
                    .help = {statement.control == Control::rollback
                                 ? std::string{"take it out, or declare the file without a "
                                               "transaction: -- varve: transaction off"}
                                 : never_run(statement)};
            const bool pair =
                statement.control == Control::begin || statement.control == Control::commit;
            if (pair && !wrapped && !opens_only(statement)) refuse_commit(statement);
        }
    }

    // In whatever mode: the transaction would outlast the migration.
    [[nodiscard]] std::string never_run(const Statement& statement) const {
        if (statement.control == Control::prepare)
            return "take it out: Varve runs no two-phase commit, with or without a transaction";
        return instead_of_chain(text_within(script_, statement), script_.mode);
    }

    // Of a script that runs statement by statement: its own BEGIN ... COMMIT blocks.
    void check_blocks() {
        Statement* open = nullptr;
        for (Statement& statement : script_.statements) {
            if (statement.control == Control::begin && !open) open = &statement;
            if (statement.control == Control::commit || statement.control == Control::rollback)
                open = nullptr;
            if (statement.control == Control::prepare || statement.control == Control::chain) {
                say("transaction-control", title(script_, statement) + " cannot be run", statement)
                    .help = {never_run(statement)};
                open = nullptr;
            } else if (open && statement.needs_no_transaction) {
                refuse_in_block(statement);
            }
        }
        if (!open) return;
        open->is_left_open = rules_.runs_own_commits;
        if (!rules_.runs_own_commits)
            say("transaction-control", "this transaction is never committed", *open).help = {
                "add COMMIT where it ends"};
    }

    void refuse_in_block(const Statement& statement) {
        say("needs-no-transaction", title(script_, statement) + " cannot run inside a transaction",
            statement)
            .help = {"end the transaction before it: COMMIT"};
    }

    // A tool that wraps the file anyway takes a BEGIN without a COMMIT for a no-op.
    [[nodiscard]] bool opens_only(const Statement& statement) const {
        return statement.control == Control::begin && rules_.runs_own_commits &&
               !has(Control::commit);
    }

    void refuse_commit(const Statement& statement) {
        say("embedded-commit",
            title(script_, statement) + " here makes the file more than one transaction", statement)
            .help = {"wrap all statements in one BEGIN; ... COMMIT; pair, or none of them",
                     "or declare that the file is several transactions: -- varve: transaction off"};
    }

    Script& script_;
    const TransactionRules& rules_;
    std::vector<Diagnostic>& diagnostics_;
};

}  // namespace

DeclaredMode declared_by_directive(TransactionMode mode) {
    return {mode, mode == TransactionMode::none ? "varve: transaction off" : ""};
}

bool is_wrapped(const std::vector<Statement>& statements) {
    return statements.size() >= 2 && statements.front().control == Control::begin &&
           statements.back().control == Control::commit &&
           std::none_of(statements.begin() + 1, statements.end() - 1, ends_transaction);
}

std::string instead_of_chain(std::string_view text, TransactionMode mode) {
    const auto words = leading_words(text, 1);
    const bool undoes = !words.empty() && (words.front() == "rollback" || words.front() == "abort");
    return std::string{"write "} + (undoes ? "ROLLBACK" : "COMMIT") + "; BEGIN; in its place" +
           (mode == TransactionMode::one
                ? ", and declare the file without a transaction: -- varve: transaction off"
                : ": no migration may leave a transaction open");
}

void settle_mode(Script& script, const TransactionRules& rules,
                 std::vector<Diagnostic>& diagnostics) {
    Judge{script, rules, diagnostics}.run();
}

}  // namespace migrations::sql
