#include "tests/migrations/folder_of.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using migrations::FolderSettings;
using tests::folder_of;
using tests::rules;
using tests::Texts;
using tests::versions;

namespace {

migrations::Folder folder_named(const std::vector<std::string>& names,
                                const std::string& layout = "") {
    std::map<std::string, std::string> files;
    for (const std::string& name : names) files[name] = "SELECT 1;";
    FolderSettings settings;
    if (!layout.empty()) settings.layout = layout;
    return folder_of(files, settings);
}

bool is_refused(const std::vector<std::string>& names, const std::string& layout = "") {
    return rules(folder_named(names, layout)) == Texts{"undo-named-otherwise"};
}

}  // namespace

TEST_CASE("what undoes by another tool's names is refused beside what it undoes") {
    const std::vector<std::string> folders[] = {
        {"0001_a.rollback.sql", "0001_a.sql"}, {"001.do.a.sql", "001.undo.a.sql"},
        {"001.do.sql", "001.undo.sql"},        {"20240101-a-down.sql", "20240101-a-up.sql"},
        {"0001_a.sql", "0001_a_down.sql"},     {"0001_a.sql", "0001_a_rollback.sql"},
        {"0001_down.sql", "0001_up.sql"},      {"1_a.revert.sql", "1_a.sql"},
        {"V1__a.rollback.sql", "V1__a.sql"}};
    for (const auto& names : folders) {
        INFO(names[0]);
        const auto folder = folder_named(names);
        CHECK(rules(folder) == Texts{"undo-named-otherwise"});
        CHECK(folder.migrations.size() == 1);
        CHECK_FALSE(folder.diagnostics.at(0).concerns_running);
    }
}

TEST_CASE("a version of its own makes no migration of what undoes") {
    CHECK(is_refused({"0001_a.sql", "0002_a.rollback.sql"}));
    CHECK(is_refused({"0001_a.sql", "0002_b.undo.sql"}));
    CHECK(is_refused({"001.do.a.sql", "002.undo.a.sql"}));
    CHECK(is_refused({"0001_a.sql", "0002_a_down.sql"}));
    CHECK(is_refused({"1-a-up.sql", "2-a-rollback.sql"}));
    CHECK(is_refused({"V1__a.sql", "V2__a.undo.sql"}));
    CHECK(is_refused({"V1__a_b.sql", "V2__a_b_down.sql"}));
    CHECK(is_refused({"20240101_a.sql", "20240303_a_down.sql", "20240404_b.sql"}));
    CHECK(is_refused({"V1.1__a.sql", "V1.2__a_undo.sql"}));
    CHECK(is_refused({"0001_a.sql", "0002_b.sql", "0009_a.rollback.sql"}));
    CHECK(is_refused({"1_a.sql", "2_a.rollback.sql"}, "sqlx"));
    CHECK(is_refused({"1_a.sql", "2_a.rollback.sql"}, "tern"));
    // Where it has been run, that is done.
    CHECK(folder_named({"1_a.sql", "2_a.undo.sql"}).diagnostics.at(0).concerns_running);
}

TEST_CASE("it is told how to name the two here") {
    const auto help_of = [](const std::vector<std::string>& names) {
        return folder_named(names).diagnostics.at(0).help.at(0);
    };
    CHECK(help_of({"0001_a.rollback.sql", "0001_a.sql"}) ==
          "name it 0001_a.down.sql, what it undoes 0001_a.up.sql, and every other migration "
          "VERSION_name.up.sql");
    CHECK(help_of({"1-a-down.sql", "1-a-up.sql"}).starts_with("name it 1-a.down.sql, "));
    CHECK(help_of({"001.do.sql", "001.undo.sql"}).starts_with("name it 001.down.sql, "));
    CHECK(help_of({"001.do.b.sql", "001.undo.b.sql"}).starts_with("name it 001.b.down.sql, "));
    CHECK(help_of({"V1__a.sql", "V2__a.undo.sql"}).starts_with("name it U<version>__"));
}

TEST_CASE("an honest name that has such a word is a migration") {
    const std::vector<std::string> folders[] = {
        {"0001_a.sql", "0007_rollback.sql"},
        {"0002_scale_up.sql", "0003_roll_down.sql"},
        {"0001_a.sql", "0003_scale_down.sql"},
        {"0001_add_x.sql", "0009_add_x_rollback.sql"},
        {"0001_add_x.sql", "0009_revert_add_x.sql"},
        {"0001_a.sql", "0002_undo.sql"},
        {"0001.sql", "0002_down.sql"},
        {"0001_a.sql", "0002_shutdown.sql", "0003_a_meltdown.sql"},
        {"1_scale_down.up.sql", "2_scale.up.sql"},
        {"0001_orders.sql", "0007_orders_undo.sql"},
        {"20240101_a.sql", "20240102_b.sql", "20240103_a_down.sql"},
        {"0001_a_down.sql", "0002_a.sql"},
        {"0001_scale_up.sql", "0002_x.sql", "0003_scale_down.sql"},
        {"V1__orders.sql", "V7__orders_undo.sql"},
        {"V1__a.sql", "R__orders.sql", "R__orders_down.sql"},
        {"V1__a.sql", "R__view.undo.sql", "R__view.sql"},
        {"B1__a_down.sql", "V2__a.sql"},
        {"V1__scale_down.sql", "V2__x.sql"}};
    for (const auto& names : folders) {
        INFO(names.back());
        const auto folder = folder_named(names);
        CHECK(folder.diagnostics.empty());
        CHECK(folder.migrations.size() == names.size());
    }
    CHECK(rules(folder_named({"0003_scale_down.sql", "0003_x.sql"})) == Texts{"duplicate-version"});
}

TEST_CASE("a file that says its ways itself may be named as it likes") {
    const std::string text = "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n";
    CHECK(folder_of({{"1_a.sql", text}, {"2_a.rollback.sql", text}}).diagnostics.empty());
}

TEST_CASE("what is skipped is not asked about") {
    FolderSettings settings;
    settings.files["1_a.rollback.sql"].skip = true;
    const auto folder = folder_of({{"1_a.sql", ""}, {"1_a.rollback.sql", ""}}, settings);
    CHECK(rules(folder) == Texts{"file-not-run"});
    CHECK(versions(folder) == Texts{"1"});
}

TEST_CASE("an honest name is accepted where somebody says so") {
    FolderSettings settings;
    settings.files["2_a_undo.sql"].allow["undo-named-otherwise"] = "a table of that name";
    CHECK(folder_of({{"1_a.sql", ""}, {"2_a_undo.sql", ""}}, settings).diagnostics.empty());
    const std::string said =
        "-- varve: allow undo-named-otherwise reason=\"a schema\"\nSELECT 1;\n";
    CHECK(folder_of({{"1_b.sql", ""}, {"2_audit.rollback.sql", said}}).diagnostics.empty());
    CHECK(rules(folder_of({{"1_a.sql", said}, {"2_a_undo.sql", ""}})) ==
          Texts{"undo-named-otherwise"});
    const std::string help =
        folder_named({"1_a.sql", "2_a_undo.sql"}).diagnostics.at(0).help.back();
    CHECK(help.find("files.\"2_a_undo.sql\".allow.undo-named-otherwise = ") != std::string::npos);
}

TEST_CASE("where one of two of a version may undo the other, no other version is advised first") {
    const auto help_of = [](const std::vector<std::string>& names) {
        return folder_named(names).diagnostics.at(0).help;
    };
    const auto help = help_of({"0001_a.sql", "0001_undo_a.sql"});
    REQUIRE(help.size() == 2);
    CHECK(
        help[0].starts_with("where 0001_undo_a.sql undoes 0001_a.sql, name it 0001_a.down.sql, "));
    CHECK(help[1].starts_with("else give one of "));
    CHECK(help_of({"0001_AddA.sql", "0001_AddAUndo.sql"}).size() == 2);
    CHECK(help_of({"0001_a.sql", "0001_b.sql"}).size() == 1);
    CHECK(help_of({"0001_a.sql", "0001_a_down.sql"})
              .back()
              .find("give it a version of its own and accept its name") != std::string::npos);
}
