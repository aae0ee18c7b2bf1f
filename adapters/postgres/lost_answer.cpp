#include "adapters/postgres/lost_answer.hpp"

namespace adapters::postgres {

namespace {

constexpr std::uint64_t sure_after_us = 4'000'000;
// Of a statement, which may be long: the last part of it may be on its way for a while.
constexpr std::uint64_t sure_of_statement_after_us = 30'000'000;

std::uint64_t patience_us(const Sighting& sighting, const Awaited& awaited) {
    const bool is_soon = awaited.is_decisive || !sighting.is_there;
    return is_soon ? sure_after_us : sure_of_statement_after_us;
}

}  // namespace

void LostAnswer::see(const Sighting& sighting, const Awaited& awaited) {
    const bool is_hopeless = sighting.is_of_our_server && awaited.is_sent &&
                             (!sighting.is_there || sighting.waits_for_client);
    if (!is_hopeless) return forget();
    if (seen_ != sighting) {
        seen_ = sighting;
        seen_at_us_ = awaited.waited_us;
        return;
    }
    if (awaited.waited_us - seen_at_us_ < patience_us(sighting, awaited)) return;
    why_ = sighting.is_there ? "the session's server process waits for us: the answer is lost"
                             : "the session's server process is gone, and the answer with it";
}

}  // namespace adapters::postgres
