#include "migrations/rules/alike.hpp"
#include "migrations/rules/implication.hpp"
#include "migrations/rules/locks_along.hpp"
#include "migrations/rules/partition_bounds.hpp"
#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::AlterTable;
using sql::Condition;
using sql::ConditionKind;
using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

constexpr std::uint32_t concurrent_detach_since = 14;

std::string alter_text(const ObjectName& table) { return "ALTER TABLE " + quoted(table); }

// ", and writes to customers wait"; nothing where the partition has no foreign key of its parent's.
std::string writes_kept_waiting(const Situation& situation, const KnownTable* partition) {
    std::vector<ObjectName> referenced;
    if (partition != nullptr)
        for (const KnownConstraint& key : partition->constraints)
            if (is_part_of_foreign_key(key) && !situation.schema.is_made_here(key.references))
                referenced.push_back(key.references);
    return referenced.empty() ? "" : ", and writes to " + quoted(referenced.front()) + " wait";
}

// Concurrently as well, to see that no row refers to what leaves.
void say_referring_read(const Situation& situation, const AlterTable& alter,
                        const TableChange& change, Report& report) {
    if (change.finalize) return;
    for (const KnownTable* each : referring_tables(situation.schema, alter.table)) {
        if (!is_seen(situation, each->name)) continue;
        Finding& finding =
            report.say("partition-detach-blocking", situation.statement, change.begin,
                       "detaching " + quoted(change.other) + " reads every row of " +
                           quoted(each->name) + ", which refers to " + quoted(alter.table) +
                           ", while writes to it wait, and then locks it against reads as well");
        finding.table = each->name;
        finding.help = {"run it when writes can wait, with SET lock_timeout before it"};
        return;
    }
}

void partition_detach_blocking(const Situation& situation, const AlterTable& alter,
                               const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::detach_partition || situation.schema.has_made(alter.table))
        return;
    say_referring_read(situation, alter, change, report);
    if (change.concurrently || change.finalize) return;
    Finding& finding =
        report.say("partition-detach-blocking", situation.statement, change.begin,
                   "detaching " + quoted(change.other) + " locks all of " + quoted(alter.table) +
                       " against reads and writes" +
                       writes_kept_waiting(situation, situation.schema.table(change.other)));
    finding.table = alter.table;
    if (!situation.server_has(concurrent_detach_since)) {
        finding.help = {"PostgreSQL 14 and newer can DETACH PARTITION ... CONCURRENTLY",
                        "until then: SET lock_timeout and try again when it runs out"};
        return;
    }
    if (default_partition(situation.schema, alter.table) != nullptr) {
        finding.help = {
            "CONCURRENTLY is refused while there is a default partition: SET "
            "lock_timeout and try again when it runs out"};
        return;
    }
    finding.help = {alter_text(alter.table) + " DETACH PARTITION " + quoted(change.other) +
                        " CONCURRENTLY, outside a transaction",
                    "not with a default partition; where it was interrupted: ... FINALIZE"};
    if (may_become_several(situation) && alter.changes.size() == 1)
        finding.fix = Fix{"detach without blocking, outside a transaction",
                          {appended(situation.statement, " CONCURRENTLY")}};
}

// What is known of every row of a table, without a look at one.
Condition known_of(const Situation& situation, const KnownTable& table, const Condition& wanted) {
    Condition known{ConditionKind::all, {}, {}, {}, {}};
    for (const KnownConstraint& each : table.constraints)
        if (each.kind == ConstraintKind::check && each.validated)
            known.parts.push_back(each.condition);
    const auto add_tested = [&](const Condition& part, const auto& again) -> void {
        if (part.kind == ConditionKind::is_not_null &&
            is_never_null(situation, table.name, part.operand))
            known.parts.push_back(part);
        for (const Condition& below : part.parts) again(below, again);
    };
    add_tested(wanted, add_tested);
    return known;
}

bool is_proven(const Situation& situation, const KnownTable& table, const Condition& wanted) {
    const auto type_of = [&](const std::string& operand) {
        const KnownColumn* column = table.column(operand);
        return column == nullptr ? std::string{} : column->type.name;
    };
    if (implies(known_of(situation, table, wanted), wanted, type_of)) return true;
    return !table.partitions.empty() &&
           std::all_of(table.partitions.begin(), table.partitions.end(),
                       [&](const std::string& key) {
                           const auto part = situation.schema.tables().find(key);
                           return part != situation.schema.tables().end() &&
                                  is_proven(situation, part->second, wanted);
                       });
}

// Where nobody has described the parent, its key may be any column that a CHECK is about.
bool is_proven_of_any(const Situation& situation, const KnownTable& table,
                      const sql::PartitionBound& bound) {
    const auto is_key = [&](const std::string& column) {
        const auto wanted = rows_within(bound, {column});
        return wanted && is_proven(situation, table, *wanted);
    };
    return std::any_of(table.constraints.begin(), table.constraints.end(),
                       [&](const KnownConstraint& check) {
                           return std::any_of(check.mentions.begin(), check.mentions.end(), is_key);
                       });
}

bool is_within(const Situation& situation, const KnownTable* parent, const KnownTable& table,
               const sql::PartitionBound& bound) {
    if (parent == nullptr || parent->partition_keys.empty())
        return is_proven_of_any(situation, table, bound);
    const auto wanted = rows_of_partition(situation.schema, *parent, bound);
    return wanted && is_proven(situation, table, *wanted);
}

// Nobody has a use yet for a partition of what the script makes, though it may have filled it.
bool are_new(const Situation& situation, const ObjectName& parent, const ObjectName& partition) {
    return situation.schema.has_made(parent) && situation.schema.is_made_here(partition);
}

// The default partition, where it is not known to have no row that the new one takes: then all of
// them are read.
const KnownTable* default_to_read(const Situation& situation, const ObjectName& parent,
                                  const sql::PartitionBound& bound) {
    const KnownTable* rest = default_partition(situation.schema, parent);
    if (rest == nullptr || !is_seen(situation, rest->name) ||
        are_new(situation, parent, rest->name))
        return nullptr;
    const auto within = rows_within(bound, situation.schema.table(parent)->partition_keys);
    return within && is_proven(situation, *rest, negated(*within)) ? nullptr : rest;
}

// What PostgreSQL has to do with the rows of the new partition; nothing where it has nothing.
std::optional<std::string> work_on(const Situation& situation, const AlterTable& alter,
                                   const TableChange& change) {
    if (!is_seen(situation, change.other) || are_new(situation, alter.table, change.other))
        return std::nullopt;
    const KnownTable* parent = situation.schema.table(alter.table);
    const KnownTable* partition = situation.schema.table(change.other);
    if (partition == nullptr || !is_within(situation, parent, *partition, change.bound))
        return "every row of it is read, to see that it is within the bounds";
    if (parent == nullptr) return std::nullopt;
    if (const auto lacking = lacking_indexes(*parent, *partition); !lacking.empty())
        return "the parent's indexes that it has no equal of are built: " + listed(lacking);
    if (const KnownConstraint* key = lacking_key(*parent, *partition))
        return "every row of it is checked for the parent's foreign key " + quoted(key->name) +
               ", and writes to " + quoted(key->references) + " wait";
    return std::nullopt;
}

// CHECK (...) as it has to be, where its columns are known.
std::string check_for(const std::optional<Condition>& wanted, const std::string& otherwise) {
    const auto text = wanted ? check_text(*wanted) : std::nullopt;
    return "CHECK (" + text.value_or(otherwise) + ")";
}

std::string help_for_default(const Situation& situation, const ObjectName& parent,
                             const KnownTable& rest, const sql::PartitionBound& bound) {
    auto left = rows_within(bound, situation.schema.table(parent)->partition_keys);
    if (left) left = negated(std::move(*left));
    return alter_text(rest.name) + " ADD CONSTRAINT ... " +
           check_for(left, "not within the bounds") + " NOT VALID, then VALIDATE it";
}

std::vector<std::string> attach_help(const Situation& situation, const AlterTable& alter,
                                     const TableChange& change) {
    const KnownTable* parent = situation.schema.table(alter.table);
    const auto wanted = parent == nullptr
                            ? std::nullopt
                            : rows_of_partition(situation.schema, *parent, change.bound);
    std::vector<std::string> help{
        alter_text(change.other) + " ADD CONSTRAINT ... " +
            check_for(wanted, "the bounds, and NOT NULL") +
            " NOT VALID, then VALIDATE it, before it is attached",
        "build the indexes that " + quoted(alter.table) + " has on " + quoted(change.other) +
            " first, CONCURRENTLY; what backs a constraint there, as a constraint"};
    const KnownTable* partition = situation.schema.table(change.other);
    if (parent != nullptr && partition != nullptr && lacking_key(*parent, *partition) != nullptr)
        help.push_back("add the parent's foreign keys to " + quoted(change.other) +
                       " NOT VALID, and VALIDATE them; attaching it then locks what they refer to "
                       "against reads and writes, for a moment");
    return help;
}

void say_attached(const Situation& situation, const AlterTable& alter, const TableChange& change,
                  Report& report) {
    const auto work = work_on(situation, alter, change);
    const KnownTable* rest = default_to_read(situation, alter.table, change.bound);
    if (!work && rest == nullptr) return;
    const std::string partition = quoted(change.other);
    Finding& finding =
        report.say("partition-attach-scan", situation.statement, change.begin,
                   work ? "attaching " + partition + " locks it while " + *work
                        : "attaching " + partition + " locks the default partition " +
                              quoted(rest->name) + " while every row of it is read");
    finding.table = work ? change.other : rest->name;
    if (work) finding.help = attach_help(situation, alter, change);
    if (rest == nullptr) return;
    if (work) finding.along = {rest->name};
    finding.help.push_back(help_for_default(situation, alter.table, *rest, change.bound));
}

// The parent may be new: it is what is attached that has rows.
void partition_attach_scan(const Situation& situation, Report& report) {
    const auto* alter = situation.does<AlterTable>();
    if (alter == nullptr || alter->object != sql::ObjectKind::table) return;
    for (const TableChange& change : alter->changes)
        if (change.kind == TableChangeKind::attach_partition)
            say_attached(situation, *alter, change, report);
}

Finding& say_parent_lock(const Situation& situation, const ObjectName& partition,
                         const ObjectName& parent, const std::string& doing, Report& report) {
    Finding& finding =
        report.say("partition-create-parent-lock", situation.statement, partition.begin,
                   doing + " " + quoted(partition) + " locks all of " + quoted(parent) +
                       " against reads and writes");
    finding.table = parent;
    return finding;
}

void say_created(const Situation& situation, const sql::CreateTable& create, Report& report) {
    if (!create.bound.is_there || create.inherits.empty()) return;
    if (is_there_already(situation.schema, create)) return;
    const ObjectName& parent = create.inherits.front();
    if (!is_in_use(situation, parent) || situation.schema.is_made_here(parent)) return;
    const KnownTable* rest = default_to_read(situation, parent, create.bound);
    if (situation.schema.has_made(parent) && rest == nullptr) return;
    Finding& finding =
        say_parent_lock(situation, create.table, parent, "creating the partition", report);
    finding.help = {
        "CREATE TABLE " + quoted(create.table) + " (LIKE " + quoted(parent) + " INCLUDING ALL)",
        "then " + alter_text(parent) + " ATTACH PARTITION " + quoted(create.table) +
            " FOR VALUES ..."};
    if (rest == nullptr) return;
    finding.message +=
        " while every row of its default partition " + quoted(rest->name) + " is read";
    finding.help.insert(finding.help.begin(),
                        help_for_default(situation, parent, *rest, create.bound));
}

void partition_create_parent_lock(const Situation& situation, Report& report) {
    if (const auto* create = situation.does<sql::CreateTable>())
        return say_created(situation, *create, report);
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr || drop->object != sql::ObjectKind::table) return;
    for (const sql::DroppedObject& object : drop->objects) {
        const KnownTable* known = situation.schema.table(object.name);
        if (known == nullptr || known->parent.name.empty() ||
            situation.schema.is_made_here(known->parent))
            continue;
        say_parent_lock(situation, object.name, known->parent, "dropping the partition", report)
            .help = {alter_text(known->parent) + " DETACH PARTITION " + quoted(object.name) +
                         " CONCURRENTLY",
                     "then DROP TABLE " + quoted(object.name)};
    }
}

}  // namespace

std::vector<Rule> partition_rules() {
    return {
        {"partition-detach-blocking", Bucket::hazard,
         "Detaching a partition locks the whole partitioned table, and what refers to it.",
         "ACCESS EXCLUSIVE on the parent and the partition",
         each_change<partition_detach_blocking>},
        {"partition-attach-scan", Bucket::hazard,
         "A table that is attached without a proof of its bounds is read whole under a lock.",
         "ACCESS EXCLUSIVE on the partition and the default partition", partition_attach_scan},
        {"partition-create-parent-lock", Bucket::hazard,
         "Creating or dropping a partition locks the whole partitioned table.",
         "ACCESS EXCLUSIVE on the parent", partition_create_parent_lock},
    };
}

}  // namespace migrations::rules
