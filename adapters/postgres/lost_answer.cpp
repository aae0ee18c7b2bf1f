#include "adapters/postgres/lost_answer.hpp"

namespace adapters::postgres {

namespace {

constexpr std::uint64_t sure_after_us = 8'000'000;  // as where nothing at all is heard any more

}  // namespace

void LostAnswer::see(const Sighting& sighting, const Awaited& awaited, std::uint64_t asked_at_us) {
    const bool is_idle =
        sighting.waits_for_client && (awaited.is_decisive || sighting.is_in_pipeline);
    const bool is_hopeless =
        sighting.is_of_our_server && awaited.is_sent && (!sighting.is_there || is_idle);
    if (!is_hopeless) return forget();
    if (seen_ != sighting) {
        seen_ = sighting;
        seen_at_us_ = awaited.waited_us;
        return;
    }
    if (asked_at_us < seen_at_us_ + sure_after_us) return;
    why_ = sighting.is_there ? "no answer comes, and the session's server process waits for us"
                             : "no answer comes, and the session's server process is gone";
}

}  // namespace adapters::postgres
