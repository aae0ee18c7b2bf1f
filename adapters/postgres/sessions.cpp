#include "adapters/postgres/sessions.hpp"

#include "adapters/postgres/kept_session.hpp"
#include "adapters/postgres/lease.hpp"
#include "adapters/postgres/number_text.hpp"

#include <chrono>
#include <thread>
#include <utility>

namespace adapters::postgres {

namespace {

using Setting = std::pair<std::string, std::string>;

constexpr int oldest_version = 120000;

std::vector<Setting> settings_of(const commands::SessionSettings& settings, bool is_before_14,
                                 Sessions::Purpose purpose) {
    const bool is_lease = purpose == Sessions::Purpose::lock;
    std::vector<Setting> all{
        {"lock_timeout", settings.lock_timeout},
        {"statement_timeout", settings.statement_timeout},
        {"idle_in_transaction_session_timeout", commands::idle_in_transaction_time},
        {"exit_on_error", "off"},  // an error is an answer to us
        {"tcp_keepalives_idle", keepalive.idle_s},
        {"tcp_keepalives_interval", keepalive.interval_s},
        {"tcp_keepalives_count", keepalive.count},
        {"tcp_user_timeout", keepalive.user_timeout_ms}};
    if (is_before_14) return all;
    all.emplace_back("idle_session_timeout",
                     is_lease ? std::to_string(lease_time.count()) + "ms" : "0");
    all.emplace_back("client_connection_check_interval", "2000");
    return all;
}

constexpr const char* system_identifier =
    "(SELECT system_identifier FROM pg_catalog.pg_control_system())";
constexpr const char* server_began = "extract(epoch FROM pg_catalog.pg_postmaster_start_time())";

std::string facts_query(const std::string& identifier, const std::string& began) {
    return "SELECT pg_catalog.pg_backend_pid(), pg_catalog.current_setting('server_version'),"
           " pg_catalog.current_database(), (SELECT oid FROM pg_catalog.pg_database"
           " WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database()),"
           " current_user, pg_catalog.pg_is_in_recovery()"
           " OR pg_catalog.current_setting('default_transaction_read_only')"
           " OPERATOR(pg_catalog.=) 'on', " +
           identifier +
           ", pg_catalog.round(extract(epoch FROM pg_catalog.clock_timestamp())::numeric"
           " OPERATOR(pg_catalog.*) 1000000)::bigint, " +
           began + "::pg_catalog.text";
}

Answer ask_facts(Connection& connection) {
    auto answer = connection.query({facts_query(system_identifier, server_began), {}});
    // The use of either may be revoked.
    for (const auto& less : {facts_query(system_identifier, "''"), facts_query("''", "''")})
        if (!answer && !answer.error().connection_ended) answer = connection.query({less, {}});
    return answer;
}

ledger::Error too_old(const std::string& shown, int version) {
    return {ledger::Code::refused, "server-too-old",
            shown + " is PostgreSQL " + std::to_string(version / 10000) +
                ", and Varve needs 12 or newer",
            "upgrade the server"};
}

}  // namespace

commands::ServerFacts TimedFacts::now() const {
    commands::ServerFacts facts = *this;
    if (facts.clock_us) *facts.clock_us += static_cast<std::int64_t>(since_told.elapsed_us());
    return facts;
}

Sessions::Sessions(ConnectionString string, commands::SessionSettings settings)
    : string_{std::move(string)}, settings_{std::move(settings)} {}

std::string Sessions::startup_options(Purpose purpose) const {
    std::string options;
    if (settings_.pooler_is_session) return options;
    for (const auto& [name, value] : settings_of(settings_, is_before_14_, purpose))
        options += (options.empty() ? "" : " ") + startup_option(name, value);
    return options;
}

std::vector<Command> Sessions::set_statements(Purpose purpose) const {
    std::vector<Command> commands;
    if (!settings_.pooler_is_session) return commands;
    for (const auto& [name, value] : settings_of(settings_, is_before_14_, purpose))
        commands.push_back({"SELECT pg_catalog.set_config($1, $2, false)", {name, value}});
    return commands;
}

std::vector<Command> Sessions::cleaning(bool keeps_prepared) const {
    std::vector<Command> commands{{whole_cleaning, {}}};
    if (keeps_prepared)
        commands = {{"SET SESSION AUTHORIZATION DEFAULT", {}},
                    {"RESET ALL", {}},
                    {"DISCARD TEMP", {}},
                    {"DISCARD SEQUENCES", {}}};
    for (auto& command : set_statements(Purpose::work)) commands.push_back(std::move(command));
    return commands;
}

std::vector<Command> Sessions::cleaning_within() const {
    std::vector<Command> commands;
    for (const char* sql :
         {"CLOSE ALL", "SET SESSION AUTHORIZATION DEFAULT", "RESET ALL", "DEALLOCATE ALL",
          "UNLISTEN *", "SELECT pg_catalog.pg_advisory_unlock_all()", "DISCARD TEMP",
          "DISCARD SEQUENCES", initial_constraints})
        commands.push_back({sql, {}});
    for (auto& command : set_statements(Purpose::work)) commands.push_back(std::move(command));
    return commands;
}

// A server that does not know a setting refuses the connection, and names it in any language.
ledger::Result<std::unique_ptr<Connection>> Sessions::open_unchecked(Purpose purpose) {
    auto connection =
        Connection::open(string_, settings_.application_name, startup_options(purpose));
    if (!connection && !is_before_14_ &&
        (connection.error().detail.find("client_connection_check_interval") != std::string::npos ||
         connection.error().detail.find("idle_session_timeout") != std::string::npos)) {
        is_before_14_ = true;
        connection =
            Connection::open(string_, settings_.application_name, startup_options(purpose));
    }
    if (!connection) return ledger::fail(connection.error());
    if (purpose == Purpose::work) (*connection)->when_late(settings_.when_late);
    (*connection)->when_asked_to_stop(settings_.asked_to_stop);
    if ((*connection)->server_version() < oldest_version)
        return ledger::fail(too_old(string_.shown, (*connection)->server_version()));
    is_before_14_ = (*connection)->server_version() < 140000;
    if (auto kept = check_kept(**connection); !kept) return ledger::fail(kept.error());
    for (const auto& command : set_statements(purpose))
        if (const auto set = (*connection)->query(command); !set)
            return ledger::fail(to_error(set.error(), "setting up the session"));
    return connection;
}

ledger::Result<void> Sessions::check_kept(Connection& connection) {
    if (!settings_.pooler_is_session || std::exchange(is_kept_, true)) return {};
    auto kept = expect_kept_session(string_, settings_.application_name, connection);
    if (!kept && kept.error().reason == "pooler-found")
        kept.error().detail += ", though it is said to keep them: pooler = \"session\"";
    return kept;
}

ledger::Result<void> Sessions::check_pooler(const Connection& connection,
                                            std::int64_t backend_pid) const {
    if (settings_.pooler_is_session || connection.promised_pid() == backend_pid) return {};
    return ledger::fail(
        ledger::Code::refused, "pooler-found",
        string_.shown +
            " is a connection pooler: the server process that answers is not the one "
            "that was promised",
        "connect to the server itself; or, where the pooler keeps sessions, say pooler = "
        "\"session\" "
        "in the configuration");
}

ledger::Result<Sessions::Opened> Sessions::open_after_end() {
    constexpr int tries = 10;
    constexpr std::chrono::milliseconds pause{50};
    auto first = open(Purpose::work);
    for (int count = 1; !first && is_full(first.error()) && count < tries; ++count) {
        std::this_thread::sleep_for(pause);
        if (settings_.asked_to_stop && settings_.asked_to_stop()) break;
        if (auto opened = open(Purpose::work)) return opened;
    }
    return first;
}

// Only of what the server itself has answered, as "FATAL:  ..." in whatever language.
bool Sessions::is_full(const ledger::Error& error) const {
    return error.reason == "target-unreachable" && error.detail.find(":  ") != std::string::npos &&
           Connection::may_soon_open(string_, settings_.application_name,
                                     startup_options(Purpose::work));
}

std::unique_ptr<Connection> Sessions::begin_open() const {
    return Connection::begin_open(string_, settings_.application_name,
                                  startup_options(Purpose::work));
}

ledger::Result<Sessions::Opened> Sessions::open(Purpose purpose) {
    auto connection = open_unchecked(purpose);
    if (!connection) return ledger::fail(connection.error());
    // Another server may have answered, and it is not asked.
    if (purpose == Purpose::work) server_began_.clear();
    const auto pid = (*connection)->backend_pid();
    if (!pid) return ledger::fail(to_error(pid.error(), "opening a session"));
    if (const auto checked = check_pooler(**connection, *pid); !checked)
        return ledger::fail(checked.error());
    return Opened{*std::move(connection), *pid};
}

ledger::Result<Sessions::Opened> Sessions::open_first(TimedFacts& facts) {
    auto connection = open_unchecked(Purpose::work);
    if (!connection) return ledger::fail(connection.error());
    const auto answer = ask_facts(**connection);
    if (!answer) return ledger::fail(to_error(answer.error(), "asking the server who it is"));
    const auto& row = answer->first();
    std::int64_t pid{};
    if (!read_number(row[0], pid) || !row[1] || !row[2] || !row[4] ||
        !read_number(row[3], facts.database_oid))
        return ledger::fail(ledger::Code::unavailable, "server-error",
                            string_.shown + " does not tell which database this is",
                            "ask it: SELECT * FROM pg_catalog.pg_database WHERE datname ="
                            " pg_catalog.current_database()");
    if (const auto checked = check_pooler(**connection, pid); !checked)
        return ledger::fail(checked.error());
    facts.version = text_of(row[1]).substr(0, text_of(row[1]).find(' '));
    facts.version_number = static_cast<std::uint32_t>((*connection)->server_version());
    facts.database = text_of(row[2]);
    facts.user = text_of(row[4]);
    facts.read_only = row[5] == "t";
    facts.system_identifier = row[6].value_or("");
    if (std::int64_t clock_us{}; read_number(row[7], clock_us)) facts.clock_us = clock_us;
    facts.since_told = {};
    server_began_ = row[8].value_or("");
    return Opened{*std::move(connection), pid};
}

}  // namespace adapters::postgres
