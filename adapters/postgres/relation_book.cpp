#include "adapters/postgres/relation_book.hpp"

#include "adapters/postgres/number_text.hpp"

#include <algorithm>
#include <string_view>

namespace adapters::postgres {

namespace {

using commands::LockMode;
using commands::MeasuredStatement;
using commands::RelationLock;
using commands::Scan;

bool is_index(char kind) { return kind == 'i'; }

std::set<std::uint64_t> files_of(const Relations& relations) {
    std::set<std::uint64_t> files;
    for (const auto& [oid, state] : relations)
        if (is_index(state.kind)) files.insert(state.file);
    return files;
}

void note_new(const RelationState& state, bool is_known_file, MeasuredStatement& statement) {
    if (state.file == 0) return;
    if (is_index(state.kind) && is_known_file)
        statement.index_files_reused.push_back(state.name);
    else
        statement.new_files.emplace_back(state.name, state.kind);
}

void note_changed(const RelationState& before, const RelationState& after,
                  MeasuredStatement& statement) {
    if (before.file == after.file) return;
    if (after.has_rows()) statement.rewritten.push_back(before.name);
    if (is_index(after.kind)) statement.reindexed.push_back(before.name);
}

bool comes_first(const RelationLock& one, const RelationLock& other) {
    return one.relation == other.relation ? one.is_new < other.is_new
                                          : one.relation < other.relation;
}

void sort(MeasuredStatement& statement) {
    for (auto* names : {&statement.rewritten, &statement.reindexed, &statement.dropped,
                        &statement.index_files_reused})
        std::sort(names->begin(), names->end());
    std::sort(statement.new_files.begin(), statement.new_files.end());
    std::sort(statement.locks.begin(), statement.locks.end(), comes_first);
    std::sort(statement.taken.begin(), statement.taken.end(), comes_first);
}

}  // namespace

void RelationBook::reload(Relations relations) {
    now_ = std::move(relations);
    if (first_names_.empty())
        for (const auto& [relation, state] : now_) first_names_.emplace(relation, state.name);
    index_files_ = files_of(now_);
}

void RelationBook::begin(std::map<Oid64, Scan> scanned, std::uint64_t wal_position) {
    before_ = now_;
    seen_.forget(first_made());
    held_.clear();
    locks_.clear();
    foreign_keys_.clear();
    scanned_ = std::move(scanned);
    wal_position_ = wal_position;
}

Oid64 RelationBook::first_made() const {
    return before_ && !before_->empty() ? before_->rbegin()->first + 1 : 1;
}

Look RelationBook::next_look(bool may_give_up) {
    constexpr std::size_t few = 100;
    look_ = may_give_up || held_.size() < few ? Look::whole : Look::news;
    if (look_ == Look::whole) seen_.forget(first_made());
    return look_;
}

Values RelationBook::parameters() const {
    return look_ == Look::whole ? Values{} : seen_.parameters(now_.size());
}

void RelationBook::note_state(const Snapshot::Held& held, MeasuredStatement& statement) {
    const auto known = now_.find(held.relation);
    if (!held.state) {
        if (known == now_.end()) return;  // made and dropped by the same statement
        if (known->second.file != 0) statement.dropped.push_back(known->second.name);
        now_.erase(known);
        return;
    }
    if (known != now_.end()) note_changed(known->second, *held.state, statement);
}

void RelationBook::note_scan(const Snapshot::Held& held, MeasuredStatement& statement) {
    if (!held.state || !held.state->has_rows()) return;
    Scan& last = scanned_[held.relation];
    const Scan more{held.scan.rows - std::min(last.rows, held.scan.rows),
                    held.scan.count - std::min(last.count, held.scan.count)};
    last = held.scan;
    if (more.rows == 0 && more.count == 0) return;
    const RelationState* known = before(held.relation);
    statement.scans[known != nullptr ? known->name : held.state->name] = more;
}

void RelationBook::note_relation(Oid64 relation, const Snapshot::Held& held,
                                 MeasuredStatement& statement) {
    note_scan(held, statement);
    const bool is_known = now_.contains(relation);
    note_state(held, statement);
    if (!held.state) return;
    if (!is_known) note_new(*held.state, index_files_.contains(held.state->file), statement);
    now_[relation] = *held.state;
}

void RelationBook::note_first_name(Oid64 relation, const Snapshot::Held& held,
                                   MeasuredStatement& statement) const {
    const auto first = first_names_.find(relation);
    const RelationState* known = before(relation);
    if (first == first_names_.end() || !(known != nullptr || held.state)) return;
    const commands::RelationName& name = known != nullptr ? known->name : held.state->name;
    if (name != first->second) statement.first_names.emplace(name, first->second);
}

RelationBook::Held RelationBook::held_now(const Snapshot::Held& held, LockMode mode) const {
    const RelationState* known = before(held.relation);
    Held now{mode, std::nullopt, known != nullptr ? known->kind : '\0'};
    if (mode <= LockMode::access_share) return now;
    if (known != nullptr)
        now.told = RelationLock{known->name, false, mode};
    else if (held.state)
        now.told = RelationLock{held.state->name, true, mode};
    return now;
}

// A relation once, with the strongest lock; what nobody holds or has held is of no interest.
RelationBook::Told RelationBook::told_by(const Snapshot& snapshot) const {
    Told told;
    for (const Snapshot::Held& held : snapshot.held) {
        // What it has moved among the catalogs was a user's where the transaction began.
        const bool is_users = held.is_users || before(held.relation) != nullptr;
        if (!is_users || !(held.mode || held_.contains(held.relation))) continue;
        const auto [place, is_first] = told.try_emplace(held.relation, held);
        if (!is_first) place->second.mode = std::max(place->second.mode, held.mode);
    }
    return told;
}

void RelationBook::note_locks(const Told& told, MeasuredStatement& statement) {
    const bool is_whole = look_ == Look::whole;
    const auto last = is_whole ? std::exchange(held_, {}) : std::map<Oid64, Held>{};
    if (is_whole) locks_.clear();
    for (const auto& [relation, held] : told)
        if (const auto known = held_.find(relation); known != held_.end() && known->second.told)
            locks_.erase({known->second.told->relation, known->second.told->is_new});
    std::vector<Held> taken;
    for (const auto& [relation, held] : told) {
        Held& known = held_[relation];
        const auto earlier = last.find(relation);
        const LockMode before = earlier == last.end() ? known.mode : earlier->second.mode;
        known = held_now(held, std::max(known.mode, held.mode.value_or(LockMode{})));
        if (known.mode == LockMode::access_share && known.mode > before)
            if (const RelationState* state = this->before(relation))
                statement.only_read.push_back({state->name, false, known.mode});
        if (!known.told) continue;
        locks_[{known.told->relation, known.told->is_new}] = known.mode;
        if (known.mode <= before) continue;
        statement.taken.push_back(*known.told);
        taken.push_back(known);
    }
    for (const auto& [key, mode] : locks_) statement.locks.push_back({key.first, key.second, mode});
    statement.waits = waits_of(taken);
}

// Whoever writes to a table holds its indexes and sequences as well: those are waited for where the
// table is not. Nobody writes to a materialized view, and who writes through a view is at its
// table.
std::vector<commands::TextPair> RelationBook::waits_of(const std::vector<Held>& taken) const {
    const auto is_one_of = [](const Held& held, std::string_view kinds) {
        return held.told && held.kind != 0 && conflict(held.mode, LockMode::row_exclusive) &&
               kinds.find(held.kind) != std::string_view::npos;
    };
    const bool has_table = std::any_of(held_.begin(), held_.end(), [&](const auto& each) {
        return is_one_of(each.second, "rpfm");
    });
    std::vector<RelationLock> behind;
    for (const Held& held : taken)
        if (is_one_of(held, has_table ? "rpf" : "iIS")) behind.push_back(*held.told);
    std::sort(behind.begin(), behind.end(), comes_first);
    return commands::waits_behind_writer(behind);
}

void RelationBook::absorb(const Snapshot& snapshot, MeasuredStatement& statement) {
    statement.wal_bytes = snapshot.wal_position - std::min(wal_position_, snapshot.wal_position);
    wal_position_ = snapshot.wal_position;
    seen_.add(snapshot);
    const Told told = told_by(snapshot);
    for (const auto& [relation, held] : told) note_relation(relation, held, statement);
    for (const auto& [relation, held] : told) note_first_name(relation, held, statement);
    for (const auto& [relation, held] : told)
        if (held.state && is_index(held.state->kind)) index_files_.insert(held.state->file);
    note_locks(told, statement);
    note_indexes(statement);
    sort(statement);
}

// By both names of one that the transaction has renamed: its locks are told by the first.
void RelationBook::note_indexes(MeasuredStatement& statement) const {
    if (statement.scans.empty()) return;
    for (const auto& [relation, held] : held_) {
        const auto known = now_.find(relation);
        if (known == now_.end() || known->second.table == 0) continue;
        const auto table = name_of(known->second.table);
        if (!table || !statement.scans.contains(*table)) continue;
        statement.index_tables[known->second.name] = *table;
        statement.index_tables[*name_of(relation)] = *table;
    }
}

void RelationBook::note_foreign_keys(const std::vector<Values>& rows,
                                     MeasuredStatement& statement) {
    for (const Values& row : rows) {
        if (!foreign_keys_.insert(row).second) continue;
        const auto state = now_.find(whole_number(row.at(0)));
        if (state == now_.end() || !state->second.has_rows()) continue;
        const auto referring = name_of(state->first);
        const auto referred = name_of(whole_number(row.at(2)));
        if (referring && referred) statement.foreign_keys.emplace_back(*referring, *referred);
    }
    std::sort(statement.foreign_keys.begin(), statement.foreign_keys.end());
}

void RelationBook::commit() { before_.reset(); }

void RelationBook::roll_back() {
    if (before_) now_ = *std::exchange(before_, std::nullopt);
}

const RelationState* RelationBook::before(Oid64 relation) const {
    if (!before_) return nullptr;
    const auto known = before_->find(relation);
    return known == before_->end() ? nullptr : &known->second;
}

std::optional<commands::RelationName> RelationBook::name_of(Oid64 relation) const {
    if (const RelationState* known = before(relation)) return known->name;
    const auto now = now_.find(relation);
    if (now == now_.end()) return std::nullopt;
    return now->second.name;
}

void note_indexes(const Relations& relations, MeasuredStatement& statement) {
    if (statement.scans.empty()) return;
    for (const auto& [relation, state] : relations) {
        const auto table = relations.find(state.table);
        if (table != relations.end() && statement.scans.contains(table->second.name))
            statement.index_tables[state.name] = table->second.name;
    }
}

void compare(const Relations& before, const Relations& after, MeasuredStatement& statement) {
    const auto files = files_of(before);
    for (const auto& [oid, state] : before) {
        const auto now = after.find(oid);
        if (now != after.end())
            note_changed(state, now->second, statement);
        else if (state.file != 0)
            statement.dropped.push_back(state.name);
    }
    for (const auto& [oid, state] : after)
        if (!before.contains(oid)) note_new(state, files.contains(state.file), statement);
    sort(statement);
}

}  // namespace adapters::postgres
