#include "adapters/rocksdb/verify.hpp"

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/database.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/verify_events.hpp"
#include "adapters/rocksdb/writer_lock.hpp"

#include <utility>

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

namespace {

// A read-only instance reads the log strictly, but must not run beside a writer.
Result<std::unique_ptr<Database>> open_for_verification(const std::filesystem::path& path) {
    const auto is_beside_writer = [&path] { return is_locked(lock_of(path)); };
    if (!is_beside_writer()) {
        auto opened = Database::open(events_of(path), Mode::read_only);
        if (opened || !is_beside_writer()) return opened;
    }
    return Database::open(events_of(path), Mode::secondary);
}

Result<Verification> verify_scope(const Database& database, const std::optional<Anchor>& anchor,
                                  const Scope& scope, Findings& findings) {
    if (!scope.is_fast) return verify_events(database, anchor, findings);
    return verify_new_events(database, anchor, scope.kept_checkpoint, findings);
}

}  // namespace

Result<Verification> verify(const std::filesystem::path& given, const Scope& scope) {
    const std::filesystem::path path = tidy_path(given);
    Findings findings;
    Verification verification;
    const auto there = expect_ledger(path);
    if (!there && there.error().code != ledger::Code::corrupt) return fail(there.error());
    const auto anchor = read_anchor(path);
    if (!anchor && anchor.error().code != ledger::Code::corrupt) return fail(anchor.error());
    if (!anchor) findings.add({}, "anchor-disagrees", anchor.error().detail, "anchor");
    const auto database = open_for_verification(path);
    if (!database) {
        findings.add({}, store_damaged, database.error().detail);
    } else {
        auto found = verify_scope(**database, anchor ? std::optional{*anchor} : std::nullopt, scope,
                                  findings);
        if (!found) return fail(found.error());
        verification = std::move(*found);
    }
    if (findings.refusal()) return fail(*findings.refusal());
    findings.tell(verification);
    return verification;
}

}  // namespace adapters::rocksdb
