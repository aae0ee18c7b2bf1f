#include "migrations/sql/psql_commands.hpp"
#include "tools/varve/rehearsal_view.hpp"
#include "tools/varve/shadow_session.hpp"
#include "tools/varve/verbs.hpp"

#include <string>
#include <vector>

namespace tools::varve {

using commands::Ending;
using ledger::fail;
using ledger::Result;

namespace {

Result<std::vector<migrations::Script>> read_scripts(const std::vector<std::string>& files) {
    std::vector<migrations::Script> scripts;
    for (const std::string& file : files) {
        auto script = read_script(file);
        if (!script) return fail(script.error());
        scripts.push_back(std::move(*script));
    }
    return scripts;
}

// A rehearsal sends what stands in the files: what psql would bring in is not among it.
std::vector<std::string> notes_of(const std::vector<migrations::Script>& scripts) {
    std::vector<std::string> notes;
    for (const migrations::Script& script : scripts)
        for (const auto& each : migrations::sql::say_unjudged_commands(script.text, script.path))
            notes.push_back(each.file + ":" + std::to_string(each.line) + ": " + each.message);
    return notes;
}

// One file after the other; with `apart`, each on the history alone.
class FileRehearsal {
public:
    FileRehearsal(commands::Shadow& shadow, std::vector<migrations::Script> history, bool apart)
        : shadow_{shadow}, order_{std::move(history), {}, apart}, apart_{apart} {
        order_.way_out =
            "correct it, or what comes before it: the file is one that --history names";
    }

    Result<commands::RehearsedScript> rehearse(const migrations::Script& script) {
        if (!database_ || (apart_ && database_->is_spoilt())) {
            database_.reset();
            auto opened = shadow_.open(order_);
            if (!opened) return fail(opened.error());
            database_ = std::move(*opened);
        }
        return database_->rehearse(script, apart_ ? Ending::undone : Ending::kept);
    }

private:
    commands::Shadow& shadow_;
    commands::RehearsalOrder order_;
    bool apart_;
    std::unique_ptr<commands::Rehearsal> database_;
};

}  // namespace

VerbResult rehearse_files(const Invocation& invocation, const Console& console,
                          const DryRunVerbOptions& options) {
    auto history = read_scripts(options.history);
    if (!history) return fail(history.error());
    const auto scripts = read_scripts(options.files);
    if (!scripts) return fail(scripts.error());
    auto session = ShadowSession::open(
        std::nullopt, options.statement_timeout.value_or(shadow_statement_timeout));
    if (!session) return fail(session.error());

    FileRehearsal rehearsal{session->shadow(), std::move(*history), options.apart};
    Json document = new_document(invocation);
    document["server_version"] = session->shadow().server_version();
    document["statements"] = Json::array();
    bool has_failed = false;
    for (const migrations::Script& script : *scripts) {
        const auto rehearsed = rehearsal.rehearse(script);
        if (!rehearsed) return fail(rehearsed.error());
        print(console, *rehearsed);
        print_failure(console, *rehearsed, script);
        if (console.json())
            for (const auto& statement : rehearsed->statements)
                document["statements"].push_back(to_json(statement, script.path));
        has_failed = has_failed || rehearsed->failed;
        if (rehearsed->failed && !options.apart) break;
    }
    auto notes = session->shadow().notes();
    for (std::string& note : notes_of(*scripts)) notes.push_back(std::move(note));
    for (const std::string& note : notes) console.note("note: " + note);
    document["notes"] = notes;
    document["failed"] = has_failed;
    console.document(to_text(document));
    return has_failed ? ExitCode::refused : ExitCode::fine;
}

}  // namespace tools::varve
