#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::ObjectKind;
using sql::Rename;

namespace {

// A view of the old name, or another table with it, takes the old one's place.
bool is_replaced(const FileSituation& file, std::size_t renamed_at, const std::string& old_key) {
    for (std::size_t at = renamed_at + 1; at < file.statements.size(); ++at) {
        const sql::Action& action = file.statements[at].action;
        if (const auto* view = std::get_if<sql::CreateView>(&action))
            if (key_of(view->view) == old_key) return true;
    }
    return false;
}

void rename_table(const FileSituation& file, Report& report) {
    for (std::size_t at = 0; at < file.statements.size(); ++at) {
        const Judged& statement = file.statements[at];
        const auto* rename = std::get_if<Rename>(&statement.action);
        if (rename == nullptr || !was_there(statement, rename->name) ||
            !(is_relation(rename->object) || rename->object == ObjectKind::index) ||
            is_replaced(file, at, key_of(rename->name)))
            continue;
        Finding& finding =
            report.say("rename-table", statement, rename->name.begin,
                       "what runs now and names " + quoted(rename->name) + " fails from here on");
        finding.table = rename->name;
        finding.help = {"in the same transaction: CREATE VIEW " + quoted(rename->name) +
                            " AS SELECT * FROM " +
                            quoted(ObjectName{rename->name.schema, rename->new_name, 0}),
                        "drop the view when no program uses the old name"};
    }
}

// ALTER TYPE ... RENAME ATTRIBUTE.
void rename_attribute(const Situation& situation, const Rename& rename, Report& report) {
    if (situation.schema.is_made_here(rename.name) ||
        is_attribute_added_here(situation, rename.name, rename.part))
        return;
    report
        .say("rename-column", situation.statement, rename.name.begin,
             "what runs now and names " + quoted(rename.part) + " of the type " +
                 quoted(rename.name) + " fails from here on")
        .help = {"first release programs that read its values by their place, or know both names"};
}

void rename_column(const Situation& situation, Report& report) {
    const auto* rename = situation.does<Rename>();
    if (rename != nullptr && rename->object == ObjectKind::attribute)
        return rename_attribute(situation, *rename, report);
    if (rename == nullptr || rename->object != ObjectKind::column ||
        !is_relation(rename->relation) || situation.schema.is_made_here(rename->name) ||
        situation.schema.is_temporary(rename->name) ||
        is_added_here(situation, rename->name, rename->part))
        return;
    const std::string table = quoted(rename->name);
    Finding& finding = report.say(
        "rename-column", situation.statement, rename->name.begin,
        "what runs now and names " + table + "." + quoted(rename->part) + " fails from here on");
    finding.table = rename->name;
    finding.help = {"add " + quoted(rename->new_name) +
                        ", keep both filled by a trigger, fill it "
                        "in batches, and drop " +
                        quoted(rename->part) + " a release later",
                    "or rename the table and leave a view of its old name and columns"};
}

void rename_schema(const Situation& situation, Report& report) {
    const auto* rename = situation.does<Rename>();
    if (rename == nullptr || rename->object != ObjectKind::schema) return;
    const bool is_new =
        std::any_of(situation.before.begin(), situation.before.end(), [&](const Judged& earlier) {
            const auto* create = std::get_if<sql::CreateSchema>(&earlier.action);
            return create != nullptr && create->name == rename->name.name;
        });
    if (is_new) return;
    report
        .say("rename-schema", situation.statement,
             "what runs now and names the schema " + quoted(rename->name) +
                 ", or has it in its search_path, fails from here on")
        .help = {"CREATE SCHEMA " + quoted(rename->new_name) +
                     ", and move the tables one by one with a view left behind",
                 "or release programs first that look in both"};
}

void rename_enum_value(const Situation& situation, Report& report) {
    const auto* alter = situation.does<sql::AlterEnum>();
    if (alter == nullptr || alter->old_value.empty()) return;
    const KnownEnum* known = situation.schema.enumeration(alter->type);
    if (known != nullptr && known->origin == Origin::script) return;
    report
        .say("rename-enum-value", situation.statement,
             "what runs now and says " + literal(alter->old_value) + " of " + quoted(alter->type) +
                 " fails, and reads " + literal(alter->new_value) + ", which it does not know")
        .help = {"ALTER TYPE " + quoted(alter->type) + " ADD VALUE " + literal(alter->new_value) +
                 ", move the rows over, and stop using " + literal(alter->old_value)};
}

bool is_made_here(const Situation& situation, const sql::SetSchema& set) {
    const KnownEnum* type = situation.schema.enumeration(set.name);
    const KnownDomain* domain = situation.schema.domain(set.name);
    const KnownFunction* function = situation.schema.function(set.name);
    return situation.schema.has_made(set.name) || situation.schema.is_temporary(set.name) ||
           (type != nullptr && type->origin == Origin::script) ||
           (domain != nullptr && domain->origin == Origin::script) ||
           (function != nullptr && function->origin == Origin::script);
}

void set_schema(const Situation& situation, Report& report) {
    const auto* set = situation.does<sql::SetSchema>();
    if (set == nullptr || set->object == ObjectKind::extension || is_made_here(situation, *set))
        return;
    const bool is_table = is_relation(set->object);
    Finding& finding = report.say("set-schema", situation.statement, set->name.begin,
                                  "what runs now and looks for " + quoted(set->name) +
                                      " where it was fails, unless " + quoted(set->new_schema) +
                                      " is in its search_path");
    if (is_table) finding.table = set->name;
    finding.help = {is_table ? "in the same transaction: CREATE VIEW " + quoted(set->name) +
                                   " AS SELECT * FROM " +
                                   quoted(ObjectName{set->new_schema, set->name.name, 0})
                             : std::string{"release programs first that find it in both"}};
}

}  // namespace

std::vector<Rule> rename_rules() {
    return {
        {"rename-table", Bucket::hazard, "Programs that use the old name fail at once.",
         "ACCESS EXCLUSIVE, shortly", nullptr, rename_table},
        {"rename-column", Bucket::hazard, "Programs that use the old name fail at once.",
         "ACCESS EXCLUSIVE, shortly", rename_column},
        {"rename-schema", Bucket::hazard, "Programs that use the old name fail at once.", "",
         rename_schema},
        {"rename-enum-value", Bucket::hazard, "Programs that say the old value fail at once.", "",
         rename_enum_value},
        {"set-schema", Bucket::hazard, "Programs that look in the old schema fail at once.",
         "ACCESS EXCLUSIVE, shortly", set_schema},
    };
}

}  // namespace migrations::rules
