#include "commands/prove.hpp"

#include "commands/sign_checkpoint.hpp"
#include "ledger/identity.hpp"
#include "ledger/stream_records.hpp"
#include "ledger/tree.hpp"

#include <utility>

namespace commands {

using ledger::Code;
using ledger::Digest;
using ledger::fail;
using ledger::Result;

namespace {

ledger::SubtreeHash subtrees_of(const ledger::Reader& reader) {
    return [&reader](unsigned level, std::uint64_t index) { return reader.subtree(level, index); };
}

std::string event_count_text(std::uint64_t count) {
    return std::to_string(count) + (count == 1 ? " event" : " events");
}

Result<std::string> line_at(const ledger::Reader& reader, std::uint64_t position) {
    auto lines = reader.lines(position, 1);
    if (!lines) return fail(lines.error());
    if (lines->empty())
        return fail(Code::refused, "event-unknown",
                    "there is no event at position " + std::to_string(position),
                    "varve history lists them");
    return std::move(lines->front());
}

struct SignedOne {
    std::string text;
    ledger::Checkpoint checkpoint;
};

Result<std::optional<SignedOne>> newest_checkpoint(const ledger::Reader& reader,
                                                   std::uint64_t size_max) {
    auto text = reader.checkpoint(size_max);
    if (!text) return fail(text.error());
    if (!*text) return std::optional<SignedOne>{};
    const auto note = ledger::note_from_text(**text);
    if (!note) return fail(note.error());
    auto checkpoint = ledger::checkpoint_from_text(note->text);
    if (!checkpoint) return fail(checkpoint.error());
    return std::optional{SignedOne{std::move(**text), std::move(*checkpoint)}};
}

Result<SignedOne> covering_checkpoint(const ledger::Reader& reader, std::uint64_t position,
                                      std::optional<std::uint64_t> asked_size) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    auto found = newest_checkpoint(reader, asked_size.value_or(head->size));
    if (!found) return fail(found.error());
    if (asked_size && (!*found || (*found)->checkpoint.size != *asked_size))
        return fail(Code::refused, "checkpoint-unknown",
                    "no checkpoint of " + event_count_text(*asked_size) + " was signed",
                    "varve history --type checkpoint-signed lists them; without --checkpoint the "
                    "newest is taken");
    if (*found && (*found)->checkpoint.size > position) return std::move(**found);
    const std::string newest =
        *found ? "the newest that is asked for has " + event_count_text((*found)->checkpoint.size)
               : std::string{"none was signed yet"};
    const auto news = has_news(reader);
    if (!news) return fail(news.error());
    return fail(Code::refused, "checkpoint-missing",
                "no signed checkpoint covers position " + std::to_string(position) + ": " + newest,
                *news ? "`varve checkpoint` signs one of the ledger as it is now; then ask again"
                      : "what comes after it is about checkpoints alone: the one that the next "
                        "command signs covers it; `varve verify --record` signs one now");
}

Result<void> expect_root(const ledger::Reader& reader, const ledger::Checkpoint& kept) {
    const auto root = reader.root_at(kept.size);
    if (!root) return fail(root.error());
    if (*root == kept.root) return {};
    return fail(Code::corrupt, "checkpoint-differs",
                "the checkpoint of " + event_count_text(kept.size) + " has the root " +
                    hex(kept.root) + ", and this ledger " + hex(*root),
                "one of the two is of another history: varve verify, and ask who holds the other");
}

Result<void> expect_tail(const ledger::Reader& reader, std::uint64_t seen) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    if (seen <= head->size) return {};
    return fail(Code::corrupt, "tail-cut",
                "the checkpoint that was kept has seen " + event_count_text(seen) +
                    ", and this ledger has " + std::to_string(head->size) + ": those up to " +
                    std::to_string(seen - 1) + " are gone",
                "this is an older copy, or it was cut: varve verify --since with the same file, "
                "and bring back the newer one");
}

}  // namespace

Result<EventProof> prove_event(const ledger::Reader& reader, std::uint64_t position,
                               std::optional<std::uint64_t> checkpoint_size) {
    auto line = line_at(reader, position);
    if (!line) return fail(line.error());
    auto covering = covering_checkpoint(reader, position, checkpoint_size);
    if (!covering) return fail(covering.error());
    ledger::Checkpoint& checkpoint = covering->checkpoint;
    auto path = ledger::inclusion_proof(position, checkpoint.size, subtrees_of(reader));
    if (!path) return fail(path.error());
    const Digest leaf = ledger::leaf_hash(*line);
    auto holds = ledger::verify_inclusion(leaf, position, checkpoint.size, checkpoint.root, *path);
    if (!holds) return fail(holds.error());
    ledger::TlogProof proof{*line, position, std::move(*path), std::move(covering->text)};
    return EventProof{std::move(*line), leaf, std::move(checkpoint), std::move(proof)};
}

Result<GrowthProof> prove_growth(const ledger::Reader& reader, std::uint64_t old_size,
                                 std::uint64_t size) {
    const auto old_root = reader.root_at(old_size);
    if (!old_root) return fail(old_root.error());
    const auto root = reader.root_at(size);
    if (!root) return fail(root.error());
    auto path = ledger::consistency_proof(old_size, size, subtrees_of(reader));
    if (!path) return fail(path.error());
    if (auto holds = ledger::verify_consistency(old_size, *old_root, size, *root, *path); !holds)
        return fail(holds.error());
    GrowthProof proof{old_size, *old_root, size, *root, std::move(*path), std::nullopt};
    auto found = newest_checkpoint(reader, size);
    if (!found) return fail(found.error());
    if (!*found || (*found)->checkpoint.size != size) return proof;
    if (auto same = expect_root(reader, (*found)->checkpoint); !same) return fail(same.error());
    proof.checkpoint = std::move((*found)->text);
    return proof;
}

Result<void> check_kept(const ledger::Reader& reader, const ledger::Note& note,
                        const ledger::Checkpoint& kept) {
    const auto keys = read_signing_keys(reader);
    if (!keys) return fail(keys.error());
    const auto& origin = keys->origin();
    if (origin && kept.origin != *origin)
        return fail(Code::refused, "checkpoint-unfit",
                    "that checkpoint is of " + kept.origin + ", this ledger is " + *origin,
                    "give the checkpoint that was kept of this ledger");
    if (auto holds = ledger::check_signed({kept.size, kept.root, to_text(note)}, *keys); !holds)
        return fail(holds.error().code, holds.error().reason,
                    "the file that was given, not this ledger's events: " + holds.error().detail,
                    "give the checkpoint as it was kept; where this is the one, the ledger is an "
                    "older copy or its keys were replaced: varve verify --witnesses");
    if (auto whole = expect_tail(reader, kept.size); !whole) return whole;
    return expect_root(reader, kept);
}

Result<ledger::SigningKeys> read_signing_keys(const ledger::Reader& reader) {
    ledger::SigningKeys keys;
    const auto read = ledger::for_each_record(
        reader, ledger::ledger_stream,
        [&keys](const ledger::Record& record) { keys.apply(record.position, record.data); });
    if (!read) return fail(read.error());
    return keys;
}

}  // namespace commands
