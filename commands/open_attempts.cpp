#include "commands/open_attempts.hpp"

#include "ledger/codec.hpp"

#include <map>
#include <string_view>
#include <variant>

namespace commands {

using ledger::fail;
using ledger::Result;

namespace {

constexpr std::string_view attempt_type = R"("type":"attempt-)";  // as a line has it

using Begun = std::map<ledger::Uuid, std::uint64_t>;

void take_attempt(Begun& begun, const ledger::Record& record) {
    std::visit(
        [&](const auto& event) {
            using Event = std::decay_t<decltype(event)>;
            if constexpr (std::is_same_v<Event, ledger::AttemptStarted>)
                begun.emplace(event.attempt, record.position);
            else if constexpr (std::is_same_v<Event, ledger::AttemptSucceeded> ||
                               std::is_same_v<Event, ledger::AttemptFailed> ||
                               std::is_same_v<Event, ledger::AttemptCancelled>)
                begun.erase(event.attempt);
        },
        record.data);
}

}  // namespace

Result<std::set<std::uint64_t>> open_attempts(const ledger::Reader& reader, std::uint64_t from,
                                              std::uint64_t to) {
    std::set<std::uint64_t> open;
    if (from >= to) return open;
    Begun begun;
    const auto take = [&](std::string_view line) -> Result<void> {
        if (line.find(attempt_type) == line.npos) return {};
        const auto record = ledger::decode(line);
        if (!record) return fail(record.error());
        take_attempt(begun, *record);
        return {};
    };
    if (const auto read = reader.each_line(from, to - from, take); !read) return fail(read.error());
    for (const auto& [attempt, position] : begun) open.insert(position);
    return open;
}

}  // namespace commands
