#include "migrations/placeholders.hpp"

#include <catch2/catch.hpp>

using migrations::find_unresolved;
using migrations::PlaceholderForm;
using migrations::substitute;

TEST_CASE("a text is replaced as it stands, wherever it stands alone") {
    CHECK(substitute("a :S.t ':S' :SX x::S", {{":S", "auth"}}, PlaceholderForm::psql) ==
          "a auth.t 'auth' :SX x::S");
    CHECK(substitute("(x):::S.t[]", {{":S", "auth"}}, PlaceholderForm::psql) == "(x)::auth.t[]");
    CHECK(substitute("(x):::S.t[]", {{"S", "auth"}}, PlaceholderForm::psql) == "(x)::auth.t[]");
    CHECK(substitute("${a}", {{"${a}", "b"}}, PlaceholderForm::none) == "b");
}

TEST_CASE("white space within braces does not matter, nor how the name is reached") {
    const migrations::Placeholders named{{"namespace", "auth"}};
    const migrations::Placeholders literal{{"{{ index .Options \"Namespace\" }}", "auth"}};
    for (const char* text :
         {"{{ index .Options \"Namespace\" }}.t", "{{index .Options   \"Namespace\"}}.t",
          "{{- index .Options \"Namespace\" -}}.t"}) {
        CHECK(substitute(text, named, PlaceholderForm::braces) == "auth.t");
        CHECK(substitute(text, literal, PlaceholderForm::braces) == "auth.t");
    }
    CHECK(substitute("{{ .Namespace }} {{namespace}} {{ .Other }}", named, PlaceholderForm::psql) ==
          "auth auth {{ .Other }}");
    CHECK(substitute("{{ lower .Namespace | quote }}", named, PlaceholderForm::braces) ==
          "{{ lower .Namespace | quote }}");
}

TEST_CASE("psql's variables are replaced outside strings, and quoted where they say so") {
    const migrations::Placeholders named{{"name", "o'k"}};
    CHECK(substitute("SELECT :name, :'name', :\"name\", ':name', x::name, $$ :name $$ -- :name",
                     named, PlaceholderForm::psql) ==
          "SELECT o'k, 'o''k', \"o'k\", ':name', x::name, $$ :name $$ -- :name");
}

TEST_CASE("graphile's names are replaced within function bodies as well") {
    CHECK(substitute("SELECT $$ :DB.f() $$, ':DB', :DBX", {{"DB", "d"}}, PlaceholderForm::colon) ==
          "SELECT $$ d.f() $$, 'd', :DBX");
}

TEST_CASE("Flyway's are replaced everywhere, in any case, and what is left is found") {
    const auto text = substitute("${Schema}.t '${schema}' ${flyway:user} -- ${c}",
                                 {{"schema", "s"}}, PlaceholderForm::dollar);
    CHECK(text == "s.t 's' ${flyway:user} -- ${c}");
    const auto left = find_unresolved(text, PlaceholderForm::dollar);
    REQUIRE(left.size() == 1);
    CHECK(left[0].text == "${flyway:user}");
    CHECK(left[0].key == "\"flyway:user\"");
    CHECK(text.substr(left[0].begin, left[0].end - left[0].begin) == left[0].text);
}

TEST_CASE("goose's variables may have a default") {
    CHECK(substitute("${A} ${B:-b} $A $AB ${C}", {{"A", "1"}}, PlaceholderForm::env) ==
          "1 b 1 $AB ${C}");
}

TEST_CASE("templates that are left are found once a name, and not in comments") {
    const auto left = find_unresolved("{{ .A }} {{.A}} -- {{ .B }}\n'{{ index .O \"C\" }}'",
                                      PlaceholderForm::braces);
    REQUIRE(left.size() == 2);
    CHECK(left[0].key == "A");
    CHECK(left[1].key == "C");
}
