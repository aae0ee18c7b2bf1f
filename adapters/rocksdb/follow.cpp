#include "adapters/rocksdb/follow.hpp"

#include "adapters/rocksdb/anchor.hpp"
#include "adapters/rocksdb/empty_ledger.hpp"
#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/followed_checkpoints.hpp"
#include "adapters/rocksdb/new_folder.hpp"
#include "adapters/rocksdb/reader.hpp"
#include "adapters/rocksdb/replica.hpp"
#include "ledger/codec.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

namespace adapters::rocksdb {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t lines_at_once = 1'000;
constexpr const char* what_now =
    "the source was rewritten, or put back to an older state: keep both folders as they are; the "
    "copy has what was there before (`varve verify --ledger COPY`)";

tl::unexpected<ledger::Error> differs(std::string detail) {
    return fail(Code::corrupt, "source-differs", std::move(detail), what_now);
}

// The folder of a source that is away for a while says nothing of varve init.
tl::unexpected<ledger::Error> away(const fs::path& source, ledger::Error error) {
    if (error.reason == "ledger-missing" || error.reason == "not-a-ledger")
        error.help =
            "name the folder of the ledger that is to be followed: is it mounted, or being "
            "restored? Nothing was changed in the copy";
    error.detail = "the source " + source.string() + ": " + error.detail;
    return tl::unexpected<ledger::Error>{std::move(error)};
}

Result<void> make_destination(const fs::path& source, const fs::path& destination,
                              const ledger::Uuid& uuid) {
    NewFolder making{destination, "making"};
    if (auto begun = making.begin(); !begun) return begun;
    if (auto made = make_empty(making.folder(), uuid); !made) return made;
    if (auto done = write_file(follows_of(making.folder()), source.string() + "\n"); !done)
        return done;
    const auto placed = making.take_place();
    if (!placed) return fail(placed.error());
    if (*placed) return {};
    return fail(Code::refused, "destination-unfit",
                "somebody else has put something at " + destination.string(),
                "name another folder; nothing was changed");
}

Result<void> expect_destination(const fs::path& source, const fs::path& destination,
                                const ledger::Uuid& uuid) {
    if (is_within(destination, source))
        return fail(Code::refused, "destination-unfit",
                    destination.string() + " is the source itself, or in its folder",
                    "name a folder elsewhere, on another disk where there is one");
    std::error_code error;
    if (!fs::exists(destination, error) || fs::is_empty(destination, error))
        return make_destination(source, destination, uuid);
    if (fs::exists(follows_of(destination), error)) return {};
    if (error)
        return fail(Code::unavailable, "ledger-unreachable",
                    destination.string() + ": " + error.message(),
                    "it needs a folder that you may read and write");
    return fail(Code::refused, "destination-unfit",
                destination.string() + " is no copy that follows another ledger",
                "name a folder that is not there yet, or one that `varve ledger follow` has made");
}

class Following {
public:
    Following(const Reader& source, Replica& copy, std::uint64_t size)
        : source_(source), copy_(copy), size_(size) {}

    Result<Followed> run(std::string_view source_path);

private:
    Result<void> expect_same(std::string_view source_path);
    Result<void> expect_same_up_to(std::uint64_t size, const std::string& end);
    Result<std::uint64_t> first_difference(std::uint64_t size);
    Result<void> remember();
    Result<void> take(std::span<const std::string> lines);
    Result<std::size_t> next_part(std::span<const std::string> lines) const;

    const Reader& source_;
    Replica& copy_;
    std::uint64_t size_;  // of the source, as far as it is on its disk
    FollowedCheckpoints checkpoints_;
    Followed followed_;
};

// The roots of two histories are the same up to where they part, before `size`.
Result<std::uint64_t> Following::first_difference(std::uint64_t size) {
    std::uint64_t same = 0;
    std::uint64_t different = size;
    while (same + 1 < different) {
        const std::uint64_t middle = same + (different - same) / 2;
        const auto theirs = source_.root_at(middle);
        if (!theirs) return fail(theirs.error());
        const auto ours = copy_.root_at(middle);
        if (!ours) return fail(ours.error());
        (*theirs == *ours ? same : different) = middle;
    }
    return same;
}

// `end` ends what is said.
Result<void> Following::expect_same_up_to(std::uint64_t size, const std::string& end) {
    if (size == 0) return {};
    const auto theirs = source_.root_at(size);
    if (!theirs) return fail(theirs.error());
    const auto ours = copy_.root_at(size);
    if (!ours) return fail(ours.error());
    if (*theirs == *ours) return {};
    const auto position = first_difference(size);
    if (!position) return fail(position.error());
    return differs("position " + std::to_string(*position) +
                   " of the source is not what was copied before" + end);
}

Result<void> Following::expect_same(std::string_view source_path) {
    const ledger::Head& copied = copy_.head();
    const auto source = source_.head();
    if (!source) return fail(source.error());
    if (source->ledger != copied.ledger)
        return differs(std::string{source_path} + " is ledger " + to_text(source->ledger) +
                       ", and the copy is of " + to_text(copied.ledger));
    if (source->size >= copied.size) return expect_same_up_to(copied.size, "");
    const std::string sizes = "the source ends after " + std::to_string(source->size) +
                              " events, and the copy has " + std::to_string(copied.size);
    if (auto same = expect_same_up_to(source->size, "; " + sizes); !same) return same;
    return differs(sizes + ": position " + std::to_string(source->size) +
                   " is the first that is gone");
}

// Keys, from the events that are here already.
Result<void> Following::remember() {
    const auto positions = copy_.positions(ledger::ledger_stream);
    if (!positions) return fail(positions.error());
    for (const std::uint64_t position : *positions) {
        const auto line = copy_.line(position);
        if (!line) return fail(line.error());
        const auto record = ledger::decode(*line);
        if (!record) return fail(record.error());
        checkpoints_.remember(*record);
    }
    return {};
}

// Whole appends, so that a checkpoint comes with its own and is looked at before it is taken.
Result<std::size_t> Following::next_part(std::span<const std::string> lines) const {
    std::size_t whole = 0;
    for (std::size_t index = 0; index < lines.size(); ++index) {
        const auto record = ledger::decode(lines[index]);
        if (!record) return fail(record.error());
        const bool is_checkpoint = std::holds_alternative<ledger::CheckpointSigned>(record->data);
        if (is_checkpoint && whole > 0) return whole;
        if (record->batch_index + 1 == record->batch_length) whole = index + 1;
        if (is_checkpoint && whole == index + 1) return whole;
    }
    return whole;
}

Result<void> Following::take(std::span<const std::string> lines) {
    const std::uint64_t first = copy_.head().size;
    const auto root_at = [&](std::uint64_t size) -> Result<ledger::Digest> {
        if (size <= first) return copy_.root_at(size);
        return copy_.root_with(lines.first(static_cast<std::size_t>(size - first)));
    };
    for (const std::string& line : lines) {
        const auto record = ledger::decode(line);
        if (!record) return fail(record.error());
        const auto verified = checkpoints_.take(*record, root_at);
        if (!verified) return fail(verified.error());
        if (!*verified) continue;
        ++followed_.checkpoint_count;
        followed_.checkpoint_size = std::get<ledger::CheckpointSigned>(record->data).size;
    }
    return copy_.take(lines, source_);
}

Result<Followed> Following::run(std::string_view source_path) {
    followed_.before = copy_.head();
    followed_.after = copy_.head();
    if (auto same = expect_same(source_path); !same) return fail(same.error());
    if (size_ <= copy_.head().size) return followed_;
    if (auto learned = remember(); !learned) return fail(learned.error());
    std::size_t count_max = lines_at_once;
    while (copy_.head().size < size_) {
        const std::uint64_t left = size_ - copy_.head().size;
        const auto lines = source_.lines(
            copy_.head().size, static_cast<std::size_t>(std::min<std::uint64_t>(count_max, left)));
        if (!lines) return fail(lines.error());
        std::span<const std::string> rest{*lines};
        auto part = next_part(rest);
        if (part && *part == 0 && lines->size() < left && lines->size() == count_max) {
            count_max *= 2;  // one append of many events
            continue;
        }
        for (; part && *part > 0; part = next_part(rest)) {
            if (auto taken = take(rest.first(*part)); !taken) return fail(taken.error());
            rest = rest.subspan(*part);
        }
        if (!part) return fail(part.error());
        if (rest.size() == lines->size())
            return differs("the append at position " + std::to_string(copy_.head().size) +
                           " of the source is not whole");
    }
    followed_.after = copy_.head();
    return followed_;
}

}  // namespace

Result<Followed> follow(const fs::path& given_source, const fs::path& given_destination) {
    const fs::path source = tidy_path(given_source);
    const fs::path destination = tidy_path(given_destination);
    const auto anchor = read_anchor(source);  // first, so that what it says is in what is read next
    const auto reader = Reader::open(source);  // which says best why there is none
    if (!reader) return away(source, reader.error());
    if (!anchor) return away(source, anchor.error());
    if (auto fit = expect_destination(source, destination, anchor->ledger); !fit)
        return fail(fit.error());
    const auto copy = Replica::open(destination, "varve ledger follow");
    if (!copy) return fail(copy.error());
    return Following{**reader, **copy, anchor->size}.run(source.string());
}

}  // namespace adapters::rocksdb
