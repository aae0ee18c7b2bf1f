// migrations/rules/table_changes.hpp: what the rules about changes of a table share: which tables
// are spared, where a change ends in the text, how its safe form is written.
//
// Units   positions are bytes of the judged text, where not said otherwise.
#pragma once

#include "migrations/rules/rule.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::rules {

// Somebody may be using it and it may have rows: it was there before the script, or the script has
// filled it.
[[nodiscard]] bool is_in_use(const Situation& situation, const ObjectName& table);
// The same, and others see it: the transaction that has made it is over.
[[nodiscard]] bool is_seen(const Situation& situation, const ObjectName& table);
// Of what the script has made over older tables: the change is of itself alone.
[[nodiscard]] bool spares_older(const Situation& situation, const sql::AlterTable& alter,
                                const sql::TableChange& change);
// An index, a key of its own or a trigger of a table is none of those that inherit from it.
[[nodiscard]] bool spares_heirs(const Schema& schema, const ObjectName& table);
// By IF NOT EXISTS nothing is made: history tells of a table of that name.
[[nodiscard]] bool is_there_already(const Schema& schema, const sql::CreateTable& create);
// The relations whose rows are written by that name: for a view of the script's what is below it.
[[nodiscard]] std::vector<ObjectName> written_by(const Schema& schema, const ObjectName& name);
[[nodiscard]] bool is_foreign(const Situation& situation, const ObjectName& table);
[[nodiscard]] bool is_partitioned(const Situation& situation, const ObjectName& table);
// One of the server's own, by its name.
[[nodiscard]] bool is_catalog(const ObjectName& name);
[[nodiscard]] const KnownTable* default_partition(const Schema& schema, const ObjectName& parent);
// Its partitions and what inherits from it, and what is below those.
[[nodiscard]] std::vector<const KnownTable*> all_below(const Schema& schema,
                                                       const ObjectName& table);
// Those that are OF the composite type.
[[nodiscard]] std::vector<const KnownTable*> tables_of(const Schema& schema,
                                                       const ObjectName& type);
// Whether a table with rows has a column of the domain; yes where not every table is known.
[[nodiscard]] bool domain_may_be_used(const Schema& schema, const Circumstances& circumstances,
                                      const ObjectName& domain);
[[nodiscard]] bool contains(const std::vector<std::string>& words, const std::string& word);

// "a, b", quoted as SQL needs it.
[[nodiscard]] std::string listed(const std::vector<std::string>& columns);
// "varchar(20)[]"
[[nodiscard]] std::string to_text(const sql::TypeName& type);

// The column is known to have no NULL, or a CHECK that is known to hold says so: of the table, or
// of each that is below it and has rows.
[[nodiscard]] bool is_never_null(const Situation& situation, const ObjectName& table,
                                 const std::string& column,
                                 const sql::AlterTable* within = nullptr);

// The script itself has added the column, to whatever table: no program knows it yet.
[[nodiscard]] bool is_added_here(const Situation& situation, const ObjectName& table,
                                 const std::string& column);

// The same of a composite type's attribute.
[[nodiscard]] bool is_attribute_added_here(const Situation& situation, const ObjectName& type,
                                           const std::string& attribute);
// Nobody but the script has used it; a lock is only noted on what was there before.
[[nodiscard]] bool was_there(const Judged& statement, const ObjectName& table);

// ADD COLUMN IF NOT EXISTS of one that is there does nothing.
[[nodiscard]] bool does_nothing(const Situation& situation, const sql::AlterTable& alter,
                                const sql::TableChange& change);

// CREATE INDEX IF NOT EXISTS of a name that is taken does nothing.
[[nodiscard]] bool does_nothing(const Situation& situation, const sql::CreateIndex& create);

// "ALTER TABLE orders", with its IF EXISTS and ONLY.
[[nodiscard]] std::string alter_text(const sql::AlterTable& alter);

// The constraint's name: where it has none, the one that the server would give it.
[[nodiscard]] std::string name_of(const Situation& situation, const sql::AlterTable& alter,
                                  const sql::Constraint& constraint);

// Text edits are possible: the statement stands in the text, outside a transaction.
[[nodiscard]] bool may_become_several(const Situation& situation);
// The whole of it may be written anew: it makes one change, and no comment would be lost.
[[nodiscard]] bool may_be_replaced(const Situation& situation, const sql::AlterTable& alter);
// Behind the last token of the list item that begins at `at`, a byte of the statement.
[[nodiscard]] std::size_t end_of_item(const Judged& statement, std::size_t at);
// Behind the first of the words that is a word of the statement, not of a comment or a name.
[[nodiscard]] std::optional<std::size_t> behind_word(const Judged& statement,
                                                     std::string_view word);
// The statement's words in lower case, without names in quotes, strings and comments.
[[nodiscard]] std::vector<std::string> bare_words(std::string_view text);

[[nodiscard]] TextEdit whole_replaced(const Judged& statement, std::string text);
[[nodiscard]] TextEdit appended(const Judged& statement, std::string text);

using CheckChange = void (*)(const Situation&, const sql::AlterTable&, const sql::TableChange&,
                             Report&);

// Fills in changes_seen and changes_in_use: none of a foreign table, whose rows are elsewhere, and
// none that does nothing, or nothing to older tables.
void note_changes(Situation& situation);

// Calls the check with each change of a table that others see; or that has rows, where it is they
// that count.
template <CheckChange check, bool is_about_rows = false>
void each_change(const Situation& situation, Report& report) {
    for (const auto* change : is_about_rows ? situation.changes_in_use : situation.changes_seen)
        check(situation, *situation.does<sql::AlterTable>(), *change, report);
}

}  // namespace migrations::rules
