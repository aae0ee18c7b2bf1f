// commands/evidence.hpp: which events an auditor is given who asks about a migration, a run, a span
// of time, or everything.
//
// Selected  migration: every event that names it, and what its runs say as a whole (their start,
//           end, waits). Run: every event of it. Range: everything recorded then.
// Context   what the selected ones cannot be understood or trusted without: the ledger's creation
//           and keys, a migration's registrations, a target's, the import or baseline by which
//           something was taken over, the first checkpoint that covers them all with its
//           witnesses, the last verification and the reviews that did, redactions of what they name
//           or refer to, restorations.
// Boundary  of a range: the event before it and the one after it, which show by their times that
//           nothing was left out.
// Pure      told every record once, in order.
#pragma once

#include "ledger/event.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace commands {

enum class EvidenceScopeKind { all, migration, run, range };

struct EvidenceScope {
    EvidenceScopeKind kind{};
    ledger::Version migration;
    ledger::Uuid run;
    std::int64_t from_us{};  // recorded at or after
    std::int64_t to_us{};    // recorded at or before
    bool operator==(const EvidenceScope&) const = default;
};

enum class EvidenceRole { selected, context, boundary };

using EvidenceRoles = std::map<std::uint64_t, EvidenceRole>;

class EvidenceSelection {
public:
    explicit EvidenceSelection(EvidenceScope scope) : scope_{std::move(scope)} {}

    void look(const ledger::Record& record);

    // Of the events below `size`.
    [[nodiscard]] EvidenceRoles roles(std::uint64_t size) const;

    // How many events a checkpoint must cover, so that everything selected is in it, and every
    // redaction of what goes with it: what is written because a checkpoint or an export was made
    // can only come after it, and does not count. 0 where nothing is selected.
    [[nodiscard]] std::uint64_t size_needed() const;

    // Selected, and not among the first `size`.
    [[nodiscard]] std::vector<std::uint64_t> beyond(std::uint64_t size) const;

    // Of a range: the last event before it, the first one after it; among the first `size`.
    [[nodiscard]] std::optional<std::uint64_t> before(std::uint64_t size) const;
    [[nodiscard]] std::optional<std::uint64_t> after(std::uint64_t size) const;

private:
    using Positions = std::vector<std::uint64_t>;
    using At = std::vector<std::pair<std::uint64_t, std::uint64_t>>;  // position, a size

    struct Names {
        std::string target;
        std::string version;
    };
    [[nodiscard]] static Names names_in(const ledger::Record& record);
    [[nodiscard]] bool matches(const ledger::Record& record, const Names& names) const;
    void note_facts(const ledger::Record& record);
    void note_edges(const ledger::Record& record);
    [[nodiscard]] std::set<std::uint64_t> selected() const;
    void add_context(EvidenceRoles& roles, std::uint64_t size) const;
    void add_judgements(EvidenceRoles& roles, std::uint64_t size) const;
    void note_takeover(const ledger::Record& record);
    void add_takeovers(EvidenceRoles& roles, std::uint64_t size) const;
    [[nodiscard]] Positions redactions_of(const EvidenceRoles& roles) const;

    EvidenceScope scope_;
    Positions matching_;
    std::set<ledger::Uuid> runs_;                   // of what matches
    std::map<ledger::Uuid, Positions> run_events_;  // that name no migration
    std::map<std::uint64_t, Names> names_;          // of what matches, or could
    std::map<std::string, Positions> registrations_;
    std::map<std::string, Positions> targets_;
    using Command = std::pair<std::string, ledger::Uuid>;  // a stream, and its correlation
    std::map<std::uint64_t, Command> adopted_;             // of what matches
    std::multimap<Command, std::uint64_t> takeovers_;
    std::set<std::uint64_t> bookkeeping_;
    Positions foundations_;
    At checkpoints_;
    At witnessed_;
    At verified_;
    std::vector<std::pair<std::uint64_t, ledger::LogReviewed>> reviewed_;
    std::vector<std::pair<std::uint64_t, ledger::ContentRedacted>> redacted_;
    std::map<std::uint64_t, std::vector<ledger::Digest>> contents_;  // what each event refers to
    std::optional<std::uint64_t> before_;
    std::optional<std::uint64_t> after_;
};

[[nodiscard]] std::string kind_text(EvidenceScopeKind kind);  // "migration"
[[nodiscard]] std::string role_text(EvidenceRole role);       // "selected"

}  // namespace commands
