#include "migrations/rules/rule.hpp"
#include "migrations/sql/lexer.hpp"

#include <algorithm>
#include <array>

namespace migrations::rules {

using sql::ConstraintKind;
using sql::TableChangeKind;
using sql::TypeName;

namespace {

bool is_one_of(const TypeName& type, std::initializer_list<std::string_view> names) {
    return type.schema.empty() && std::find(names.begin(), names.end(), type.name) != names.end();
}

bool is_serial(const TypeName& type) {
    return is_one_of(type, {"serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"});
}

struct TypedColumn {
    const ObjectName& table;
    const std::string& name;
    const TypeName& type;
};

template <class See>
void for_each_type(const Situation& situation, See see) {
    if (const auto* create = situation.does<sql::CreateTable>())
        for (const sql::Column& column : create->columns)
            see(TypedColumn{create->table, column.name, column.type});
    const auto* alter = situation.does<sql::AlterTable>();
    if (alter == nullptr) return;
    for (const sql::TableChange& change : alter->changes) {
        if (change.kind == TableChangeKind::add_column)
            see(TypedColumn{alter->table, change.column.name, change.column.type});
        if (change.kind == TableChangeKind::set_type)
            see(TypedColumn{alter->table, change.name, change.column.type});
    }
}

// A type that is one word, and has nothing behind it that belongs to it.
std::optional<Fix> retyped(const Judged& statement, const TypeName& type, std::string_view better) {
    constexpr std::array continued{"(", "varying", "with", "without", "precision", "."};
    if (statement.is_nested || type.begin == 0) return std::nullopt;
    sql::Lexer lexer{statement.text, type.begin};
    sql::Token word;
    if (!lexer.next(word) || word.kind != sql::TokenKind::word) return std::nullopt;
    sql::Token next;
    if (lexer.next(next)) {
        const auto text = statement.text.substr(next.begin, next.end - next.begin);
        if (std::any_of(continued.begin(), continued.end(),
                        [&](const char* each) { return sql::same_word(each, text); }))
            return std::nullopt;
    }
    return Fix{"make it " + std::string{better},
               {{statement.begin + word.begin, statement.begin + word.end, std::string{better}}}};
}

void say_type(const Situation& situation, Report& report, std::string_view rule,
              const TypedColumn& column, const std::string& why, const std::string& better) {
    Finding& finding = report.say(rule, situation.statement, column.type.begin,
                                  quoted(column.name) + " of " + quoted(column.table) + " " + why);
    finding.help = {quoted(column.name) + " " + better};
    if (better.find(' ') == std::string::npos && better.find('(') == std::string::npos)
        finding.fix = retyped(situation.statement, column.type, better);
}

void prefer_bigint(const Situation& situation, Report& report) {
    for_each_type(situation, [&](const TypedColumn& column) {
        if (is_one_of(column.type, {"int4", "serial", "serial4"}))
            say_type(situation, report, "prefer-bigint", column, "ends at 2,147,483,647",
                     is_serial(column.type) ? "bigserial" : "bigint");
    });
}

void prefer_bigint_smallint(const Situation& situation, Report& report) {
    for_each_type(situation, [&](const TypedColumn& column) {
        if (is_one_of(column.type, {"int2", "smallserial", "serial2"}))
            say_type(situation, report, "prefer-bigint-smallint", column, "ends at 32,767",
                     is_serial(column.type) ? "bigserial" : "bigint");
    });
}

void prefer_identity(const Situation& situation, Report& report) {
    for_each_type(situation, [&](const TypedColumn& column) {
        if (!is_serial(column.type)) return;
        const bool is_big = is_one_of(column.type, {"bigserial", "serial8"});
        say_type(situation, report, "prefer-identity", column,
                 "is a serial: its sequence has rights and an owner of its own",
                 std::string{is_big ? "bigint" : "integer"} + " GENERATED ALWAYS AS IDENTITY");
    });
}

void prefer_text(const Situation& situation, Report& report) {
    for_each_type(situation, [&](const TypedColumn& column) {
        if (!is_one_of(column.type, {"varchar"}) || column.type.modifiers.empty()) return;
        const std::string limit = std::to_string(column.type.modifiers.front());
        say_type(situation, report, "prefer-text", column,
                 "is limited by its type, which is hard to narrow later",
                 "text CHECK (length(" + quoted(column.name) + ") <= " + limit + ")");
    });
}

void prefer_timestamptz(const Situation& situation, Report& report) {
    for_each_type(situation, [&](const TypedColumn& column) {
        if (is_one_of(column.type, {"timestamp"}))
            say_type(situation, report, "prefer-timestamptz", column,
                     "means another moment in each time zone", "timestamptz");
    });
}

void ban_char(const Situation& situation, Report& report) {
    for_each_type(situation, [&](const TypedColumn& column) {
        if (is_one_of(column.type, {"bpchar"}))
            say_type(situation, report, "ban-char", column,
                     "is filled up with blanks, and compares without them", "text");
    });
}

void prefer_jsonb(const Situation& situation, Report& report) {
    for_each_type(situation, [&](const TypedColumn& column) {
        if (is_one_of(column.type, {"json"}))
            say_type(situation, report, "prefer-jsonb", column,
                     "is kept as text: no equality, so DISTINCT and GROUP BY fail", "jsonb");
    });
}

void ban_money(const Situation& situation, Report& report) {
    for_each_type(situation, [&](const TypedColumn& column) {
        if (is_one_of(column.type, {"money"}))
            say_type(situation, report, "ban-money", column,
                     "changes its currency with the server's lc_monetary", "numeric(12, 2)");
    });
}

void ban_float(const Situation& situation, Report& report) {
    for_each_type(situation, [&](const TypedColumn& column) {
        if (is_one_of(column.type, {"float4", "float8"}))
            say_type(situation, report, "ban-float", column,
                     "is not exact: 0.1 + 0.2 is not 0.3, and sums depend on their order",
                     "numeric");
    });
}

void timestamp_precision(const Situation& situation, Report& report) {
    for_each_type(situation, [&](const TypedColumn& column) {
        if (!is_one_of(column.type, {"timestamp", "timestamptz"}) || column.type.modifiers.empty())
            return;
        if (column.type.modifiers.front() >= 6) return;
        say_type(situation, report, "timestamp-precision", column,
                 "rounds: a moment late in a second becomes the next one",
                 column.type.name + " without precision, and date_trunc() where it is read");
    });
}

bool is_short(const TypeName& type) {
    return is_one_of(type, {"int2", "int4", "serial", "serial2", "serial4", "smallserial"});
}

bool is_primary(const sql::Constraint& constraint) {
    return constraint.kind == ConstraintKind::primary_key;
}

void say_short_key(const Situation& situation, const ObjectName& table, const std::string& column,
                   std::size_t at, Report& report) {
    report
        .say("pk-short-int", situation.statement, at,
             "the primary key " + quoted(column) + " of " + quoted(table) +
                 " runs out, and to widen it then rewrites the table")
        .help = {quoted(column) + " bigint"};
}

// Of a key over columns that the statement defines, or that are known.
void check_key(const Situation& situation, const ObjectName& table,
               const std::vector<sql::Column>& defined, const sql::Constraint& key,
               Report& report) {
    const KnownTable* owner = situation.schema.table(table);
    const KnownIndex* index = owner == nullptr ? nullptr : owner->index(key.using_index);
    for (const std::string& name : index == nullptr ? key.columns : index->columns) {
        const auto here = std::find_if(defined.begin(), defined.end(),
                                       [&](const auto& column) { return column.name == name; });
        if (here != defined.end()) {
            if (is_short(here->type))
                say_short_key(situation, table, name, here->type.begin, report);
            continue;
        }
        const KnownTable* known = situation.schema.table(table);
        const KnownColumn* column = known == nullptr ? nullptr : known->column(name);
        if (column != nullptr && is_short(column->type))
            say_short_key(situation, table, name, key.begin, report);
    }
}

void check_own_keys(const Situation& situation, const ObjectName& table,
                    const std::vector<sql::Column>& defined, Report& report) {
    for (const sql::Column& column : defined)
        if (is_short(column.type) &&
            std::any_of(column.constraints.begin(), column.constraints.end(), is_primary))
            say_short_key(situation, table, column.name, column.type.begin, report);
}

void pk_short_int(const Situation& situation, Report& report) {
    if (const auto* create = situation.does<sql::CreateTable>()) {
        check_own_keys(situation, create->table, create->columns, report);
        for (const sql::Constraint& constraint : create->constraints)
            if (is_primary(constraint))
                check_key(situation, create->table, create->columns, constraint, report);
    }
    const auto* alter = situation.does<sql::AlterTable>();
    if (alter == nullptr) return;
    std::vector<sql::Column> added;
    for (const sql::TableChange& change : alter->changes)
        if (change.kind == TableChangeKind::add_column) added.push_back(change.column);
    check_own_keys(situation, alter->table, added, report);
    for (const sql::TableChange& change : alter->changes)
        if (change.kind == TableChangeKind::add_constraint && is_primary(change.constraint))
            check_key(situation, alter->table, added, change.constraint, report);
}

}  // namespace

std::vector<Rule> column_advice_rules() {
    constexpr auto advice = Bucket::advisory;
    return {
        {"prefer-bigint", advice, "Four bytes saved are a migration of the whole table later.", "",
         prefer_bigint},
        {"prefer-bigint-smallint", advice, "A small integer is soon too small.", "",
         prefer_bigint_smallint},
        {"pk-short-int", advice, "A short key runs out, and every insert fails from then on.", "",
         pk_short_int},
        {"prefer-identity", advice, "An identity column owns its sequence; a serial only uses one.",
         "", prefer_identity},
        {"prefer-text", advice, "A limit in a CHECK can be changed without touching the type.", "",
         prefer_text},
        {"prefer-timestamptz", advice, "A timestamp without a zone is not a moment.", "",
         prefer_timestamptz},
        {"ban-char", advice, "char(n) pads with blanks and saves nothing.", "", ban_char},
        {"prefer-jsonb", advice, "json can be neither compared nor indexed.", "", prefer_jsonb},
        {"ban-money", advice, "money has no currency and rounds as the server is set up.", "",
         ban_money},
        {"ban-float", advice, "Binary fractions do not hold decimal ones.", "", ban_float},
        {"timestamp-precision", advice, "A precision rounds instead of cutting off.", "",
         timestamp_precision},
    };
}

}  // namespace migrations::rules
