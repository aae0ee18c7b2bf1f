#include "migrations/layouts/sqitch.hpp"

#include "migrations/layouts/sqitch_plan.hpp"

#include <utility>

namespace migrations::layouts {

namespace {

struct Places {
    std::string plan{"sqitch.plan"};
    std::string deploy{"deploy"};
    std::string revert{"revert"};
    std::string verify{"verify"};
    std::string extension{"sql"};
};

std::string joined(std::string_view folder, std::string_view name) {
    while (folder.starts_with("./")) folder.remove_prefix(2);
    while (folder.ends_with("/")) folder.remove_suffix(1);
    if (folder.empty() || folder == ".") return std::string{name};
    return std::string{folder} + "/" + std::string{name};
}

// [core] and [engine "pg"] of sqitch.conf, in git's form.
std::map<std::string, std::string> read_settings(std::string_view text) {
    std::map<std::string, std::string> settings;
    bool concerns = false;
    for_each_line(text, [&](std::string_view line, std::size_t, std::uint32_t) {
        line = trim(line);
        if (line.starts_with("[")) concerns = line == "[core]" || line == "[engine \"pg\"]";
        const std::size_t equals = line.find('=');
        if (!concerns || equals == std::string_view::npos || line.find_first_of("#;") == 0) return;
        settings[std::string{trim(line.substr(0, equals))}] = trim(line.substr(equals + 1));
    });
    return settings;
}

Places find_places(Reading& reading) {
    Places places;
    const LayoutFile* file = reading.find("sqitch.conf");
    const auto text = file ? reading.text(*file) : std::nullopt;
    if (!text) return places;
    const auto settings = read_settings(*text);
    const auto setting = [&](const char* name, std::string absent) {
        const auto found = settings.find(name);
        return found == settings.end() ? absent : joined("", found->second);
    };
    const std::string top = setting("top_dir", "");
    places.plan = setting("plan_file", joined(top, places.plan));
    places.deploy = setting("deploy_dir", joined(top, places.deploy));
    places.revert = setting("revert_dir", joined(top, places.revert));
    places.verify = setting("verify_dir", joined(top, places.verify));
    places.extension = setting("extension", places.extension);
    return places;
}

class Sqitch {
public:
    explicit Sqitch(Reading& reading) : reading_{reading}, places_{find_places(reading)} {}

    void run() {
        const LayoutFile* file = reading_.find(places_.plan);
        if (!file) file = reading_.find("sqitch.plan");
        const auto text = file ? reading_.text(*file) : std::nullopt;
        if (!text) return;
        const SqitchPlan plan = parse_sqitch_plan(*text);
        for (const SqitchFault& fault : plan.faults)
            reading_.refuse("plan-unreadable", fault.message, *file, fault.line);
        for (const SqitchChange& change : plan.changes) add(change, *file);
        for (const LayoutFile& other : reading_.files())
            if (!is_script(other)) reading_.use(other);
    }

private:
    // A project's folder holds other SQL as well, which is none of sqitch's.
    [[nodiscard]] bool is_script(const LayoutFile& file) const {
        return file.name.starts_with(places_.deploy + "/") ||
               file.name.starts_with(places_.revert + "/") ||
               file.name.starts_with(places_.verify + "/");
    }

    [[nodiscard]] const LayoutFile* find(const std::string& folder,
                                         const std::string& script) const {
        return reading_.find(joined(folder, script + "." + places_.extension));
    }

    [[nodiscard]] std::string script_of(const SqitchChange& change) const {
        for (const std::string& script : change.scripts)
            if (find(places_.deploy, script)) return script;
        return change.scripts.front();
    }

    void add(const SqitchChange& change, const LayoutFile& plan) {
        const std::string script = script_of(change);
        const LayoutFile* deploy = find(places_.deploy, script);
        if (!deploy) {
            reading_.refuse("file-missing",
                            "the plan has " + change.version + ", but there is no " +
                                joined(places_.deploy, script) + "." + places_.extension,
                            plan, change.line);
            return;
        }
        Migration migration;
        migration.version = {change.version};
        migration.name = change.name;
        if (!change.author.empty()) migration.author = change.author;
        for (const std::string& parent : change.parents) migration.parents.push_back({parent});
        migration.up = reading_.script(*deploy, false);
        if (const LayoutFile* revert = find(places_.revert, script))
            migration.down = reading_.script(*revert, true);
        if (const LayoutFile* verify = find(places_.verify, script))
            migration.verify = read_verify(*verify);
        reading_.add(std::move(migration));
    }

    // It is run under a savepoint that is always rolled back, so its own ROLLBACK is as it should
    // be.
    [[nodiscard]] Script read_verify(const LayoutFile& file) {
        if (!reading_.text(file)) return {};
        return reading_.script({file.path, file.bytes(), 1, false, std::nullopt, {}, {}, true});
    }

    Reading& reading_;
    Places places_;
};

}  // namespace

void read_sqitch(Reading& reading) { Sqitch{reading}.run(); }

}  // namespace migrations::layouts
