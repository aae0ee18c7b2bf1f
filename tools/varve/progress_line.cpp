#include "tools/varve/progress_line.hpp"

#include "tools/varve/character.hpp"
#include "tools/varve/display_width.hpp"
#include "tools/varve/time_text.hpp"

#include <algorithm>
#include <numeric>

namespace tools::varve {

namespace {

constexpr double weight_of_statement = 256;  // in bytes: a round trip is more than its text
constexpr std::uint64_t known_after_us = 1'000'000;

std::string first_columns(std::string_view text, std::size_t width) {
    std::size_t used = 0;
    std::size_t end = 0;
    while (end < text.size()) {
        std::size_t next = end;
        used += display_width(take_character(text, next));
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
