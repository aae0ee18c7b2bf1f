#include "tools/varve/environment_settings.hpp"

#include "tools/varve/counted.hpp"
#include "tools/varve/switches.hpp"

namespace tools::varve {

namespace {

class Taking {
public:
    Taking(Configuration& configuration, std::string prefix, std::string file)
        : configuration_{configuration}, prefix_{std::move(prefix)}, file_{std::move(file)} {}

    template <class T>
    void note(const std::string& name, const Written<T>& written, const std::string& value) {
        configuration_.settings.push_back(
            {prefix_ + name, value, file_ + ":" + std::to_string(written.line)});
    }

private:
    Configuration& configuration_;
    std::string prefix_;
    std::string file_;
};

void note_required(Configuration& configuration, const char* name, const std::string& what) {
    if (is_switched_on(name)) configuration.settings.push_back({what, "true", name});
}

}  // namespace

void take_rules(Configuration& configuration, const RuleSeverities& rules,
                const std::string& prefix, const std::string& file) {
    Taking taking{configuration, prefix + "rules.", file};
    migrations::rules::Severities said;
    for (const auto& [name, severity] : rules) {
        said[name] = severity_of(severity.value);
        taking.note(name, severity, severity.value);
    }
    migrations::rules::lay_over(said, configuration.rules);
}

void list_file_settings(Configuration& configuration,
                        const std::map<std::string, migrations::FileSettings>& files,
                        const std::string& file) {
    const auto list = [&](const std::string& key, const std::string& value) {
        configuration.settings.push_back({key, value, file});
    };
    for (const auto& [name, settings] : files) {
        const std::string key = "migrations.files.\"" + name + "\".";
        if (settings.transaction)
            list(key + "transaction",
                 *settings.transaction == migrations::TransactionMode::none ? "off" : "on");
        if (settings.skip) list(key + "skip", "true");
        for (const auto& [rule, why] : settings.allow) list(key + "allow." + rule, why);
    }
}

void take_environment(Configuration& configuration, const EnvironmentSection& section,
                      const std::string& file) {
    const std::string prefix = "environments." + configuration.environment + ".";
    Taking taking{configuration, prefix, file};
    if (const auto& after = section.after) {
        configuration.after = after->value;
        taking.note("after", *after, after->value);
    }
    if (const auto& approvals = section.approvals) {
        configuration.safeguards.approvals = static_cast<std::uint32_t>(approvals->value);
        taking.note("approvals", *approvals, std::to_string(approvals->value));
    }
    if (const auto& backup = section.backup) {
        configuration.safeguards.backup = backup->value;
        taking.note("backup", *backup, backup->value ? "true" : "false");
    }
    if (const auto& pooler = section.pooler) {
        configuration.pooler_is_session = pooler->value == "session";
        taking.note("pooler", *pooler, pooler->value);
    }
    if (const auto& schema = section.marker_schema) {
        configuration.marker_schema = schema->value;
        taking.note("marker_schema", *schema, schema->value);
    }
    if (const auto& require = section.require) {
        configuration.required = {require->value.begin(), require->value.end()};
        taking.note("require", *require, joined(require->value));
    }
    take_rules(configuration, section.rules, prefix, file);
}

void take_variables_of_old(Configuration& configuration) {
    auto& safeguards = configuration.safeguards;
    if (is_switched_on("MIGRATION_BACKUP_ENABLED") && !safeguards.backup) {
        safeguards.backup = true;
        safeguards.backup_asked_by = "the variable MIGRATION_BACKUP_ENABLED";
    }
    note_required(configuration, "MIGRATION_BACKUP_ENABLED", "backup");
    if (is_switched_on("MIGRATION_REQUIRE_APPROVAL") && safeguards.approvals == 0) {
        safeguards.approvals = 1;
        safeguards.approvals_asked_by = "the variable MIGRATION_REQUIRE_APPROVAL";
    }
    note_required(configuration, "MIGRATION_REQUIRE_APPROVAL", "approval");
    note_required(configuration, "MIGRATION_DRY_RUN", "dry run");
    note_required(configuration, "MIGRATION_VALIDATE_ONLY", "validate only");
    if (is_switched_off("MIGRATION_ROLLBACK_ENABLED"))
        configuration.settings.push_back({"rollback", "refused", "MIGRATION_ROLLBACK_ENABLED"});
    if (is_switched_off("MIGRATION_AUDIT_ENABLED"))
        configuration.notes.emplace_back(
            "MIGRATION_AUDIT_ENABLED=false turns off a text log; the ledger is always kept");
}

}  // namespace tools::varve
