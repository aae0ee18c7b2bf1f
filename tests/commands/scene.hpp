// tests/commands/scene.hpp: a ledger in memory, a target without a server, and folders made of
// words.
#pragma once

#include "adapters/memory/clock.hpp"
#include "adapters/memory/store.hpp"
#include "commands/recover.hpp"
#include "commands/rollback.hpp"
#include "commands/run.hpp"
#include "ledger/codec.hpp"
#include "projections/memory_rows.hpp"
#include "tests/commands/fake_target.hpp"
#include "tests/support/must.hpp"

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace tests {

class Waits final : public commands::Interruption {
public:
    std::optional<std::string> requested() override { return signal; }
    void pause(std::chrono::microseconds) override { ++pauses; }
    std::optional<std::string> signal;
    int pauses = 0;
};

// A statement a line.
inline migrations::Script script(const std::string& path, const std::string& text) {
    migrations::Script answer;
    answer.path = path;
    answer.bytes = text;
    answer.text = text;
    answer.digest = ledger::sha256(text);
    std::size_t begin = 0;
    for (std::uint32_t line = 1; begin < text.size(); ++line) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        migrations::Statement statement;
        statement.begin = begin;
        statement.end = end;
        statement.line = line;
        statement.kind = "create-table";
        answer.statements.push_back(statement);
        begin = end + 1;
    }
    return answer;
}

inline migrations::Migration migration(const std::string& version, const std::string& up,
                                       const std::string& down = "") {
    migrations::Migration answer;
    answer.version = {version};
    answer.name = "m" + version;
    answer.up = script(version + "_m.up.sql", up);
    if (!down.empty()) answer.down = script(version + "_m.down.sql", down);
    return answer;
}

inline migrations::Migration stepwise(migrations::Migration answer) {
    answer.up.mode = migrations::TransactionMode::none;
    answer.up.mode_cause = "declared";
    return answer;
}

struct Scene {
    adapters::memory::Clock clock;
    adapters::memory::Store store{clock, ledger::Uuid{{7}}};
    projections::MemoryRows rows;
    Waits waits;
    commands::Progress progress;
    FakeServer server;
    commands::Services services{
        store,
        rows,
        clock,
        waits,
        progress,
        [this]() -> ledger::Result<std::unique_ptr<commands::TargetDatabase>> {
            if (server.dead)
                return ledger::fail(ledger::Code::unavailable, "target-unreachable", "no answer");
            return std::make_unique<FakeTarget>(server);
        },
        {{"ada", ledger::ActorKind::person, "os-user", "host"},
         {},
         ledger::Uuid{{9}},
         {},
         {},
         "varve/test"}};
    std::shared_ptr<migrations::Folder> folder = std::make_shared<migrations::Folder>();
    commands::TargetRequest target{{"development"}, "varve", {}, {}};

    explicit Scene(std::vector<migrations::Migration> migrations = {}) {
        folder->layout = "varve";
        folder->migrations = std::move(migrations);
    }

    ledger::Result<commands::RunReport> run(commands::RunOptions options = {}) {
        return commands::run(services, {target, folder, options});
    }
    ledger::Result<commands::RunReport> rollback(commands::RollbackOptions options = {}) {
        return commands::rollback(services, {target, folder, options});
    }
    projections::TargetState state() {
        return must(commands::read_known(store, rows, target.target)).state;
    }
    // The types of all events from `position` on, without their versions.
    std::vector<std::string> types(std::uint64_t position = 0) {
        std::vector<std::string> names;
        for (const auto& record : must(ledger::read_records(store, position, 10'000)))
            names.push_back(
                ledger::type_of(record.data).substr(0, ledger::type_of(record.data).rfind('.')));
        return names;
    }
    std::uint64_t size() { return must(store.head()).size; }
};

// What an older version has left that was killed in the middle of a takeover: so many adoptions.
inline void leave_cut_off(Scene& whole, Scene& left, std::size_t adopted_max) {
    std::vector<ledger::Event> events;
    for (const auto& record : must(ledger::read_records(whole.store, 0, 10'000))) {
        const bool is_adoption = std::holds_alternative<ledger::MigrationAdopted>(record.data);
        const bool is_begin = std::holds_alternative<ledger::HistoryImported>(record.data) ||
                              std::holds_alternative<ledger::BaselineTaken>(record.data);
        if (is_begin || (is_adoption && adopted_max > 0)) events.push_back(record.data);
        if (is_adoption && adopted_max > 0) --adopted_max;
    }
    commands::Journal journal{left.store, left.clock, left.services.context, left.target.target, 0};
    must(journal.append(std::move(events)));
}

// What an event brought with it, as the store has kept it.
inline std::vector<ledger::Content> contents_of(const Scene& scene, const ledger::Event& event) {
    std::vector<ledger::ContentReference> references;
    const auto take = [&](const auto* scripts) {
        if (scripts == nullptr) return;
        references.push_back(scripts->up);
        if (scripts->down) references.push_back(*scripts->down);
    };
    take(std::get_if<ledger::MigrationRegistered>(&event));
    take(std::get_if<ledger::MigrationRevised>(&event));
    if (const auto* e = std::get_if<ledger::RunStarted>(&event)) references = {e->plan};
    if (const auto* e = std::get_if<ledger::RollbackStarted>(&event)) references = {e->plan};
    std::vector<ledger::Content> contents;
    for (const auto& reference : references)
        contents.push_back({must(scene.store.content(reference.digest)).value(), reference.kind});
    return contents;
}

// The ledger as a crash has left it, that many events long, and the target with its first markers.
inline void cut(const Scene& from, Scene& to, std::uint64_t size, std::size_t marker_count) {
    for (const ledger::Record& record :
         must(ledger::read_records(from.store, to.size(), size - to.size()))) {
        const ledger::Context context{record.actor,  record.run,    record.correlation,
                                      record.reason, record.ticket, record.tool};
        must(to.store.append({context,
                              {{record.stream, record.id, record.data, record.causation}},
                              contents_of(from, record.data),
                              {}}));
    }
    for (std::size_t index = 0; index < marker_count; ++index) {
        const auto& marker = from.server.order[index];
        to.server.order.push_back(marker);
        to.server.markers[marker.attempt] = from.server.markers.at(marker.attempt);
    }
}

}  // namespace tests
