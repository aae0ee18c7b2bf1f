// migrations/rules/search_path.hpp: which schema a bare name means where the script has set
// search_path.
//
// Shape   names of an action get the schema that the server would find them in: the first of the
//         path that is known to have such an object; of what is made, or known nowhere, the
//         path's first.
// Limits  only what a script sets itself is followed: of the target's own path nothing is known.
#pragma once

#include "migrations/rules/session.hpp"

namespace migrations::rules {

void follow_search_path(sql::Action& action, const Session& session, const Schema& schema);

}  // namespace migrations::rules
