#include "tools/varve/verification_view.hpp"

#include <map>

namespace tools::varve {

using adapters::rocksdb::Fault;

std::string_view plain_word(std::string_view what) {
    static const std::map<std::string_view, std::string_view> words{
        {"event-changed", "changed"},      {"event-missing", "missing"},
        {"event-reordered", "reordered"},  {"event-replaced", "replaced"},
        {"tail-cut", "cut off"},           {"history-replaced", "replaced"},
        {"anchor-disagrees", "replaced"},  {"content-changed", "changed"},
        {"content-missing", "missing"},    {"index-wrong", "changed"},
        {"checkpoint-wrong", "changed"},   {"store-damaged", "changed"},
        {"projection-differs", "changed"},
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

void print_faults(const Console& console, const adapters::rocksdb::Verification& verification) {
    for (const Fault& fault : verification.faults) console.line(sentence(console, fault));
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
