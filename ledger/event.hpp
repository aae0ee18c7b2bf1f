// ledger/event.hpp: every fact this ledger can record, and the envelope each is recorded in.
//
// Shape   an event is a plain aggregate: values, `==`, and a `tag`, its name on disk. A record is
//         an event in its envelope, as stored.
// Add     1. write the struct in ledger/events/  2. name it in EventVariant  3. its members in the
// codec
//         4. its golden line; the compiler and the tests list what is left.
// Opaque  an event of a newer version of this program: shown and verified, never understood.
#pragma once

#include "ledger/events/difference.hpp"
#include "ledger/events/ledger.hpp"
#include "ledger/events/migration.hpp"
#include "ledger/events/target.hpp"
#include "ledger/events/validation.hpp"
#include "ledger/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ledger {

struct Opaque {
    std::string type;
    std::string json;  // the `data` member as stored
    bool operator==(const Opaque&) const = default;
};

using EventVariant =
    std::variant<LedgerCreated, KeyAdded, MigrationRegistered, MigrationRevised, TargetRegistered,
                 RunStarted, RunRefused, AttemptStarted, StatementSucceeded, AttemptSucceeded,
                 AttemptFailed, AttemptCancelled, RunFinished, RollbackStarted, RollbackFinished,
                 LockWaited, DifferenceResolved, MigrationAdopted, BaselineTaken, HistoryImported,
                 MarkersWritten, KeyRetired, CheckpointSigned, CheckpointWitnessed, LedgerVerified,
                 ContentRedacted, LedgerCopied, LedgerRestored, ExportProduced, LogReviewed,
                 MigrationValidated, FindingAccepted, MigrationTested, IntegrityChecked, Opaque>;

// One of them, for std::visit, std::get_if and the like. It is a class of its own so that what
// copies, moves and destroys it is compiled once, not again wherever an event passes by.
struct Event : EventVariant {
    using EventVariant::EventVariant;
    Event();
    Event(const Event& other);
    Event(Event&& other) noexcept;
    Event& operator=(const Event& other);
    Event& operator=(Event&& other) noexcept;
    ~Event();
};

[[nodiscard]] bool operator==(const Event& left, const Event& right);

enum class ActorKind { person, service, schedule };

// Who. A stable id, never a person's name or address.
struct Actor {
    std::string id;
    ActorKind kind{};
    std::string via;   // how they were known: "os-user", "token", "ssh-key"
    std::string host;  // from which host
    bool operator==(const Actor&) const = default;
};

struct Record {
    std::uint32_t envelope{1};
    Uuid ledger;
    std::uint64_t position{};       // in the whole ledger, from 0, gapless
    std::uint32_t batch_index{};    // place in the append it was part of, and that append's length,
    std::uint32_t batch_length{1};  // so that a torn batch shows
    std::string stream;             // "target/production", "migration/0001", "ledger"
    std::uint64_t stream_version{};  // from 1, gapless
    Uuid id;
    std::int64_t recorded_at_us{};  // UTC, strictly increasing
    bool clock_went_back{};         // the clock was behind; recorded_at_us was held
    Actor actor;
    std::optional<Uuid> run;
    Uuid correlation;               // the command that caused it
    std::optional<Uuid> causation;  // the event it answers
    std::optional<std::string> reason;
    std::optional<std::string> ticket;
    std::string tool;  // "varve/0.1.0"
    Event data;
    bool operator==(const Record&) const = default;
};

// The event's name on disk: "run-started.1".
[[nodiscard]] std::string type_of(const Event& event);
// The same, where it stands: as long as the event.
[[nodiscard]] std::string_view type_name(const Event& event);

}  // namespace ledger
