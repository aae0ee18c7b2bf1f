#include "migrations/rules/type_change.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace migrations::rules {

using sql::TypeName;

namespace {

constexpr int precision_max = 6;

bool is_any(const std::string& name, std::initializer_list<std::string_view> names) {
    for (const std::string_view each : names)
        if (name == each) return true;
    return false;
}

bool is_text(const TypeName& type) { return is_any(type.name, {"text", "varchar"}); }

int precision_of(const TypeName& type) {
    return type.modifiers.empty() ? precision_max : type.modifiers.back();
}

// numeric(10) is numeric(10, 0).
int scale_of(const TypeName& type) { return type.modifiers.size() > 1 ? type.modifiers[1] : 0; }

bool widens_numeric(const TypeName& from, const TypeName& to) {
    return !from.modifiers.empty() && to.modifiers.front() >= from.modifiers.front() &&
           scale_of(from) == scale_of(to);
}

// The finest that an interval keeps: 0 seconds, then minutes, ... As bits, the server's SECOND, ...
int finest_field_of(const TypeName& interval) {
    constexpr std::array fields{1 << 12, 1 << 11, 1 << 10, 1 << 3, 1 << 1, 1 << 2};
    if (interval.modifiers.empty()) return 0;
    for (std::size_t index = 0; index < fields.size(); ++index)
        if ((interval.modifiers.front() & fields[index]) != 0) return static_cast<int>(index);
    return 0;
}

int precision_of_interval(const TypeName& type) {
    return type.modifiers.size() > 1 ? type.modifiers[1] : precision_max;
}

// What is coarser than the finest field stays, whatever the type says.
bool widens_interval(const TypeName& from, const TypeName& to) {
    const int finest = finest_field_of(from);
    return finest_field_of(to) <= finest &&
           (finest > 0 || precision_of_interval(to) >= precision_of_interval(from));
}

// The same type with another length, precision or scale.
TypeChangeCost cost_of_modifiers(const TypeName& from, const TypeName& to) {
    if (from.modifiers == to.modifiers || to.modifiers.empty()) return TypeChangeCost::none;
    if (from.array_dimensions > 0) return TypeChangeCost::rewrite;
    const std::string& name = to.name;
    bool widens = false;
    if (is_any(name, {"varchar", "varbit"}))
        widens = !from.modifiers.empty() && to.modifiers.front() >= from.modifiers.front();
    else if (name == "numeric")
        widens = widens_numeric(from, to);
    else if (is_any(name, {"timestamp", "timestamptz", "time", "timetz"}))
        widens = precision_of(to) >= precision_of(from);
    else if (name == "interval")
        widens = widens_interval(from, to);
    return widens ? TypeChangeCost::none : TypeChangeCost::rewrite;
}

bool is_oid_like(const std::string& name) {
    return is_any(name, {"oid", "regclass", "regtype", "regproc", "regprocedure", "regoper",
                         "regoperator", "regrole", "regnamespace", "regconfig", "regdictionary"});
}

// Different types, one of whose values is the other's byte by byte.
TypeChangeCost cost_of_relabelling(const TypeName& from, const TypeName& to) {
    if (is_text(from) && is_text(to))
        return to.modifiers.empty() ? TypeChangeCost::none : TypeChangeCost::rewrite;
    const bool to_citext = is_text(from) && to.name == "citext";
    const bool from_citext = from.name == "citext" && is_text(to) && to.modifiers.empty();
    if (to_citext || from_citext) return TypeChangeCost::index_rebuild;
    const bool to_bpchar = (is_text(from) || from.name == "citext") && to.name == "bpchar";
    if (to_bpchar && to.modifiers.empty()) return TypeChangeCost::index_rebuild;
    if (from.name == "xml" && is_text(to) && to.modifiers.empty()) return TypeChangeCost::none;
    if (from.name == "cidr" && to.name == "inet") return TypeChangeCost::none;
    if (from.name == "bit" && to.name == "varbit" && to.modifiers.empty())
        return TypeChangeCost::index_rebuild;
    if (is_oid_like(from.name) && is_oid_like(to.name)) return TypeChangeCost::none;
    const bool is_oid = (from.name == "int4" && is_oid_like(to.name)) ||
                        (is_oid_like(from.name) && to.name == "int4");
    return is_oid ? TypeChangeCost::index_rebuild : TypeChangeCost::rewrite;
}

std::optional<int> rank_of(const std::string& name) {
    constexpr std::array<std::string_view, 3> integers{"int2", "int4", "int8"};
    for (std::size_t index = 0; index < integers.size(); ++index)
        if (integers[index] == name) return static_cast<int>(index);
    return std::nullopt;
}

bool is_character(const TypeName& type) {
    return is_any(type.name, {"text", "varchar", "bpchar", "citext", "name"});
}

bool loses_length(const TypeName& from, const TypeName& to) {
    if (to.modifiers.empty()) return false;
    return from.modifiers.empty() || from.modifiers.front() > to.modifiers.front();
}

bool loses_number(const TypeName& from, const TypeName& to) {
    const auto old_rank = rank_of(from.name);
    const auto new_rank = rank_of(to.name);
    if (old_rank && new_rank) return *new_rank < *old_rank;
    const bool was_fraction = is_any(from.name, {"numeric", "float4", "float8", "money"});
    if (was_fraction && new_rank) return true;
    if (from.name == "float8" && to.name == "float4") return true;
    if (from.name == "numeric" && is_any(to.name, {"float4", "float8"})) return true;
    if (from.name != "numeric" || to.name != "numeric" || to.modifiers.empty())
        return old_rank && to.name == "numeric" && !to.modifiers.empty();
    if (from.modifiers.empty()) return true;
    return to.modifiers.front() - scale_of(to) < from.modifiers.front() - scale_of(from) ||
           scale_of(to) < scale_of(from);
}

}  // namespace

TypeChangeCost cost_of(const TypeChange& change) {
    const TypeName& from = change.from;
    const TypeName& to = change.to;
    if (from.name == to.name && from.schema == to.schema &&
        (from.array_dimensions > 0) == (to.array_dimensions > 0))
        return cost_of_modifiers(from, to);
    if (from.array_dimensions > 0 || to.array_dimensions > 0) return TypeChangeCost::rewrite;
    const bool is_timestamp = is_any(from.name, {"timestamp", "timestamptz"}) &&
                              is_any(to.name, {"timestamp", "timestamptz"});
    // The cast between the two knows of no precision: any that is asked for is cut to.
    if (is_timestamp && change.is_utc && precision_of(to) == precision_max)
        return TypeChangeCost::index_rebuild;
    return cost_of_relabelling(from, to);
}

bool may_lose(const TypeName& from, const TypeName& to) {
    if (is_character(from) && is_character(to)) return loses_length(from, to);
    if (is_character(from) && !is_character(to)) return true;
    if (from.name == to.name && is_any(to.name, {"bit", "varbit"})) return loses_length(from, to);
    if (is_any(from.name, {"timestamp", "timestamptz"}) && is_any(to.name, {"date", "time"}))
        return true;
    if (is_any(from.name, {"timestamp", "timestamptz", "time", "timetz"}) && from.name == to.name)
        return precision_of(to) < precision_of(from);
    if (from.name == "interval" && to.name == "interval") return !widens_interval(from, to);
    if (is_character(to)) return !to.modifiers.empty();
    return loses_number(from, to);
}

bool is_usually_narrower(const TypeName& to) {
    if (is_any(to.name, {"int2", "int4", "float4"})) return true;
    return is_any(to.name, {"varchar", "bpchar"}) && !to.modifiers.empty();
}

}  // namespace migrations::rules
