#include "adapters/rocksdb/content_checks.hpp"

#include "adapters/rocksdb/content_row.hpp"
#include "ledger/references.hpp"

#include <rocksdb/iterator.h>

#include <algorithm>
#include <string>
#include <variant>

namespace adapters::rocksdb {

using ledger::Digest;

void ContentChecks::expect(const ledger::Record& record) {
    const auto references = references_of(record.data);
    for (auto at = references.begin(); at != references.end(); ++at) {
        Reference& reference =
            references_
                .try_emplace(at->digest, Reference{record.position, at->byte_count, 0, false})
                .first->second;
        const bool is_repeated = std::any_of(
            references.begin(), at, [&](const auto& it) { return it.digest == at->digest; });
        reference.referring += is_repeated ? 0 : 1;
    }
    if (const auto* const redacted = std::get_if<ledger::ContentRedacted>(&record.data))
        note_redaction(record.position, *redacted);
}

void ContentChecks::note_redaction(std::uint64_t position,
                                   const ledger::ContentRedacted& redacted) {
    redacted_.try_emplace(redacted.digest, position);
    const auto reference = references_.find(redacted.digest);
    redactions_.expect(position, redacted,
                       reference == references_.end() ? 0 : reference->second.referring);
}

void ContentChecks::finish(const Database& database) {
    const auto rows = database.scan(Family::content);
    for (; rows->Valid(); rows->Next())
        check_row(rows->key().ToStringView(), rows->value().ToStringView());
    redactions_.finish(database);
    if (!rows->status().ok()) return findings_.add({}, store_damaged, rows->status().ToString());
    tell_missing();
}

void ContentChecks::finish_named(const Database& database) {
    for (const auto& [digest, reference] : references_)
        if (const auto row = database.get(Family::content, bytes_of(digest)); !row)
            return findings_.add({}, store_damaged, row.error().detail);
        else if (*row)
            check_row(bytes_of(digest), **row);
    redactions_.finish(database);
    tell_missing();
}

void ContentChecks::tell_missing() {
    for (const auto& [digest, reference] : references_)
        if (!reference.is_there && !redacted_.contains(digest) &&
            !findings_.is_event_bad(reference.position))
            findings_.add(reference.position, "content-missing",
                          "content " + hex(digest) + " is gone", "event");
}

void ContentChecks::check_row(std::string_view key, std::string_view row) {
    const bool has_key = key.size() == 32;
    const Digest digest = has_key ? digest_of(key) : Digest{};
    const auto found = references_.find(digest);
    Reference* const reference = found == references_.end() ? nullptr : &found->second;
    const auto redaction = redacted_.find(digest);
    if (has_key && row == tombstone) {
        if (redaction != redacted_.end()) return;
        return findings_.add(
            reference != nullptr ? std::optional{reference->position} : std::nullopt,
            "content-missing",
            "content " + hex(digest) + " is marked as redacted, and no event says so", "event");
    }
    ++content_count_;
    if (reference != nullptr) reference->is_there = true;
    if (redaction != redacted_.end())
        findings_.add(redaction->second, "content-unredacted",
                      "content " + hex(digest) + " is there although it was redacted", "event");
    check_bytes(digest, reference, row);
}

void ContentChecks::check_bytes(const Digest& digest, Reference* reference, std::string_view row) {
    const auto bytes = unpack(row);
    const Digest found = bytes ? ledger::sha256(*bytes) : Digest{};
    if (bytes && found == digest &&
        (reference == nullptr || bytes->size() == reference->byte_count))
        return;
    const bool is_another = bytes && found != digest && references_.contains(found);
    findings_.add(reference != nullptr ? std::optional{reference->position} : std::nullopt,
                  "content-changed",
                  "content " + hex(digest) +
                      (is_another ? " was exchanged: the bytes are those of content " + hex(found)
                                  : " is not what it was"),
                  "event");
}

}  // namespace adapters::rocksdb
