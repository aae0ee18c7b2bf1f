#include "migrations/rules/judge.hpp"

#include "migrations/rules/called_code.hpp"
#include "migrations/rules/first_words.hpp"
#include "migrations/rules/locks.hpp"
#include "migrations/rules/nested_sql.hpp"
#include "migrations/rules/row_scope.hpp"
#include "migrations/rules/search_path.hpp"
#include "migrations/rules/table_changes.hpp"
#include "migrations/rules/unproven.hpp"
#include "migrations/rules/weight.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/split.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

namespace migrations::rules {

namespace {

// A function that calls itself is entered so often.
constexpr int nesting_max = 3;
constexpr std::size_t entered_max = 300;  // by one statement
// A copy of the schema is kept for each: of so many at a time.
constexpr std::size_t savepoints_max = 16;

sql::Range place_of(const Judged& judged) {
    return {judged.begin, judged.begin + judged.size_in_text};
}

// A literal counts where it may be a value that an enum has been given in the same transaction.
bool constants_count(const Schema& schema) {
    const auto& enums = schema.enumerations();
    return std::any_of(enums.begin(), enums.end(),
                       [](const auto& entry) { return !entry.second.added.empty(); });
}

class Judge {
public:
    Judge(std::string_view text, const Circumstances& circumstances, Schema& schema,
          const IsAsked& is_asked)
        : text_{text}, circumstances_{circumstances}, schema_{schema} {
        for (const Rule& rule : all_rules())
            if (!is_asked || is_asked(rule)) asked_.push_back(&rule);
    }

    Judgement run(ParsedScript script) {
        ranges_ = std::move(script.ranges);
        const auto& ranges = ranges_;
        session_.take_initial(circumstances_.initial_settings);
        if (circumstances_.runner_opens_transaction || counts_on_transaction(text_, ranges))
            session_.begin(0, false);
        std::size_t taken = take_all(std::move(script.parsed));
        Parser parser{text_};
        while (taken < ranges.size())
            if (script.more)
                taken += take_all(script.more());
            else
                take(parser.next(ranges[taken++]));
        const FileSituation file{text_, statements_, schema_, session_, circumstances_};
        for (const Rule* rule : asked_)
            if (rule->on_file != nullptr) ask(*rule, file);
        finish();
        return std::move(judgement_);
    }

private:
    void ask(const Rule& rule, const FileSituation& file) {
        Report report{judgement_.findings};
        rule.on_file(file, report);
    }

    std::size_t take_all(std::vector<ParsedStatement> statements) {
        for (ParsedStatement& statement : statements) take(std::move(statement));
        return statements.size();
    }

    void take(ParsedStatement statement) {
        if (statement.repeats && !constants_count(schema_)) return take_repeated(statement.found);
        repeated_ = false;
        if (statement.repeats) statement = parse_one(text_, statement.found);
        const sql::Range& range = statement.found.range;
        if (statement.error) return take_unparsed(std::move(statement));
        const std::string_view text = statement_text(text_, statement.found);
        step(run_by(std::move(statement.action), text), text, range, 0);
    }

    // PREPARE runs nothing, EXECUTE what has been prepared under the name.
    sql::Action run_by(sql::Action action, std::string_view text) {
        const bool is_rows = std::holds_alternative<sql::Rows>(action);
        const auto* other = std::get_if<sql::Other>(&action);
        if (!is_rows && (other == nullptr || prepared_.empty())) return action;
        const auto words = first_words(text);
        if (is_rows && sql::same_word("prepare", words[0])) {
            prepared_[sql::lower(words[1])] = std::move(action);
            return sql::Other{"prepare"};
        }
        if (is_rows || !sql::same_word("execute", words[0])) return action;
        const auto found = prepared_.find(sql::lower(words[1]));
        return found == prepared_.end() ? action : found->second;
    }

    void take_unparsed(ParsedStatement statement) {
        const sql::Range& range = statement.found.range;
        if (statement.newer.is_read_for(circumstances_.server_version)) {
            const std::size_t before = judgement_.findings.size();
            step(std::move(statement.action), statement_text(text_, statement.found), range, 0);
            for (Finding& finding : std::span{judgement_.findings}.subspan(before))
                finding.fix.reset();  // it may be of what is older alone
            return;
        }
        say_error(statement, range);
        follow_search_path(statement.action, session_, schema_);
        schema_.apply(statement.action, Origin::script, session_.transaction);
    }

    // The first has changed what there is: its table has rows, and is locked. The second meets that
    // and changes nothing more, so those after it meet the same.
    void take_repeated(const sql::StatementRange& found) {
        if (repeated_) {
            schema_.fill(std::get<sql::Rows>(statements_.back().action), true);
            return statements_.back().repeats.push_back(found.range);
        }
        repeated_ = true;
        sql::Action action = statements_.back().action;
        step(std::move(action), statement_text(text_, found), found.range, 0);
    }

    // `place`: where it stands in the script, or what runs it.
    void step(sql::Action action, std::string_view text, sql::Range place, int nesting,
              const NestedStatement& nested = {}) {
        const std::size_t index = statements_.size();
        follow_search_path(action, session_, schema_);
        Judged judged{std::move(action), text, place.begin, session_.transaction, {}};
        judged.is_nested = nesting > 0;
        judged.goes_on = nested.goes_on;
        judged.is_perhaps = nested.is_perhaps;
        judged.stands_in_text =
            text_.substr(std::min(place.begin, text_.size()), text.size()) == text;
        judged.size_in_text = judged.stands_in_text ? text.size() : place.end - place.begin;
        judged.locks = locks_of(judged.action, schema_, index);
        judged.waits = waits_for_strong_lock(judged.action, judged.locks, schema_);
        Situation situation{judged, statements_, schema_, session_, circumstances_};
        note_changes(situation);
        Report report{judgement_.findings};
        const std::size_t before = judgement_.findings.size();
        for (const Rule* rule : asked_)
            if (rule->on_statement != nullptr) rule->on_statement(situation, report);
        weights_.weigh(situation, judgement_.findings, before);
        change(judged, index);
        statements_.push_back(std::move(judged));
        if (nesting < nesting_max) enter(index, nesting + 1);
    }

    // The schema as it was when the transaction, or the savepoint, began comes back with ROLLBACK.
    void change(const Judged& judged, std::size_t index) {
        const bool was_in_transaction = session_.in_transaction;
        session_.apply(judged.action, index, judged.locks);
        const auto* control = std::get_if<sql::Transaction>(&judged.action);
        if (control != nullptr && was_in_transaction) undo(*control);
        if (!session_.in_transaction) before_.clear();
        const bool is_savepoint =
            control != nullptr && control->verb == sql::TransactionVerb::savepoint;
        if (session_.in_transaction && may_roll_back()) {
            if (before_.empty()) before_.emplace_back("", schema_);
            if (is_savepoint && before_.size() <= savepoints_max)
                before_.emplace_back(control->name, schema_);
        }
        if (judged.is_perhaps) unproven_.remember(judged.action, schema_, parts_);
        schema_.apply(judged.action, Origin::script, session_.transaction,
                      judged.is_nested ? Runs::in_code : Runs::once);
    }

    void undo(const sql::Transaction& control) {
        if (before_.empty()) return;
        if (control.verb == sql::TransactionVerb::rollback) {
            schema_ = before_.front().second;
            before_.clear();
        }
        if (control.verb == sql::TransactionVerb::commit) before_.clear();
        const bool releases = control.verb == sql::TransactionVerb::release;
        if (!releases && control.verb != sql::TransactionVerb::rollback_to) return;
        const auto saved = std::find_if(before_.rbegin(), before_.rend(), [&](const auto& each) {
            return each.first == control.name;
        });
        if (saved == before_.rend()) return;
        if (!releases) schema_ = saved->second;
        before_.erase(releases ? saved.base() - 1 : saved.base(), before_.end());
    }

    // A copy of the schema for each transaction of a folder would cost more than all the rest.
    bool may_roll_back() {
        if (!may_roll_back_) may_roll_back_ = rolls_back(text_, ranges_);
        return *may_roll_back_;
    }

    struct Code {
        std::string body;
        std::string language;
        std::size_t begin{};  // of the body; that of `outer` where it stands elsewhere
        sql::Range outer;     // of what runs it
        bool is_perhaps{};
    };

    void enter(std::size_t index, int nesting) {
        if (nesting == 1) entered_count_ = 0;
        const Judged& outer = statements_[index];
        const sql::Range place = place_of(outer);  // the statements move when more are added
        const bool is_perhaps = outer.is_perhaps;
        if (const auto* block = std::get_if<sql::DoBlock>(&outer.action))
            return enter_body(
                {block->body, block->language, outer.begin + block->body_begin, place, is_perhaps},
                nesting);
        for (const std::string& name : called_by(outer.action, schema_))
            enter_function(name, place, is_perhaps, nesting);
    }

    // Not within itself, and not without end.
    void enter_function(const std::string& name, sql::Range place, bool is_perhaps, int nesting) {
        const KnownFunction* known = called_function(schema_, name);
        if (known == nullptr || ++entered_count_ > entered_max) return;
        const std::string key = key_of(known->name);
        if (std::find(entered_.begin(), entered_.end(), key) != entered_.end()) return;
        entered_.push_back(key);
        enter_body({known->body, known->language, place.begin, place, is_perhaps}, nesting);
        entered_.pop_back();
    }

    // All of it runs in one transaction, the one that is open or its own.
    void enter_body(const Code& code, int nesting) {
        if (code.language != "plpgsql" && code.language != "sql") return;
        const bool opens = !session_.in_transaction;
        const bool could_not_commit = session_.code_cannot_commit;
        session_.code_cannot_commit = could_not_commit || !opens;
        if (opens) session_.begin(statements_.size(), false);
        run_body(code, nesting);
        session_.code_cannot_commit = could_not_commit;
        if (opens)
            session_.apply(sql::Transaction{sql::TransactionVerb::commit, "", false},
                           statements_.size(), {});
    }

    void run_body(const Code& code, int nesting) {
        NestedSql found = nested_sql(code.body);
        const std::size_t mark = unproven_.size();
        const bool stands_in_text =
            code.begin != code.outer.begin &&
            text_.substr(std::min(code.begin, text_.size()), code.body.size()) == code.body;
        auto call = found.calls.begin();
        const auto call_until = [&](std::size_t statement) {
            for (; call != found.calls.end() && call->before <= statement; ++call)
                if (nesting < nesting_max)
                    enter_function(call->name, code.outer, code.is_perhaps || call->is_perhaps,
                                   nesting + 1);
        };
        for (std::size_t index = 0; index < found.statements.size(); ++index) {
            call_until(index);
            NestedStatement& nested = found.statements[index];
            unproven_.forget(schema_, mark, nested.parts);
            parts_ = nested.parts;
            nested.is_perhaps |= code.is_perhaps;
            run_nested(std::move(nested), code, stands_in_text, nesting);
        }
        call_until(found.statements.size());
        unproven_.forget_all(schema_, mark);
    }

    void run_nested(NestedStatement nested, const Code& code, bool stands_in_text, int nesting) {
        const bool is_placed = stands_in_text && !nested.is_dynamic;
        const sql::Range place =
            stands_in_text ? sql::Range{code.begin + nested.begin, code.begin + nested.end}
                           : code.outer;
        const std::string& kept = kept_.emplace_back(std::move(nested.text));
        for (const sql::StatementRange& range : sql::split(kept).statements) {
            ParsedStatement statement = parse_one(kept, range);
            if (auto* rows = std::get_if<sql::Rows>(&statement.action))
                take_variables(schema_, *rows);
            const bool is_read = statement.newer.is_read_for(circumstances_.server_version);
            if (!statement.error || is_read)
                step(std::move(statement.action), statement_text(kept, range),
                     is_placed ? sql::Range{place.begin + range.range.begin,
                                            place.begin + range.range.end}
                               : place,
                     nesting, nested);
            // A COMMIT within code begins the next transaction at once.
            if (!session_.in_transaction) session_.begin(statements_.size(), false);
        }
    }

    void say_error(const ParsedStatement& statement, const sql::Range& range) {
        const std::uint32_t server = circumstances_.server_version;
        const sql::NewerSyntax& newer = statement.newer;
        const bool is_new = newer.may_be_known(server);
        const bool is_behind = newer.mistake && server >= newer.version;
        const sql::SyntaxError& error = is_behind && !is_new ? *newer.mistake : *statement.error;
        const std::size_t at = std::min(range.begin + error.byte, range.end);
        Finding finding{"syntax-error", error.message, {}, std::nullopt, at, range.end, {}};
        if (error.not_judged || is_new) {
            finding.rule = error.not_judged ? "statement-not-parsed" : "newer-syntax";
            return judgement_.not_judged.push_back(std::move(finding));
        }
        judgement_.findings.push_back(std::move(finding));
    }

    void sort_findings() {
        std::stable_sort(
            judgement_.findings.begin(), judgement_.findings.end(),
            [](const Finding& left, const Finding& right) { return left.begin < right.begin; });
    }

    // What is found in a statement holds for those that repeat it. Of a fix nobody can tell.
    void repeat_findings() {
        auto& findings = judgement_.findings;
        const std::size_t count = findings.size();
        const auto before = [](const Finding& finding, std::size_t at) {
            return finding.begin < at;
        };
        for (const Judged& judged : statements_) {
            if (judged.repeats.empty()) continue;
            const auto all = std::span{findings}.first(count);
            const auto from = std::lower_bound(all.begin(), all.end(), judged.begin, before);
            const auto to =
                std::lower_bound(from, all.end(), judged.begin + judged.text.size(), before);
            const std::vector<Finding> found{from, to};
            for (const sql::Range& repeat : judged.repeats)
                for (Finding finding : found) {
                    finding.begin = repeat.begin + (finding.begin - judged.begin);
                    finding.end = repeat.end;
                    finding.fix.reset();
                    findings.push_back(std::move(finding));
                }
        }
        if (findings.size() > count) sort_findings();
    }

    void finish() {
        sort_findings();
        repeat_findings();
        for (Finding& finding : judgement_.findings) {
            finding.begin = std::min(finding.begin, text_.size());
            finding.end = std::min(std::max(finding.end, finding.begin), text_.size());
        }
        schema_.end_script();
    }

    std::string_view text_;
    const Circumstances& circumstances_;
    Schema& schema_;
    std::vector<const Rule*> asked_;
    Session session_;
    Unproven unproven_;
    Weights weights_;
    std::vector<std::size_t> parts_;           // of the code that is run
    std::vector<std::string> entered_;         // functions whose code is being read, by key
    std::size_t entered_count_{};              // by one statement
    std::vector<sql::StatementRange> ranges_;  // of every statement
    std::vector<std::pair<std::string, Schema>> before_;  // the transaction, and each savepoint
    std::optional<bool> may_roll_back_;
    std::vector<Judged> statements_;
    bool repeated_{};               // the last of them repeats the one before it
    std::deque<std::string> kept_;  // texts that stand in no file
    std::map<std::string, sql::Action> prepared_;
    Judgement judgement_;
};

}  // namespace

Judgement judge(std::string_view text, const Circumstances& circumstances, Schema& schema) {
    return judge(text, ParsedScript{sql::split(text).statements, {}}, circumstances, schema);
}

Judgement judge(std::string_view text, ParsedScript parsed, const Circumstances& circumstances,
                Schema& schema, const IsAsked& is_asked) {
    return Judge{text, circumstances, schema, is_asked}.run(std::move(parsed));
}

void remember(std::string_view text, Schema& schema) {
    remember(text, sql::split(text).statements, schema);
}

void remember(std::string_view text, const std::vector<sql::StatementRange>& statements,
              Schema& schema) {
    Parser parser{text};
    Session session;
    for (const sql::StatementRange& found : statements) {
        ParsedStatement parsed = parser.next(found);
        if (parsed.repeats) continue;
        follow_search_path(parsed.action, session, schema);
        session.apply(parsed.action, 0, {});
        schema.apply(parsed.action, Origin::history, 0);
    }
    schema.end_script();
}

}  // namespace migrations::rules
