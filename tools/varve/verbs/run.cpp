#include "commands/run.hpp"

#include "adapters/files/folder_reader.hpp"
#include "commands/validate.hpp"
#include "projections/target_state.hpp"
#include "tools/varve/other_bookkeeping.hpp"
#include "tools/varve/run_console.hpp"
#include "tools/varve/run_request.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/switches.hpp"
#include "tools/varve/verbs.hpp"

#include <future>
#include <malloc.h>
#include <memory>
#include <utility>

namespace tools::varve {

using ledger::fail;
using ledger::Result;
using migrations::bookkeeping::Wanted;

namespace {

// It takes a session of its own. What is wanted once the lock is held may be another history, where
// somebody has imported one meanwhile.
commands::ReadOtherHistory asked_beside(commands::ReadOtherHistory ask, const Wanted& wanted) {
    return [answer = std::async(std::launch::async, ask, wanted).share(), ask,
            wanted](const Wanted& now) { return now == wanted ? answer.get() : ask(now); };
}

// What can be done at once is: child processes look at the ledger, a thread connects, and the files
// are read. Then only what is pending needs to be parsed. Errors come in the order in which one
// would look for them: the folder's first.
class Preparation {
public:
    Preparation(const Invocation& invocation, const Console& console,
                const Configuration& configuration, const RunVerbOptions& options,
                commands::Progress& progress)
        : invocation_{invocation},
          console_{console},
          configuration_{configuration},
          options_{options},
          progress_{progress} {}

    Result<commands::RunRequest> run() {
        if (auto asked = run_request(configuration_, options_, nullptr, invocation_.reason); !asked)
            return asked;
        // With everything to be told, a ledger to be made, or down scripts that may have to run,
        // the folder is judged as a whole first.
        if (options_.init || invocation_.verbose || options_.on_failure == "rollback")
            if (auto read = read_all(); !read) return fail(read.error());
        auto writing = Writing::begin(invocation_, configuration_, options_.init, progress_);
        auto opening = std::async(std::launch::async, [&] { return open(writing); });
        if (writing) (*writing)->connect_beside();
        auto files = read_files(configuration_, Extent::glance);
        auto glance = glance_at(files);
        auto state = opening.get();
        if (!files) return fail(files.error());
        if (writing) writing_ = std::move(*writing);
        if (!state) {
            if (auto read = read_all(*files); !read) return fail(read.error());
            tell_held();
            return fail(state.error());
        }
        auto known = read_pending(*files, std::move(glance), std::move(*state));
        if (!known) return fail(known.error());
        if (!held_.empty() && !commands::check_runnable(*folder_, known->state)) tell_held();
        for (const auto& diagnostic : commands::empty_scripts(*folder_, &known->state))
            tell(diagnostic);
        auto request = run_request(configuration_, options_, folder_, invocation_.reason);
        if (!request) return request;
        if (other_history_) request->other_history = std::move(other_history_);
        request->known = std::move(*known);
        request->is_up_to_date = is_up_to_date_;
        return request;
    }

    [[nodiscard]] commands::Services& services() { return writing_->services(); }
    [[nodiscard]] const std::vector<std::string>& said() const { return said_; }

private:
    Result<projections::TargetState> open(Result<std::unique_ptr<Writing>>& writing) {
        if (!writing) return fail(writing.error());
        if (auto finished = (*writing)->finish(); !finished) return fail(finished.error());
        commands::Services& services = (*writing)->services();
        return commands::read_state(services.store, services.rows, {configuration_.environment});
    }

    // Which tells whether anything is pending: while the ledger is being opened.
    [[nodiscard]] std::shared_ptr<const migrations::Folder> glance_at(
        const Result<migrations::SourceTree>& files) const {
        if (!files || folder_ != nullptr) return nullptr;
        auto folder = read_digests(configuration_, *files);
        return folder && !(*folder)->needs_rest ? *folder : nullptr;
    }

    Result<commands::Known> read_pending(migrations::SourceTree& files,
                                         std::shared_ptr<const migrations::Folder> glance,
                                         projections::TargetState state) {
        is_up_to_date_ = glance && commands::is_up_to_date(state, *glance);
        if (is_up_to_date_) {
            writing_->expect_lock(adapters::postgres::LockSession::when_asked_for);
            take(std::move(glance));
            return commands::Known{std::move(state), {}};
        }
        writing_->expect_lock(adapters::postgres::LockSession::at_once);
        auto registered = projections::read_registered(writing_->services().rows);
        if (!registered) return fail(registered.error());
        if (const auto folder = folder_ ? folder_ : std::move(glance)) prepare_for(state, *folder);
        commands::Known known{std::move(state), std::move(*registered)};
        if (auto read = read_all(files, commands::all_but_pending(known)); !read)
            return fail(read.error());
        return known;
    }

    // What takes time and can go on beside the parsing.
    void prepare_for(const projections::TargetState& state, const migrations::Folder& folder) {
        if (commands::pending_of(state, folder).empty()) return;
        writing_->expect_writes();
        const auto wanted = commands::history_to_ask(state);
        if (configuration_.url && wanted && *wanted != Wanted{})
            other_history_ = asked_beside(other_history_of(configuration_), *wanted);
    }

    Result<void> read_all() {
        auto files = read_files(configuration_);
        if (!files) return fail(files.error());
        return read_all(*files);
    }

    Result<void> read_all(migrations::SourceTree& files,
                          const migrations::LeaveUnread& leave_unread = {}) {
        if (folder_ != nullptr) return {};
        adapters::files::read_rest(files);
        auto folder = read_folder(configuration_, files, leave_unread);
        if (!folder) return fail(folder.error());
        take(std::move(*folder));
        return {};
    }

    void take(std::shared_ptr<const migrations::Folder> folder) {
        folder_ = std::move(folder);
        for (const auto& diagnostic : folder_->diagnostics) {
            if (!worth_telling(diagnostic, invocation_)) continue;
            if (is_of_running(diagnostic))
                held_.push_back(&diagnostic);
            else
                tell(diagnostic);
        }
    }

    // It may be of what has run, and then it is nothing to this run.
    static bool is_of_running(const migrations::Diagnostic& each) {
        return each.concerns_running && each.severity == migrations::Severity::error;
    }

    void tell_held() {
        for (const auto* diagnostic : std::exchange(held_, {})) tell(*diagnostic);
    }

    void tell(const migrations::Diagnostic& diagnostic) {
        console_.diagnostic(diagnostic, configuration_.migrations);
        said_.push_back(note_of(diagnostic));
    }

    const Invocation& invocation_;
    const Console& console_;
    const Configuration& configuration_;
    const RunVerbOptions& options_;
    commands::Progress& progress_;
    std::unique_ptr<Writing> writing_;  // ends after the folder, in the memory which that has left
    std::shared_ptr<const migrations::Folder> folder_;
    std::vector<const migrations::Diagnostic*> held_;  // of the folder: told where it is refused
    bool is_up_to_date_{};
    commands::ReadOtherHistory other_history_;  // being asked already
    std::vector<std::string> said_;             // of the files
};

// What one thread has freed, another may use. A run's threads wait far more than they allocate, and
// with a heap for each, none fits what the others have left.
void share_one_heap() { static_cast<void>(mallopt(M_ARENA_MAX, 1)); }

}  // namespace

VerbResult run(const Invocation& invocation, const Console& console,
               const RunVerbOptions& options) {
    share_one_heap();
    if (is_switched_on("MIGRATION_VALIDATE_ONLY")) {
        console.note("MIGRATION_VALIDATE_ONLY=true: only validating");
        return validate(invocation, console, {});
    }
    if (is_switched_on("MIGRATION_DRY_RUN")) {
        console.note("MIGRATION_DRY_RUN=true: only showing what would be done");
        return dry_run(invocation, console, {false, options, {}, false});
    }
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    for (const std::string& text : configuration->notes) console.note(text);
    RunConsole watching{console, *configuration};
    Preparation preparation{invocation, console, *configuration, options, watching};
    auto request = preparation.run();
    if (!request) return fail(request.error());
    const auto report = commands::run(preparation.services(), *std::move(request));
    if (!report) return fail(report.error());
    std::vector<std::string> said = configuration->notes;
    said.insert(said.end(), preparation.said().begin(), preparation.said().end());
    said.insert(said.end(), watching.notes().begin(), watching.notes().end());
    if (report->plan.is_part && report->end == commands::RunEnd::nothing_to_do && !console.json())
        console.line(std::string{nothing_within});
    else
        conclude(invocation, console, *report, configuration->environment, said);
    return exit_code_of(*report);
}

}  // namespace tools::varve
