#include "tools/varve/progress_line.hpp"

#include "tools/varve/time_text.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace tools::varve {

namespace {

constexpr double weight_of_statement = 256;  // in bytes: a round trip is more than its text
constexpr std::uint64_t known_after_us = 1'000'000;

struct Span {
    char32_t first;
    char32_t last;
};

bool within(char32_t character, const Span* begin, const Span* end) {
    return std::any_of(begin, end, [&](const Span& span) {
        return character >= span.first && character <= span.last;
    });
}

// As far as names of files go: Unicode's East Asian wide blocks, and the common combining marks.
std::size_t width_of(char32_t character) {
    static constexpr std::array<Span, 6> none{{{0x0300, 0x036F},
                                               {0x1AB0, 0x1AFF},
                                               {0x1DC0, 0x1DFF},
                                               {0x200B, 0x200F},
                                               {0x20D0, 0x20FF},
                                               {0xFE00, 0xFE0F}}};
    static constexpr std::array<Span, 9> wide{{{0x1100, 0x115F},
                                               {0x2E80, 0x303E},
                                               {0x3041, 0x33FF},
                                               {0x3400, 0x4DBF},
                                               {0x4E00, 0x9FFF},
                                               {0xAC00, 0xD7A3},
                                               {0xFF00, 0xFF60},
                                               {0x1F300, 0x1FAFF},
                                               {0x20000, 0x3FFFD}}};
    if (within(character, none.begin(), none.end())) return 0;
    return within(character, wide.begin(), wide.end()) ? 2 : 1;
}

// The character that begins there, and its bytes; a byte that is no UTF-8 stands for itself.
char32_t take(std::string_view text, std::size_t& at) {
    const auto first = static_cast<unsigned char>(text[at++]);
    if (first < 0xC0) return first;
    const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
    char32_t character = first & (0x3FU >> static_cast<unsigned>(more));
    for (int count = 0; count < more && at < text.size(); ++count) {
        const auto next = static_cast<unsigned char>(text[at]);
        if ((next & 0xC0U) != 0x80) break;
        character = (character << 6U) | (next & 0x3FU);
        ++at;
    }
    return character;
}

std::string first_columns(std::string_view text, std::size_t width) {
    std::size_t used = 0;
    std::size_t end = 0;
    while (end < text.size()) {
        std::size_t next = end;
        used += width_of(take(text, next));
        if (used > width) break;
        end = next;
    }
    return std::string{text.substr(0, end)};
}

std::string bar(double share, std::size_t cells) {
    const auto full = static_cast<std::size_t>(share * static_cast<double>(cells));
    std::string text(std::min(full, cells), '=');
    if (text.size() < cells) text += '>';
    text.resize(cells, ' ');
    return "[" + text + "]";
}

std::string before_label(const ProgressView& view, std::size_t width) {
    const std::string count =
        std::to_string(view.step_number) + "/" + std::to_string(view.step_count);
    if (width < 50) return count + "  ";
    return bar(view.done_share, width < 80 ? 10 : 20) + "  " + count + "  ";
}

// Tenths of a second would only flicker.
std::string seconds_text(std::uint64_t elapsed_us) {
    const std::uint64_t seconds = elapsed_us / 1'000'000;
    return seconds < 120 ? std::to_string(seconds) + " s" : duration_text(elapsed_us);
}

std::string after_label(const ProgressView& view) {
    std::string text;
    if (view.statement_count > 0)
        text += "  statement " +
                std::to_string(std::min(view.statement_number, view.statement_count)) + "/" +
                std::to_string(view.statement_count);
    text += "  " + seconds_text(view.elapsed_us);
    if (view.left_us)
        text +=
            "  about " + seconds_text(std::max<std::uint64_t>(*view.left_us, 1'000'000)) + " left";
    return text;
}

}  // namespace

Workload::Workload(const commands::Plan& plan) {
    for (const commands::Step& step : plan.steps) {
        std::vector<double> weights;
        for (const migrations::Statement& statement : step.script->statements)
            weights.push_back(weight_of_statement +
                              static_cast<double>(statement.end - statement.begin));
        const auto skipped =
            std::min<std::size_t>(step.entry.first_statement_index, weights.size());
        std::fill_n(weights.begin(), skipped, 0.0);
        steps_.push_back(std::accumulate(weights.begin(), weights.end(), weight_of_statement));
        statements_.push_back(std::move(weights));
    }
    total_ = std::accumulate(steps_.begin(), steps_.end(), 0.0);
}

void Workload::start_step(std::size_t step_index, std::uint32_t first_statement_index) {
    step_index_ = std::min(step_index, steps_.size());
    before_ = std::accumulate(steps_.begin(),
                              steps_.begin() + static_cast<std::ptrdiff_t>(step_index_), 0.0);
    here_ = 0;
    for (std::uint32_t index = 0; index < first_statement_index; ++index) finish_statement(index);
}

void Workload::finish_statement(std::uint32_t statement_index) {
    if (step_index_ < statements_.size() && statement_index < statements_[step_index_].size())
        here_ += statements_[step_index_][statement_index];
}

void Workload::finish_step() {
    if (step_index_ < steps_.size()) here_ = steps_[step_index_];
}

double Workload::done() const { return std::min(before_ + here_, total_); }

double Workload::done_share() const { return total_ > 0 ? done() / total_ : 0; }

std::optional<std::uint64_t> Workload::left_us(std::uint64_t elapsed_us) const {
    if (elapsed_us < known_after_us || done() <= 0) return std::nullopt;
    return static_cast<std::uint64_t>(static_cast<double>(elapsed_us) * (total_ - done()) / done());
}

std::size_t display_width(std::string_view utf8) {
    std::size_t width = 0;
    for (std::size_t at = 0; at < utf8.size();) width += width_of(take(utf8, at));
    return width;
}

std::string clipped(std::string_view utf8, std::size_t width) {
    if (display_width(utf8) <= width) return std::string{utf8};
    constexpr std::string_view dots = "...";
    if (width <= 2 * dots.size()) return first_columns(utf8, width);
    return first_columns(utf8, width - dots.size()) + std::string{dots};
}

std::string progress_line(const ProgressView& view, std::size_t width) {
    const std::string before = before_label(view, width);
    const std::string after = after_label(view);
    const std::size_t taken = display_width(before) + display_width(after);
    const std::string label = clipped(view.label, width > taken ? width - taken : 0);
    return clipped(before + label + after, width);
}

}  // namespace tools::varve
