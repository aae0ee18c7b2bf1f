#include "tools/varve/configuration.hpp"

#include "tests/support/must.hpp"
#include "tools/varve/session.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

using namespace tools::varve;
using tests::error_of;
using tests::must;

namespace {

class File {
public:
    explicit File(const std::string& text) {
        std::filesystem::create_directories(folder_);
        std::ofstream{folder_ / "varve.toml"} << text;
        flags.config = (folder_ / "varve.toml").string();
        flags.environment = "development";
    }
    ~File() { std::filesystem::remove_all(folder_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    Flags flags;

private:
    std::filesystem::path folder_ = std::filesystem::temp_directory_path() /
                                    ("varve-configuration-" + std::to_string(getpid()));
};

Setting url_of(const Configuration& configuration) {
    const auto& all = configuration.settings;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [](const Setting& setting) { return setting.key == "url"; });
    REQUIRE(found != all.end());
    return *found;
}

}  // namespace

TEST_CASE("a working folder that was removed is told, unless nothing counts from it") {
    const File file{"[migrations]\npath = \"here\"\n"};
    const auto before = std::filesystem::current_path();
    const auto gone =
        std::filesystem::temp_directory_path() / ("varve-gone-" + std::to_string(getpid()));
    std::filesystem::create_directory(gone);
    std::filesystem::current_path(gone);
    std::filesystem::remove(gone);
    Flags flags;
    const auto without_file = read_configuration(flags);
    flags.ledger = "/ledger";
    const auto without_flag = read_configuration(flags);
    flags.config = file.flags.config;
    const auto absolute = read_configuration(flags);
    flags.ledger = "ledger";
    const auto relative = read_configuration(flags);
    std::filesystem::current_path(before);
    for (const auto* refused : {&without_file, &without_flag, &relative})
        CHECK(error_of(*refused).reason == "working-folder-missing");
    CHECK(absolute.has_value());
}

TEST_CASE("a URL that is asked for and not there stops only what connects") {
    unsetenv("VARVE_NO_SUCH_VARIABLE");
    for (const std::string url : {"env:VARVE_NO_SUCH_VARIABLE", "file:no-such-file"}) {
        const File file{"[environments.development]\nurl = \"" + url + "\"\n"};
        const auto configuration = must(read_configuration(file.flags));
        CHECK_FALSE(configuration.url);
        CHECK(url_of(configuration).value == "(not set)");
        CHECK(url_of(configuration).origin == "varve.toml:2 (" + url + ")");
        CHECK(error_of(connector(configuration)).reason == "url-missing");
    }
}

TEST_CASE("a file whose URL cannot be read is told from one without any") {
    const auto why = [](const std::string& url) {
        const File file{"[environments.development]\nurl = \"" + url + "\"\n"};
        return error_of(connector(must(read_configuration(file.flags)))).detail;
    };
    CHECK(why("file:/no/such/file") ==
          "cannot read a URL from /no/such/file: No such file or directory");
    CHECK(why("file:/") == "cannot read a URL from /: it is a folder");
    CHECK(why("file:/dev/null") == "cannot read a URL from /dev/null: its first line is empty");
    CHECK(why("env:") == "\"env:\" names no variable (varve.toml:2)");
}

TEST_CASE("a password in a file that everybody can read is told") {
    using std::filesystem::perms;
    const auto path = std::filesystem::temp_directory_path() / "varve-url-of-configuration-test";
    const File file{"[environments.development]\nurl = \"file:" + path.string() + "\"\n"};
    const auto notes = [&](const std::string& url, perms permissions) {
        std::ofstream{path} << url << '\n';
        std::filesystem::permissions(path, permissions);
        return must(read_configuration(file.flags)).notes;
    };
    const auto open = perms::owner_read | perms::owner_write | perms::others_read;
    const auto told = notes("postgresql://me:secret@host/db", open);
    REQUIRE(told.size() == 1);
    CHECK(told[0].find(path.string() + " holds a password") == 0);
    CHECK(told[0].find("secret") == std::string::npos);
    CHECK(notes("postgresql://me@host/db", open).empty());
    CHECK(notes("postgresql://me:secret@host/db", perms::owner_read | perms::owner_write).empty());
    std::filesystem::remove(path);
}

TEST_CASE("an environment may come after another that comes after a third") {
    const File file{
        "[environments.development]\nafter = \"a\"\n[environments.a]\nafter = \"b\"\n"
        "[environments.b]\n"};
    CHECK(must(read_configuration(file.flags)).after == "a");
}

TEST_CASE("an empty URL does not lead to whatever libpq would choose") {
    const File file{"[environments.development]\nurl = \"\"\n"};
    for (const bool on_the_command_line : {false, true}) {
        Flags flags = file.flags;
        if (on_the_command_line) flags.url = "";
        const auto configuration = must(read_configuration(flags));
        CHECK_FALSE(configuration.url);
        const auto error = error_of(connector(configuration));
        CHECK(error.reason == "url-missing");
        CHECK(error.detail.starts_with("the URL is empty"));
    }
}

TEST_CASE("a URL with a password in the file is masked, and noted") {
    const File file{"[environments.development]\nurl = \"postgresql://u:a@s3cret@h/d\"\n"};
    const auto configuration = must(read_configuration(file.flags));
    CHECK(url_of(configuration).value == "postgresql://u:***@h/d");
    REQUIRE(configuration.notes.size() == 1);
    CHECK(configuration.notes[0].starts_with("varve.toml:2: "));
    CHECK(configuration.notes[0].find("s3cret") == std::string::npos);

    const File plain{"[environments.development]\nurl = \"postgresql://u@h/d\"\n"};
    CHECK(must(read_configuration(plain.flags)).notes.empty());
}

TEST_CASE("a value that cannot work is refused with its line") {
    for (const std::string line :
         {"[run]\nlock_timeout = \"abc\"",
          "[run]\nlock_wait = \"5 parsecs\"",
          "[run]\nstatement_timeout = \"\"",
          "[run]\nlock_wait = \"99999999999999999999s\"",
          "[run]\nlock_retries = -1",
          "[run]\nlock_retries = 1001",
          "[run]\nmarker_schema = \"\"",
          "[run]\nmarker_schema = "
          "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"",
          "[run]\nmarker_schema = \"pg_own\"",
          "[environments.other]\nmarker_schema = \"a\\u0000b\"",
          "\norganisation = \"\"",
          "[environments.other]\napprovals = -1",
          "[ledger]\npath = \"~/ledger\"",
          "[migrations]\npath = \"$HOME/migrations\"",
          "[ledger]\npath = \"\"",
          "[ledger]\nsigning_key = \"\"",
          "[migrations]\npath = \"\"",
          "[environments.other]\nafter = \"\"",
          "[environments.other]\nafter = \"other\"",
          "[environments.a]\nafter = \"b\"\n[environments.b]\nafter = \"a\"",
          "[environments.a]\nafter = \"b\"\n[environments.b]\nafter = \"c\"\n"
          "[environments.c]\nafter = \"a\"",
          "[rules]\nsyntax-error = \"off\"",
          "[environments.other.rules]\nsyntax-error = \"note\"",
          "[environments.other]\npooler = \"transaction\""}) {
        INFO(line);
        const File file{line + "\n"};
        const auto error = error_of(read_configuration(file.flags));
        CHECK(error.reason == "configuration-invalid");
        CHECK(error.detail.starts_with("varve.toml:2: "));
        CHECK_FALSE(error.help.empty());
    }
}

TEST_CASE("a flag that cannot work is refused by its name") {
    File file{""};
    file.flags.lock_timeout = "5 parsecs";
    CHECK(error_of(read_configuration(file.flags)).detail.starts_with("--lock-timeout: "));
    file.flags.lock_timeout = "5 s";
    CHECK(must(read_configuration(file.flags)).lock_timeout == "5 s");
    file.flags.lock_retries = 1001;
    CHECK(error_of(read_configuration(file.flags)).detail.starts_with("--lock-retries: "));
    file.flags.lock_retries = 1;
    for (const std::string path : {"", "~/ledger", "$HOME/ledger"}) {
        file.flags.ledger = path;
        CHECK(error_of(read_configuration(file.flags)).detail.starts_with("--ledger: "));
    }
}

TEST_CASE("a setting of no section is named without one") {
    const File wrong{"organisation = 3\n"};
    CHECK(error_of(read_configuration(wrong.flags)).detail ==
          "varve.toml:1: \"organisation\" must be a text in quotes");
    const File unknown{"organization = \"example.com\"\n"};
    CHECK(error_of(read_configuration(unknown.flags)).detail ==
          "varve.toml:1: unknown setting \"organization\" outside of any section");
}

TEST_CASE("durations are those of PostgreSQL") {
    CHECK(duration_ms("0") == 0);
    CHECK(duration_ms("500") == 500);
    CHECK(duration_ms("1500us") == 2);
    CHECK(duration_ms("1.5s") == 1'500);
    CHECK(duration_ms("2 min") == 120'000);
    CHECK(duration_ms("1h") == 3'600'000);
    CHECK(duration_ms("24d") == 2'073'600'000);
    for (const std::string text : {"", "s", "-1s", "+1", "5m", "5S", "25d", "5s x", "1e3"})
        CHECK_FALSE(duration_ms(text));
}

TEST_CASE("an environment that the file does not know is refused, whatever the URL") {
    const File file{"[environments.production]\napprovals = 2\n"};
    Flags flags = file.flags;
    flags.environment = "prodution";
    flags.url = "postgresql:///other";
    const auto error = error_of(read_configuration(flags));
    CHECK(error.reason == "environment-unknown");
    CHECK(error.help == "known: production");
}

TEST_CASE(
    "the ledger's key is the file's for the ledger that the file names, however it is named") {
    const File file{"[ledger]\npath = \"kept\"\nsigning_key = \"keys/sign.key\"\n"};
    const auto folder = std::filesystem::path{*file.flags.config}.parent_path();
    Flags flags = file.flags;
    for (const std::filesystem::path& same : {folder / "kept", folder / "x" / ".." / "kept"}) {
        flags.ledger = same.string();
        CHECK(must(read_configuration(flags)).signing_key == folder / "keys/sign.key");
    }
    flags.ledger = (folder / "another").string();
    CHECK(must(read_configuration(flags)).signing_key == folder / "another.key");
}

TEST_CASE("what an environment says of a kind outweighs what is said of its rules for all") {
    const File file{
        "[rules]\ndrop-column = \"warning\"\nprefer-bigint = \"warning\"\n"
        "[environments.development.rules]\nhazard = \"error\"\ndrop-table = \"off\"\n"};
    const auto severities = must(read_configuration(file.flags)).rules.severities;
    CHECK(severities.at("drop-column") == migrations::Severity::error);
    CHECK(severities.at("prefer-bigint") == migrations::Severity::warning);
    CHECK(severities.at("drop-table") == std::nullopt);
}

TEST_CASE("every setting is listed, and one that does nothing here says so") {
    const File file{
        "[migrations]\nschema = \"schema\"\nfiles.\"1.sql\".allow = { truncate = \"a cache\" }\n"};
    const auto configuration = must(read_configuration(file.flags));
    const auto& all = configuration.settings;
    CHECK(std::any_of(all.begin(), all.end(), [](const Setting& setting) {
        return setting.key == "migrations.files.\"1.sql\".allow.truncate" &&
               setting.value == "a cache";
    }));
    REQUIRE(configuration.notes.size() == 1);
    CHECK(configuration.notes[0] == "varve.toml:2: migrations.schema does nothing in this version");
}
