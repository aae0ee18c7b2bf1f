#include "commands/made_objects.hpp"

#include "migrations/rules/parsed.hpp"
#include "migrations/rules/schema.hpp"
#include "migrations/sql/split.hpp"

#include <utility>
#include <variant>

namespace commands {

namespace sql = migrations::sql;

namespace {

class Making {
public:
    MadeObjects objects;

    void operator()(const sql::CreateTable& action) {
        if (!action.if_not_exists && !action.temporary) make(action.table);
    }
    void operator()(const sql::CreateTableAs& action) {
        if (!action.if_not_exists && !action.temporary) make(action.table);
    }
    void operator()(const sql::CreateView& action) {
        if (!action.replace && !action.temporary) make(action.view);
    }
    void operator()(const sql::CreateSequence& action) {
        if (!action.if_not_exists && !action.temporary) make(action.sequence);
    }
    void operator()(const sql::CreateEnum& action) { make(action.type); }
    void operator()(const sql::CreateType& action) { make(action.type); }
    void operator()(const sql::CreateDomain& action) { make(action.domain); }
    void operator()(const sql::Drop& action) {
        for (const auto& object : action.objects)
            if (object.part.empty()) take_away(object.name);
    }
    void operator()(const sql::Rename& action) {
        if (!action.part.empty()) return;
        take_away(action.name);
        make({action.name.schema, action.new_name});
    }
    void operator()(const sql::SetSchema& action) {
        take_away(action.name);
        make({action.new_schema, action.name.name});
    }
    template <class Other>
    void operator()(const Other&) {}

private:
    void make(const sql::ObjectName& name) { objects.made.insert(migrations::rules::key_of(name)); }
    void take_away(const sql::ObjectName& name) {
        const std::string key = migrations::rules::key_of(name);
        objects.made.erase(key);
        objects.gone.insert(key);
    }
};

}  // namespace

MadeObjects made_objects(const migrations::Script& script) {
    Making making;
    for (const sql::StatementRange& found : sql::split(script.text).statements)
        std::visit(making, migrations::rules::parse_one(script.text, found).action);
    return std::move(making.objects);
}

}  // namespace commands
