#include "migrations/rules/table_changes.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace migrations::rules {

using sql::Token;
using sql::TokenKind;

namespace {

bool is_dropped(const sql::AlterTable* within, const std::string& constraint) {
    if (within == nullptr) return false;
    return std::any_of(within->changes.begin(), within->changes.end(),
                       [&](const sql::TableChange& change) {
                           return change.kind == sql::TableChangeKind::drop_constraint &&
                                  change.name == constraint;
                       });
}

// What nobody has described is what its name says, when the script checks it.
bool validates_unknown(const Situation& situation, const ObjectName& table) {
    const KnownTable* known = situation.schema.table(table);
    std::vector<std::string> validated;
    for (const Judged& earlier : situation.before) {
        const auto* alter = std::get_if<sql::AlterTable>(&earlier.action);
        if (alter == nullptr || key_of(alter->table) != key_of(table)) continue;
        for (const sql::TableChange& change : alter->changes) {
            if (change.kind == sql::TableChangeKind::validate_constraint &&
                (known == nullptr || known->constraint(change.name) == nullptr))
                validated.push_back(change.name);
            if (change.kind == sql::TableChangeKind::drop_constraint)
                std::erase(validated, change.name);
        }
    }
    return !validated.empty();
}

// " day to second"; nothing for every field. A field is a bit, as the server's DAY, HOUR, ...
// count.
std::string fields_text(int fields) {
    constexpr int every = 0x7FFF;
    constexpr std::array<std::pair<int, std::string_view>, 6> names{{{1 << 2, "year"},
                                                                     {1 << 1, "month"},
                                                                     {1 << 3, "day"},
                                                                     {1 << 10, "hour"},
                                                                     {1 << 11, "minute"},
                                                                     {1 << 12, "second"}}};
    if (fields == every) return "";
    std::string_view first;
    std::string_view last;
    for (const auto& [field, name] : names) {
        if ((fields & field) == 0) continue;
        (first.empty() ? first : last) = name;
    }
    return " " + std::string{first} + (last.empty() ? "" : " to " + std::string{last});
}

constexpr std::uint32_t check_is_believed_since = 12;

// `alone`: by a CHECK that is of this table only, too.
bool says_never_null(const Situation& situation, const KnownTable& known, const std::string& column,
                     const sql::AlterTable* within, bool alone) {
    const KnownColumn* found = known.column(column);
    if (found != nullptr && found->not_null) return true;
    if (contains(known.never_null, column)) return true;
    for (const KnownConstraint& constraint : known.constraints) {
        if (constraint.kind == sql::ConstraintKind::primary_key &&
            contains(constraint.columns, column))
            return true;
        if (situation.server_has(check_is_believed_since) && constraint.validated &&
            (alone || !constraint.no_inherit) && !is_dropped(within, constraint.name) &&
            contains(constraint.not_null_columns, column))
            return true;
    }
    return false;
}

struct Attribute {
    ObjectName type;
    std::string name;
};

bool adds(const sql::Action& action, const Attribute& attribute) {
    const auto* alter = std::get_if<sql::AlterTable>(&action);
    return alter != nullptr && key_of(alter->table) == key_of(attribute.type) &&
           std::any_of(alter->changes.begin(), alter->changes.end(),
                       [&](const sql::TableChange& change) {
                           return change.kind == sql::TableChangeKind::add_column &&
                                  change.name == attribute.name;
                       });
}

// As it was called before.
void undo_rename(const sql::Action& action, Attribute& attribute) {
    ObjectName& type = attribute.type;
    if (const auto* moved = std::get_if<sql::SetSchema>(&action)) {
        if (moved->object == sql::ObjectKind::type &&
            key_of({moved->new_schema, moved->name.name}) == key_of(type))
            type = moved->name;
        return;
    }
    const auto* rename = std::get_if<sql::Rename>(&action);
    if (rename == nullptr) return;
    if (rename->object == sql::ObjectKind::attribute && key_of(rename->name) == key_of(type) &&
        rename->new_name == attribute.name)
        attribute.name = rename->part;
    if (rename->object == sql::ObjectKind::type &&
        key_of({rename->name.schema, rename->new_name}) == key_of(type))
        type = rename->name;
}

// Within a statement: behind its last token that is no comment.
struct Cursor {
    int depth{};

    // False where the token ends the list item.
    bool takes(std::string_view text, const Token& token) {
        if (token.kind != TokenKind::symbol) return true;
        const char symbol = text[token.begin];
        if (symbol == '(' || symbol == '[') ++depth;
        if (symbol == ')' || symbol == ']') --depth;
        return depth >= 0 && (symbol != ',' || depth > 0);
    }
};

}  // namespace

bool contains(const std::vector<std::string>& words, const std::string& word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string listed(const std::vector<std::string>& columns) {
    std::string text;
    for (const std::string& column : columns) text += (text.empty() ? "" : ", ") + quoted(column);
    return text;
}

std::string to_text(const sql::TypeName& type) {
    std::string text = type.schema.empty() ? type.name : type.schema + "." + type.name;
    std::vector<int> modifiers = type.modifiers;
    if (type.name == "interval" && !modifiers.empty()) {
        text += fields_text(modifiers.front());
        modifiers.erase(modifiers.begin());
    }
    std::string numbers;
    for (const int modifier : modifiers)
        numbers += (numbers.empty() ? "" : ",") + std::to_string(modifier);
    if (!numbers.empty()) text += "(" + numbers + ")";
    for (int index = 0; index < type.array_dimensions; ++index) text += "[]";
    return text;
}

bool is_never_null(const Situation& situation, const ObjectName& table, const std::string& column,
                   const sql::AlterTable* within) {
    const KnownTable* known = situation.schema.table(table);
    if (known != nullptr) {
        const bool is_alone = within != nullptr && within->only;
        const auto below =
            is_alone ? std::vector<const KnownTable*>{} : all_below(situation.schema, table);
        const bool is_own = says_never_null(situation, *known, column, within, below.empty());
        if (is_own) return true;
        const auto is_said = [&](const KnownTable* each) {
            return each->partition_by != 0 ||
                   says_never_null(situation, *each, column, within, true);
        };
        if (!below.empty() && is_said(known) && std::all_of(below.begin(), below.end(), is_said))
            return true;
    }
    return situation.server_has(check_is_believed_since) && validates_unknown(situation, table);
}

bool is_attribute_added_here(const Situation& situation, const ObjectName& type,
                             const std::string& attribute) {
    Attribute sought{type, attribute};
    for (auto each = situation.before.rbegin(); each != situation.before.rend(); ++each) {
        if (adds(each->action, sought)) return true;
        undo_rename(each->action, sought);
    }
    return false;
}

bool was_there(const Judged& statement, const ObjectName& table) {
    return std::any_of(statement.locks.begin(), statement.locks.end(),
                       [&](const TableLock& lock) { return key_of(lock.table) == key_of(table); });
}

bool is_added_here(const Situation& situation, const ObjectName& table, const std::string& column) {
    const KnownTable* known = situation.schema.table(table);
    const KnownColumn* found = known == nullptr ? nullptr : known->column(column);
    if (found == nullptr || found->origin != Origin::script) return false;
    // Where nobody has described the table, IF NOT EXISTS may have found one.
    return known->is_complete ||
           std::none_of(situation.before.begin(), situation.before.end(), [&](const Judged& each) {
               const auto* alter = std::get_if<sql::AlterTable>(&each.action);
               return alter != nullptr && key_of(alter->table) == key_of(table) &&
                      std::any_of(alter->changes.begin(), alter->changes.end(),
                                  [&](const sql::TableChange& change) {
                                      return change.kind == sql::TableChangeKind::add_column &&
                                             change.if_exists && change.name == column;
                                  });
           });
}

bool does_nothing(const Situation& situation, const sql::AlterTable& alter,
                  const sql::TableChange& change) {
    if (change.kind != sql::TableChangeKind::add_column || !change.if_exists) return false;
    const KnownTable* known = situation.schema.table(alter.table);
    return known != nullptr && known->column(change.name) != nullptr;
}

bool does_nothing(const Situation& situation, const sql::CreateIndex& create) {
    if (!create.if_not_exists || create.name.empty()) return false;
    const ObjectName name{create.table.schema, create.name, 0};
    const Schema& schema = situation.schema;
    return schema.table_of_index(name) != nullptr || schema.table(name) != nullptr ||
           schema.view(name) != nullptr;
}

std::string name_of(const Situation& situation, const sql::AlterTable& alter,
                    const sql::Constraint& constraint) {
    const KnownTable* table = situation.schema.table(alter.table);
    std::vector<std::string> taken;  // by what the statement adds before it
    const auto named = [&](const sql::Constraint& each) {
        std::string name = each.name;
        for (std::size_t number = 0; name.empty(); ++number) {
            name = default_name(alter.table.name, each, number);
            if (contains(taken, name) || (table != nullptr && table->has_part(name))) name.clear();
        }
        return name;
    };
    for (const sql::TableChange& change : alter.changes)
        if (change.kind == sql::TableChangeKind::add_constraint &&
            change.constraint.using_index.empty() && change.constraint.begin < constraint.begin)
            taken.push_back(named(change.constraint));
    return named(constraint);
}

bool may_become_several(const Situation& situation) {
    return !situation.statement.is_nested && !situation.session.in_transaction;
}

bool may_be_replaced(const Situation& situation, const sql::AlterTable& alter) {
    if (!may_become_several(situation) || alter.changes.size() != 1) return false;
    sql::Lexer lexer{situation.statement.text};
    for (Token token; lexer.next(token);)
        if (sql::is_comment(token.kind)) return false;
    return true;
}

std::string alter_text(const sql::AlterTable& alter) {
    return std::string{"ALTER TABLE "} + (alter.if_exists ? "IF EXISTS " : "") +
           (alter.only ? "ONLY " : "") + quoted(alter.table);
}

std::size_t end_of_item(const Judged& statement, std::size_t at) {
    sql::Lexer lexer{statement.text, at};
    Cursor cursor;
    std::size_t end = at;
    for (Token token; lexer.next(token);) {
        if (!cursor.takes(statement.text, token)) break;
        if (!sql::is_comment(token.kind)) end = token.end;
    }
    return statement.begin + end;
}

std::optional<std::size_t> behind_word(const Judged& statement, std::string_view word) {
    sql::Lexer lexer{statement.text};
    for (Token token; lexer.next(token);)
        if (token.kind == TokenKind::word &&
            sql::same_word(statement.text.substr(token.begin, token.end - token.begin), word))
            return statement.begin + token.end;
    return std::nullopt;
}

std::vector<std::string> bare_words(std::string_view text) {
    std::vector<std::string> words;
    sql::Lexer lexer{text};
    for (Token token; lexer.next(token);)
        if (token.kind == TokenKind::word)
            words.push_back(sql::lower(text.substr(token.begin, token.end - token.begin)));
    return words;
}

TextEdit whole_replaced(const Judged& statement, std::string text) {
    return {statement.begin, statement.begin + statement.text.size(), std::move(text)};
}

TextEdit appended(const Judged& statement, std::string text) {
    std::size_t end = statement.begin;
    sql::Lexer lexer{statement.text};
    for (Token token; lexer.next(token);)
        if (!sql::is_comment(token.kind)) end = statement.begin + token.end;
    return {end, end, std::move(text)};
}

void note_changes(Situation& situation) {
    const auto* alter = situation.does<sql::AlterTable>();
    if (alter == nullptr || alter->object != sql::ObjectKind::table) return;
    if (!is_in_use(situation, alter->table) || is_foreign(situation, alter->table)) return;
    const bool others_see_it = is_seen(situation, alter->table);
    for (const sql::TableChange& change : alter->changes) {
        if (does_nothing(situation, *alter, change) || spares_older(situation, *alter, change))
            continue;
        situation.changes_in_use.push_back(&change);
        if (others_see_it) situation.changes_seen.push_back(&change);
    }
}

}  // namespace migrations::rules
