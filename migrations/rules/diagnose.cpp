#include "migrations/rules/diagnose.hpp"

#include "migrations/directives.hpp"
#include "migrations/rules/nested_sql.hpp"
#include "migrations/secrets.hpp"
#include "migrations/sql/position.hpp"
#include "migrations/sql/split.hpp"
#include "migrations/sql/words.hpp"
#include "migrations/ways_back.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <set>
#include <utility>

namespace migrations::rules {

namespace {

// What is said of a script by others than rules, and may be accepted all the same.
constexpr std::array<std::string_view, 4> other_names{"newer-syntax", "statement-not-parsed",
                                                      secret_rule, undo_named_rule};

constexpr std::size_t routine_words = 4;     // CREATE OR REPLACE FUNCTION
constexpr std::size_t rule_bytes_max = 100;  // none has as many

// What a small table makes harmless: a lock, a scan, a rewrite; not what is lost or breaks.
bool is_about_waiting(const Rule& rule) {
    constexpr std::array<std::string_view, 5> others{"drop-", "rename-", "truncate", "set-schema",
                                                     "delete-"};
    return !rule.lock.empty() && std::none_of(others.begin(), others.end(), [&](auto beginning) {
        return rule.id.starts_with(beginning);
    });
}

// How many letters one must be given, lose or change to be the other.
std::size_t letters_apart(std::string_view one, std::string_view other) {
    std::vector<std::size_t> row(other.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t at = 0; at < one.size(); ++at) {
        std::size_t corner = std::exchange(row[0], at + 1);
        for (std::size_t column = 0; column < other.size(); ++column) {
            const std::size_t changed = corner + (one[at] == other[column] ? 0 : 1);
            corner = row[column + 1];
            row[column + 1] = std::min({changed, corner + 1, row[column] + 1});
        }
    }
    return row.back();
}

// Those that the word is a slip of the finger away from; of a name that nothing is like, none.
std::string nearest_rules(std::string_view word) {
    std::size_t nearest = std::max<std::size_t>(2, word.size() / 4);
    std::string names;
    for (const Rule& rule : all_rules()) {
        const std::size_t away = letters_apart(word, rule.id);
        if (away > nearest) continue;
        if (away < nearest) names.clear();
        nearest = away;
        names += (names.empty() ? "\"" : ", \"") + std::string{rule.id} + "\"";
    }
    return names;
}

class Diagnoser {
public:
    Diagnoser(const JudgedFile& file, const std::vector<sql::StatementRange>& statements,
              const Policy& policy)
        : file_{file},
          policy_{policy},
          positions_{file.text, file.first_line},
          allowances_{read_directives(file.text, file.file, file.first_line).allowances} {
        if (!allowances_.empty()) statements_ = statements;
    }

    // Whether anything comes of what the rule may find.
    [[nodiscard]] bool asks(const Rule& rule) const {
        const auto severity = severity_of(rule, policy_);
        if (!severity) return false;
        if (*severity != Severity::note || !file_.leaves_out_notes) return true;
        return (!file_.allowed.empty() && file_.allowed.contains(std::string{rule.id})) ||
               std::any_of(allowances_.begin(), allowances_.end(),
                           [&](const Allowance& each) { return each.rule == rule.id; });
    }

    std::vector<Diagnostic> run(Judgement judgement) {
        diagnostics_.reserve(judgement.findings.size() + judgement.not_judged.size());
        for (Finding& finding : judgement.findings) add(std::move(finding));
        for (Finding& finding : judgement.not_judged) add_not_judged(std::move(finding));
        check_allowances();
        if (!file_.has_no_secrets) hide_secrets(file_.text, file_.first_line, diagnostics_);
        return std::move(diagnostics_);
    }

private:
    void add(Finding finding) {
        const auto severity = weigh(finding);
        if (!severity) return;
        auto fix = placed(std::move(finding.fix));
        auto reason = accepted(finding);
        Diagnostic diagnostic = place(std::move(finding), *severity);
        diagnostic.fix = std::move(fix);
        diagnostic.accepted_because = std::move(reason);
        diagnostics_.push_back(std::move(diagnostic));
    }

    void add_not_judged(Finding finding) {
        const bool is_new = finding.rule == "newer-syntax";
        auto reason = accepted(finding);
        Diagnostic diagnostic = place(std::move(finding), Severity::warning);
        diagnostic.accepted_because = std::move(reason);
        diagnostic.help = {is_new ? "the parser here is PostgreSQL 15's: the rules did not see the "
                                    "statement; the server is the judge"
                                  : "the rules did not see it; the server is the judge"};
        diagnostics_.push_back(std::move(diagnostic));
    }

    Diagnostic place(Finding finding, Severity severity) const {
        Diagnostic diagnostic{severity, std::string{finding.rule}, std::move(finding.message),
                              file_.file};
        positions_.mark(diagnostic, finding.begin, finding.end);
        const sql::Place end = positions_.place(finding.end);
        diagnostic.end_line = end.line;
        diagnostic.end_column = end.column;
        for (std::string& line : finding.help)
            diagnostic.help.push_back(without_unknown(std::move(line), "..."));
        return diagnostic;
    }

    [[nodiscard]] std::optional<Severity> weigh(const Finding& finding) const {
        const Rule* rule = find_rule(finding.rule);
        const std::optional<Severity> severity =
            rule == nullptr ? Severity::error : severity_of(*rule, policy_);
        if (policy_.severities.contains(finding.rule)) return severity;
        if (finding.is_perhaps && severity == Severity::error) return Severity::warning;
        if (rule == nullptr || !is_about_waiting(*rule)) return severity;
        const auto& rows = finding.row_count;
        const bool is_small = rows && *rows >= 0 && *rows < policy_.small_table_rows;
        return severity == Severity::error && is_small ? Severity::warning : severity;
    }

    [[nodiscard]] std::optional<SuggestedFix> placed(std::optional<Fix> fix) const {
        if (!fix) return std::nullopt;
        SuggestedFix suggested{std::move(fix->title), {}};
        for (TextEdit& edit : fix->edits) {
            const sql::Place begin = positions_.place(edit.begin);
            const sql::Place end = positions_.place(edit.end);
            suggested.edits.push_back(
                {begin.line, begin.column, end.line, end.column, std::move(edit.text)});
        }
        return suggested;
    }

    // The first statement that ends after the directive is the one it is about.
    [[nodiscard]] const sql::Range* meant_by(const Allowance& allowance) const {
        for (const sql::StatementRange& statement : statements_)
            if (statement.range.end > allowance.begin) return &statement.range;
        return nullptr;
    }

    std::optional<std::string> accepted(const Finding& finding) {
        for (std::size_t index = 0; index < allowances_.size(); ++index) {
            const Allowance& allowance = allowances_[index];
            if (allowance.rule != finding.rule) continue;
            const sql::Range* range = meant_by(allowance);
            if (range == nullptr || finding.begin < range->begin || finding.begin > range->end)
                continue;
            used_.insert(index);
            return allowance.reason;
        }
        const auto configured = file_.allowed.find(std::string{finding.rule});
        if (configured == file_.allowed.end()) return std::nullopt;
        return configured->second;
    }

    void check_allowances() {
        for (std::size_t index = 0; index < allowances_.size(); ++index) {
            if (used_.contains(index)) continue;
            const Allowance& allowance = allowances_[index];
            if (allowance.rule == secret_rule || allowance.rule == undo_named_rule) continue;
            const bool is_known = is_acceptable(allowance.rule);
            Diagnostic diagnostic{is_known ? Severity::note : Severity::error,
                                  is_known ? "allowance-unused" : "rule-unknown",
                                  is_known ? "nothing here is accepted by it: the rule \"" +
                                                 allowance.rule + "\" has found nothing"
                                           : no_such_rule(allowance.rule),
                                  file_.file};
            positions_.mark(diagnostic, allowance.begin, allowance.begin + 2);
            if (is_known && is_in_routine(allowance)) tell_of_routine(allowance, diagnostic);
            if (!is_known) diagnostic.help = {"varve validate --rules lists them"};
            diagnostics_.push_back(std::move(diagnostic));
        }
    }

    [[nodiscard]] bool is_in_routine(const Allowance& allowance) const {
        const sql::Range* range = meant_by(allowance);
        if (range == nullptr || allowance.begin < range->begin) return false;
        const auto words = sql::leading_words(
            file_.text.substr(range->begin, range->end - range->begin), routine_words);
        return !words.empty() && words[0] == "create" &&
               std::any_of(words.begin(), words.end(), [](const std::string& word) {
                   return word == "function" || word == "procedure";
               });
    }

    // Its code runs, and is judged, where it is called.
    void tell_of_routine(const Allowance& allowance, Diagnostic& diagnostic) const {
        const bool has_found =
            std::any_of(diagnostics_.begin(), diagnostics_.end(), [&](const Diagnostic& each) {
                return each.rule == allowance.rule && !each.accepted_because;
            });
        if (has_found) diagnostic.severity = Severity::warning;
        diagnostic.message =
            "nothing is accepted by it: what a function does is judged where it is called";
        diagnostic.help = {"write it before the statement that calls the function"};
    }

    static std::string no_such_rule(const std::string& rule) {
        const std::string nearest = nearest_rules(rule.substr(0, rule_bytes_max));
        return "there is no rule \"" + rule + "\"" +
               (nearest.empty() ? "" : "; nearest to it: " + nearest);
    }

    const JudgedFile& file_;
    const Policy& policy_;
    sql::Positions positions_;
    std::vector<sql::StatementRange> statements_;
    std::vector<Allowance> allowances_;
    std::set<std::size_t> used_;
    std::vector<Diagnostic> diagnostics_;
};

}  // namespace

bool is_acceptable(std::string_view rule) {
    return find_rule(rule) != nullptr ||
           std::find(other_names.begin(), other_names.end(), rule) != other_names.end();
}

std::vector<Diagnostic> diagnose(const JudgedFile& file, const Circumstances& circumstances,
                                 const Policy& policy, Schema& schema) {
    return diagnose(file, {sql::split(file.text).statements, {}}, circumstances, policy, schema);
}

std::vector<Diagnostic> diagnose(const JudgedFile& file, ParsedScript parsed,
                                 const Circumstances& circumstances, const Policy& policy,
                                 Schema& schema) {
    Diagnoser diagnoser{file, parsed.ranges, policy};
    return diagnoser.run(judge(file.text, std::move(parsed), circumstances, schema,
                               [&](const Rule& rule) { return diagnoser.asks(rule); }));
}

}  // namespace migrations::rules
