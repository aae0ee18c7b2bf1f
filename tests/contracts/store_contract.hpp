// tests/contracts/store_contract.hpp: what every ledger::Store promises; every adapter runs it.
//
// Use   store_contract() alone in a test case, on a fresh store that reads this clock: it has
//       sections, so the test case is entered once for each.
#pragma once

#include "adapters/memory/clock.hpp"
#include "ledger/codec.hpp"
#include "ledger/store.hpp"
#include "ledger/tree.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace tests {

inline ledger::Draft draft_of(std::string stream, std::string detail = "detail") {
    return {std::move(stream),
            ledger::new_uuid(1),
            ledger::RunRefused{{"production"}, "gate", "reason", std::move(detail)},
            {}};
}

inline ledger::Append append_of(std::vector<ledger::Draft> drafts) {
    ledger::Append append;
    append.context.actor = {"u-7", ledger::ActorKind::service, "token", "build-7"};
    append.context.run = ledger::new_uuid(1);
    append.context.correlation = ledger::new_uuid(1);
    append.context.reason = "release";
    append.context.ticket = "OPS-7";
    append.context.tool = "varve/0.1.0";
    append.drafts = std::move(drafts);
    return append;
}

inline ledger::Append append_of_event(ledger::Event event) {
    return append_of({{"ledger", ledger::new_uuid(1), std::move(event), {}}});
}

inline std::vector<ledger::Record> all_records(const ledger::Reader& reader) {
    return must(read_records(reader, 0, 1'000'000));
}

// Positions and versions are gapless, time goes on, and head and root_at() agree with the lines.
inline void check_whole(const ledger::Reader& reader) {
    const ledger::Head head = must(reader.head());
    const std::vector<std::string> lines = must(reader.lines(0, 1'000'000));
    REQUIRE(head.size == lines.size());
    CHECK(must(reader.root_at(0)) == ledger::empty_root());
    ledger::Frontier tree;
    std::map<std::string, std::uint64_t> versions;
    std::int64_t last_us = 0;
    for (const std::string& line : lines) {
        const ledger::Record record = must(ledger::decode(line));
        CHECK(record.position == tree.size());
        CHECK(record.stream_version == ++versions[record.stream]);
        CHECK(record.recorded_at_us > last_us);
        CHECK(record.ledger == head.ledger);
        last_us = record.recorded_at_us;
        tree.append(ledger::leaf_hash(line));
        CHECK(must(reader.root_at(tree.size())) == tree.root());
    }
    CHECK(head.root == tree.root());
    CHECK(head.recorded_at_us == last_us);
    for (const auto& [stream, version] : versions)
        CHECK(must(reader.stream_version(stream)) == version);
}

inline void check_refused(ledger::Store& store, ledger::Append append, ledger::Code code,
                          std::string_view reason) {
    const ledger::Head before = must(store.head());
    const ledger::Error error = error_of(store.append(std::move(append)));
    CHECK(error.code == code);
    CHECK(error.reason == reason);
    CHECK(must(store.head()) == before);
    CHECK(must(store.lines(before.size, 10)).empty());
    check_whole(store);
}

inline void contract_of_order(ledger::Store& store) {
    const std::uint64_t start = must(store.head()).size;
    const auto first = must(store.append(append_of({draft_of("a"), draft_of("b"), draft_of("a")})));
    const auto second = must(store.append(append_of({draft_of("a")})));
    CHECK(first.first_position == start);
    CHECK(first.head.size == start + 3);
    CHECK(first.head.root == must(store.root_at(start + 3)));
    CHECK(second.first_position == start + 3);
    CHECK(second.head == must(store.head()));
    const std::vector<ledger::Record> records = must(read_records(store, start, 10));
    REQUIRE(records.size() == 4);
    for (std::size_t index = 0; index < 3; ++index) {
        CHECK(records[index].batch_index == index);
        CHECK(records[index].batch_length == 3);
    }
    CHECK(records[2].stream == "a");
    CHECK(records[2].stream_version == 2);
    CHECK(records[3].stream_version == 3);
    CHECK(records[3].batch_index == 0);
    CHECK(records[3].batch_length == 1);
    check_whole(store);
}

inline void contract_of_what_is_kept(ledger::Store& store) {
    ledger::Append append = append_of({draft_of("a", "caf\u00e9 \"quoted\"\n")});
    append.drafts[0].causation = ledger::new_uuid(1);
    must(store.append(append));
    const ledger::Record record = all_records(store).back();
    CHECK(record.envelope == 1);
    CHECK(record.stream == "a");
    CHECK(record.id == append.drafts[0].id);
    CHECK(record.data == append.drafts[0].data);
    CHECK(record.causation == append.drafts[0].causation);
    CHECK(record.actor == append.context.actor);
    CHECK(record.run == append.context.run);
    CHECK(record.correlation == append.context.correlation);
    CHECK(record.reason == append.context.reason);
    CHECK(record.ticket == append.context.ticket);
    CHECK(record.tool == append.context.tool);
}

inline void contract_of_reading(ledger::Store& store) {
    using Positions = std::vector<std::uint64_t>;
    const std::uint64_t start = must(store.head()).size;
    must(store.append(append_of({draft_of("a"), draft_of("ab"), draft_of("a"), draft_of("a")})));
    CHECK(must(store.lines(start, 2)).size() == 2);
    CHECK(must(store.lines(start + 3, 2)).size() == 1);
    CHECK(must(store.lines(start + 4, 2)).empty());
    CHECK(must(store.lines(start + 400, 2)).empty());
    CHECK(must(store.lines(start, 0)).empty());
    CHECK(must(store.lines(start + 1, 1)) == std::vector{must(store.lines(start, 4)).at(1)});
    CHECK(must(store.stream_positions("a", 0, 9)) == Positions{start, start + 2, start + 3});
    CHECK(must(store.stream_positions("a", 1, 9)) == Positions{start + 2, start + 3});
    CHECK(must(store.stream_positions("a", 1, 1)) == Positions{start + 2});
    CHECK(must(store.stream_positions("a", 3, 9)).empty());
    CHECK(must(store.stream_positions("a", 400, 9)).empty());
    CHECK(must(store.stream_positions("ab", 0, 9)) == Positions{start + 1});
    CHECK(must(store.stream_positions("never", 0, 9)).empty());
    CHECK(must(store.stream_version("a")) == 3);
    CHECK(must(store.stream_version("never")) == 0);
    CHECK(error_of(store.root_at(start + 5)).code == ledger::Code::refused);
}

inline void contract_of_expectations(ledger::Store& store) {
    ledger::Append append = append_of({draft_of("a"), draft_of("b")});
    append.expectations = {{"a", 0}, {"b", 0}, {"never", 0}};
    must(store.append(append));

    ledger::Append next = append_of({draft_of("a")});
    next.expectations = {{"a", 0}};
    check_refused(store, next, ledger::Code::conflict, "stream-moved");
    next.expectations = {{"a", 2}};
    check_refused(store, next, ledger::Code::conflict, "stream-moved");
    next.expectations = {{"a", 1}, {"b", 2}};
    check_refused(store, next, ledger::Code::conflict, "stream-moved");
    next.expectations = {{"a", 1}, {"b", 1}};
    must(store.append(next));
    CHECK(must(store.stream_version("a")) == 2);
    check_whole(store);
}

inline void contract_of_repeats(ledger::Store& store) {
    ledger::Append append = append_of({draft_of("a"), draft_of("b")});
    append.expectations = {{"a", 0}};
    const ledger::Appended appended = must(store.append(append));
    must(store.append(append_of({draft_of("c")})));
    const ledger::Head before = must(store.head());
    const ledger::Appended repeated = must(store.append(append));
    CHECK(repeated.first_position == appended.first_position);
    CHECK(repeated.head.size >= appended.head.size);
    CHECK(must(store.head()) == before);

    ledger::Append later = append;
    later.context.correlation = ledger::new_uuid(1);  // another try of the same
    CHECK(must(store.append(later)).first_position == appended.first_position);
    CHECK(must(store.head()) == before);
}

inline void contract_of_reused_ids(ledger::Store& store) {
    using ledger::Code;
    const ledger::Append append = append_of({draft_of("a"), draft_of("b")});
    must(store.append(append));
    const auto refused = [&](const std::function<void(ledger::Append&)>& change) {
        ledger::Append changed = append;
        change(changed);
        check_refused(store, changed, Code::refused, "event-id-reused");
    };
    refused([](auto& changed) { changed.drafts[1].data = ledger::RunRefused{}; });
    refused([](auto& changed) { changed.drafts[0].stream = "other"; });
    refused([](auto& changed) { changed.drafts[0].causation = ledger::new_uuid(1); });
    refused([](auto& changed) { changed.drafts[0].id = ledger::new_uuid(1); });
    refused([](auto& changed) { changed.drafts.push_back(draft_of("new")); });
    refused([](auto& changed) { changed.drafts.insert(changed.drafts.begin(), draft_of("new")); });
    const ledger::Draft twice = draft_of("new");
    check_refused(store, append_of({twice, twice}), Code::refused, "event-id-reused");
}

inline void contract_of_all_or_nothing(ledger::Store& store) {
    using ledger::Code;
    must(store.append(append_of({draft_of("a")})));
    check_refused(store, append_of({}), Code::refused, "append-empty");
    ledger::Append append = append_of({draft_of("a"), draft_of("a", "\xff"), draft_of("b")});
    append.contents = {{"never stored", "sql"}};
    check_refused(store, append, Code::refused, "event-not-encodable");
    check_refused(store, append_of({draft_of("a"), draft_of("a", std::string(17'000, 'x'))}),
                  Code::refused, "event-not-encodable");
    CHECK(!must(store.content(ledger::sha256("never stored"))));
    CHECK(must(store.stream_version("a")) == 1);
    CHECK(must(store.stream_version("b")) == 0);
    append.drafts[1] = draft_of("a");
    must(store.append(append));  // the ids of a refused append are still free
    check_whole(store);
}

inline void contract_of_time(ledger::Store& store, adapters::memory::Clock& clock) {
    const std::int64_t start_us = std::max(clock.now_us(), must(store.head()).recorded_at_us) + 10;
    const auto append_at = [&](std::int64_t now_us, std::size_t count) {
        clock.set(now_us);
        std::vector<ledger::Draft> drafts;
        while (drafts.size() < count) drafts.push_back(draft_of("a"));
        must(store.append(append_of(std::move(drafts))));
        return all_records(store).back();
    };
    const ledger::Record exact = append_at(start_us, 1);
    CHECK(exact.recorded_at_us == start_us);
    CHECK(!exact.clock_went_back);
    CHECK(append_at(start_us + 50, 3).recorded_at_us == start_us + 52);
    const ledger::Record behind = append_at(start_us - 3'600'000'000, 1);
    CHECK(behind.recorded_at_us == start_us + 53);
    CHECK(behind.clock_went_back);
    CHECK(append_at(0, 1).clock_went_back);
    const ledger::Record ahead = append_at(start_us + 1'000, 1);
    CHECK(ahead.recorded_at_us == start_us + 1'000);
    CHECK(!ahead.clock_went_back);
    check_whole(store);
}

inline void contract_of_content(ledger::Store& store) {
    const std::string binary{"\0\xff CREATE TABLE t ();\n\0", 22};
    ledger::Append append = append_of({draft_of("a")});
    append.contents = {{binary, "sql"}, {"", "plan"}, {std::string(300'000, 'x'), "error"}};
    must(store.append(append));
    for (const ledger::Content& content : append.contents)
        CHECK(must(store.content(reference(content).digest)) == content.bytes);
    CHECK(!must(store.content(ledger::sha256("never stored"))));
    ledger::Append again = append_of({draft_of("a")});
    again.contents = {{binary, "sql"}};
    must(store.append(again));
    CHECK(must(store.content(ledger::sha256(binary))) == binary);
}

inline void contract_of_submissions(ledger::Store& store) {
    const std::uint64_t start = must(store.head()).size;
    std::vector<std::future<ledger::Result<ledger::Appended>>> answers;
    for (int count = 0; count < 300; ++count)
        answers.push_back(store.submit(append_of({draft_of("a"), draft_of("b")})));
    for (std::size_t index = 0; index < answers.size(); ++index) {
        const ledger::Appended appended = must(answers[index].get());
        CHECK(appended.first_position == start + 2 * index);
        CHECK(appended.head.root == must(store.root_at(appended.head.size)));
    }
    check_whole(store);
}

// Everybody expects the end of one stream; who was too late reads it again.
inline void contract_of_threads(ledger::Store& store) {
    constexpr std::size_t thread_count = 4;
    constexpr std::size_t each_count = 25;
    const std::uint64_t start = must(store.head()).size;
    const auto compete = [&] {
        for (std::size_t done = 0; done < each_count;) {
            ledger::Append append = append_of({draft_of("contested")});
            append.expectations = {{"contested", store.stream_version("contested").value_or(0)}};
            const auto appended = store.append(std::move(append));
            if (appended)
                ++done;
            else if (appended.error().code != ledger::Code::conflict)
                return;
        }
    };
    std::vector<std::thread> threads;
    for (std::size_t count = 0; count < thread_count; ++count) threads.emplace_back(compete);
    for (std::thread& thread : threads) thread.join();
    CHECK(must(store.head()).size == start + thread_count * each_count);
    CHECK(must(store.stream_version("contested")) == thread_count * each_count);
    check_whole(store);
}

inline void contract_of_checkpoints(ledger::Store& store) {
    must(store.append(append_of({draft_of("a"), draft_of("a"), draft_of("a")})));
    const std::uint64_t size = must(store.head()).size;
    CHECK(!must(store.checkpoint(size)));
    const auto root = must(store.head()).root;
    const auto refused =
        store.append(append_of_event(ledger::CheckpointSigned{size + 1, root, "too early"}));
    CHECK(error_of(refused).reason == "size-out-of-range");
    must(store.append(append_of_event(ledger::CheckpointSigned{size - 1, root, "older\n"})));
    const std::string newer = "a\n3\nb\n\n\u2014 a AAAAAAAAAAAA\n";
    must(store.append(append_of_event(ledger::CheckpointSigned{size, root, newer})));
    CHECK(!must(store.checkpoint(size - 2)));
    CHECK(must(store.checkpoint(size - 1)) == "older\n");
    CHECK(must(store.checkpoint(size)) == newer);
    ledger::CheckpointWitnessed witnessed{size, root, ledger::WitnessKind::folder, "/w", {},
                                          {},   {}};
    must(store.append(append_of_event(witnessed)));
    CHECK(must(store.checkpoint(1'000'000)) == newer);
    witnessed.kind = ledger::WitnessKind::cosigner;
    const std::string by_one = "\u2014 w.example/1 AAAAAAAAAAAA";
    const std::string by_two = "\u2014 w.example/2 AAAAAAAAAAAA";
    for (const std::string& line : {by_one, by_one, by_two, std::string{"no signature"}, by_one}) {
        witnessed.cosignature = line;
        must(store.append(append_of_event(witnessed)));
    }
    CHECK(must(store.checkpoint(1'000'000)) == newer + by_one + "\n" + by_two + "\n");
    CHECK(must(store.checkpoint(size - 1)) == "older\n");
    check_whole(store);
}

inline void contract_of_subtrees(ledger::Store& store) {
    std::vector<ledger::Draft> drafts;
    for (int count = 0; count < 700; ++count) drafts.push_back(draft_of("a"));
    must(store.append(append_of(std::move(drafts))));
    const ledger::Head head = must(store.head());
    const auto subtree = [&store](unsigned level, std::uint64_t index) {
        return store.subtree(level, index);
    };
    CHECK(must(ledger::root_at(head.size, subtree)) == head.root);
    CHECK(must(ledger::root_at(513, subtree)) == must(store.root_at(513)));
    const std::string line = must(store.lines(299, 1)).at(0);
    const auto proof = must(ledger::inclusion_proof(299, head.size, subtree));
    must(ledger::verify_inclusion(ledger::leaf_hash(line), 299, head.size, head.root, proof));
    CHECK(error_of(store.subtree(0, head.size)).reason == "size-out-of-range");
    CHECK(error_of(store.subtree(9, head.size >> 9U)).reason == "size-out-of-range");
    CHECK(error_of(store.subtree(64, 0)).reason == "size-out-of-range");
}

inline void store_contract(ledger::Store& store, adapters::memory::Clock& clock) {
    SECTION("positions and versions are gapless, in the order of the appends") {
        contract_of_order(store);
    }
    SECTION("an event is kept as it was given, in its context") { contract_of_what_is_kept(store); }
    SECTION("it can be read in parts, by position and by stream") { contract_of_reading(store); }
    SECTION("a stream that does not end as expected is a conflict") {
        contract_of_expectations(store);
    }
    SECTION("an append repeated answers its old position") { contract_of_repeats(store); }
    SECTION("an id stands for one event") { contract_of_reused_ids(store); }
    SECTION("an append is all or nothing") { contract_of_all_or_nothing(store); }
    SECTION("recorded time goes on, whatever the clock does") { contract_of_time(store, clock); }
    SECTION("content is stored with its append") { contract_of_content(store); }
    SECTION("a signed checkpoint is kept, with its cosignatures") {
        contract_of_checkpoints(store);
    }
    SECTION("every complete subtree has its hash") { contract_of_subtrees(store); }
    SECTION("submissions are appended in their order") { contract_of_submissions(store); }
    SECTION("threads compete, and every append is there once") { contract_of_threads(store); }
}

}  // namespace tests
