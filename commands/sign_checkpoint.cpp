#include "commands/sign_checkpoint.hpp"

#include "ledger/cosignature.hpp"
#include "ledger/event.hpp"
#include "ledger/fail_point.hpp"
#include "ledger/spelling.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>
#include <variant>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

OwnHistory own_history(const SigningScene& scene) {
    OwnHistory own{scene.head.size, scene.origin, {}, scene.losses};
    for (const auto& key : scene.keys.keys) own.keys.push_back({key.name, key.public_key});
    return own;
}

Result<std::string> origin_of(const ledger::Reader& reader) {
    const auto first = ledger::read_records(reader, 0, 1);
    if (!first) return fail(first.error());
    if (!first->empty())
        if (const auto* created = std::get_if<ledger::LedgerCreated>(&first->front().data))
            return created->origin;
    return fail(Code::corrupt, "ledger-damaged", "event 0 does not say whose ledger this is",
                "run varve verify, and restore the ledger from a copy that verifies");
}

Result<void> check_all_known(const SigningScene& scene, const OwnHistory& own) {
    for (const KnownCheckpoint& known : scene.known)
        if (auto fits = check_known(own, known); !fits) return fits;
    return {};
}

// After a loss positions are given a second time. Two checkpoints of one size with two roots, both
// signed, would show the ledger to be two, and whoever holds the first takes no second one.
Result<void> check_size_is_free(const SigningScene& scene, const OwnHistory& own) {
    for (const KnownCheckpoint& known : scene.known)
        if (known.size == scene.head.size && !known.agrees() && is_signed_here(own, known))
            return fail(Code::refused, "checkpoint-size-lost",
                        known.holder + " holds a checkpoint of " + std::to_string(known.size) +
                            " events already, of some that are lost since: one size is not signed "
                            "twice",
                        "whatever is recorded next is signed with all before it: varve verify "
                        "--record, for one");
    return {};
}

// A cosigner never goes back: one that knows what is accepted as lost refuses what came instead.
ledger::Error with_losses(const CheckpointWitness& witness, ledger::Error error,
                          const ledger::Reader& reader) {
    if (witness.kind() != ledger::WitnessKind::cosigner || error.reason != "witness-contradicts")
        return error;
    const auto losses = ledger::accepted_losses(reader);
    if (!losses) return error;
    const auto loss = std::find_if(losses->rbegin(), losses->rend(), [](const auto& each) {
        return each.data.lost_to > each.data.size;
    });
    if (loss == losses->rend()) return error;
    error.help = "it may know events that are accepted as lost (event " +
                 std::to_string(loss->position) +
                 "), and refuses what came in their place for ever; `varve verify --witnesses` "
                 "tells. Then ask its operator for a witness with another key, and name that one "
                 "in varve.toml";
    return error;
}

// One signing, or one more publication.
class Signing {
public:
    Signing(ledger::Store& store, const projections::RowStore& rows, ledger::Clock& clock,
            const SigningRequest& request)
        : store_{store},
          rows_{rows},
          clock_{clock},
          request_{request},
          answering_{request.witnesses} {}

    Result<SigningReport> sign();
    Result<SigningReport> publish(PublishedCheckpoint checkpoint);
    Result<SigningReport> check();
    Result<SigningReport> check_and_publish(PublishedCheckpoint checkpoint);

private:
    Result<void> look();
    Result<void> compare();
    Result<void> ask(CheckpointWitness& witness);
    Result<void> ask_for_all(CheckpointWitness& witness);
    Result<void> know(const CheckpointWitness& witness, const HeldCheckpoint& held);
    Result<void> read_losses();
    Result<void> note_held(const CheckpointWitness& witness, const HeldCheckpoint& held);
    void take(const CheckpointWitness& witness, const Receipt& receipt);
    Result<ledger::Appended> append(std::vector<ledger::Event> events);

    ledger::Store& store_;
    const projections::RowStore& rows_;
    ledger::Clock& clock_;
    const SigningRequest& request_;
    SigningScene scene_;
    std::vector<CheckpointWitness*> answering_;
    std::vector<ledger::Event> to_record_;
    SigningReport report_;
};

Result<ledger::Appended> Signing::append(std::vector<ledger::Event> events) {
    const std::string stream{ledger::ledger_stream};
    const auto version = store_.stream_version(stream);
    if (!version) return fail(version.error());
    ledger::Append append{request_.context, {}, {}, {{stream, *version}}};
    for (auto& event : events)
        append.drafts.push_back(
            {stream, ledger::new_uuid(clock_.now_us() / 1000), std::move(event), std::nullopt});
    return store_.append(std::move(append));
}

// What it holds and nobody has recorded yet was published by somebody who was killed, or left it to
// us.
Result<void> Signing::note_held(const CheckpointWitness& witness, const HeldCheckpoint& held) {
    if (held.size > scene_.head.size) return {};
    const auto recorded = projections::witnessed_size(rows_, witness.kind(), witness.name());
    if (!recorded) return fail(recorded.error());
    if (held.size <= *recorded || !is_signed_here(own_history(scene_), scene_.known.back()) ||
        scene_.known.back().root_here != held.root)
        return {};
    to_record_.emplace_back(ledger::CheckpointWitnessed{
        held.size, held.root, witness.kind(), witness.name(), {}, {}, {}});
    return {};
}

Result<void> Signing::ask(CheckpointWitness& witness) {
    if (!witness.can_be_asked()) {
        answering_.push_back(&witness);
        return {};
    }
    const auto held = witness.largest(scene_.head.ledger, looked_at_max);
    if (!held) {
        report_.warnings.push_back(held.error());
        return {};
    }
    answering_.push_back(&witness);
    if (held->empty()) return {};
    if (auto known = know(witness, held->front()); !known) return known;
    if (auto noted = note_held(witness, held->front()); !noted) return noted;
    for (const HeldCheckpoint& smaller : std::span{*held}.subspan(1))
        if (auto known = know(witness, smaller); !known) return known;
    const auto asked = std::span{scene_.known}.last(held->size());
    return std::ranges::all_of(asked, &KnownCheckpoint::agrees) ? Result<void>{}
                                                                : ask_for_all(witness);
}

Result<void> Signing::know(const CheckpointWitness& witness, const HeldCheckpoint& held) {
    auto known = known_checkpoint(store_, scene_.head, name_of(witness), held);
    if (!known) return fail(known.error());
    known->kind = witness.kind();
    scene_.known.push_back(std::move(*known));
    return {};
}

// They may be of lost events, or nobody's word, and hide one that says something.
Result<void> Signing::ask_for_all(CheckpointWitness& witness) {
    const auto all = witness.all(scene_.head.ledger);
    if (!all) {
        report_.unread.push_back(all.error());
        return {};
    }
    for (const HeldCheckpoint& held : *all)
        if (auto known = know(witness, held); !known) return known;
    return {};
}

Result<void> Signing::look() {
    const auto head = store_.head();
    if (!head) return fail(head.error());
    auto origin = origin_of(store_);
    if (!origin) return fail(origin.error());
    scene_.head = *head;
    scene_.origin = std::move(*origin);
    scene_.keys = request_.keys;
    const auto newest = newest_checkpoint(store_);
    if (!newest) return fail(newest.error());
    if (*newest) {
        const auto& last = **newest;
        auto known = known_checkpoint(store_, *head, "the ledger itself",
                                      {last.size, last.root, last.note, std::nullopt});
        if (!known) return fail(known.error());
        known->is_own = true;
        scene_.known.push_back(std::move(*known));
    }
    answering_.clear();
    for (CheckpointWitness* witness : request_.witnesses)
        if (auto asked = ask(*witness); !asked) return asked;
    return read_losses();
}

// They cost a look at many events, and only what does not agree asks for them.
Result<void> Signing::read_losses() {
    const auto agrees = [](const KnownCheckpoint& known) { return known.agrees(); };
    if (!scene_.keys.restored || std::ranges::all_of(scene_.known, agrees)) return {};
    auto own = read_own_history(store_);
    if (!own) return fail(own.error());
    scene_.losses = std::move(own->losses);
    return {};
}

Result<void> Signing::compare() {
    if (auto looked = look(); !looked) return looked;
    return check_all_known(scene_, own_history(scene_));
}

Result<SigningReport> Signing::check() {
    if (auto fits = compare(); !fits) return fail(fits.error());
    auto newest = newest_checkpoint(store_);
    if (!newest) return fail(newest.error());
    if (*newest) report_.checkpoint = std::move(**newest);
    return std::move(report_);
}

Result<SigningReport> Signing::sign() {
    if (auto looked = look(); !looked) return fail(looked.error());
    auto decided = decide_checkpoint(scene_, request_.signers);
    if (!decided) return fail(decided.error());
    PublishedCheckpoint checkpoint{scene_.head.ledger, decided->size, decided->root, decided->note};
    auto events = std::exchange(to_record_, {});
    events.emplace_back(std::move(*decided));
    ledger::fail_point("before-checkpoint-signed");
    if (const auto signed_now = append(std::move(events)); !signed_now)
        return fail(signed_now.error());
    ledger::fail_point("checkpoint-signed");
    return publish(std::move(checkpoint));
}

Result<SigningReport> Signing::check_and_publish(PublishedCheckpoint checkpoint) {
    if (auto fits = compare(); !fits) return fail(fits.error());
    to_record_.clear();  // whoever takes it is recorded with this one
    return publish(std::move(checkpoint));
}

void Signing::take(const CheckpointWitness& witness, const Receipt& receipt) {
    report_.holders.push_back(name_of(witness));
    const auto recorded = projections::witnessed_size(rows_, witness.kind(), witness.name());
    const bool is_news = receipt.cosignature ? !ledger::is_signed_by_key_of(report_.checkpoint.note,
                                                                            *receipt.cosignature)
                                             : !recorded || *recorded < report_.checkpoint.size;
    const bool waits = !request_.records_at_once && witness.can_be_asked() && !receipt.cosignature;
    if (!is_news || waits) return;
    to_record_.emplace_back(ledger::CheckpointWitnessed{
        report_.checkpoint.size, report_.checkpoint.root, witness.kind(), witness.name(),
        receipt.cosignature, receipt.verifier, receipt.witnessed_at_us});
}

Result<SigningReport> Signing::publish(PublishedCheckpoint checkpoint) {
    report_.checkpoint = std::move(checkpoint);
    for (CheckpointWitness* witness : answering_) {
        const auto receipt = witness->publish(report_.checkpoint);
        if (receipt)
            take(*witness, *receipt);
        else
            report_.warnings.push_back(with_losses(*witness, receipt.error(), store_));
    }
    ledger::fail_point("checkpoint-published");
    if (to_record_.empty()) return std::move(report_);
    if (const auto recorded = append(std::exchange(to_record_, {})); !recorded)
        return fail(recorded.error());
    return std::move(report_);
}

}  // namespace

bool is_current(const projections::LedgerKey& key) { return !key.retired_up_to.has_value(); }

Result<ledger::CheckpointSigned> decide_checkpoint(const SigningScene& scene,
                                                   std::span<const ledger::Signer> signers) {
    const OwnHistory own = own_history(scene);
    if (auto fits = check_all_known(scene, own); !fits) return fail(fits.error());
    if (auto is_free = check_size_is_free(scene, own); !is_free) return fail(is_free.error());
    ledger::Note note{
        ledger::to_text(ledger::Checkpoint{scene.origin, scene.head.size, scene.head.root, {}}),
        {}};
    for (const auto& key : scene.keys.keys) {
        if (!is_current(key)) continue;
        const ledger::Verifier wanted{key.name, key.public_key};
        for (const ledger::Signer& signer : signers) {
            if (signer.verifier() != wanted) continue;
            auto one = ledger::sign_note(note.text, signer);
            if (!one) return fail(one.error());
            note.signatures.push_back(std::move(one->signatures.front()));
            break;
        }
    }
    if (note.signatures.empty())
        return fail(Code::refused, "signing-key-missing",
                    "no key is at hand whose signatures count on this ledger",
                    "varve keys lists them; put the key file back, or name it with "
                    "ledger.signing_key");
    return ledger::CheckpointSigned{scene.head.size, scene.head.root, to_text(note)};
}

Result<SigningReport> sign_checkpoint(ledger::Store& store, const projections::RowStore& rows,
                                      ledger::Clock& clock, const SigningRequest& request) {
    return Signing{store, rows, clock, request}.sign();
}

Result<SigningReport> check_newest(ledger::Store& store, const projections::RowStore& rows,
                                   ledger::Clock& clock, const SigningRequest& request) {
    return Signing{store, rows, clock, request}.check();
}

Result<SigningReport> publish_again(ledger::Store& store, const projections::RowStore& rows,
                                    ledger::Clock& clock, const SigningRequest& request) {
    auto newest = newest_checkpoint(store);
    if (!newest) return fail(newest.error());
    if (!*newest)
        return fail(Code::refused, "checkpoint-missing", "no checkpoint has been signed yet",
                    "sign one: varve checkpoint");
    return Signing{store, rows, clock, request}.check_and_publish(std::move(**newest));
}

Result<std::optional<PublishedCheckpoint>> newest_checkpoint(const ledger::Reader& reader) {
    return checkpoint_up_to(reader, std::numeric_limits<std::uint64_t>::max());
}

Result<std::optional<PublishedCheckpoint>> checkpoint_up_to(const ledger::Reader& reader,
                                                            std::uint64_t size_max) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    auto note = reader.checkpoint(size_max);
    if (!note) return fail(note.error());
    if (!*note) return std::optional<PublishedCheckpoint>{};
    const auto parts = ledger::note_from_text(**note);
    if (!parts) return fail(parts.error());
    const auto checkpoint = ledger::checkpoint_from_text(parts->text);
    if (!checkpoint) return fail(checkpoint.error());
    return std::optional{
        PublishedCheckpoint{head->ledger, checkpoint->size, checkpoint->root, std::move(**note)}};
}

Result<bool> has_news(const ledger::Reader& reader) {
    constexpr std::size_t batch = 100;
    const auto newest = newest_checkpoint(reader);
    if (!newest) return fail(newest.error());
    if (!*newest) return true;
    for (std::uint64_t position = (*newest)->size;; position += batch) {
        const auto records = ledger::read_records(reader, position, batch);
        if (!records) return fail(records.error());
        for (const ledger::Record& record : *records)
            if (!std::holds_alternative<ledger::CheckpointSigned>(record.data) &&
                !std::holds_alternative<ledger::CheckpointWitnessed>(record.data))
                return true;
        if (records->size() < batch) return false;
    }
}

}  // namespace commands
