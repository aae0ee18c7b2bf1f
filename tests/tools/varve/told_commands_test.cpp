#include "tools/varve/told_commands.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <string>

using namespace tools::varve;

namespace told_commands_test {

using Chosen = std::vector<ChosenOption>;

std::string in_words(const Chosen& chosen) {
    std::string words;
    for (const ChosenOption& option : chosen) words += option.name + " " + option.word + " ";
    return words;
}

const Chosen production{{"--env", "production"}};

TEST_CASE("a command that is told says again what chose its target") {
    CHECK(told_commands("Correct it, then: varve rollback --only 0002", production) ==
          "Correct it, then: varve rollback --env production --only 0002");
    CHECK(
        told_commands("varve resolve 1 --mark-applied, then varve resolve 0 --adopt", production) ==
        "varve resolve --env production 1 --mark-applied, then varve resolve --env production 0 "
        "--adopt");
    CHECK(told_commands("`varve checkpoint` signs one", production) ==
          "`varve checkpoint --env production` signs one");
    CHECK(told_commands("first varve recover. Then varve run", production) ==
          "first varve recover --env production. Then varve run --env production");
}

TEST_CASE("what a command says itself is left to it, and no word is taken for one") {
    for (const char* text :
         {"run it there first: varve run --env staging", "varve runs", "myvarve run",
          "the varve layout", "a varve ledger", "varve", "varve witness trust", ""})
        CHECK(told_commands(text, production) == text);
    CHECK(told_commands("varve run", {}) == "varve run");
    const Chosen all{{"--config", "a.toml"}, {"--env", "production"}, {"--ledger", "l"}};
    CHECK(told_commands("varve run; varve run --env staging", all) ==
          "varve run --config a.toml --env production --ledger l; "
          "varve run --config a.toml --ledger l --env staging");
    CHECK(told_commands("varve verify --ledger COPY", all) ==
          "varve verify --config a.toml --env production --ledger COPY");
}

TEST_CASE("a command about the ledger is told which, and no target") {
    const Chosen all{{"--config", "a.toml"}, {"--env", "production"}, {"--migrations", "m"}};
    CHECK(told_commands("`varve ledger restore --accept-loss --reason WHY`", all) ==
          "`varve ledger restore --config a.toml --accept-loss --reason WHY`");
    const Chosen copy{{"--config", "a.toml"}, {"--ledger", "B"}};
    CHECK(told_commands("`varve ledger restore B --to PLACE`", copy) ==
          "`varve ledger restore --config a.toml B --to PLACE`");
    CHECK(told_commands("`varve ledger restore --accept-loss --reason WHY`", copy) ==
          "`varve ledger restore --config a.toml --ledger B --accept-loss --reason WHY`");
    CHECK(told_commands("varve keys rotate; varve keys; varve show 4", all) ==
          "varve keys rotate --config a.toml; varve keys --config a.toml; "
          "varve show --config a.toml 4");
}

TEST_CASE("what was chosen is said as a shell takes it, without a secret") {
    unsetenv("STAGE");  // NOLINT(concurrency-mt-unsafe)
    Flags flags;
    CHECK(chosen_options(flags).empty());
    flags.config = "my files/varve.toml";
    flags.environment = "production";
    flags.ledger = "it's";
    CHECK(in_words(chosen_options(flags)) ==
          "--config 'my files/varve.toml' --env production --ledger 'it'\\''s' ");
    flags = {};
    flags.url = "postgresql://localhost/shop?sslmode=require";
    CHECK(in_words(chosen_options(flags)) ==
          "--url 'postgresql://localhost/shop?sslmode=require' ");
    flags.url = "postgresql://me:secret@localhost/shop";
    CHECK(in_words(chosen_options(flags)) == "--url ... ");
}

TEST_CASE("what a placeholder stands for is said again, unless it is a secret") {
    Flags flags;
    flags.environment = "production";
    flags.placeholders = {"schema=public", "title=two words", "api_key=k3y",
                          "URL=postgres://u:p@h/d"};
    const auto chosen = chosen_options(flags);
    CHECK(in_words(chosen) ==
          "--env production --placeholder 'schema=public' --placeholder 'title=two words' "
          "--placeholder api_key=... --placeholder URL=... ");
    flags.placeholders = {"TOKEN=hunter2", "pwd=hunter2", "db_credentials=hunter2", "pw=hunter2",
                          "app_pw2=hunter2"};
    CHECK(in_words(chosen_options(flags)).find("hunter2") == std::string::npos);
    flags.placeholders = {"spin=left"};
    CHECK(in_words(chosen_options(flags)).find("left") != std::string::npos);
    flags.placeholders = {"schema=public"};
    CHECK(told_commands("varve rollback --only 1; varve keys", chosen_options(flags)) ==
          "varve rollback --env production --placeholder 'schema=public' --only 1; varve keys");
}

TEST_CASE("the variable that names the environment chooses like the option") {
    setenv("STAGE", "staging", 1);  // NOLINT(concurrency-mt-unsafe)
    Flags flags;
    CHECK(in_words(chosen_options(flags)) == "--env staging ");
    flags.environment = "production";
    CHECK(in_words(chosen_options(flags)) == "--env production ");
    unsetenv("STAGE");  // NOLINT(concurrency-mt-unsafe)
}

TEST_CASE("what is said of another target names that one") {
    const Chosen url{{"--config", "a.toml"}, {"--url", "'u'"}};
    CHECK(in_words(chosen_for(url, "staging")) == "--config a.toml --env staging ");
    CHECK(in_words(chosen_for(url, "development")) == "--config a.toml --url 'u' ");
    CHECK(in_words(chosen_for(production, "production")) == "--env production ");
    CHECK(in_words(chosen_for(production, "development")) == "--env development ");
    CHECK(in_words(chosen_for({}, "staging")) == "--env staging ");
}

}  // namespace told_commands_test
