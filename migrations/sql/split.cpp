#include "migrations/sql/split.hpp"

#include "migrations/sql/lexer.hpp"

#include <algorithm>
#include <utility>

namespace migrations::sql {

namespace {

// Follows CREATE [OR REPLACE] {FUNCTION | PROCEDURE} into a BEGIN ATOMIC body, as psql does.
class RoutineBody {
public:
    void see(std::string_view word) {
        ++count_;
        if (count_ == 1) creates_ = same_word(word, "create");
        if (count_ >= 2 && count_ <= 4 && creates_ && !routine_)
            routine_ = same_word(word, "function") || same_word(word, "procedure");
        if (!routine_) return;
        if (same_word(word, "atomic") && begin_seen_) depth_ = 1;
        begin_seen_ = same_word(word, "begin");
        if (depth_ == 0) return;
        if (begin_seen_ || same_word(word, "case")) ++depth_;
        if (same_word(word, "end")) --depth_;
    }
    [[nodiscard]] bool open() const { return depth_ > 0; }

private:
    std::size_t count_{};
    std::size_t depth_{};
    bool creates_{};
    bool routine_{};
    bool begin_seen_{};
};

class Nesting {
public:
    void see(char symbol) {
        if (symbol == '(' || symbol == '[') {
            outer_.push_back(run_);
            run_ = 0;
        } else if ((symbol == ')' || symbol == ']') && !outer_.empty()) {
            sum_ -= run_;
            run_ = outer_.back();
            outer_.pop_back();
        } else if (symbol == ',' || symbol == ';') {
            sum_ -= run_;
            run_ = 0;
        }
    }
    void count() {
        ++run_;
        most_ = std::max(most_, ++sum_);
    }
    [[nodiscard]] bool open() const { return !outer_.empty(); }
    [[nodiscard]] std::size_t most() const { return most_; }

private:
    std::vector<std::size_t> outer_;
    std::size_t run_{};
    std::size_t sum_{};
    std::size_t most_{};
};

// Sees COPY ... FROM STDIN.
class CopyWatch {
public:
    void see(std::string_view word) {
        if (first_) copies_ = same_word(word, "copy");
        first_ = false;
        if (copies_ && after_from_ && same_word(word, "stdin")) from_stdin_ = true;
        after_from_ = same_word(word, "from");
    }
    [[nodiscard]] bool from_stdin() const { return from_stdin_; }

private:
    bool first_{true};
    bool copies_{};
    bool after_from_{};
    bool from_stdin_{};
};

class Splitter {
public:
    Splitter(std::string_view text, Boundary boundary)
        : text_{text}, boundary_{boundary}, lexer_{text} {}

    Split run() {
        for (Token token; lexer_.next(token);) see(token);
        close();
        return std::move(split_);
    }

private:
    [[nodiscard]] std::string_view text_of(const Token& token) const {
        return text_.substr(token.begin, token.end - token.begin);
    }

    void see(const Token& token) {
        if (token.kind == TokenKind::meta_command) {
            split_.meta_commands.push_back({token.begin, token.end});
        } else if (is_comment(token.kind)) {
            if (token.kind == TokenKind::line_comment && boundary_ && boundary_(text_of(token)))
                close();
        } else if (token.kind == TokenKind::symbol && text_[token.begin] == ';') {
            see_semicolon(token);
        } else {
            extend(token);
        }
    }

    void see_semicolon(const Token& token) {
        if (nesting_.open() || routine_.open()) {
            extend(token);
            return;
        }
        const bool copy = copy_.from_stdin();
        close();
        if (copy) skip_copy_data(token.end);
    }

    void extend(const Token& token) {
        if (!open_) current_.begin = token.begin;
        open_ = true;
        current_.end = token.end;
        if (token.kind == TokenKind::word) {
            routine_.see(text_of(token));
            copy_.see(text_of(token));
        }
        if (token.kind == TokenKind::symbol) nesting_.see(text_[token.begin]);
        nesting_.count();
    }

    void close() {
        if (open_) split_.statements.push_back({current_, nesting_.most()});
        open_ = false;
        nesting_ = {};
        routine_ = {};
        copy_ = {};
    }

    // Without the line "\." nothing is data: the statement is the whole of it.
    void skip_copy_data(std::size_t at) {
        const std::size_t begin = text_.find('\n', at);
        for (std::size_t line = begin; line != std::string_view::npos;) {
            const std::size_t next = text_.find('\n', line + 1);
            std::string_view content = text_.substr(line + 1, next - line - 1);
            if (!content.empty() && content.back() == '\r') content.remove_suffix(1);
            if (content == "\\.") {
                const std::size_t end = next == std::string_view::npos ? text_.size() : next;
                split_.copy_data.push_back({begin + 1, end});
                lexer_.move_to(end);
                return;
            }
            line = next;
        }
    }

    std::string_view text_;
    Boundary boundary_;
    Lexer lexer_;
    Split split_;
    Range current_;
    bool open_{};
    Nesting nesting_;
    RoutineBody routine_;
    CopyWatch copy_;
};

}  // namespace

Split split(std::string_view text, Boundary boundary) { return Splitter{text, boundary}.run(); }

}  // namespace migrations::sql
