#include "ledger/shell_word.hpp"

#include <catch2/catch.hpp>

#include <cstdio>
#include <memory>
#include <string>

namespace {

// What a shell makes of it.
std::string by_shell(const std::string& word) {
    const std::string command = "printf %s " + ledger::shell_word(word);
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe{popen(command.c_str(), "r"), pclose};
    REQUIRE(pipe);
    std::string said;
    for (int next = std::fgetc(pipe.get()); next != EOF; next = std::fgetc(pipe.get()))
        said += static_cast<char>(next);
    return said;
}

}  // namespace

TEST_CASE("a word that a shell takes as it is stays as it is") {
    for (const std::string word : {".varve/ledger", "2024-05-01_a.sql", "A9"})
        CHECK(ledger::shell_word(word) == word);
}

TEST_CASE("any other word is one argument, whatever is in it") {
    for (const std::string word : {"", "my ledger", "it's", "''", "$HOME", "`id`", "a;b", "a\nb",
                                   "~", "*", "#x", "a\\b", "\"", "=", "ä"}) {
        INFO(word);
        CHECK(ledger::shell_word(word).front() == '\'');
        CHECK(by_shell(word) == word);
    }
}
