// migrations/layouts/goose.hpp: VERSION_name.sql with "-- +goose Up" and "-- +goose Down".
//
// Layouts  goose; sql-migrate, which says "-- +migrate Up notransaction".
// Format   Up, Down, StatementBegin, StatementEnd, NO TRANSACTION, ENVSUB ON, ENVSUB OFF.
// Order    by number.
// Refuses  annotations that are not understood; numbered .go files, which goose would run.
// Source   goose v3, internal/sqlparser.
#pragma once

#include "migrations/layouts/reading.hpp"

namespace migrations::layouts {

void read_goose(Reading& reading);

[[nodiscard]] bool is_goose_line(std::string_view line);
[[nodiscard]] bool is_sql_migrate_line(std::string_view line);

// StatementBegin and StatementEnd: between them is one statement, whatever semicolons it has.
[[nodiscard]] bool is_goose_boundary(std::string_view comment);

}  // namespace migrations::layouts
