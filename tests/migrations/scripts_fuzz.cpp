// Everything that reads migration files, given arbitrary bytes: layouts, statements, directives,
// rules, secrets. The first byte chooses the file's name, and so the layout.
//
// Run  tools/fuzz [SECONDS]
#include "migrations/folder.hpp"
#include "migrations/rules/diagnose.hpp"
#include "migrations/secrets.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace {

constexpr std::array names{
    "20261122093000_a.up.sql", "V1__a.sql",  "20261122093000_a.sql", "00001_a.sql", "sqitch.plan",
    "meta/_journal.json",      "R__a.sql",   "1_a/migration.sql",    "1_a/up.sql",  "flyway.conf",
    "0001_a.down.sql",         "a.sql.conf", "1_a/metadata.yaml",    "B1__a.sql",   "deploy/a.sql",
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::string_view bytes{reinterpret_cast<const char*>(data) + 1, size - 1};
    migrations::SourceTree tree;
    tree.files[names.at(data[0] % names.size())] = {std::string{bytes}, ""};
    if ((data[0] & 0x80U) != 0) tree.files["sqitch.plan"] = {"%project=a\n", ""};
    const auto folder = migrations::read_folder(tree, {});
    migrations::rules::Schema schema;
    if (folder)
        for (const migrations::Migration& migration : folder->migrations)
            (void)migrations::rules::diagnose({migration.up.text, migration.up.path, 1}, {}, {},
                                              schema);
    (void)migrations::rules::diagnose({bytes, "a.sql", 1}, {}, {}, schema);
    (void)migrations::find_secrets(bytes);
    return 0;
}
