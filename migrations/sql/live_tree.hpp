// migrations/sql/live_tree.hpp: libpg_query's parse tree where libpg_query has built it.
//
// Why      its only way to give a tree is to write it as Protobuf, to be read again: that takes
//          longer than parsing. The linker brings its call of the writer here (--wrap, see
//          CMakeLists.txt), and the tree is seen in its place; nothing is written.
// Threads  any, each for itself.
#pragma once

#include <functional>
#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

namespace migrations::sql {

// The tree is gone when `see` returns; `see` must not parse. Without an error it is called once.
using SeeParsed = std::function<void(const PgQuery__ParseResult&)>;

// The answer's tree is empty; its error is the parser's. The caller frees it.
[[nodiscard]] PgQueryProtobufParseResult parse_in_place(const char* text, const SeeParsed& see);

}  // namespace migrations::sql
