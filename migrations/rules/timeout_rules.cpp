#include "migrations/rules/locks.hpp"
#include "migrations/rules/rule.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace migrations::rules {

using sql::ObjectKind;

namespace {

using Milliseconds = double;

// '2s', '500ms', '5 min', 1500; nothing where it is none.
std::optional<Milliseconds> duration_of(std::string value) {
    std::erase(value, ' ');
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{}) return std::nullopt;
    const std::string unit = value.substr(static_cast<std::size_t>(end - value.data()));
    if (unit.empty() || unit == "ms") return number;
    if (unit == "us") return number / 1000;
    if (unit == "s") return number * 1000;
    if (unit == "min") return number * 60'000;
    if (unit == "h") return number * 3'600'000;
    if (unit == "d") return number * 86'400'000;
    return std::nullopt;
}

std::string locked_by(const Judged& statement) {
    const auto found = std::find_if(statement.locks.begin(), statement.locks.end(), is_strong);
    if (found != statement.locks.end()) return locked_text(*found);
    const auto* other = std::get_if<sql::Other>(&statement.action);
    if (other != nullptr && other->kind == "alter-sequence") return "the sequence";
    const auto* drop = std::get_if<sql::Drop>(&statement.action);
    return drop != nullptr && drop->object == ObjectKind::sequence ? "the sequence" : "its table";
}

bool is_zero(const Setting& setting) { return duration_of(setting.value).value_or(1) <= 0; }

bool touches(const sql::Action& action, std::string_view setting) {
    const auto* set = std::get_if<sql::Set>(&action);
    return std::holds_alternative<sql::Transaction>(action) ||
           (set != nullptr && (set->name == setting || set->name.empty()));
}

// An earlier statement needed the setting as much, and nothing has changed it since.
bool is_said(const Situation& situation, std::string_view setting) {
    for (auto each = situation.before.rbegin(); each != situation.before.rend(); ++each) {
        if (touches(each->action, setting)) return false;
        if (each->waits) return true;
    }
    return false;
}

std::optional<Fix> set_before(const Situation& situation, const std::string& setting,
                              const std::string& value) {
    if (situation.statement.is_nested) return std::nullopt;
    const std::string verb = situation.session.in_transaction ? "SET LOCAL " : "SET ";
    const std::size_t at = situation.statement.begin;
    const std::string text = verb + setting + " = '" + value + "';\n";
    return Fix{"set " + setting + " first", {{at, at, text}}};
}

void lock_timeout_missing(const Situation& situation, Report& report) {
    if (!situation.statement.waits) return;
    if (situation.session.setting("lock_timeout") != nullptr) return;
    if (is_said(situation, "lock_timeout")) return;
    Finding& finding =
        report.say("lock-timeout-missing", situation.statement,
                   "this waits for its lock on " + locked_by(situation.statement) +
                       " however long it takes, and everybody who comes later waits behind it");
    finding.help = {"SET lock_timeout = '2s' before it, and try again when it runs out"};
    finding.fix = set_before(situation, "lock_timeout", "2s");
}

constexpr Milliseconds longest_lock_wait = 10'000;
constexpr Milliseconds longest_statement = 3'600'000;

void say_value(const Situation& situation, const std::string& message, Report& report) {
    report.say("lock-timeout-bad-value", situation.statement, message).help = {
        "two to five seconds are what readers and writers bear: SET lock_timeout = '2s'"};
}

void bad_value_set(const Situation& situation, const sql::Set& set, Report& report) {
    if (set.is_reset || set.values.empty()) return;
    const auto value = duration_of(set.values.front());
    const Milliseconds longest = set.name == "lock_timeout" ? longest_lock_wait : longest_statement;
    if (set.name != "lock_timeout" && set.name != "statement_timeout") return;
    if (value && *value > longest)
        say_value(situation,
                  set.name + " = '" + set.values.front() + "' is too long to keep others waiting",
                  report);
    const auto waited = [](const Judged& each) { return each.waits; };
    const auto set_before_it = [&](const Judged& each) {
        const auto* earlier = std::get_if<sql::Set>(&each.action);
        return earlier != nullptr && earlier->name == "lock_timeout";
    };
    const auto& before = situation.before;
    const bool had_one = situation.session.initial_settings.contains("lock_timeout");
    if (set.name == "lock_timeout" && value && *value > 0 && !had_one &&
        std::any_of(before.begin(), before.end(), waited) &&
        std::none_of(before.begin(), before.end(), set_before_it))
        say_value(situation, "lock_timeout is set after a statement that has waited without it",
                  report);
}

void lock_timeout_bad_value(const Situation& situation, Report& report) {
    if (const auto* set = situation.does<sql::Set>()) return bad_value_set(situation, *set, report);
    const Setting* setting = situation.session.setting("lock_timeout");
    if (setting == nullptr || !is_zero(*setting)) return;
    if (!situation.statement.waits) return;
    if (is_said(situation, "lock_timeout")) return;
    say_value(situation,
              "lock_timeout is 0 here, which is no limit: this waits for its lock on " +
                  locked_by(situation.statement) + " however long it takes",
              report);
}

void statement_timeout_missing(const Situation& situation, Report& report) {
    if (!situation.statement.waits) return;
    if (situation.session.setting("statement_timeout") != nullptr) return;
    if (is_said(situation, "statement_timeout")) return;
    Finding& finding = report.say("statement-timeout-missing", situation.statement,
                                  "nothing ends this, and its lock on " +
                                      locked_by(situation.statement) + ", when it takes too long");
    finding.help = {"SET statement_timeout = '30s' before it, or what the change may take"};
    finding.fix = set_before(situation, "statement_timeout", "30s");
}

void idle_tx_timeout_missing(const Situation& situation, Report& report) {
    constexpr auto name = "idle_in_transaction_session_timeout";
    if (!situation.session.in_transaction || situation.statement.is_nested) return;
    if (!situation.statement.waits) return;
    if (situation.session.setting(name) != nullptr || is_said(situation, name)) return;
    Finding& finding =
        report.say("idle-tx-timeout-missing", situation.statement,
                   "should the client stall, the transaction keeps " +
                       locked_by(situation.statement) + " locked until somebody ends it");
    finding.help = {"SET LOCAL idle_in_transaction_session_timeout = '30s'"};
    finding.fix = set_before(situation, name, "30s");
}

void application_name_missing(const Situation& situation, Report& report) {
    if (!situation.statement.waits) return;
    if (situation.session.setting("application_name") != nullptr) return;
    if (is_said(situation, "application_name")) return;
    report
        .say("application-name-missing", situation.statement,
             "who looks at pg_stat_activity cannot tell that a migration holds " +
                 locked_by(situation.statement))
        .help = {"SET application_name = 'migration ...'"};
}

}  // namespace

std::vector<Rule> timeout_rules() {
    return {
        {"lock-timeout-missing", Bucket::hygiene,
         "A statement that waits for a strong lock makes everybody behind it wait too.", "",
         lock_timeout_missing},
        {"lock-timeout-bad-value", Bucket::hygiene,
         "A limit that is too long, or set too late, limits nothing.", "", lock_timeout_bad_value},
        {"statement-timeout-missing", Bucket::hygiene,
         "A statement that takes longer than thought keeps its locks as long.", "",
         statement_timeout_missing},
        {"idle-tx-timeout-missing", Bucket::hygiene,
         "An open transaction whose client is gone keeps its locks.", "", idle_tx_timeout_missing},
        {"application-name-missing", Bucket::hygiene,
         "A session without a name is hard to recognise when it blocks others.", "",
         application_name_missing, nullptr, true},
    };
}

}  // namespace migrations::rules
