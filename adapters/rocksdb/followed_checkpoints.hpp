// adapters/rocksdb/followed_checkpoints.hpp: the signed checkpoints of a copied history, held
// against what was copied. Internal.
//
// Shape   take() every event of the stream "ledger", in order.
// Errors  corrupt "source-checkpoint-bad", naming the event.
#pragma once

#include "ledger/event.hpp"
#include "ledger/result.hpp"
#include "ledger/signing_keys.hpp"

#include <cstdint>
#include <functional>

namespace adapters::rocksdb {

class FollowedCheckpoints {
public:
    // The copy's root over so many of its events.
    using RootAt = std::function<ledger::Result<ledger::Digest>(std::uint64_t size)>;

    // Learns a key; holds a checkpoint against `root_at`, and true where it was one.
    ledger::Result<bool> take(const ledger::Record& record, const RootAt& root_at);
    // The same of what was verified when it was copied: learns keys alone.
    void remember(const ledger::Record& record) { keys_.apply(record.position, record.data); }

private:
    ledger::Result<void> check(const ledger::Record& record,
                               const ledger::CheckpointSigned& checkpoint,
                               const RootAt& root_at) const;

    ledger::SigningKeys keys_;
};

}  // namespace adapters::rocksdb
