// commands/redact.hpp: content that must be forgotten is deleted; what names it stays provable.
//
// Records  ContentRedacted in the stream "ledger": the store replaces the content by a tombstone.
//          Its adapter erases the bytes from its files; copies made before are out of reach.
// Refuses  "content-unknown"; "content-redacted" a second time; "content-in-use" where an attempt
//          or a run that has no end yet cannot be settled without it; "ledger-newer".
// Cost     find_redactable reads every event.
#pragma once

#include "ledger/clock.hpp"
#include "ledger/store.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace commands {

struct Redactable {
    ledger::ContentReference content;
    std::vector<std::uint64_t> positions;  // of the events that name it, at most a hundred
    std::uint64_t event_count{};           // that name it
};

[[nodiscard]] ledger::Result<Redactable> find_redactable(const ledger::Reader& reader,
                                                         const ledger::Digest& digest);

// The position of its event.
ledger::Result<std::uint64_t> redact(ledger::Store& store, ledger::Clock& clock,
                                     const ledger::Context& context, const Redactable& redactable);

// Every ContentRedacted among the first `size` events, oldest first.
[[nodiscard]] ledger::Result<std::vector<ledger::Record>> read_redactions(
    const ledger::Reader& reader, std::uint64_t size);

// By whom, when and why it was; nothing where it was not.
[[nodiscard]] ledger::Result<std::optional<ledger::Record>> find_redaction(
    const ledger::Reader& reader, const ledger::Digest& digest);

// Of content that is not there: "content-redacted" or "content-unknown".
[[nodiscard]] ledger::Error absent_content(const ledger::Reader& reader,
                                           const ledger::Digest& digest);

// The events of a stream among the first `size`, oldest first.
[[nodiscard]] ledger::Result<std::vector<ledger::Record>> read_stream(const ledger::Reader& reader,
                                                                      std::string_view stream,
                                                                      std::uint64_t size);

}  // namespace commands
