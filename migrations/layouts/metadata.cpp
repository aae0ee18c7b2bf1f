#include "migrations/layouts/metadata.hpp"

#include <exception>
#include <set>
#include <toml++/toml.h>
#include <yaml-cpp/yaml.h>

namespace migrations::layouts {

namespace {

std::optional<toml::table> read_toml(Reading& reading, const LayoutFile& file) {
    const auto text = reading.text(file);
    if (!text) return std::nullopt;
    try {
        return toml::parse(*text);
    } catch (const toml::parse_error& error) {
        reading.refuse("metadata-unreadable", std::string{error.description()}, file,
                       static_cast<std::uint32_t>(error.source().begin.line));
        return std::nullopt;
    }
}

const std::set<std::string>& sourcegraph_keys() {
    static const std::set<std::string> keys{
        "name",       "parent",        "parents",      "createIndexConcurrently",
        "privileged", "nonIdempotent", "noTransaction"};
    return keys;
}

SourcegraphMetadata from_yaml(Reading& reading, const LayoutFile& file, const YAML::Node& root) {
    SourcegraphMetadata metadata;
    for (const auto& member : root) {
        const auto key = member.first.as<std::string>();
        if (!sourcegraph_keys().contains(key))
            reading.refuse("directive-unknown", "the key \"" + key + "\" is not understood", file,
                           static_cast<std::uint32_t>(member.first.Mark().line + 1));
    }
    if (root["name"]) metadata.name = root["name"].as<std::string>("");
    for (const char* key : {"createIndexConcurrently", "noTransaction"})
        if (root[key] && root[key].as<bool>()) metadata.creates_index_concurrently = true;
    if (root["parent"] && root["parent"].IsScalar())
        metadata.parents.push_back(root["parent"].as<std::string>());
    if (root["parents"] && root["parents"].IsSequence())
        for (const auto& parent : root["parents"])
            metadata.parents.push_back(parent.as<std::string>());
    return metadata;
}

}  // namespace

std::optional<sql::DeclaredMode> read_diesel_metadata(Reading& reading, const LayoutFile& file) {
    const auto table = read_toml(reading, file);
    if (!table) return std::nullopt;
    std::optional<sql::DeclaredMode> declared;
    for (const auto& [key, value] : *table) {
        const auto said = value.value_exact<bool>();
        if (key == "run_in_transaction" && said) {
            if (!*said)
                declared = sql::DeclaredMode{TransactionMode::none, "run_in_transaction = false"};
            continue;
        }
        reading.refuse(
            "directive-unknown",
            "the setting \"" + std::string{std::string_view{key}} + "\" is not understood", file,
            static_cast<std::uint32_t>(value.source().begin.line));
    }
    return declared;
}

void check_prisma_lock(Reading& reading, const LayoutFile& file) {
    const auto table = read_toml(reading, file);
    if (!table) return;
    const std::string provider = (*table)["provider"].value_or(std::string{"postgresql"});
    if (provider != "postgresql" && provider != "postgres" && provider != "cockroachdb")
        reading.refuse("other-database", "the migrations are for " + provider + ", not PostgreSQL",
                       file);
}

SourcegraphMetadata read_sourcegraph_metadata(Reading& reading, const LayoutFile& file) {
    const auto text = reading.text(file);
    if (!text) return {};
    try {
        const YAML::Node root = YAML::Load(*text);
        if (root.IsMap()) return from_yaml(reading, file, root);
        reading.refuse("metadata-unreadable", "it is not a list of settings", file);
    } catch (const YAML::Exception& error) {
        reading.refuse("metadata-unreadable", error.msg, file,
                       static_cast<std::uint32_t>(error.mark.line + 1));
    }
    return {};
}

}  // namespace migrations::layouts
