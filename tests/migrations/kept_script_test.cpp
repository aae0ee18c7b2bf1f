#include "migrations/kept_script.hpp"

#include <catch2/catch.hpp>

namespace kept_script_test {

TEST_CASE("a kept script is parted as it was by its layout") {
    const auto count = [](const std::string& text) {
        CHECK(!migrations::why_not_as_is("goose", text));
        return migrations::kept_script("1_a.sql", text).statements.size();
    };
    CHECK(count("-- +goose StatementBegin\nDROP VIEW v\n-- +goose StatementEnd\n"
                "-- +goose StatementBegin\nDROP TABLE t\n-- +goose StatementEnd\n") == 2);
    CHECK(count("DROP VIEW v\n--> statement-breakpoint\nDROP TABLE t") == 2);
    CHECK(count("DROP VIEW v; -- and\nDROP TABLE t;") == 2);
}

}  // namespace kept_script_test
