#include "migrations/rules/search_path.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace migrations::rules {

using sql::ObjectKind;

namespace {

std::string_view trimmed(std::string_view word) {
    constexpr std::string_view around = " \t\n\r\"";
    const std::size_t begin = word.find_first_not_of(around);
    if (begin == std::string_view::npos) return {};
    return word.substr(begin, word.find_last_not_of(around) - begin + 1);
}

// Whose objects bare names find: neither the user's own schema nor those that are searched anyway.
std::vector<std::string> schemas_in(std::string_view path) {
    std::vector<std::string> schemas;
    while (!path.empty()) {
        const std::size_t comma = std::min(path.find(','), path.size());
        const std::string_view word = trimmed(path.substr(0, comma));
        if (!word.empty() && word != "$user" && word != "pg_catalog" && word != "pg_temp")
            schemas.emplace_back(word);
        path.remove_prefix(std::min(comma + 1, path.size()));
    }
    return schemas;
}

bool is_within_schema(ObjectKind kind) {
    constexpr std::array outside{
        ObjectKind::schema,       ObjectKind::database,      ObjectKind::role,
        ObjectKind::tablespace,   ObjectKind::extension,     ObjectKind::publication,
        ObjectKind::subscription, ObjectKind::event_trigger, ObjectKind::foreign_server,
        ObjectKind::language,     ObjectKind::other,
    };
    return std::find(outside.begin(), outside.end(), kind) == outside.end();
}

class Follower {
public:
    Follower(const std::vector<std::string>& path, const Schema& schema)
        : path_{path}, schema_{schema} {}

    template <class Action>
    void operator()(Action&) const {}

    void operator()(sql::AlterTable& alter) const {
        find(alter.table);
        for (sql::TableChange& change : alter.changes) {
            find(change.other);
            find(change.constraint);
            find(change.column);
            find(change.expression);
        }
    }

    void operator()(sql::CreateTable& create) const {
        if (!create.temporary) place(create.table);
        for (sql::Column& column : create.columns) find(column);
        for (sql::Constraint& constraint : create.constraints) find(constraint);
        find(create.inherits);
        find(create.like);
        find(create.of_type);
    }

    void operator()(sql::CreateTableAs& create) const {
        find(create.reads);
        if (!create.temporary) place(create.table);
    }

    void operator()(sql::CreateView& create) const {
        find(create.reads);
        if (!create.temporary) place(create.view);
    }

    void operator()(sql::CreateDomain& create) const {
        find(create.type);
        place(create.domain);
    }

    void operator()(sql::CreateTrigger& create) const {
        find(create.table);
        find(create.function);
        find(create.references);
    }

    void operator()(sql::CreateSequence& create) const {
        if (!create.temporary) place(create.sequence);
    }

    void operator()(sql::Drop& drop) const {
        if (!is_within_schema(drop.object)) return;
        for (sql::DroppedObject& object : drop.objects) find(object.name);
    }

    void operator()(sql::Rename& rename) const {
        if (is_within_schema(rename.object)) find(rename.name);
    }

    void operator()(sql::SetSchema& set) const {
        if (is_within_schema(set.object)) find(set.name);
    }

    void operator()(sql::Rows& rows) const {
        find(rows.table);
        find(rows.reads);
        find(rows.all);
        for (sql::Rows& each : rows.with) (*this)(each);
    }

    void operator()(sql::Reindex& reindex) const {
        if (reindex.object == ObjectKind::index || reindex.object == ObjectKind::table)
            find(reindex.name);
    }

    void operator()(sql::CreateEnum& create) const { place(create.type); }
    void operator()(sql::CreateType& create) const { place(create.type); }
    void operator()(sql::CreateFunction& create) const {
        place(create.function);
        find(create.reads);
    }

    void operator()(sql::ClusterObject& object) const {
        for (sql::PublishedTable& published : object.tables) find(published.table);
    }
    void operator()(sql::Other& other) const { find(other.name); }
    void operator()(sql::AlterEnum& alter) const { find(alter.type); }
    void operator()(sql::AlterDomain& alter) const {
        find(alter.domain);
        find(alter.default_value);
    }
    void operator()(sql::AlterFunction& alter) const { find(alter.function); }
    void operator()(sql::CreateIndex& create) const { find(create.table); }
    void operator()(sql::CreatePolicy& create) const { find(create.table); }
    void operator()(sql::CreateRule& create) const { find(create.table); }
    void operator()(sql::RefreshView& refresh) const { find(refresh.view); }
    void operator()(sql::Truncate& truncate) const { find(truncate.tables); }
    void operator()(sql::LockTable& lock) const { find(lock.tables); }
    void operator()(sql::Vacuum& vacuum) const { find(vacuum.tables); }
    void operator()(sql::Cluster& cluster) const { find(cluster.table); }

private:
    [[nodiscard]] bool is_known(const ObjectName& name) const {
        return schema_.table(name) != nullptr || schema_.view(name) != nullptr ||
               schema_.enumeration(name) != nullptr || schema_.domain(name) != nullptr ||
               schema_.object(name) != nullptr || schema_.function(name) != nullptr ||
               schema_.table_of_index(name) != nullptr;
    }

    // False where no schema of the path is known to have it.
    bool find_known(ObjectName& name) const {
        if (schema_.is_temporary(name)) return true;
        for (const std::string& each : path_) {
            if (!is_known({each, name.name, 0})) continue;
            set(name, each);
            return true;
        }
        return false;
    }

    static void set(ObjectName& name, const std::string& schema) {
        if (schema != "public") name.schema = schema;
    }

    void place(ObjectName& name) const {
        if (name.schema.empty() && !name.name.empty()) set(name, path_.front());
    }

    void find(ObjectName& name) const {
        if (name.schema.empty() && !name.name.empty() && !find_known(name)) place(name);
    }

    void find(std::vector<ObjectName>& names) const {
        for (ObjectName& name : names) find(name);
    }

    // Most types are the server's own.
    void find(sql::TypeName& type) const {
        ObjectName name{type.schema, type.name, 0};
        if (name.schema.empty() && find_known(name)) type.schema = name.schema;
    }

    void find(sql::Expression& expression) const {
        for (std::string& function : expression.functions) {
            ObjectName name{"", function, 0};
            if (function.find('.') != std::string::npos || !find_known(name)) continue;
            if (!name.schema.empty()) function = name.schema + "." + name.name;
        }
    }

    void find(sql::Constraint& constraint) const {
        find(constraint.references);
        find(constraint.expression);
    }

    void find(sql::Column& column) const {
        find(column.type);
        for (sql::Constraint& constraint : column.constraints) find(constraint);
    }

    const std::vector<std::string>& path_;
    const Schema& schema_;
};

}  // namespace

void follow_search_path(sql::Action& action, const Session& session, const Schema& schema) {
    const Setting* set = session.setting("search_path");
    if (set == nullptr) return;
    const std::vector<std::string> path = schemas_in(set->value);
    if (!path.empty()) std::visit(Follower{path, schema}, action);
}

}  // namespace migrations::rules
