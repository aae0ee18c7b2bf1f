#include "tools/tidy/code.hpp"
#include "tools/tidy/functions.hpp"
#include "tools/tidy/reasons.hpp"
#include "tools/tidy/source_rules.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <string>

using namespace tools::tidy;  // NOLINT(google-build-using-namespace)

namespace {

Layers layers() {
    std::istringstream text{
        "# folder may include\n"
        "ledger tl\n"
        "ledger/digest.cpp openssl\n"
        "commands ledger\n"
        "adapters ledger commands posix\n"
        "adapters/rocksdb rocksdb\n"
        "tools ledger commands adapters CLI\n"};
    return Layers{text};
}

// What is wrong with a file, one after the other.
std::string wrong(const std::string& file, const std::string& text) {
    std::string all;
    for (const Fault& fault : check_source(file, text, layers()))
        all += std::to_string(fault.line) + ": " + fault.what + "\n";
    return all;
}

}  // namespace

TEST_CASE("a layer may include itself, what lies below it, and the standard library") {
    CHECK(wrong("commands/a.cpp",
                "#include \"commands/b.hpp\"\n#include \"ledger/c.hpp\"\n#include <map>\n")
              .empty());
    CHECK(wrong("ledger/a.cpp", "#include \"commands/b.hpp\"\n") ==
          "1: ledger may not include commands/b.hpp\n");
    CHECK(wrong("ledger/a.cpp", "#include \"b.hpp\"\n") ==
          "1: includes are written from the root: b.hpp\n");
}

TEST_CASE("an adapter has its own library, and never sees another adapter") {
    CHECK(wrong("adapters/rocksdb/a.cpp", "#include <rocksdb/db.h>\n#include <fcntl.h>\n").empty());
    CHECK(wrong("adapters/memory/a.cpp", "#include <rocksdb/db.h>\n") ==
          "1: adapters/memory may not include <rocksdb/db.h>\n");
    CHECK(wrong("adapters/memory/a.cpp", "#include \"adapters/rocksdb/b.hpp\"\n") ==
          "1: adapters/memory may not include another adapter: adapters/rocksdb/b.hpp\n");
    CHECK(wrong("tools/a.cpp", "#include \"adapters/rocksdb/b.hpp\"\n").empty());
}

TEST_CASE("a library can be allowed to a single file") {
    CHECK(wrong("ledger/digest.cpp", "#include <openssl/sha.h>\n").empty());
    CHECK(wrong("ledger/tree.cpp", "#include <openssl/sha.h>\n") ==
          "1: ledger may not include <openssl/sha.h>\n");
    CHECK(wrong("ledger/tree.cpp", "#include <unistd.h>\n") ==
          "1: ledger may not include <unistd.h>\n");
}

TEST_CASE("a line is measured in characters, not in bytes") {
    std::string wide = "//";
    for (int i = 0; i < 98; ++i) wide += "—";
    CHECK(wrong("ledger/a.cpp", wide + "\n").empty());
    CHECK(wrong("ledger/a.cpp", wide + "—\n") == "1: longer than 100 columns\n");
    CHECK(wrong("ledger/a.cpp", "\tint a;\n") == "1: a tab\n");
}

TEST_CASE("a file has at most 400 lines, and a function at most 50") {
    CHECK(wrong("ledger/a.cpp", std::string(400, '\n')).empty());
    CHECK(wrong("ledger/a.cpp", std::string(401, '\n')) == "401: longer than 400 lines: 401\n");
    const auto function = [](std::size_t between) {
        return "namespace x {\nvoid f() {" + std::string(between, '\n') + "}\n}\n";
    };
    CHECK(wrong("ledger/a.cpp", function(49)).empty());
    CHECK(wrong("ledger/a.cpp", function(50)) == "2: a function longer than 50 lines: 51\n");
}

TEST_CASE("braces in strings, comments, types and data do not count as functions") {
    CHECK(
        bodies_of(only_code("auto a = \"{\"; // {\n/* { */ char b = '{'; auto c = R\"x({)x\";")) ==
        std::vector<Body>{});
    CHECK(
        bodies_of(only_code("struct A {\n int b;\n void f() {\n }\n};\nint c[] = {\n1'000,\n};")) ==
        std::vector<Body>{{3, 2}});
    CHECK(bodies_of(only_code("SET_UP(x, y)\n\nnamespace a {\nint f() {\n\n}\n}")) ==
          std::vector<Body>{{4, 3}});
}

TEST_CASE("a header begins with its path") {
    CHECK(wrong("ledger/a.hpp", "// ledger/a.hpp: the essence.\n").empty());
    CHECK(wrong("ledger/a.hpp", "// ledger/b.hpp: the essence.\n") ==
          "1: a header begins with \"// ledger/a.hpp: \" and its essence\n");
}

TEST_CASE("only adapters, tools and tests throw, and a comment may speak of it") {
    CHECK(wrong("ledger/a.cpp", "// nobody may throw\nint a = b() ? c : throw 1;\n") ==
          "2: throw outside adapters/, tools/ and tests/\n");
    CHECK(wrong("adapters/memory/a.cpp", "int a = b() ? c : throw 1;\n").empty());
}

TEST_CASE("a mark of something left to do is a fault") {
    CHECK(wrong("ledger/a.cpp", std::string{"// TO"} + "DO: later\n") ==
          "1: something left to do: finish it, or take it out\n");
    CHECK(wrong("ledger/a.cpp", "// mastodons\n").empty());
}

TEST_CASE("a reason that the docs do not list is a fault where it is first used") {
    Reasons reasons;
    collect_reasons("ledger/a.cpp", "\nreturn fail(Code::refused,\n    \"known-one\", x);",
                    reasons);
    collect_reasons("ledger/b.cpp", "Error{ledger::Code::corrupt, \"new-one\", y}", reasons);
    CHECK(check_reasons(reasons, listed_reasons("| `known-one` | refused | 4 |\n")) ==
          Faults{{"ledger/b.cpp", 1, "docs/errors.md does not list the reason new-one"}});
}
