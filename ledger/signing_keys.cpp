#include "ledger/signing_keys.hpp"

#include "ledger/checkpoint.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace ledger {

namespace {

tl::unexpected<Error> wrong(const CheckpointSigned& checkpoint, const std::string& what) {
    return fail(
        Code::corrupt, "checkpoint-wrong",
        "the note of the checkpoint of " + std::to_string(checkpoint.size) + " events " + what,
        "trust the witnesses that hold another one");
}

Result<void> check_text(const CheckpointSigned& signed_one, const Note& note,
                        const std::optional<std::string>& origin) {
    const auto checkpoint = checkpoint_from_text(note.text);
    if (!checkpoint) return fail(checkpoint.error());
    if (origin && checkpoint->origin != *origin)
        return wrong(signed_one, "is of another origin, " + checkpoint->origin);
    if (checkpoint->size != signed_one.size)
        return wrong(signed_one, "is of " + std::to_string(checkpoint->size) + " events");
    if (checkpoint->root != signed_one.root)
        return wrong(signed_one, "has another root than its event");
    return {};
}

template <class Keys>
auto place_of(const Verifier& verifier, Keys& keys) {
    return std::find_if(keys.begin(), keys.end(),
                        [&](const SigningKey& key) { return key.verifier == verifier; });
}

}  // namespace

void SigningKeys::apply(std::uint64_t position, const Event& event) {
    if (const auto* const created = std::get_if<LedgerCreated>(&event)) origin_ = created->origin;
    if (const auto* const added = std::get_if<KeyAdded>(&event)) {
        const Verifier verifier{added->name, added->public_key};
        if (place_of(verifier, keys_) == keys_.end())
            keys_.push_back({verifier, position, std::nullopt});
    }
    const auto* const retired = std::get_if<KeyRetired>(&event);
    if (retired == nullptr) return;
    const auto key = place_of({retired->name, retired->public_key}, keys_);
    if (key != keys_.end() && !key->last_size)
        key->last_size = std::min(retired->valid_up_to_size, position);
}

std::optional<std::string> SigningKeys::fault_of(std::uint64_t position, const Event& event) const {
    if (const auto* const added = std::get_if<KeyAdded>(&event)) {
        const auto key = place_of({added->name, added->public_key}, keys_);
        if (key == keys_.end()) return std::nullopt;
        return "adds the key of event " + std::to_string(key->added_at) + " again" +
               (key->last_size ? ", which was retired" : "");
    }
    const auto* const retired = std::get_if<KeyRetired>(&event);
    if (retired == nullptr) return std::nullopt;
    const auto key = place_of({retired->name, retired->public_key}, keys_);
    if (key != keys_.end() && key->last_size)
        return "retires the key of event " + std::to_string(key->added_at) +
               " again, which counts on checkpoints of up to " + std::to_string(*key->last_size) +
               " events";
    if (retired->valid_up_to_size > position)
        return "lets a key that it retires count on checkpoints of up to " +
               std::to_string(retired->valid_up_to_size) +
               " events, more than there were before it";
    return std::nullopt;
}

std::vector<Verifier> SigningKeys::counting(std::uint64_t size) const {
    std::vector<Verifier> counting;
    for (const SigningKey& key : keys_)
        if (!key.last_size || size <= *key.last_size) counting.push_back(key.verifier);
    return counting;
}

Result<void> check_signed(const CheckpointSigned& checkpoint, const SigningKeys& keys) {
    const auto note = note_from_text(checkpoint.note);
    if (!note) return fail(note.error());
    if (auto fits = check_text(checkpoint, *note, keys.origin()); !fits) return fits;
    const auto by_counting = verify_note(*note, keys.counting(checkpoint.size));
    if (by_counting) return {};
    const std::string name = "the checkpoint of " + std::to_string(checkpoint.size) + " events ";
    std::vector<Verifier> known;
    for (const SigningKey& key : keys.all()) known.push_back(key.verifier);
    if (by_counting.error().reason == "note-unverified" && verify_note(*note, known))
        return fail(Code::corrupt, "checkpoint-key-retired",
                    name + "is signed by a key alone that was retired before",
                    "find out who still uses that key");
    const bool is_signed = by_counting.error().reason != "note-unverified";
    return fail(Code::corrupt, "checkpoint-forged",
                name + (is_signed ? "carries a signature that does not hold"
                                  : "is signed by no key of this ledger"),
                "find out who wrote it; do not hand it out");
}

}  // namespace ledger
