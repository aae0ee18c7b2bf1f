#include "adapters/rocksdb/reader.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tools::varve {

using ledger::fail;

namespace {

// What the ledger says of itself; nothing where there is none that can be read.
std::optional<std::string> organisation_of(const std::filesystem::path& ledger) {
    const auto reader = adapters::rocksdb::Reader::open(ledger);
    if (!reader) return std::nullopt;
    const auto first = ledger::read_records(**reader, 0, 1);
    if (!first || first->empty()) return std::nullopt;
    const auto* created = std::get_if<ledger::LedgerCreated>(&first->front().data);
    return created == nullptr ? std::nullopt : std::optional{created->organisation};
}

// It is part of what the ledger's checkpoints and keys are called.
std::vector<std::string> notes_on(const Configuration& configuration) {
    auto notes = configuration.notes;
    const bool is_said = std::any_of(
        configuration.settings.begin(), configuration.settings.end(), [](const Setting& setting) {
            return setting.key == "organisation" && setting.origin != "default";
        });
    const auto organisation = organisation_of(configuration.ledger);
    if (is_said && organisation && *organisation != configuration.organisation)
        notes.push_back("organisation \"" + configuration.organisation +
                        "\" changes nothing: the ledger was made for \"" + *organisation +
                        "\", and keeps that name");
    return notes;
}

}  // namespace

VerbResult config(const Invocation& invocation, const Console& console) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    console.line(configuration->file ? "read " + configuration->file->string()
                                     : "no varve.toml was found; defaults are used");
    Table table;
    for (const Setting& setting : configuration->settings)
        table.push_back(
            {setting.key, setting.value, console.paint(Colour::grey, "(" + setting.origin + ")")});
    console.lines(align(table));
    for (const std::string& text : notes_on(*configuration)) console.note(text);
    if (console.json()) {
        Json document = new_document(invocation);
        document["file"] =
            configuration->file ? Json(configuration->file->string()) : Json(nullptr);
        document["settings"] = Json::array();
        for (const Setting& setting : configuration->settings)
            document["settings"].push_back(
                {{"key", setting.key}, {"value", setting.value}, {"origin", setting.origin}});
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

}  // namespace tools::varve
