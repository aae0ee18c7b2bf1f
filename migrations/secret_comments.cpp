#include "migrations/secret_comments.hpp"

#include "migrations/secret_examples.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace migrations {

namespace {

constexpr std::string_view blanks = " \t\r";

struct Setting {
    std::size_t begin{};  // of its name
    std::string name;     // in lower case
    std::size_t value_begin{};
    std::size_t value_end{};
    std::size_t end{};  // with the quotes
    [[nodiscard]] bool is_quoted() const { return end > value_end; }
};

std::size_t after_blanks(std::string_view line, std::size_t at) {
    return std::min(line.find_first_not_of(blanks, at), line.size());
}

std::optional<Setting> setting_around(std::string_view line, std::size_t equals) {
    std::size_t name_end = equals;
    while (name_end > 0 && blanks.find(line[name_end - 1]) != std::string_view::npos) --name_end;
    std::size_t name = name_end;
    while (name > 0 && sql::is_name_part(line[name - 1])) --name;
    if (name == name_end) return std::nullopt;
    Setting setting{name, sql::lower(line.substr(name, name_end - name))};
    // "user= and password= are needed" has no values.
    std::size_t begin = name_end < equals ? after_blanks(line, equals + 1) : equals + 1;
    const bool has_quote = begin < line.size() && (line[begin] == '\'' || line[begin] == '"');
    const std::size_t close =
        has_quote ? line.find(line[begin], begin + 1) : std::string_view::npos;
    if (has_quote) ++begin;
    setting.value_begin = begin;
    setting.value_end = close != std::string_view::npos
                            ? close
                            : std::min(line.find_first_of(" \t\r'\"`;,&)", begin), line.size());
    setting.end = setting.value_end + (close == std::string_view::npos ? 0 : 1);
    return setting;
}

std::vector<Setting> settings_of(std::string_view line) {
    std::vector<Setting> found;
    std::size_t end = 0;
    for (std::size_t at = line.find('='); at != std::string_view::npos; at = line.find('=', at)) {
        auto setting = setting_around(line, at);
        ++at;
        if (!setting || setting->begin < end) continue;
        at = end = std::max(at, setting->end);
        found.push_back(std::move(*setting));
    }
    return found;
}

bool is_of_connection(const Setting& setting) {
    constexpr std::array<std::string_view, 7> names{"host", "hostaddr", "user",   "dbname",
                                                    "port", "service",  "sslmode"};
    return std::find(names.begin(), names.end(), setting.name) != names.end();
}

bool is_password(const Setting& setting) {
    constexpr std::array<std::string_view, 4> names{"password", "passwd", "pwd", "sslpassword"};
    return std::find(names.begin(), names.end(), setting.name) != names.end();
}

class CommentLine {
public:
    explicit CommentLine(std::string_view line) : line_{line}, settings_{settings_of(line)} {
        const auto named = std::find_if(settings_.begin(), settings_.end(),
                                        [](const Setting& each) { return each.name == "user"; });
        if (named != settings_.end()) user_ = value_of(*named);
    }

    void find(std::size_t offset, std::vector<SecretClause>& found) const {
        if (std::none_of(settings_.begin(), settings_.end(), is_of_connection)) return;
        for (auto from = settings_.begin(); from != settings_.end();) {
            const auto last = std::adjacent_find(from, settings_.end(),
                                                 [&](const Setting& left, const Setting& right) {
                                                     return !are_beside(left, right);
                                                 });
            const auto to = last == settings_.end() ? last : last + 1;
            const bool connects = std::any_of(from, to, is_of_connection);
            for (; from != to; ++from) {
                if (!is_password(*from) || !counts(*from, connects)) continue;
                const std::size_t begin = offset + from->value_begin;
                const std::size_t end = offset + from->value_end;
                found.push_back({"a password in a connection string", begin,
                                 std::max(end, offset + farthest_end(*from)), begin, end});
            }
        }
    }

private:
    [[nodiscard]] std::string_view value_of(const Setting& setting) const {
        return line_.substr(setting.value_begin, setting.value_end - setting.value_begin);
    }

    // In libpq's form white space alone ends a value, and no part of one is to be shown: rather a
    // quote or a bracket behind it is hidden as well.
    [[nodiscard]] std::size_t farthest_end(const Setting& setting) const {
        if (setting.is_quoted()) return setting.value_end;
        return std::min(line_.find_first_of(blanks, setting.value_begin), line_.size());
    }

    // Comments are full of forms, code and prose: what is none of them has letters and digits.
    [[nodiscard]] bool counts(const Setting& setting, bool connects) const {
        const auto value = value_of(setting);
        if (value.empty() || is_pattern(user_, value)) return false;
        const auto rest = line_.substr(setting.value_begin);
        const auto whole = rest.substr(0, std::min(rest.find_first_of(" \t\r'\"`"), rest.size()));
        return (connects || !setting.is_quoted()) && (looks_chosen(value) || looks_chosen(whole));
    }

    [[nodiscard]] bool are_beside(const Setting& left, const Setting& right) const {
        const auto between = line_.substr(left.end, right.begin - left.end);
        return between.find_first_not_of(" \t\r;&") == std::string_view::npos;
    }

    std::string_view line_;
    std::vector<Setting> settings_;
    std::string_view user_{"user"};
};

}  // namespace

std::vector<SecretClause> find_in_comment(std::string_view comment) {
    std::vector<SecretClause> found;
    for (std::size_t begin = 0; begin < comment.size();) {
        const std::size_t end = std::min(comment.find('\n', begin), comment.size());
        CommentLine{comment.substr(begin, end - begin)}.find(begin, found);
        begin = end + 1;
    }
    return found;
}

}  // namespace migrations
