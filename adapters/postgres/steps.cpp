#include "adapters/postgres/steps.hpp"

#include "migrations/sql/transaction.hpp"

#include <algorithm>

namespace adapters::postgres {

namespace {

using migrations::Control;

ledger::Error not_runnable(const migrations::Script& script, std::uint32_t index,
                           const std::string& what, const std::string& help) {
    return {ledger::Code::refused, "transaction-control",
            script.path + ":" + std::to_string(script.statements[index].line) + ": " + what, help};
}

ledger::Result<void> check(const migrations::Script& script, std::uint32_t index) {
    const auto& statement = script.statements[index];
    if (statement.control == Control::chain)
        return ledger::fail(not_runnable(
            script, index, "AND CHAIN leaves a transaction open",
            migrations::sql::instead_of_chain(statement_text(script, index), script.mode)));
    if (statement.control == Control::prepare)
        return ledger::fail(not_runnable(script, index, "Varve runs no two-phase commit",
                                         "take it out, or write COMMIT"));
    if (statement.copies_from_stdin)
        return ledger::fail(not_runnable(script, index, "COPY FROM STDIN needs a client's data",
                                         "write INSERT statements"));
    if (statement.kind == "copy-to-stdout")
        return ledger::fail(not_runnable(script, index, "COPY TO STDOUT needs a client to write to",
                                         "export the data outside the migration"));
    if (script.text.substr(statement.begin, statement.end - statement.begin).find('\0') !=
        std::string::npos)
        return ledger::fail(not_runnable(script, index, "a NUL character cannot be sent",
                                         "remove it from the file"));
    return {};
}

bool ends_transaction(Control control) {
    return control == Control::commit || control == Control::rollback;
}

Step single(std::uint32_t index, const migrations::Statement& statement) {
    Step step{.first_index = index, .end_index = index + 1};
    step.is_bare = statement.needs_no_transaction || statement.discards_all;
    if (ends_transaction(statement.control))  // outside a transaction: a warning, no effect
        step.closing_index = index;
    else
        step.body.push_back(index);
    return step;
}

ledger::Result<Step> block(const migrations::Script& script, std::uint32_t begin) {
    const auto count = static_cast<std::uint32_t>(script.statements.size());
    Step step{.first_index = begin, .begin_index = begin};
    for (auto index = begin + 1; index < count; ++index) {
        const auto control = script.statements[index].control;
        if (ends_transaction(control)) {
            step.closing_index = index;
            step.rolls_back = control == Control::rollback;
            step.end_index = index + 1;
            return step;
        }
        if (control != Control::begin) step.body.push_back(index);
    }
    if (script.statements[begin].is_left_open) {
        step.end_index = count;
        return step;
    }
    return ledger::fail(not_runnable(script, begin, "this transaction is never committed",
                                     "add COMMIT at its end"));
}

}  // namespace

ledger::Result<Step> one_step(const migrations::Script& script) {
    const auto count = static_cast<std::uint32_t>(script.statements.size());
    Step step{.end_index = count};
    for (std::uint32_t index = 0; index < count; ++index) {
        if (auto checked = check(script, index); !checked) return ledger::fail(checked.error());
        switch (script.statements[index].control) {
            case Control::begin:
                if (!step.begin_index) step.begin_index = index;
                break;
            case Control::commit:
                if (index + 1 != count)
                    return ledger::fail(not_runnable(
                        script, index, "COMMIT in the middle of a file that is one transaction",
                        "declare the file non-transactional, or split it"));
                step.closing_index = index;
                break;
            case Control::rollback:
                return ledger::fail(not_runnable(
                    script, index, "ROLLBACK would undo the migration's own marker", "remove it"));
            case Control::chain:
            case Control::prepare:
                break;  // refused above
            case Control::none:
            case Control::savepoint:
                step.body.push_back(index);
                break;
        }
    }
    return step;
}

ledger::Result<std::vector<Step>> steps_of(const migrations::Script& script) {
    std::vector<Step> steps;
    for (std::uint32_t index = 0; index < script.statements.size(); ++index)
        if (auto checked = check(script, index); !checked) return ledger::fail(checked.error());
    for (std::uint32_t index = 0; index < script.statements.size();) {
        const auto& statement = script.statements[index];
        if (statement.control != Control::begin) {
            steps.push_back(single(index, statement));
        } else {
            auto step = block(script, index);
            if (!step) return ledger::fail(step.error());
            steps.push_back(*std::move(step));
        }
        index = steps.back().end_index;
    }
    return steps;
}

std::string statement_text(const migrations::Script& script, std::uint32_t index) {
    const auto& statement = script.statements[index];
    return script.text.substr(statement.begin, statement.end - statement.begin);
}

std::size_t transaction_settings_count(const migrations::Script& script,
                                       const std::vector<std::uint32_t>& body) {
    std::size_t count = 0;
    for (std::size_t place = 0; place < body.size(); ++place) {
        const auto words = leading_words(statement_text(script, body[place]), 3);
        if (words.empty() || words.front() != "SET") break;
        if (std::any_of(words.begin(), words.end(),
                        [](const std::string& word) { return word.starts_with("TRANSACTION"); }))
            count = place + 1;
    }
    return count;
}

std::vector<std::string> leading_words(std::string_view text, std::size_t count) {
    constexpr std::string_view spaces = " \t\r\n\f\v";
    std::vector<std::string> words;
    while (words.size() < count) {
        const auto begin = text.find_first_not_of(spaces);
        if (begin == text.npos) break;
        text.remove_prefix(begin);
        const auto end = std::min(text.find_first_of(" \t\r\n\f\v(;="), text.size());
        if (end == 0) break;
        std::string word{text.substr(0, end)};
        for (char& character : word)
            if (character >= 'a' && character <= 'z')
                character = static_cast<char>(character - 'a' + 'A');
        words.push_back(std::move(word));
        text.remove_prefix(end);
    }
    return words;
}

}  // namespace adapters::postgres
