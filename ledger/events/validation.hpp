// ledger/events/validation.hpp: what is known of a migration before it is run: judged, accepted,
// rehearsed and tested; and how a target's data was found.
//
// Stream  migration/<version>; of IntegrityChecked target/<name>.
// Frozen  once released an event never changes; a new meaning is a new struct with a new tag.
#pragma once

#include "ledger/identity.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

enum class FindingSeverity { error, warning, note };

// What a rule has said of a place. No text of the script: that is content, and may be redacted.
struct ValidationFinding {
    std::string rule;
    FindingSeverity severity{};
    std::string path;  // of the script, relative to the migrations folder
    std::uint32_t line{};
    std::uint32_t column{};
    std::optional<std::string> accepted_because;  // the directive in the script that accepts it
    bool operator==(const ValidationFinding&) const = default;
};

struct MigrationValidated {
    static constexpr std::string_view tag = "migration-validated.1";
    Version version;
    Digest up;
    std::optional<Digest> down;
    std::uint32_t rule_set{};    // the version of the catalogue of rules
    std::string server_version;  // that it was judged for
    std::vector<ValidationFinding> findings;
    bool operator==(const MigrationValidated&) const = default;
};

// A finding that the script's author accepts, by a directive in the script. Who and when: the
// envelope tells who brought it into the ledger.
struct FindingAccepted {
    static constexpr std::string_view tag = "finding-accepted.1";
    Version version;
    Digest script;
    std::string rule;
    std::string path;
    std::uint32_t line{};
    std::string because;
    bool operator==(const FindingAccepted&) const = default;
};

enum class TestSuite { schema, dry_run, integrity, rollback, idempotency };

struct TestCheck {
    std::string name;  // "up from empty", "catalog equal after up, down, up"
    bool passed{};
    std::string detail;
    bool operator==(const TestCheck&) const = default;
};

// A suite of tests on a disposable copy.
struct MigrationTested {
    static constexpr std::string_view tag = "migration-tested.1";
    Version version;
    Digest up;
    std::optional<Digest> down;
    TestSuite suite{};
    bool passed{};
    std::vector<TestCheck> checks;
    std::optional<Digest> schema_before;  // of the catalog, as the suite met it
    std::optional<Digest> schema_after;
    std::string server_version;  // of the disposable copy
    std::uint64_t elapsed_us{};
    bool operator==(const MigrationTested&) const = default;
};

// A target's data, looked at and not changed. Counts alone: no row is quoted.
struct IntegrityChecked {
    static constexpr std::string_view tag = "integrity-checked.1";
    Target target;
    bool passed{};
    std::vector<TestCheck> checks;
    std::uint64_t elapsed_us{};
    bool operator==(const IntegrityChecked&) const = default;
};

}  // namespace ledger
