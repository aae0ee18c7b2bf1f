#include "adapters/rocksdb/reader.hpp"
#include "migrations/bookkeeping/tools.hpp"
#include "migrations/folder.hpp"
#include "migrations/template.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/new_ledger.hpp"
#include "tools/varve/proof_files.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/told_commands.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>

namespace tools::varve {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

std::string quoted(const std::string& text) {
    std::string answer = "\"";
    for (const char character : text) {
        if (character == '"' || character == '\\') answer += '\\';
        answer += character;
    }
    return answer + "\"";
}

// A key of TOML, in quotes where it needs them.
std::string key(const std::string& name) {
    const bool is_bare =
        !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char each) {
            return each < 0x80 && (std::isalnum(each) != 0 || each == '-' || each == '_');
        });
    return is_bare ? name : quoted(name);
}

// With what the command line chose for good: else the next command would not know of it.
std::string configuration_text(const Configuration& configuration) {
    const auto& layout = configuration.folder.layout;
    return "organisation = " + quoted(configuration.organisation) +
           "   # names the ledger for good: changed later, it does nothing\n"
           "\n[ledger]\n"
           "path        = " +
           quoted(configuration.ledger.string()) +
           "\nsigning_key = " + quoted(configuration.signing_key.string()) +
           "   # a secret: back it up, never commit it\n"
           "\n[migrations]\n"
           "path = " +
           quoted(configuration.migrations.string()) + "\n" +
           (layout ? "layout = " + quoted(*layout) + "\n" : "") + "\n[environments." +
           key(configuration.environment) +
           "]\n"
           "url = \"env:DATABASE_URL\"   # env:NAME, file:PATH, or a URL without a password\n";
}

Result<bool> write_new(const fs::path& path, const std::string& text) {
    std::error_code error;
    if (fs::exists(path, error)) return false;
    if (auto written = write_text_file(path, text); !written) return fail(written.error());
    return true;
}

Result<void> make_folder(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (!error) return {};
    return fail(Code::unavailable, "file-unwritable",
                "cannot make the folder " + path.string() + ": " + error.message(), "");
}

struct Made {
    std::vector<std::string> created;
    std::vector<std::string> kept;

    Result<void> file(const fs::path& path, const std::string& text) {
        const auto written = write_new(path, text);
        if (!written) return fail(written.error());
        (*written ? created : kept).push_back(path.string());
        return {};
    }
};

void sign_first(const Invocation& invocation, const Configuration& configuration,
                ledger::Store& store, ledger::Clock& clock) {
    projections::MemoryRows rows;
    Passphrase passphrase{configuration.key_passphrase, false};
    SigningWork work{configuration, store, rows, clock, command_context(invocation, clock),
                     passphrase};
    adapters::postgres::LeftSession none;
    work.witnesses = witnesses_beside_a_run(configuration, none);
    sign_after(work, Console{invocation});
}

// That it was made, its key, and its first checkpoint: what an init leaves, and nothing else.
constexpr std::uint64_t first_size = 2;
constexpr std::uint64_t signed_size = 3;

// An init that was killed, or found the disk full, before it came to varve.toml, its last file.
bool was_cut_off(const Configuration& configuration) {
    if (configuration.file) return false;
    const auto reader = adapters::rocksdb::Reader::open(configuration.ledger);
    if (!reader) return false;
    const auto head = (*reader)->head();
    return head && head->size <= signed_size;
}

Result<void> make_ledger(const Invocation& invocation, const Configuration& configuration,
                         Made& made) {
    SystemClock clock;
    auto store = create_ledger(invocation, configuration, clock);
    const bool is_there = !store && store.error().reason == "ledger-exists";
    if (is_there && was_cut_off(configuration)) {
        finish_key(configuration);
        store = adapters::rocksdb::Store::open(configuration.ledger, clock);
    }
    if (!store) return fail(store.error());
    const auto head = (*store)->head();
    if (!head) return fail(head.error());
    if (head->size == first_size) sign_first(invocation, configuration, **store, clock);
    make_read_models(configuration, **store);
    for (const fs::path& path : {configuration.ledger, configuration.signing_key})
        (is_there ? made.kept : made.created).push_back(path.string());
    return {};
}

// Nothing where the folder takes what varve new makes; else the layout of what is there.
std::optional<std::string> foreign_layout(const Configuration& configuration) {
    const auto folder = load_folder(configuration);
    if (!folder || migrations::takes_new_migration((*folder)->layout)) return std::nullopt;
    return (*folder)->layout;
}

std::string next_step(const std::optional<std::string>& foreign) {
    if (!foreign)
        return "Next: varve new NAME, write its SQL into the files it makes, then varve run.";
    const auto* tool = migrations::bookkeeping::tool_of_layout(*foreign);
    const std::string first =
        tool != nullptr
            ? "where " + std::string{tool->name} +
                  " has applied some already, varve import comes first"
            : std::string{
                  "where some are applied already, varve import (of a tool that it knows) "
                  "or varve baseline V --reason WHY comes first, V the last of them"};
    return "Next: varve run; " + first + ". New files are written as " +
           (tool != nullptr ? *foreign + " names them." : "those that are there are named.");
}

Result<void> make_templates(const Configuration& configuration, Made& made) {
    const auto blank = migrations::new_migration("{{name}}");
    for (const auto& [name, text] :
         {std::pair{".template.up.sql", blank.up}, std::pair{".template.down.sql", blank.down}})
        if (auto written = made.file(configuration.migrations / name, text); !written)
            return written;
    return {};
}

Result<Made> make_all(const Invocation& invocation, const Configuration& configuration) {
    Made made;
    if (auto ledger = make_ledger(invocation, configuration, made); !ledger)
        return fail(ledger.error());
    if (auto folder = make_folder(configuration.migrations); !folder) return fail(folder.error());
    if (!foreign_layout(configuration))
        if (auto templates = make_templates(configuration, made); !templates)
            return fail(templates.error());
    const fs::path file = configuration.file.value_or("varve.toml");
    if (auto written = made.file(file, configuration_text(configuration)); !written)
        return fail(written.error());
    return made;
}

// Who names another folder wants it used, and no second ledger.
ledger::Error explained(ledger::Error error, const Invocation& invocation) {
    if (error.reason == "ledger-exists" && invocation.flags.migrations)
        error.help +=
            "; the folder of migrations is changed by path under [migrations] in varve.toml";
    return error;
}

// What a varve.toml that was just written says need not be said again.
std::vector<ChosenOption> still_to_say(const Invocation& invocation,
                                       const Configuration& configuration) {
    auto chosen = chosen_options(invocation.flags);
    if (!configuration.file)
        std::erase_if(chosen, [](const ChosenOption& option) {
            return option.name == "--ledger" || option.name == "--migrations" ||
                   option.name == "--layout";
        });
    return chosen;
}

}  // namespace

VerbResult init(const Invocation& invocation, const Console& console, const InitOptions& options) {
    auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    if (options.organisation) configuration->organisation = *options.organisation;
    if (auto known = migrations::check_layout(configuration->folder); !known)
        return fail(known.error());
    const auto made = make_all(invocation, *configuration);
    if (!made) return fail(explained(made.error(), invocation));
    for (const std::string& path : made->created) console.line("made  " + path);
    for (const std::string& path : made->kept) console.line("kept  " + path);
    if (const auto note = plain_key_note(configuration->key_passphrase, configuration->signing_key))
        console.warn(*note);
    console.line(told_commands(next_step(foreign_layout(*configuration)),
                               still_to_say(invocation, *configuration)));
    if (console.json()) {
        Json document = new_document(invocation);
        document["created"] = made->created;
        document["kept"] = made->kept;
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

}  // namespace tools::varve
