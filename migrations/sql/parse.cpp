#include "migrations/sql/parse.hpp"

#include "migrations/sql/classify.hpp"
#include "migrations/sql/deep_stack.hpp"
#include "migrations/sql/live_tree.hpp"
#include "migrations/sql/position.hpp"

#include <algorithm>
#include <memory>

namespace migrations::sql {

namespace {

// Below it a thread's ordinary stack is ample: about a kilobyte a level is needed.
constexpr std::size_t depth_bound_here = 1'000;
constexpr std::size_t deep_stack_bytes = std::size_t{1} << 30U;

struct FreeResult {
    void operator()(PgQueryProtobufParseResult* result) const {
        pg_query_free_protobuf_parse_result(*result);
    }
};

SyntaxError error_of(const PgQueryError& error, const std::string& text) {
    const std::size_t character =
        error.cursorpos > 0 ? static_cast<std::size_t>(error.cursorpos) - 1 : 0;
    // The parser knows UTF-8 alone, and E'\xe4' may be meant for a database in LATIN1.
    const bool is_of_encoding =
        std::string_view{error.message}.starts_with("invalid byte sequence for encoding");
    return SyntaxError{error.message, byte_of_character(text, character), is_of_encoding};
}

SyntaxError not_one(std::size_t count) {
    return {count == 0 ? "the parser gave no statement" : "the parser sees more than one statement",
            0};
}

std::optional<SyntaxError> parse_here(const std::string& text, const SeeTree& see) {
    std::optional<SyntaxError> error = not_one(0);
    PgQueryProtobufParseResult raw =
        parse_in_place(text.c_str(), [&](const PgQuery__ParseResult& tree) {
            if (tree.n_stmts == 0 || tree.stmts[0]->stmt == nullptr) return;
            if (tree.n_stmts > 1) {
                error = not_one(tree.n_stmts);
                return;
            }
            error.reset();
            see(*tree.stmts[0]->stmt);
        });
    const std::unique_ptr<PgQueryProtobufParseResult, FreeResult> result{&raw};
    if (raw.error) return error_of(*raw.error, text);
    return error;
}

struct FreeSplit {
    void operator()(PgQuerySplitResult* result) const { pg_query_free_split_result(*result); }
};

// What begins with INSERT is an InsertStmt or no SQL at all, and nothing in its tree is asked for.
// So it is parsed, and its tree is not made.
bool is_insert(std::string_view text) {
    constexpr std::string_view word = "INSERT";
    if (text.size() <= word.size()) return false;
    const auto is_same = [](char upper, char either) { return upper == (either & ~0x20); };
    return std::equal(word.begin(), word.end(), text.begin(), is_same) &&
           std::string_view{" \t\r\n"}.find(text[word.size()]) != std::string_view::npos;
}

std::optional<SyntaxError> parse_insert(const std::string& text, Statement& statement) {
    PgQuerySplitResult raw = pg_query_split_with_parser(text.c_str());
    const std::unique_ptr<PgQuerySplitResult, FreeSplit> result{&raw};
    if (raw.error) return error_of(*raw.error, text);
    if (raw.n_stmts != 1) return not_one(static_cast<std::size_t>(raw.n_stmts));
    statement.kind = "insert";
    return std::nullopt;
}

std::size_t longest_operator_run(std::string_view text) {
    constexpr std::string_view operator_characters = "~!@#^&|`?+-*/%<>=";
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char character : text) {
        run = operator_characters.find(character) == std::string_view::npos ? 0 : run + 1;
        longest = std::max(longest, run);
    }
    return longest;
}

SyntaxError too_deep() { return {"the statement may be nested too deeply to be parsed", 0, true}; }

std::optional<SyntaxError> beyond_bounds(std::string_view text, std::size_t depth_bound) {
    if (text.size() > parsed_bytes_max)
        return SyntaxError{"the statement is larger than a mebibyte, and is not parsed", 0, true};
    if (depth_bound > depth_bound_max) return too_deep();
    if (text.size() > operator_run_max && longest_operator_run(text) > operator_run_max)
        return SyntaxError{"the statement has thousands of operator characters in a row", 0, true};
    return std::nullopt;
}

}  // namespace

std::optional<SyntaxError> with_tree(std::string_view text, std::size_t depth_bound,
                                     const SeeTree& see) {
    if (auto refused = beyond_bounds(text, depth_bound)) return refused;
    const std::string copy{text};
    if (depth_bound <= depth_bound_here) return parse_here(copy, see);
    std::optional<SyntaxError> error;
    if (!run_with_stack(deep_stack_bytes, [&] { error = parse_here(copy, see); }))
        return too_deep();
    return error;
}

bool may_be_insert(std::string_view text, std::size_t depth_bound) {
    return depth_bound <= depth_bound_here && is_insert(text) && !beyond_bounds(text, depth_bound);
}

// Each is ended by a line of its own, since it may end in a comment.
bool are_inserts(const std::vector<std::string_view>& texts) {
    std::string all;
    for (const std::string_view text : texts) all.append(text).append("\n;\n");
    PgQuerySplitResult raw = pg_query_split_with_parser(all.c_str());
    const std::unique_ptr<PgQuerySplitResult, FreeSplit> result{&raw};
    return raw.error == nullptr && raw.n_stmts == static_cast<int>(texts.size()) &&
           all.find('\0') == std::string::npos;
}

std::optional<SyntaxError> parse(std::string_view text, std::size_t depth_bound,
                                 Statement& statement) {
    if (may_be_insert(text, depth_bound)) return parse_insert(std::string{text}, statement);
    return with_tree(text, depth_bound,
                     [&](const PgQuery__Node& node) { classify(node, statement); });
}

}  // namespace migrations::sql
