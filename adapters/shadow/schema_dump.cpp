#include "adapters/shadow/schema_dump.hpp"

#include "adapters/shadow/data_folder.hpp"
#include "adapters/shadow/process.hpp"
#include "adapters/shadow/temporary_folder.hpp"

#include <fstream>
#include <optional>
#include <string_view>
#include <unistd.h>

namespace adapters::shadow {

namespace {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

// A folder that only we can read, for as long as this lives.
class PrivateFolder {
public:
    PrivateFolder() : name_{(temporary_folder() / "varve-schema.XXXXXX").string()} {
        if (mkdtemp(name_.data()) == nullptr) name_.clear();
    }
    PrivateFolder(const PrivateFolder&) = delete;
    PrivateFolder& operator=(const PrivateFolder&) = delete;
    ~PrivateFolder() {
        std::error_code ignored;
        if (!name_.empty()) fs::remove_all(name_, ignored);
    }

    [[nodiscard]] bool is_there() const { return !name_.empty(); }
    [[nodiscard]] fs::path path() const { return name_; }

private:
    std::string name_;
};

std::vector<std::string> words_of(const SchemaDump& request, const fs::path& file) {
    std::vector<std::string> words{(request.programs.folder / "pg_dump").string(),
                                   "--schema-only",
                                   "--no-owner",
                                   "--no-privileges",
                                   "--no-tablespaces",
                                   "--no-publications",
                                   "--no-subscriptions",
                                   "--no-password",
                                   "--encoding=UTF8",
                                   "--lock-wait-timeout=5s",
                                   "--file=" + file.string()};
    for (const std::string& schema : request.left_out_schemas)
        words.push_back("--exclude-schema=\"" + schema + "\"");
    words.push_back("--dbname=" + request.connection);
    return words;
}

// Newer ones shield the script: "\restrict KEY" comes before it and "\unrestrict KEY" after, with a
// key that nothing in between can know.
std::string statements_of(const fs::path& file) {
    constexpr std::string_view shield = "\\restrict ";
    std::ifstream stream{file, std::ios::binary};
    std::string text;
    std::optional<std::string> key;
    for (std::string line; std::getline(stream, line);) {
        if (!key && line.starts_with(shield))
            key = line.substr(shield.size());
        else if (!key || line != "\\unrestrict " + *key)
            text += line + "\n";
    }
    return text;
}

}  // namespace

Result<std::string> dump_schema(const SchemaDump& request) {
    std::error_code error;
    if (!fs::exists(request.programs.folder / "pg_dump", error))
        return fail(Code::unavailable, "shadow-missing",
                    "there is no pg_dump in " + request.programs.folder.string(),
                    "install the client programs too (Debian: postgresql-client)");
    const PrivateFolder folder;
    if (!folder.is_there())
        return fail(Code::unavailable, "shadow-failed",
                    "no folder can be made in " + temporary_folder().string(),
                    "let TMPDIR name a folder that can be written");
    const fs::path file = folder.path() / "schema.sql";
    const fs::path log = folder.path() / "pg_dump.log";
    const int status =
        run_program(words_of(request, file), folder.path(), log, {}, request.environment);
    if (status == 0) return statements_of(file);
    return fail(Code::unavailable, "schema-unreadable",
                "pg_dump has not read the target's schema: " + last_words(log),
                "its role must be able to read every table's definition (LOCK TABLE ... IN ACCESS "
                "SHARE MODE); without --shadow-from the schema comes from the ledger");
}

}  // namespace adapters::shadow
