#include "adapters/postgres/witness_rows.hpp"

#include "adapters/postgres/number_text.hpp"

#include <charconv>

namespace adapters::postgres {

using commands::HeldCheckpoint;

Command select_held(const std::string& marker_schema, const ledger::Uuid& ledger,
                    const std::string& order) {
    return {
        "SELECT size, pg_catalog.encode(root, 'hex'), pg_catalog.encode(note, 'hex'),"
        " pg_catalog.round(extract(epoch FROM seen_at)::numeric"
        " OPERATOR(pg_catalog.*) 1000000)::bigint FROM " +
            quoted_identifier(marker_schema) +
            ".checkpoint WHERE ledger OPERATOR(pg_catalog.=) $1::pg_catalog.uuid ORDER BY size" +
            order,
        {to_text(ledger)}};
}

std::optional<HeldCheckpoint> held_of(const Values& row) {
    HeldCheckpoint held;
    const auto root = ledger::digest_from_hex(row[1].value_or(""));
    if (!root || !read_number(row[0], held.size)) return std::nullopt;
    held.root = *root;
    const std::string digits = row[2].value_or("");
    for (std::size_t at = 0; at + 1 < digits.size(); at += 2) {
        unsigned byte = 0;
        std::from_chars(digits.data() + at, digits.data() + at + 2, byte, 16);
        held.note += static_cast<char>(byte);
    }
    std::int64_t seen_at_us{};
    if (read_number(row[3], seen_at_us)) held.seen_at_us = seen_at_us;
    return held;
}

}  // namespace adapters::postgres
