#include "migrations/layouts/graphile_migrate.hpp"

#include "migrations/layouts/comments.hpp"
#include "migrations/layouts/names.hpp"
#include "migrations/layouts/order.hpp"

#include <utility>

namespace migrations::layouts {

namespace {

std::string header_of(std::string_view text, std::string_view key) {
    std::string value;
    for_each_line(text, [&](std::string_view line, std::size_t, std::uint32_t) {
        if (!line.starts_with("--!") || !value.empty()) return;
        const std::string_view header = trim(line.substr(3));
        if (header.starts_with(key) && header.substr(key.size()).starts_with(":"))
            value = trim(header.substr(key.size() + 1));
    });
    return value;
}

void check_chain(Reading& reading) {
    std::string previous = "-";
    for (const Migration& migration : reading.migrations()) {
        const std::string said = header_of(migration.up.bytes, "Previous");
        if (said != previous)
            reading.say(Severity::error, "chain-broken",
                        "its Previous is " + said + ", but the migration before it is " + previous,
                        migration.up.path, 1);
        previous = header_of(migration.up.bytes, "Hash");
    }
}

}  // namespace

void read_graphile_migrate(Reading& reading) {
    for (const LayoutFile& file : reading.files()) {
        const std::string_view folder = parent_of(file.name);
        const auto name = parse_single_name(base_name(file.name));
        if (!name || (!folder.empty() && base_name(folder) != "committed")) continue;
        Migration migration;
        migration.version = {name->version};
        migration.name = name->name.empty() ? header_of(file.bytes(), "Message") : name->name;
        migration.up = reading.script(file, false, declared_mode(reading, file));
        reading.add(std::move(migration));
    }
    sort_by_number(reading.migrations());
    check_chain(reading);
}

}  // namespace migrations::layouts
