// tests/commands/fake_shadow.hpp: a shadow without a server. Its statements are words: "add X" (an
// error where X is there), "may add X", "drop X", "fill T", "empty T", "fail", "unfit" (an error of
// the rows, where there are any), "plain" (where they are varied), "hold X" (for the session),
// "need X" (held), "ALTER TABLE p DETACH PARTITION X CONCURRENTLY" (an error where X is not there).
#pragma once

#include "commands/rehearsal_ports.hpp"
#include "tests/commands/scene.hpp"

#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>

namespace tests {

class FakeRehearsal final : public commands::Rehearsal {
public:
    ledger::Result<std::vector<std::string>> apply(const migrations::Script& script) override {
        static_cast<void>(rehearse(script, commands::Ending::kept));
        return std::vector<std::string>{};
    }

    ledger::Result<commands::RehearsedScript> rehearse(const migrations::Script& script,
                                                       commands::Ending ending) override {
        commands::RehearsedScript answer;
        answer.path = script.path;
        answer.transactional = script.mode == migrations::TransactionMode::one;
        answer.elapsed_us = 10;
        const auto objects_before = objects;
        const auto rows_before = tables;
        for (std::uint32_t index = 0; index < script.statements.size(); ++index) {
            const auto& statement = script.statements[index];
            commands::MeasuredStatement measured;
            measured.index = index;
            measured.line = statement.line;
            measured.text = script.text.substr(statement.begin, statement.end - statement.begin);
            measured.failure = run(measured.text);
            measured.ran_outside =
                measured.text.starts_with("bare ") || measured.text.ends_with(" CONCURRENTLY");
            answer.statements.push_back(measured);
            answer.failed = measured.failure.has_value();
            if (answer.failed) break;
        }
        if (ending == commands::Ending::undone || (answer.failed && answer.transactional)) {
            objects = objects_before;
            tables = rows_before;
        }
        held_.clear();
        return answer;
    }

    [[nodiscard]] bool is_spoilt() const override { return false; }

    ledger::Result<commands::CatalogText> catalog() override {
        commands::CatalogText catalog;
        std::string all;
        for (const std::string& each : objects) {
            catalog.objects["table " + each] = "";
            all += each + "\n";
        }
        catalog.digest = ledger::sha256(all);
        return catalog;
    }

    ledger::Result<std::map<std::string, commands::DataChecksum>> data() override {
        return std::map<std::string, commands::DataChecksum>{};
    }

    ledger::Result<std::vector<commands::SampledTable>> add_sample_rows(
        commands::SampleStyle style) override {
        std::vector<commands::SampledTable> filled;
        style_ = style;
        for (const std::string& each : objects)
            if (tables[each] == 0) {
                tables[each] = 3;
                filled.push_back({each, 3, "", {}});
            }
        return filled;
    }

    ledger::Result<commands::AllRows> rows() override {
        commands::AllRows all;
        for (const std::string& each : objects)
            all[each] = {tables[each], std::to_string(tables[each]), {}};
        return all;
    }

    ledger::Result<commands::SequencePositions> sequences() override { return next_numbers; }

    commands::SequencePositions next_numbers;
    std::set<std::string> objects;
    std::map<std::string, std::uint64_t> tables;

private:
    std::optional<commands::StatementFailure> run(const std::string& text) {
        std::istringstream words{text};
        std::string verb;
        std::string object;
        words >> verb;
        while (verb == "bare" || verb == "may") {
            if (verb == "may") {
                words >> verb >> object;
                objects.insert(object);
                return std::nullopt;
            }
            words >> verb;
        }
        words >> object;
        if (verb == "ALTER") {
            words >> object >> verb >> verb >> object;
            if (objects.erase(object) == 0)
                return commands::StatementFailure{"42P01", object + " is gone", {}, {}, {}};
            return std::nullopt;
        }
        if (verb == "add" && !objects.insert(object).second)
            return commands::StatementFailure{"42P07", object + " exists", {}, {}, {}};
        if (verb == "drop") {
            objects.erase(object);
            tables.erase(object);
        }
        if (verb == "fill") tables[object] += 2;
        if (verb == "empty") tables[object] = 0;
        if (verb == "fail") return commands::StatementFailure{"42601", "it fails", {}, {}, {}};
        if (verb == "unfit")
            for (const auto& [table, count] : tables)
                if (count > 0) return commands::StatementFailure{"23502", "null", {}, {}, {}};
        if (verb == "plain" && style_ == commands::SampleStyle::varied)
            return commands::StatementFailure{"P0001", "blanks", {}, {}, {}};
        if (verb == "hold") held_.insert(object);
        if (verb == "need" && !held_.contains(object))
            return commands::StatementFailure{"42P01", object + " is not held", {}, {}, {}};
        return std::nullopt;
    }

    std::set<std::string> held_;
    commands::SampleStyle style_{commands::SampleStyle::plain};
};

class FakeShadow final : public commands::Shadow {
public:
    ledger::Result<std::unique_ptr<commands::Rehearsal>> open(
        const commands::RehearsalOrder& order) override {
        auto database = std::make_unique<FakeRehearsal>();
        for (const auto& each : order.history) static_cast<void>(database->apply(each));
        return std::unique_ptr<commands::Rehearsal>{std::move(database)};
    }
    [[nodiscard]] std::uint32_t server_version() const override { return 150'008; }
    [[nodiscard]] std::vector<std::string> notes() const override { return {}; }
};

}  // namespace tests
