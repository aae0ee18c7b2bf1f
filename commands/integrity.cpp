#include "commands/integrity.hpp"

#include <algorithm>
#include <cmath>

namespace commands {

using ledger::fail;
using ledger::Result;
using ledger::TestCheck;

namespace {

constexpr double used_max = 0.8;
constexpr double per_cent = 100;

std::string joined(const std::vector<std::string>& texts, const char* between) {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : between) + text;
    return all;
}

std::string counted(std::uint64_t count, const std::string& word) {
    return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

TestCheck catalog_check(std::string name, const std::vector<std::string>& faults) {
    return {std::move(name), faults.empty(), joined(faults, "; ")};
}

std::vector<std::string> sequence_faults(const CatalogFigures& catalog) {
    std::vector<std::string> faults;
    if (!catalog.sequences_unread.empty())
        faults.push_back("not read: " + catalog.sequences_unread);
    for (const SequenceFigures& sequence : catalog.sequences) {
        if (sequence.last_value.empty())
            faults.push_back(sequence.name + " may not be read");
        else if (sequence.used >= used_max)
            faults.push_back(
                sequence.name + " is at " + sequence.last_value + " of " + sequence.end + " (" +
                std::to_string(std::lround(std::floor(sequence.used * per_cent))) + " %)");
    }
    return faults;
}

// As PostgreSQL's quote_ident() would, but for its keywords.
std::string quoted_where_needed(const std::string& name) {
    constexpr const char* plain = "abcdefghijklmnopqrstuvwxyz_0123456789";
    const bool is_plain = name.find_first_not_of(plain) == std::string::npos && !name.empty() &&
                          (name.front() < '0' || name.front() > '9');
    if (is_plain) return name;
    std::string text = "\"";
    for (const char each : name) text += each == '"' ? std::string{"\"\""} : std::string{each};
    return text + "\"";
}

std::string name_text(const RowsQuestion& question) {
    return (question.schema.empty() ? "" : quoted_where_needed(question.schema) + ".") +
           quoted_where_needed(question.table);
}

std::string table_text(const RowsQuestion& question) {
    std::vector<std::string> columns;
    for (const std::string& column : question.columns)
        columns.push_back(quoted_where_needed(column));
    return name_text(question) + " (" + joined(columns, ", ") + ")";
}

class Checking {
public:
    Checking(IntegrityDatabase& database, const Questions& questions, const TellQuestion& tell)
        : database_{database}, questions_{questions}, tell_{tell} {}

    Result<std::vector<TestCheck>> run() {
        const auto catalog = database_.catalog();
        if (!catalog) return fail(catalog.error());
        count_ = catalog->foreign_keys.size() + questions_.unique.size() +
                 questions_.not_null.size() + questions_.rows.size();
        look_at(*catalog);
        for (const ForeignKey& key : catalog->foreign_keys)
            if (auto asked = ask(key); !asked) return fail(asked.error());
        for (const RowsQuestion& question : questions_.unique)
            if (auto asked = ask_duplicates(question); !asked) return fail(asked.error());
        for (const RowsQuestion& question : questions_.not_null)
            if (auto asked = ask_nulls(question); !asked) return fail(asked.error());
        for (const RowsQuestion& question : questions_.rows)
            if (auto asked = ask_rows(question); !asked) return fail(asked.error());
        for (const std::string& text : questions_.not_asked)
            checks_.push_back({"not asked", true, text});
        return std::move(checks_);
    }

private:
    void look_at(const CatalogFigures& catalog) {
        std::vector<std::string> not_valid;
        for (const auto& [name, table] : catalog.not_valid)
            if (!is_to_be_validated(name))
                not_valid.push_back(name + " of " + table);
            else if (!is_foreign_key(catalog, name))
                checks_.push_back({"not asked", true,
                                   "whether all rows satisfy " + name + " of " + table +
                                       ", which a pending migration validates"});
        checks_.push_back(catalog_check("constraints are validated", not_valid));
        checks_.push_back(catalog_check("indexes are usable", catalog.unusable_indexes));
        checks_.push_back(
            catalog_check("sequences are far from their end", sequence_faults(catalog)));
        std::vector<std::string> bare;
        for (const ForeignKey& key : catalog.foreign_keys)
            if (!key.has_index) bare.push_back(key.name + " of " + key.table);
        if (!bare.empty())
            checks_.push_back({"foreign keys without an index (a note)", true, joined(bare, "; ")});
    }

    [[nodiscard]] bool is_to_be_validated(const std::string& constraint) const {
        const auto& all = questions_.validated;
        return std::find(all.begin(), all.end(), constraint) != all.end();
    }

    static bool is_foreign_key(const CatalogFigures& catalog, const std::string& name) {
        return std::any_of(catalog.foreign_keys.begin(), catalog.foreign_keys.end(),
                           [&](const ForeignKey& key) { return key.name == name; });
    }

    void tell(const std::string& what) {
        ++number_;
        if (tell_) tell_(number_, count_, what);
    }

    Result<void> ask(const ForeignKey& key) {
        const std::string name = "no orphans: " + key.name + " of " + key.table;
        tell(name);
        const auto answer = database_.count_orphans(key);
        if (!answer) return fail(answer.error());
        conclude(
            name, *answer,
            [&](std::uint64_t count) {
                return counted(count, "row") + " without a row in " + key.referenced;
            },
            RowsQuestion{});
        return {};
    }

    Result<void> ask_duplicates(const RowsQuestion& question) {
        const std::string name =
            "no duplicates: " + table_text(question) + " for " + question.asked_by;
        tell(name);
        const auto answer = database_.count_duplicates(question);
        if (!answer) return fail(answer.error());
        conclude(
            name, *answer,
            [](std::uint64_t count) { return counted(count, "value") + " more than once"; },
            question);
        return {};
    }

    Result<void> ask_nulls(const RowsQuestion& question) {
        const std::string name = "no nulls: " + table_text(question) + " for " + question.asked_by;
        tell(name);
        const auto answer = database_.count_nulls(question);
        if (!answer) return fail(answer.error());
        conclude(
            name, *answer, [](std::uint64_t count) { return counted(count, "row") + " with null"; },
            question);
        return {};
    }

    Result<void> ask_rows(const RowsQuestion& question) {
        const std::string name = (question.is_none_allowed ? "no rows: " : "one row at most: ") +
                                 name_text(question) + " for " + question.asked_by;
        tell(name);
        auto answer = database_.count_rows(question);
        if (!answer) return fail(answer.error());
        if (answer->count && *answer->count <= (question.is_none_allowed ? 0U : 1U))
            answer->count = 0;
        conclude(
            name, *answer,
            [&](std::uint64_t) {
                return std::string{
                    question.is_none_allowed
                        ? "it has rows, for which a new NOT NULL column has no value"
                        : "it has rows, for which a new unique column has one value"};
            },
            question);
        return {};
    }

    template <class Words>
    void conclude(const std::string& name, const CountAnswer& answer, Words words,
                  const RowsQuestion& question) {
        if (!answer.count && !answer.why_not.empty()) {
            checks_.push_back({name, false, answer.why_not});
        } else if (!answer.count && question.is_made_before) {
            checks_.push_back({name, true, "not there yet"});
        } else if (!answer.count) {
            checks_.push_back({"not asked", true,
                               name + ": there is no such table or column, and no pending "
                                      "statement is seen to make it"});
        } else if (*answer.count == 0 && question.is_retyped_before) {
            checks_.push_back({"not asked", true,
                               name + ": none as they are; a pending statement before it gives "
                                      "them another type"});
        } else if (*answer.count == 0) {
            checks_.push_back({name, true, ""});
        } else if (question.is_written_before) {
            checks_.push_back(
                {name, true,
                 words(*answer.count) + "; a pending statement before it writes there"});
        } else {
            checks_.push_back({name, false, words(*answer.count)});
        }
    }

    IntegrityDatabase& database_;
    const Questions& questions_;
    const TellQuestion& tell_;
    std::vector<TestCheck> checks_;
    std::size_t number_{};
    std::size_t count_{};
};

}  // namespace

Result<std::vector<TestCheck>> check_integrity(IntegrityDatabase& database,
                                               const Questions& questions,
                                               const TellQuestion& tell) {
    return Checking{database, questions, tell}.run();
}

}  // namespace commands
