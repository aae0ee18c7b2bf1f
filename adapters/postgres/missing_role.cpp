#include "adapters/postgres/missing_role.hpp"

#include <string_view>

namespace adapters::postgres {

std::optional<std::string> missing_role(const ServerError& error) {
    constexpr std::string_view before = "role \"";
    constexpr std::string_view after = "\" does not exist";
    const std::string_view message = error.message;
    if (error.sqlstate != "42704" || !message.starts_with(before) || !message.ends_with(after) ||
        message.size() <= before.size() + after.size())
        return std::nullopt;
    return std::string{
        message.substr(before.size(), message.size() - before.size() - after.size())};
}

}  // namespace adapters::postgres
