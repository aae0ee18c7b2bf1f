#include "migrations/sql/row_insert.hpp"

#include "migrations/sql/lexer.hpp"
#include "migrations/sql/parse.hpp"

#include <algorithm>
#include <array>

namespace migrations::sql {

namespace {

bool is_blank(char each) {
    return each == ' ' || each == '\t' || each == '\n' || each == '\r' || each == '\f';
}

// Reads "(1, 'a', NULL), (2, 'b', TRUE)" as PostgreSQL 15's scan.l and gram.y would.
class RowsReader {
public:
    explicit RowsReader(std::string_view text) : text_{text} {}

    bool read() {
        do {
            if (!row()) return false;
        } while (takes(','));
        return at_ == text_.size();
    }

private:
    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }

    bool takes(char symbol) {
        skip_blanks();
        if (at_ == text_.size() || text_[at_] != symbol) return false;
        ++at_;
        return true;
    }

    bool row() {
        if (!takes('(')) return false;
        do {
            skip_blanks();
            if (at_ == text_.size() || !constant()) return false;
        } while (takes(','));
        return takes(')');
    }

    bool constant() {
        const char first = text_[at_];
        if (first == '\'') return string();
        if (is_digit(first) || first == '-') return number();
        return word();
    }

    // What follows is a comma or a parenthesis: it does not go on on the next line.
    bool string() {
        for (++at_; at_ < text_.size(); at_ += 2) {
            at_ = text_.find('\'', at_);
            if (at_ == std::string_view::npos) break;
            if (at_ + 1 == text_.size() || text_[at_ + 1] != '\'') {
                ++at_;
                return true;
            }
        }
        at_ = text_.size();
        return false;
    }

    bool digits() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
        return at_ > begin;
    }

    bool number() {
        if (text_[at_] == '-') ++at_;
        if (!digits()) return false;
        if (at_ == text_.size() || text_[at_] != '.') return true;
        ++at_;
        return digits();
    }

    bool word() {
        const std::size_t begin = at_;
        while (at_ < text_.size() && is_name_part(text_[at_])) ++at_;
        const std::string_view said = text_.substr(begin, at_ - begin);
        constexpr std::array<std::string_view, 4> words{"null", "true", "false", "default"};
        return std::any_of(words.begin(), words.end(),
                           [&](std::string_view each) { return same_word(each, said); });
    }

    std::string_view text_;
    std::size_t at_{};
};

bool are_rows(std::string_view text) {
    return text.find('\0') == std::string_view::npos && RowsReader{text}.read();
}

// Reads "INSERT INTO a.t (b, c) VALUES", and is behind it then.
class Head {
public:
    explicit Head(std::string_view text) : text_{text}, lexer_{text} { advance(); }

    // Its size; 0: it is another.
    std::size_t read() {
        if (!takes_word("insert") || !takes_word("into") || !name()) return 0;
        while (takes('.'))
            if (!name()) return 0;
        if (takes('(')) {
            do {
                if (!name()) return 0;
            } while (takes(','));
            if (!takes(')')) return 0;
        }
        if (takes_word("overriding") &&
            (!(takes_word("system") || takes_word("user")) || !takes_word("value")))
            return 0;
        return takes_word("values") ? end_ : 0;
    }

private:
    void advance() {
        do {
            is_there_ = lexer_.next(token_);
        } while (is_there_ && is_comment(token_.kind));
    }

    bool take(bool is_meant) {
        if (!is_meant) return false;
        end_ = token_.end;
        advance();
        return true;
    }

    [[nodiscard]] bool is(TokenKind kind) const { return is_there_ && token_.kind == kind; }
    [[nodiscard]] std::string_view said() const {
        return text_.substr(token_.begin, token_.end - token_.begin);
    }

    bool takes_word(std::string_view word) {
        return take(is(TokenKind::word) && same_word(said(), word));
    }
    bool takes(char symbol) { return take(is(TokenKind::symbol) && text_[token_.begin] == symbol); }
    bool name() { return take(is(TokenKind::word) || is(TokenKind::quoted_name)); }

    std::string_view text_;
    Lexer lexer_;
    Token token_;
    bool is_there_{};
    std::size_t end_{};
};

}  // namespace

void RowInsert::remember(std::string_view text) {
    const std::size_t head = Head{text}.read();
    head_ = head > 0 && are_rows(text.substr(head)) ? text.substr(0, head) : std::string_view{};
}

bool RowInsert::is_repeated_by(std::string_view text, std::size_t depth_bound) const {
    return !head_.empty() && text.starts_with(head_) && may_be_insert(text, depth_bound) &&
           are_rows(text.substr(head_.size()));
}

}  // namespace migrations::sql
