#include "migrations/catalog_question.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace migrations {

namespace {

using Kind = CatalogQuestion::Kind;

constexpr std::size_t first_words_bytes_max = 72;

std::string_view text_of(const Script& script, std::uint32_t index) {
    const Statement& statement = script.statements[index];
    return std::string_view{script.text}.substr(statement.begin, statement.end - statement.begin);
}

using sql::lower;

// Reads a statement token by token, comments left out.
class Words {
public:
    explicit Words(std::string_view text) : text_{text}, lexer_{text} { advance(); }

    bool accept(std::string_view word) {
        if (!has_token_ || !sql::same_word(content(), word)) return false;
        advance();
        return true;
    }

    bool accept_all(std::initializer_list<std::string_view> words) {
        return std::all_of(words.begin(), words.end(),
                           [this](std::string_view word) { return accept(word); });
    }

    bool accept_any(std::initializer_list<std::string_view> words) {
        return std::any_of(words.begin(), words.end(),
                           [this](std::string_view word) { return accept(word); });
    }

    std::string name() {
        std::string found;
        if (!has_token_) return found;
        if (token_.kind == sql::TokenKind::quoted_name) {
            const std::string_view quoted = content();
            for (std::size_t place = 1; place + 1 < quoted.size(); ++place) {
                found += quoted[place];
                if (quoted[place] == '"') ++place;
            }
        } else {
            found = lower(content());
        }
        advance();
        return found;
    }

    QualifiedName qualified_name() {
        QualifiedName found{"", name()};
        while (accept(".")) found = {found.name, name()};
        return found;
    }

private:
    [[nodiscard]] std::string_view content() const {
        return text_.substr(token_.begin, token_.end - token_.begin);
    }

    void advance() {
        do {
            has_token_ = lexer_.next(token_);
        } while (has_token_ && sql::is_comment(token_.kind));
    }

    std::string_view text_;
    sql::Lexer lexer_;
    sql::Token token_;
    bool has_token_{};
};

CatalogQuestion about_index(const ConcurrentIndex& index) {
    if (index.action == IndexAction::reindex) return {Kind::repeatable, {}, {}, {}};
    if (index.index.empty())
        return {Kind::unnamed_index_is_invalid, {index.schema, index.table}, {}, {}};
    return {index.action == IndexAction::create ? Kind::index_is_valid : Kind::index_is_gone,
            {index.schema, index.index},
            {},
            {}};
}

CatalogQuestion about_subscription(Words& words) {
    CatalogQuestion question{Kind::repeatable, {"", words.name()}, {}, {}};  // REFRESH, SET, ...
    const bool adds = words.accept("add");
    if (!adds && !words.accept("drop")) return question;
    question.kind = adds ? Kind::publications_are_added : Kind::publications_are_gone;
    words.accept("publication");
    do {
        question.names.push_back(words.name());
    } while (words.accept(","));
    return question;
}

CatalogQuestion about_partition(Words& words) {
    words.accept_all({"if", "exists"});
    words.accept("only");
    CatalogQuestion question{Kind::partition_is_detached, {}, words.qualified_name(), {}};
    words.accept("*");
    if (!words.accept_all({"detach", "partition"})) return {Kind::nobody_knows, {}, {}, {}};
    question.object = words.qualified_name();
    return question;
}

CatalogQuestion about_object(Words& words, bool is_made) {
    const auto kind = [&](Kind made, Kind gone) { return is_made ? made : gone; };
    CatalogQuestion question{Kind::nobody_knows, {}, {}, {}};
    if (words.accept("database"))
        question.kind = kind(Kind::database_is_there, Kind::database_is_gone);
    else if (words.accept("tablespace"))
        question.kind = kind(Kind::tablespace_is_there, Kind::tablespace_is_gone);
    else if (words.accept("subscription"))
        question.kind = kind(Kind::subscription_is_there, Kind::subscription_is_gone);
    else
        return question;
    words.accept_all({"if", "exists"});
    question.object.name = words.name();
    return question;
}

CatalogQuestion about_words(std::string_view text) {
    Words words{text};
    if (words.accept_any(
            {"vacuum", "analyze", "analyse", "cluster", "checkpoint", "discard", "reindex"}))
        return {Kind::repeatable, {}, {}, {}};
    if (words.accept("create")) return about_object(words, true);
    if (words.accept("drop")) return about_object(words, false);
    if (!words.accept("alter")) return {Kind::nobody_knows, {}, {}, {}};
    if (words.accept_any({"system", "database"})) return {Kind::repeatable, {}, {}, {}};
    if (words.accept("subscription")) return about_subscription(words);
    if (words.accept("table")) return about_partition(words);
    return {Kind::nobody_knows, {}, {}, {}};
}

// Within BEGIN ... COMMIT of the file the marker is part of the same transaction.
bool is_in_a_block(const Script& script, std::uint32_t index) {
    bool is_open = false;
    for (std::uint32_t each = 0; each < index; ++each) {
        const Control control = script.statements[each].control;
        if (control == Control::begin) is_open = true;
        if (control == Control::commit || control == Control::rollback) is_open = false;
    }
    return is_open;
}

// `folded` has CALL as a word of its own: what follows it may be a comment, a quote, a line's end.
bool has_call(std::string_view folded) {
    constexpr std::string_view call = "call";
    const auto ends_word = [&](std::size_t place) {
        if (place >= folded.size()) return true;
        const auto byte = static_cast<unsigned char>(folded[place]);
        return std::isalnum(byte) == 0 && byte != '_' && byte < 0x80;
    };
    for (auto at = folded.find(call); at != folded.npos; at = folded.find(call, at + 1))
        if ((at == 0 || ends_word(at - 1)) && ends_word(at + call.size())) return true;
    return false;
}

bool may_commit_inside(const Statement& statement, std::string_view text) {
    if (statement.kind == "call") return true;
    if (statement.kind != "do") return false;
    const std::string folded = lower(text);
    return folded.find("commit") != folded.npos || folded.find("rollback") != folded.npos ||
           has_call(folded);
}

}  // namespace

CatalogQuestion question_about(const Script& script, std::uint32_t statement_index) {
    if (statement_index >= script.statements.size() || is_in_a_block(script, statement_index))
        return {};
    const Statement& statement = script.statements[statement_index];
    if (statement.concurrent_index) return about_index(*statement.concurrent_index);
    const std::string_view text = text_of(script, statement_index);
    if (may_commit_inside(statement, text)) return {Kind::nobody_knows, {}, {}, {}};
    if (statement.needs_no_transaction || statement.kind == "unparsed") return about_words(text);
    return {};
}

bool is_told_by_catalog(const CatalogQuestion& question) {
    return question.kind != Kind::none && question.kind != Kind::repeatable &&
           question.kind != Kind::nobody_knows;
}

std::string to_text(const CatalogQuestion& question) {
    const QualifiedName& object = question.object;
    const std::string name =
        (object.schema.empty() ? "" : "\"" + object.schema + "\".") + "\"" + object.name + "\"";
    switch (question.kind) {
        case Kind::none:
            return "nothing else: the marker tells";
        case Kind::repeatable:
            return "nothing else: the statement may be done twice";
        case Kind::index_is_valid:
            return "whether the index " + name + " is there and valid";
        case Kind::index_is_gone:
            return "whether the index " + name + " is gone";
        case Kind::unnamed_index_is_invalid:
            return "whether an invalid index of this build is left on table " + name;
        case Kind::database_is_there:
            return "whether the database " + name + " is there";
        case Kind::database_is_gone:
            return "whether the database " + name + " is gone";
        case Kind::tablespace_is_there:
            return "whether the tablespace " + name + " is there";
        case Kind::tablespace_is_gone:
            return "whether the tablespace " + name + " is gone";
        case Kind::subscription_is_there:
            return "whether the subscription " + name + " is there";
        case Kind::subscription_is_gone:
            return "whether the subscription " + name + " is gone";
        case Kind::publications_are_added:
            return "whether the subscription " + name + " has the publications";
        case Kind::publications_are_gone:
            return "whether the subscription " + name + " has lost the publications";
        case Kind::partition_is_detached:
            return "whether table " + name + " still is a partition of \"" + question.parent.name +
                   "\"";
        case Kind::nobody_knows:
            return "its effect, which no catalog tells: a person must look";
    }
    return "";
}

std::string first_words(const Script& script, std::uint32_t statement_index) {
    if (statement_index >= script.statements.size()) return "";
    const std::string_view text = text_of(script, statement_index);
    std::string words;
    sql::Lexer lexer{text};
    std::size_t end = 0;
    for (sql::Token token; lexer.next(token);) {
        using sql::TokenKind;
        if (sql::is_comment(token.kind)) continue;
        const bool is_shown = token.kind == TokenKind::word ||
                              token.kind == TokenKind::quoted_name ||
                              token.kind == TokenKind::symbol;
        const std::string_view content = text.substr(token.begin, token.end - token.begin);
        if (!is_shown || words.size() + content.size() > first_words_bytes_max) {
            words += words.empty() || words.back() == '(' ? "…" : " …";
            break;
        }
        if (!words.empty() && token.begin > end) words += ' ';
        words += content;
        end = token.end;
    }
    return words;
}

}  // namespace migrations
