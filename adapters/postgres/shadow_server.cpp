#include "adapters/postgres/shadow_server.hpp"

#include "adapters/postgres/catalog_path.hpp"
#include "adapters/postgres/libpq_on_demand.hpp"
#include "adapters/postgres/rehearsal_database.hpp"
#include "adapters/postgres/shadow_defaults.hpp"
#include "adapters/postgres/shadow_room.hpp"
#include "ledger/digest.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <utility>

namespace adapters::postgres {

namespace {

using ledger::Digest;
using ledger::fail;
using ledger::Result;

constexpr const char* name_prefix = "varve_shadow_";
constexpr const char* own_encoding = "UTF8";
constexpr int copies_files_since = 150000;

std::string random_word() {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    constexpr std::size_t length = 10;
    std::random_device device;
    std::uniform_int_distribution<std::size_t> pick{0, letters.size() - 1};
    std::string word;
    while (word.size() < length) word += letters[pick(device)];
    return word;
}

// What all databases of one server share, and what ends last.
class Server {
public:
    Server(ConnectionString string, ShadowServer whose, std::string word,
           std::unique_ptr<Connection> connection)
        : string_{std::move(string)},
          whose_{whose},
          word_{std::move(word)},
          connection_{std::move(connection)} {}
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server() {
        if (is_ours()) return;
        for (const std::string& name : std::set{names_}) drop(name);
        drop_new_roles();
    }

    [[nodiscard]] bool is_ours() const { return whose_ == ShadowServer::ours; }
    [[nodiscard]] const ConnectionString& string() const { return string_; }
    [[nodiscard]] Connection& connection() { return *connection_; }
    [[nodiscard]] int version() const { return connection_->server_version(); }

    Result<void> begin() {
        if (is_ours()) return remember_first_roles();
        if (auto set = connection_->run(catalog_path_alone); !set)
            return fail(to_error(set.error(), "setting up the session"));
        sweep();
        auto roles = role_names();
        if (!roles) return fail(roles.error());
        roles_before_ = std::move(*roles);
        return {};
    }

    Result<std::string> make(const std::string& from, const std::string& encoding) {
        const std::string name = name_prefix + word_ + "_" + std::to_string(++count_);
        std::string sql = "CREATE DATABASE " + name + " TEMPLATE " + from;
        if (is_ours() && count_ == 1 && from == "template0" && encoding == own_encoding)
            sql = "ALTER DATABASE postgres RENAME TO " + name + "; COMMENT ON DATABASE " + name +
                  " IS NULL";  // as on one that is made
        else if (from == "template0")
            sql += in_encoding(encoding);
        else if (is_ours() && version() >= copies_files_since)
            sql += " STRATEGY FILE_COPY";  // else all of it goes through the WAL
        if (auto made = connection_->run(sql); !made)
            return fail(
                shadow_error(made.error(), "making a database to rehearse on", *connection_));
        names_.insert(name);
        return name;
    }

    // Only what a script has named, and was not there before, is dropped in the end.
    void note_role(const std::string& role) { roles_made_.insert(role); }

    // By oid, since their names change.
    using Roles = std::map<std::string, std::string>;

    Result<Roles> roles() {
        auto rows =
            connection_->query({"SELECT oid, rolname FROM pg_catalog.pg_roles"
                                " WHERE rolname !~ '^pg_'",
                                {}});
        if (!rows)
            return fail(shadow_error(rows.error(), "reading the server's roles", *connection_));
        Roles roles;
        for (const Values& row : rows->values) roles[text_of(row.at(0))] = text_of(row.at(1));
        return roles;
    }

    [[nodiscard]] const Roles& first_roles() const { return first_roles_; }

    // All databases of a server share its roles, and a history makes each of its own but once:
    // those of other databases, which may own something there, get out of the way by another name.
    Result<void> have_roles(const Roles& wanted) {
        if (!is_ours()) return {};
        const auto present = roles();
        if (!present) return fail(present.error());
        for (const auto& [oid, name] : *present)
            if (!wanted.contains(oid))
                if (auto renamed = rename_role(name, "varve_other_" + oid); !renamed)
                    return renamed;
        for (const auto& [oid, name] : wanted)
            if (const auto found = present->find(oid); found != present->end())
                if (auto renamed = rename_role(found->second, name); !renamed) return renamed;
        return {};
    }

    void drop(const std::string& name) {
        static_cast<void>(connection_->run("DROP DATABASE IF EXISTS " + quoted_identifier(name)));
        names_.erase(name);
    }

private:
    // Whatever locales the machine has, C goes with every encoding.
    [[nodiscard]] std::string in_encoding(const std::string& encoding) const {
        constexpr int knows_providers_since = 150000;
        if (encoding == own_encoding) return " ENCODING 'UTF8'";
        return " ENCODING '" + encoding + "' LC_COLLATE 'C' LC_CTYPE 'C'" +
               (version() >= knows_providers_since ? " LOCALE_PROVIDER libc" : "");
    }

    Result<void> remember_first_roles() {
        auto roles = this->roles();
        if (!roles) return fail(roles.error());
        first_roles_ = std::move(*roles);
        return {};
    }

    Result<void> rename_role(const std::string& from, const std::string& to) {
        if (from == to) return {};
        if (auto done = connection_->run("ALTER ROLE " + quoted_identifier(from) + " RENAME TO " +
                                         quoted_identifier(to));
            !done)
            return fail(shadow_error(done.error(), "making room for a role", *connection_));
        return {};
    }

    Result<std::set<std::string>> role_names() {
        auto rows = connection_->query({"SELECT rolname FROM pg_catalog.pg_roles", {}});
        if (!rows)
            return fail(shadow_error(rows.error(), "reading the server's roles", *connection_));
        std::set<std::string> names;
        for (const Values& row : rows->values) names.insert(text_of(row.at(0)));
        return names;
    }

    void drop_new_roles() {
        for (const std::string& role : roles_made_)
            if (!roles_before_.contains(role))
                static_cast<void>(
                    connection_->run("DROP ROLE IF EXISTS " + quoted_identifier(role)));
    }

    // A process that lives has a session named after its word.
    void sweep() {
        auto rows = connection_->query({R"(SELECT d.datname FROM pg_catalog.pg_database d
            WHERE d.datname LIKE 'varve\_shadow\_%' AND d.datdba = (SELECT r.oid
                FROM pg_catalog.pg_roles r WHERE r.rolname = current_user)
            AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.datname = d.datname
                OR a.application_name = 'varve shadow ' || pg_catalog.split_part(
                    pg_catalog.substr(d.datname, 14), '_', 1)))",
                                        {}});
        if (!rows) return;
        for (const Values& row : rows->values) drop(text_of(row.at(0)));
    }

    ConnectionString string_;
    ShadowServer whose_;
    std::string word_;
    std::unique_ptr<Connection> connection_;
    int count_{};
    std::set<std::string> names_;
    Roles first_roles_;
    std::set<std::string> roles_before_;
    std::set<std::string> roles_made_;
};

Digest key_of(const commands::RehearsalOrder& order) {
    std::string all = order.encoding + "\n";
    for (const migrations::Script& script : order.history)
        all += ledger::hex(ledger::sha256(script.text)) + "\n";
    return ledger::sha256(all);
}

class Databases final : public commands::Shadow {
public:
    Databases(std::shared_ptr<Server> server, std::chrono::milliseconds statement_timeout)
        : server_{std::move(server)}, statement_timeout_{statement_timeout} {
        if (!server_->is_ours())
            server_wide_ = std::make_shared<ServerWideCode>(
                [server = server_](const std::string& role) { server->note_role(role); });
    }

    Result<std::unique_ptr<commands::Rehearsal>> open(
        const commands::RehearsalOrder& order) override {
        const Digest key = key_of(order);
        if (!order.history.empty() && order.is_first_of_many && !templates_.contains(key)) {
            auto made = made_of(order);
            if (!made) return fail(made.error());
            templates_[key] = *std::move(made);
        }
        const auto known = templates_.find(key);
        if (known != templates_.end()) {
            if (auto had = server_->have_roles(known->second.roles); !had) return fail(had.error());
            auto name = server_->make(known->second.name, order.encoding);
            if (!name) return fail(name.error());
            if (auto copied = copy_settings(server_->connection(), known->second.name, *name);
                !copied)
                return fail(copied.error());
            return connect(*name, order, true);
        }
        if (auto had = server_->have_roles(server_->first_roles()); !had) return fail(had.error());
        auto name = made_by_history(order);
        if (!name) return fail(name.error());
        return connect(*name, order, false);
    }

    [[nodiscard]] std::uint32_t server_version() const override {
        return static_cast<std::uint32_t>(server_->version());
    }

    [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

private:
    struct Template {
        std::string name;
        Server::Roles roles;
    };

    // Of many copies only those in use are to take room; all else goes with the server.
    Result<std::unique_ptr<commands::Rehearsal>> connect(const std::string& name,
                                                         const commands::RehearsalOrder& order,
                                                         bool is_copy) {
        RehearsalPlace place = place_of(name, order);
        place.on_end = [server = server_, name, is_copy] {
            if (is_copy || !server->is_ours()) server->drop(name);
        };
        return open_rehearsal(std::move(place));
    }

    // A server of ours ends with the program, all its sessions with it.
    RehearsalPlace place_of(const std::string& name, const commands::RehearsalOrder& order) {
        constexpr int looks_for_client_since = 140'000;
        const commands::SessionDefaults below;
        const commands::SessionDefaults& target = order.defaults;
        const auto is_below = [](auto origin) { return origin != commands::DefaultOf::database; };
        return {server_->string(),
                name,
                is_below(target.time_zone_of) ? target.time_zone : below.time_zone,
                is_below(target.search_path_of) ? target.search_path : below.search_path,
                std::to_string(statement_timeout_.count()),
                server_->is_ours(),
                !server_->is_ours() && server_->version() >= looks_for_client_since,
                !order.without_measuring,
                {},
                server_wide_,
                on_missing_role(),
                on_missing_tablespace(),
                order.schemas,
                on_missing_schema(),
                target.database,
                own_settings(name, target),
                order.way_out};
    }

    [[nodiscard]] std::function<void(const std::string&)> on_missing_role() {
        return [this](const std::string& role) {
            if (!server_->is_ours()) server_->note_role(role);
            note_once(
                "the role \"" + role +
                "\" is made on the shadow, since no script makes it: the target's server must "
                "have it");
        };
    }

    [[nodiscard]] std::function<void(const std::string&)> on_missing_tablespace() {
        if (!server_->is_ours()) return {};
        return [this](const std::string& tablespace) {
            note_once("the tablespace \"" + tablespace +
                      "\" is made on the shadow: the target's server must have it");
        };
    }

    [[nodiscard]] std::function<void(const std::string&)> on_missing_schema() {
        return [this](const std::string& schema) {
            note_once("the schema \"" + schema +
                      "\" is made on the shadow, since no script makes it: the target has it, with "
                      "what is in it");
        };
    }

    // What is set above the database's own is told them all the same.
    [[nodiscard]] std::function<Result<std::set<std::string>>()> own_settings(
        const std::string& name, const commands::SessionDefaults& target) const {
        std::set<std::string> above;
        if (target.time_zone_of == commands::DefaultOf::role) above.insert("TimeZone");
        if (target.search_path_of == commands::DefaultOf::role) above.insert("search_path");
        return [server = server_, name, above]() -> Result<std::set<std::string>> {
            const auto settings = settings_of_database(server->connection(), name);
            if (!settings) return fail(settings.error());
            std::set<std::string> own;
            for (const auto& [setting, value] : *settings)
                if (!above.contains(setting)) own.insert(setting);
            return own;
        };
    }

    // A database that has been through the history, with nobody connected.
    Result<std::string> made_by_history(const commands::RehearsalOrder& order) {
        auto name = server_->make("template0", order.encoding);
        if (!name) return name;
        if (auto begun = begin_defaults(server_->connection(), *name, order); !begun)
            return fail(begun.error());
        if (order.history.empty()) return name;
        auto rehearsal = open_rehearsal(place_of(*name, order));
        if (!rehearsal) return fail(rehearsal.error());
        if (auto applied = apply(**rehearsal, order); !applied) return fail(applied.error());
        rehearsal->reset();
        if (auto settled = settle_defaults(server_->connection(), *name, order); !settled)
            return fail(settled.error());
        return name;
    }

    Result<Template> made_of(const commands::RehearsalOrder& order) {
        if (auto had = server_->have_roles(server_->first_roles()); !had) return fail(had.error());
        auto name = made_by_history(order);
        if (!name) return fail(name.error());
        auto roles = server_->roles();
        if (!roles) return fail(roles.error());
        return Template{*name, std::move(*roles)};
    }

    Result<void> apply(commands::Rehearsal& rehearsal, const commands::RehearsalOrder& order) {
        for (const migrations::Script& script : order.history) {
            auto applied = rehearsal.apply(script);
            if (!applied) return fail(applied.error());
            for (std::string& note : *applied) note_once(std::move(note));
        }
        return {};
    }

    void note_once(std::string note) {
        if (std::find(notes_.begin(), notes_.end(), note) == notes_.end())
            notes_.push_back(std::move(note));
    }

    std::shared_ptr<Server> server_;
    std::shared_ptr<ServerWideCode> server_wide_;
    std::chrono::milliseconds statement_timeout_;
    std::map<Digest, Template> templates_;
    std::vector<std::string> notes_;
};

}  // namespace

Result<std::unique_ptr<commands::Shadow>> connect_shadow(const std::string& connection_string,
                                                         ShadowServer whose,
                                                         std::chrono::milliseconds timeout) {
    if (auto loaded = load_libpq(); !loaded) return fail(loaded.error());
    auto string = parse_connection_string(connection_string);
    if (!string) return fail(string.error());
    if (whose == ShadowServer::ours) {
        string->options.clear();  // PGOPTIONS is meant for other servers
        string = with_database(std::move(*string), "template1");
    }
    const std::string word = random_word();
    auto connection = Connection::open(*string, "varve shadow " + word, "");
    if (!connection) return fail(connection.error());
    auto server = std::make_shared<Server>(*string, whose, word, std::move(*connection));
    if (auto begun = server->begin(); !begun) return fail(begun.error());
    return std::unique_ptr<commands::Shadow>{
        std::make_unique<Databases>(std::move(server), timeout)};
}

}  // namespace adapters::postgres
