#include "tools/varve/moment.hpp"

#include "commands/redact.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/codec.hpp"
#include "ledger/references.hpp"
#include "projections/engine.hpp"
#include "projections/redactions.hpp"
#include "projections/status.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/system.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t events_at_once = 1'000;

tl::unexpected<ledger::Error> disagrees(const std::string& path, const std::string& what) {
    return fail(Code::corrupt, "checkpoint-disagrees", path + ": " + what,
                "varve verify says whether this ledger is whole; the checkpoint may be another's");
}

Result<ledger::Checkpoint> read_checkpoint(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    const std::string text{std::istreambuf_iterator<char>{in}, {}};
    const auto note = ledger::note_from_text(text);
    auto checkpoint = note ? ledger::checkpoint_from_text(note->text)
                           : Result<ledger::Checkpoint>{fail(note.error())};
    if (!checkpoint)
        return fail(Code::refused, "usage", path + " holds no checkpoint",
                    "give the file of a signed checkpoint, a time or a position");
    return checkpoint;
}

Result<std::uint64_t> size_of_checkpoint(const ledger::Reader& reader, const std::string& path) {
    const auto checkpoint = read_checkpoint(path);
    if (!checkpoint) return fail(checkpoint.error());
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const std::string uuid = ledger::to_text(head->ledger);
    if (!checkpoint->origin.ends_with("/" + uuid))
        return disagrees(path, "it is of \"" + checkpoint->origin + "\", and this is " + uuid);
    if (checkpoint->size > head->size)
        return disagrees(path, "it has seen " + std::to_string(checkpoint->size) +
                                   " events, and the ledger has " + std::to_string(head->size));
    const auto root = reader.root_at(checkpoint->size);
    if (!root) return fail(root.error());
    if (*root != checkpoint->root)
        return disagrees(path, "it has seen another root over the first " +
                                   std::to_string(checkpoint->size) + " events");
    return checkpoint->size;
}

// All up to the ledger's end. Without stored rows, folding them takes longer than to look.
Result<std::vector<ledger::Record>> redactions(const ledger::Reader& reader,
                                               projections::RowStore& rows) {
    const auto& status = projections::status_projection();
    const auto stored = projections::progress(rows, status);
    if (!stored || !*stored) {
        const auto head = reader.head();
        if (!head) return fail(head.error());
        return commands::read_redactions(reader, head->size);
    }
    if (auto level = projections::catch_up(reader, rows, status); !level)
        return fail(level.error());
    const auto positions = projections::read_redactions(rows);
    if (!positions) return fail(positions.error());
    std::vector<ledger::Record> records;
    for (const std::uint64_t position : *positions) {
        auto found = ledger::read_records(reader, position, 1);
        if (!found) return fail(found.error());
        for (ledger::Record& record : *found) records.push_back(std::move(record));
    }
    return records;
}

const ledger::ContentRedacted& redaction_of(const ledger::Record& record) {
    return std::get<ledger::ContentRedacted>(record.data);
}

bool names(const ledger::Record& record, const ledger::Digest& digest) {
    const auto references = ledger::references_of(record.data);
    return std::any_of(references.begin(), references.end(),
                       [&](const auto& reference) { return reference.digest == digest; });
}

// Whether one of the events that it says name the content, before `size`, is of that concern.
Result<bool> is_known_to_touch(const ledger::Reader& reader, const ledger::Record& redaction,
                               std::uint64_t size, const Concern& concern) {
    const auto& event = redaction_of(redaction);
    for (const std::uint64_t position : event.positions) {
        if (position >= size) break;
        const auto records = ledger::read_records(reader, position, 1);
        if (!records) return fail(records.error());
        for (const ledger::Record& record : *records)
            if (concern.with(record) && names(record, event.digest)) return true;
    }
    return false;
}

// Where the digest stands in a line, without decoding it.
class DigestSearch {
public:
    explicit DigestSearch(const ledger::Record& redaction)
        : digest_{redaction_of(redaction).digest}, hex_{ledger::hex(digest_)} {}

    [[nodiscard]] bool finds(const std::string& line, const Concern& concern) const {
        const std::boyer_moore_horspool_searcher searcher{hex_.begin(), hex_.end()};
        if (std::search(line.begin(), line.end(), searcher) == line.end()) return false;
        const auto record = ledger::decode(line);
        return record && concern.with(*record) && names(*record, digest_);
    }

private:
    ledger::Digest digest_;
    std::string hex_;
};

// Those that an event of that concern names, whatever they say themselves: later events may, and
// more than a redaction can list, and it may lie.
Result<std::vector<std::uint64_t>> touching(const ledger::Reader& reader, std::uint64_t size,
                                            const std::vector<const ledger::Record*>& redactions,
                                            const Concern& concern) {
    std::map<std::uint64_t, DigestSearch> open;
    for (const ledger::Record* redaction : redactions)
        open.emplace(redaction->position, *redaction);
    std::vector<std::uint64_t> found;
    for (std::uint64_t position = 0; position < size && !open.empty();) {
        const auto lines =
            reader.lines(position, std::min<std::uint64_t>(events_at_once, size - position));
        if (!lines) return fail(lines.error());
        if (lines->empty()) break;
        for (const std::string& line : *lines)
            std::erase_if(open, [&](const auto& each) {
                if (!each.second.finds(line, concern)) return false;
                found.push_back(each.first);
                return true;
            });
        position += lines->size();
    }
    return found;
}

Result<std::vector<std::uint64_t>> redactions_in(const ledger::Reader& reader,
                                                 projections::RowStore& rows, std::uint64_t size,
                                                 const Concern& concern) {
    const auto all = redactions(reader, rows);
    if (!all) return fail(all.error());
    std::vector<std::uint64_t> positions;
    std::vector<const ledger::Record*> open;
    for (const ledger::Record& redaction : *all) {
        const auto touches = is_known_to_touch(reader, redaction, size, concern);
        if (!touches) return fail(touches.error());
        if (*touches) {
            positions.push_back(redaction.position);
        } else {
            open.push_back(&redaction);
        }
    }
    const auto others = touching(reader, size, open, concern);
    if (!others) return fail(others.error());
    positions.insert(positions.end(), others->begin(), others->end());
    std::sort(positions.begin(), positions.end());
    return positions;
}

Result<void> add_checkpoint(const ledger::Reader& reader, Moment& moment) {
    const auto text = reader.checkpoint(moment.size);
    if (!text) return fail(text.error());
    if (!*text) return {};
    const auto note = ledger::note_from_text(**text);
    if (!note) return fail(note.error());
    const auto checkpoint = ledger::checkpoint_from_text(note->text);
    if (!checkpoint) return fail(checkpoint.error());
    moment.checkpoint_size = checkpoint->size;
    for (const ledger::Signature& signature : note->signatures) {
        moment.signers.push_back(signature.name);
        const auto& id = signature.key_id;
        moment.signer_ids.push_back(ledger::hex(std::string{id.begin(), id.end()}));
    }
    return {};
}

std::string listed(const std::vector<std::uint64_t>& positions) {
    std::string text;
    for (const std::uint64_t position : positions)
        text += (text.empty() ? "" : ", ") + std::to_string(position);
    return text;
}

}  // namespace

bool Concern::with(const ledger::Record& record) const {
    return std::visit(
        [&](const auto& event) {
            if constexpr (requires { event.target; })
                if (target && event.target.name != *target) return false;
            if constexpr (requires { event.version; }) {
                if (version && event.version.text != *version) return false;
            } else {
                if (version) return false;
            }
            if constexpr (
                !requires { event.target; } && !requires { event.version; })
                return !target && !version;
            return true;
        },
        record.data);
}

void note_if_to_come(const Console& console, const std::optional<std::string>& when) {
    const auto span = when ? time_span_from_text(*when) : std::nullopt;
    if (span && span->first_us > SystemClock{}.now_us())
        console.note("That is still to come: this is as of now (a time without a zone is UTC)");
}

Result<std::uint64_t> size_when(const ledger::Reader& reader, const std::string& when, Edge edge) {
    std::error_code ignored;
    auto size = size_as_of(reader, when, edge);
    if (size || size.error().reason != "usage") return size;
    if (std::filesystem::is_regular_file(when, ignored)) return size_of_checkpoint(reader, when);
    return fail(Code::refused, "usage",
                "\"" + when + "\" is no time, no position and no checkpoint file",
                "write 2026-11-23, 2026-11-23T14:30:00Z, a number of events, or a file's path");
}

Result<Moment> moment_at(const ledger::Reader& reader, projections::RowStore& rows,
                         std::uint64_t size, const Concern& concern) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    const auto root = reader.root_at(size);
    if (!root) return fail(root.error());
    Moment moment{head->ledger, size, *root, {}, {}, {}, {}, {}};
    if (size > 0) {
        const auto last = ledger::read_records(reader, size - 1, 1);
        if (!last) return fail(last.error());
        if (!last->empty()) moment.recorded_at_us = last->front().recorded_at_us;
    }
    if (auto added = add_checkpoint(reader, moment); !added) return fail(added.error());
    auto redactions = redactions_in(reader, rows, size, concern);
    if (!redactions) return fail(redactions.error());
    moment.redaction_positions = std::move(*redactions);
    return moment;
}

std::vector<std::string> to_lines(const Moment& moment) {
    std::vector<std::string> lines;
    lines.push_back(
        "ledger " + ledger::to_text(moment.ledger) + ", " + std::to_string(moment.size) +
        " events" +
        (moment.recorded_at_us ? ", the last of " + instant_text(*moment.recorded_at_us) : ""));
    lines.push_back("root " + ledger::hex(moment.root));
    std::string signed_by;
    for (std::size_t index = 0; index < moment.signers.size(); ++index)
        signed_by += (index == 0 ? ", signed by " : " and ") + moment.signers[index] + " (" +
                     moment.signer_ids[index] + ")";
    lines.push_back(moment.checkpoint_size
                        ? "newest checkpoint: of " + std::to_string(*moment.checkpoint_size) +
                              " events" + signed_by
                        : "no checkpoint is that old");
    const std::size_t count = moment.redaction_positions.size();
    if (count > 0)
        lines.push_back(std::to_string(count) +
                        (count == 1 ? " redaction touches" : " redactions touch") +
                        " this: events " + listed(moment.redaction_positions));
    return lines;
}

Json to_json(const Moment& moment) {
    Json json{{"ledger", ledger::to_text(moment.ledger)},
              {"size", moment.size},
              {"root", ledger::hex(moment.root)},
              {"recorded_at", instant_json(moment.recorded_at_us)},
              {"checkpoint_size", optional_json(moment.checkpoint_size)},
              {"checkpoint_signers", moment.signers},
              {"redaction_count", moment.redaction_positions.size()},
              {"redactions", moment.redaction_positions}};
    return json;
}

}  // namespace tools::varve
