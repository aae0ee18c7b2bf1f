// tools/varve/proof_files.hpp: proofs and checkpoints in files, read and checked without a ledger.
//
// Trust   a key that --key gives, else those of the ledger that is configured, where there is one:
//         each checkpoint by the keys that count on its own size.
// Errors  refused "usage", "file-unreadable", "key-missing" (nothing says whose signature counts),
//         "checkpoint-unfit" (a kept checkpoint that the proof does not start from);
//         unavailable "file-unwritable"; corrupt "proof-malformed", "proof-invalid",
//         "note-unverified", "note-signature-bad", "event-unreadable".
#pragma once

#include "ledger/checkpoint.hpp"
#include "ledger/result.hpp"
#include "ledger/tlog_proof.hpp"
#include "tools/varve/invocation.hpp"
#include "tools/varve/verbs.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace tools::varve {

[[nodiscard]] std::optional<std::uint64_t> whole_number(const std::string& word);

[[nodiscard]] ledger::Result<std::string> read_text_file(const std::string& path);
// The file is there whole, or as it was before.
[[nodiscard]] ledger::Result<void> write_text_file(const std::string& path,
                                                   const std::string& text);

struct CheckpointFile {
    ledger::Note note;
    ledger::Checkpoint checkpoint;
};
[[nodiscard]] ledger::Result<CheckpointFile> read_checkpoint_file(const std::string& path);

struct CheckedProof {
    std::optional<std::string> line;  // of a proof of inclusion
    std::string line_from;
    std::uint64_t index{};
    std::uint64_t old_size{};  // of a proof of consistency
    ledger::Proven proven;
    std::string keys_from;
};
[[nodiscard]] ledger::Result<CheckedProof> check_proof_file(const Invocation& invocation,
                                                            const ProveOptions& options);

}  // namespace tools::varve
