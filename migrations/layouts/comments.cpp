#include "migrations/layouts/comments.hpp"

#include "migrations/encoding.hpp"

#include <array>

namespace migrations::layouts {

namespace {

struct Tool {
    std::string_view prefix;
    std::string_view no_transaction;
    std::string_view cause;
    bool has_others{};  // directives that are not known here
};

constexpr std::array tools = {
    Tool{"morph:", "nontransactional", "morph:nontransactional", true},
    Tool{"postgres-migrations ", "disable-transaction", "postgres-migrations disable-transaction",
         false},
    Tool{"atlas:", "txmode none", "atlas:txmode none", true},
    Tool{"! no-transaction", "", "graphile-migrate no-transaction", false},
};

constexpr std::array harmless = {"atlas:nolint", "atlas:txmode file", "atlas:txmode all",
                                 "atlas:import"};

bool is_harmless(std::string_view comment) {
    for (const std::string_view each : harmless)
        if (comment.starts_with(each)) return true;
    return false;
}

}  // namespace

std::optional<sql::DeclaredMode> declared_mode(Reading& reading, const LayoutFile& file,
                                               bool is_down) {
    std::optional<sql::DeclaredMode> declared;
    const auto declare = [&](std::string_view cause) {
        declared = sql::DeclaredMode{TransactionMode::none, std::string{cause}};
    };
    const auto refuse = [&](std::string_view comment, std::uint32_t line) {
        reading
            .refuse("directive-unknown",
                    "the directive \"" + std::string{comment} + "\" is not understood", file, line)
            .concerns_down = is_down;
    };
    const auto see = [&](std::string_view line, std::size_t, std::uint32_t number) {
        if (!line.starts_with("--")) return;
        const std::string_view comment = trim(line.substr(2));
        if (number == 1 && comment.starts_with("no-transaction")) return declare("no-transaction");
        for (const Tool& tool : tools) {
            if (!comment.starts_with(tool.prefix) || is_harmless(comment)) continue;
            if (trim(comment.substr(tool.prefix.size())) == tool.no_transaction)
                return declare(tool.cause);
            if (tool.has_others) refuse(comment, number);
        }
    };
    for_each_line(without_byte_order_mark(file.bytes()), see);
    return declared;
}

}  // namespace migrations::layouts
