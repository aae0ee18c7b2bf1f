#include "migrations/template.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/proof_files.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/system.hpp"
#include "tools/varve/time_text.hpp"
#include "tools/varve/verbs.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace tools::varve {

namespace fs = std::filesystem;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t name_bytes_max = 200;  // a file's has 255, with version and ending

Result<std::string> file_name(const std::string& name) {
    if (name.size() > name_bytes_max)
        return fail(Code::refused, "usage",
                    "the name has " + std::to_string(name.size()) + " letters, and " +
                        std::to_string(name_bytes_max) + " are taken at most",
                    "say it in a few words");
    std::string answer;
    for (const char character : name) {
        const bool letter = (character >= 'a' && character <= 'z') ||
                            (character >= '0' && character <= '9') || character == '_';
        if (letter)
            answer += character;
        else if (character >= 'A' && character <= 'Z')
            answer += static_cast<char>(character + 32);
        else if (character == ' ' || character == '-')
            answer += '_';
        else
            return fail(Code::refused, "usage", "\"" + name + "\" cannot be part of a file name",
                        "use letters, digits and underscores");
    }
    if (!answer.empty()) return answer;
    return fail(Code::refused, "usage", "the name is empty", "varve new add_orders");
}

// "20261122093000": to the second, and not one that a file there already has.
std::string version_in(const fs::path& folder, std::int64_t now_us) {
    for (;; now_us += 1'000'000) {
        std::string version;
        for (const char character : instant_text(now_us).substr(0, 19))
            if (character >= '0' && character <= '9') version += character;
        bool taken = false;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator{folder, error})
            taken = taken || entry.path().filename().string().starts_with(version);
        if (!taken) return version;
    }
}

// The folder's own template where it has one; "{{name}}" in it stands for the migration's name.
std::string from_template(const fs::path& path, const std::string& name,
                          const std::string& otherwise) {
    std::ifstream in{path, std::ios::binary};
    if (!in) return otherwise;
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    const std::string word = "{{name}}";
    for (auto found = text.find(word); found != std::string::npos;
         found = text.find(word, found + name.size()))
        text.replace(found, word.size(), name);
    return text;
}

// Both files or neither: a migration without a statement would be run, and a down script would
// lack.
Result<void> write_files(const fs::path& up, const std::string& up_text, const fs::path& down,
                         const std::string& down_text) {
    if (auto written = write_text_file(up, up_text); !written) return written;
    auto written = write_text_file(down, down_text);
    std::error_code ignored;
    if (!written) fs::remove(up, ignored);
    return written;
}

// Whether the folder has any migration yet does not matter: where a layout is said, the next run
// would take the new files for none of it.
Result<void> expect_ours(const Configuration& configuration) {
    if (auto known = migrations::check_layout(configuration.folder); !known) return known;
    const auto folder = load_folder(configuration);
    const auto& said = configuration.folder.layout;
    const std::string layout = folder ? (*folder)->layout : said.value_or("varve");
    if (migrations::takes_new_migration(layout)) return {};
    return fail(
        Code::refused, "layout-foreign",
        "the folder is of " + layout + ", and new makes migrations of the varve layout only",
        "write the file as " + layout + " names it");
}

}  // namespace

VerbResult new_migration(const Invocation& invocation, const Console& console,
                         const NewOptions& options) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    const auto name = file_name(options.name);
    if (!name) return fail(name.error());
    if (auto ours = expect_ours(*configuration); !ours) return fail(ours.error());
    const fs::path& folder = configuration->migrations;
    std::error_code error;
    fs::create_directories(folder, error);

    SystemClock clock;
    const std::string stem = version_in(folder, clock.now_us()) + "_" + *name;
    const fs::path up = folder / (stem + ".up.sql");
    const fs::path down = folder / (stem + ".down.sql");
    const auto text = migrations::new_migration(*name);
    const auto written =
        write_files(up, from_template(folder / ".template.up.sql", *name, text.up), down,
                    from_template(folder / ".template.down.sql", *name, text.down));
    if (!written) return fail(written.error());
    console.line("made  " + up.string());
    console.line("made  " + down.string());
    if (console.json()) {
        Json document = new_document(invocation);
        document["up"] = up.string();
        document["down"] = down.string();
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

}  // namespace tools::varve
