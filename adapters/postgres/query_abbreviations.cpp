#include "adapters/postgres/query_abbreviations.hpp"

#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace adapters::postgres {

namespace {

// #1 and #2 stand for what is in the parentheses.
struct Abbreviation {
    std::string_view name;
    std::string_view sql;
};

// regcollation there is only since PostgreSQL 13.
constexpr std::array abbreviations{
    Abbreviation{"ACL(", R"((SELECT array_agg(i::text ORDER BY i::text)
        FROM unnest(COALESCE(#1, acldefault(#2, #3))) i))"},
    Abbreviation{"SORTED(", "(SELECT array_agg(i::text ORDER BY i::text) FROM unnest(#1) i)"},
    Abbreviation{"COLLATION(", R"((SELECT l.collnamespace::regnamespace || '.' ||
        quote_ident(l.collname) FROM pg_collation l WHERE l.oid = #1))"},
    Abbreviation{"MINE(", R"((NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.objid = #1
        AND x.deptype = 'e') AND NOT EXISTS (SELECT 1 FROM pg_namespace m
        WHERE m.oid = #2 AND m.nspname ~ '^(pg_|information_schema$)')))"}};

struct Call {
    std::vector<std::string> arguments;
    std::size_t end{};
};

// `at` is behind the opening parenthesis.
Call read_call(const std::string& sql, std::size_t at) {
    Call call{{""}, at};
    for (int depth = 0;; ++call.end) {
        const char each = sql.at(call.end);
        if (each == ')' && depth == 0) break;
        depth += each == '(' ? 1 : each == ')' ? -1 : 0;
        if (each == ',' && depth == 0)
            call.arguments.emplace_back();
        else
            call.arguments.back() += each;
    }
    ++call.end;
    return call;
}

std::string filled(const Abbreviation& abbreviation, const Call& call) {
    std::string text;
    for (std::size_t at = 0; at < abbreviation.sql.size(); ++at) {
        if (abbreviation.sql[at] != '#') {
            text += abbreviation.sql[at];
            continue;
        }
        const auto index = static_cast<std::size_t>(abbreviation.sql[++at] - '1');
        text += index < call.arguments.size() ? call.arguments[index] : "NULL";
    }
    return text;
}

std::string for_version(std::string sql, int server_version) {
    constexpr std::string_view name = "SINCE(";
    for (auto at = sql.find(name); at != sql.npos; at = sql.find(name)) {
        const Call call = read_call(sql, at + name.size());
        const bool is_there = server_version >= std::stoi(call.arguments.front());
        std::string what = "NULL";
        if (is_there) {
            what = call.arguments.at(1);
            for (std::size_t index = 2; index < call.arguments.size(); ++index)
                what += "," + call.arguments[index];
        }
        sql.replace(at, call.end - at, what);
    }
    return sql;
}

std::string expanded(std::string sql) {
    for (const Abbreviation& each : abbreviations)
        for (auto at = sql.find(each.name); at != sql.npos; at = sql.find(each.name)) {
            const Call call = read_call(sql, at + each.name.size());
            sql.replace(at, call.end - at, filled(each, call));
        }
    return sql;
}

}  // namespace

std::string expand_query(std::string sql, int server_version) {
    return expanded(for_version(std::move(sql), server_version));
}

}  // namespace adapters::postgres
