// tools/varve/run_console.hpp: a run or a rollback as a person watches it, and its end.
#pragma once

#include "commands/progress.hpp"
#include "commands/run.hpp"
#include "tools/varve/console.hpp"
#include "tools/varve/exit_code.hpp"
#include "tools/varve/progress_line.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace tools::varve {

// "goes on at statement 2 of 3"; where none is left, that.
[[nodiscard]] std::string goes_on_text(const commands::Step& step);

class RunConsole final : public commands::Progress {
public:
    RunConsole(const Console& console, const Configuration& configuration)
        : console_{console},
          target_{configuration.environment},
          folder_{configuration.migrations} {}

    void plan_ready(const commands::Plan& plan) override;
    void step_started(const commands::Step& step, commands::StepPlace place,
                      std::uint32_t try_number) override;
    void statement_done(const commands::Step& step, const ledger::StatementResult& result) override;
    void step_succeeded(const commands::Step& step, commands::StepPlace place,
                        std::uint64_t elapsed_us) override;
    void step_failed(const commands::Step& step, commands::StepPlace place,
                     const commands::AttemptFailed& failure) override;
    void retrying(const commands::Step& step, std::uint32_t try_number, std::uint64_t pause_us,
                  const commands::AttemptFailed& why) override;
    void in_doubt(const commands::Examination& examination) override;
    void settled(const ledger::Version& version, const ledger::Event& verdict) override;
    void found_applied(const ledger::Version& version) override;
    void events_ahead(const commands::EventsAhead& ahead) override;
    void server_clock_differs(std::int64_t server_us, std::int64_t ours_us) override;
    void note(std::string_view what) override;
    void tick() override;
    void answer_is_late() override;

    // What note() was told, for the document.
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

private:
    // Not more often than a person can see.
    void draw();
    // Who has asked to stop, and sees nothing happen, is told once what is waited for.
    void explain_delay();

    const Console& console_;
    std::string target_;
    std::filesystem::path folder_;
    std::size_t width_ = 0;  // of the longest label of the plan
    Workload work_;
    ProgressView view_;
    bool working_ = false;  // a step has started and not ended
    std::chrono::steady_clock::time_point began_;
    std::chrono::steady_clock::time_point drawn_;
    std::optional<std::chrono::steady_clock::time_point> asked_to_stop_;
    bool has_explained_ = false;
    bool has_told_late_ = false;
    bool has_told_ahead_ = false;  // a run that is undone looks at the clocks again
    bool has_told_server_ = false;
    std::vector<std::string> notes_;
};

[[nodiscard]] ExitCode exit_code_of(const commands::RunReport& report);

// The last lines of a run, or the document of --format json. `said`: what a person was told of on
// the way, which the document has among its notes.
void conclude(const Invocation& invocation, const Console& console,
              const commands::RunReport& report, const std::string& target,
              const std::vector<std::string>& said);

}  // namespace tools::varve
