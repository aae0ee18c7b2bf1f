#include "migrations/sql/tree_reading.hpp"

#include <map>

namespace migrations::sql {

namespace {

const std::map<int, ObjectKind>& object_kinds() {
    using Kind = ObjectKind;
    static const std::map<int, Kind> kinds{
        {PG_QUERY__OBJECT_TYPE__OBJECT_TABLE, Kind::table},
        {PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN, Kind::column},
        {PG_QUERY__OBJECT_TYPE__OBJECT_INDEX, Kind::index},
        {PG_QUERY__OBJECT_TYPE__OBJECT_VIEW, Kind::view},
        {PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW, Kind::materialized_view},
        {PG_QUERY__OBJECT_TYPE__OBJECT_SEQUENCE, Kind::sequence},
        {PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_TABLE, Kind::foreign_table},
        {PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA, Kind::schema},
        {PG_QUERY__OBJECT_TYPE__OBJECT_TYPE, Kind::type},
        {PG_QUERY__OBJECT_TYPE__OBJECT_DOMAIN, Kind::domain},
        {PG_QUERY__OBJECT_TYPE__OBJECT_ATTRIBUTE, Kind::attribute},
        {PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT, Kind::table_constraint},
        {PG_QUERY__OBJECT_TYPE__OBJECT_DOMCONSTRAINT, Kind::domain_constraint},
        {PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER, Kind::trigger},
        {PG_QUERY__OBJECT_TYPE__OBJECT_RULE, Kind::rule},
        {PG_QUERY__OBJECT_TYPE__OBJECT_POLICY, Kind::policy},
        {PG_QUERY__OBJECT_TYPE__OBJECT_FUNCTION, Kind::function},
        {PG_QUERY__OBJECT_TYPE__OBJECT_PROCEDURE, Kind::procedure},
        {PG_QUERY__OBJECT_TYPE__OBJECT_ROUTINE, Kind::routine},
        {PG_QUERY__OBJECT_TYPE__OBJECT_AGGREGATE, Kind::aggregate},
        {PG_QUERY__OBJECT_TYPE__OBJECT_EXTENSION, Kind::extension},
        {PG_QUERY__OBJECT_TYPE__OBJECT_DATABASE, Kind::database},
        {PG_QUERY__OBJECT_TYPE__OBJECT_ROLE, Kind::role},
        {PG_QUERY__OBJECT_TYPE__OBJECT_TABLESPACE, Kind::tablespace},
        {PG_QUERY__OBJECT_TYPE__OBJECT_PUBLICATION, Kind::publication},
        {PG_QUERY__OBJECT_TYPE__OBJECT_SUBSCRIPTION, Kind::subscription},
        {PG_QUERY__OBJECT_TYPE__OBJECT_EVENT_TRIGGER, Kind::event_trigger},
        {PG_QUERY__OBJECT_TYPE__OBJECT_STATISTIC_EXT, Kind::statistics},
        {PG_QUERY__OBJECT_TYPE__OBJECT_COLLATION, Kind::collation},
        {PG_QUERY__OBJECT_TYPE__OBJECT_OPERATOR, Kind::operator_},
        {PG_QUERY__OBJECT_TYPE__OBJECT_FOREIGN_SERVER, Kind::foreign_server},
        {PG_QUERY__OBJECT_TYPE__OBJECT_LANGUAGE, Kind::language},
    };
    return kinds;
}

bool is_part_of_table(ObjectKind kind) {
    return kind == ObjectKind::trigger || kind == ObjectKind::policy || kind == ObjectKind::rule;
}

DroppedObject dropped_of(const Node& object, ObjectKind kind) {
    if (!is_part_of_table(kind) || object.node_case != PG_QUERY__NODE__NODE_LIST)
        return {name_of(&object), ""};
    auto words = words_of(object.list->items, object.list->n_items);
    if (words.empty()) return {};
    DroppedObject dropped;
    dropped.part = words.back();
    words.pop_back();
    dropped.name = name_of(words);
    return dropped;
}

Drop drop_of(const PgQuery__DropStmt& statement) {
    Drop drop;
    drop.object = object_kind(statement.remove_type);
    drop.concurrently = statement.concurrent != 0;
    drop.if_exists = statement.missing_ok != 0;
    drop.cascade = statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
    for (std::size_t index = 0; index < statement.n_objects; ++index)
        drop.objects.push_back(dropped_of(*statement.objects[index], drop.object));
    return drop;
}

Drop drop_of(ObjectKind object, const char* name, bool if_exists) {
    Drop drop;
    drop.object = object;
    drop.if_exists = if_exists;
    drop.objects.push_back({{"", text_of(name), 0}, ""});
    return drop;
}

Drop drop_of(const PgQuery__DropRoleStmt& statement) {
    Drop drop;
    drop.object = ObjectKind::role;
    drop.if_exists = statement.missing_ok != 0;
    for (std::size_t index = 0; index < statement.n_roles; ++index)
        if (statement.roles[index]->node_case == PG_QUERY__NODE__NODE_ROLE_SPEC)
            drop.objects.push_back(
                {{"", text_of(statement.roles[index]->role_spec->rolename), 0}, ""});
    return drop;
}

Rename rename_of(const PgQuery__RenameStmt& statement) {
    Rename rename;
    rename.object = object_kind(statement.rename_type);
    rename.relation = object_kind(statement.relation_type);
    rename.name = statement.relation ? name_of(statement.relation) : name_of(statement.object);
    rename.part = text_of(statement.subname);
    rename.new_name = text_of(statement.newname);
    rename.if_exists = statement.missing_ok != 0;
    rename.cascade = statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
    // ALTER SCHEMA, DATABASE, ROLE ... RENAME say their name where others have a part.
    if (rename.name.name.empty()) std::swap(rename.name.name, rename.part);
    return rename;
}

DomainChangeKind domain_change(const std::string& subtype, bool has_definition) {
    if (subtype == "T" && has_definition) return DomainChangeKind::set_default;
    if (subtype == "N") return DomainChangeKind::drop_not_null;
    if (subtype == "O") return DomainChangeKind::set_not_null;
    if (subtype == "C") return DomainChangeKind::add_constraint;
    if (subtype == "X") return DomainChangeKind::drop_constraint;
    if (subtype == "V") return DomainChangeKind::validate_constraint;
    return DomainChangeKind::set_default;
}

AlterDomain alter_domain(const PgQuery__AlterDomainStmt& statement) {
    AlterDomain alter;
    alter.kind = domain_change(text_of(statement.subtype), statement.def != nullptr);
    alter.domain = name_of(statement.type_name, statement.n_type_name);
    alter.name = text_of(statement.name);
    alter.if_exists = statement.missing_ok != 0;
    alter.cascade = statement.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE;
    if (statement.def && statement.def->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
        alter.constraint = constraint_of(*statement.def->constraint);
    else if (alter.kind == DomainChangeKind::set_default)
        alter.default_value = expression_of(statement.def);
    return alter;
}

CreateDomain create_domain(const PgQuery__CreateDomainStmt& statement) {
    CreateDomain create{
        name_of(statement.domainname, statement.n_domainname), type_of(statement.type_name), {}};
    if (const auto* collate = statement.coll_clause)
        create.collation = name_of(collate->collname, collate->n_collname).name;
    for (std::size_t index = 0; index < statement.n_constraints; ++index)
        if (statement.constraints[index]->node_case == PG_QUERY__NODE__NODE_CONSTRAINT)
            create.constraints.push_back(constraint_of(*statement.constraints[index]->constraint));
    return create;
}

Action describe_type(const Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT: {
            const auto& create = *node.create_enum_stmt;
            return CreateEnum{name_of(create.type_name, create.n_type_name),
                              words_of(create.vals, create.n_vals)};
        }
        case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT: {
            const auto& alter = *node.alter_enum_stmt;
            return AlterEnum{name_of(alter.type_name, alter.n_type_name), text_of(alter.old_val),
                             text_of(alter.new_val), text_of(alter.new_val_neighbor),
                             alter.skip_if_new_val_exists != 0};
        }
        case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
            return CreateType{name_of(node.composite_type_stmt->typevar), "composite"};
        case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
            return CreateType{
                name_of(node.create_range_stmt->type_name, node.create_range_stmt->n_type_name),
                "range"};
        case PG_QUERY__NODE__NODE_DEFINE_STMT:
            if (object_kind(node.define_stmt->kind) != ObjectKind::type) return Other{};
            return CreateType{name_of(node.define_stmt->defnames, node.define_stmt->n_defnames),
                              node.define_stmt->n_definition == 0 ? "shell" : "base"};
        case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
            return create_domain(*node.create_domain_stmt);
        case PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT:
            return alter_domain(*node.alter_domain_stmt);
        default:
            return Other{};
    }
}

Action describe_drop(const Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_DROP_STMT:
            return drop_of(*node.drop_stmt);
        case PG_QUERY__NODE__NODE_DROPDB_STMT:
            return drop_of(ObjectKind::database, node.dropdb_stmt->dbname,
                           node.dropdb_stmt->missing_ok != 0);
        case PG_QUERY__NODE__NODE_DROP_ROLE_STMT:
            return drop_of(*node.drop_role_stmt);
        case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
            return drop_of(ObjectKind::tablespace, node.drop_table_space_stmt->tablespacename,
                           node.drop_table_space_stmt->missing_ok != 0);
        case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
            return drop_of(ObjectKind::subscription, node.drop_subscription_stmt->subname,
                           node.drop_subscription_stmt->missing_ok != 0);
        default:
            return describe_type(node);
    }
}

CreateSchema schema_of(const PgQuery__CreateSchemaStmt& statement) {
    CreateSchema create{text_of(statement.schemaname), statement.if_not_exists != 0, {}};
    if (create.name.empty() && statement.authrole != nullptr)
        create.name = text_of(statement.authrole->rolename);
    for (std::size_t index = 0; index < statement.n_schema_elts; ++index) {
        Action element = describe_table(*statement.schema_elts[index]);
        auto* table = std::get_if<CreateTable>(&element);
        if (table == nullptr) continue;
        table->table.schema = create.name;
        create.tables.push_back(std::move(*table));
    }
    return create;
}

SetSchema set_schema(const PgQuery__AlterObjectSchemaStmt& statement) {
    return {object_kind(statement.object_type),
            statement.relation ? name_of(statement.relation) : name_of(statement.object),
            text_of(statement.newschema)};
}

}  // namespace

ObjectKind object_kind(PgQuery__ObjectType type) {
    const auto found = object_kinds().find(static_cast<int>(type));
    return found == object_kinds().end() ? ObjectKind::other : found->second;
}

Action describe_object(const Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_RENAME_STMT:
            return rename_of(*node.rename_stmt);
        case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
            return set_schema(*node.alter_object_schema_stmt);
        case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
            return schema_of(*node.create_schema_stmt);
        case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
            return CreateSequence{name_of(node.create_seq_stmt->sequence),
                                  node.create_seq_stmt->if_not_exists != 0,
                                  is_temporary(node.create_seq_stmt->sequence)};
        case PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT:
            return CreateExtension{text_of(node.create_extension_stmt->extname),
                                   node.create_extension_stmt->if_not_exists != 0};
        case PG_QUERY__NODE__NODE_COMMENT_STMT:
            return Comment{object_kind(node.comment_stmt->objtype)};
        default:
            return describe_drop(node);
    }
}

}  // namespace migrations::sql
