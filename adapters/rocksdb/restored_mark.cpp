#include "adapters/rocksdb/restored_mark.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

namespace adapters::rocksdb {

using ledger::fail;
using ledger::Result;

namespace {

bool set_number(std::uint64_t& place, std::string_view value) {
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), place);
    return error == std::errc{} && end == value.data() + value.size();
}

template <class Value>
bool add(std::vector<Value>& list, std::optional<Value> value) {
    if (value) list.push_back(std::move(*value));
    return value.has_value();
}

std::optional<ledger::Verifier> verifier_in(std::string_view text) {
    auto verifier = ledger::verifier_from_text(text);
    if (!verifier) return std::nullopt;
    return std::move(*verifier);
}

template <class Value>
bool set(Value& place, const std::optional<Value>& value) {
    if (value) place = *value;
    return value.has_value();
}

bool take(Restored& restored, std::string_view name, std::string_view value) {
    ledger::LedgerRestored& data = restored.data;
    if (name == "event") return set(restored.event, ledger::uuid_from_text(value));
    if (name == "size") return set_number(data.size, value);
    if (name == "root") return set(data.root, ledger::digest_from_hex(value));
    if (name == "lost_to") return set_number(data.lost_to, value);
    if (name == "lost_root") {
        data.lost_root = ledger::digest_from_hex(value);
        return data.lost_root.has_value();
    }
    if (name == "redacted_since")
        return add(restored.redacted_since, ledger::digest_from_hex(value));
    if (name == "added_since") return add(restored.added_since, verifier_in(value));
    if (name == "retired_since") return add(restored.retired_since, verifier_in(value));
    if (name == "known_by") data.known_by.emplace_back(value);
    if (name == "unasked") restored.unasked.emplace_back(value);
    if (name == "source") data.source = value;
    return name == "known_by" || name == "unasked" || name == "source";
}

std::string joined(const std::vector<std::string>& texts) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : ", ") + text;
    return all;
}

// A path may hold a line break: what comes after it must not be read as a line of its own.
std::string one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text + "\n";
}

}  // namespace

bool waits_for_decision(const Restored& restored) {
    return restored.data.lost_to > restored.data.size || !restored.unasked.empty();
}

std::string loss_of(const Restored& restored) {
    const ledger::LedgerRestored& data = restored.data;
    std::string text = "nothing is known to be lost";
    if (data.lost_to > data.size)
        text = "at least positions " + std::to_string(data.size) + " to " +
               std::to_string(data.lost_to - 1) + " are lost, known by " + joined(data.known_by);
    else if (!restored.unasked.empty())
        text = "whether anything is lost is unknown";
    if (!restored.unasked.empty()) text += "; not asked: " + joined(restored.unasked);
    return text;
}

std::string to_text(const Restored& restored) {
    const ledger::LedgerRestored& data = restored.data;
    std::string text = one_line(loss_of(restored));
    text += "event " + ledger::to_text(restored.event) + "\n";
    text += "size " + std::to_string(data.size) + "\n";
    text += "root " + ledger::hex(data.root) + "\n";
    text += "lost_to " + std::to_string(data.lost_to) + "\n";
    if (data.lost_root) text += "lost_root " + ledger::hex(*data.lost_root) + "\n";
    for (const std::string& by : data.known_by) text += "known_by " + one_line(by);
    for (const std::string& who : restored.unasked) text += "unasked " + one_line(who);
    for (const ledger::Digest& digest : restored.redacted_since)
        text += "redacted_since " + ledger::hex(digest) + "\n";
    for (const ledger::Verifier& key : restored.added_since)
        text += "added_since " + ledger::to_text(key) + "\n";
    for (const ledger::Verifier& key : restored.retired_since)
        text += "retired_since " + ledger::to_text(key) + "\n";
    return text + "source " + one_line(data.source);
}

Result<Restored> restored_from_text(std::string_view text) {
    Restored restored;
    text.remove_prefix(std::min(text.size(), text.find('\n') + 1));
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        const std::size_t space = line.find(' ');
        if (space == line.npos || !take(restored, line.substr(0, space), line.substr(space + 1)))
            return fail(ledger::Code::corrupt, "ledger-damaged",
                        "its file \"restored\" has a line of an unknown form",
                        "restore it again from the same backup");
    }
    if (restored.event == ledger::Uuid{})
        return fail(ledger::Code::corrupt, "ledger-damaged", "its file \"restored\" is not whole",
                    "restore it again from the same backup");
    return restored;
}

}  // namespace adapters::rocksdb
