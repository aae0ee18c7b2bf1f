#include "tools/varve/examination_view.hpp"

#include "commands/situation.hpp"
#include "tools/varve/time_text.hpp"

namespace tools::varve {

namespace {

std::string who(const ledger::Actor& actor) {
    return actor.id + (actor.host.empty() ? "" : " on " + actor.host);
}

Json statement_json(const commands::Examination& examination) {
    if (!examination.statement) return nullptr;
    const auto& statement = *examination.statement;
    return {{"index", statement.index},
            {"count", examination.attempt.statement_count},
            {"path", statement.path},
            {"line", statement.line},
            {"text", statement.text}};
}

}  // namespace

std::optional<commands::Examination> examination_in(const ledger::Reader& reader,
                                                    const migrations::Folder* folder,
                                                    const projections::TargetStatus& status) {
    const auto& attempt = status.in_doubt;
    if (!attempt) return std::nullopt;
    auto script = commands::find_script(reader, folder, *attempt);
    if (script && script->path == attempt->version.text &&
        attempt->direction == ledger::Direction::up)
        for (const projections::StatusRow& row : status.rows)
            if (row.version == attempt->version && !row.path.empty()) script->path = row.path;
    return commands::examine(*attempt, script);
}

void print(const Console& console, const commands::Examination& examination, Seen seen) {
    const auto& attempt = examination.attempt;
    std::string text = console.paint(Colour::red, "In doubt") + ": \"" + attempt.version.text +
                       "\" " + std::string{direction_text(attempt.direction)} + ", since " +
                       instant_short(attempt.since_us) + " by " + who(attempt.actor);
    if (attempt.transactional) text += ", in one transaction";
    if (examination.statement)
        text += ", at statement " + std::to_string(examination.statement->index + 1) + " of " +
                std::to_string(attempt.statement_count) + ": " + to_text(*examination.statement);
    console.line(text);
    std::string start = seen == Seen::now ? "  will look at " : "  what settles it would look at ";
    for (const std::string& look : examination.looks) {
        console.line(start + look);
        start = "  and then at ";
    }
}

Json to_json(const commands::Examination& examination) {
    const auto& attempt = examination.attempt;
    return {{"attempt", ledger::to_text(attempt.attempt)},
            {"version", attempt.version.text},
            {"direction", direction_text(attempt.direction)},
            {"transactional", attempt.transactional},
            {"since", instant_text(attempt.since_us)},
            {"actor", attempt.actor.id},
            {"host", attempt.actor.host},
            {"run", attempt.run ? Json(ledger::to_text(*attempt.run)) : Json(nullptr)},
            {"statement", statement_json(examination)},
            {"will_look_at", examination.looks}};
}

}  // namespace tools::varve
