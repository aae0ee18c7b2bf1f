#include "tools/varve/configuration_file.hpp"

#include "migrations/rules/diagnose.hpp"
#include "tools/varve/event_table.hpp"
#include "tools/varve/harmless_text.hpp"

#include <algorithm>
#include <fstream>
#include <functional>
#include <toml++/toml.h>

namespace tools::varve {

using ledger::Code;
using ledger::Error;
using ledger::fail;
using ledger::Result;

namespace {

// Reads values out of tables; the first thing that is wrong sticks.
class FileReader {
public:
    explicit FileReader(std::string name) : name_{std::move(name)} {}

    void wrong(const toml::node& node, const std::string& what, const std::string& help) {
        if (error_) return;
        error_ = Error{Code::refused, "configuration-invalid",
                       name_ + ":" + std::to_string(node.source().begin.line) + ": " + what, help};
    }

    template <class T>
    void read(const toml::node& node, const std::string& key, std::optional<Written<T>>& into) {
        const auto value = node.value_exact<T>();
        if (!value) return wrong(node, "\"" + key + "\" must be " + type_name<T>(), "");
        into = Written<T>{*value, static_cast<std::uint32_t>(node.source().begin.line)};
    }

    using Field = std::function<void(const toml::node&, const std::string&)>;
    // The file itself is the table without a name.
    void table(const toml::node& node, const std::string& name,
               const std::map<std::string, Field>& fields) {
        const toml::table* table = node.as_table();
        if (table == nullptr) return wrong(node, "\"" + name + "\" must be a table", "");
        for (const auto& [key, value] : *table) {
            const auto field = fields.find(std::string{key.str()});
            if (field == fields.end())
                wrong(value,
                      "unknown setting \"" + std::string{key.str()} + "\" " +
                          (name.empty() ? "outside of any section" : "in [" + name + "]"),
                      "known there: " + names(fields));
            else
                field->second(value, (name.empty() ? "" : name + ".") + std::string{key.str()});
        }
    }

    template <class T>
    Field field(std::optional<Written<T>>& into) {
        return [this, &into](const toml::node& node, const std::string& key) {
            read(node, key, into);
        };
    }

    [[nodiscard]] const std::optional<Error>& error() const { return error_; }

private:
    template <class T>
    static std::string type_name() {
        if constexpr (std::is_same_v<T, std::string>) return "a text in quotes";
        if constexpr (std::is_same_v<T, std::int64_t>) return "a whole number";
        return "true or false";
    }

    static std::string names(const std::map<std::string, Field>& fields) {
        std::string all;
        for (const auto& [name, unused] : fields) all += (all.empty() ? "" : ", ") + name;
        return all;
    }

    std::string name_;
    std::optional<Error> error_;
};

void read_placeholders(FileReader& reader, const toml::node& node, ConfigurationFile& file) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return reader.wrong(node, "\"placeholders\" must be a table", "");
    for (const auto& [key, value] : *table) {
        const auto text = value.value_exact<std::string>();
        if (!text)
            reader.wrong(value, "a placeholder must be a text in quotes", "");
        else
            file.placeholders[std::string{key.str()}] = *text;
    }
}

// Each a rule and why what it finds is accepted.
void read_reasons(FileReader& reader, const toml::node& node, const std::string& name,
                  std::map<std::string, std::string>& reasons) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return reader.wrong(node, "\"" + name + "\" must be a table", "");
    for (const auto& [key, value] : *table) {
        if (!migrations::rules::is_acceptable(key.str()))
            return reader.wrong(value, "there is no rule \"" + std::string{key.str()} + "\"",
                                "varve validate --rules lists them");
        const auto reason = value.value_exact<std::string>();
        if (!reason || reason->empty())
            return reader.wrong(value, "\"" + name + "\" needs a reason, a text in quotes", "");
        reasons[std::string{key.str()}] = *reason;
    }
}

void read_file_settings(FileReader& reader, const toml::node& node, const std::string& name,
                        ConfigurationFile& file) {
    std::optional<Written<std::string>> transaction;
    std::optional<Written<bool>> skip;
    reader.table(node, "migrations.files.\"" + name + "\"",
                 {{"transaction", reader.field(transaction)},
                  {"skip", reader.field(skip)},
                  {"allow", [&](const toml::node& at, const std::string& where) {
                       read_reasons(reader, at, where, file.files[name].allow);
                   }}});
    if (skip) file.files[name].skip = skip->value;
    if (!transaction) return;
    if (transaction->value != "on" && transaction->value != "off")
        return reader.wrong(node, "\"transaction\" must be \"on\" or \"off\"", "");
    file.files[name].transaction = transaction->value == "on" ? migrations::TransactionMode::one
                                                              : migrations::TransactionMode::none;
}

void read_migrations(FileReader& reader, const toml::node& node, ConfigurationFile& file) {
    reader.table(
        node, "migrations",
        {{"path", reader.field(file.migrations_path)},
         {"layout", reader.field(file.layout)},
         {"order", reader.field(file.order)},
         {"schema", reader.field(file.schema)},
         {"placeholders", [&](const toml::node& value,
                              const std::string&) { read_placeholders(reader, value, file); }},
         {"files", [&](const toml::node& value, const std::string&) {
              const toml::table* table = value.as_table();
              if (table == nullptr) return reader.wrong(value, "\"files\" must be a table", "");
              for (const auto& [key, settings] : *table)
                  read_file_settings(reader, settings, std::string{key.str()}, file);
          }}});
}

void read_rules(FileReader& reader, const toml::node& node, const std::string& name,
                RuleSeverities& rules) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return reader.wrong(node, "\"" + name + "\" must be a table", "");
    for (const auto& [key, value] : *table) {
        std::optional<Written<std::string>> severity;
        reader.read(value, name + "." + std::string{key.str()}, severity);
        if (severity) rules[std::string{key.str()}] = *severity;
    }
}

void read_texts(FileReader& reader, const toml::node& node, const std::string& name,
                std::optional<Written<std::vector<std::string>>>& into) {
    const toml::array* array = node.as_array();
    if (array == nullptr) return reader.wrong(node, "\"" + name + "\" must be a list of texts", "");
    Written<std::vector<std::string>> all;
    all.line = static_cast<std::uint32_t>(node.source().begin.line);
    for (const toml::node& each : *array) {
        const auto text = each.value_exact<std::string>();
        if (!text)
            return reader.wrong(each, "each of \"" + name + "\" must be a text in quotes", "");
        all.value.push_back(*text);
    }
    into = std::move(all);
}

void read_environments(FileReader& reader, const toml::node& node, ConfigurationFile& file) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return reader.wrong(node, "\"environments\" must be a table", "");
    for (const auto& [key, value] : *table) {
        const std::string name{key.str()};
        if (name.empty() || one_line(harmless(name, false)) != name)
            reader.wrong(value, "an environment's name is empty, or has control characters in it",
                         "write a word: [environments.staging]");
        EnvironmentSection& section = file.environments[name];
        reader.table(value, "environments." + name,
                     {{"url", reader.field(section.url)},
                      {"after", reader.field(section.after)},
                      {"approvals", reader.field(section.approvals)},
                      {"backup", reader.field(section.backup)},
                      {"pooler", reader.field(section.pooler)},
                      {"marker_schema", reader.field(section.marker_schema)},
                      {"require",
                       [&](const toml::node& at, const std::string& where) {
                           read_texts(reader, at, where, section.require);
                       }},
                      {"rules", [&](const toml::node& at, const std::string& where) {
                           read_rules(reader, at, where, section.rules);
                       }}});
    }
}

void read_witnesses(FileReader& reader, const toml::node& node, ConfigurationFile& file) {
    const toml::array* array = node.as_array();
    if (array == nullptr)
        return reader.wrong(node, "\"witnesses\" must be a list of tables",
                            "begin each with [[checkpoints.witnesses]]");
    for (const toml::node& each : *array) {
        WitnessSection section;
        section.line = static_cast<std::uint32_t>(each.source().begin.line);
        reader.table(
            each, "checkpoints.witnesses",
            {{"url", reader.field(section.url)}, {"verifier", reader.field(section.verifier)}});
        file.checkpoint_witnesses.push_back(std::move(section));
    }
}

void read_checkpoints(FileReader& reader, const toml::node& node, ConfigurationFile& file) {
    reader.table(node, "checkpoints",
                 {{"folder", reader.field(file.checkpoints_folder)},
                  {"webhook", reader.field(file.checkpoints_webhook)},
                  {"witnesses", [&](const toml::node& value, const std::string&) {
                       read_witnesses(reader, value, file);
                   }}});
}

void read_all(FileReader& reader, const toml::table& root, ConfigurationFile& file) {
    reader.table(
        root, "",
        {{"organisation", reader.field(file.organisation)},
         {"ledger",
          [&](const toml::node& node, const std::string& name) {
              reader.table(node, name,
                           {{"path", reader.field(file.ledger_path)},
                            {"signing_key", reader.field(file.signing_key)},
                            {"key_passphrase", reader.field(file.key_passphrase)}});
          }},
         {"checkpoints", [&](const toml::node& node,
                             const std::string&) { read_checkpoints(reader, node, file); }},
         {"run",
          [&](const toml::node& node, const std::string&) {
              reader.table(node, "run",
                           {{"marker_schema", reader.field(file.marker_schema)},
                            {"lock_timeout", reader.field(file.lock_timeout)},
                            {"lock_retries", reader.field(file.lock_retries)},
                            {"lock_wait", reader.field(file.lock_wait)},
                            {"retry_on",
                             [&](const toml::node& value, const std::string&) {
                                 read_texts(reader, value, "retry_on", file.retry_on);
                             }},
                            {"statement_timeout", reader.field(file.statement_timeout)}});
          }},
         {"migrations",
          [&](const toml::node& node, const std::string&) { read_migrations(reader, node, file); }},
         {"rules", [&](const toml::node& node,
                       const std::string& key) { read_rules(reader, node, key, file.rules); }},
         {"environments", [&](const toml::node& node, const std::string&) {
              read_environments(reader, node, file);
          }}});
}

// A line of half a million bytes is no person's, and its dots would be as many calls of the parser.
constexpr std::size_t file_bytes_max = std::size_t{1} << 20U;
constexpr std::size_t line_bytes_max = std::size_t{1} << 16U;

Error too_large(const std::string& where, const std::string& what) {
    return {Code::refused, "configuration-invalid", where + ": " + what,
            "a configuration is a small file of short lines; docs/guide.md has an example"};
}

Result<std::string> read_text(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    std::string text(file_bytes_max + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (in.gcount() == 0 && !in.eof())
        return fail(Code::refused, "configuration-invalid", path.string() + " cannot be read",
                    "this user must be able to read it");
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (text.size() > file_bytes_max)
        return fail(too_large(path.string(), "the file has more than a mebibyte"));
    std::size_t number = 1;
    for (std::size_t begin = 0; begin < text.size(); ++number) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        if (end - begin > line_bytes_max)
            return fail(too_large(path.filename().string() + ":" + std::to_string(number),
                                  "the line has more than 64 KiB"));
        begin = end + 1;
    }
    return text;
}

}  // namespace

Result<ConfigurationFile> read_configuration_file(const std::filesystem::path& path) try {
    const auto text = read_text(path);
    if (!text) return fail(text.error());
    const toml::table root = toml::parse(*text, path.string());
    ConfigurationFile file;
    FileReader reader{path.filename().string()};
    read_all(reader, root, file);
    if (reader.error()) return fail(*reader.error());
    return file;
} catch (const toml::parse_error& error) {
    const auto place = error.source().begin;
    return fail(Code::refused, "configuration-invalid",
                path.filename().string() + ":" + std::to_string(place.line) + ": " +
                    std::string{error.description()},
                "the file must be TOML; docs/guide.md has an example");
}

}  // namespace tools::varve
