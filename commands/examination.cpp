#include "commands/examination.hpp"

#include "migrations/catalog_question.hpp"

namespace commands {

namespace {

std::string marker_look(const projections::OpenAttempt& attempt) {
    return "the marker of attempt " + to_text(attempt.attempt) +
           ", once no server process holds its fence";
}

std::string lost_script_look() {
    return "its script, which neither the folder nor the ledger has: a person must look";
}

}  // namespace

std::optional<DoubtfulStatement> statement_at(const migrations::Script& script,
                                              std::uint32_t index) {
    if (index >= script.statements.size()) return std::nullopt;
    return DoubtfulStatement{index, script.path, script.statements[index].line,
                             migrations::first_words(script, index)};
}

Examination examine(const projections::OpenAttempt& attempt,
                    const std::optional<migrations::Script>& script) {
    Examination examination{attempt, std::nullopt, {marker_look(attempt)}};
    if (attempt.transactional) return examination;
    if (!script) {
        examination.looks.push_back(lost_script_look());
        return examination;
    }
    examination.statement = statement_at(*script, attempt.statements_done);
    const auto question = migrations::question_about(*script, attempt.statements_done);
    if (question.kind != migrations::CatalogQuestion::Kind::none)
        examination.looks.push_back(migrations::to_text(question));
    return examination;
}

std::string to_text(const DoubtfulStatement& statement) {
    return statement.path + ":" + std::to_string(statement.line) + " (" + statement.text + ")";
}

}  // namespace commands
