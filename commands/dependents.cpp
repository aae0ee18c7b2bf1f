#include "commands/dependents.hpp"

#include "commands/rollback_choice.hpp"
#include "commands/rows_along.hpp"
#include "ledger/listed.hpp"
#include "migrations/sql/position.hpp"
#include "migrations/sql/touched.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using ledger::Version;
using migrations::Folder;
using migrations::Migration;
using migrations::Script;

namespace {

constexpr std::size_t dependents_named_max = 5;

std::string quoted(const Version& version) { return "\"" + version.text + "\""; }

std::string place(const Script& script, std::uint32_t line) {
    return script.path + ":" + std::to_string(line);
}

// Scripts as they were applied: from the folder where it still has those bytes, else as the ledger
// keeps them.
class Scripts {
public:
    Scripts(const Known& known, const Folder& folder, const KeptScripts& find)
        : known_{known}, find_{find} {
        for (const Migration& migration : folder.migrations)
            by_version_[migration.version] = &migration;
    }

    [[nodiscard]] const Migration* in_folder(const Version& version) const {
        const auto found = by_version_.find(version);
        return found == by_version_.end() ? nullptr : found->second;
    }

    [[nodiscard]] std::optional<Script> applied(const Version& version) const {
        const auto& application = known_.state.migrations.at(version).applied;
        const Migration* migration = in_folder(version);
        if (migration && (!application || migration->up.digest == application->digest))
            return migration->up;
        if (!application) return std::nullopt;
        const auto registered = known_.registered.find(version);
        return find_.kept(
            registered == known_.registered.end() ? version.text : registered->second.path,
            application->digest);
    }

private:
    const Known& known_;
    const KeptScripts& find_;
    std::map<Version, const Migration*> by_version_;
};

// A migration that is applied, by its place in the order of application.
struct Applied {
    Version version;
    std::size_t place{};
    std::optional<Script> script;
};

struct Later : Applied {
    migrations::sql::Mentions mentions;
    std::vector<Version> required;
    // By a rollback of the newest: that is said, and the server judges it, but for CASCADE.
    bool is_left_alone{};
};

struct Undone : Applied {
    std::vector<migrations::sql::Touched> touched;
};

std::string answer_unknown(const Version& version) {
    return "the script that " + quoted(version) + " was applied from is not to be had";
}

// Whether nothing but that part of a table has its name, in the scripts that stay.
using IsDistinctive = std::function<bool(const std::string& part)>;

bool nothing_distinctive(const std::string&) { return false; }

std::optional<std::size_t> find_in(const Later& later, const migrations::sql::Touched& touched,
                                   const IsDistinctive& is_distinctive) {
    const bool is_of_others = touched.kind == migrations::sql::operator_kind &&
                              migrations::sql::is_built_in_operator(touched.name);
    if (is_of_others) return std::nullopt;
    if (const auto found = migrations::sql::find(touched, later.mentions)) return found;
    const auto part = migrations::sql::find_part(touched, later.mentions);
    return part && is_distinctive(touched.part) ? part : std::nullopt;
}

// Why the later one depends on the one undone; empty where it does not.
std::string why(const Undone& undone, const Later& later, const IsDistinctive& is_distinctive) {
    if (std::find(later.required.begin(), later.required.end(), undone.version) !=
        later.required.end())
        return quoted(later.version) + " requires " + quoted(undone.version) + ", the plan says";
    if (!undone.script) return answer_unknown(undone.version);
    if (!later.script) return answer_unknown(later.version);
    for (const auto& touched : undone.touched) {
        const auto found = find_in(later, touched, is_distinctive);
        if (!found) continue;
        const std::string object = migrations::sql::to_text(touched);
        const std::string whence = ", which " + quoted(undone.version) + " touches (" +
                                   place(*undone.script, touched.line) + ")";
        if (touched.kind == "extension")
            return quoted(later.version) + " may use " + object + whence;
        const migrations::sql::Positions positions{later.script->text, later.script->first_line,
                                                   later.script->written()};
        return place(*later.script, positions.line(*found)) + " of " + quoted(later.version) +
               " names " + object + whence;
    }
    return {};
}

std::string joined(const std::vector<std::string>& texts) {
    return ledger::listed(texts, dependents_named_max, "; ");
}

class Dependence {
public:
    Dependence(const Known& known, const Folder& folder, const Plan& plan,
               const RollbackOptions& options, const KeptScripts& find)
        : known_{known},
          folder_{folder},
          plan_{plan},
          options_{options},
          scripts_{known, folder, find} {
        order_ = order_applied(known_, folder_);
        find_undone(order_);
        find_later(order_);
    }

    [[nodiscard]] bool nothing_stays() const {
        return std::all_of(later_.begin(), later_.end(),
                           [](const Later& later) { return later.is_left_alone; });
    }

    [[nodiscard]] std::vector<std::string> dependents() const {
        std::vector<std::string> found;
        for (const Later& later : later_)
            for (const Undone& undone : undone_) {
                if (later.is_left_alone || undone.place > later.place) continue;
                auto reason = why(undone, later);
                if (reason.empty()) reason = why_along(undone, later);
                if (!reason.empty()) found.push_back(std::move(reason));
            }
        return found;
    }

    [[nodiscard]] std::vector<std::string> cascades() const {
        std::vector<std::string> found;
        for (const Undone& undone : undone_) {
            const auto along = taken_along(undone);
            if (!along) continue;
            const Script& down = *step_of(undone.version).script;
            const migrations::sql::Positions positions{down.text, down.first_line, down.written()};
            for (const std::size_t at : migrations::sql::read_mentions(down.text).cascades)
                found.push_back(place(down, positions.line(at)) + *along);
        }
        return found;
    }

    // Down scripts that name what a repeatable migration which stays has made.
    [[nodiscard]] std::vector<std::string> repeatables_named() const {
        std::vector<std::string> found;
        for (const Later& later : later_) {
            if (!later.script || !is_repeatable(known_, later.version)) continue;
            const auto made = migrations::sql::touched_by(*later.script);
            for (const Step& step : plan_.steps)
                if (auto note = named_by(step, later, made); !note.empty())
                    found.push_back(std::move(note));
        }
        return found;
    }

private:
    [[nodiscard]] std::string why(const Undone& undone, const Later& later) const {
        return commands::why(undone, later,
                             [&](const std::string& part) { return is_distinctive(part); });
    }

    // Of those that stay, none gives that name to anything; of those undone, one once.
    [[nodiscard]] bool is_distinctive(const std::string& part) const {
        if (!given_) {
            given_.emplace();
            for (const Version& version : order_) {
                const auto script = scripts_.applied(version);
                if (!script) continue;
                std::map<std::string, std::size_t> given;
                for (const auto& name : migrations::sql::read_mentions(script->text).given)
                    ++given[name];
                for (const auto& [name, count] : given)
                    (*given_)[name] += planned_.contains(version) ? count - 1 : count;
            }
        }
        const auto found = given_->find(part);
        return found == given_->end() || found->second == 0;
    }

    // Rows of a later migration that go with those that the down script deletes.
    [[nodiscard]] std::string why_along(const Undone& undone, const Later& later) const {
        if (!later.script) return {};
        const Script& down = *step_of(undone.version).script;
        const migrations::sql::Positions positions{down.text, down.first_line, down.written()};
        for (const auto& table : deleted_from(down.text))
            for (const auto& rows : rows_along().behind(table)) {
                const auto found = find_written(rows, later.mentions);
                if (!found) continue;
                const migrations::sql::Positions in_later{
                    later.script->text, later.script->first_line, later.script->written()};
                return place(*later.script, in_later.line(*found)) + " of " +
                       quoted(later.version) + " names \"" + rows.name +
                       "\", whose rows go with or are changed by those that " +
                       place(down, positions.line(table.begin)) + " deletes from \"" + table.name +
                       "\" (a foreign key's ON DELETE)";
            }
        return {};
    }

    const RowsAlong& rows_along() const {
        if (rows_along_) return *rows_along_;
        rows_along_.emplace();
        for (const Version& version : order_)
            if (const auto script = scripts_.applied(version)) rows_along_->read(*script);
        return *rows_along_;
    }

    // What CASCADE may take along: anything of a later migration; of a repeatable one only what
    // names what is undone, and that is said.
    [[nodiscard]] std::optional<std::string> taken_along(const Undone& undone) const {
        std::optional<std::string> along;
        for (const Later& later : later_) {
            if (undone.place > later.place) continue;
            if (!later.is_left_alone) return "";
            if (along) continue;
            // That a part's name alone stands there is no reason to refuse what is newest.
            if (auto reason = commands::why(undone, later, nothing_distinctive); !reason.empty())
                along = " (" + reason + ")";
        }
        return along;
    }

    static std::string named_by(const Step& step, const Later& later,
                                const std::vector<migrations::sql::Touched>& made) {
        const auto mentions = migrations::sql::read_mentions(step.script->text);
        for (const auto& object : made) {
            const auto at = migrations::sql::find(object, mentions);
            if (!at) continue;
            const migrations::sql::Positions positions{step.script->text, step.script->first_line,
                                                       step.script->written()};
            return place(*step.script, positions.line(*at)) + " names " +
                   migrations::sql::to_text(object) + ", which " + quoted(later.version) +
                   " has made (" + place(*later.script, object.line) +
                   "): no later run makes it again by itself; after varve resolve " +
                   later.version.text + " --mark-unapplied the next one does";
        }
        return {};
    }

    [[nodiscard]] const Step& step_of(const Version& version) const {
        return *std::find_if(plan_.steps.begin(), plan_.steps.end(),
                             [&](const Step& step) { return step.entry.version == version; });
    }

    void find_undone(const std::vector<Version>& order) {
        for (const Step& step : plan_.steps) {
            planned_.insert(step.entry.version);
            // What is half undone was judged when that was begun.
            if (step.entry.first_statement_index > 0) continue;
            const auto at = std::find(order.begin(), order.end(), step.entry.version);
            undone_.push_back({{step.entry.version, static_cast<std::size_t>(at - order.begin()),
                                scripts_.applied(step.entry.version)},
                               {}});
            Undone& undone = undone_.back();
            if (undone.script) undone.touched = migrations::sql::touched_by(*undone.script);
        }
    }

    // In the order applied.
    void find_later(const std::vector<Version>& order) {
        std::size_t oldest = order.size();
        for (const Undone& undone : undone_) oldest = std::min(oldest, undone.place);
        for (std::size_t index = oldest; index < order.size(); ++index) {
            if (planned_.contains(order[index])) continue;
            Later later{{order[index], index, scripts_.applied(order[index])}, {}, {}, false};
            later.is_left_alone = options_.only.empty() && is_repeatable(known_, order[index]);
            if (later.script) later.mentions = migrations::sql::read_mentions(later.script->text);
            // Parents of other layouts say an order, and not what is needed.
            const Migration* migration = scripts_.in_folder(order[index]);
            if (migration && folder_.layout == "sqitch") later.required = migration->parents;
            later_.push_back(std::move(later));
        }
    }

    const Known& known_;
    const Folder& folder_;
    const Plan& plan_;
    const RollbackOptions& options_;
    Scripts scripts_;
    std::set<Version> planned_;
    std::vector<Undone> undone_;
    std::vector<Later> later_;
    std::vector<Version> order_;  // in which they were applied
    // Made where somebody asks: all scripts are read for it.
    mutable std::optional<std::map<std::string, std::size_t>> given_;
    mutable std::optional<RowsAlong> rows_along_;
};

}  // namespace

Result<std::optional<ledger::GateVerdict>> check_dependents(const Known& known,
                                                            const Folder& folder, const Plan& plan,
                                                            const RollbackOptions& options,
                                                            const KeptScripts& find) {
    const Dependence dependence{known, folder, plan, options, find};
    const auto dependents = dependence.dependents();
    const auto cascades = dependence.cascades();
    if (auto read = find.all_read(); !read && !options.despite_dependents)
        return fail(read.error());
    if (options.despite_dependents && !(dependents.empty() && cascades.empty()))
        return std::optional{
            ledger::GateVerdict{"dependents", true,
                                "overridden: " + joined(dependents) +
                                    (dependents.empty() || cascades.empty() ? "" : "; ") +
                                    (cascades.empty() ? "" : "CASCADE in " + joined(cascades))}};
    if (!dependents.empty())
        return fail(Code::refused, "later-depends", joined(dependents),
                    "undo what depends on it too (--only takes several), or all that is newer "
                    "(--to); --despite-dependents with --reason goes on all the same");
    if (!cascades.empty())
        return fail(Code::refused, "down-cascades",
                    joined(cascades) +
                        " drops with CASCADE, which takes along what later migrations built on it "
                        "without a word",
                    "take CASCADE out of the down script, so that the server refuses where "
                    "something depends on it; or --despite-dependents with --reason");
    if (dependence.nothing_stays()) return std::optional<ledger::GateVerdict>{};
    return std::optional{
        ledger::GateVerdict{"dependents", true, "no later migration names what these touch"}};
}

std::vector<std::string> repeatables_named(const Known& known, const Folder& folder,
                                           const Plan& plan, const RollbackOptions& options,
                                           const KeptScripts& find) {
    return Dependence{known, folder, plan, options, find}.repeatables_named();
}

}  // namespace commands
