#include "migrations/rules/schema.hpp"

// What renames a schema, or drops it with all that is in it.

namespace migrations::rules {

namespace {

bool is_within(const ObjectName& name, const std::string& schema) {
    return name.schema == schema || (schema == "public" && name.schema.empty());
}

template <class Map>
std::vector<ObjectName> names_within(const Map& map, const std::string& schema) {
    std::vector<ObjectName> names;
    for (const auto& [key, object] : map)
        if (is_within(object.name, schema)) names.push_back(object.name);
    return names;
}

}  // namespace

void Schema::rename_schema(const std::string& from, const std::string& to) {
    const auto renamed = [&](const ObjectName& name) { return ObjectName{to, name.name, 0}; };
    for (const auto& names :
         {names_within(tables_, from), names_within(views_, from), names_within(objects_, from)})
        for (const ObjectName& name : names) move_relation(name, renamed(name));
    for (const ObjectName& name : names_within(enums_, from)) move_type(name, renamed(name));
    for (const ObjectName& name : names_within(domains_, from)) move_type(name, renamed(name));
    for (const ObjectName& name : names_within(functions_, from))
        move_function(name, renamed(name));
}

void Schema::drop_schema(const std::string& schema) {
    for (const auto& names : {names_within(tables_, schema), names_within(views_, schema),
                              names_within(objects_, schema)})
        for (const ObjectName& name : names) drop_relation(key_of(name), true);
    for (const ObjectName& name : names_within(enums_, schema)) drop_type(key_of(name));
    for (const ObjectName& name : names_within(domains_, schema)) drop_type(key_of(name));
    for (const ObjectName& name : names_within(functions_, schema)) {
        keep(key_of(name));
        functions_.erase(key_of(name));
    }
}

}  // namespace migrations::rules
