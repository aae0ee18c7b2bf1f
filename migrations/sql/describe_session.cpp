#include "migrations/sql/tree_reading.hpp"

namespace migrations::sql {

namespace {

TransactionVerb verb_of(PgQuery__TransactionStmtKind kind) {
    switch (static_cast<int>(kind)) {
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT:
            return TransactionVerb::commit;
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK:
            return TransactionVerb::rollback;
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_SAVEPOINT:
            return TransactionVerb::savepoint;
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_RELEASE:
            return TransactionVerb::release;
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_TO:
            return TransactionVerb::rollback_to;
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_PREPARE:
            return TransactionVerb::prepare;
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_COMMIT_PREPARED:
            return TransactionVerb::commit_prepared;
        case PG_QUERY__TRANSACTION_STMT_KIND__TRANS_STMT_ROLLBACK_PREPARED:
            return TransactionVerb::rollback_prepared;
        default:
            return TransactionVerb::begin;
    }
}

Set set_of(const PgQuery__VariableSetStmt& statement) {
    Set set;
    set.name = text_of(statement.name);
    set.is_local = statement.is_local != 0;
    set.is_reset = statement.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_SET_DEFAULT ||
                   statement.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET ||
                   statement.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL;
    for (std::size_t index = 0; index < statement.n_args; ++index)
        set.values.push_back(value_of(statement.args[index]));
    return set;
}

std::string role_of(const PgQuery__RoleSpec& role) {
    return role.roletype == PG_QUERY__ROLE_SPEC_TYPE__ROLESPEC_PUBLIC ? "PUBLIC"
                                                                      : text_of(role.rolename);
}

std::vector<std::string> roles_of(Node* const* nodes, std::size_t count) {
    std::vector<std::string> roles;
    for (std::size_t index = 0; index < count; ++index)
        if (nodes[index]->node_case == PG_QUERY__NODE__NODE_ROLE_SPEC)
            roles.push_back(role_of(*nodes[index]->role_spec));
    return roles;
}

std::vector<std::string> privileges_of(Node* const* nodes, std::size_t count) {
    std::vector<std::string> privileges;
    for (std::size_t index = 0; index < count; ++index)
        if (nodes[index]->node_case == PG_QUERY__NODE__NODE_ACCESS_PRIV)
            privileges.push_back(text_of(nodes[index]->access_priv->priv_name));
    return privileges;
}

Grant grant_of(const PgQuery__GrantStmt& statement) {
    Grant grant;
    grant.is_grant = statement.is_grant != 0;
    grant.is_default = statement.targtype == PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_DEFAULTS;
    grant.on_all_in_schema =
        statement.targtype == PG_QUERY__GRANT_TARGET_TYPE__ACL_TARGET_ALL_IN_SCHEMA;
    grant.with_grant_option = statement.grant_option != 0;
    grant.all_privileges = statement.n_privileges == 0;
    grant.object = object_kind(statement.objtype);
    grant.privileges = privileges_of(statement.privileges, statement.n_privileges);
    grant.grantees = roles_of(statement.grantees, statement.n_grantees);
    for (std::size_t index = 0; index < statement.n_objects; ++index)
        grant.objects.push_back(name_of(statement.objects[index]));
    return grant;
}

Grant role_grant_of(const PgQuery__GrantRoleStmt& statement) {
    Grant grant;
    grant.is_grant = statement.is_grant != 0;
    grant.object = ObjectKind::role;
    grant.with_grant_option = statement.admin_opt != 0;
    grant.roles = privileges_of(statement.granted_roles, statement.n_granted_roles);
    grant.grantees = roles_of(statement.grantee_roles, statement.n_grantee_roles);
    return grant;
}

ClusterObject cluster_object(ObjectKind object, const char* verb, const char* name,
                             Node* const* options, std::size_t count) {
    return {object, verb, text_of(name), options_of(options, count)};
}

ClusterObject publication_of(const PgQuery__CreatePublicationStmt& statement) {
    ClusterObject publication =
        cluster_object(ObjectKind::publication, "create", statement.pubname, nullptr, 0);
    for (std::size_t index = 0; index < statement.n_pubobjects; ++index) {
        const Node* object = statement.pubobjects[index];
        if (object->node_case != PG_QUERY__NODE__NODE_PUBLICATION_OBJ_SPEC ||
            object->publication_obj_spec->pubtable == nullptr)
            continue;
        const PgQuery__PublicationTable& table = *object->publication_obj_spec->pubtable;
        PublishedTable published{name_of(table.relation), words_of(table.columns, table.n_columns)};
        for (std::string& column : expression_of(table.where_clause).columns)
            published.columns.push_back(std::move(column));
        publication.tables.push_back(std::move(published));
    }
    return publication;
}

const char* verb_of(const PgQuery__AlterSubscriptionStmt& statement) {
    switch (static_cast<int>(statement.kind)) {
        case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_REFRESH:
        case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_SET_PUBLICATION:
        case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_ADD_PUBLICATION:
        case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_DROP_PUBLICATION:
            return "alter-publications";
        default:
            return "alter";
    }
}

Action describe_cluster(const Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_CREATEDB_STMT:
            return cluster_object(ObjectKind::database, "create", node.createdb_stmt->dbname,
                                  node.createdb_stmt->options, node.createdb_stmt->n_options);
        case PG_QUERY__NODE__NODE_ALTER_DATABASE_STMT:
            return cluster_object(ObjectKind::database, "alter", node.alter_database_stmt->dbname,
                                  node.alter_database_stmt->options,
                                  node.alter_database_stmt->n_options);
        case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT:
            return cluster_object(ObjectKind::tablespace, "create",
                                  node.create_table_space_stmt->tablespacename, nullptr, 0);
        case PG_QUERY__NODE__NODE_CREATE_ROLE_STMT:
            return cluster_object(ObjectKind::role, "create", node.create_role_stmt->role,
                                  node.create_role_stmt->options, node.create_role_stmt->n_options);
        case PG_QUERY__NODE__NODE_ALTER_ROLE_STMT:
            return cluster_object(
                ObjectKind::role, "alter",
                node.alter_role_stmt->role ? node.alter_role_stmt->role->rolename : nullptr,
                node.alter_role_stmt->options, node.alter_role_stmt->n_options);
        case PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT:
            return cluster_object(
                ObjectKind::subscription, "create", node.create_subscription_stmt->subname,
                node.create_subscription_stmt->options, node.create_subscription_stmt->n_options);
        case PG_QUERY__NODE__NODE_ALTER_SUBSCRIPTION_STMT:
            return cluster_object(ObjectKind::subscription, verb_of(*node.alter_subscription_stmt),
                                  node.alter_subscription_stmt->subname,
                                  node.alter_subscription_stmt->options,
                                  node.alter_subscription_stmt->n_options);
        case PG_QUERY__NODE__NODE_CREATE_PUBLICATION_STMT:
            return publication_of(*node.create_publication_stmt);
        case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT:
            return ClusterObject{ObjectKind::other, "alter-system", "", {}};
        default:
            return Other{};
    }
}

}  // namespace

Action describe_session(const Node& node) {
    switch (static_cast<int>(node.node_case)) {
        case PG_QUERY__NODE__NODE_TRANSACTION_STMT:
            return Transaction{verb_of(node.transaction_stmt->kind),
                               text_of(node.transaction_stmt->savepoint_name),
                               node.transaction_stmt->chain != 0};
        case PG_QUERY__NODE__NODE_VARIABLE_SET_STMT:
            return set_of(*node.variable_set_stmt);
        case PG_QUERY__NODE__NODE_DISCARD_STMT:
            return Discard{node.discard_stmt->target == PG_QUERY__DISCARD_MODE__DISCARD_ALL};
        case PG_QUERY__NODE__NODE_GRANT_STMT:
            return grant_of(*node.grant_stmt);
        case PG_QUERY__NODE__NODE_GRANT_ROLE_STMT:
            return role_grant_of(*node.grant_role_stmt);
        case PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT:
            if (node.alter_default_privileges_stmt->action == nullptr) return Other{};
            return grant_of(*node.alter_default_privileges_stmt->action);
        default:
            return describe_cluster(node);
    }
}

}  // namespace migrations::sql
