#include "commands/rest_of_script.hpp"

#include <utility>
#include <vector>

namespace commands {

migrations::Script rest_of(const migrations::Script& script, std::size_t from) {
    if (from == 0) return script;
    std::vector<migrations::Statement> statements;
    for (std::size_t index = 0; index < script.statements.size(); ++index) {
        const migrations::Statement& statement = script.statements[index];
        if (index < from && statement.discards_all) statements.clear();
        if (index >= from || statement.session_setting) statements.push_back(statement);
    }
    migrations::Script rest = script;
    rest.statements = std::move(statements);
    return rest;
}

}  // namespace commands
