#include "commands/announced.hpp"

#include "ledger/checked_reader.hpp"
#include "ledger/codec.hpp"
#include "ledger/digest.hpp"

#include <algorithm>
#include <string>
#include <variant>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

tl::unexpected<ledger::Error> plan_missing(const std::string& why) {
    return fail(Code::corrupt, "ledger-damaged", "the plan of a run that was cut off: " + why,
                "`varve verify` says what is wrong");
}

const ledger::ContentReference* plan_reference(const ledger::Event& event) {
    if (const auto* run = std::get_if<ledger::RunStarted>(&event)) return &run->plan;
    if (const auto* rollback = std::get_if<ledger::RollbackStarted>(&event)) return &rollback->plan;
    return nullptr;
}

}  // namespace

bool may_be_announced(const ledger::PlannedMigration& step) {
    return step.transactional && step.first_statement_index == 0;
}

ledger::Uuid announced_attempt(const ledger::Uuid& run, const ledger::PlannedMigration& step) {
    std::string bytes = "varve attempt";
    bytes += '\0';
    bytes.append(run.bytes.begin(), run.bytes.end());
    bytes += step.direction == ledger::Direction::up ? "up" : "down";
    bytes += '\0';
    bytes += step.version.text;
    bytes += '\0';
    const ledger::Digest digest = ledger::sha256(bytes);
    ledger::Uuid id;
    std::copy_n(digest.bytes.begin(), id.bytes.size(), id.bytes.begin());
    id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0FU) | 0x80U);
    id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3FU) | 0x80U);
    return id;
}

projections::OpenAttempt announced_open_attempt(const ledger::Uuid& run,
                                                const ledger::PlannedMigration& step) {
    projections::OpenAttempt attempt;
    attempt.attempt = announced_attempt(run, step);
    attempt.version = step.version;
    attempt.name = step.name;
    attempt.direction = step.direction;
    attempt.digest = step.digest;
    attempt.transactional = step.transactional;
    attempt.statement_count = step.statement_count;
    attempt.run = run;
    return attempt;
}

Result<std::vector<ledger::PlannedMigration>> plan_of(const ledger::Reader& reader,
                                                      const projections::OpenRun& run) {
    const auto lines = ledger::CheckedReader{reader}.lines(run.position, 1);
    if (!lines) return fail(lines.error());
    if (lines->empty()) return plan_missing("its first event is not there");
    const auto record = ledger::decode(lines->front());
    if (!record) return fail(record.error());
    const auto* reference = plan_reference(record->data);
    if (reference == nullptr) return plan_missing("its first event has none");
    const auto content = reader.content(reference->digest);
    if (!content) return fail(content.error());
    if (!*content) return plan_missing("its content is not there");
    return ledger::decode_plan(**content);
}

}  // namespace commands
