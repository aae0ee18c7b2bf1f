#include "tests/support/folders.hpp"
#include "tools/varve/exit_code.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>
#include <regex>
#include <string>
#include <vector>

using ledger::Code;

namespace {

struct Row {
    std::string reason;
    Code code{};
    int exit{};
};

// The rows "| `reason` | code | exit | ..." of the table that users read.
std::vector<Row> documented() {
    static const std::map<std::string, Code> codes{{"refused", Code::refused},
                                                   {"conflict", Code::conflict},
                                                   {"unavailable", Code::unavailable},
                                                   {"in_doubt", Code::in_doubt},
                                                   {"corrupt", Code::corrupt}};
    static const std::regex row{R"(^\| `([a-z0-9-]+)` \| (\w+) \| (\d+) \|)"};
    std::ifstream in{tests::source_folder() + "/docs/errors.md"};
    std::vector<Row> rows;
    std::smatch match;
    for (std::string line; std::getline(in, line);)
        if (std::regex_search(line, match, row))
            rows.push_back({match[1], codes.at(match[2]), std::stoi(match[3])});
    return rows;
}

}  // namespace

TEST_CASE("every reason ends the program with the exit code that docs/errors.md promises") {
    const auto rows = documented();
    REQUIRE(rows.size() > 60);
    for (const Row& row : rows) {
        INFO(row.reason);
        CHECK(static_cast<int>(tools::varve::exit_code_of({row.code, row.reason, {}, {}})) ==
              row.exit);
    }
}
