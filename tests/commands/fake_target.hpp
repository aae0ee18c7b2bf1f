// tests/commands/fake_target.hpp: a target without a server: statements are names, and a table of
// markers is all it keeps. It survives its connections, as a database does.
//
// Scripts  a statement "fail" fails, "lock" fails by lock_timeout, "lost" loses the connection in
//          COMMIT with the marker kept, "gone" without it, "die" in a bare statement.
#pragma once

#include "commands/ports.hpp"

#include <map>
#include <string>
#include <vector>

namespace tests {

struct FakeServer {
    commands::ServerFacts facts{"15.8", 150008, "shop", 16384, "7012", "app", false, {}};
    std::map<ledger::Uuid, commands::Marker> markers;
    std::vector<commands::Marker> order;
    std::vector<std::string> executed;
    bool locked_by_another = false;
    bool may_write_markers{true};
    bool may_update_markers{true};
    bool fence_held = false;
    ledger::Uuid fenced;  // of this attempt alone, and so many times more
    std::uint32_t fenced_times = 0;
    bool markers_gone = false;     // their table, until one is to be written
    bool refuses_markers = false;  // of what no attempt brought about
    bool dead = false;             // everything answers that it cannot be reached
    commands::CatalogVerdict catalog = commands::CatalogVerdict::cannot_tell;
    std::vector<std::string> begun;      // by a bare statement that did not happen
    std::vector<ledger::Uuid> expected;  // attempts to follow others
    bool has_other_tables = true;        // named as those of another tool
    std::uint32_t lock_failures = 0;     // how many more times "lock" fails
};

class FakeTarget final : public commands::TargetDatabase {
public:
    explicit FakeTarget(FakeServer& server) : server_{server} {}

    ledger::Result<commands::ServerFacts> facts() override { return server_.facts; }
    ledger::Result<commands::LockOutcome> lock(std::chrono::milliseconds) override {
        if (!server_.locked_by_another) return commands::LockOutcome{true, 0, {}};
        return commands::LockOutcome{false, 2'000'000,
                                     commands::LockHolder{4711, "varve run", "10.0.0.7", 5}};
    }
    ledger::Result<void> prepare_markers() override { return check_marker_rights(false); }
    ledger::Result<void> check_marker_rights(bool updates) override {
        if (updates && !server_.may_update_markers)
            return ledger::fail(ledger::Code::refused, "permission-denied", "it lacks UPDATE");
        if (server_.may_write_markers) return {};
        return ledger::fail(ledger::Code::refused, "permission-denied", "it lacks INSERT");
    }
    ledger::Result<void> check_creation_rights() override { return {}; }
    ledger::Result<bool> has_relation_named(const std::vector<std::string>&) override {
        return server_.has_other_tables;
    }
    ledger::Result<std::vector<commands::Marker>> markers() override {
        std::vector<commands::Marker> all;
        for (const auto& marker : server_.order) all.push_back(server_.markers.at(marker.attempt));
        return all;
    }
    ledger::Result<std::optional<commands::Marker>> settled_marker(
        const ledger::Uuid& attempt, std::chrono::milliseconds) override {
        const bool is_fenced =
            attempt == server_.fenced && server_.fenced_times > 0 && server_.fenced_times-- > 0;
        if (server_.fence_held || is_fenced)
            return ledger::fail(ledger::Code::in_doubt, "fence-held", "a backend works on it");
        if (server_.markers_gone)
            return ledger::fail(ledger::Code::in_doubt, "markers-gone", "their table is gone");
        const auto found = server_.markers.find(attempt);
        if (found == server_.markers.end()) return std::optional<commands::Marker>{};
        return std::optional{found->second};
    }
    ledger::Result<commands::CatalogVerdict> look_for(const migrations::Script&, std::uint32_t,
                                                      const commands::BeforeStatement&) override {
        return server_.catalog;
    }
    ledger::Result<std::vector<std::string>> begun(const migrations::Script&, std::uint32_t,
                                                   ledger::Direction,
                                                   const commands::BeforeStatement&) override {
        return server_.begun;
    }
    ledger::Result<std::vector<std::string>> invalid_indexes(const migrations::Script&) override {
        return std::vector<std::string>{};
    }
    ledger::Result<void> write_markers(const std::vector<commands::Marker>& markers) override {
        if (server_.refuses_markers)
            return ledger::fail(ledger::Code::unavailable, "connection-lost", "it is gone");
        for (const auto& marker : markers) {
            if (server_.markers.contains(marker.attempt)) continue;
            server_.order.push_back(marker);
            server_.markers[marker.attempt] = marker;
            server_.markers[marker.attempt].statements_done = marker.statements_total;
        }
        return {};
    }
    ledger::Result<void> record_done(const ledger::Uuid& attempt, std::uint32_t done) override {
        server_.markers.at(attempt).statements_done = done;
        return {};
    }
    commands::AttemptOutcome execute(const commands::AttemptOrder& order,
                                     commands::AttemptObserver& observer) override {
        return order.transactional ? whole(order, observer) : stepwise(order, observer);
    }

    void expect(commands::AttemptOrder next) override {
        server_.expected.push_back(next.marker.attempt);
    }

    // A try at all of them on a server of its own, which is kept where all went well.
    commands::TogetherOutcome execute_together(const std::vector<commands::AttemptOrder>& orders,
                                               commands::AttemptObserver& observer) override {
        const FakeServer before = server_;
        Whole all{observer};
        commands::TogetherOutcome outcome;
        for (std::size_t place = 0; place < orders.size(); ++place) {
            outcome.reached = place;
            observer.attempt_begins(place);
            all.is_last = place + 1 == orders.size();
            outcome.end = whole(orders[place], all);
            if (const auto* done = std::get_if<commands::AttemptSucceeded>(&outcome.end)) {
                outcome.succeeded.push_back(*done);
                continue;
            }
            const bool is_kept =
                all.is_last && server_.markers.contains(orders[place].marker.attempt);
            const auto left = server_.lock_failures;
            if (!is_kept) server_ = before;
            server_.lock_failures = left;
            outcome.succeeded.clear();
            return outcome;
        }
        outcome.reached = orders.size();
        return outcome;
    }

private:
    // Asks before the last one's COMMIT alone.
    class Whole final : public commands::AttemptObserver {
    public:
        explicit Whole(commands::AttemptObserver& observer) : observer_{observer} {}
        ledger::Result<void> before_effect() override {
            return is_last ? observer_.before_effect() : ledger::Result<void>{};
        }
        ledger::Result<void> statement_succeeded(const ledger::StatementResult& result,
                                                 std::uint32_t count) override {
            return observer_.statement_succeeded(result, count);
        }
        std::optional<std::string> cancelled() override { return observer_.cancelled(); }
        bool is_last{};

    private:
        commands::AttemptObserver& observer_;
    };

    static std::string text_of(const commands::AttemptOrder& order, std::size_t index) {
        const auto& statement = order.script->statements[index];
        return order.script->text.substr(statement.begin, statement.end - statement.begin);
    }

    void mark(const commands::AttemptOrder& order, std::uint32_t done) {
        commands::Marker marker = order.marker;
        marker.statements_done = done;
        if (!server_.markers.contains(marker.attempt)) server_.order.push_back(marker);
        server_.markers[marker.attempt] = marker;
    }

    static ledger::StatementResult result(std::size_t index) {
        ledger::StatementResult answer;
        answer.statement_index = static_cast<std::uint32_t>(index);
        answer.command_tag = "CREATE TABLE";
        return answer;
    }

    commands::AttemptFailed failure(std::size_t index, const std::string& text,
                                    std::uint32_t done) {
        commands::AttemptFailed answer;
        answer.cause = ledger::FailureCause::statement_error;
        answer.sqlstate = "42601";
        answer.message = "\"" + text + "\" does not work";
        answer.statement_index = static_cast<std::uint32_t>(index);
        answer.line = static_cast<std::uint32_t>(index + 1);
        answer.statements_done = done;
        if (text == "lock") {
            answer.cause = ledger::FailureCause::lock_timeout;
            answer.sqlstate = "55P03";
        }
        if (text == "bare") {
            answer.sqlstate = "25001";
            answer.needs_no_transaction = true;
        }
        return answer;
    }

    bool fails(const std::string& text) {
        if (text == "fail") return true;
        if (text != "lock" || server_.lock_failures == 0) return false;
        --server_.lock_failures;
        return true;
    }

    commands::AttemptOutcome whole(const commands::AttemptOrder& order,
                                   commands::AttemptObserver& observer) {
        commands::AttemptSucceeded success;
        std::string end;
        for (std::size_t index = 0; index < order.script->statements.size(); ++index) {
            const std::string text = text_of(order, index);
            if (observer.cancelled()) return commands::AttemptCancelled{"SIGINT", 1, 0};
            if (text == "bare" || fails(text)) return failure(index, text, 0);
            if (text == "lost" || text == "gone") end = text;
            success.statements.push_back(result(index));
        }
        if (const auto may = observer.before_effect(); !may) return commands::AttemptFailed{};
        if (end == "gone") return commands::AttemptInDoubt{"connection lost", 1};
        for (std::size_t index = 0; index < order.script->statements.size(); ++index)
            server_.executed.push_back(text_of(order, index));
        mark(order, static_cast<std::uint32_t>(order.script->statements.size()));
        if (end == "lost") return commands::AttemptInDoubt{"connection lost", 1};
        success.elapsed_us = 1'000;
        return success;
    }

    commands::AttemptOutcome stepwise(const commands::AttemptOrder& order,
                                      commands::AttemptObserver& observer) {
        if (const auto may = observer.before_effect(); !may) return commands::AttemptFailed{};
        const auto count = static_cast<std::uint32_t>(order.script->statements.size());
        mark(order, order.first_statement_index);
        commands::AttemptSucceeded success;
        for (std::uint32_t index = order.first_statement_index; index < count; ++index) {
            const std::string text = text_of(order, index);
            if (fails(text)) return failure(index, text, index);
            if (text == "die") return commands::AttemptInDoubt{"connection lost", 1};
            server_.executed.push_back(text);
            mark(order, index + 1);
            if (const auto told = observer.statement_succeeded(result(index), count); !told)
                return commands::AttemptFailed{};
            success.statements.push_back(result(index));
        }
        return success;
    }

    FakeServer& server_;
};

}  // namespace tests
