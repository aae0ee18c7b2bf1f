#include "migrations/rules/nested_branches.hpp"

#include <algorithm>
#include <array>

namespace migrations::rules {

// Of what is behind the last token, or before the first one, nothing.
std::string_view Branches::text(std::size_t at) const {
    if (at >= tokens_.size()) return {};
    return body_.substr(tokens_[at].begin, tokens_[at].end - tokens_[at].begin);
}

bool Branches::is(std::size_t at, std::string_view word) const {
    return sql::same_word(word, text(at));
}

// NOT EXISTS (...), NOT (EXISTS (...))
bool Branches::is_denied(std::size_t at) const {
    while (at > 0 && text(at - 1) == "(") --at;
    return at > 0 && is(at - 1, "not");
}

Branches::Asks Branches::asked_by(std::size_t at) const {
    Asks asked = Asks::other;
    for (++at; at < tokens_.size() && !is(at, "then") && text(at) != ";"; ++at) {
        // Whether it was done before is what they tell.
        for (const std::string_view told : {"convalidated", "attnotnull", "is_nullable"})
            if (is(at, told)) return Asks::done;
        if (asked != Asks::other) continue;
        if (is(at, "exists") || is(at, "found"))
            asked = is_denied(at) ? Asks::missing : Asks::present;
        if (is(at, "null") && is(at - 1, "is")) asked = Asks::missing;
        if (is(at, "null") && is(at - 1, "not")) asked = Asks::present;
        if (text(at) == "0" && text(at - 1) == "=") asked = Asks::missing;
        if (text(at) == "0" && text(at - 1) == ">") asked = Asks::present;
    }
    return asked;
}

// WHEN duplicate_object OR duplicate_table THEN
bool Branches::is_of_duplicates(std::size_t when) const {
    for (std::size_t at = when + 1; at < tokens_.size() && !is(at, "then") && text(at) != ";"; ++at)
        if (!is(at, "or") && !sql::same_word("duplicate_", text(at).substr(0, 10))) return false;
    return true;
}

// What it undoes is not gone on from: the error is raised again.
bool Branches::raises(std::size_t when) const {
    constexpr std::array<std::string_view, 5> harmless{"notice", "warning", "info", "log", "debug"};
    int depth = 0;
    for (std::size_t at = when + 1; at < tokens_.size(); ++at) {
        const bool is_end = is(at, "end");
        if (depth == 0 && (is_end || is(at, "when"))) return false;
        if (is_end) --depth;
        if (!is(at - 1, "end") &&
            (is(at, "begin") || is(at, "if") || is(at, "case") || is(at, "loop")))
            ++depth;
        if (depth == 0 && is(at, "raise") &&
            std::none_of(harmless.begin(), harmless.end(),
                         [&](std::string_view level) { return is(at + 1, level); }))
            return true;
    }
    return false;
}

std::vector<std::size_t> Branches::parts() const {
    std::vector<std::size_t> numbers;
    for (const Part& part : open_) numbers.push_back(part.number);
    return numbers;
}

void Branches::open(Part part) {
    part.number = ++part_count_;
    open_.push_back(part);
}

void Branches::leave(std::size_t at) {
    if (is(at + 1, "query") || is(at + 1, "next")) return;
    const auto branch =
        std::find_if(open_.rbegin(), open_.rend(), [](const Part& part) { return part.is_branch; });
    if (branch != open_.rend() && branch->asks != Asks::present && branch->asks != Asks::done)
        may_have_left_ = true;
}

std::optional<std::size_t> Branches::handle(std::size_t at) {
    Part& block = open_.back();
    block.has_handlers = block.is_perhaps = true;
    block.number = ++part_count_;
    return is_of_duplicates(at) || raises(at) ? std::nullopt : std::optional{block.first_statement};
}

std::optional<std::size_t> Branches::see(std::size_t at, std::size_t statements) {
    if (is(at, "end")) {
        if (!open_.empty()) open_.pop_back();
        return std::nullopt;
    }
    if (is(at - 1, "end")) return std::nullopt;
    if (is(at, "begin")) open({statements, false, false, false, false, Asks::other});
    if (is(at, "case") || is(at, "loop"))
        open({statements, true, true, false, is(at, "case"), Asks::other});
    if (is(at, "if")) {
        const Asks asks = asked_by(at);
        open({statements, true, asks != Asks::missing && asks != Asks::done, false, false, asks});
    }
    if (is(at, "return")) leave(at);
    if (open_.empty()) return std::nullopt;
    if (is(at, "else") || is(at, "elsif") || is(at, "elseif")) {
        open_.back().is_perhaps = true;
        open_.back().asks = Asks::other;
        open_.back().number = ++part_count_;
    }
    if (is(at, "when") && open_.back().is_case) open_.back().number = ++part_count_;
    const bool begins_handlers = is(at - 1, "exception");
    const bool is_loop_exit = is(at - 1, "exit") || is(at - 1, "continue");
    if (is(at, "when") && !is_loop_exit && (begins_handlers || open_.back().has_handlers))
        return handle(at);
    return std::nullopt;
}

bool Branches::is_perhaps() const {
    return may_have_left_ || std::any_of(open_.begin(), open_.end(),
                                         [](const Part& part) { return part.is_perhaps; });
}

}  // namespace migrations::rules
