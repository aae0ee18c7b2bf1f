#include "migrations/replaced.hpp"

#include "migrations/sql/position.hpp"

#include <algorithm>
#include <utility>

namespace migrations {

namespace {

// The first piece that ends behind the byte.
Replacements::const_iterator piece_at(const Replacements& replaced, std::size_t byte) {
    return std::upper_bound(replaced.begin(), replaced.end(), byte,
                            [](std::size_t at, const Replaced& each) { return at < each.end; });
}

std::size_t shifted_back(const Replacements& replaced, Replacements::const_iterator next,
                         std::size_t byte) {
    if (next == replaced.begin()) return byte;
    return std::prev(next)->written_end + (byte - std::prev(next)->end);
}

std::size_t shifted(const Replacements& replaced, std::size_t written) {
    const auto next =
        std::partition_point(replaced.begin(), replaced.end(),
                             [&](const Replaced& each) { return each.written_end <= written; });
    if (next == replaced.begin()) return written;
    return std::prev(next)->end + (written - std::prev(next)->written_end);
}

class Placing {
public:
    Placing(const Written& written, std::string_view text, std::uint32_t first_line)
        : written_{written}, text_{text}, first_line_{first_line}, file_{written.text, first_line} {
        for (std::size_t at = text.find('\n'); at != std::string_view::npos;
             at = text.find('\n', at + 1))
            begins_.push_back(at + 1);
    }

    void place(Diagnostic& diagnostic) const {
        if (diagnostic.fix && !place(*diagnostic.fix)) diagnostic.fix.reset();
        if (diagnostic.line < first_line_ || diagnostic.column == 0) return;
        const std::uint32_t end_line = diagnostic.end_line;
        const std::size_t begin = byte_of(diagnostic.line, diagnostic.column);
        const std::size_t end =
            std::max(begin + 1, byte_of(end_line == 0 ? diagnostic.line : end_line,
                                        std::max(diagnostic.end_column, 1U)));
        const std::size_t from = written_begin(written_.replaced, begin);
        const std::size_t to = std::max(from, written_end(written_.replaced, end));
        const bool shows_line = !diagnostic.source_line.empty();
        file_.mark(diagnostic, from, to);
        if (!shows_line) diagnostic.source_line.clear();
        if (end_line == 0) return;
        const sql::Place last = file_.place(to);
        diagnostic.end_line = last.line;
        diagnostic.end_column = last.column;
    }

private:
    [[nodiscard]] std::size_t byte_of(std::uint32_t line, std::uint32_t column) const {
        const std::size_t begin =
            begins_[std::min<std::size_t>(line - first_line_, begins_.size() - 1)];
        return begin + sql::byte_of_character(text_.substr(begin), std::size_t{column} - 1);
    }

    [[nodiscard]] bool place(SuggestedFix& fix) const {
        return std::all_of(fix.edits.begin(), fix.edits.end(),
                           [&](SuggestedEdit& edit) { return place(edit); });
    }

    [[nodiscard]] bool place(SuggestedEdit& edit) const {
        if (edit.line < first_line_ || edit.column == 0 || edit.end_column == 0) return false;
        const std::size_t begin = byte_of(edit.line, edit.column);
        const std::size_t end = byte_of(edit.end_line, edit.end_column);
        for (const Replaced& each : written_.replaced) {
            const auto value = text_.substr(each.begin, each.end - each.begin);
            const bool is_over = each.begin < end && begin < each.end;
            const bool is_at_empty = value.empty() && begin <= each.begin && each.begin <= end;
            if (is_over || is_at_empty) return false;
            if (!value.empty() && edit.text.find(value) != std::string::npos) return false;
        }
        // At the end of a piece: behind it.
        const sql::Place from = file_.place(written_end(written_.replaced, begin));
        const sql::Place to = file_.place(written_begin(written_.replaced, end));
        edit.line = from.line;
        edit.column = from.column;
        edit.end_line = begin == end ? from.line : to.line;
        edit.end_column = begin == end ? from.column : to.column;
        return true;
    }

    const Written& written_;
    std::string_view text_;
    std::uint32_t first_line_;
    sql::Positions file_;
    std::vector<std::size_t> begins_{0};
};

}  // namespace

Replacements composed(const Replacements& first, const Replacements& second) {
    if (first.empty()) return second;
    if (second.empty()) return first;
    // In the text between the two: where the first has written, and the second has replaced.
    std::vector<std::pair<std::size_t, std::size_t>> pieces;
    for (const Replaced& each : first) pieces.emplace_back(each.begin, each.end);
    for (const Replaced& each : second) pieces.emplace_back(each.written_begin, each.written_end);
    std::sort(pieces.begin(), pieces.end());
    Replacements all;
    for (std::size_t at = 0; at < pieces.size();) {
        auto [begin, end] = pieces[at];
        for (++at; at < pieces.size() && pieces[at].first < end; ++at)
            end = std::max(end, pieces[at].second);
        all.push_back({written_begin(first, begin), written_end(first, end),
                       replaced_byte(second, begin).value_or(begin), shifted(second, end)});
    }
    return all;
}

std::size_t written_begin(const Replacements& replaced, std::size_t byte) {
    const auto piece = piece_at(replaced, byte);
    if (piece != replaced.end() && piece->begin <= byte) return piece->written_begin;
    return shifted_back(replaced, piece, byte);
}

std::size_t written_end(const Replacements& replaced, std::size_t byte) {
    const auto piece = piece_at(replaced, byte);
    if (piece != replaced.end() && piece->begin < byte) return piece->written_end;
    return shifted_back(replaced, piece, byte);
}

std::optional<std::size_t> replaced_byte(const Replacements& replaced, std::size_t written) {
    const auto piece = std::find_if(replaced.begin(), replaced.end(), [&](const Replaced& each) {
        return each.written_begin < written && written < each.written_end;
    });
    if (piece != replaced.end()) return std::nullopt;
    const auto before =
        std::partition_point(replaced.begin(), replaced.end(),
                             [&](const Replaced& each) { return each.written_end <= written; });
    const auto starts = std::find_if(replaced.begin(), replaced.end(), [&](const Replaced& each) {
        return each.written_begin == written;
    });
    if (starts != replaced.end()) return starts->begin;
    return before == replaced.begin() ? written : shifted(replaced, written);
}

void place_as_written(std::vector<Diagnostic>& diagnostics, const Written& written,
                      std::string_view text, std::uint32_t first_line) {
    if (diagnostics.empty() || written.replaced.empty()) return;
    const Placing placing{written, text, first_line};
    for (Diagnostic& each : diagnostics) placing.place(each);
}

}  // namespace migrations
