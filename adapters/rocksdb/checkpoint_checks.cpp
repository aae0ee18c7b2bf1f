#include "adapters/rocksdb/checkpoint_checks.hpp"

#include "adapters/rocksdb/checkpoint_rows.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/cosignature.hpp"

#include <rocksdb/iterator.h>

#include <iterator>
#include <variant>

namespace adapters::rocksdb {

using ledger::Digest;
using ledger::Result;

namespace {

constexpr const char* wrong = "checkpoint-wrong";

std::string name_of(std::uint64_t size) {
    return "the checkpoint of " + std::to_string(size) + " events";
}

// The witness's key is the one that the event names: whose that is, is not told here.
std::string signature_fault(const ledger::CheckpointWitnessed& witnessed, const std::string& text) {
    constexpr std::uint64_t us_per_second = 1'000'000;
    if (!witnessed.cosignature) return "is not there";
    if (!witnessed.verifier) return "names no key";
    const auto verifier =
        ledger::verifier_from_text(*witnessed.verifier, ledger::SignatureType::cosignature);
    const auto cosignature = ledger::signature_from_line(*witnessed.cosignature);
    if (!verifier || !cosignature) return "does not hold: it or its key is none";
    if (verifier->name != witnessed.witness || cosignature->name != witnessed.witness)
        return "is one of another name";
    const auto time_s = ledger::verify_cosignature(text, *cosignature, *verifier);
    if (!time_s) return "does not hold";
    const auto said = witnessed.witnessed_at_us;
    const bool is_of_time = said && *said >= 0 &&
                            static_cast<std::uint64_t>(*said) % us_per_second == 0 &&
                            static_cast<std::uint64_t>(*said) / us_per_second == *time_s;
    return is_of_time ? "" : "is of another time than its event says";
}

// Nothing where what must be there is, and holds.
std::string cosignature_fault(const ledger::CheckpointWitnessed& witnessed,
                              const std::string& text) {
    if (witnessed.kind == ledger::WitnessKind::cosigner) return signature_fault(witnessed, text);
    const bool is_any = witnessed.cosignature || witnessed.verifier || witnessed.witnessed_at_us;
    return is_any ? "is there, and it is no cosigner" : "";
}

}  // namespace

CheckpointChecks::CheckpointChecks(const Database& database, Findings& findings)
    : findings_(findings) {
    read_rows(database);
}

void CheckpointChecks::read_rows(const Database& database) {
    const auto rows = database.scan(Family::checkpoints);
    for (; rows->Valid(); rows->Next()) {
        const auto row =
            checkpoint_row_of(rows->key().ToStringView(), rows->value().ToStringView());
        if (row)
            rows_.emplace(Key{row->size, row->revision}, row->note);
        else
            findings_.add({}, wrong, "a stored checkpoint is unreadable");
    }
    if (!rows->status().ok()) findings_.add({}, store_damaged, rows->status().ToString());
}

std::set<std::uint64_t> CheckpointChecks::sizes() const {
    std::set<std::uint64_t> sizes;
    for (const auto& [key, note] : rows_) sizes.insert(key.first);
    return sizes;
}

void CheckpointChecks::expect(const ledger::Record& record) {
    if (const auto fault = keys_.fault_of(record.position, record.data))
        findings_.add(record.position, "key-wrong", "the event " + *fault, "event");
    keys_.apply(record.position, record.data);
    imply_row(record.data);
    if (const auto* const checkpoint = std::get_if<ledger::CheckpointSigned>(&record.data))
        check_note(record.position, *checkpoint);
    if (const auto* const witnessed = std::get_if<ledger::CheckpointWitnessed>(&record.data))
        check_witnessed(record.position, *witnessed);
}

void CheckpointChecks::believe(const ledger::Record& record, std::uint64_t size) {
    keys_.apply(record.position, record.data);
    imply_row(record.data);
    const auto* const checkpoint = std::get_if<ledger::CheckpointSigned>(&record.data);
    if (checkpoint == nullptr) return;
    if (checkpoint->size == size) return check_note(record.position, *checkpoint);
    signed_.try_emplace(checkpoint->size, SignedOne{record.position, checkpoint->root, true});
}

void CheckpointChecks::imply_row(const ledger::Event& event) {
    const auto last = [this](std::uint64_t size) -> Result<std::optional<CheckpointRow>> {
        const auto after = rows_of_events_.upper_bound({size, ~std::uint64_t{0}});
        if (after == rows_of_events_.begin() || std::prev(after)->first.first != size)
            return std::optional<CheckpointRow>{};
        return std::optional{
            CheckpointRow{size, std::prev(after)->first.second, std::prev(after)->second}};
    };
    const auto row = checkpoint_row_of(event, last);
    if (row && *row) rows_of_events_.emplace(Key{(*row)->size, (*row)->revision}, (*row)->note);
}

void CheckpointChecks::check_note(std::uint64_t position,
                                  const ledger::CheckpointSigned& checkpoint) {
    const auto holds = ledger::check_signed(checkpoint, keys_);
    if (!holds) {
        const bool is_named = holds.error().reason.starts_with("checkpoint-") &&
                              holds.error().reason != "checkpoint-malformed";
        findings_.add(position, is_named ? holds.error().reason : wrong, holds.error().detail,
                      "signature");
    }
    if (checkpoint.size > position)
        findings_.add(position, wrong, name_of(checkpoint.size) + " speaks of later events");
    signed_count_ += holds ? 1 : 0;
    SignedOne& known = signed_[checkpoint.size];
    if (!known.holds) known = {position, checkpoint.root, holds.has_value()};
}

void CheckpointChecks::check_witnessed(std::uint64_t position,
                                       const ledger::CheckpointWitnessed& witnessed) {
    const auto known = signed_.find(witnessed.size);
    if (known == signed_.end() || known->second.root != witnessed.root)
        findings_.add(position, wrong,
                      witnessed.witness + " is said to hold a checkpoint of " +
                          std::to_string(witnessed.size) + " events that was not signed");
    const std::string fault = cosignature_fault(witnessed, text_of(witnessed));
    if (!fault.empty())
        findings_.add(position, "cosignature-bad",
                      "the cosignature of " + witnessed.witness + " on " + name_of(witnessed.size) +
                          ' ' + fault,
                      "signature");
}

// As it was signed; else as it would have been.
std::string CheckpointChecks::text_of(const ledger::CheckpointWitnessed& witnessed) const {
    const auto row = rows_of_events_.lower_bound({witnessed.size, 0});
    if (row != rows_of_events_.end() && row->first.first == witnessed.size)
        if (const auto note = ledger::note_from_text(row->second)) return note->text;
    return to_text(
        ledger::Checkpoint{keys_.origin().value_or(""), witnessed.size, witnessed.root, {}});
}

void CheckpointChecks::check_roots(const RootAt& root_at, std::uint64_t size) {
    bool is_first = true;
    for (const auto& [at, checkpoint] : signed_) {
        const std::optional<Digest> root = root_at(at);
        if (root ? *root == checkpoint.root : at <= size) {
            if (root && checkpoint.holds) agreeing_.insert(at);
            continue;
        }
        const std::uint64_t from = last_agreeing(at);
        const std::string says = name_of(at) + " has another root";
        if (!checkpoint.holds || !is_first)
            findings_.add({}, wrong, says);
        else if (!findings_.is_any_bad(from, at))
            findings_.add(from, "event-replaced",
                          "one of the events " + std::to_string(from) + " to " +
                              std::to_string(at - 1) + " was replaced after it was signed: " + says,
                          "checkpoint");
        if (checkpoint.holds) is_first = false;
    }
}

void CheckpointChecks::check_rows(bool is_whole) {
    if (rows_ == rows_of_events_) return;
    for (const auto& [key, note] : rows_of_events_)
        if (const auto row = rows_.find(key); row == rows_.end())
            findings_.add({}, wrong, name_of(key.first) + " is gone");
        else if (row->second != note)
            findings_.add({}, wrong, name_of(key.first) + " was changed");
    if (!is_whole) return;
    for (const auto& [key, note] : rows_)
        if (!rows_of_events_.contains(key))
            findings_.add({}, wrong, "no event signed " + name_of(key.first));
}

void CheckpointChecks::finish(const RootAt& root_at, std::uint64_t size, bool is_whole) {
    check_roots(root_at, size);
    check_rows(is_whole);
}

std::uint64_t CheckpointChecks::last_agreeing(std::uint64_t size_max) const {
    const auto after = agreeing_.upper_bound(size_max);
    return after == agreeing_.begin() ? 0 : *std::prev(after);
}

}  // namespace adapters::rocksdb
