#include "migrations/rules/rule.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>

namespace migrations::rules {

using sql::AlterTable;
using sql::ConstraintKind;
using sql::TableChange;
using sql::TableChangeKind;

namespace {

constexpr std::uint32_t concurrent_detach_since = 14;

std::string alter_text(const ObjectName& table) { return "ALTER TABLE " + quoted(table); }

void partition_detach_blocking(const Situation& situation, const AlterTable& alter,
                               const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::detach_partition || change.concurrently ||
        change.finalize || situation.schema.is_made_here(alter.table))
        return;
    Finding& finding = report.say("partition-detach-blocking", situation.statement, change.begin,
                                  "detaching " + quoted(change.other) + " locks all of " +
                                      quoted(alter.table) + " against reads and writes");
    finding.table = alter.table;
    if (!situation.server_has(concurrent_detach_since)) {
        finding.help = {"PostgreSQL 14 and newer can DETACH PARTITION ... CONCURRENTLY",
                        "until then: SET lock_timeout and try again when it runs out"};
        return;
    }
    finding.help = {alter_text(alter.table) + " DETACH PARTITION " + quoted(change.other) +
                        " CONCURRENTLY, outside a transaction",
                    "not with a default partition; where it was interrupted: ... FINALIZE"};
    if (may_become_several(situation) && alter.changes.size() == 1)
        finding.fix = Fix{"detach without blocking, outside a transaction",
                          {appended(situation.statement, " CONCURRENTLY")}};
}

const KnownTable* default_partition(const Situation& situation, const ObjectName& parent) {
    const KnownTable* known = situation.schema.table(parent);
    if (known == nullptr) return nullptr;
    for (const std::string& key : known->partitions) {
        const auto found = situation.schema.tables().find(key);
        if (found != situation.schema.tables().end() && found->second.is_default_partition &&
            is_seen(situation, found->second.name))
            return &found->second;
    }
    return nullptr;
}

// More than that it is not NULL.
bool says_more_of(const KnownConstraint& check, const std::string& column) {
    const auto said = std::count(check.mentions.begin(), check.mentions.end(), column);
    return said > (contains(check.not_null_columns, column) ? 1 : 0);
}

// A validated CHECK of columns without NULLs that may say what the bounds of its table say.
bool may_prove(const Situation& situation, const KnownTable& table, const KnownConstraint& check) {
    if (check.kind != ConstraintKind::check || !check.validated || check.mentions.empty())
        return false;
    return std::all_of(
        check.mentions.begin(), check.mentions.end(), [&](const std::string& column) {
            return table.column(column) == nullptr || is_never_null(situation, table.name, column);
        });
}

// CHECKs that may say where the parent's key lies; any, where the key is not known.
bool has_proof(const Situation& situation, const KnownTable* parent, const KnownTable& table) {
    const auto is_said = [&](const std::string& key_column) {
        return std::any_of(table.constraints.begin(), table.constraints.end(),
                           [&](const KnownConstraint& check) {
                               return may_prove(situation, table, check) &&
                                      (key_column.empty() || says_more_of(check, key_column));
                           });
    };
    if (parent == nullptr || parent->partition_columns.empty()) return is_said("");
    return std::all_of(parent->partition_columns.begin(), parent->partition_columns.end(), is_said);
}

bool has_same_indexes(const KnownTable& parent, const KnownTable& partition) {
    return std::all_of(parent.indexes.begin(), parent.indexes.end(), [&](const KnownIndex& index) {
        return std::any_of(
            partition.indexes.begin(), partition.indexes.end(), [&](const KnownIndex& other) {
                return other.columns == index.columns && (other.unique || !index.unique);
            });
    });
}

// What PostgreSQL has to do with the rows of the new partition; nothing where it has nothing.
std::optional<std::string> work_on(const Situation& situation, const AlterTable& alter,
                                   const TableChange& change) {
    if (!is_seen(situation, change.other)) return std::nullopt;
    const KnownTable* parent = situation.schema.table(alter.table);
    const KnownTable* partition = situation.schema.table(change.other);
    if (partition == nullptr || !has_proof(situation, parent, *partition))
        return "every row of it is read, to see that it is within the bounds";
    if (parent != nullptr && !has_same_indexes(*parent, *partition))
        return "the parent's indexes that it lacks are built";
    return std::nullopt;
}

void partition_attach_scan(const Situation& situation, const AlterTable& alter,
                           const TableChange& change, Report& report) {
    if (change.kind != TableChangeKind::attach_partition) return;
    const auto work = work_on(situation, alter, change);
    const KnownTable* rest = default_partition(situation, alter.table);
    if (rest != nullptr && has_proof(situation, situation.schema.table(alter.table), *rest))
        rest = nullptr;
    if (!work && rest == nullptr) return;
    const std::string partition = quoted(change.other);
    Finding& finding =
        report.say("partition-attach-scan", situation.statement, change.begin,
                   work ? "attaching " + partition + " locks it while " + *work
                        : "attaching " + partition + " locks the default partition " +
                              quoted(rest->name) + " while every row of it is read");
    finding.table = work ? change.other : rest->name;
    if (work)
        finding.help = {alter_text(change.other) +
                            " ADD CONSTRAINT ... CHECK (the bounds, and NOT NULL) NOT VALID, then "
                            "VALIDATE it, before it is attached",
                        "build the indexes that " + quoted(alter.table) + " has on " + partition +
                            " first, CONCURRENTLY"};
    if (rest != nullptr)
        finding.help.push_back(alter_text(rest->name) +
                               " ADD CONSTRAINT ... CHECK (not within the bounds) NOT VALID, then "
                               "VALIDATE it");
}

void say_parent_lock(const Situation& situation, const ObjectName& partition,
                     const ObjectName& parent, const std::string& doing,
                     std::vector<std::string> help, Report& report) {
    Finding& finding =
        report.say("partition-create-parent-lock", situation.statement, partition.begin,
                   doing + " " + quoted(partition) + " locks all of " + quoted(parent) +
                       " against reads and writes");
    finding.table = parent;
    finding.help = std::move(help);
}

void partition_create_parent_lock(const Situation& situation, Report& report) {
    if (const auto* create = situation.does<sql::CreateTable>()) {
        if (!create->bound.is_there || create->inherits.empty()) return;
        const ObjectName& parent = create->inherits.front();
        if (!is_in_use(situation, parent) || situation.schema.is_made_here(parent)) return;
        std::vector<std::string> help{"CREATE TABLE " + quoted(create->table) + " (LIKE " +
                                          quoted(parent) + " INCLUDING ALL)",
                                      "then " + alter_text(parent) + " ATTACH PARTITION " +
                                          quoted(create->table) + " FOR VALUES ..."};
        if (const KnownTable* rest = default_partition(situation, parent))
            help.push_back("the rows of " + quoted(rest->name) +
                           " are read as well, unless a validated CHECK keeps them out");
        return say_parent_lock(situation, create->table, parent, "creating the partition",
                               std::move(help), report);
    }
    const auto* drop = situation.does<sql::Drop>();
    if (drop == nullptr || drop->object != sql::ObjectKind::table) return;
    for (const sql::DroppedObject& object : drop->objects) {
        const KnownTable* known = situation.schema.table(object.name);
        if (known == nullptr || known->parent.name.empty() ||
            situation.schema.is_made_here(known->parent))
            continue;
        say_parent_lock(situation, object.name, known->parent, "dropping the partition",
                        {alter_text(known->parent) + " DETACH PARTITION " + quoted(object.name) +
                             " CONCURRENTLY",
                         "then DROP TABLE " + quoted(object.name)},
                        report);
    }
}

}  // namespace

std::vector<Rule> partition_rules() {
    return {
        {"partition-detach-blocking", Bucket::hazard,
         "Detaching a partition locks the whole partitioned table.",
         "ACCESS EXCLUSIVE on the parent and the partition",
         each_change<partition_detach_blocking>},
        {"partition-attach-scan", Bucket::hazard,
         "A table that is attached without a proof of its bounds is read whole under a lock.",
         "ACCESS EXCLUSIVE on the partition and the default partition",
         each_change<partition_attach_scan>},
        {"partition-create-parent-lock", Bucket::hazard,
         "Creating or dropping a partition locks the whole partitioned table.",
         "ACCESS EXCLUSIVE on the parent", partition_create_parent_lock},
    };
}

}  // namespace migrations::rules
