#include "adapters/files/folder_reader.hpp"
#include "migrations/directives.hpp"
#include "migrations/encoding.hpp"
#include "migrations/kept_script.hpp"
#include "migrations/rules/diagnose.hpp"
#include "migrations/secrets.hpp"
#include "migrations/sql/psql_commands.hpp"
#include "migrations/sql/transaction.hpp"
#include "tools/varve/ahead.hpp"
#include "tools/varve/fixes.hpp"
#include "tools/varve/server_version.hpp"
#include "tools/varve/shadow_session.hpp"
#include "tools/varve/validation_view.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>
#include <thread>

namespace tools::varve {

using ledger::fail;
using ledger::Result;
using migrations::Diagnostic;

namespace {

Result<std::string> read(const std::string& path) {
    migrations::SourceFile file = adapters::files::read_one(path);
    if (!file.error.empty())
        return fail(ledger::Code::refused, "file-unreadable",
                    "\"" + path + "\" cannot be read: " + file.error,
                    "name files of SQL, or - for what comes through a pipe; a folder is given by "
                    "--migrations");
    if (const auto fault = migrations::find_encoding_fault(file.bytes))
        return fail(ledger::Code::refused, "file-unreadable",
                    path + ":" + std::to_string(fault->line) + ": " + fault->message, fault->help);
    return std::string{migrations::without_byte_order_mark(file.bytes)};
}

// What of a file can be had before the files ahead of it are judged.
struct ReadFile {
    Result<std::string> text;
    std::vector<Diagnostic> faults{};
    bool has_no_secrets{};
    migrations::rules::ParsedScript parsed{};
};

ReadFile read_ahead(const std::string& path) {
    ReadFile file{read(path)};
    if (!file.text) return file;
    migrations::Script script;
    script.path = path;
    script.text = std::move(*file.text);
    file.faults = migrations::diagnose_secrets(script);
    file.has_no_secrets = file.faults.empty();
    for (auto& fault : migrations::read_directives(script.text, path, 1).diagnostics)
        file.faults.push_back(std::move(fault));
    for (auto& fault : migrations::sql::say_unjudged_commands(script.text, path))
        file.faults.push_back(std::move(fault));
    file.parsed = migrations::rules::parse_script(script.text);
    file.text = std::move(script.text);
    return file;
}

constexpr std::size_t chunk = 128;  // statements that are parsed at once

// The rest of a long script is parsed while its first statements are judged.
void parse_beside(std::string_view text, migrations::rules::ParsedScript& script) {
    using Chunk = std::vector<migrations::rules::ParsedStatement>;
    const auto rest = std::span<const migrations::sql::StatementRange>{script.ranges}.subspan(
        script.parsed.size());
    if (rest.empty()) return;
    const auto parse = [text, rest](std::size_t index) {
        const auto from = rest.subspan(index * chunk);
        return migrations::rules::parse_some(text, from.first(std::min(chunk, from.size())));
    };
    auto ahead = std::make_shared<Ahead<Chunk>>((rest.size() + chunk - 1) / chunk, parse);
    script.more = [ahead] { return ahead->take(); };
}

void add(std::vector<Diagnostic>& all, std::vector<Diagnostic> more) {
    all.insert(all.end(), std::make_move_iterator(more.begin()),
               std::make_move_iterator(more.end()));
}

Result<ShadowSession> open_for_fixes(const std::vector<std::string>& history,
                                     std::vector<migrations::Script>& scripts) {
    for (const std::string& path : history) {
        auto script = read_script(path);
        if (!script) return fail(script.error());
        scripts.push_back(std::move(*script));
    }
    return ShadowSession::open(std::nullopt);
}

// Whether that is one transaction or each statement by itself. A BEGIN in it is its own affair.
migrations::Script as_its_runner_has_it(migrations::Script script, const ValidateOptions& options) {
    if (migrations::sql::is_wrapped(script.statements)) return script;
    script.mode = options.assume_in_transaction ? migrations::TransactionMode::one
                                                : migrations::TransactionMode::none;
    script.mode_declared = true;
    return script;
}

Result<migrations::rules::Circumstances> circumstances_of(const ValidateOptions& options) {
    if (options.ask_target)
        return fail(ledger::Code::refused, "usage",
                    "--ask-target weighs the migrations of a project, not files by themselves",
                    "leave it out, or name files of the migrations folder");
    migrations::rules::Circumstances circumstances;
    if (options.server_version) {
        const auto version = server_version_number(*options.server_version);
        if (!version) return fail(version.error());
        circumstances.server_version = *version;
    }
    circumstances.runner_opens_transaction = options.assume_in_transaction;
    circumstances.history_is_known = !options.history.empty();
    return circumstances;
}

}  // namespace

VerbResult validate_files(const Invocation& invocation, const Console& console,
                          const ValidateOptions& options) {
    const auto circumstances = circumstances_of(options);
    if (!circumstances) return fail(circumstances.error());
    // A project's rules hold for loose files too, where there is a project.
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    migrations::rules::Schema history;
    for (const std::string& path : options.history) {
        const auto text = read(path);
        if (!text) return fail(text.error());
        migrations::rules::remember(*text, history);
    }
    std::optional<ShadowSession> session;
    std::vector<migrations::Script> before;
    std::string broken;
    if (options.fix) {
        auto opened = open_for_fixes(options.history, before);
        if (!opened) return fail(opened.error());
        session.emplace(std::move(*opened));
    }
    std::vector<Diagnostic> findings;
    std::vector<std::string> fixed;
    // What --write changes is read after that.
    const unsigned cores = options.fix ? 1 : std::thread::hardware_concurrency();
    Ahead<ReadFile> files{options.files.size(),
                          [&](std::size_t index) { return read_ahead(options.files[index]); },
                          cores};
    for (const std::string& path : options.files) {
        ReadFile file = files.take();
        if (!file.text) return fail(file.text.error());
        add(findings, std::move(file.faults));
        parse_beside(*file.text, file.parsed);
        migrations::rules::JudgedFile judged{*file.text, path};
        judged.has_no_secrets = file.has_no_secrets;
        auto found = migrations::rules::diagnose(judged, std::move(file.parsed), *circumstances,
                                                 configuration->rules, history);
        if (session) {
            auto script = as_its_runner_has_it(migrations::kept_script(path, *file.text), options);
            const FixOrder order{session->shadow(), before, options.write, "", fixed, broken};
            if (auto settled = settle_fixes(order, script, found, console); !settled)
                return fail(settled.error());
            before.push_back(std::move(script));
        }
        add(findings, std::move(found));
    }
    const std::size_t count = options.files.size();
    return show(invocation, console, options,
                {std::move(findings), "", std::to_string(count) + (count == 1 ? " file" : " files"),
                 options.fix ? Json{{"fixed", fixed}} : Json::object()});
}

}  // namespace tools::varve
