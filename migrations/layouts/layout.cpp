#include "migrations/layouts/layout.hpp"

#include "migrations/layouts/dbmate.hpp"
#include "migrations/layouts/directed.hpp"
#include "migrations/layouts/drizzle.hpp"
#include "migrations/layouts/flat.hpp"
#include "migrations/layouts/flyway.hpp"
#include "migrations/layouts/foldered.hpp"
#include "migrations/layouts/goose.hpp"
#include "migrations/layouts/graphile_migrate.hpp"
#include "migrations/layouts/sourcegraph.hpp"
#include "migrations/layouts/sqitch.hpp"
#include "migrations/layouts/two_way.hpp"

namespace migrations::layouts {

const std::vector<Layout>& all_layouts() {
    using enum PlaceholderForm;
    static const std::vector<Layout> layouts{
        {"varve", {false, psql, nullptr}, read_directed},
        {"golang-migrate", {true, psql, nullptr}, read_directed},
        {"flyway", {true, dollar, nullptr}, read_flyway},
        {"dbmate", {true, psql, nullptr}, read_dbmate},
        {"goose", {true, psql, is_goose_boundary}, read_goose},
        {"sql-migrate", {true, psql, is_goose_boundary}, read_goose},
        {"drizzle", {true, psql, is_drizzle_boundary}, read_drizzle},
        {"prisma", {true, psql, nullptr}, read_prisma},
        {"diesel", {true, psql, nullptr}, read_diesel},
        {"hasura", {true, psql, nullptr}, read_hasura},
        {"sqlx", {true, psql, nullptr}, read_sqlx},
        {"sqitch", {true, psql, nullptr}, read_sqitch},
        {"supabase", {true, psql, nullptr}, read_flat},
        {"sourcegraph", {true, psql, nullptr}, read_sourcegraph},
        {"morph", {true, psql, nullptr}, read_directed},
        {"popx", {true, braces, nullptr}, read_pop},
        {"fizz", {true, braces, nullptr}, read_pop},
        {"postgres-migrations", {true, psql, nullptr}, read_flat},
        {"graphile-worker", {true, colon, nullptr}, read_flat},
        {"graphile-migrate", {true, colon, nullptr}, read_graphile_migrate},
        {"node-pg-migrate", {true, psql, nullptr}, read_node_pg_migrate},
        {"tern", {true, braces, nullptr}, read_tern},
        {"plain", {true, psql, nullptr}, read_flat},
    };
    return layouts;
}

const Layout* find_layout(std::string_view name) {
    for (const Layout& layout : all_layouts())
        if (layout.name == name) return &layout;
    return nullptr;
}

}  // namespace migrations::layouts
