#include "commands/emptied_tables.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using commands::LockMode;
using commands::MeasuredStatement;
using commands::RelationName;

namespace {

const RelationName orders{"public", "orders"};
const RelationName other{"public", "other"};

// It has a new file and is locked; another is only read.
MeasuredStatement rewriting(std::string kind, std::string text) {
    MeasuredStatement statement;
    statement.kind = std::move(kind);
    statement.text = std::move(text);
    statement.locks = {{orders, false, LockMode::access_exclusive},
                       {other, false, LockMode::access_share}};
    statement.rewritten = {orders};
    statement.scans[other] = {};
    return statement;
}

}  // namespace

TEST_CASE("what TRUNCATE and a refresh without data lock and give a new file is emptied") {
    using Names = std::vector<RelationName>;
    CHECK(emptied_by(rewriting("truncate", "TRUNCATE orders")) == Names{orders});
    CHECK(emptied_by(rewriting("refresh-materialized-view",
                               "REFRESH MATERIALIZED VIEW orders WITH NO DATA")) == Names{orders});
}

TEST_CASE("what reads or writes the rows empties nothing") {
    CHECK(emptied_by(rewriting("refresh-materialized-view", "REFRESH MATERIALIZED VIEW orders"))
              .empty());
    CHECK(emptied_by(rewriting("alter-table", "ALTER TABLE orders ALTER id TYPE bigint")).empty());
}

TEST_CASE("what TRUNCATE only locks has had no rows to lose") {
    MeasuredStatement statement = rewriting("truncate", "TRUNCATE orders");
    statement.rewritten.clear();
    CHECK(emptied_by(statement).empty());
}
