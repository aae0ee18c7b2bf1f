#include "ledger/codec.hpp"

#include "tests/ledger/sample_events.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

using namespace ledger;

namespace {

std::string sample_line() {
    return tests::must(encode(tests::sample_record(RunRefused{{"a"}, "g", "r", "d"}, 1)));
}

std::string opaque_line(const std::string& data) {
    const Record record = tests::sample_record(Opaque{"later-event.1", "{}"}, 1);
    const std::string line = tests::must(encode(record));
    return line.substr(0, line.size() - 3) + data + "}";
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t place = text.find(from);
    REQUIRE(place != text.npos);
    return text.replace(place, from.size(), to);
}

void check_unreadable(const std::string& line) {
    INFO(line);
    const Error error = tests::error_of(decode(line));
    CHECK(error.code == Code::corrupt);
    CHECK(error.reason == "event-unreadable");
}

void check_not_encodable(const Record& record) {
    const Error error = tests::error_of(encode(record));
    CHECK(error.code == Code::refused);
    CHECK(error.reason == "event-not-encodable");
}

}  // namespace

TEST_CASE("decode refuses another order, unknown, double and missing members") {
    const std::string line = sample_line();
    check_unreadable(replaced(line, R"("gate":"g","reason":"r")", R"("reason":"r","gate":"g")"));
    check_unreadable(replaced(line, R"("gate":"g")", R"("gate":"g","extra":1)"));
    check_unreadable(replaced(line, R"("gate":"g")", R"("gate":"g","gate":"g")"));
    check_unreadable(replaced(line, R"("gate":"g",)", ""));
    check_unreadable(replaced(line, R"(,"detail":"d")", ""));
    check_unreadable(replaced(line, R"("tool")", R"("Tool")"));
}

TEST_CASE("decode refuses white space, trailing bytes and a byte order mark") {
    const std::string line = sample_line();
    check_unreadable(line + "\n");
    check_unreadable(" " + line);
    check_unreadable(line + " ");
    check_unreadable("\xef\xbb\xbf" + line);
    check_unreadable(replaced(line, ",", ", "));
    check_unreadable(replaced(line, ":", ": "));
    check_unreadable(line + line);
    check_unreadable(line + std::string(1, '\0'));
}

TEST_CASE("decode refuses every cut line") {
    const std::string line = sample_line();
    for (std::size_t length = 0; length < line.size(); ++length)
        check_unreadable(line.substr(0, length));
}

TEST_CASE("decode refuses integers in another form or out of range") {
    const auto number =
        GENERATE(as<std::string>{}, "01", "-0", "+1", "1.0", "1e0", "-1", "\"1\"", "", "null",
                 "true", "9007199254740992", "18446744073709551616", "0x1", "1 ");
    check_unreadable(replaced(sample_line(), "\"position\":1,", "\"position\":" + number + ","));
}

TEST_CASE("decode reads integers up to 2^53 - 1, as far as the member goes") {
    const std::string line =
        replaced(sample_line(), "\"position\":1,", "\"position\":9007199254740991,");
    CHECK(tests::must(decode(line)).position == 9'007'199'254'740'991);
    check_unreadable(replaced(line, "[1,3]", "[4294967296,3]"));
}

TEST_CASE("decode refuses strings in another form") {
    const auto text = GENERATE(as<std::string>{}, "\\/", "\\u0041", "\\u000a", "\\u001F", "\\u0000",
                               "\\u00e9", "\\ud83d\\ude00", "\\x41", "\\", "\\u00", "\n", "\t",
                               "\x1f", "\xff", "\xc0\x80", "\xed\xa0\x80", "\xc3");
    check_unreadable(replaced(sample_line(), R"("gate":"g")", "\"gate\":\"" + text + "\""));
    check_unreadable(
        replaced(sample_line(), R"("gate":"g")", std::string{"\"gate\":\""} + '\0' + "\""));
}

TEST_CASE("decode refuses names, ids and digests in another form") {
    const std::string line = sample_line();
    check_unreadable(replaced(line, "\"service\"", "\"robot\""));
    check_unreadable(replaced(line, "\"service\"", "1"));
    check_unreadable(replaced(line, "010c1722", "010C1722"));
    check_unreadable(replaced(line, "010c1722-", "010c1722"));
    check_unreadable(replaced(line, "false", "False"));
    check_unreadable(replaced(line, "[1,3]", "[1,3,3]"));
    check_unreadable(replaced(line, "[1,3]", "[1]"));
    check_unreadable(replaced(line, "{\"v\":1", "{\"v\":2"));
}

TEST_CASE("decode refuses a line over 16 KiB before it looks at it") {
    check_unreadable(std::string(line_bytes_max + 1, '['));
    check_unreadable(std::string(line_bytes_max, '['));
}

TEST_CASE("an event of a newer program is kept as it stands") {
    const std::string data = R"({"a":[1,{"b":null}],"c":"\u0007","d":-3,"e":{},"f":[]})";
    const std::string line = opaque_line(data);
    const Record record = tests::must(decode(line));
    CHECK(record.data == Event{Opaque{"later-event.1", data}});
    CHECK(type_of(record.data) == "later-event.1");
    CHECK(tests::must(encode(record)) == line);
}

TEST_CASE("an event of a newer program has to be canonical all the same") {
    const auto data =
        GENERATE(as<std::string>{}, "", "null", "[]", "1", "{ }", R"({"a":1,})", R"({"a":1,"a":2})",
                 R"({"b":{"a":1,"c":2,"a":3}})", R"({a:1})", R"({"a" :1})", R"({"a":01})",
                 R"({"a":1.5})", R"({"a":9007199254740992})", R"({"a":"\/"})", R"({"\u0041":1})",
                 R"({"a":[1,]})", R"({"a":[,1]})", R"({"a":nul})", R"({"a":tru})", R"({"a"})",
                 R"({"a":})", "{\"a\":\"\xff\"}");
    check_unreadable(opaque_line(data));
}

TEST_CASE("a record is at most eight deep") {
    const auto nested = [](std::size_t depth) {
        return "{\"a\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
    };
    CHECK(decode(opaque_line(nested(6))));
    check_unreadable(opaque_line(nested(7)));
    check_unreadable(opaque_line(nested(4'000)));
}

TEST_CASE("encode refuses text that is not clean") {
    const auto text =
        GENERATE(as<std::string>{}, std::string(1, '\0'), "\xff", "\xed\xa0\x80", "\xc3");
    check_not_encodable(tests::sample_record(RunRefused{{"a"}, "g", "r", text}, 1));
    Record record = tests::sample_record(RunRefused{}, 1);
    record.stream = text;
    check_not_encodable(record);
}

TEST_CASE("encode refuses more than 16 KiB, and takes exactly that") {
    RunRefused event;
    const std::size_t rest = tests::must(encode(tests::sample_record(event, 1))).size();
    event.detail = std::string(line_bytes_max - rest, 'x');
    CHECK(tests::must(encode(tests::sample_record(event, 1))).size() == line_bytes_max);
    event.detail += 'x';
    check_not_encodable(tests::sample_record(event, 1));
    event.detail = std::string(line_bytes_max - rest, '\x01');
    check_not_encodable(tests::sample_record(event, 1));
}

TEST_CASE("encode refuses integers beyond 2^53 - 1 and enumerators that are none") {
    Record record = tests::sample_record(RunRefused{}, 1);
    record.stream_version = 1ULL << 53U;
    check_not_encodable(record);
    record = tests::sample_record(RunRefused{}, 1);
    record.recorded_at_us = -(1LL << 53U);
    check_not_encodable(record);
    record = tests::sample_record(RunRefused{}, 1);
    record.actor.kind = static_cast<ActorKind>(9);
    check_not_encodable(record);
}

TEST_CASE("encode refuses an opaque event that could not be read back as one") {
    check_not_encodable(tests::sample_record(Opaque{"run-refused.1", "{}"}, 1));
    check_not_encodable(tests::sample_record(Opaque{"Later.1", "{}"}, 1));
    check_not_encodable(tests::sample_record(Opaque{"later", "{}"}, 1));
    check_not_encodable(tests::sample_record(Opaque{"later.1", "{ }"}, 1));
    check_not_encodable(tests::sample_record(Opaque{"later.1", "[]"}, 1));
}

TEST_CASE("a refused member is named") {
    const Error error =
        tests::error_of(encode(tests::sample_record(RunRefused{{"a"}, "g", "r", "\xff"}, 1)));
    CHECK_THAT(error.detail, Catch::Contains("run-refused.1"));
    CHECK_THAT(error.detail, Catch::Contains("ill-formed UTF-8 in \"detail\""));
}

TEST_CASE("statement results are content, a line of JSON each") {
    const std::vector<StatementResult> results{{0, 0, 10, 1, 7, "SELECT 1", 1, {"a\nb", "c"}},
                                               {1, 11, 20, 2, 8, "BEGIN", {}, {}}};
    const std::string lines = tests::must(encode_statements(results));
    CHECK(lines == R"({"statement_index":0,"begin":0,"end":10,"line":1,"elapsed_us":7,)"
                   R"("command_tag":"SELECT 1","row_count":1,"notices":["a\nb","c"]})"
                   "\n"
                   R"({"statement_index":1,"begin":11,"end":20,"line":2,"elapsed_us":8,)"
                   R"("command_tag":"BEGIN","row_count":null,"notices":[]})"
                   "\n");
    CHECK(tests::must(decode_statements(lines)) == results);
    CHECK(tests::must(decode_statements("")).empty());
}

TEST_CASE("a plan is content, a line of JSON each") {
    const std::vector<PlannedMigration> plan{
        {{"1.1"}, "prices", Direction::up, "V1.1__prices.sql", sha256("x"), true, 4, 0},
        {{"1.2"}, "taxes", Direction::down, "V1.2__taxes.sql", sha256("y"), false, 9, 3}};
    const std::string lines = tests::must(encode_plan({&plan[0], &plan[1]}));
    CHECK_THAT(lines, Catch::StartsWith(
                          R"({"version":"1.1","name":"prices","direction":"up","path":)"
                          R"("V1.1__prices.sql","digest":")" +
                          hex(sha256("x")) +
                          R"(","transactional":true,"statement_count":4,"first_statement_index":0})"
                          "\n"));
    CHECK(tests::must(decode_plan(lines)) == plan);
}

TEST_CASE("content that is not as it was written is unreadable") {
    const PlannedMigration planned{{"1.1"}, "p", Direction::up, "", {}, true};
    const std::string lines = tests::must(encode_plan({&planned}));
    for (const std::string& bad :
         {lines.substr(0, lines.size() - 1), lines + "\n", " " + lines, lines + "{}\n"}) {
        const Error error = tests::error_of(decode_plan(bad));
        CHECK(error.code == Code::corrupt);
        CHECK(error.reason == "content-unreadable");
    }
    CHECK(tests::error_of(encode_statements({{0, 0, 0, 0, 0, "\xff", {}, {}}})).reason ==
          "content-not-encodable");
}
