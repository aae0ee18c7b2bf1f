#include "commands/rehearsal.hpp"

#include <array>
#include <cstddef>

namespace commands {

namespace {

struct Mode {
    std::string_view text;
    std::string_view words;
    unsigned conflicts;  // a bit for each mode, the first for access_share
};

constexpr std::array<Mode, 8> modes{{
    {"AccessShareLock", "ACCESS SHARE", 0b1000'0000},
    {"RowShareLock", "ROW SHARE", 0b1100'0000},
    {"RowExclusiveLock", "ROW EXCLUSIVE", 0b1111'0000},
    {"ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE", 0b1111'1000},
    {"ShareLock", "SHARE", 0b1110'1100},
    {"ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE", 0b1111'1100},
    {"ExclusiveLock", "EXCLUSIVE", 0b1111'1110},
    {"AccessExclusiveLock", "ACCESS EXCLUSIVE", 0b1111'1111},
}};

constexpr std::size_t index_of(LockMode mode) { return static_cast<std::size_t>(mode) - 1; }

}  // namespace

bool is_absence(std::string_view sqlstate) {
    return sqlstate == "42P01" || sqlstate == "3F000" || sqlstate == "42883" || sqlstate == "42704";
}

std::string_view to_text(LockMode mode) { return modes.at(index_of(mode)).text; }

std::string_view words(LockMode mode) { return modes.at(index_of(mode)).words; }

std::optional<LockMode> lock_mode(std::string_view text) {
    for (std::size_t index = 0; index < modes.size(); ++index)
        if (modes.at(index).text == text) return static_cast<LockMode>(index + 1);
    return std::nullopt;
}

bool conflict(LockMode one, LockMode other) {
    return (modes.at(index_of(one)).conflicts >> index_of(other) & 1U) != 0;
}

std::string_view blocked_by(LockMode mode) {
    if (conflict(mode, LockMode::access_share)) return "reads and writes";
    if (conflict(mode, LockMode::row_exclusive)) return "writes";
    return "";
}

std::string to_text(const RelationName& name) {
    const bool is_plain = name.schema == "public" || name.schema.starts_with("pg_temp");
    return is_plain || name.schema.empty() ? name.name : name.schema + "." + name.name;
}

std::string key_of(const RelationLock& lock) {
    return to_text(lock.relation) + (lock.is_new ? " [new]" : "");
}

std::vector<TextPair> waits_behind_writer(const std::vector<RelationLock>& taken) {
    std::vector<TextPair> waits;
    for (const RelationLock& lock : taken)
        if (!lock.is_new && conflict(lock.mode, LockMode::row_exclusive))
            waits.emplace_back(to_text(lock.relation), to_text(lock.mode));
    return waits;
}

}  // namespace commands
