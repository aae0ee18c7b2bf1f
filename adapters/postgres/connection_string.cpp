#include "adapters/postgres/connection_string.hpp"

#include "adapters/postgres/libpq_on_demand.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <libpq-fe.h>
#include <map>
#include <memory>
#include <optional>
#include <string_view>

namespace adapters::postgres {

namespace {

constexpr std::string_view mask = "***";

struct OptionsFree {
    void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};
using Options = std::unique_ptr<PQconninfoOption, OptionsFree>;

std::map<std::string, std::string> values_of(const Options& options) {
    std::map<std::string, std::string> values;
    if (!options) return values;
    for (const auto* option = options.get(); option->keyword != nullptr; ++option)
        if (option->val != nullptr && *option->val != '\0') values[option->keyword] = option->val;
    return values;
}

bool is_url(const std::string& text) {
    return text.starts_with("postgresql://") || text.starts_with("postgres://");
}

bool is_name(std::string_view text) {
    constexpr std::size_t bytes_max = 40;
    return !text.empty() && text.size() <= bytes_max &&
           std::all_of(text.begin(), text.end(), [](unsigned char each) {
               return std::isalnum(each) != 0 || each == '_' || each == '-' || each == '.';
           });
}

// Of a URL alone that has no password: none before its "?", and nothing behind it that would end
// one which holds a "?".
bool is_no_piece_of_a_password(const std::string& text, const std::string& name) {
    const auto query = text.find('?');
    if (!is_url(text) || !is_name(name) || query == std::string::npos) return false;
    const auto host = text.find("//") + 2;
    const std::string parameters = text.substr(query);
    return text.find(':', host) > query && text.find("pass") == std::string::npos &&
           parameters.find('@') == std::string::npos && parameters.find("%40") == std::string::npos;
}

// libpq quotes what it could not read, and that may be a piece of a password: the name of a
// parameter stays where it can be none.
std::string without_quotes(std::string_view message, const std::string& text) {
    const auto begin = std::min(message.find('"'), message.size());
    const auto rest = message.substr(begin).substr(begin < message.size() ? 1 : 0);
    const std::string quoted{rest.substr(0, rest.find('"'))};
    message = message.substr(0, begin);
    while (!message.empty() && std::string_view{": \n"}.find(message.back()) != message.npos)
        message.remove_suffix(1);
    const std::string why{message};
    if (quoted == "=" && why.starts_with("extra"))
        return "a value in it has a second \"=\": write %3D";
    if (quoted == "=")
        return is_url(text) ? "a parameter of it has no \"=\"" : "a word of it has no \"=\"";
    return why + (is_no_piece_of_a_password(text, quoted) ? " \"" + quoted + "\"" : "");
}

// "u:pa/ss@host": libpq takes what stands before the slash for host and port, and its message
// about the port would show the password's first half.
bool hides_a_password(const std::string& text, const std::map<std::string, std::string>& values) {
    if (!is_url(text) || values.contains("password") || values.contains("user")) return false;
    const auto query = text.find('?');
    return text.substr(0, query).find('@') != std::string::npos;
}

// "u:pa@ss@host": libpq ends the password at the first "@" and takes its second half for the host,
// which every message shows.
bool cuts_a_password(const std::string& text, const std::map<std::string, std::string>& values) {
    if (!is_url(text) || !values.contains("password")) return false;
    const auto first = text.find('@');
    const auto query = text.find('?', first);
    const auto last = text.substr(0, query).rfind('@');
    return first != std::string::npos && last != first;
}

ledger::Error unreadable(const std::string& why) {
    return {ledger::Code::refused, "target-url-invalid",
            "the connection string cannot be read: " + why,
            "write postgresql://user@host:port/database, or libpq's keywords; in a URL, characters "
            "such as / ? # @ and spaces in a password are percent-encoded (%2F)"};
}

// What other tools take out of their URLs, and libpq does not know. Of any other word nobody knows
// whether it is a piece of a password.
std::string foreign_parameter(const std::string& text) {
    for (const char* name :
         {"schema", "currentSchema", "search_path", "pgbouncer", "prepareThreshold",
          "connection_limit", "pool_timeout", "x-migrations-table", "x-migrations-table-quoted",
          "x-multi-statement", "x-lock-strategy", "x-statement-timeout", "charset",
          "serverTimezone", "timezone"})
        for (const char before : {'?', '&'})
            if (text.find(before + std::string{name} + "=") != std::string::npos) return name;
    return "";
}

// Of a URL as other drivers have it; nothing where it is none.
std::optional<ledger::Error> foreign_url(const std::string& text) {
    const bool is_jdbc = text.starts_with("jdbc:");
    if (!is_jdbc && !text.starts_with("postgresql+") && !text.starts_with("postgres+"))
        return std::nullopt;
    return ledger::Error{
        ledger::Code::refused, "target-url-invalid",
        std::string{"the connection string cannot be read: it is a URL of "} +
            (is_jdbc ? "JDBC's" : "another driver's"),
        std::string{is_jdbc ? "leave jdbc: out" : "leave + and the driver's name out"} +
            ", and write postgresql://user@host:port/database; user=, password= and sslmode= may "
            "follow after a ?, other parameters of the driver may not"};
}

// What is no connection string at all.
std::optional<ledger::Error> foreign_text(const std::string& text) {
    const auto scheme_end = text.find("://");
    const bool is_word = text.find('=') == std::string::npos;
    if (is_url(text) || (scheme_end == std::string::npos && !is_word)) return std::nullopt;
    const std::string scheme = text.substr(0, scheme_end);
    if (scheme_end == std::string::npos)
        return unreadable("it is neither a URL (postgresql://...) nor words such as dbname=shop");
    if (!is_name(scheme)) return std::nullopt;
    return unreadable(scheme + ":// is not PostgreSQL's");
}

// What a service file says is known only to a connection.
std::map<std::string, std::string> values_of_service(const std::string& service) {
    const char* keywords[] = {"service", nullptr};
    const char* values[] = {service.c_str(), nullptr};
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{
        PQconnectStartParams(keywords, values, 0), &PQfinish};
    return values_of(Options{PQconninfo(connection.get())});
}

// What holds where the string says nothing: libpq's environment, before that the service it names.
std::map<std::string, std::string> defaults_of(const std::map<std::string, std::string>& given) {
    auto defaults = values_of(Options{PQconndefaults()});
    if (!given.contains("service")) return defaults;
    auto service = values_of_service(given.at("service"));
    service.merge(defaults);
    return service;
}

std::vector<std::string> split_at_commas(const std::string& text) {
    std::vector<std::string> parts(1);
    for (const char each : text) {
        if (each == ',')
            parts.emplace_back();
        else
            parts.back() += each;
    }
    return parts;
}

// Of several hosts each with its port.
std::string places(const std::string& hosts, const std::string& ports) {
    const auto each_host = split_at_commas(hosts);
    const auto each_port = split_at_commas(ports);
    if (each_host.size() == 1) return hosts + ":" + ports;
    std::string all;
    for (std::size_t index = 0; index < each_host.size(); ++index) {
        const auto& port = each_port[each_port.size() == each_host.size() ? index : 0];
        all += (index == 0 ? "" : ",") + each_host[index] + ":" + (port.empty() ? "5432" : port);
    }
    return all;
}

// A name that is the password too is not told, here as in messages.
std::string shown(const std::map<std::string, std::string>& given,
                  const std::map<std::string, std::string>& defaults,
                  const std::vector<std::string>& secrets) {
    const auto value = [&](const char* keyword) {
        const auto& values = given.contains(keyword) ? given : defaults;
        const auto found = values.find(keyword);
        if (found == values.end()) return std::string{};
        const bool is_secret =
            std::find(secrets.begin(), secrets.end(), found->second) != secrets.end();
        return is_secret ? std::string{mask} : found->second;
    };
    auto host = value("host").empty() ? value("hostaddr") : value("host");
    if (host.empty()) host = "local";
    const auto database = value("dbname").empty() ? value("user") : value("dbname");
    return value("user") + "@" + places(host, value("port")) + "/" + database;
}

bool is_of_a_word(const std::string& text, std::size_t at) {
    return at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) != 0);
}

// Whether what stands there is the secret, and no piece of the sentence around it: stars in the
// place of a known word would tell what the password is. A plain word or number counts in quotes.
bool tells(const std::string& text, std::size_t at, const std::string& secret) {
    if (at > 0 && is_of_a_word(text, at - 1)) return false;
    if (is_of_a_word(text, at + secret.size())) return false;
    const auto all = [&](int (*is)(int)) {
        return std::all_of(secret.begin(), secret.end(),
                           [&](unsigned char each) { return is(each) != 0; });
    };
    const auto quotes = std::count(text.begin(), text.begin() + static_cast<long>(at), '"');
    return quotes % 2 == 1 || !(all(std::isalpha) || all(std::isdigit));
}

}  // namespace

ledger::Result<ConnectionString> parse_connection_string(const std::string& text) {
    if (auto loaded = load_libpq(); !loaded) return ledger::fail(loaded.error());
    char* message = nullptr;
    const Options options{PQconninfoParse(text.c_str(), &message)};
    if (!options) {
        const std::string why =
            message == nullptr ? "out of memory" : without_quotes(message, text);
        PQfreemem(message);
        if (auto foreign = foreign_url(text)) return ledger::fail(*std::move(foreign));
        if (const auto name = foreign_parameter(text); is_url(text) && !name.empty())
            return ledger::fail(ledger::Code::refused, "target-url-invalid",
                                "the connection string cannot be read: \"" + name +
                                    "\" is another tool's parameter, and none of libpq's",
                                "take it out of the URL; a schema is said with "
                                "options=-csearch_path%3DNAME");
        return ledger::fail(foreign_text(text).value_or(unreadable(why)));
    }
    const auto given = values_of(options);
    if (hides_a_password(text, given))
        return ledger::fail(unreadable("there is a \"/\" before the \"@\""));
    if (cuts_a_password(text, given))
        return ledger::fail(unreadable("there is a second \"@\" before the \"?\""));
    const auto defaults = defaults_of(given);

    ConnectionString result;
    result.parameters.assign(given.begin(), given.end());
    result.has_connect_timeout =
        given.contains("connect_timeout") || defaults.contains("connect_timeout");
    for (const auto* values : {&defaults, &given})
        if (values->contains("options")) result.options = values->at("options");
    for (const auto* values : {&given, &defaults})
        for (const char* keyword : {"password", "sslpassword"})
            if (values->contains(keyword)) result.secrets.push_back(values->at(keyword));
    result.shown = masked(result, shown(given, defaults, result.secrets));
    return result;
}

std::string masked(const ConnectionString& string, std::string text) {
    for (const auto& secret : string.secrets)
        for (auto at = text.find(secret); at != std::string::npos;) {
            const bool masks = tells(text, at, secret);
            if (masks) text.replace(at, secret.size(), mask);
            at = text.find(secret, at + (masks ? mask.size() : 1));
        }
    return text;
}

std::string startup_option(const std::string& name, const std::string& value) {
    std::string option = "-c " + name + "=";
    for (const char character : value) {
        if (character == '\\' || character == ' ' || character == '\t' || character == '\n')
            option += '\\';
        option += character;
    }
    return option;
}

}  // namespace adapters::postgres
