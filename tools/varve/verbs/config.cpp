#include "tools/varve/json_document.hpp"
#include "tools/varve/verbs.hpp"

namespace tools::varve {

using ledger::fail;

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
    for (const std::string& text : configuration->notes) console.note(text);
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
