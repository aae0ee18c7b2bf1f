#include "migrations/rules/rule.hpp"
#include "migrations/sql/lexer.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace migrations::rules {

using sql::ConstraintKind;
using sql::ObjectKind;
using sql::TableChangeKind;

namespace {

void unlogged_table(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateTable>();
    const auto* from_query = situation.does<sql::CreateTableAs>();
    const ObjectName* table = nullptr;
    if (create != nullptr && create->unlogged) table = &create->table;
    if (from_query != nullptr && from_query->unlogged) table = &from_query->table;
    if (table == nullptr) return;
    report
        .say("unlogged-table", situation.statement,
             quoted(*table) + " is empty after a crash, and on every replica")
        .help = {"CREATE TABLE " + quoted(*table) + ", unless its rows can be lost"};
}

const ObjectName* named_bare(const Situation& situation) {
    const ObjectName* name = nullptr;
    if (const auto* create = situation.does<sql::CreateTable>(); create && !create->temporary)
        name = &create->table;
    if (const auto* create = situation.does<sql::CreateTableAs>(); create && !create->temporary)
        name = &create->table;
    if (const auto* create = situation.does<sql::CreateView>(); create && !create->temporary)
        name = &create->view;
    if (const auto* create = situation.does<sql::CreateIndex>()) name = &create->table;
    if (const auto* create = situation.does<sql::CreateTrigger>()) name = &create->table;
    if (const auto* create = situation.does<sql::CreateFunction>()) name = &create->function;
    if (const auto* create = situation.does<sql::CreateSequence>()) name = &create->sequence;
    if (const auto* create = situation.does<sql::CreateEnum>()) name = &create->type;
    if (const auto* alter = situation.does<sql::AlterTable>()) name = &alter->table;
    if (const auto* rename = situation.does<sql::Rename>();
        rename && rename->object != ObjectKind::schema && rename->object != ObjectKind::role &&
        rename->object != ObjectKind::database)
        name = &rename->name;
    return name != nullptr && name->schema.empty() && !name->name.empty() ? name : nullptr;
}

void schema_unqualified(const Situation& situation, Report& report) {
    const ObjectName* name = named_bare(situation);
    if (name == nullptr) return;
    report
        .say("schema-unqualified", situation.statement, name->begin,
             "which schema " + quoted(*name) + " is in depends on the search_path of the session")
        .help = {"public." + quoted(*name) + ", or the schema that is meant"};
}

constexpr std::size_t longest_name = 63;

// By tokens, since the parser has cut off what is too long.
void names_too_long(const Situation& situation, Report& report) {
    if (situation.statement.is_nested) return;
    const std::string_view text = situation.statement.text;
    sql::Lexer lexer{text};
    for (sql::Token token; lexer.next(token);) {
        const bool is_quoted = token.kind == sql::TokenKind::quoted_name;
        if (!is_quoted && token.kind != sql::TokenKind::word) continue;
        const std::size_t size = token.end - token.begin - (is_quoted ? 2 : 0);
        if (size <= longest_name) continue;
        const std::string name{text.substr(token.begin + (is_quoted ? 1 : 0), longest_name)};
        Finding& finding = report.say(
            "identifier", situation.statement, token.begin,
            "a name of " + std::to_string(size) + " bytes is cut off after 63: it becomes " + name);
        finding.help = {"a name of at most 63 bytes"};
    }
}

bool is_reserved(const std::string& name) {
    constexpr std::array words{
        "all",        "analyse", "analyze",   "and",      "any",        "array",     "as",
        "asc",        "both",    "case",      "cast",     "check",      "collate",   "column",
        "constraint", "create",  "default",   "desc",     "distinct",   "do",        "else",
        "end",        "except",  "false",     "fetch",    "for",        "foreign",   "from",
        "grant",      "group",   "having",    "in",       "initially",  "into",      "lateral",
        "leading",    "limit",   "localtime", "not",      "null",       "offset",    "on",
        "only",       "or",      "order",     "primary",  "references", "returning", "select",
        "some",       "table",   "then",      "to",       "trailing",   "true",      "union",
        "unique",     "user",    "using",     "variadic", "when",       "where",     "window",
        "with"};
    return std::find(words.begin(), words.end(), name) != words.end();
}

void check_name(const Situation& situation, const std::string& name, std::size_t at,
                Report& report) {
    const bool is_mixed = std::any_of(name.begin(), name.end(), [](char each) {
        return each != '_' && each != '$' && !(each >= 'a' && each <= 'z') &&
               !(each >= '0' && each <= '9') && static_cast<unsigned char>(each) < 0x80;
    });
    if (!is_mixed && !is_reserved(name)) return;
    report
        .say(
            "identifier", situation.statement, at,
            quoted(name) + (is_mixed ? " has to be written in quotes wherever it is used"
                                     : " is a word of SQL: without quotes it means something else"))
        .help = {"a name of small letters, digits and underscores that is no word of SQL"};
}

void identifier(const Situation& situation, Report& report) {
    names_too_long(situation, report);
    if (const auto* create = situation.does<sql::CreateTable>()) {
        check_name(situation, create->table.name, create->table.begin, report);
        for (const sql::Column& column : create->columns)
            check_name(situation, column.name, column.begin, report);
    }
    if (const auto* create = situation.does<sql::CreateIndex>(); create && !create->name.empty())
        check_name(situation, create->name, 0, report);
    if (const auto* rename = situation.does<sql::Rename>())
        check_name(situation, rename->new_name, 0, report);
    const auto* alter = situation.does<sql::AlterTable>();
    if (alter == nullptr) return;
    for (const sql::TableChange& change : alter->changes)
        if (change.kind == TableChangeKind::add_column)
            check_name(situation, change.column.name, change.column.begin, report);
}

void create_extension(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateExtension>();
    if (create == nullptr) return;
    report
        .say("create-extension", situation.statement,
             "the extension " + quoted(create->name) +
                 " must be installed on the server, and making it needs rights that a migration's "
                 "role may not have")
        .help = {"have it made when the database is set up"};
}

void partition_table(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateTable>();
    if (create == nullptr || (create->partition_by == 0 && !create->bound.is_there)) return;
    report
        .say("partition-table", situation.statement,
             quoted(create->table) + " is partitioned, or a partition")
        .help = {"the rule is on because the team wants none"};
}

// Bytes and alignment; 0: of varying length, kept last.
struct Layout {
    unsigned size{};
    unsigned alignment{};
};

Layout layout_of(const sql::TypeName& type) {
    static const std::map<std::string, Layout> layouts{
        {"int8", {8, 8}},      {"bigserial", {8, 8}},   {"serial8", {8, 8}},     {"float8", {8, 8}},
        {"timestamp", {8, 8}}, {"timestamptz", {8, 8}}, {"time", {8, 8}},        {"money", {8, 8}},
        {"int4", {4, 4}},      {"serial", {4, 4}},      {"serial4", {4, 4}},     {"float4", {4, 4}},
        {"date", {4, 4}},      {"int2", {2, 2}},        {"smallserial", {2, 2}}, {"bool", {1, 1}},
        {"uuid", {16, 1}},     {"interval", {16, 8}},
    };
    const auto found = layouts.find(type.name);
    const bool is_fixed = found != layouts.end() && type.array_dimensions == 0;
    return is_fixed ? found->second : Layout{0, 4};
}

unsigned width_of(const std::vector<Layout>& columns) {
    unsigned width = 0;
    for (const Layout& column : columns) {
        if (column.size == 0) break;
        width = (width + column.alignment - 1) / column.alignment * column.alignment + column.size;
    }
    return width;
}

void column_order(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateTable>();
    if (create == nullptr) return;
    std::vector<Layout> fixed;
    for (const sql::Column& column : create->columns)
        if (const Layout layout = layout_of(column.type); layout.size != 0) fixed.push_back(layout);
    std::vector<Layout> best = fixed;
    std::stable_sort(best.begin(), best.end(), [](const Layout& left, const Layout& right) {
        return left.alignment > right.alignment;
    });
    constexpr unsigned worth_saying = 8;
    const unsigned lost = width_of(fixed) - width_of(best);
    if (width_of(fixed) < width_of(best) + worth_saying) return;
    report
        .say("column-order", situation.statement,
             "the columns of " + quoted(create->table) + " in this order lose " +
                 std::to_string(lost) + " bytes a row to alignment")
        .help = {"8-byte columns first, then 4, 2 and 1 byte, those of varying length last"};
}

bool must_be_there(const sql::Column& column) {
    return std::any_of(column.constraints.begin(), column.constraints.end(), [](const auto& each) {
        return each.kind == ConstraintKind::not_null || each.kind == ConstraintKind::primary_key ||
               each.kind == ConstraintKind::identity || each.kind == ConstraintKind::generated;
    });
}

bool is_key_column(const sql::CreateTable& create, const std::string& name) {
    return std::any_of(create.constraints.begin(), create.constraints.end(), [&](const auto& each) {
        return each.kind == ConstraintKind::primary_key &&
               std::find(each.columns.begin(), each.columns.end(), name) != each.columns.end();
    });
}

void not_null_required(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateTable>();
    if (create == nullptr) return;
    for (const sql::Column& column : create->columns) {
        const bool is_serial = column.type.name.find("serial") != std::string::npos;
        if (is_serial || must_be_there(column) || is_key_column(*create, column.name)) continue;
        report
            .say("not-null-required", situation.statement, column.begin,
                 quoted(column.name) + " of " + quoted(create->table) + " may be null")
            .help = {quoted(column.name) + " ... NOT NULL"};
    }
}

void domain_create_constraint(const Situation& situation, Report& report) {
    const auto* create = situation.does<sql::CreateDomain>();
    if (create == nullptr) return;
    const bool is_bound =
        std::any_of(create->constraints.begin(), create->constraints.end(), [](const auto& each) {
            return each.kind == ConstraintKind::check || each.kind == ConstraintKind::not_null;
        });
    if (!is_bound) return;
    report
        .say("domain-create-constraint", situation.statement,
             "to change what " + quoted(create->domain) +
                 " allows later locks and reads every table that uses it")
        .help = {"a CHECK of the table, added NOT VALID and validated after, is table by table"};
}

bool is_counted(const KnownTable& table, const std::string& name) {
    const KnownColumn* column = table.column(name);
    return column != nullptr &&
           (column->identity || column->type.name.find("serial") != std::string::npos);
}

bool sets_sequence_later(const FileSituation& file, std::size_t from) {
    return std::any_of(file.statements.begin() + static_cast<std::ptrdiff_t>(from),
                       file.statements.end(), [](const Judged& statement) {
                           const auto* rows = std::get_if<sql::Rows>(&statement.action);
                           const auto* other = std::get_if<sql::Other>(&statement.action);
                           const auto* alter = std::get_if<sql::AlterTable>(&statement.action);
                           if (other != nullptr && other->kind.find("seq") != std::string::npos)
                               return true;
                           if (alter != nullptr &&
                               std::any_of(alter->changes.begin(), alter->changes.end(),
                                           [](const sql::TableChange& change) {
                                               return change.kind == TableChangeKind::set_identity;
                                           }))
                               return true;
                           return rows != nullptr &&
                                  std::find(rows->all.functions.begin(), rows->all.functions.end(),
                                            "setval") != rows->all.functions.end();
                       });
}

void sequence_not_reset(const FileSituation& file, Report& report) {
    for (std::size_t at = 0; at < file.statements.size(); ++at) {
        const auto* rows = std::get_if<sql::Rows>(&file.statements[at].action);
        const auto* emptied = std::get_if<sql::Truncate>(&file.statements[at].action);
        if (emptied != nullptr && !emptied->restart_identity && !emptied->tables.empty())
            report
                .say("sequence-not-reset", file.statements[at],
                     "the sequences of " + quoted(emptied->tables.front()) +
                         " go on from where they were")
                .help = {"TRUNCATE " + quoted(emptied->tables.front()) +
                         " RESTART IDENTITY, where they should begin again"};
        if (rows == nullptr ||
            (rows->verb != sql::RowsVerb::insert && rows->verb != sql::RowsVerb::copy_from))
            continue;
        const KnownTable* table = file.schema.table(rows->table);
        if (table == nullptr) continue;
        for (const std::string& column : rows->columns)
            if (is_counted(*table, column) && !sets_sequence_later(file, at))
                report
                    .say("sequence-not-reset", file.statements[at],
                         "the sequence of " + quoted(column) + " does not know the values that " +
                             quoted(rows->table) + " is given here, and will give them again")
                    .help = {"SELECT setval(pg_get_serial_sequence(" +
                             literal(quoted(rows->table)) + ", " + literal(column) + "), max(" +
                             quoted(column) + ")) FROM " + quoted(rows->table)};
    }
}

}  // namespace

std::vector<Rule> table_advice_rules() {
    constexpr auto advice = Bucket::advisory;
    return {
        {"unlogged-table", advice, "An unlogged table does not survive a crash.", "",
         unlogged_table},
        {"schema-unqualified", advice, "A bare name means what the search_path says.", "",
         schema_unqualified, nullptr, true},
        {"identifier", advice, "Names that need quotes, or are cut off, cause mistakes.", "",
         identifier},
        {"create-extension", advice, "An extension needs files and rights on the server.", "",
         create_extension},
        {"partition-table", advice, "Some teams want no partitioned tables.", "", partition_table,
         nullptr, true},
        {"column-order", advice, "Padding between columns makes every row longer.", "",
         column_order, nullptr, true},
        {"not-null-required", advice, "Some teams want every column NOT NULL.", "",
         not_null_required, nullptr, true},
        {"domain-create-constraint", advice,
         "A constraint of a domain is hard to change once tables use it.", "",
         domain_create_constraint},
        {"sequence-not-reset", advice, "A sequence counts on by itself, whatever the table holds.",
         "", nullptr, sequence_not_reset},
    };
}

}  // namespace migrations::rules
