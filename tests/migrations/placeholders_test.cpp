#include "migrations/placeholders.hpp"

#include <catch2/catch.hpp>

using migrations::find_unresolved;
using migrations::PlaceholderForm;

namespace {

std::string substituted_text(std::string_view text, const migrations::Placeholders& placeholders,
                             PlaceholderForm form) {
    return migrations::substitute(text, placeholders, form).text;
}

}  // namespace

TEST_CASE("a text is replaced as it stands, wherever it stands alone") {
    CHECK(substituted_text("a :S.t ':S' :SX x::S", {{":S", "auth"}}, PlaceholderForm::psql) ==
          "a auth.t 'auth' :SX x::S");
    CHECK(substituted_text("(x):::S.t[]", {{":S", "auth"}}, PlaceholderForm::psql) ==
          "(x)::auth.t[]");
    CHECK(substituted_text("(x):::S.t[]", {{"S", "auth"}}, PlaceholderForm::psql) ==
          "(x)::auth.t[]");
    CHECK(substituted_text("${a}", {{"${a}", "b"}}, PlaceholderForm::none) == "b");
}

TEST_CASE("white space within braces does not matter, nor how the name is reached") {
    const migrations::Placeholders named{{"namespace", "auth"}};
    const migrations::Placeholders literal{{"{{ index .Options \"Namespace\" }}", "auth"}};
    for (const char* text :
         {"{{ index .Options \"Namespace\" }}.t", "{{index .Options   \"Namespace\"}}.t",
          "{{- index .Options \"Namespace\" -}}.t"}) {
        CHECK(substituted_text(text, named, PlaceholderForm::braces) == "auth.t");
        CHECK(substituted_text(text, literal, PlaceholderForm::braces) == "auth.t");
    }
    CHECK(substituted_text("{{ .Namespace }} {{namespace}} {{ .Other }}", named,
                           PlaceholderForm::psql) == "auth auth {{ .Other }}");
    CHECK(substituted_text("{{ lower .Namespace | quote }}", named, PlaceholderForm::braces) ==
          "{{ lower .Namespace | quote }}");
}

TEST_CASE("psql's variables are replaced outside strings, and quoted where they say so") {
    const migrations::Placeholders named{{"name", "o'k"}};
    CHECK(
        substituted_text("SELECT :name, :'name', :\"name\", ':name', x::name, $$ :name $$ -- :name",
                         named, PlaceholderForm::psql) ==
        "SELECT o'k, 'o''k', \"o'k\", ':name', x::name, $$ :name $$ -- :name");
}

TEST_CASE("graphile's names are replaced within function bodies as well") {
    CHECK(substituted_text("SELECT $$ :DB.f() $$, ':DB', :DBX", {{"DB", "d"}},
                           PlaceholderForm::colon) == "SELECT $$ d.f() $$, 'd', :DBX");
}

TEST_CASE("Flyway's are replaced everywhere, in any case, and what is left is found") {
    const auto text = substituted_text("${Schema}.t '${schema}' ${flyway:user} -- ${c}",
                                       {{"schema", "s"}}, PlaceholderForm::dollar);
    CHECK(text == "s.t 's' ${flyway:user} -- ${c}");
    const auto left = find_unresolved(text, PlaceholderForm::dollar);
    REQUIRE(left.size() == 1);
    CHECK(left[0].text == "${flyway:user}");
    CHECK(left[0].key == "\"flyway:user\"");
    CHECK(text.substr(left[0].begin, left[0].end - left[0].begin) == left[0].text);
}

TEST_CASE("goose's variables may have a default") {
    CHECK(substituted_text("${A} ${B:-b} $A $AB ${C}", {{"A", "1"}}, PlaceholderForm::env) ==
          "1 b 1 $AB ${C}");
}

TEST_CASE("templates that are left are found once a name, and not in comments") {
    const auto left = find_unresolved("{{ .A }} {{.A}} -- {{ .B }}\n'{{ index .O \"C\" }}'",
                                      PlaceholderForm::braces);
    REQUIRE(left.size() == 2);
    CHECK(left[0].key == "A");
    CHECK(left[1].key == "C");
}

TEST_CASE("each byte of what came of a text is known where it was written") {
    const std::string written = "x ${a}.${empty}b ${A} ${ab} y";
    const auto made = migrations::substitute(
        written, {{"a", "${c}"}, {"c", "l\nong"}, {"${c}", "z"}, {"empty", ""}, {"ab", "q"}},
        PlaceholderForm::dollar);
    REQUIRE(made.text == "x ${c}.b ${c} q y");
    const auto begin = [&](std::string_view sought) {
        return migrations::written_begin(made.replaced, made.text.find(sought));
    };
    CHECK(begin("x") == written.find('x'));
    CHECK(begin("{c}") == written.find("${a}"));
    CHECK(begin(".b") == written.find(".${"));
    CHECK(begin("b ") == written.find("b ${A}"));
    CHECK(begin("q") == written.find("${ab}"));
    CHECK(begin(" y") == written.find(" y"));
    CHECK(migrations::written_end(made.replaced, made.text.find("q") + 1) == written.size() - 2);
    CHECK(migrations::replaced_byte(made.replaced, written.find(" y")) == made.text.find(" y"));
    CHECK_FALSE(migrations::replaced_byte(made.replaced, written.find("a}")));
}

TEST_CASE("what is replaced in what was replaced stands for the first") {
    const auto made = migrations::substitute("a ${x} b", {{"${x}", "1${y}2"}, {"y", "long"}},
                                             PlaceholderForm::dollar);
    REQUIRE(made.text == "a 1long2 b");
    REQUIRE(made.replaced.size() == 1);
    CHECK(made.replaced[0] == migrations::Replaced{2, 6, 2, 8});
}

TEST_CASE("places are the file's, and no fix touches or writes out what was replaced") {
    const migrations::Written written{"é ${s}.t\nb\n", {{3, 7, 3, 8}}};
    const std::string text = "é lo\nng.t\nb\n";
    migrations::Diagnostic found{migrations::Severity::error, "r", "m", "f", 2, 4, 5, "ng.t"};
    using Edits = std::vector<migrations::SuggestedEdit>;
    found.fix = migrations::SuggestedFix{"t", Edits{{2, 4, 2, 5, "u"}}};
    std::vector<migrations::Diagnostic> all(4, found);
    all[1].fix->edits[0].column = 2;
    all[2].fix->edits[0].text = "lo\nng.u";
    all[3].line = 3;
    all[3].column = 1;
    migrations::place_as_written(all, written, text, 1);
    CHECK(all[0].line == 1);
    CHECK(all[0].column == 8);
    CHECK(all[0].end_column == 9);
    CHECK(all[0].source_line == "é ${s}.t");
    CHECK(all[0].fix->edits == Edits{{1, 8, 1, 9, "u"}});
    CHECK_FALSE(all[1].fix);
    CHECK_FALSE(all[2].fix);
    CHECK(all[3].line == 2);
}
