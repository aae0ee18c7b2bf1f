#include "migrations/rules/edited.hpp"

#include "migrations/sql/position.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace migrations::rules {

namespace {

struct Span {
    std::size_t begin{};
    std::size_t end{};
    const std::string* text{};
};

std::optional<std::size_t> byte_at(std::string_view text, std::uint32_t first_line,
                                   std::uint32_t line, std::uint32_t column) {
    if (line < first_line || column == 0) return std::nullopt;
    std::size_t begin = 0;
    for (std::uint32_t at = first_line; at < line; ++at) {
        const std::size_t end = text.find('\n', begin);
        if (end == std::string_view::npos) return std::nullopt;
        begin = end + 1;
    }
    const std::size_t byte =
        begin + sql::byte_of_character(text.substr(begin), std::size_t{column} - 1);
    return byte <= text.size() ? std::optional{byte} : std::nullopt;
}

std::optional<std::vector<Span>> spans_of(std::string_view text, std::uint32_t first_line,
                                          const std::vector<SuggestedEdit>& edits) {
    std::vector<Span> spans;
    for (const SuggestedEdit& edit : edits) {
        const auto begin = byte_at(text, first_line, edit.line, edit.column);
        const auto end = byte_at(text, first_line, edit.end_line, edit.end_column);
        if (!begin || !end || *end < *begin) return std::nullopt;
        spans.push_back({*begin, *end, &edit.text});
    }
    return spans;
}

std::optional<std::string> with_spans(std::string_view text, std::vector<Span> spans) {
    // What is inserted at one place keeps its order, and comes before what is replaced there; but a
    // statement that follows waits for what several fixes put behind the one before it.
    std::stable_sort(spans.begin(), spans.end(), [](const Span& left, const Span& right) {
        return std::tuple{left.begin, left.end, left.text->starts_with(';')} <
               std::tuple{right.begin, right.end, right.text->starts_with(';')};
    });
    std::string answer;
    std::size_t at = 0;
    for (const Span& span : spans) {
        if (span.begin < at) return std::nullopt;
        answer.append(text.substr(at, span.begin - at)).append(*span.text);
        at = span.end;
    }
    return answer.append(text.substr(at));
}

}  // namespace

std::optional<std::string> edited(std::string_view text, std::uint32_t first_line,
                                  const std::vector<SuggestedEdit>& edits) {
    auto spans = spans_of(text, first_line, edits);
    return spans ? with_spans(text, std::move(*spans)) : std::nullopt;
}

std::optional<std::string> edited(const Script& script, const std::vector<SuggestedEdit>& edits) {
    auto spans = spans_of(script.file_text(), script.first_line, edits);
    if (!spans) return std::nullopt;
    for (Span& span : *spans) {
        const bool is_point = span.begin == span.end;
        const auto begin = replaced_byte(script.written().replaced, span.begin);
        const auto end = replaced_byte(script.written().replaced, span.end);
        if (!begin || !end) return std::nullopt;
        span.begin = is_point ? *end : *begin;
        span.end = *end;
    }
    return with_spans(script.text, std::move(*spans));
}

}  // namespace migrations::rules
