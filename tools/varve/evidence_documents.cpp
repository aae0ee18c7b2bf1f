#include "tools/varve/evidence_documents.hpp"

#include "commands/control_map.hpp"
#include "ledger/tile.hpp"
#include "ledger/tlog_proof.hpp"
#include "ledger/tree.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/event_text.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/time_text.hpp"

#include <map>
#include <set>

namespace tools::varve {

using commands::EvidenceRole;
using commands::EvidenceScopeKind;

namespace {

constexpr int completeness_format = 2;  // another one where other events are context
constexpr int control_map_format = 4;   // another one where the questions, or their types, change

void extend(Spans& spans, std::uint64_t number) {
    if (!spans.empty() && spans.back().second + 1 == number)
        spans.back().second = number;
    else
        spans.emplace_back(number, number);
}

Json json_of(const Spans& spans) {
    Json json = Json::array();
    for (const auto& [first, last] : spans) json.push_back({first, last});
    return json;
}

Json json_of(const std::optional<EvidenceEdge>& edge) {
    if (!edge) return nullptr;
    return {{"position", edge->position}, {"recorded_at_us", edge->recorded_at_us}};
}

Json scope_json(const commands::EvidenceScope& scope) {
    Json json{{"kind", commands::kind_text(scope.kind)}};
    if (scope.kind == EvidenceScopeKind::migration) json["migration"] = scope.migration.text;
    if (scope.kind == EvidenceScopeKind::run) json["run"] = ledger::to_text(scope.run);
    if (scope.kind == EvidenceScopeKind::range) {
        json["from_us"] = scope.from_us;
        json["to_us"] = scope.to_us;
    }
    return json;
}

Json content_json(const EvidenceContent& content) {
    return {{"digest", ledger::hex(content.reference.digest)},
            {"byte_count", content.reference.byte_count},
            {"kind", content.reference.kind},
            {"state", content.bytes         ? "included"
                      : content.redacted_by ? "redacted"
                                            : "absent"},
            {"redacted_by", content.bytes ? Json(nullptr) : optional_json(content.redacted_by)},
            {"positions", content.positions}};
}

std::string entries_state(const Evidence& evidence) {
    if (evidence.entries_begin == evidence.entries_end) return "none";
    const std::uint64_t all =
        (evidence.checkpoint.size + ledger::tile_width - 1) / ledger::tile_width;
    return evidence.entries_begin == 0 && evidence.entries_end == all ? "all" : "covering";
}

Json question_json(const commands::ControlQuestion& question, const Evidence& evidence) {
    Json positions = Json::array();
    for (const EvidenceEvent& event : evidence.events)
        if (event.role != EvidenceRole::boundary && commands::answers(question, event.record))
            positions.push_back(event.record.position);
    Json types = Json::array();
    for (const std::string_view type : question.types) types.push_back(type);
    const bool answered = !positions.empty();
    return {{"id", question.id},
            {"framework", question.framework},
            {"control", question.control},
            {"question", question.question},
            {"types", types},
            {"needs", question.needs == commands::Needs::nothing
                          ? Json(nullptr)
                          : Json(commands::path_of(question.needs))},
            {"answered", answered},
            {"positions", positions},
            {"note", question.note}};
}

std::uint64_t count_in(const Spans& spans) {
    std::uint64_t count = 0;
    for (const auto& [first, last] : spans) count += last - first + 1;
    return count;
}

// Of a range: between which two events everything is here.
std::string range_sentence(const Evidence& evidence) {
    const std::string begin = evidence.before
                                  ? "event " + std::to_string(evidence.before->position) + " of " +
                                        instant_text(evidence.before->recorded_at_us)
                                  : "the ledger's beginning";
    const std::string end = evidence.after
                                ? "event " + std::to_string(evidence.after->position) + " of " +
                                      instant_text(evidence.after->recorded_at_us)
                                : "the checkpoint's end, whose last event is of " +
                                      instant_text(evidence.recorded_at_us);
    if (evidence.recorded_at_us < evidence.scope.from_us)
        return "Nothing is shown of this time: the checkpoint's last event is of " +
               instant_text(evidence.recorded_at_us) +
               ", before it begins. An export with a later checkpoint can show it: varve verify "
               "--record makes an event of now, and signs it.";
    const bool goes_on = !evidence.after && evidence.recorded_at_us < evidence.scope.to_us;
    return "Everything recorded between " + begin + " and " + end +
           " is here: positions have no gap, and times only rise." +
           (goes_on ? " Of the time after that nothing is shown." : "");
}

// Most often its own record, and what was done with it; whatever it is, it is named.
std::string beyond_sentence(const Evidence& evidence) {
    std::string types;
    for (const auto& [type, count] : evidence.beyond_types)
        types += (types.empty() ? "" : ", ") + std::to_string(count) + " " + type;
    return counted(evidence.beyond.size(), "event") +
           " recorded after the checkpoint was signed can only be covered by the next one: " +
           types + ".";
}

std::string loss_sentence(const ledger::LedgerRestored& restored, std::uint64_t position) {
    const std::string says = "Event " + std::to_string(position) + " says so";
    if (restored.lost_to > restored.size)
        return "Lost: at least " + counted(restored.lost_to - restored.size, "event") +
               " recorded once, at positions " + std::to_string(restored.size) + " to " +
               std::to_string(restored.lost_to - 1) + ", before the ledger went on from a copy. " +
               says +
               "; other events have these positions now, and what the lost ones said is not here.";
    for (const std::string& by : restored.known_by)
        if (by.starts_with("not asked: "))
            return "Whether events were lost when the ledger went on from a copy of " +
                   counted(restored.size, "event") + " is unknown (" + by + "). " + says + ".";
    return "";
}

// A copy in a ledger's place: what the copy did not have leaves no gap, and is gone.
void add_losses(std::vector<std::string>& sentences, const Evidence& evidence) {
    for (const EvidenceEvent& event : evidence.events)
        if (const auto* restored = std::get_if<ledger::LedgerRestored>(&event.record.data)) {
            std::string sentence = loss_sentence(*restored, event.record.position);
            if (!sentence.empty()) sentences.push_back(std::move(sentence));
        }
}

}  // namespace

Spans spans_of(const Evidence& evidence, EvidenceRole role) {
    Spans spans;
    for (const EvidenceEvent& event : evidence.events)
        if (event.role == role) extend(spans, event.record.position);
    return spans;
}

std::vector<StreamPart> streams_of(const Evidence& evidence) {
    std::map<std::string, Spans> versions;
    for (const EvidenceEvent& event : evidence.events)
        if (event.role != EvidenceRole::boundary)
            extend(versions[event.record.stream], event.record.stream_version);
    std::vector<StreamPart> parts;
    for (auto& [stream, spans] : versions) parts.push_back({stream, std::move(spans)});
    return parts;
}

std::vector<std::string> completeness_sentences(const Evidence& evidence) {
    std::vector<std::string> answer;
    const Spans selected = spans_of(evidence, EvidenceRole::selected);
    const std::string covered = counted(evidence.checkpoint.size, "event");
    answer.push_back("The signed checkpoint covers " + covered + "; " +
                     std::to_string(count_in(selected)) + " of them " +
                     (count_in(selected) == 1 ? "is" : "are") + " what was asked for (" +
                     scope_text(evidence.scope) + ").");
    if (evidence.scope.kind == EvidenceScopeKind::all) {
        answer.push_back("Every event that the checkpoint covers is here, from 0 to " +
                         std::to_string(evidence.checkpoint.size - 1) + ", without a gap.");
    } else if (evidence.scope.kind == EvidenceScopeKind::range) {
        answer.push_back(range_sentence(evidence));
    } else if (entries_state(evidence) == "all") {
        answer.push_back(
            "Every line that the checkpoint covers is here as an entry, so that anyone "
            "can see that no other event belongs to it.");
    } else {
        answer.push_back(
            "That nothing which belongs to it was left out is not proved here: versions of a "
            "stream "
            "without a gap show that nothing is missing between them, and nothing of what came "
            "after. An export with --entries, which has every line of the ledger, proves it.");
    }
    add_losses(answer, evidence);
    if (!evidence.beyond.empty()) answer.push_back(beyond_sentence(evidence));
    return answer;
}

std::string proof_text(const Evidence& evidence, const EvidenceEvent& event,
                       std::vector<ledger::Digest> proof) {
    return ledger::to_text(
        ledger::TlogProof{std::nullopt, event.record.position, std::move(proof), evidence.note});
}

std::string keys_text(const Evidence& evidence) {
    std::string text =
        "# Who signs for this ledger: key VERIFIER since POSITION until SIZE (or -). Trust a key "
        "only\n# when you have it from elsewhere as well. witness VERIFIER: as the operator names "
        "it.\n";
    for (const EvidenceKey& key : evidence.keys) {
        const bool retired = key.retired_by && *key.retired_by < evidence.checkpoint.size;
        text += "key " + ledger::to_text(key.verifier) + " since " + std::to_string(key.since) +
                " until " + (retired ? std::to_string(*key.until) : "-") + "\n";
    }
    for (const std::string& witness : evidence.witnesses) text += "witness " + witness + "\n";
    return text;
}

std::string policy_text(const Evidence& evidence) {
    std::string text;
    for (const EvidenceKey& key : evidence.keys) {
        const bool retired = key.retired_by && *key.retired_by < evidence.checkpoint.size;
        if (!retired || evidence.checkpoint.size <= *key.until)
            text += "log " + ledger::to_text(key.verifier) + "\n";
    }
    if (evidence.witnesses.empty()) return text + "quorum none\n";
    std::string group = "group witnesses any";
    for (std::size_t index = 0; index < evidence.witnesses.size(); ++index) {
        const std::string name = "w" + std::to_string(index + 1);
        text += "witness " + name + " " + evidence.witnesses[index] + "\n";
        group += " " + name;
    }
    return text + group + "\nquorum witnesses\n";
}

std::string completeness_text(const Evidence& evidence) {
    Json json{
        {"format", completeness_format},
        {"ledger", ledger::to_text(evidence.ledger)},
        {"origin", evidence.checkpoint.origin},
        {"scope", scope_json(evidence.scope)},
        {"checkpoint",
         {{"size", evidence.checkpoint.size}, {"root", ledger::hex(evidence.checkpoint.root)}}}};
    const Spans selected = spans_of(evidence, EvidenceRole::selected);
    json["first"] = selected.empty() ? Json(nullptr) : Json(selected.front().first);
    json["last"] = selected.empty() ? Json(nullptr) : Json(selected.back().second);
    json["count"] = count_in(selected);
    json["gapless"] = selected.size() <= 1;
    json["selected"] = json_of(selected);
    json["context"] = json_of(spans_of(evidence, EvidenceRole::context));
    json["boundary"] = json_of(spans_of(evidence, EvidenceRole::boundary));
    json["before"] = json_of(evidence.before);
    json["after"] = json_of(evidence.after);
    json["entries"] = entries_state(evidence);
    json["beyond_checkpoint"] = evidence.beyond;
    json["streams"] = Json::array();
    for (const StreamPart& part : streams_of(evidence))
        json["streams"].push_back({{"stream", part.stream}, {"versions", json_of(part.versions)}});
    json["content"] = Json::array();
    for (const auto& [digest, content] : evidence.contents)
        json["content"].push_back(content_json(content));
    json["statement"] = completeness_sentences(evidence);
    return to_text(json) + "\n";
}

std::string control_map_text(const Evidence& evidence) {
    Json json{{"format", control_map_format}, {"questions", Json::array()}};
    for (const commands::ControlQuestion& question : commands::control_questions())
        json["questions"].push_back(question_json(question, evidence));
    return to_text(json) + "\n";
}

std::string events_text(const Evidence& evidence) {
    std::string text;
    for (const EvidenceEvent& event : evidence.events) {
        const Json json{{"position", event.record.position},
                        {"role", commands::role_text(event.role)},
                        {"recorded_at", instant_text(event.record.recorded_at_us)},
                        {"leaf", ledger::hex(ledger::leaf_hash(event.line))},
                        {"says", sentence(event.record.data)},
                        {"event", Json::parse(event.line, nullptr, false)}};
        text += json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    return text;
}

}  // namespace tools::varve
