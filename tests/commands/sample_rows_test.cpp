#include "commands/sample_rows.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace sample_rows_test {

using namespace commands;

namespace {

SampleColumn column(const std::string& name, const std::string& type, char category) {
    return {name, type, type, category, {}, true, false, false};
}

bool has(const std::vector<std::string>& all, const std::string& part) {
    return std::any_of(all.begin(), all.end(),
                       [&](const std::string& each) { return each.find(part) != each.npos; });
}

}  // namespace

TEST_CASE("every column gets a value of its type, another in each row") {
    SampleTable table{"public.t", {column("a\"b", "int4", 'N'), column("c", "text", 'S')}, {}, {}};
    CHECK(sample_inserts(table, 2, SampleStyle::plain) ==
          std::vector<std::string>{"INSERT INTO public.t (\"a\"\"b\", \"c\") VALUES ('2'::int4, "
                                   "'2-Sample'::text)"});
}

TEST_CASE("a varied text has blanks inside and at its ends, then a plain one is tried") {
    const auto values = [](const SampleColumn& text) {
        return sample_inserts({"t", {text}, {}, {}}, 3, SampleStyle::varied);
    };
    const auto into = [](const std::string& value) {
        return "INSERT INTO t (\"c\") VALUES (" + value + ")";
    };
    using Texts = std::vector<std::string>;
    CHECK(values(column("c", "text", 'S')) ==
          Texts{into("' 3-Sa m '::text"), into("'3-Sample'::text")});
    CHECK(values(column("c", "citext", 'S')).front() == into("' 3-Sa m '::citext"));
    CHECK(values(column("c", "_text", 'A')).front() == into(R"('{" 3-Sa m "," 4-Sa m "}'::_text)"));
    SampleColumn letter = column("c", "bpchar", 'S');
    letter.length_max = 1;
    CHECK(values(letter) == Texts{into("'3-Sample'::bpchar")});
    CHECK(values(column("c", "int4", 'N')) == Texts{into("'3'::int4")});
}

TEST_CASE("a check that refuses blanks is given a plain text beside others with blanks") {
    SampleTable table{"t",
                      {column("code", "text", 'S'), column("name", "text", 'S')},
                      {},
                      {{"CHECK (code !~ ' ')", {"code"}}}};
    CHECK(sample_inserts(table, 1, SampleStyle::varied)
              .at(1)
              .ends_with("('1-Sample'::text, ' 1-Sa m '::text)"));
}

TEST_CASE("what the server gives is not said, and nothing at all is said with DEFAULT VALUES") {
    SampleColumn given = column("id", "int8", 'N');
    given.is_given = true;
    CHECK(sample_inserts({"public.t", {given}, {}, {}}, 1, SampleStyle::plain).front() ==
          "INSERT INTO public.t DEFAULT VALUES");
}

TEST_CASE("a column that refers takes a row that is there") {
    SampleTable table{"public.t", {column("p", "int8", 'N')}, {{{"p"}, "public.p", {"id"}}}, {}};
    CHECK(has(sample_inserts(table, 3, SampleStyle::plain),
              "(SELECT p.\"id\" FROM public.p p ORDER BY p.\"id\" LIMIT 1 OFFSET 2)"));
}

TEST_CASE("a column that refers to its own table takes the row before") {
    SampleTable table{"public.t", {column("p", "int8", 'N')}, {{{"p"}, "public.t", {"id"}}}, {}};
    CHECK(has(sample_inserts(table, 3, SampleStyle::plain), "OFFSET 1)"));
}

TEST_CASE("an array has two elements, where they are known") {
    const auto first = [](const std::string& base) {
        return sample_inserts({"t", {column("a", base, 'A')}, {}, {}}, 1, SampleStyle::plain)
            .front();
    };
    CHECK(first("_int4").ends_with("('{\"1\",\"2\"}'::_int4)"));
    CHECK(first("_json").ends_with(
        R"(('{"{\"n\": 1,  \"a\": 1}","{\"n\": 1,  \"a\": 2}"}'::_json))"));
    CHECK(first("_bytea").ends_with(R"(('{"\\x01","\\x02"}'::_bytea))"));
    CHECK(first("_mood").ends_with("('{}'::_mood)"));
}

TEST_CASE("where a check is, a plainer value is tried too") {
    SampleTable table{
        "t", {column("slug", "text", 'S')}, {}, {{"CHECK (slug = lower(slug))", {"slug"}}}};
    const auto all = sample_inserts(table, 1, SampleStyle::plain);
    CHECK(has(all, "'1-Sample'"));
    CHECK(has(all, "'1-sample'"));
}

TEST_CASE("constants of a check are tried, and what is about them") {
    SampleTable table{"public.t",
                      {column("state", "text", 'S'), column("amount", "numeric", 'N')},
                      {},
                      {{"CHECK (state = ANY (ARRAY['open', 'it''s']))", {"state"}},
                       {"CHECK (amount > 100)", {"amount"}}}};
    const auto all = sample_inserts(table, 1, SampleStyle::plain);
    CHECK(has(all, "'open'::text"));
    CHECK(has(all, "'it''s'::text"));
    CHECK(has(all, "'101'::numeric"));
    CHECK(all.size() <= 48);
}

TEST_CASE("a type that is not known gets what the table says by itself") {
    SampleColumn odd = column("g", "geometry", 'U');
    odd.is_required = false;
    CHECK(has(sample_inserts({"t", {odd}, {}, {}}, 1, SampleStyle::plain), "NULL"));
    odd.has_default = true;
    CHECK(has(sample_inserts({"t", {odd}, {}, {}}, 1, SampleStyle::plain), "DEFAULT"));
}

TEST_CASE("what is lost is named, without a value") {
    const AllRows before{{"a", {3, "x", {{"id", "1"}, {"note", "2"}}}},
                         {"b", {2, "y", {}}},
                         {"c", {3, "z", {{"id", "1"}}}},
                         {"d", {0, "", {}}},
                         {"e", {2, "p", {}}}};
    const AllRows after{{"a", {3, "q", {{"id", "1"}, {"note", "3"}}}},
                        {"b", {1, "y", {}}},
                        {"c", {3, "w", {}}},
                        {"e", {2, "r", {}}}};
    CHECK(lost_rows(before, after) ==
          std::vector<std::string>{
              "values of column note of a are others than before", "1 row of 2 in b lost",
              "column id of c lost with the values in 3 rows", "rows of e are others than before"});
    CHECK(lost_rows(before, before).empty());
    CHECK(lost_rows({{"a", {1, "", {}}}}, {}) ==
          std::vector<std::string>{"table a lost with 1 row"});
}

TEST_CASE("of the tables that are named, those are told that have fewer rows, but some") {
    const AllRows before{{"a", {5, "x", {}}}, {"b", {5, "y", {}}}, {"c", {5, "z", {}}}};
    const AllRows after{{"a", {2, "p", {}}}, {"b", {0, "", {}}}, {"c", {2, "q", {}}}};
    CHECK(fewer_rows(before, after, {"a", "b", "d"}) ==
          std::vector<std::string>{"3 rows of 5 in a lost"});
}

TEST_CASE("a default that calls something may be another each time") {
    CHECK(is_constant("0"));
    CHECK(is_constant("('a'::text)"));
    CHECK_FALSE(is_constant("now()"));
    CHECK_FALSE(is_constant("public.\"Next\"()"));
    CHECK_FALSE(is_constant(""));
}

}  // namespace sample_rows_test
