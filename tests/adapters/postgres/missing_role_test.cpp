#include "adapters/postgres/missing_role.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace {

adapters::postgres::ServerError error(const std::string& sqlstate, const std::string& message) {
    adapters::postgres::ServerError answer;
    answer.sqlstate = sqlstate;
    answer.message = message;
    return answer;
}

}  // namespace

TEST_CASE("the role that a server has not got is read from its message") {
    using adapters::postgres::missing_role;
    CHECK(missing_role(error("42704", "role \"app\" does not exist")) == "app");
    CHECK(missing_role(error("42704", "role \"a \"quoted\" one\" does not exist")) ==
          "a \"quoted\" one");
    CHECK_FALSE(missing_role(error("42704", "type \"app\" does not exist")));
    CHECK_FALSE(missing_role(error("42501", "role \"app\" does not exist")));
    CHECK_FALSE(missing_role(error("42704", "role \"\" does not exist")));
    CHECK_FALSE(missing_role(error("42704", "Rolle »app« existiert nicht")));
}
