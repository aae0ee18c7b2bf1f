// migrations/bookkeeping/readers.hpp: one reader a tool. Each tells what its tool's rows mean.
#pragma once

#include "migrations/bookkeeping/history.hpp"

namespace migrations::bookkeeping {

void read_flyway(Telling& telling);
void read_golang_migrate(Telling& telling);
void read_drizzle(Telling& telling);
void read_prisma(Telling& telling);
void read_goose(Telling& telling);
void read_sqlx(Telling& telling);
void read_sqitch(Telling& telling);
void read_node_pg_migrate(Telling& telling);

// Tools that keep a row a version, and no more: dbmate, Diesel, Supabase.
void read_versions(Telling& telling);

}  // namespace migrations::bookkeeping
