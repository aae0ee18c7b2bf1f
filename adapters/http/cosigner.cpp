#include "adapters/http/cosigner.hpp"

#include "ledger/add_checkpoint.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/cosignature.hpp"
#include "ledger/json_place.hpp"

#include <charconv>
#include <utility>

namespace adapters::http {

using commands::PublishedCheckpoint;
using commands::Receipt;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::int64_t us_per_second = 1'000'000;
constexpr std::uint64_t time_s_max = ledger::json_integer_max / us_per_second;  // in an event
constexpr int rounds_max = 2;

// What the witness has cosigned, as C2SP has it answer a conflict: of anything else that answers
// with that status (a proxy, another service) nothing is known.
std::optional<std::uint64_t> size_in(const Answer& answer) {
    if (answer.status != 409 || !answer.content_type.starts_with("text/x.tlog.size"))
        return std::nullopt;
    std::uint64_t size = 0;
    const char* const end = answer.body.data() + answer.body.size();
    const auto [stop, error] = std::from_chars(answer.body.data(), end, size);
    const bool is_whole = stop == end || std::string_view{stop, end} == "\n";
    if (error != std::errc{} || !is_whole) return std::nullopt;
    return size;
}

std::string submission_of(const std::string& prefix) {
    return prefix + (prefix.ends_with('/') ? "" : "/") + "add-checkpoint";
}

tl::unexpected<ledger::Error> unwilling(const std::string& name, long status) {
    const std::string help = status == 404   ? "tell the witness's operator this ledger's origin "
                                               "and verifier key (`varve keys`)"
                             : status == 403 ? "tell the witness's operator this ledger's verifier "
                                               "keys (`varve keys`)"
                                             : "look at the witness";
    return fail(Code::unavailable, "witness-unwritable",
                "witness " + name + " answered with status " + std::to_string(status), help);
}

tl::unexpected<ledger::Error> contradicts(const std::string& name, const std::string& what) {
    return fail(Code::corrupt, "witness-contradicts", "witness " + name + " " + what,
                "this ledger is an older copy, or was rewritten: do not write to it; "
                "`varve verify --witnesses` says more");
}

}  // namespace

Result<Receipt> receipt_from(std::string_view answer, const std::string& note,
                             const ledger::Verifier& witness) {
    const auto parsed = ledger::note_from_text(note);
    if (!parsed) return fail(parsed.error());
    while (!answer.empty()) {
        const std::size_t end = answer.find('\n');
        const std::string_view line = answer.substr(0, end);
        answer.remove_prefix(end == answer.npos ? answer.size() : end + 1);
        const auto signature = ledger::signature_from_line(line);
        if (!signature || signature->name != witness.name) continue;
        const auto time_s = ledger::verify_cosignature(parsed->text, *signature, witness);
        if (!time_s || *time_s > time_s_max) continue;
        return Receipt{ledger::signature_line(*signature),
                       to_text(witness, ledger::SignatureType::cosignature),
                       static_cast<std::int64_t>(*time_s) * us_per_second};
    }
    return fail(Code::unavailable, "witness-unwritable",
                "witness " + witness.name + " sent no cosignature by the key configured for it",
                "compare checkpoints.witnesses.verifier with what the witness publishes");
}

Result<Answer> Cosigner::submit(std::uint64_t old_size, std::vector<ledger::Digest> proof,
                                const std::string& note) const {
    auto answer =
        post({submission_of(url_), "text/plain; charset=utf-8",
              to_text(ledger::AddCheckpoint{old_size, std::move(proof), note}), is_stopped_});
    if (answer) return answer;
    return fail(Code::unavailable, "witness-unreachable", answer.error().detail,
                answer.error().help);
}

// From its own size to its own size there is nothing to take: a witness that knows another size
// answers with that, and one that knows this size cosigns it once more.
Result<std::optional<std::uint64_t>> Cosigner::taken_size(const PublishedCheckpoint& checkpoint) {
    const auto answer = submit(checkpoint.size, {}, checkpoint.note);
    if (!answer) return fail(answer.error());
    if (answer->status == 200) {
        const auto receipt = receipt_from(answer->body, checkpoint.note, verifier_);
        if (!receipt) return fail(receipt.error());
        return std::optional{checkpoint.size};
    }
    const auto size = size_in(*answer);
    if (!size) return unwilling(verifier_.name, answer->status);
    if (*size == checkpoint.size)
        return contradicts(verifier_.name, "has cosigned a history that is not this one");
    return size;
}

Result<Receipt> Cosigner::publish(const PublishedCheckpoint& checkpoint) {
    for (int round = 0; round < rounds_max; ++round) {
        if (known_size_ > checkpoint.size)
            return contradicts(verifier_.name, "has cosigned " + std::to_string(known_size_) +
                                                   " events, more than this checkpoint has");
        std::vector<ledger::Digest> proof;
        if (known_size_ > 0 && known_size_ < checkpoint.size) {
            auto made = proof_(known_size_, checkpoint.size);
            if (!made) return fail(made.error());
            proof = std::move(*made);
        }
        const bool has_proof = !proof.empty();
        const auto answer = submit(known_size_, std::move(proof), checkpoint.note);
        if (!answer) return fail(answer.error());
        if (answer->status == 200) {
            known_size_ = checkpoint.size;
            return receipt_from(answer->body, checkpoint.note, verifier_);
        }
        const auto size = size_in(*answer);
        const bool is_refuted = answer->status == 422 && has_proof;
        // Of nothing there is no other history: it refuses for a reason of its own.
        if (is_refuted || (size && *size == known_size_ && known_size_ > 0))
            return contradicts(verifier_.name, "has cosigned a history that is not this one");
        if (!size || *size == known_size_) return unwilling(verifier_.name, answer->status);
        known_size_ = *size;
    }
    return fail(Code::unavailable, "witness-unwritable",
                "witness " + verifier_.name + " cosigns another checkpoint of this ledger just now",
                "it is asked again with the next checkpoint");
}

Result<std::vector<commands::HeldCheckpoint>> Cosigner::largest(const ledger::Uuid&,
                                                                std::uint32_t) {
    return std::vector<commands::HeldCheckpoint>{};
}

Result<std::vector<commands::HeldCheckpoint>> Cosigner::all(const ledger::Uuid&) {
    return std::vector<commands::HeldCheckpoint>{};
}

}  // namespace adapters::http
