#include "migrations/rules/session.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace migrations::rules {

using sql::TransactionVerb;

const Setting* Session::setting(const std::string& name) const {
    const auto found = settings.find(name);
    return found == settings.end() ? nullptr : &found->second;
}

std::optional<TableLock> Session::lock_on(const ObjectName& table) const {
    std::optional<TableLock> strongest;
    for (const TableLock& lock : locks)
        if (key_of(lock.table) == key_of(table) && (!strongest || lock.mode > strongest->mode))
            strongest = lock;
    return strongest;
}

void Session::take_initial(const InitialSettings& settings_at_start) {
    for (const auto& [name, value] : settings_at_start) initial_settings[name] = {value, false, 0};
    settings = initial_settings;
}

void Session::begin(std::size_t statement, bool by_script) {
    in_transaction = true;
    begun_by_script = by_script;
    begun_at = statement;
    transaction = ++transactions_begun;
    settings_before = settings;
    locks.clear();
    savepoints.clear();
}

void Session::end(bool committed) {
    if (!committed) settings = settings_before;
    std::erase_if(settings, [](const auto& entry) { return entry.second.is_local; });
    for (const auto& [name, setting] : settings_before)
        if (!setting.is_local) settings.try_emplace(name, setting);
    in_transaction = begun_by_script = false;
    transaction = 0;
    locks.clear();
    savepoints.clear();
}

void Session::set(const sql::Set& set, std::size_t statement) {
    if (set.is_local && !in_transaction) return;  // the server warns, and sets nothing
    if (set.is_reset || set.name.empty()) return reset(set.name);
    std::string value;
    for (const std::string& each : set.values) value += (value.empty() ? "" : ", ") + each;
    settings[set.name] = {std::move(value), set.is_local, statement};
}

void Session::reset(const std::string& name) {
    if (name.empty()) {
        settings = initial_settings;
        return;
    }
    const auto initial = initial_settings.find(name);
    if (initial == initial_settings.end())
        settings.erase(name);
    else
        settings[name] = initial->second;
}

void Session::control(const sql::Transaction& control, std::size_t statement) {
    switch (control.verb) {
        case TransactionVerb::begin:
            if (!in_transaction) begin(statement, true);
            return;
        case TransactionVerb::commit:
        case TransactionVerb::rollback:
            end(control.verb == TransactionVerb::commit);
            if (control.chain) begin(statement, true);
            return;
        case TransactionVerb::prepare:
            return end(true);
        case TransactionVerb::savepoint:
            savepoints.push_back({control.name, settings, locks.size()});
            return;
        case TransactionVerb::rollback_to: {
            const auto found =
                std::find_if(savepoints.rbegin(), savepoints.rend(),
                             [&](const auto& saved) { return saved.savepoint == control.name; });
            if (found == savepoints.rend()) return;
            settings = found->settings;
            locks.resize(std::min(locks.size(), found->lock_count));
            return;
        }
        case TransactionVerb::release:
        case TransactionVerb::commit_prepared:
        case TransactionVerb::rollback_prepared:
            return;
    }
}

void Session::apply(const sql::Action& action, std::size_t statement,
                    std::vector<TableLock> taken) {
    if (const auto* it = std::get_if<sql::Transaction>(&action)) return control(*it, statement);
    if (const auto* it = std::get_if<sql::Set>(&action)) set(*it, statement);
    if (const auto* it = std::get_if<sql::Discard>(&action); it != nullptr && it->all) reset("");
    if (!in_transaction) return;
    for (TableLock& lock : taken)
        if (!is_held_already(lock)) locks.push_back(std::move(lock));
    if (const auto* it = std::get_if<sql::Rename>(&action);
        it != nullptr && is_relation(it->object))
        move_locks(it->name, {it->name.schema, it->new_name, 0});
    if (const auto* it = std::get_if<sql::SetSchema>(&action))
        move_locks(it->name, {it->new_schema, it->name.name, 0});
}

// A lock is on the table, whatever it is called.
void Session::move_locks(const ObjectName& from, const ObjectName& to) {
    const std::string key = key_of(from);
    for (TableLock& lock : locks)
        if (key_of(lock.table) == key) lock.table = to;
}

// Of the locks that writers take, the first of a table tells all: a script may have thousands.
bool Session::is_held_already(const TableLock& lock) const {
    return lock.mode < LockMode::share &&
           std::any_of(locks.rbegin(), locks.rend(), [&](const TableLock& held) {
               return held.mode == lock.mode && key_of(held.table) == key_of(lock.table);
           });
}

std::string to_text(LockMode mode) {
    constexpr std::array names{
        "ACCESS SHARE", "ROW SHARE",           "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
        "SHARE",        "SHARE ROW EXCLUSIVE", "EXCLUSIVE",     "ACCESS EXCLUSIVE"};
    return names.at(static_cast<std::size_t>(mode) - 1);
}

}  // namespace migrations::rules
