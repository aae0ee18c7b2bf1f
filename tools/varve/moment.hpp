// tools/varve/moment.hpp: one moment of the ledger's past, and what is known of it for sure.
//
// Same     no clock, no host, nothing of the asker: two people who ask get the same bytes, as long
//          as nothing more was signed or redacted in between, and the moment has come.
#pragma once

#include "ledger/store.hpp"
#include "projections/row_store.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/time_text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tools::varve {

struct Moment {
    ledger::Uuid ledger;
    std::uint64_t size{};
    ledger::Digest root;
    std::optional<std::int64_t> recorded_at_us;      // of the last event
    std::optional<std::uint64_t> checkpoint_size;    // the newest at or before it
    std::vector<std::string> signers;                // the names on that checkpoint
    std::vector<std::string> signer_ids;             // of their keys, in hex: names may be the same
    std::vector<std::uint64_t> redaction_positions;  // of what this answer would have shown
};

// What an answer is about: everything, one target, one migration.
struct Concern {
    std::optional<std::string> target;
    std::optional<std::string> version;
    [[nodiscard]] bool with(const ledger::Record& record) const;
};

// As size_as_of(), or the path of a checkpoint: a file that holds a signed note. corrupt
// "checkpoint-disagrees" where it is not this ledger's.
[[nodiscard]] ledger::Result<std::uint64_t> size_when(const ledger::Reader& reader,
                                                      const std::string& when,
                                                      Edge edge = Edge::end);

// A time that is still to come is answered as of now: said, since whoever meant a zone of their own
// gets less than they asked for.
void note_if_to_come(const Console& console, const std::optional<std::string>& when);

// `rows` may be brought level.
[[nodiscard]] ledger::Result<Moment> moment_at(const ledger::Reader& reader,
                                               projections::RowStore& rows, std::uint64_t size,
                                               const Concern& concern);

[[nodiscard]] std::vector<std::string> to_lines(const Moment& moment);
[[nodiscard]] Json to_json(const Moment& moment);

}  // namespace tools::varve
