// migrations/bookkeeping/readers.hpp: one reader a tool. Each tells what its tool's rows mean.
#pragma once

#include "migrations/bookkeeping/checksum.hpp"
#include "migrations/bookkeeping/history.hpp"

namespace migrations::bookkeeping {

void read_flyway(Telling& telling);
void read_golang_migrate(Telling& telling);
void read_tern(Telling& telling);
void read_drizzle(Telling& telling);
void read_prisma(Telling& telling);
void read_goose(Telling& telling);
void read_sqlx(Telling& telling);
void read_sqitch(Telling& telling);
void read_node_pg_migrate(Telling& telling);
void read_atlas(Telling& telling);
void read_hasura(Telling& telling);
void read_sourcegraph(Telling& telling);
void read_names(Telling& telling);

// Compares what the entry's checksum was with its file's, and names a file of which Git or an
// editor has changed the line ends alone.
void compare_checksum(Telling& telling, Entry& entry, Checksum of);

// Tools that keep a row a version, and no more: dbmate, Diesel, Supabase.
void read_versions(Telling& telling);

}  // namespace migrations::bookkeeping
