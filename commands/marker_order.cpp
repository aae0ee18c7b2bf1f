#include "commands/marker_order.hpp"

#include "ledger/accepted_loss.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

// What every history that this ledger has had agrees upon.
std::uint64_t common_size(const std::vector<ledger::AcceptedLoss>& losses) {
    auto size = std::numeric_limits<std::uint64_t>::max();
    for (const auto& loss : losses) size = std::min(size, loss.data.size);
    return size;
}

}  // namespace

Result<std::vector<Marker>> in_order(std::vector<Marker> by_time, const ledger::Reader& reader) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    std::vector<std::size_t> places;  // of this ledger's own
    bool is_in_order = true;
    for (std::size_t place = 0; place < by_time.size(); ++place) {
        if (by_time[place].ledger != head->ledger) continue;
        if (!places.empty() && by_time[place].ledger_size < by_time[places.back()].ledger_size)
            is_in_order = false;
        places.push_back(place);
    }
    if (is_in_order) return by_time;

    const auto losses = ledger::accepted_losses(reader);
    if (!losses) return fail(losses.error());
    const std::uint64_t common = common_size(*losses);
    std::vector<Marker> own;
    for (const std::size_t place : places) own.push_back(std::move(by_time[place]));
    std::stable_sort(own.begin(), own.end(), [&](const Marker& one, const Marker& other) {
        return one.ledger_size < other.ledger_size && one.ledger_size <= common;
    });
    for (std::size_t number = 0; number < places.size(); ++number)
        by_time[places[number]] = std::move(own[number]);
    return by_time;
}

}  // namespace commands
