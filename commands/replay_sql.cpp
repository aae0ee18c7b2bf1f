#include "commands/replay_sql.hpp"

#include "commands/redact.hpp"
#include "commands/standing_scripts.hpp"
#include "ledger/spelling.hpp"
#include "migrations/kept_script.hpp"

#include <algorithm>
#include <map>
#include <variant>

namespace commands {

using ledger::Digest;
using ledger::Direction;
using ledger::fail;
using ledger::Record;
using ledger::Result;
using migrations::Control;

namespace {

constexpr std::size_t batch_events = 1'000;

struct Range {
    std::uint64_t begin{};
    std::uint64_t end{};
    std::string tag;
};
using Ranges = std::map<std::uint32_t, Range>;

struct Open {
    Record started;
    Ranges ranges;
    std::uint32_t end{};  // of the statements that have succeeded
};

bool is_boundary(Control control) {
    return control == Control::begin || control == Control::commit;
}

bool is_boundary(const std::string& tag) {
    return tag == "BEGIN" || tag == "START TRANSACTION" || tag == "COMMIT";
}

// The statements of a kept script, one by one.
class Statements {
public:
    Statements(const std::string& content, std::uint32_t count, const Ranges& ranges)
        : script_{migrations::kept_script("", content)}, count_{count}, ranges_{ranges} {}

    [[nodiscard]] bool is_known(std::uint32_t index) const {
        if (const auto found = ranges_.find(index); found != ranges_.end())
            return found->second.begin <= found->second.end &&
                   found->second.end <= script_.text.size();
        return is_read();
    }
    [[nodiscard]] bool bounds_transaction(std::uint32_t index) const {
        if (is_read()) return is_boundary(script_.statements[index].control);
        return is_boundary(ranges_.at(index).tag);
    }
    [[nodiscard]] std::string text(std::uint32_t index) const {
        if (const auto found = ranges_.find(index); found != ranges_.end())
            return script_.text.substr(found->second.begin,
                                       found->second.end - found->second.begin);
        const auto& statement = script_.statements[index];
        return script_.text.substr(statement.begin, statement.end - statement.begin);
    }
    // A BEGIN of the file that its own tool would have committed.
    [[nodiscard]] bool is_left_open(std::uint32_t from, std::uint32_t end) const {
        if (!is_read()) return false;
        return std::any_of(script_.statements.begin() + from, script_.statements.begin() + end,
                           [](const auto& statement) { return statement.is_left_open; });
    }
    // What a resumed attempt is given first: the session as the file had set it.
    [[nodiscard]] std::vector<std::string> settings_before(std::uint32_t end) const {
        std::vector<std::string> settings;
        for (std::uint32_t index = 0; is_read() && index < end; ++index) {
            if (script_.statements[index].discards_all) settings.clear();
            if (script_.statements[index].session_setting) settings.push_back(text(index));
        }
        return settings;
    }
    [[nodiscard]] std::uint32_t size() const {
        return static_cast<std::uint32_t>(script_.statements.size());
    }
    [[nodiscard]] bool is_transaction() const {
        return script_.mode == migrations::TransactionMode::one;
    }

private:
    [[nodiscard]] bool is_read() const { return script_.statements.size() == count_; }

    migrations::Script script_;
    std::uint32_t count_;
    const Ranges& ranges_;
};

class Sequence {
public:
    Sequence(const ledger::Reader& reader, const ledger::Target& target)
        : reader_{reader}, target_{target} {}

    Result<void> take(const Record& record) {
        if (const auto* event = std::get_if<ledger::MigrationRegistered>(&record.data))
            layouts_[event->version] = event->layout;
        return std::visit(
            [&](const auto& event) -> Result<void> {
                if constexpr (requires { event.target; })
                    if (event.target == target_) return take(record, event);
                return {};
            },
            record.data);
    }

    // What has begun and has no end yet: its statements that are known to be done.
    Result<std::vector<ReplayedScript>> finish() {
        std::vector<std::pair<std::uint64_t, ledger::Uuid>> left;
        for (const auto& [attempt, open] : open_) left.emplace_back(open.started.position, attempt);
        std::sort(left.begin(), left.end());
        for (const auto& [position, attempt] : left) {
            const Open& open = open_.at(attempt);
            if (auto added = add(open.started, open, open.end); !added) return fail(added.error());
            doubt(open);
        }
        standing_.finish();
        return std::move(scripts_);
    }

private:
    template <class Event>
    Result<void> take(const Record& /*record*/, const Event& /*event*/) {
        return {};
    }
    Result<void> take(const Record& record, const ledger::AttemptStarted& event) {
        open_[event.attempt] = {record, {}, event.first_statement_index};
        return {};
    }
    Result<void> take(const Record& /*record*/, const ledger::StatementSucceeded& event) {
        const auto found = open_.find(event.attempt);
        if (found != open_.end()) keep(found->second, event.result);
        return {};
    }
    Result<void> take(const Record& record, const ledger::AttemptSucceeded& event) {
        const auto found = open_.find(event.attempt);
        if (found == open_.end()) return {};
        Open open = std::move(found->second);
        open_.erase(found);
        for (const auto& result : event.statements) keep(open, result);
        if (auto added = add(record, open, event.statement_count); !added) return added;
        if (event.direction == Direction::down) standing_.undo(event.version);
        return {};
    }
    Result<void> take(const Record& record, const ledger::AttemptFailed& event) {
        const bool ended = event.cause == ledger::FailureCause::transaction_ended;
        return end(record, event.attempt, event.statements_done, ended);
    }
    Result<void> take(const Record& record, const ledger::AttemptCancelled& event) {
        return end(record, event.attempt, event.statements_done, false);
    }
    Result<void> take(const Record& record, const ledger::MigrationAdopted& event) {
        return adopt(record, event.version, event.name, event.digest,
                     std::string{ledger::spell(event.source)});
    }
    Result<void> take(const Record& record, const ledger::DifferenceResolved& event) {
        if (event.kind == ledger::DifferenceKind::in_doubt) return {};  // the attempt's end follows
        const bool keeps = event.resolution == ledger::Resolution::adopt &&
                           (event.kind == ledger::DifferenceKind::missing ||
                            event.kind == ledger::DifferenceKind::out_of_order);
        if (keeps) return {};
        if (!event.digest) {
            standing_.mark_unapplied(record, event);
            return {};
        }
        if (event.kind != ledger::DifferenceKind::changed) standing_.mark_applied(record, event);
        const bool may_be_squash = event.resolution == ledger::Resolution::mark_applied &&
                                   (event.kind == ledger::DifferenceKind::none ||
                                    event.kind == ledger::DifferenceKind::out_of_order);
        return adopt(record, event.version, event.name, event.digest, "decision", may_be_squash);
    }

    static void keep(Open& open, const ledger::StatementResult& result) {
        open.ranges[result.statement_index] = {result.begin, result.end, result.command_tag};
        open.end = std::max(open.end, result.statement_index + 1);
    }

    Result<void> end(const Record& record, const ledger::Uuid& attempt, std::uint32_t done,
                     bool has_ended_transaction) {
        const auto found = open_.find(attempt);
        if (found == open_.end()) return {};
        const Open open = std::move(found->second);
        open_.erase(found);
        const auto& started = std::get<ledger::AttemptStarted>(open.started.data);
        if (!has_ended_transaction)
            return started.transactional ? Result<void>{} : add(record, open, done);
        ReplayedScript script = script_of(record, open, started.statement_count);
        script.missing =
            "the file ended its own transaction and failed later: how much of it was "
            "committed is not known";
        scripts_.push_back(std::move(script));
        return {};
    }

    static ReplayedScript script_of(const Record& record, const Open& open, std::uint32_t end) {
        const auto& started = std::get<ledger::AttemptStarted>(open.started.data);
        ReplayedScript script;
        script.version = started.version;
        script.name = started.name;
        script.direction = started.direction;
        script.digest = started.digest;
        if (started.executed) script.executed = started.executed->digest;
        script.source = "attempt";
        script.transactional = started.transactional;
        script.first_statement_index = started.first_statement_index;
        script.end_statement_index = end;
        script.statement_count = started.statement_count;
        script.is_whole = started.first_statement_index == 0 && end == started.statement_count;
        script.position = record.position;
        script.recorded_at_us = record.recorded_at_us;
        script.actor = open.started.actor;
        return script;
    }

    // What may have happened of an attempt without an end.
    void doubt(const Open& open) {
        const auto& started = std::get<ledger::AttemptStarted>(open.started.data);
        if (open.end >= started.statement_count) return;
        ReplayedScript script = script_of(open.started, open, started.statement_count);
        script.first_statement_index = open.end;
        script.is_whole = false;
        script.is_in_doubt = true;
        const std::string what = started.transactional
                                     ? "its transaction may or may not have been committed"
                                     : "statement " + std::to_string(open.end + 1) + " of " +
                                           std::to_string(started.statement_count) +
                                           " may or may not have been done";
        script.missing = "in doubt, the attempt had no outcome yet: " + what;
        scripts_.push_back(std::move(script));
    }

    Result<void> add(const Record& record, const Open& open, std::uint32_t end) {
        ReplayedScript script = script_of(record, open, end);
        if (script.transactional && end < script.statement_count) return {};
        if (!script.transactional && end <= script.first_statement_index &&
            script.statement_count > 0)
            return {};
        if (auto filled = fill(script, open.ranges); !filled) return filled;
        standing_.add(script);
        scripts_.push_back(std::move(script));
        return {};
    }

    // The script that stands for what was not applied by an attempt; the part of it that was is
    // there already.
    Result<void> adopt(const Record& record, const ledger::Version& version,
                       const std::string& name, const std::optional<Digest>& digest,
                       std::string source, bool may_be_squash = false) {
        std::uint32_t done = 0;
        for (const std::size_t index : standing_.of(version)) {
            if (scripts_[index].end_statement_index == scripts_[index].statement_count) return {};
            done = std::max(done, scripts_[index].end_statement_index);
        }
        ReplayedScript script;
        script.version = version;
        script.name = name;
        script.digest = digest.value_or(Digest{});
        script.source = std::move(source);
        script.first_statement_index = done;
        script.position = record.position;
        script.recorded_at_us = record.recorded_at_us;
        script.actor = record.actor;
        if (!digest)
            script.missing = "there was no file of it when it was taken over";
        else if (auto filled = fill_adopted(script); !filled)
            return filled;
        if (script.source == "decision" && done == 0) standing_.match_renamed(script);
        const bool stands = !script.left_out;
        if (stands) standing_.add(script);
        scripts_.push_back(std::move(script));
        if (stands && may_be_squash) standing_.note_decided();
        return {};
    }

    Result<std::optional<std::string>> content_of(ReplayedScript& script) {
        const Digest digest = script.executed.value_or(script.digest);
        auto content = reader_.content(digest);
        if (!content) return fail(content.error());
        if (!*content) script.missing = absent_content(reader_, digest).detail;
        return content;
    }

    Result<void> fill_adopted(ReplayedScript& script) {
        const auto content = content_of(script);
        if (!content) return fail(content.error());
        if (!*content) return {};
        const Ranges none;
        const auto count = Statements{**content, 0, none}.size();
        script.statement_count = count;
        script.end_statement_index = count;
        script.is_whole = script.first_statement_index == 0;
        const Statements statements{**content, count, none};
        script.transactional = statements.is_transaction() && script.is_whole;
        script.missing = migrations::why_not_as_is(layouts_[script.version], **content);
        if (script.missing) return {};
        put(script, statements);
        return {};
    }

    Result<void> fill(ReplayedScript& script, const Ranges& ranges) {
        const auto content = content_of(script);
        if (!content) return fail(content.error());
        if (!*content) return {};
        const Statements statements{**content, script.statement_count, ranges};
        for (std::uint32_t index = script.first_statement_index; index < script.end_statement_index;
             ++index)
            if (!statements.is_known(index)) {
                script.missing = "its statements can no longer be told apart";
                return {};
            }
        put(script, statements);
        return {};
    }

    // Outside a transaction of ours the file's own BEGIN and COMMIT are part of it.
    static void put(ReplayedScript& script, const Statements& statements) {
        script.statements = statements.settings_before(script.first_statement_index);
        for (std::uint32_t index = script.first_statement_index; index < script.end_statement_index;
             ++index)
            if (!script.transactional || !statements.bounds_transaction(index))
                script.statements.push_back(statements.text(index));
        if (!script.transactional &&
            statements.is_left_open(script.first_statement_index, script.end_statement_index))
            script.statements.emplace_back("COMMIT");
    }

    const ledger::Reader& reader_;
    const ledger::Target& target_;
    std::vector<ReplayedScript> scripts_;
    std::map<ledger::Version, std::string> layouts_;
    std::map<ledger::Uuid, Open> open_;
    StandingScripts standing_{scripts_};
};

bool is_complete(const ReplayedScript& script) {
    return script.is_whole && !script.missing && script.source == "attempt";
}

}  // namespace

Result<std::vector<ReplayedScript>> replay_sql(const ledger::Reader& reader,
                                               const ledger::Target& target, std::uint64_t size) {
    Sequence sequence{reader, target};
    for (std::uint64_t position = 0; position < size;) {
        const auto records = ledger::read_records(
            reader, position, std::min<std::uint64_t>(batch_events, size - position));
        if (!records) return fail(records.error());
        if (records->empty()) break;
        for (const Record& record : *records)
            if (auto taken = sequence.take(record); !taken) return fail(taken.error());
        position += records->size();
    }
    return sequence.finish();
}

void tell_running(std::vector<ReplayedScript>& scripts, std::int64_t since_us) {
    for (ReplayedScript& script : scripts) {
        if (!script.is_in_doubt || script.recorded_at_us < since_us) continue;
        script.is_in_doubt = false;
        script.is_running = true;
        script.missing = "its attempt goes on, and has no outcome yet";
    }
}

void leave_out_undone(std::vector<ReplayedScript>& scripts) {
    std::vector<std::size_t> kept;  // those before that are to be run
    for (std::size_t index = 0; index < scripts.size(); ++index) {
        ReplayedScript& script = scripts[index];
        if (script.left_out) continue;
        const bool undoes = script.direction == Direction::down && is_complete(script) &&
                            !kept.empty() && scripts[kept.back()].direction == Direction::up &&
                            scripts[kept.back()].version == script.version &&
                            is_complete(scripts[kept.back()]);
        if (!undoes) {
            kept.push_back(index);
            continue;
        }
        ReplayedScript& undone = scripts[kept.back()];
        undone.left_out = "undone at position " + std::to_string(script.position);
        script.left_out = "undoes position " + std::to_string(undone.position);
        kept.pop_back();
    }
}

}  // namespace commands
