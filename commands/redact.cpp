#include "commands/redact.hpp"

#include "ledger/checked_reader.hpp"
#include "ledger/codec.hpp"
#include "ledger/references.hpp"
#include "ledger/stream_records.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <variant>

namespace commands {

using ledger::Code;
using ledger::Digest;
using ledger::fail;
using ledger::Record;
using ledger::Result;

namespace {

constexpr std::size_t events_at_once = 1'000;

// What an open run or attempt would be settled with.
class OpenUses {
public:
    explicit OpenUses(const Digest& digest) : digest_{digest} {}

    void take(const Record& record) {
        std::visit([&](const auto& event) { take(record, event); }, record.data);
    }
    [[nodiscard]] bool any() const { return !attempts_.empty() || !runs_.empty(); }

private:
    template <class Event>
    void take(const Record& record, const Event& event) {
        constexpr bool ends_attempt = std::is_same_v<Event, ledger::AttemptSucceeded> ||
                                      std::is_same_v<Event, ledger::AttemptFailed> ||
                                      std::is_same_v<Event, ledger::AttemptCancelled>;
        constexpr bool ends_run = std::is_same_v<Event, ledger::RunFinished> ||
                                  std::is_same_v<Event, ledger::RollbackFinished>;
        if constexpr (std::is_same_v<Event, ledger::AttemptStarted>) {
            if (event.digest == digest_ || (event.executed && event.executed->digest == digest_))
                attempts_.insert(event.attempt);
        } else if constexpr (ends_attempt) {
            attempts_.erase(event.attempt);
        } else if constexpr (ends_run) {
            if (record.run) runs_.erase(*record.run);
        } else if constexpr (requires { event.plan.digest; }) {
            if (record.run && event.plan.digest == digest_) runs_.insert(*record.run);
        }
    }

    Digest digest_;
    std::set<ledger::Uuid> attempts_;
    std::set<ledger::Uuid> runs_;
};

class Search {
public:
    explicit Search(const Digest& digest)
        : digest_{digest}, hex_{ledger::hex(digest)}, uses_{digest} {}

    Result<void> read(const ledger::Reader& reader) {
        for (std::uint64_t position = 0;;) {
            const auto lines = reader.lines(position, events_at_once);
            if (!lines) return fail(lines.error());
            for (const std::string& line : *lines)
                if (auto taken = take(line); !taken) return taken;
            position += lines->size();
            if (lines->size() < events_at_once) return {};
        }
    }
    [[nodiscard]] const std::optional<Redactable>& found() const { return found_; }
    [[nodiscard]] bool is_in_use() const { return uses_.any(); }

private:
    Result<void> take(const std::string& line) {
        const auto record = ledger::decode(line);
        if (!record) return fail(record.error());
        if (const auto* const newer = std::get_if<ledger::Opaque>(&record->data))
            return fail(Code::refused, "ledger-newer",
                        "event " + std::to_string(record->position) + " is a \"" + newer->type +
                            "\", which this program does not know",
                        "use a newer varve; this one reads the ledger and does not write to it");
        uses_.take(*record);
        if (line.find(hex_) == std::string::npos) return {};
        for (const auto& reference : ledger::references_of(record->data))
            if (reference.digest == digest_ && !found_) found_.emplace().content = reference;
        if (positions_.size() < ledger::ContentRedacted::positions_max)
            positions_.push_back(record->position);
        ++count_;
        if (found_) {
            found_->positions = positions_;
            found_->event_count = count_;
        }
        return {};
    }

    Digest digest_;
    std::string hex_;
    OpenUses uses_;
    std::vector<std::uint64_t> positions_;
    std::uint64_t count_{};
    std::optional<Redactable> found_;
};

}  // namespace

Result<std::vector<Record>> read_stream(const ledger::Reader& reader, std::string_view stream,
                                        std::uint64_t size) {
    std::vector<Record> records;
    const auto read = ledger::for_each_record(reader, stream, [&](const Record& record) {
        if (record.position < size) records.push_back(record);
    });
    if (!read) return fail(read.error());
    return records;
}

Result<std::vector<Record>> read_redactions(const ledger::Reader& reader, std::uint64_t size) {
    auto records = read_stream(reader, ledger::ledger_stream, size);
    if (records)
        std::erase_if(*records, [](const Record& record) {
            return !std::holds_alternative<ledger::ContentRedacted>(record.data);
        });
    return records;
}

Result<std::optional<Record>> find_redaction(const ledger::Reader& reader, const Digest& digest) {
    const auto head = reader.head();
    if (!head) return fail(head.error());
    auto redactions = read_redactions(reader, head->size);
    if (!redactions) return fail(redactions.error());
    for (Record& record : *redactions)
        if (std::get<ledger::ContentRedacted>(record.data).digest == digest)
            return std::optional{std::move(record)};
    return std::optional<Record>{};
}

ledger::Error absent_content(const ledger::Reader& reader, const Digest& digest) {
    const auto redaction = find_redaction(reader, digest);
    if (!redaction) return redaction.error();
    if (!*redaction)
        return {Code::refused, "content-unknown",
                "the ledger has no content of digest " + ledger::hex(digest), ""};
    const std::string position = std::to_string((*redaction)->position);
    return {Code::refused, "content-redacted",
            "content " + ledger::hex(digest) + " was redacted by " + (*redaction)->actor.id +
                " (event " + position + "): " + (*redaction)->reason.value_or("no reason given"),
            "varve show " + position + " says when, and which events name it"};
}

Result<Redactable> find_redactable(const ledger::Reader& reader, const Digest& digest) {
    const auto content = reader.content(digest);
    // What is damaged may be redacted all the same.
    if (!content && content.error().reason != "content-changed") return fail(content.error());
    if (content && !*content) return fail(absent_content(reader, digest));
    Search search{digest};
    if (auto read = search.read(ledger::CheckedReader{reader}); !read) return fail(read.error());
    if (!search.found())
        return fail(Code::refused, "content-unknown",
                    "no event names content " + ledger::hex(digest), "take it from an event");
    if (search.is_in_use())
        return fail(Code::refused, "content-in-use",
                    "an attempt or a run that has no end yet needs content " + ledger::hex(digest) +
                        " to be settled",
                    "varve recover, or wait for the run; then redact it");
    return *search.found();
}

Result<std::uint64_t> redact(ledger::Store& store, ledger::Clock& clock,
                             const ledger::Context& context, const Redactable& redactable) {
    ledger::Append append;
    append.context = context;
    append.drafts.push_back(
        {std::string{ledger::ledger_stream},
         ledger::new_uuid(clock.now_us() / 1000),
         ledger::ContentRedacted{redactable.content.digest, redactable.content.byte_count,
                                 redactable.content.kind, redactable.positions},
         {}});
    const auto appended = store.append(std::move(append));
    if (!appended) return fail(appended.error());
    return appended->first_position;
}

}  // namespace commands
