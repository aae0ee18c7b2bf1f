// ledger/signing_keys.hpp: whose signatures count on this ledger's checkpoints, folded from events.
//
// Rule    a key counts from its KeyAdded on; one that is retired counts on checkpoints of at most
//         the size that its KeyRetired names. Fold up to a position, and it is what counted there.
//         Each is added once and retired once: the first of either event holds, and no retirement
//         reaches beyond its own position.
// Errors  of check_signed: corrupt "checkpoint-malformed" and "note-malformed", "checkpoint-wrong"
//         (its origin, size or root is another), "checkpoint-forged" (no key of this ledger has
//         signed it, or the signature does not hold), "checkpoint-key-retired".
#pragma once

#include "ledger/event.hpp"
#include "ledger/note.hpp"
#include "ledger/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledger {

struct SigningKey {
    Verifier verifier;
    std::uint64_t added_at{};                // the position of its KeyAdded
    std::optional<std::uint64_t> last_size;  // retired: up to checkpoints of so many events
    bool operator==(const SigningKey&) const = default;
};

class SigningKeys {
public:
    // Of the events of a ledger in order; what is about no key changes nothing.
    void apply(std::uint64_t position, const Event& event);

    // What is wrong with an event that comes next, where something is: "adds the key of ...".
    [[nodiscard]] std::optional<std::string> fault_of(std::uint64_t position,
                                                      const Event& event) const;

    [[nodiscard]] const std::vector<SigningKey>& all() const { return keys_; }
    [[nodiscard]] const std::optional<std::string>& origin() const { return origin_; }
    // Those whose signatures count on a checkpoint of `size` events.
    [[nodiscard]] std::vector<Verifier> counting(std::uint64_t size) const;

private:
    std::vector<SigningKey> keys_;
    std::optional<std::string> origin_;
};

[[nodiscard]] Result<void> check_signed(const CheckpointSigned& checkpoint,
                                        const SigningKeys& keys);

}  // namespace ledger
