// commands/witness.hpp: being a witness of other people's ledgers: what is cosigned, and what not.
//
// Shape    decide_witness() is pure: a request, the logs that are trusted and what was cosigned
//          last make a decision. handle_add_checkpoint() remembers before it answers.
// Statuses those of HTTP, as the protocol has them: 200 cosigned; 400 malformed; 403 not signed by
//          a trusted key; 404 another log; 409 not what was cosigned last (the body says its
//          size), or another root at that size; 422 not consistent with it; 500 the witness
//          itself is in trouble.
// Source   https://c2sp.org/tlog-witness
#pragma once

#include "ledger/checkpoint.hpp"
#include "ledger/note.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace commands {

struct TrustedLog {
    std::string origin;
    std::vector<ledger::Verifier> keys;
    bool operator==(const TrustedLog&) const = default;
};

struct WitnessDecision {
    int status{};
    std::string reason;                             // for the log and for a person
    std::optional<std::uint64_t> known_size;        // with 409
    bool contradicts{};                             // the log has two histories
    std::optional<ledger::Checkpoint> to_remember;  // with 200
    std::string checkpoint_text;                    // what is to be signed, with 200
    bool operator==(const WitnessDecision&) const = default;
};

// The origin that a request speaks of; nothing where it is malformed.
[[nodiscard]] std::optional<std::string> origin_of_request(std::string_view body);

[[nodiscard]] WitnessDecision decide_witness(std::string_view body,
                                             std::span<const TrustedLog> logs,
                                             const std::optional<ledger::Checkpoint>& last);

// Where a witness keeps what it cosigned last, of each log.
class WitnessMemory {
public:
    virtual ~WitnessMemory() = default;
    virtual ledger::Result<std::optional<ledger::Checkpoint>> last(const std::string& origin) = 0;
    // On disk when it answers.
    virtual ledger::Result<void> remember(const ledger::Checkpoint& checkpoint) = 0;
};

struct WitnessAnswer {
    int status{};
    std::string content_type;
    std::string body;
    std::string origin;  // empty where the request was malformed
    std::string reason;
    bool contradicts{};  // the log has two histories
};

// One at a time: nobody else may use `memory` meanwhile.
[[nodiscard]] WitnessAnswer handle_add_checkpoint(std::string_view body,
                                                  std::span<const TrustedLog> logs,
                                                  WitnessMemory& memory,
                                                  const ledger::Signer& witness,
                                                  std::uint64_t time_s);

}  // namespace commands
