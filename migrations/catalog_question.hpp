// migrations/catalog_question.hpp: what a catalog can be asked about a statement that is in doubt.
//
// Shape  pure. Asked after a crash of the first statement that its script's marker does not count.
//        Where it ran in one transaction with its marker there is nothing to ask: the marker tells.
// Order  the first kinds need no answer; then what a catalog answers; the last only a person can.
#pragma once

#include "migrations/migration.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace migrations {

// As the catalog spells it; no schema: by the search path.
struct QualifiedName {
    std::string schema;
    std::string name;
    bool operator==(const QualifiedName&) const = default;
};

struct CatalogQuestion {
    enum class Kind {
        none,        // the marker tells
        repeatable,  // VACUUM and the like: doing it again is harmless
        index_is_valid,
        index_is_gone,
        unnamed_index_is_invalid,  // an invalid one tells; a valid one could be anybody's
        database_is_there,
        database_is_gone,
        tablespace_is_there,
        tablespace_is_gone,
        subscription_is_there,
        subscription_is_gone,
        publications_are_added,
        publications_are_gone,
        partition_is_detached,
        nobody_knows,  // CALL, DO that may commit inside, a statement that could not be read
    };
    Kind kind{};
    QualifiedName object;            // the index, database, ..., partition; of an unnamed index
                                     // its table
    QualifiedName parent;            // of a partition
    std::vector<std::string> names;  // of publications
    bool operator==(const CatalogQuestion&) const = default;
};

[[nodiscard]] CatalogQuestion question_about(const Script& script, std::uint32_t statement_index);

// Whether a catalog tells that it has happened: then a run does not do it again.
[[nodiscard]] bool is_told_by_catalog(const CatalogQuestion& question);

// "whether the index \"a_id\" is there and valid".
[[nodiscard]] std::string to_text(const CatalogQuestion& question);

// How a statement begins, on one line, without any literal, since those may be secret.
[[nodiscard]] std::string first_words(const Script& script, std::uint32_t statement_index);

}  // namespace migrations
