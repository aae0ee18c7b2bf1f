#include "migrations/secret_strings.hpp"

#include "migrations/secret_examples.hpp"
#include "migrations/sql/lexer.hpp"
#include "migrations/sql/words.hpp"

#include <algorithm>
#include <array>

namespace migrations {

using sql::lower;

namespace {

// What comes before it since the last quote is nothing, or begins with a setting as well.
bool is_among_settings(std::string_view low, std::size_t at) {
    constexpr std::size_t settings_max = 512;
    const std::size_t from = at - std::min(at, settings_max);
    const auto before = low.substr(from, at - from);
    const std::size_t quote = before.find_last_of("'\"$");
    const std::size_t begin =
        before.find_first_not_of(" \t\r\n", quote == std::string_view::npos ? 0 : quote + 1);
    if (begin == std::string_view::npos) return true;
    const std::size_t name_end = before.find_first_of(" \t=", begin);
    const std::size_t equals = before.find_first_not_of(" \t", name_end);
    return name_end != std::string_view::npos && equals != std::string_view::npos &&
           before[equals] == '=' && name_end > begin;
}

class StringReader {
public:
    StringReader(std::string_view quoted, const StringUse& use)
        : quoted_{quoted}, low_{lower(quoted)}, use_{use} {}

    std::vector<SecretClause> run() {
        connects_ = is_connection(low_);
        makes_role_ = speaks_of_a_role(low_);
        for (const std::string_view mark : {"password", "passwd", "pwd"}) find_named(mark);
        find_in_json();
        if (use_.runs) find_in_command();
        return std::move(found_);
    }

private:
    void add(std::string_view kind, std::size_t begin, std::size_t end) {
        if (end > begin) found_.push_back({kind, begin, end, begin, end});
    }

    void find_named(std::string_view mark) {
        for (std::size_t at = low_.find(mark); at != std::string_view::npos;
             at = low_.find(mark, at + mark.size())) {
            std::size_t begin = low_.find_first_not_of(" \t", at + mark.size());
            if (begin == std::string_view::npos) return;
            if (low_[begin] == '=') {
                find_setting(at, begin);
            } else if (low_.compare(begin, 2, "''") == 0 && makes_role_) {
                // A nested statement: EXECUTE 'ALTER ROLE x PASSWORD ''y'''.
                begin = low_.find_first_not_of('\'', begin);
                if (begin == std::string::npos) return;
                add("a password in a connection string", begin,
                    std::min(low_.find_first_of("'\r\n", begin), low_.size()));
            }
        }
    }

    void find_setting(std::size_t at, std::size_t equals) {
        constexpr std::size_t before_max = 512;
        std::size_t name = at;
        while (name > 0 && sql::is_name_part(low_[name - 1])) --name;
        const std::size_t from = name - std::min(name, before_max);
        const auto window = std::string_view{low_}.substr(from, name - from);
        const std::size_t space = window.find_last_of(" \t\r\n'\"");
        const auto before = window.substr(space == std::string_view::npos ? 0 : space + 1);
        const char separator = before.empty() ? ' ' : before.back();
        const std::size_t scheme = before.find("://");
        if (scheme != std::string_view::npos) {
            const bool is_page = before.substr(0, scheme).ends_with("http") ||
                                 before.substr(0, scheme).ends_with("https");
            const bool is_query = separator == '?' || separator == '&' || separator == ';';
            if (is_query && !is_page) add_value(equals + 1, "&;'\" \t\r\n)");
            return;
        }
        const bool is_one =
            use_.connects || (connects_ && (separator == ';' || is_among_settings(low_, name)));
        if (is_one) add_value(low_.find_first_not_of(" \t='", equals), "' \t\r\n;,)$");
    }

    void add_value(std::size_t begin, std::string_view ends) {
        if (begin >= low_.size()) return;
        add("a password in a connection string", begin,
            std::min(low_.find_first_of(ends, begin), low_.size()));
    }

    // "password": "..."
    void find_in_json() {
        for (std::size_t at = low_.find('"'); at != std::string_view::npos;) {
            const std::size_t name_end = low_.find('"', at + 1);
            if (name_end == std::string_view::npos) return;
            const std::size_t colon = low_.find_first_not_of(" \t\r\n", name_end + 1);
            const std::size_t quote = colon == std::string_view::npos
                                          ? std::string_view::npos
                                          : low_.find_first_not_of(" \t\r\n", colon + 1);
            const bool is_pair =
                quote != std::string_view::npos && low_[colon] == ':' && low_[quote] == '"';
            const std::size_t end = is_pair ? low_.find('"', quote + 1) : std::string_view::npos;
            if (end == std::string_view::npos) {
                at = name_end;
                continue;
            }
            const auto value = quoted_.substr(quote + 1, end - quote - 1);
            if (names_a_secret(quoted_.substr(at + 1, name_end - at - 1)) && looks_chosen(value))
                add("a credential", quote + 1, end);
            at = low_.find('"', end + 1);
        }
    }

    // curl -u user:password, mysql -ppassword
    void find_in_command() {
        for (const std::string_view option : {" -u ", " --user "})
            if (const std::size_t at = low_.find(option);
                at != std::string_view::npos && low_.find("curl") < at) {
                const std::size_t begin = at + option.size();
                const std::size_t end = std::min(low_.find_first_of(" \t'\"", begin), low_.size());
                const std::size_t colon = low_.find(':', begin);
                if (colon < end) add("a password of a command", colon + 1, end);
            }
        constexpr std::string_view option = " -p";
        const std::size_t client = std::min(low_.find("mysql"), low_.find("mariadb"));
        const std::size_t at = client == std::string_view::npos ? std::string_view::npos
                                                                : quoted_.find(option, client);
        if (at == std::string_view::npos || at + option.size() >= low_.size()) return;
        add("a password of a command", at + option.size(),
            std::min(low_.find_first_of(" \t'\"", at + option.size()), low_.size()));
    }

    std::string_view quoted_;
    std::string low_;
    const StringUse& use_;
    bool connects_{};
    bool makes_role_{};
    std::vector<SecretClause> found_;
};

}  // namespace

bool is_connection(const std::string& low) {
    constexpr std::array words{
        "host=",   "dbname=",     "user=",   "port=", "hostaddr=", "service=",
        "server=", "datasource=", "userid=", "uid=",  "database="};
    std::string dense = low;
    std::erase_if(dense, [](char each) { return each == ' ' || each == '\t'; });
    return std::any_of(words.begin(), words.end(),
                       [&](const char* word) { return dense.find(word) != std::string::npos; });
}

bool names_a_secret(std::string_view name) {
    constexpr std::array<std::string_view, 11> ends{
        "password",   "passwd",     "passphrase",   "secret_access_key", "secret_key", "api_key",
        "api_secret", "auth_token", "access_token", "client_secret",     "private_key"};
    const std::string low = lower(name);
    return std::any_of(ends.begin(), ends.end(),
                       [&](std::string_view end) { return low.ends_with(end); });
}

std::vector<SecretClause> find_in_string(std::string_view quoted, const StringUse& use) {
    const auto has = [&](std::string_view word) {
        return std::search(quoted.begin(), quoted.end(), word.begin(), word.end(),
                           [](char left, char right) { return (left | 0x20) == right; }) !=
               quoted.end();
    };
    const bool may_hold =
        use.runs || has("pass") || has("pwd") || has("key") || has("token") || has("secret");
    return may_hold ? StringReader{quoted, use}.run() : std::vector<SecretClause>{};
}

}  // namespace migrations
