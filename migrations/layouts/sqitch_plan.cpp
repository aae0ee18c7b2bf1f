#include "migrations/layouts/sqitch_plan.hpp"

#include "migrations/layouts/reading.hpp"

#include <map>
#include <utility>

namespace migrations::layouts {

namespace {

// One instance of a change: where it is in the plan, and the first tag after it.
struct Instance {
    std::size_t index{};
    std::size_t tag_count{};  // tags before it
};

class Parser {
public:
    SqitchPlan run(std::string_view text) {
        for_each_line(text, [&](std::string_view line, std::size_t, std::uint32_t number) {
            line_ = number;
            see(trim(line));
        });
        name_scripts();
        return std::move(plan_);
    }

private:
    void refuse(std::string message) { plan_.faults.push_back({line_, std::move(message)}); }

    void see(std::string_view line) {
        if (line.empty() || line[0] == '#') return;
        if (line[0] == '%') return see_pragma(line.substr(1));
        if (line[0] == '@') return see_tag(line.substr(1));
        if (line[0] == '-') return refuse("a revert in the plan is not understood");
        if (line[0] == '+') line.remove_prefix(1);
        see_change(trim(line));
    }

    void see_pragma(std::string_view pragma) {
        const std::size_t equals = pragma.find('=');
        if (equals == std::string_view::npos) return;
        const std::string_view name = trim(pragma.substr(0, equals));
        if (name == "project") plan_.project = trim(pragma.substr(equals + 1));
        if (name == "uri") plan_.uri = trim(pragma.substr(equals + 1));
    }

    void see_tag(std::string_view tag) {
        const std::string name{tag.substr(0, tag.find_first_of(" \t"))};
        if (!tags_.emplace(name, tag_names_.size()).second)
            refuse("the tag @" + name + " comes twice");
        tag_names_.push_back(name);
    }

    void see_change(std::string_view line) {
        SqitchChange change;
        change.line = line_;
        change.name = line.substr(0, line.find_first_of(" \t["));
        line = trim(line.substr(change.name.size()));
        auto& instances = instances_[change.name];
        if (!instances.empty() && instances.back().tag_count == tag_names_.size())
            return refuse(change.name + " comes twice with no tag between");
        if (!line.empty() && line[0] == '[') {
            const std::size_t end = line.find(']');
            if (end == std::string_view::npos) return refuse("the list of dependencies has no end");
            read_dependencies(change, line.substr(1, end - 1));
            line = trim(line.substr(end + 1));
        }
        const std::size_t note = line.find('#');
        change.author = author_of(line.substr(0, note));
        change.planned_at = line.substr(0, line.find_first_of(" \t"));
        if (note != std::string_view::npos) change.note = unescaped(trim(line.substr(note + 1)));
        instances.push_back({plan_.changes.size(), tag_names_.size()});
        change.version = change.name;
        if (instances.size() > 1) change.version += "#" + std::to_string(instances.size());
        plan_.changes.push_back(std::move(change));
    }

    // "2020-04-15T01:19:51Z A Name <name@example.com>"
    static std::string author_of(std::string_view planner) {
        const std::size_t space = planner.find_first_of(" \t");
        return space == std::string_view::npos ? std::string{}
                                               : std::string{trim(planner.substr(space))};
    }

    // A note of several lines stands on one.
    static std::string unescaped(std::string_view note) {
        std::string text;
        for (std::size_t index = 0; index < note.size(); ++index) {
            const char next = index + 1 < note.size() ? note[index + 1] : '\0';
            const bool escaped =
                note[index] == '\\' && (next == 'n' || next == 'r' || next == '\\');
            text += !escaped ? note[index] : next == 'n' ? '\n' : next == 'r' ? '\r' : '\\';
            if (escaped) ++index;
        }
        return text;
    }

    void read_dependencies(SqitchChange& change, std::string_view list) {
        while (!(list = trim(list)).empty()) {
            const std::string_view word = list.substr(0, list.find_first_of(" \t"));
            list.remove_prefix(word.size());
            read_dependency(change, word);
        }
    }

    void read_dependency(SqitchChange& change, std::string_view word) {
        const bool conflicts = word[0] == '!';
        if (conflicts) word.remove_prefix(1);
        if (word.empty()) return refuse("a dependency has no name");
        if (word[0] == ':') word.remove_prefix(1);
        const std::size_t colon = word.find(':');
        const bool own = colon != std::string_view::npos && word.substr(0, colon) == plan_.project;
        (conflicts ? change.conflicts_words : change.requires_words)
            .emplace_back(own ? word.substr(colon + 1) : word);
        if (colon != std::string_view::npos) {
            if (word.substr(0, colon) != plan_.project) return;
            word.remove_prefix(colon + 1);
        }
        const std::string* version = resolve(word);
        if (conflicts && version)
            refuse("it conflicts with " + *version + ", which comes before it");
        if (!conflicts && !version && !word.starts_with('@'))
            refuse("it requires " + std::string{word} + ", which does not come before it");
        if (!conflicts && version) change.parents.push_back(*version);
    }

    // The newest instance of a change, or the one that a tag froze.
    const std::string* resolve(std::string_view word) const {
        const std::size_t at = word.find('@');
        const auto found = instances_.find(std::string{word.substr(0, at)});
        if (found == instances_.end() || found->second.empty()) return nullptr;
        if (at == std::string_view::npos) return &plan_.changes[found->second.back().index].version;
        const std::string tag{word.substr(at + 1)};
        const std::string* version = nullptr;
        for (const Instance& instance : found->second)
            if (tag == "HEAD" || (tags_.contains(tag) && instance.tag_count <= tags_.at(tag)))
                version = &plan_.changes[instance.index].version;
        return version;
    }

    void name_scripts() {
        for (const auto& [name, instances] : instances_)
            for (std::size_t index = 0; index < instances.size(); ++index) {
                auto& scripts = plan_.changes[instances[index].index].scripts;
                if (index + 1 == instances.size())
                    scripts = {name};
                else
                    for (std::size_t tag = instances[index].tag_count;
                         tag < instances[index + 1].tag_count; ++tag)
                        scripts.push_back(name + "@" + tag_names_[tag]);
            }
    }

    SqitchPlan plan_;
    std::uint32_t line_{};
    std::vector<std::string> tag_names_;
    std::map<std::string, std::size_t> tags_;
    std::map<std::string, std::vector<Instance>> instances_;
};

}  // namespace

SqitchPlan parse_sqitch_plan(std::string_view text) { return Parser{}.run(text); }

}  // namespace migrations::layouts
