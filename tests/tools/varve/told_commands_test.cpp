#include "tools/varve/told_commands.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace tools::varve;

TEST_CASE("a command that is told says again what chose its target") {
    const std::string choice = " --env production";
    CHECK(told_commands("Correct it, then: varve rollback --only 0002", choice) ==
          "Correct it, then: varve rollback --env production --only 0002");
    CHECK(told_commands("varve resolve 1 --mark-applied, then varve resolve 0 --adopt", choice) ==
          "varve resolve --env production 1 --mark-applied, then varve resolve --env production 0 "
          "--adopt");
    CHECK(told_commands("`varve checkpoint` signs one", choice) ==
          "`varve checkpoint --env production` signs one");
    CHECK(told_commands("varve recover", choice) == "varve recover --env production");
}

TEST_CASE("a command that chooses for itself, or has no target, is left as it is") {
    const std::string choice = " --env production";
    for (const char* text : {"run it there first: varve run --env staging", "varve keys rotate",
                             "varve runs", "myvarve run", "the varve layout", "varve", ""})
        CHECK(told_commands(text, choice) == text);
    CHECK(told_commands("varve run", "") == "varve run");
    CHECK(told_commands("varve run; varve run --env staging", choice) ==
          "varve run --env production; varve run --env staging");
}

TEST_CASE("what was chosen is said as a shell takes it, without a secret") {
    unsetenv("STAGE");  // NOLINT(concurrency-mt-unsafe)
    Flags flags;
    CHECK(choice_in_words(flags).empty());
    CHECK_FALSE(chooses_target(flags));
    flags.config = "my files/varve.toml";
    flags.environment = "production";
    flags.ledger = "it's";
    CHECK(choice_in_words(flags) ==
          " --config 'my files/varve.toml' --env production --ledger 'it'\\''s'");
    CHECK(chooses_target(flags));
    flags = {};
    flags.url = "postgresql://localhost/shop?sslmode=require";
    CHECK(choice_in_words(flags) == " --url 'postgresql://localhost/shop?sslmode=require'");
    flags.url = "postgresql://me:secret@localhost/shop";
    CHECK(choice_in_words(flags) == " --url ...");
}

TEST_CASE("the variable that names the environment chooses like the option") {
    setenv("STAGE", "staging", 1);  // NOLINT(concurrency-mt-unsafe)
    Flags flags;
    CHECK(choice_in_words(flags) == " --env staging");
    flags.environment = "production";
    CHECK(choice_in_words(flags) == " --env production");
    unsetenv("STAGE");  // NOLINT(concurrency-mt-unsafe)
}
