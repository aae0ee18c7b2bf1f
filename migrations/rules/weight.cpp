#include "migrations/rules/weight.hpp"

#include "migrations/rules/called_code.hpp"
#include "migrations/rules/instant.hpp"
#include "migrations/rules/locks_along.hpp"
#include "migrations/rules/row_scope.hpp"
#include "migrations/rules/table_changes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <variant>

namespace migrations::rules {

namespace {

// What has the most rows; nothing: it is not known of one how many.
struct Longest {
    std::optional<double> rows{0};
    ObjectName table;  // unnamed: none, or nobody can tell which

    void add(const ObjectName& name, std::optional<double> count) {
        if (!rows || (count && *count <= *rows)) return;
        rows = count;
        table = name;
    }
    void add(const Longest& other) { add(other.table, other.rows); }
};

bool recurses(const sql::Action& action) {
    if (const auto* alter = std::get_if<sql::AlterTable>(&action)) return !alter->only;
    return std::holds_alternative<sql::Rows>(action) ||
           std::holds_alternative<sql::Truncate>(action) ||
           std::holds_alternative<sql::LockTable>(action);
}

std::optional<double> rows_of(const Schema& schema, const ObjectName& table, bool with_below) {
    return with_below ? schema.row_count_with_below(table) : schema.row_count(table);
}

// What a statement works on.
class Work {
public:
    Work(const Situation& situation) : situation_{situation}, schema_{situation.schema} {}

    Longest take() { return longest_; }

    void operator()(const sql::Rows& rows) {
        for (const sql::Rows& each : rows.with) (*this)(each);
        const bool is_few =
            rows.reads.empty() && (rows.verb == sql::RowsVerb::insert || is_narrow(schema_, rows));
        if (!is_few && !rows.table.name.empty())
            for (const ObjectName& each : written_by(schema_, rows.table)) add(each, true);
        add_read(rows.reads);
        add_calls(rows.all);
    }
    void operator()(const sql::CreateTableAs& create) {
        if (create.with_no_data) return;
        add_read(create.reads);
        add_calls(create.all);
    }
    void operator()(const sql::AlterTable& alter) {
        if (alter.object == sql::ObjectKind::table) add(alter.table, !alter.only);
        for (const sql::TableChange& change : alter.changes)
            if (change.kind == sql::TableChangeKind::set_type)
                for (const ObjectName& each : checked_again(schema_, alter.table, change.name))
                    add(each, false);
        add_locked();
    }
    void operator()(const sql::CreateIndex& create) {
        add(create.table, false);
        add_locked();
    }
    void operator()(const sql::Vacuum& vacuum) {
        if (vacuum.tables.empty()) longest_.add({}, std::nullopt);
        for (const ObjectName& each : vacuum.tables) add(each, false);
    }
    void operator()(const sql::RefreshView&) { longest_.add({}, std::nullopt); }
    void operator()(const sql::AlterDomain&) { longest_.add({}, std::nullopt); }
    void operator()(const sql::Other& other) {
        constexpr std::array<std::string_view, 5> brief{"alter-", "create-", "define", "drop-",
                                                        "prepare"};
        const bool is_brief = std::any_of(brief.begin(), brief.end(), [&](auto beginning) {
            return other.kind.starts_with(beginning);
        });
        if (!is_brief) longest_.add({}, std::nullopt);
        add_locked();
    }
    template <class Action>
    void operator()(const Action&) {
        add_locked();
    }

private:
    void add(const ObjectName& table, bool with_below) {
        if (is_catalog(table) || table.schema == "information_schema") return;
        longest_.add(table, rows_of(schema_, table, with_below));
    }

    void add_read(const std::vector<ObjectName>& reads) {
        for (const ObjectName& read : reads) {
            const KnownView* view = schema_.view(read);
            if (view == nullptr || view->materialized)
                add(read, true);
            else if (seen_.insert(key_of(read)).second)
                add_read(view->reads);
        }
    }

    // What SQL and PL/pgSQL do is judged statement by statement; what nobody has described and is
    // in no schema by name is the server's own.
    void add_calls(const sql::Expression& all) {
        for (const std::string& function : all.functions) {
            const KnownFunction* known = called_function(schema_, function);
            const bool is_read = known == nullptr
                                     ? name_of_call(function).schema.empty()
                                     : known->language == "sql" || known->language == "plpgsql";
            if (!is_read) longest_.add({}, std::nullopt);
        }
    }

    void add_locked() {
        const bool with_below = recurses(situation_.statement.action);
        for (const TableLock& lock : situation_.statement.locks) {
            const KnownTable* indexed = lock.object == sql::ObjectKind::index
                                            ? schema_.table_of_index(lock.table)
                                            : nullptr;
            if (lock.object == sql::ObjectKind::table)
                add(lock.table, with_below);
            else if (indexed != nullptr)
                add(indexed->name, false);
            else
                longest_.add({}, std::nullopt);
        }
    }

    const Situation& situation_;
    const Schema& schema_;
    Longest longest_;
    std::set<std::string> seen_;  // views
};

Longest work_of(const Situation& situation) {
    const sql::Action& action = situation.statement.action;
    if (is_instant(action) || is_record_of_tool(action)) return {};
    Work work{situation};
    std::visit(work, action);
    return work.take();
}

Longest held_by(const Session& session, const Schema& schema) {
    Longest held;
    for (const TableLock& lock : session.locks)
        if (lock.mode >= LockMode::share && lock.object == sql::ObjectKind::table)
            held.add(lock.table, schema.row_count(lock.table));
    return held;
}

void tell(Finding& finding, const Longest& longer, std::string_view what) {
    finding.row_count = longer.rows;
    if (longer.table.name.empty()) return;
    finding.message += "; " + quoted(longer.table) + ", ";
    finding.message += longer.rows && std::isfinite(*longer.rows)
                           ? "with " + std::to_string(std::llround(*longer.rows)) + " rows"
                           : "nobody can tell with how many rows";
    finding.message += std::string{", "} + std::string{what};
}

// A lock that is held over several statements.
bool is_about_held(const Finding& finding) {
    return finding.rule == "access-exclusive-held" || finding.rule == "ddl-backfill-same-tx" ||
           finding.rule == "multi-table-ddl-tx";
}

void weigh_alone(const Situation& situation, Finding& finding) {
    const Schema& schema = situation.schema;
    finding.row_count = rows_of(schema, *finding.table, recurses(situation.statement.action));
    if (!finding.row_count) return;
    Longest longest{finding.row_count, *finding.table};
    for (const ObjectName& each : finding.along)
        longest.add(each, schema.row_count_with_below(each));
    if (!longest.rows || *longest.rows > *finding.row_count)
        tell(finding, longest, "is read whole under the same lock");
}

void raise(Finding& finding, std::size_t message_size, const Longest& work) {
    if (!finding.row_count || (work.rows && *work.rows <= *finding.row_count)) return;
    finding.message.resize(message_size);
    tell(finding, work, "is locked or worked on in the same transaction");
}

bool refers_to(const KnownConstraint& key, const KnownTable* table, const std::string& column) {
    if (!key.referenced_columns.empty()) return contains(key.referenced_columns, column);
    return table == nullptr ||
           std::none_of(
               table->constraints.begin(), table->constraints.end(),
               [](const auto& each) { return each.kind == sql::ConstraintKind::primary_key; }) ||
           std::any_of(table->constraints.begin(), table->constraints.end(), [&](const auto& each) {
               return each.kind == sql::ConstraintKind::primary_key &&
                      contains(each.columns, column);
           });
}

}  // namespace

void Weights::weigh(const Situation& situation, std::vector<Finding>& findings,
                    std::size_t before) {
    const Schema& schema = situation.schema;
    if (!schema.has_row_counts()) {
        for (std::size_t at = before; at < findings.size(); ++at)
            if (findings[at].table) findings[at].row_count = schema.row_count(*findings[at].table);
        return;
    }
    if (situation.session.transaction != transaction_) held_.clear();
    transaction_ = situation.session.transaction;
    for (std::size_t at = before; at < findings.size(); ++at) {
        if (findings[at].table) weigh_alone(situation, findings[at]);
        if (findings[at].table && is_about_held(findings[at]))
            held_.push_back({at, findings[at].message.size()});
    }
    if (held_.empty()) return;
    Longest work = work_of(situation);
    work.add(held_by(situation.session, schema));
    for (const Held& each : held_) raise(findings[each.finding], each.message_size, work);
}

std::vector<ObjectName> checked_again(const Schema& schema, const ObjectName& table,
                                      const std::string& column) {
    std::vector<ObjectName> tables;
    const KnownTable* known = schema.table(table);
    for (const KnownTable* each : referring_tables(schema, table))
        if (std::any_of(each->constraints.begin(), each->constraints.end(), [&](const auto& key) {
                return ends_with_table(key) && key_of(key.references) == key_of(table) &&
                       key.validated && refers_to(key, known, column);
            }))
            tables.push_back(each->name);
    return tables;
}

}  // namespace migrations::rules
