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
          std::vector<std::string>{"INSERT INTO public.t (\"a\"\"b\", \"c\") VALUES ('12'::int4, "
                                   "'2-Sample'::text)",
                                   "INSERT INTO public.t (\"a\"\"b\", \"c\") VALUES ('2'::int4, "
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
    CHECK(values(column("c", "_text", 'A')).front() ==
          into(R"('{" 3-Sa m,"," 4-Sa m,"}'::_text)"));
    SampleColumn letter = column("c", "bpchar", 'S');
    letter.length_max = 1;
    CHECK(values(letter) == Texts{into("'3'::bpchar")});
    CHECK(values(column("c", "int4", 'N')) == Texts{into("'13'::int4"), into("'3'::int4")});
}

TEST_CASE("columns of one type, and tables, have values of their own; then small ones are tried") {
    SampleTable table{
        "t",
        {column("a", "int4", 'N'), column("b", "int4", 'N'), column("c", "text", 'S'),
         column("d", "text", 'S'), column("e", "timestamptz", 'D'), column("f", "timestamptz", 'D'),
         column("g", "bool", 'B'), column("h", "bool", 'B')},
        {},
        {}};
    const auto inserts = [&](std::uint32_t row) {
        return sample_inserts(table, row, SampleStyle::plain);
    };
    CHECK(inserts(1).front().ends_with(
        "('11'::int4, '22'::int4, '1-Sample'::text, '2bSample'::text, "
        "'2020-01-01 01:20:30.040506+00'::timestamptz, "
        "'2020-02-02 02:20:30.040506+00'::timestamptz, "
        "'true'::bool, 'false'::bool)"));
    CHECK(inserts(1).back().ends_with(
        "('1'::int4, '1'::int4, '1-Sample'::text, '1-Sample'::text, "
        "'2020-01-01 01:20:30.040506+00'::timestamptz, "
        "'2020-01-01 01:20:30.040506+00'::timestamptz, "
        "'true'::bool, 'true'::bool)"));
    table.place = 2;
    CHECK(has({inserts(3).front()},
              "('213'::int4, '221'::int4, '3-Scmple'::text, "
              "'1bScmple'::text, '2018-01-03 03:20:30.040506+00'"));
    CHECK(first_given(table, table.columns.at(1)) == 220);
}

TEST_CASE("a numeric has no more digits than its type") {
    const auto first = [](const std::string& type) {
        SampleColumn number = column("n", type, 'N');
        number.base_type = "numeric";
        return sample_inserts({"t", {number}, {}, {}, 7}, 1, SampleStyle::plain).front();
    };
    CHECK(has({first("numeric")}, "'711.01'::numeric"));
    CHECK(has({first("numeric(12,2)")}, "'711.01'"));
    CHECK(has({first("numeric(5,2)")}, "'711.01'"));
    CHECK(has({first("numeric(4,2)")}, "'11.01'"));
    CHECK(has({first("numeric(3,2)")}, "'1.01'"));
    CHECK(has({first("numeric(2,2)")}, "'0.01'"));
}

TEST_CASE("a check that refuses blanks is given a plain text beside others with blanks") {
    SampleTable table{"t",
                      {column("code", "text", 'S'), column("name", "text", 'S')},
                      {},
                      {{"CHECK (code !~ ' ')", {"code"}}}};
    CHECK(sample_inserts(table, 1, SampleStyle::varied)
              .at(1)
              .ends_with("('1-Sample'::text, ' 2bSa m '::text)"));
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
    CHECK(has(sample_inserts(table, 3, SampleStyle::plain),
              "LIMIT 1 OFFSET 3 % GREATEST(1, (SELECT pg_catalog.count(*) FROM public.p)))"));
}

TEST_CASE("two columns that refer to one table take other rows of it") {
    SampleTable table{"public.t",
                      {column("p", "int8", 'N'), column("q", "int8", 'N')},
                      {{{"p"}, "public.p", {"id"}}, {{"q"}, "public.p", {"id"}}},
                      {}};
    const auto all = sample_inserts(table, 1, SampleStyle::plain);
    CHECK(has({all.front()}, "OFFSET 1 %"));
    CHECK(has({all.front()}, "OFFSET 2 %"));
}

TEST_CASE("what two references share has one value, and the second is of a row with that value") {
    SampleTable table{
        "t",
        {column("tenant", "int8", 'N'), column("one", "int8", 'N'), column("two", "int8", 'N')},
        {{{"tenant"}, "tenants", {"id"}},
         {{"tenant", "one"}, "p", {"tenant", "id"}},
         {{"tenant", "two"}, "q", {"tenant", "id"}}},
        {}};
    const std::string one =
        " FROM p p ORDER BY p.\"tenant\", p.\"id\" LIMIT 1 OFFSET 1 % "
        "GREATEST(1, (SELECT pg_catalog.count(*) FROM p)))";
    CHECK(sample_inserts(table, 1, SampleStyle::plain)
              .front()
              .ends_with("VALUES ((SELECT p.\"tenant\"" + one + ", (SELECT p.\"id\"" + one +
                         ", (SELECT p.\"id\" FROM q p WHERE p.\"tenant\" = (SELECT p.\"tenant\"" +
                         one + " ORDER BY p.\"tenant\", p.\"id\" LIMIT 1 OFFSET 0))"));
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
    CHECK(first("_int4").ends_with("('{\"11\",\"12\"}'::_int4)"));
    CHECK(first("_json").ends_with(
        R"(('{"{\"n\": 1,  \"a\": 11}","{\"n\": 1,  \"a\": 12}"}'::_json))"));
    CHECK(first("_bytea").ends_with(R"(('{"\\x0001","\\x0002"}'::_bytea))"));
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
    CHECK(all.size() <= 96);
}

TEST_CASE("of a list in a check each row takes another, first of all") {
    SampleTable table{"t",
                      {column("state", "text", 'S')},
                      {},
                      {{"CHECK (state = ANY (ARRAY['open', 'paid']))", {"state"}}}};
    CHECK(has({sample_inserts(table, 1, SampleStyle::varied).front()}, "('open'::text)"));
    CHECK(has({sample_inserts(table, 2, SampleStyle::varied).front()}, "('paid'::text)"));
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
