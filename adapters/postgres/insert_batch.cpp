#include "adapters/postgres/insert_batch.hpp"

#include "adapters/postgres/statement_position.hpp"

#include <algorithm>
#include <string_view>

namespace adapters::postgres {

namespace {

constexpr std::size_t batch_statements_min = 8;
constexpr std::size_t batch_statements_max = 500;
constexpr std::uint64_t batch_bytes_max = 64 * 1024;
constexpr std::uint64_t small_bytes_max = 512;

constexpr std::string_view syntax_error = "42601";

std::uint64_t size_of(const migrations::Script& script, const Message& message) {
    const auto& statement = script.statements[message.index];
    return statement.end - statement.begin;
}

bool is_small_insert(const migrations::Script& script, const Message& message) {
    return message.role == Message::Role::statement &&
           script.statements[message.index].kind == "insert" &&
           size_of(script, message) <= small_bytes_max;
}

}  // namespace

std::vector<std::size_t> batch_lengths(const migrations::Script& script,
                                       const std::vector<Message>& messages) {
    std::vector<std::size_t> lengths(messages.size(), 0);
    for (std::size_t place = 0; place < messages.size();) {
        std::uint64_t bytes = 0;
        std::size_t end = place;
        while (end < messages.size() && end - place < batch_statements_max &&
               bytes < batch_bytes_max && is_small_insert(script, messages[end]))
            bytes += size_of(script, messages[end++]);
        if (end - place >= batch_statements_min) lengths[place] = end - place;
        place = std::max(end, place + 1);
    }
    return lengths;
}

InsertBatch::InsertBatch(const migrations::Script& script, const std::vector<Message>& messages,
                         std::size_t place, std::size_t count, bool in_bytes)
    : first_number{messages[place].index + 1} {
    std::uint32_t position = 0;
    for (std::size_t number = 0; number < count; ++number) {
        begins.push_back(position);
        // A statement may end in a comment, which the line's end ends.
        const std::string text = statement_text(script, messages[place + number].index) + "\n;\n";
        position += static_cast<std::uint32_t>(in_bytes ? text.size() : character_count(text));
        sql += text;
    }
}

std::size_t InsertBatch::meant_by(std::size_t number, const ServerError& error) const {
    if (error.sqlstate != syntax_error || !error.position) return number;
    const auto after = std::upper_bound(begins.begin(), begins.end(), *error.position - 1);
    return static_cast<std::size_t>(after - begins.begin()) - 1;
}

std::vector<std::string> InsertBatch::of_all(std::vector<std::string> notices) const {
    const auto last = first_number + static_cast<std::uint32_t>(begins.size()) - 1;
    for (std::string& notice : notices)
        notice = "(of one of the statements " + std::to_string(first_number) + " to " +
                 std::to_string(last) + ") " + notice;
    return notices;
}

std::optional<std::uint32_t> InsertBatch::own_position(
    std::size_t number, std::optional<std::uint32_t> position) const {
    if (!position || *position <= begins[number]) return std::nullopt;
    return *position - begins[number];
}

}  // namespace adapters::postgres
