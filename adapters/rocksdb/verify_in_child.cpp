#include "adapters/rocksdb/child.hpp"
#include "adapters/rocksdb/findings.hpp"
#include "adapters/rocksdb/rows.hpp"
#include "adapters/rocksdb/verify.hpp"

#include <utility>

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t texts_before_faults = 9;
constexpr std::size_t texts_a_fault = 4;
constexpr std::size_t texts_an_error = 4;

std::string to_bytes(const Result<Verification>& outcome) {
    if (!outcome) {
        const ledger::Error& error = outcome.error();
        return join({number_bytes(static_cast<std::uint64_t>(error.code)), error.reason,
                     error.detail, error.help});
    }
    std::vector<std::string> texts{number_bytes(outcome->size),
                                   std::string{bytes_of(outcome->root)},
                                   number_bytes(outcome->event_count),
                                   number_bytes(outcome->content_count),
                                   number_bytes(outcome->redacted_count),
                                   number_bytes(outcome->checkpoint_count),
                                   number_bytes(outcome->fault_count),
                                   number_bytes(outcome->from_size),
                                   outcome->believed};
    for (const Fault& fault : outcome->faults) {
        texts.push_back(fault.position ? number_bytes(*fault.position) : std::string{});
        texts.push_back(fault.what);
        texts.push_back(fault.detail);
        texts.push_back(fault.witness);
    }
    return join(texts);
}

Result<Verification> outcome_of(const std::vector<std::string>& texts) {
    if (texts.size() == texts_an_error)
        return fail(static_cast<ledger::Code>(number_of(texts[0]).value_or(0)), texts[1], texts[2],
                    texts[3]);
    if (texts.size() < texts_before_faults)
        return fail(ledger::Code::unavailable, "ledger-unreachable",
                    "the verifying process gave no answer");
    Verification verification;
    verification.size = number_of(texts[0]).value_or(0);
    verification.root = digest_of(texts[1]);
    verification.event_count = number_of(texts[2]).value_or(0);
    verification.content_count = number_of(texts[3]).value_or(0);
    verification.redacted_count = number_of(texts[4]).value_or(0);
    verification.checkpoint_count = number_of(texts[5]).value_or(0);
    verification.fault_count = number_of(texts[6]).value_or(0);
    verification.from_size = number_of(texts[7]).value_or(0);
    verification.believed = texts[8];
    for (std::size_t at = texts_before_faults; at + texts_a_fault <= texts.size();
         at += texts_a_fault)
        verification.faults.push_back(
            {number_of(texts[at]), texts[at + 1], texts[at + 2], texts[at + 3]});
    return verification;
}

}  // namespace

Result<Verification> verify_in_child(const std::filesystem::path& path, const Scope& scope,
                                     std::chrono::milliseconds timeout) {
    const auto bytes = run_in_child([&] { return to_bytes(verify(path, scope)); }, timeout);
    if (bytes) return outcome_of(split(*bytes));
    if (bytes.error().code != ledger::Code::corrupt) return fail(bytes.error());
    Verification verification;
    verification.fault_count = 1;
    verification.faults.push_back({{}, store_damaged, bytes.error().detail});
    return verification;
}

}  // namespace adapters::rocksdb
