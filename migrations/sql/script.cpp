#include "migrations/sql/script.hpp"

#include "migrations/sql/classify.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/newer_syntax.hpp"
#include "migrations/sql/parse.hpp"
#include "migrations/sql/position.hpp"
#include "migrations/sql/row_insert.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace migrations::sql {

namespace {

constexpr std::size_t syntax_errors_max = 20;
constexpr std::size_t inserts_min = 8;  // in a row, that are read together
constexpr std::size_t inserts_max = 200;
constexpr std::size_t inserts_bytes_max = std::size_t{256} << 10U;

class Reader {
public:
    explicit Reader(const ScriptText& script)
        : script_{script}, positions_{script.text, script.first_line} {}

    ScriptStatements run() {
        const Split split = sql::split(script_.text, script_.boundary);
        for (const Range& range : split.meta_commands) say_meta_command(range);
        read_.statements.reserve(split.statements.size());
        for (std::size_t place = 0; place < split.statements.size();)
            place = read_some(split.statements, place);
        return std::move(read_);
    }

private:
    Diagnostic& say(Severity severity, std::string rule, std::string message, const Range& range) {
        Diagnostic diagnostic{severity, std::move(rule), std::move(message), script_.file};
        positions_.mark(diagnostic, range.begin, range.end);
        return read_.diagnostics.emplace_back(std::move(diagnostic));
    }

    // What psql has run, and nobody else can.
    Diagnostic& say_of_psql(std::string rule, std::string message, const Range& range) {
        Diagnostic& said = say(Severity::error, std::move(rule), std::move(message), range);
        said.concerns_running = true;
        return said;
    }

    // Two statements of one request, for psql.
    void say_separator(const Range& range) {
        say_of_psql("psql-meta-command", "\\; is of psql, not SQL: the server never sees it",
                    {range.begin, range.end + 1})
            .help = {"end the statement by ; alone"};
    }

    void say_meta_command(const Range& range) {
        if (range.end < script_.text.size() && script_.text[range.end] == ';')
            return say_separator(range);
        const std::string_view command = script_.text.substr(range.begin, range.end - range.begin);
        const std::string word{command.substr(0, command.find_first_of(" \t\r\n;"))};
        auto& diagnostic =
            say_of_psql("psql-meta-command",
                        word + " is a command of psql, not SQL: the server never sees it", range);
        diagnostic.help = {"write what it does in SQL, or take it out"};
        if (word == "\\set" || word == "\\gset")
            diagnostic.help = {
                "take it out, and give the value in varve.toml: "
                "[migrations] placeholders = { name = \"value\" }"};
        if (word == "\\i" || word == "\\ir")
            diagnostic.help = {"put the included file's text here, or make it a migration"};
        if (word == "\\connect" || word == "\\c")
            diagnostic.help = {"take it out: the environment's url says which database"};
    }

    // What psql would read after the statement, or write somewhere, there is nobody to give or
    // take.
    void check_copy(const Statement& statement, const Range& range) {
        if (statement.copies_from_stdin)
            say_of_psql("copy-inline-data",
                        "COPY ... FROM STDIN reads from psql, which is not there", range)
                .help = {"write INSERT ... VALUES, or load the data outside the migration"};
        if (statement.kind == "copy-to-stdout")
            say_of_psql("copy-to-stdout", "COPY ... TO STDOUT writes to psql, which is not there",
                        range)
                .help = {"export the data outside the migration"};
    }

    [[nodiscard]] std::string_view text_of(const StatementRange& found) const {
        return script_.text.substr(found.range.begin, found.range.end - found.range.begin);
    }

    [[nodiscard]] Statement statement_of(const StatementRange& found) const {
        Statement statement;
        statement.begin = found.range.begin;
        statement.end = found.range.end;
        statement.line = positions_.line(found.range.begin);
        statement.depth_bound = found.depth_bound;
        return statement;
    }

    // Reads the statement there, or the INSERTs from there on together. The place after that.
    std::size_t read_some(const std::vector<StatementRange>& ranges, std::size_t place) {
        std::vector<std::string_view> texts;  // of those that repeat no other
        RowInsert last;
        std::size_t bytes = 0;
        std::size_t end = place;
        for (; end < ranges.size() && texts.size() < inserts_max && bytes < inserts_bytes_max;
             ++end) {
            const std::string_view text = text_of(ranges[end]);
            if (last.is_repeated_by(text, ranges[end].depth_bound)) continue;
            if (!may_be_insert(text, ranges[end].depth_bound)) break;
            texts.push_back(text);
            last.remember(text);
            bytes += text.size();
        }
        const bool are_known = end - place >= inserts_min && are_inserts(texts);
        end = std::max(end, place + 1);
        for (std::size_t index = place; index < end; ++index)
            are_known ? add_insert(ranges[index]) : read(ranges[index]);
        return end;
    }

    void add_insert(const StatementRange& found) {
        Statement statement = statement_of(found);
        statement.kind = "insert";
        statement.survivors = find_survivors(text_of(found));
        read_.statements.push_back(std::move(statement));
    }

    void read(const StatementRange& found) {
        const Range& range = found.range;
        const auto text = text_of(found);
        Statement statement = statement_of(found);
        const auto error = parse(text, found.depth_bound, statement);
        const NewerSyntax newer =
            error ? read_newer(text, found.depth_bound, *error,
                               [&](const PgQuery__Node& node) { classify(node, statement); })
                  : NewerSyntax{};
        if (error && !newer.is_read_for(script_.server_version)) {
            statement = statement_of(found);
            classify_by_words(text, statement);
            say_syntax_error(*error, newer, range);
        } else {
            statement.survivors = find_survivors(text);
            check_copy(statement, range);
        }
        read_.statements.push_back(std::move(statement));
    }

    void say_syntax_error(const SyntaxError& first, const NewerSyntax& newer,
                          const Range& statement) {
        if (first.not_judged) return say_not_judged(first, statement);
        const bool judged = !newer.may_be_known(script_.server_version);
        const bool is_behind = newer.mistake && script_.server_version >= newer.version;
        const SyntaxError& error = judged && is_behind ? *newer.mistake : first;
        const std::size_t at = std::min(statement.begin + error.byte, statement.end);
        if (const auto name = placeholder_at(at)) return say_placeholder(*name, at);
        if (++syntax_errors_ > syntax_errors_max) return;
        const std::string rule = judged ? "syntax-error" : "newer-syntax";
        auto& diagnostic =
            say(judged ? Severity::error : Severity::warning, rule, error.message, token_at(at));
        diagnostic.help = {"the statement begins on line " +
                           std::to_string(line_in_file(statement.begin))};
        if (at >= statement.end)
            diagnostic.help.push_back(
                "it ends too early: look for a missing part, or a ';' too many");
        if (script_.text.substr(statement.begin, statement.end - statement.begin).find("\\'") !=
            std::string_view::npos)
            diagnostic.help.push_back(
                "a \\ before a quote is one of the string's characters, as "
                "standard_conforming_strings has it by default: write '' or E'...'");
        if (!judged)
            diagnostic.help = {"PostgreSQL 15's grammar does not know it; the server is the judge"};
    }

    void say_not_judged(const SyntaxError& error, const Range& statement) {
        say(Severity::warning, "statement-not-parsed", error.message,
            {statement.begin, statement.begin + 1})
            .help = {"what it is was taken from its first words; the server is the judge"};
    }

    [[nodiscard]] std::uint32_t line_in_file(std::size_t byte) const {
        if (script_.written == nullptr) return positions_.line(byte);
        return Positions{script_.text, script_.first_line, *script_.written}.line(byte);
    }

    // The token that an error points at, so that all of it is underlined.
    [[nodiscard]] Range token_at(std::size_t at) const {
        Lexer lexer{script_.text, at};
        Token token;
        if (at < script_.text.size() && lexer.next(token) && token.begin == at)
            return {token.begin, token.end};
        return {at, at + 1};
    }

    // :NAME, :'NAME', :"NAME", {{ ... }} or ${NAME}, where PostgreSQL sees no SQL.
    [[nodiscard]] std::optional<std::string> placeholder_at(std::size_t at) const {
        const std::string_view rest = script_.text.substr(at);
        if (rest.rfind("{{", 0) == 0) {
            const std::size_t end = rest.find("}}");
            if (end != std::string_view::npos) return std::string{rest.substr(0, end + 2)};
        }
        if (rest.rfind("${", 0) == 0) {
            const std::size_t end = rest.find('}');
            if (end != std::string_view::npos) return std::string{rest.substr(0, end + 1)};
        }
        if (rest.size() < 2 || rest[0] != ':') return std::nullopt;
        std::size_t begin = rest[1] == '\'' || rest[1] == '"' ? 2 : 1;
        std::size_t end = begin;
        while (end < rest.size() && is_name_part(rest[end])) ++end;
        if (end == begin || !is_name_start(rest[begin])) return std::nullopt;
        return ":" + std::string{rest.substr(begin, end - begin)};
    }

    void say_placeholder(const std::string& name, std::size_t at) {
        if (!placeholders_.insert(name).second) return;
        const std::string key = name[0] == ':' ? name.substr(1) : "'" + name + "'";
        say(Severity::error, "placeholder-unresolved",
            "nothing is given for the placeholder " + name, {at, at + name.size()})
            .help = {"in varve.toml, [migrations]: placeholders = { " + key + " = \"...\" }"};
    }

    const ScriptText& script_;
    Positions positions_;
    ScriptStatements read_;
    std::size_t syntax_errors_{};
    std::set<std::string> placeholders_;
};

}  // namespace

ScriptStatements read_statements(const ScriptText& script) { return Reader{script}.run(); }

}  // namespace migrations::sql
