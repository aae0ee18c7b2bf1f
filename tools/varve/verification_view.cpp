#include "tools/varve/verification_view.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>

namespace tools::varve {

using adapters::rocksdb::Fault;

namespace {

constexpr std::size_t told_max = 3;  // of what one cause brings about many times

bool is_often_a_consequence(std::string_view what) {
    return what == "index-wrong" || what == "checkpoint-wrong";
}

// Those of one kind that are counted and not told.
struct Folded {
    std::size_t count{};
    std::optional<std::uint64_t> first;
    std::optional<std::uint64_t> last;

    void add(const Fault& fault) {
        if (!fault.position) return;
        first = std::min(first.value_or(*fault.position), *fault.position);
        last = std::max(last.value_or(*fault.position), *fault.position);
    }
    [[nodiscard]] std::string span() const {
        if (!first) return {};
        return first == last ? " at position " + std::to_string(*first)
                             : " between positions " + std::to_string(*first) + " and " +
                                   std::to_string(*last);
    }
};

}  // namespace

std::string_view plain_word(std::string_view what) {
    static const std::map<std::string_view, std::string_view> words{
        {"event-changed", "changed"},      {"event-missing", "missing"},
        {"event-reordered", "reordered"},  {"event-replaced", "replaced"},
        {"tail-cut", "cut off"},           {"history-replaced", "replaced"},
        {"anchor-disagrees", "replaced"},  {"content-changed", "changed"},
        {"content-missing", "missing"},    {"index-wrong", "changed"},
        {"checkpoint-wrong", "changed"},   {"store-damaged", "changed"},
        {"projection-differs", "changed"}, {"root-differs", "replaced"},
    };
    const auto found = words.find(what);
    return found == words.end() ? std::string_view{} : found->second;
}

std::string sentence(const Console& console, const Fault& fault) {
    std::string said = console.paint(Colour::red, fault.what);
    if (fault.position) said += " at position " + std::to_string(*fault.position);
    said += ": " + fault.detail;
    if (!fault.witness.empty()) said += console.paint(Colour::grey, " [by " + fault.witness + "]");
    return said;
}

std::vector<std::string> fault_lines(const Console& console, const std::vector<Fault>& faults) {
    std::vector<std::string> lines;
    std::map<std::string, Folded> folded;
    for (const Fault& fault : faults) {
        Folded& alike = folded[fault.what];
        if (is_often_a_consequence(fault.what) && ++alike.count > told_max)
            alike.add(fault);
        else
            lines.push_back(sentence(console, fault));
    }
    for (const auto& [what, alike] : folded)
        if (alike.count > told_max)
            lines.push_back(console.paint(Colour::red, what) + ": " +
                            std::to_string(alike.count - told_max) + " more" + alike.span() +
                            ", most likely of the same cause; --format json has each");
    return lines;
}

void print_faults(const Console& console, const adapters::rocksdb::Verification& verification) {
    for (const std::string& line : fault_lines(console, verification.faults)) console.line(line);
    if (verification.fault_count > verification.faults.size())
        console.line("and " +
                     std::to_string(verification.fault_count - verification.faults.size()) +
                     " more");
}

Json faults_json(const std::vector<Fault>& faults) {
    Json json = Json::array();
    for (const Fault& fault : faults) {
        const std::string_view word = plain_word(fault.what);
        json.push_back({{"position", optional_json(fault.position)},
                        {"what", fault.what},
                        {"is", word.empty() ? Json(nullptr) : Json(word)},
                        {"detail", fault.detail},
                        {"witness", fault.witness.empty() ? Json(nullptr) : Json(fault.witness)}});
    }
    return json;
}

}  // namespace tools::varve
