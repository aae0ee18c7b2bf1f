#include "tools/varve/configuration.hpp"

#include "adapters/http/client.hpp"
#include "adapters/postgres/secrets.hpp"
#include "tools/varve/configuration_checks.hpp"
#include "tools/varve/configuration_file.hpp"
#include "tools/varve/environment_settings.hpp"
#include "tools/varve/switches.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace tools::varve {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

struct Choice {
    std::string value;
    std::string origin;
};

constexpr const char* default_ledger = ".varve/ledger";

std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    if (value == nullptr || *value == '\0') return std::nullopt;
    return std::string{value};
}

// A link that leads nowhere is there too: the file above it is not the one that was meant.
bool is_there(const fs::path& file) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(file, ignored)) && !fs::is_directory(file, ignored);
}

std::optional<fs::path> find_upwards() {
    std::error_code error;
    fs::path folder = fs::current_path(error);
    while (!error) {
        if (is_there(folder / "varve.toml")) return folder / "varve.toml";
        if (!folder.has_parent_path() || folder == folder.parent_path()) break;
        folder = folder.parent_path();
    }
    return std::nullopt;
}

std::string host_name() {
    char name[256] = {};
    if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') return "localhost";
    return name;
}

bool is_open_to_all(const fs::path& path) {
    std::error_code error;
    return (fs::status(path, error).permissions() & fs::perms::others_read) != fs::perms::none;
}

bool holds_password(const std::string& url) {
    return !url.starts_with("env:") && !url.starts_with("file:") &&
           adapters::postgres::without_password(url) != url;
}

// Builds the answer setting by setting, so that `varve config` shows what was really used.
class Builder {
public:
    Builder(const Flags& flags, ConfigurationFile file, std::optional<fs::path> path,
            Unlisted unlisted)
        : flags_{flags}, file_{std::move(file)}, unlisted_{unlisted} {
        answer_.file = std::move(path);
        if (answer_.file) base_ = fs::absolute(*answer_.file).parent_path();
    }

    Result<Configuration> build() {
        general();
        run_settings();
        if (auto read = migrations(); !read) return fail(read.error());
        if (auto read = environment(); !read) return fail(read.error());
        note_written_passwords();
        take_variables_of_old(answer_);
        return std::move(answer_);
    }

private:
    template <class T>
    std::string place(const Written<T>& written) const {
        return answer_.file->filename().string() + ":" + std::to_string(written.line);
    }

    Choice choose(const std::string& key, const std::optional<std::string>& flag, const char* name,
                  const std::optional<Written<std::string>>& written, std::string otherwise) {
        Choice choice{std::move(otherwise), "default"};
        if (flag)
            choice = {*flag, "--" + std::string{name}};
        else if (written)
            choice = {written->value, place(*written)};
        answer_.settings.push_back({key, choice.value, choice.origin});
        return choice;
    }

    // A path of the file is relative to the file's folder; one of a flag, to where we are.
    fs::path path_of(const Choice& choice) const {
        if (!base_ || choice.origin.starts_with("--")) return choice.value;
        return (*base_ / choice.value).lexically_normal();
    }

    void general() {
        answer_.organisation =
            choose("organisation", std::nullopt, "", file_.organisation, host_name()).value;
        answer_.ledger = path_of(
            choose("ledger.path", flags_.ledger, "ledger", file_.ledger_path, default_ledger));
        const bool is_another = names_another_ledger();
        answer_.signing_key = path_of(choose("ledger.signing_key", std::nullopt, "",
                                             is_another ? std::nullopt : file_.signing_key,
                                             answer_.ledger.string() + ".key"));
        if (!is_another) key_passphrase();
        checkpoints();
    }

    // The file's key signs the file's ledger alone, by whichever name that is given.
    bool names_another_ledger() const {
        if (!flags_.ledger) return false;
        const fs::path configured =
            path_of({file_.ledger_path ? file_.ledger_path->value : default_ledger, "default"});
        std::error_code ignored;
        return fs::weakly_canonical(fs::absolute(*flags_.ledger), ignored) !=
               fs::weakly_canonical(fs::absolute(configured), ignored);
    }

    void checkpoints() {
        if (file_.checkpoints_folder)
            answer_.checkpoints_folder = fs::absolute(path_of(
                choose("checkpoints.folder", std::nullopt, "", file_.checkpoints_folder, "")));
        if (file_.checkpoints_webhook)
            answer_.checkpoints_webhook =
                address("checkpoints.webhook", *file_.checkpoints_webhook);
        for (const WitnessSection& witness : file_.checkpoint_witnesses)
            answer_.checkpoint_witnesses.push_back(
                {address("checkpoints.witnesses.url", *witness.url), witness.verifier->value});
    }

    // Where it is; a token that stands in it is not shown.
    std::string address(const std::string& key, const Written<std::string>& written) {
        const bool is_elsewhere =
            written.value.starts_with("env:") || written.value.starts_with("file:");
        answer_.settings.push_back(
            {key, is_elsewhere ? written.value : adapters::http::shown_url(written.value),
             place(written)});
        if (!written.value.starts_with("file:")) return written.value;
        return "file:" + path_of({written.value.substr(5), place(written)}).string();
    }

    // Where it is, and never what it is.
    void key_passphrase() {
        if (!file_.key_passphrase) return;
        const auto choice =
            choose("ledger.key_passphrase", std::nullopt, "", file_.key_passphrase, "");
        answer_.key_passphrase = choice.value;
        if (choice.value.starts_with("file:"))
            answer_.key_passphrase =
                "file:" + path_of({choice.value.substr(5), choice.origin}).string();
    }

    void run_settings() {
        answer_.marker_schema =
            choose("run.marker_schema", std::nullopt, "", file_.marker_schema, "varve").value;
        answer_.lock_timeout = choose("run.lock_timeout", flags_.lock_timeout, "lock-timeout",
                                      file_.lock_timeout, "5s")
                                   .value;
        answer_.lock_wait =
            choose("run.lock_wait", flags_.lock_wait, "lock-wait", file_.lock_wait, "60s").value;
        answer_.statement_timeout = choose("run.statement_timeout", flags_.statement_timeout,
                                           "statement-timeout", file_.statement_timeout, "0")
                                        .value;
        std::optional<std::string> retries;
        if (flags_.lock_retries) retries = std::to_string(*flags_.lock_retries);
        std::optional<Written<std::string>> written;
        if (file_.lock_retries)
            written = {std::to_string(file_.lock_retries->value), file_.lock_retries->line};
        const auto choice = choose("run.lock_retries", retries, "lock-retries", written, "10");
        retry_on();
        answer_.lock_retries =
            static_cast<std::uint32_t>(std::strtoul(choice.value.c_str(), nullptr, 10));
    }

    void retry_on() {
        const bool given = !flags_.retry_on.empty();
        const std::vector<std::string> none;
        const auto& states = given            ? flags_.retry_on
                             : file_.retry_on ? file_.retry_on->value
                                              : none;
        std::string shown;
        for (const std::string& state : states) shown += (shown.empty() ? "" : ",") + state;
        const std::string origin = given            ? "--retry-on"
                                   : file_.retry_on ? place(*file_.retry_on)
                                                    : "default";
        answer_.settings.push_back({"run.retry_on", shown.empty() ? "(none)" : shown, origin});
        answer_.retry_on = {states.begin(), states.end()};
    }

    Result<void> migrations() {
        answer_.migrations = path_of(choose("migrations.path", flags_.migrations, "migrations",
                                            file_.migrations_path, "migrations"));
        const auto layout =
            choose("migrations.layout", flags_.layout, "layout", file_.layout, "recognised");
        if (layout.value != "recognised") answer_.folder.layout = layout.value;
        const auto order = choose("migrations.order", std::nullopt, "", file_.order, "linear");
        if (order.value != "linear" && order.value != "any")
            return fail(Code::refused, "configuration-invalid",
                        order.origin + ": \"order\" is \"" + order.value + "\"",
                        "write order = \"linear\" or order = \"any\"");
        answer_.any_order = order.value == "any";
        answer_.folder.files = file_.files;
        if (!file_.files.empty())
            list_file_settings(answer_, file_.files, answer_.file->filename().string());
        if (file_.schema)
            answer_.notes.push_back(place(*file_.schema) +
                                    ": migrations.schema does nothing in this version");
        placeholders();
        return {};
    }

    void placeholders() {
        answer_.folder.placeholders = file_.placeholders;
        for (const auto& [name, value] : file_.placeholders)
            answer_.settings.push_back(
                {"migrations.placeholders." + name, value, answer_.file->filename().string()});
        for (const std::string& given : flags_.placeholders) {
            const auto equals = given.find('=');
            const std::string name = given.substr(0, equals);
            answer_.folder.placeholders[name] = given.substr(equals + 1);
            answer_.settings.push_back(
                {"migrations.placeholders." + name, given.substr(equals + 1), "--placeholder"});
        }
    }

    Result<void> environment() {
        Choice name{std::string{default_environment}, "default"};
        if (const auto named = named_environment(flags_))
            name = {*named, flags_.environment ? "--env" : "STAGE"};
        answer_.environment = name.value;
        for (const auto& [listed, unused] : file_.environments) answer_.environments.insert(listed);
        if (name.origin != "default") answer_.chosen_environment = name.value;
        answer_.settings.push_back({"environment", name.value, name.origin});

        const std::string shown = adapters::postgres::without_secrets(name.value);
        if (name.value.find("://") != std::string::npos || shown != name.value)
            return fail(
                Code::refused, "environment-unknown",
                "\"" + shown + "\" is a URL, and no environment's name (" + name.origin + ")",
                "give a URL with --url");
        const auto section = file_.environments.find(name.value);
        const bool known = section != file_.environments.end();
        if (!known && !file_.environments.empty() && name.origin != "default")
            answer_.environment_error = {Code::refused, "environment-unknown",
                                         "there is no [environments." + name.value + "] in " +
                                             answer_.file->string() + " (" + name.origin + ")",
                                         "known: " + environment_names()};
        if (answer_.environment_error && unlisted_ == Unlisted::refused)
            return fail(*answer_.environment_error);
        const std::string file = answer_.file ? answer_.file->filename().string() : "";
        take_rules(answer_, file_.rules, "", file);
        if (known) take_environment(answer_, section->second, file);
        url(known ? section->second.url : std::nullopt);
        return {};
    }

    std::string environment_names() const {
        std::string all;
        for (const std::string& name : answer_.environments)
            all += (all.empty() ? "" : ", ") + name;
        return all;
    }

    void url(const std::optional<Written<std::string>>& written) {
        Choice choice;
        if (flags_.url)
            choice = {*flags_.url, "--url"};
        else if (written)
            choice = {written->value, place(*written)};
        else if (const auto from_environment = variable("DATABASE_URL"))
            choice = {*from_environment, "DATABASE_URL"};
        else {
            answer_.settings.push_back({"url", "(none)", "default"});
            return;
        }
        if (auto value = resolve(choice)) {
            answer_.settings.push_back(
                {"url", adapters::postgres::without_password(*value), choice.origin});
            answer_.url = std::move(*value);
        } else {
            answer_.settings.push_back({"url", "(not set)", choice.origin});
            answer_.url_error = value.error();
        }
    }

    // "env:NAME" and "file:PATH" keep secrets out of files that are shared.
    Result<std::string> resolve(Choice& choice) {
        const std::string where = choice.origin;
        // libpq would take it for its own defaults: whichever database they lead to.
        if (choice.value.empty())
            return fail(Code::refused, "url-missing", "the URL is empty (" + where + ")",
                        "was it made of a variable that is not set?");
        if (choice.value.starts_with("env:")) {
            const std::string name = choice.value.substr(4);
            choice.origin += " (env:" + name + ")";
            if (name.empty())
                return fail(Code::refused, "url-missing",
                            "\"env:\" names no variable (" + where + ")", "write env:NAME");
            if (auto value = variable(name.c_str())) return std::move(*value);
            return fail(Code::refused, "url-missing",
                        "the environment variable " + name + " is not set (" + where + ")",
                        "set it, or give --url");
        }
        if (!choice.value.starts_with("file:")) return choice.value;
        const fs::path path = path_of({choice.value.substr(5), where});
        choice.origin += " (" + choice.value + ")";
        return read_secret(path);
    }

    Result<std::string> read_secret(const fs::path& path) {
        const std::string what = "cannot read a URL from " + path.string() + ": ";
        std::error_code error;
        if (fs::is_directory(path, error))
            return fail(Code::refused, "url-missing", what + "it is a folder", "write file:PATH");
        errno = 0;
        std::ifstream in{path};
        if (!in)
            return fail(Code::refused, "url-missing", what + std::strerror(errno),
                        "the file must be there, and this user must be able to read it");
        std::string line;
        std::getline(in, line);
        line.erase(line.find_last_not_of(" \t\r") + 1);
        if (line.empty())
            return fail(Code::refused, "url-missing", what + "its first line is empty",
                        "the file's first line must be the URL");
        if (holds_password(line) && is_open_to_all(path))
            answer_.notes.push_back(path.string() +
                                    " holds a password, and every user of this machine can "
                                    "read it: chmod 600 it");
        return line;
    }

    void note_written_passwords() {
        for (const auto& [name, section] : file_.environments)
            if (section.url && holds_password(section.url->value))
                answer_.notes.push_back(place(*section.url) + ": the URL of \"" + name +
                                        "\" holds a password; write url = \"env:NAME\" or "
                                        "\"file:PATH\", and keep it out of files that are shared");
    }

    const Flags& flags_;
    ConfigurationFile file_;
    Unlisted unlisted_;
    std::optional<fs::path> base_;
    Configuration answer_;
};

}  // namespace

std::optional<std::string> named_environment(const Flags& flags) {
    return flags.environment ? flags.environment : variable("STAGE");
}

Result<Configuration> read_configuration(const Flags& flags, Unlisted unlisted) {
    std::optional<fs::path> path;
    if (flags.config) {
        std::error_code error;
        if (!fs::is_regular_file(*flags.config, error))
            return fail(Code::refused, "configuration-missing", "there is no file " + *flags.config,
                        "give --config a varve.toml");
        path = *flags.config;
    } else {
        path = find_upwards();
    }
    ConfigurationFile file;
    if (path) {
        auto read = read_configuration_file(*path);
        if (!read) return fail(read.error());
        file = std::move(*read);
        if (auto checked = check_file(file, path->filename().string()); !checked)
            return fail(checked.error());
    }
    if (auto checked = check_flags(flags); !checked) return fail(checked.error());
    if (auto checked = check_switches(); !checked) return fail(checked.error());
    return Builder{flags, std::move(file), std::move(path), unlisted}.build();
}

}  // namespace tools::varve
