#include "tools/varve/configuration_checks.hpp"

#include "ledger/note.hpp"
#include "migrations/rules/rule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

namespace tools::varve {

using ledger::Code;
using ledger::Error;
using ledger::Result;

namespace {

// Of a process whose folder was removed: without --config the file is looked for from there.
Result<void> check_working_folder(const Flags& flags) {
    std::error_code error;
    static_cast<void>(std::filesystem::current_path(error));
    const auto counts_from_it = [](const std::string& path) {
        return std::filesystem::path{path}.is_relative();
    };
    const bool is_asked_for = counts_from_it(flags.config.value_or("varve.toml")) ||
                              (flags.ledger && counts_from_it(*flags.ledger)) ||
                              (flags.migrations && counts_from_it(*flags.migrations));
    if (!error || !is_asked_for) return {};
    return ledger::fail(Code::refused, "working-folder-missing",
                        "the folder that this was started in is not there: " + error.message(),
                        "cd to one that is there; or give absolute paths, also --config's");
}

constexpr std::int64_t lock_retries_max = 1000;
constexpr std::int64_t approvals_max = 1000;
constexpr std::size_t identifier_bytes_max = 63;
constexpr double duration_max_ms = 2147483647;  // the server holds it in an int

// The first thing that is wrong sticks.
class Checks {
public:
    explicit Checks(std::string file) : file_{std::move(file)} {}

    void require(bool fine, const std::string& where, const std::string& what,
                 const std::string& help) {
        if (fine || error_) return;
        error_ = Error{Code::refused, "configuration-invalid", where + ": " + what, help};
    }

    void duration(const std::string& text, const std::string& key, const std::string& where) {
        require(duration_ms(text).has_value(), where,
                "\"" + text + "\" is not a duration (" + key + ")",
                "write a number and a unit: 500ms, 5s, 2min, 1h (us and d too; at most 24 days; "
                "a number alone is milliseconds)");
    }

    void number(std::int64_t value, std::int64_t max, const std::string& key,
                const std::string& where) {
        require(value >= 0 && value <= max, where, key + " is " + std::to_string(value),
                "write a number from 0 to " + std::to_string(max));
    }

    void sqlstate(const std::string& text, const std::string& where) {
        const auto fits = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
        require(text.size() == 5 && std::all_of(text.begin(), text.end(), fits), where,
                "\"" + text + "\" is not a SQLSTATE",
                "write five digits and capital letters: 40001 (serialization failure), 40P01 "
                "(deadlock), 55P03 (NOWAIT found a lock)");
    }

    // An empty one would be the folder of varve.toml itself; and nobody but a shell reads "~/x" and
    // "$HOME/x", so that they would make a folder of that name.
    void path(const std::string& text, const std::string& key, const std::string& where,
              const std::string& help) {
        require(!text.empty(), where, key + " is empty", help);
        require(!text.starts_with("~") && !text.starts_with("$"), where,
                key + " is \"" + text + "\", which only a shell would understand",
                "write the path in full");
    }

    template <class T>
    std::string place(const Written<T>& written) const {
        return file_ + ":" + std::to_string(written.line);
    }

    Result<void> result() const {
        if (error_) return ledger::fail(*error_);
        return {};
    }

private:
    std::string file_;
    std::optional<Error> error_;
};

void check_witnesses(Checks& checks, const ConfigurationFile& file) {
    for (const WitnessSection& witness : file.checkpoint_witnesses) {
        const Written<std::string> at{"", witness.line};
        checks.require(witness.url && !witness.url->value.empty(), checks.place(at),
                       "the witness has no url",
                       "write url = \"https://...\", its submission prefix, or \"env:NAME\"");
        checks.require(
            witness.verifier && ledger::verifier_from_text(witness.verifier->value,
                                                           ledger::SignatureType::cosignature),
            checks.place(at), "the witness has no verifier key of a witness",
            "write verifier = \"name+id+key\" as the witness's operator gives it "
            "(`varve witness show`)");
    }
}

void check_paths(Checks& checks, const ConfigurationFile& file) {
    const auto check = [&](const std::optional<Written<std::string>>& path, const std::string& key,
                           const std::string& what) {
        if (path)
            checks.path(path->value, key, checks.place(*path),
                        "write the " + what + ", or leave the line out");
    };
    check(file.ledger_path, "path", "ledger's folder");
    check(file.signing_key, "signing_key", "file of the ledger's signing key");
    check(file.migrations_path, "path", "folder of the migrations");
    check(file.checkpoints_folder, "folder", "folder that checkpoints go to");
}

void check_marker_schema(Checks& checks, const std::optional<Written<std::string>>& name) {
    if (!name) return;
    checks.require(!name->value.empty() && name->value.size() <= identifier_bytes_max,
                   checks.place(*name),
                   "marker_schema has " + std::to_string(name->value.size()) + " bytes",
                   "write the name of a schema: 1 to 63 bytes");
    checks.require(!name->value.starts_with("pg_") && name->value.find('\0') == std::string::npos,
                   checks.place(*name), "no schema can be named as marker_schema is",
                   "PostgreSQL keeps names that begin with pg_ for itself, and knows no NUL byte");
}

void check_names(Checks& checks, const ConfigurationFile& file) {
    if (const auto& name = file.organisation)
        checks.require(!name->value.empty(), checks.place(*name), "organisation is empty",
                       "write a domain name, or leave the line out");
    check_marker_schema(checks, file.marker_schema);
    if (const auto& source = file.key_passphrase)
        checks.require(
            source->value.starts_with("env:") || source->value.starts_with("file:"),
            checks.place(*source), "key_passphrase does not say where it is",
            "write key_passphrase = \"env:NAME\" or \"file:PATH\", never the passphrase");
    check_paths(checks, file);
    check_witnesses(checks, file);
}

void check_rules(Checks& checks, const RuleSeverities& rules) {
    for (const auto& [name, severity] : rules) {
        const bool is_bucket = name == "hazard" || name == "hygiene" || name == "advisory";
        const auto* rule = migrations::rules::find_rule(name);
        checks.require(is_bucket || rule != nullptr, checks.place(severity),
                       "there is no rule \"" + name + "\"",
                       "varve validate --rules lists them; or write hazard, hygiene, advisory");
        checks.require(
            rule == nullptr || migrations::rules::is_weighed(*rule) || severity.value == "error",
            checks.place(severity), name + " cannot be weighed",
            "what the parser refuses the server refuses too: take the line out");
        checks.require(is_severity(severity.value), checks.place(severity),
                       name + " is \"" + severity.value + "\"",
                       "write \"error\", \"warning\", \"note\" or \"off\"");
    }
}

void check_required(Checks& checks, const Written<std::vector<std::string>>& required) {
    constexpr std::array known{"validate", "schema", "dry-run", "rollback", "idempotency"};
    for (const std::string& each : required.value)
        checks.require(std::find(known.begin(), known.end(), each) != known.end(),
                       checks.place(required), "nothing is called \"" + each + "\" to require",
                       "write any of validate, schema, dry-run, rollback, idempotency");
}

void check_environment(Checks& checks, const std::string& name, const EnvironmentSection& section) {
    if (const auto& after = section.after)
        checks.require(
            !after->value.empty() && after->value != name, checks.place(*after),
            "after is \"" + after->value + "\", and that is no environment before \"" + name + "\"",
            "write the environment where migrations are applied first, or leave the "
            "line out");
    if (const auto& approvals = section.approvals)
        checks.number(approvals->value, approvals_max, "approvals", checks.place(*approvals));
    if (section.require) check_required(checks, *section.require);
    check_rules(checks, section.rules);
    check_marker_schema(checks, section.marker_schema);
    if (const auto& pooler = section.pooler)
        checks.require(pooler->value == "session" || pooler->value == "none", checks.place(*pooler),
                       "pooler is \"" + pooler->value + "\"",
                       "write pooler = \"session\" where the URL is that of a pooler which keeps "
                       "sessions, else \"none\"");
}

std::string listed(const std::vector<std::string>& names, const char* between) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : between) + name;
    return all;
}

// The stages from `name` on, each after the next, until one comes a second time.
std::vector<std::string> stages_from(const ConfigurationFile& file, const std::string& name) {
    std::vector<std::string> stages{name};
    while (true) {
        const auto section = file.environments.find(stages.back());
        if (section == file.environments.end() || !section->second.after) return stages;
        const std::string& next = section->second.after->value;
        const bool is_known = std::find(stages.begin(), stages.end(), next) != stages.end();
        stages.push_back(next);
        if (is_known) return stages;
    }
}

// Else each would wait for the other for ever. One without a section may have a file of its own.
void check_stages(Checks& checks, const ConfigurationFile& file) {
    for (const auto& [name, section] : file.environments) {
        if (!section.after) continue;
        const auto stages = stages_from(file, name);
        checks.require(stages.size() == 1 || stages.back() != name, checks.place(*section.after),
                       "environments wait for each other: " + listed(stages, " after "),
                       "one of them comes first, and has no after");
    }
}

Result<void> check_placeholders(const std::vector<std::string>& placeholders) {
    std::set<std::string> names;
    for (const std::string& given : placeholders) {
        const auto equals = given.find('=');
        if (equals == std::string::npos || equals == 0)
            return ledger::fail(ledger::Code::refused, "usage",
                                "--placeholder \"" + given + "\" has no value",
                                "write --placeholder NAME=VALUE");
        const std::string name = given.substr(0, equals);
        if (!names.insert(name).second)
            return ledger::fail(ledger::Code::refused, "usage",
                                "--placeholder \"" + name + "\" is given twice", "give it once");
    }
    return {};
}

std::optional<double> unit_ms(std::string_view unit) {
    if (unit.empty() || unit == "ms") return 1;
    if (unit == "us") return 0.001;
    if (unit == "s") return 1'000;
    if (unit == "min") return 60'000;
    if (unit == "h") return 3'600'000;
    if (unit == "d") return 86'400'000;
    return std::nullopt;
}

}  // namespace

Result<void> check_file(const ConfigurationFile& file, const std::string& file_name) {
    Checks checks{file_name};
    check_names(checks, file);
    for (const auto& [key, written] :
         {std::pair{"lock_timeout", &file.lock_timeout}, std::pair{"lock_wait", &file.lock_wait},
          std::pair{"statement_timeout", &file.statement_timeout}})
        if (*written) checks.duration((*written)->value, key, checks.place(**written));
    if (const auto& retries = file.lock_retries)
        checks.number(retries->value, lock_retries_max, "lock_retries", checks.place(*retries));
    if (const auto& states = file.retry_on)
        for (const std::string& state : states->value)
            checks.sqlstate(state, checks.place(*states));
    check_rules(checks, file.rules);
    for (const auto& [name, section] : file.environments) check_environment(checks, name, section);
    check_stages(checks, file);
    return checks.result();
}

Result<void> check_flags(const Flags& flags) {
    if (auto there = check_working_folder(flags); !there) return there;
    if (auto given = check_placeholders(flags.placeholders); !given) return given;
    Checks checks{""};
    for (const auto& [key, given] :
         {std::pair{"lock-timeout", &flags.lock_timeout}, std::pair{"lock-wait", &flags.lock_wait},
          std::pair{"statement-timeout", &flags.statement_timeout}})
        if (*given) checks.duration(**given, key, std::string{"--"} + key);
    for (const auto& [key, given] :
         {std::pair{"--ledger", &flags.ledger}, std::pair{"--migrations", &flags.migrations}})
        if (*given)
            checks.path(**given, "the path", key, "was it made of a variable that is not set?");
    if (flags.lock_retries)
        checks.number(*flags.lock_retries, lock_retries_max, "lock-retries", "--lock-retries");
    for (const std::string& state : flags.retry_on) checks.sqlstate(state, "--retry-on");
    return checks.result();
}

bool is_severity(const std::string& text) { return text == "off" || severity_of(text); }

std::optional<migrations::Severity> severity_of(const std::string& text) {
    if (text == "error") return migrations::Severity::error;
    if (text == "warning") return migrations::Severity::warning;
    if (text == "note") return migrations::Severity::note;
    return std::nullopt;
}

std::optional<std::uint64_t> duration_ms(const std::string& text) {
    double number{};
    if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{}) return std::nullopt;
    std::string_view unit{end, text.data() + text.size()};
    unit.remove_prefix(std::min(unit.find_first_not_of(' '), unit.size()));
    const auto factor = unit_ms(unit);
    if (!factor || number * *factor > duration_max_ms) return std::nullopt;
    return static_cast<std::uint64_t>(std::llround(number * *factor));
}

}  // namespace tools::varve
