#include "adapters/postgres/witness_table.hpp"

#include "adapters/postgres/connection.hpp"
#include "adapters/postgres/failing_code.hpp"
#include "adapters/postgres/sessions.hpp"
#include "adapters/postgres/witness_rows.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string_view>
#include <utility>

namespace adapters::postgres {

namespace {

using commands::HeldCheckpoint;
using ledger::Code;
using ledger::fail;
using ledger::Result;
using Purpose = Sessions::Purpose;
using Held = std::vector<HeldCheckpoint>;
using Open = std::function<Result<std::unique_ptr<Connection>>()>;

constexpr int tries_max = 5;

std::string hex_bytea(const ledger::Digest& digest) { return "\\x" + ledger::hex(digest); }

// As bytes: a note has a dash that not every database's encoding has.
std::string hex_bytea(std::string_view text) { return "\\x" + ledger::hex(text); }

bool is_for_want_of_a_right(const ServerError& error) { return error.sqlstate == "42501"; }

bool is_missing(const ServerError& error) {
    return error.sqlstate == "42P01" || error.sqlstate == "3F000";
}

// What is there has not our columns, or their types, or our key, or is no table.
bool is_of_another_shape(const ServerError& error) {
    constexpr std::array<std::string_view, 6> states{"42703", "42804", "42883",
                                                     "42809", "42P10", "55000"};
    return std::find(states.begin(), states.end(), error.sqlstate) != states.end();
}

std::string not_ours(const std::string& table, const ServerError& error) {
    return table + " is not Varve's checkpoint table: " + error.message;
}

constexpr const char* make_way =
    "rename that table, or say another marker_schema in the configuration";

bool lost_table_race(const ServerError& error) {
    return error.sqlstate == "23505" || error.sqlstate == "42P06" || error.sqlstate == "42P07" ||
           error.sqlstate == "42710";
}

class WitnessTable final : public commands::CheckpointWitness {
public:
    WitnessTable(Open open, std::string schema, std::string target,
                 std::function<void()> when_given = {})
        : open_{std::move(open)},
          when_given_{std::move(when_given)},
          marker_schema_{schema},
          schema_{quoted_identifier(schema)},
          table_{schema_ + ".checkpoint"},
          target_{std::move(target)} {}

    [[nodiscard]] ledger::WitnessKind kind() const override { return ledger::WitnessKind::target; }
    [[nodiscard]] std::string name() const override { return target_; }

    Result<commands::Receipt> publish(const commands::PublishedCheckpoint& checkpoint) override {
        auto receipt = give(checkpoint);
        if (when_given_) when_given_();
        return receipt;
    }
    Result<Held> largest(const ledger::Uuid& ledger, std::uint32_t count_max) override {
        return unless_lost(read(ledger, count_max));
    }
    Result<Held> all(const ledger::Uuid& ledger) override { return unless_lost(read(ledger)); }

private:
    Result<Connection*> connection();
    Result<commands::Receipt> give(const commands::PublishedCheckpoint& checkpoint);
    Result<Held> read(const ledger::Uuid& ledger, std::optional<std::uint32_t> newest = {});
    // Who cannot be asked is given nothing, or later.
    Result<Held> unless_lost(Result<Held> held) const {
        if (!held && when_given_) when_given_();
        return held;
    }
    Answer insert(Connection& connection, const commands::PublishedCheckpoint& checkpoint) const;
    tl::expected<void, ServerError> make(Connection& connection) const;
    [[nodiscard]] ledger::Error unwritable(Connection& connection, const ServerError& error) const;
    [[nodiscard]] ledger::Error unreadable(const ServerError& error) const;
    [[nodiscard]] ledger::Error unmakable(Connection& connection, const ServerError& error) const;
    [[nodiscard]] bool hides_rows(Connection& connection) const;
    [[nodiscard]] tl::unexpected<ledger::Error> contradicts(const std::string& detail) const;

    Open open_;
    std::function<void()> when_given_;  // or could not be
    std::unique_ptr<Connection> connection_;
    std::string marker_schema_;
    std::string schema_;  // quoted
    std::string table_;   // qualified and quoted
    std::string target_;
};

Result<Connection*> WitnessTable::connection() {
    if (connection_ && !connection_->has_ended()) return connection_.get();
    auto opened = open_();
    if (!opened)
        return fail(Code::unavailable, "witness-unreachable",
                    "target " + target_ + ": " + opened.error().detail, opened.error().help);
    connection_ = std::move(*opened);
    return connection_.get();
}

tl::unexpected<ledger::Error> WitnessTable::contradicts(const std::string& detail) const {
    return fail(Code::corrupt, "witness-contradicts", "target " + target_ + ": " + detail,
                "varve verify tells which of the two has been changed");
}

bool WitnessTable::hides_rows(Connection& connection) const {
    const auto told = connection.query({"SELECT " + hides_rows_of(1), {table_}});
    return told && told->first().at(0) == "t";
}

ledger::Error WitnessTable::unwritable(Connection& connection, const ServerError& error) const {
    if (error.connection_ended)
        return {Code::unavailable, "witness-unreachable",
                "target " + target_ + ": " + error.message,
                "varve checkpoint --publish-again, once it answers"};
    if (is_of_another_shape(error))
        return {Code::unavailable, "witness-unwritable",
                "target " + target_ + ": " + not_ours(table_, error), make_way};
    return {
        Code::unavailable, "witness-unwritable",
        "target " + target_ + " does not take checkpoints into " + table_ + ": " + error.message,
        error.sqlstate == "25006" ? "it only reads: give the primary's URL, or see who has set "
                                    "default_transaction_read_only"
        : hides_rows(connection)  ? hidden_help(table_)
        : !is_for_want_of_a_right(error)
            ? "put that right; varve checkpoint --publish-again then publishes it once more"
            : "grant the role CREATE on schema " + schema_ + ", or INSERT and SELECT on " + table_};
}

ledger::Error WitnessTable::unreadable(const ServerError& error) const {
    if (is_of_another_shape(error))
        return {Code::unavailable, "witness-unreachable",
                "target " + target_ + ": " + not_ours(table_, error), make_way};
    return {Code::unavailable, "witness-unreachable",
            "target " + target_ + ", reading " + table_ + ": " + error.message,
            is_for_want_of_a_right(error) ? "grant the role SELECT on " + table_
                                          : "varve checkpoint --publish-again, once it answers"};
}

// Event triggers run beside what makes a table, and beside no INSERT.
ledger::Error WitnessTable::unmakable(Connection& connection, const ServerError& error) const {
    auto refused = unwritable(connection, error);
    if (const auto help = event_trigger_help(connection, error)) refused.help += "; " + *help;
    return refused;
}

// The size's row as it is now: ours, or one that was there. A set_config in the row that is
// returned makes this very transaction durable.
Answer WitnessTable::insert(Connection& connection,
                            const commands::PublishedCheckpoint& checkpoint) const {
    return connection.query(
        {"WITH put AS (INSERT INTO " + table_ +
             " (ledger, size, root, note, seen_at) VALUES ($1::pg_catalog.uuid, $2::bigint, "
             "$3::pg_catalog.bytea,"
             " $4::pg_catalog.bytea, pg_catalog.clock_timestamp())"
             " ON CONFLICT (ledger, size) DO NOTHING RETURNING root,"
             " pg_catalog.set_config('synchronous_commit',"
             " CASE WHEN pg_catalog.current_setting('synchronous_commit')"
             " OPERATOR(pg_catalog.=) 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true) AS "
             "durable)"
             " SELECT pg_catalog.encode(root, 'hex'), durable, " +
             hides_rows_of(5) + " FROM put UNION ALL SELECT pg_catalog.encode(root, 'hex'), '', " +
             hides_rows_of(5) + " FROM " + table_ +
             " WHERE ledger OPERATOR(pg_catalog.=) $1::pg_catalog.uuid"
             " AND size OPERATOR(pg_catalog.=) $2::bigint",
         {to_text(checkpoint.ledger), std::to_string(checkpoint.size), hex_bytea(checkpoint.root),
          hex_bytea(checkpoint.note), table_}});
}

// The schema is mostly there, and then its creation may be forbidden.
tl::expected<void, ServerError> WitnessTable::make(Connection& connection) const {
    auto made = make_checkpoint_table(connection, marker_schema_, InSchema::there);
    if (made || made.error().sqlstate != "3F000") return made;
    return make_checkpoint_table(connection, marker_schema_, InSchema::made);
}

Result<commands::Receipt> WitnessTable::give(const commands::PublishedCheckpoint& checkpoint) {
    const auto session = connection();
    if (!session) return fail(session.error());
    auto answer = insert(**session, checkpoint);
    for (int tries = 1; !answer && is_missing(answer.error()) && tries < tries_max; ++tries) {
        if (const auto made = make(**session); !made && !lost_table_race(made.error()))
            return fail(unmakable(**session, made.error()));
        answer = insert(**session, checkpoint);
    }
    // Nothing: somebody else has put it there meanwhile, and the next time it is seen.
    if (answer && answer->values.empty()) answer = insert(**session, checkpoint);
    if (!answer) return fail(unwritable(**session, answer.error()));
    if (answer->values.empty())
        return fail(Code::unavailable, "witness-unwritable",
                    "target " + target_ + " does not have it, though " + table_ +
                        " took it: is there a trigger or a rule on the table?",
                    "take it away; varve checkpoint --publish-again then publishes it once more");
    if (answer->values[0][0] != ledger::hex(checkpoint.root))
        return contradicts("it holds another checkpoint of " + std::to_string(checkpoint.size) +
                           " events");
    if (answer->values[0][2] == "t")
        return fail(
            Code::unavailable, "witness-unwritable",
            "target " + target_ + " has taken it, but does not count: " + hidden_detail(table_),
            hidden_help(table_));
    return commands::Receipt{};
}

Result<Held> WitnessTable::read(const ledger::Uuid& ledger, std::optional<std::uint32_t> newest) {
    const auto session = connection();
    if (!session) return fail(session.error());
    auto answer = (*session)->query(select_held(marker_schema_, ledger, newest));
    Held held;
    if (!answer && is_missing(answer.error())) return held;
    if (!answer) return fail(unreadable(answer.error()));
    const auto rows = held_rows(*std::move(answer));
    if (rows.may_be_hidden)
        return fail(Code::unavailable, "witness-unreachable",
                    "target " + target_ + ": " + hidden_detail(table_), hidden_help(table_));
    for (const auto& row : rows.rows) {
        auto one = held_of(row);
        if (!one)
            return contradicts("a row of " + table_ + " holds what Varve never wrote (size " +
                               row[0].value_or("null") + ")");
        held.push_back(std::move(*one));
    }
    return held;
}

}  // namespace

std::unique_ptr<commands::CheckpointWitness> open_witness_table(
    const commands::SessionSettings& settings, const std::string& target, CheckDatabase check) {
    return std::make_unique<WitnessTable>(
        [settings, check = std::move(check)]() -> Result<std::unique_ptr<Connection>> {
            auto string = parse_connection_string(settings.url);
            if (!string) return fail(string.error());
            Sessions sessions{*std::move(string), settings};
            TimedFacts facts;
            auto opened = check ? sessions.open_first(facts) : sessions.open(Purpose::work);
            if (!opened) return fail(opened.error());
            if (check)
                if (auto checked = check(facts); !checked) return fail(checked.error());
            return std::move(opened->connection);
        },
        settings.marker_schema, target);
}

std::unique_ptr<commands::CheckpointWitness> witness_table_in(LeftSession& left,
                                                              const std::string& marker_schema,
                                                              const std::string& target,
                                                              std::function<bool()> when_late) {
    if (!left.is_there()) return nullptr;
    return std::make_unique<WitnessTable>(
        [&left, when_late = std::move(when_late)]() -> Result<std::unique_ptr<Connection>> {
            auto connection = left.take();
            if (connection) connection->when_late(when_late);
            if (connection) connection->when_asked_to_stop({});
            if (connection) return connection;
            return fail(Code::unavailable, "connection-lost", "the session has ended",
                        "varve checkpoint --publish-again");
        },
        marker_schema, target, [&left] { left.end(); });
}

}  // namespace adapters::postgres
