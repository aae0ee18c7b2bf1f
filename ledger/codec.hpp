// ledger/codec.hpp: a record to its stored line and back. The line is hashed: fixed forever.
//
// Format  one JSON object without white space, members in the order codec.cpp names them, each
//         always present; docs/ledger-format.md gives every rule of the bytes.
// Limits  16 KiB a line, depth 8; integers within 2^53 - 1.
// Trust   decode reads strictly in order and refuses whatever encode would not have written, so
//         encode(decode(line)) == line. Verify the leaf before you trust the content. encode reads
//         every line back before it answers: what it gives is what decode will understand.
// Errors  encode: refused, "event-not-encodable" (ill-formed UTF-8, NUL, too large).
//         decode: corrupt, "event-unreadable". Of content lines: refused "content-not-encodable",
//         corrupt "content-unreadable".
#pragma once

#include "ledger/event.hpp"
#include "ledger/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace ledger {

inline constexpr std::size_t line_bytes_max = 16 * 1024;

[[nodiscard]] Result<std::string> encode(const Record& record);
[[nodiscard]] Result<Record> decode(std::string_view line);

// Statement results as content: one canonical JSON object a line, each ended by '\n'.
[[nodiscard]] Result<std::string> encode_statements(const std::vector<StatementResult>& results);
[[nodiscard]] Result<std::vector<StatementResult>> decode_statements(std::string_view lines);

// A plan as content, likewise.
[[nodiscard]] Result<std::string> encode_plan(const std::vector<const PlannedMigration*>& plan);
[[nodiscard]] Result<std::vector<PlannedMigration>> decode_plan(std::string_view lines);

// The `data` member alone, as it would be stored: what `show` prints and tests compare.
[[nodiscard]] Result<std::string> encode_data(const Event& event);

}  // namespace ledger
