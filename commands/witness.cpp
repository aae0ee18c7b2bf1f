#include "commands/witness.hpp"

#include "ledger/add_checkpoint.hpp"
#include "ledger/cosignature.hpp"
#include "ledger/tree.hpp"

#include <algorithm>
#include <utility>

namespace commands {

namespace {

using ledger::AddCheckpoint;
using ledger::Checkpoint;
using ledger::Result;

struct Request {
    AddCheckpoint body;
    ledger::Note note;
    Checkpoint checkpoint;
};

Result<Request> understood(std::string_view body) {
    auto parsed = ledger::add_checkpoint_from_text(body);
    if (!parsed) return ledger::fail(parsed.error());
    auto note = ledger::note_from_text(parsed->note);
    if (!note) return ledger::fail(note.error());
    auto checkpoint = ledger::checkpoint_from_text(note->text);
    if (!checkpoint) return ledger::fail(checkpoint.error());
    return Request{std::move(*parsed), std::move(*note), std::move(*checkpoint)};
}

WitnessDecision refused(int status, std::string reason) {
    return {status, std::move(reason), {}, false, {}, {}};
}

WitnessDecision conflict(std::uint64_t known_size, bool contradicts, std::string reason) {
    return {409, std::move(reason), known_size, contradicts, {}, {}};
}

WitnessDecision compare(const Request& request, const std::optional<Checkpoint>& last) {
    const std::uint64_t known_size = last ? last->size : 0;
    const std::uint64_t old_size = request.body.old_size;
    const Checkpoint& checkpoint = request.checkpoint;
    if (old_size > checkpoint.size)
        return refused(400, "the old size is larger than the checkpoint's");
    if (old_size != known_size)
        return conflict(
            known_size, false,
            "the last checkpoint cosigned has " + std::to_string(known_size) + " entries");
    if (last && old_size == checkpoint.size && last->root != checkpoint.root)
        return conflict(known_size, true, "another root was cosigned at that size");
    if (old_size == 0 || old_size == checkpoint.size) {
        if (!request.body.proof.empty()) return refused(422, "a proof where none is needed");
    } else if (!ledger::verify_consistency(old_size, last->root, checkpoint.size, checkpoint.root,
                                           request.body.proof)) {
        WitnessDecision decision = refused(422, "not consistent with the checkpoint cosigned last");
        decision.contradicts = true;
        return decision;
    }
    return {200, "cosigned", {}, false, checkpoint, request.note.text};
}

}  // namespace

std::optional<std::string> origin_of_request(std::string_view body) {
    const auto request = understood(body);
    if (!request) return std::nullopt;
    return request->checkpoint.origin;
}

WitnessDecision decide_witness(std::string_view body, std::span<const TrustedLog> logs,
                               const std::optional<Checkpoint>& last) {
    const auto request = understood(body);
    if (!request)  // a note that cannot be read carries no signature that holds
        return refused(request.error().reason == "request-malformed" ? 400 : 403,
                       request.error().detail);
    const auto log = std::find_if(logs.begin(), logs.end(), [&](const TrustedLog& each) {
        return each.origin == request->checkpoint.origin;
    });
    if (log == logs.end()) return refused(404, "this log is not known here");
    if (!ledger::verify_note(request->note, log->keys))
        return refused(403, "no key that is trusted for this log has signed it");
    return compare(*request, last);
}

WitnessAnswer handle_add_checkpoint(std::string_view body, std::span<const TrustedLog> logs,
                                    WitnessMemory& memory, const ledger::Signer& witness,
                                    std::uint64_t time_s) {
    const std::string origin = origin_of_request(body).value_or("");
    bool contradicts = false;
    const auto plain = [&](int status, const std::string& reason) {
        return WitnessAnswer{status,     "text/plain; charset=utf-8", reason + "\n", origin, reason,
                             contradicts};
    };
    const auto last = memory.last(origin);
    if (!last) return plain(500, "what was cosigned last cannot be read");
    const WitnessDecision decision = decide_witness(body, logs, *last);
    contradicts = decision.contradicts;
    if (decision.known_size)
        return {decision.status, "text/x.tlog.size", std::to_string(*decision.known_size) + "\n",
                origin,          decision.reason,    contradicts};
    if (decision.status != 200) return plain(decision.status, decision.reason);
    const auto signature = ledger::cosign(decision.checkpoint_text, witness, time_s);
    if (!signature) return plain(500, "the witness cannot sign");
    if (!memory.remember(*decision.to_remember))
        return plain(500, "what is cosigned cannot be written down");
    return {200,
            "text/plain; charset=utf-8",
            ledger::signature_line(*signature) + "\n",
            origin,
            decision.reason,
            contradicts};
}

}  // namespace commands
