// tools/varve/progress_line.hpp: how far a run is, in the one line that a terminal redraws.
//
// Shape  [========>           ]  3/12  20261122093000  orders  statement 4/9  12 s  about 40 s left
// Units  widths in columns of the terminal (tools/varve/display_width.hpp).
// Pure   what is known and a width give the line; nobody's clock is read.
#pragma once

#include "commands/plan.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tools::varve {

// What there is to do, weighed by the statements' count and bytes, and what of it is done.
class Workload {
public:
    Workload() = default;
    explicit Workload(const commands::Plan& plan);

    void start_step(std::size_t step_index, std::uint32_t first_statement_index);
    void finish_statement(std::uint32_t statement_index);
    void finish_step();

    [[nodiscard]] double done_share() const;  // 0 ... 1
    // At the speed so far; nothing before a second has passed and something is done.
    [[nodiscard]] std::optional<std::uint64_t> left_us(std::uint64_t elapsed_us) const;

private:
    [[nodiscard]] double done() const;

    std::vector<std::vector<double>> statements_;  // the weight of each, a step each
    std::vector<double> steps_;                    // the sums
    double total_{};
    double before_{};  // of the steps before this one
    double here_{};    // of this one's statements
    std::size_t step_index_{};
};

struct ProgressView {
    std::size_t step_number{};  // from 1
    std::size_t step_count{};
    std::string label;
    std::uint32_t statement_number{};  // the one that runs, from 1
    std::uint32_t statement_count{};
    double done_share{};
    std::uint64_t elapsed_us{};
    std::optional<std::uint64_t> left_us;
};

// Never wider than `width`.
[[nodiscard]] std::string progress_line(const ProgressView& view, std::size_t width);

// Cut to the width, with "..." where something is cut and there is room for it.
[[nodiscard]] std::string clipped(std::string_view utf8, std::size_t width);

}  // namespace tools::varve
