#include "tools/varve/evidence_scope.hpp"

#include "commands/find_version.hpp"
#include "tools/varve/evidence.hpp"
#include "tools/varve/time_text.hpp"

namespace tools::varve {

using commands::EvidenceScope;
using commands::EvidenceScopeKind;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

tl::unexpected<ledger::Error> usage(const std::string& what, const std::string& help) {
    return fail(Code::refused, "usage", what, help);
}

Result<std::int64_t> instant(const std::string& text, const std::string& flag, bool beginning) {
    const auto span = time_span_from_text(text);
    if (!span)
        return usage(flag + " \"" + text + "\" is no time",
                     "write 2026-11-23 or 2026-11-23T14:30:00Z");
    return beginning ? span->first_us : span->last_us;
}

}  // namespace

Result<EvidenceScope> evidence_range(const std::optional<std::string>& from,
                                     const std::optional<std::string>& to,
                                     const ledger::Reader& reader) {
    EvidenceScope scope{EvidenceScopeKind::range, {}, {}, 0, 0};
    if (from) {
        const auto begin = instant(*from, "--from", true);
        if (!begin) return fail(begin.error());
        scope.from_us = *begin;
    }
    if (to) {
        const auto end = instant(*to, "--to", false);
        if (!end) return fail(end.error());
        scope.to_us = *end;
    } else {
        const auto head = reader.head();
        if (!head) return fail(head.error());
        scope.to_us = head->recorded_at_us;
    }
    if (scope.from_us > scope.to_us && !to)
        return usage("--from is later than the last event, of " + instant_text(scope.to_us),
                     "give --to as well: nothing has happened from then on");
    if (scope.from_us > scope.to_us)
        return usage("--from is later than --to", "give the earlier time first");
    return scope;
}

Result<EvidenceScope> evidence_scope(const ExportEvidenceOptions& options,
                                     const ledger::Reader& reader) {
    const bool dated = options.from || options.to;
    const int given = int{options.all} + int{options.migration.has_value()} +
                      int{options.run.has_value()} + int{dated};
    if (given != 1)
        return usage(given == 0 ? "nothing is said of which evidence is wanted"
                                : "more than one scope is given",
                     "give one of --migration V, --run R, --from D and --to D, --all");
    if (dated) return evidence_range(options.from, options.to, reader);
    EvidenceScope scope;
    if (options.migration) {
        const auto known = known_versions(reader);
        if (!known) return fail(known.error());
        auto version = commands::find_version({*options.migration}, *known);
        if (!version) return fail(version.error());
        scope.kind = EvidenceScopeKind::migration;
        scope.migration = std::move(*version);
    }
    if (options.run) {
        const auto run = ledger::uuid_from_text(*options.run);
        if (!run)
            return usage("--run \"" + *options.run + "\" is no run id",
                         "varve history --format json shows them");
        scope.kind = EvidenceScopeKind::run;
        scope.run = *run;
    }
    return scope;
}

}  // namespace tools::varve
