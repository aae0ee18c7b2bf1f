#include "adapters/postgres/missing_role.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace {

adapters::postgres::ServerError error(const std::string& sqlstate, const std::string& message,
                                      const std::string& source_function = "get_role_oid") {
    adapters::postgres::ServerError answer;
    answer.sqlstate = sqlstate;
    answer.message = message;
    answer.source_function = source_function;
    return answer;
}

}  // namespace

TEST_CASE("the tablespace that a server has not got is read from its message") {
    using adapters::postgres::missing_tablespace;
    const std::string message = "tablespace \"fast\" does not exist";
    CHECK(missing_tablespace(error("42704", message, "get_tablespace_oid")) == "fast");
    CHECK_FALSE(missing_tablespace(error("42704", message, "get_role_oid")));
}

TEST_CASE(
    "the schema that a shadow has not got is one of the target's, named or the path's first") {
    using adapters::postgres::missing_schema;
    const std::set<std::string> has{"public", "shop", "Odd, one"};
    const std::string path = "app, \"Odd, one\", shop";
    CHECK(missing_schema(error("3F000", "schema \"shop\" does not exist"), path, has) == "shop");
    CHECK_FALSE(missing_schema(error("3F000", "schema \"shpo\" does not exist"), path, has));
    CHECK(missing_schema(error("3F000", "no schema has been selected to create in"), path, has) ==
          "Odd, one");
    CHECK_FALSE(missing_schema(error("42P01", "relation \"shop\" does not exist"), path, has));
    CHECK_FALSE(missing_schema(error("3F000", "schema \"shop\" does not exist"), path, {}));
}

TEST_CASE("the role that a server has not got is read from its message, in its language") {
    using adapters::postgres::missing_role;
    CHECK(missing_role(error("42704", "role \"app\" does not exist")) == "app");
    CHECK(missing_role(error("42704", "role \"a \"quoted\" one\" does not exist")) ==
          "a \"quoted\" one");
    for (const std::string message :
         {"Rolle »app« existiert nicht", "le rôle « app » n'existe pas", "no existe el rol «app»",
          "ロール\"app\"は存在しません", "\"app\" 롤(role) 없음", "role „app“ neexistuje"}) {
        INFO(message);
        CHECK(missing_role(error("42704", message, "get_rolespec_tuple")) == "app");
    }
    CHECK(missing_role(error("42704", "Rolle »app« existiert nicht", "DropRole")) == "app");
    CHECK_FALSE(missing_role(error("42704", "type \"app\" does not exist", "typenameType")));
    CHECK_FALSE(missing_role(error("42501", "role \"app\" does not exist")));
    CHECK_FALSE(missing_role(error("42704", "role \"\" does not exist")));
}

TEST_CASE("the role that a script takes on and nobody has made is read, and no other setting") {
    using adapters::postgres::missing_role;
    const std::string by = "call_string_check_hook";
    CHECK(missing_role(error("22023", "role \"deployer\" does not exist", by)) == "deployer");
    CHECK_FALSE(missing_role(
        error("22023", "invalid value for parameter \"TimeZone\": \"Nowhere/Town\"", by)));
}
