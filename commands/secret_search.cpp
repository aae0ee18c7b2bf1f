#include "commands/secret_search.hpp"

#include "migrations/secrets.hpp"

#include <algorithm>
#include <iterator>

namespace commands {

using migrations::Migration;

namespace {

bool is_cleared(const Migration& migration, const PlanJudgement& judgement) {
    if (migration.down && migration.down->is_unread) return false;  // that is not judged
    const auto judged = judgement.findings.find(migration.version);
    return judged != judgement.findings.end() &&
           std::none_of(
               judged->second.begin(), judged->second.end(),
               [](const JudgedFinding& each) { return each.rule == migrations::secret_rule; });
}

}  // namespace

std::vector<const Migration*> still_to_search(const std::vector<const Migration*>& migrations,
                                              const PlanJudgement& judgement) {
    std::vector<const Migration*> left;
    std::copy_if(migrations.begin(), migrations.end(), std::back_inserter(left),
                 [&](const Migration* each) { return !is_cleared(*each, judgement); });
    return left;
}

}  // namespace commands
