#include "commands/witness.hpp"

#include "ledger/add_checkpoint.hpp"
#include "ledger/cosignature.hpp"
#include "ledger/tree.hpp"
#include "tests/ledger/vectors.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

namespace witness_test {

using commands::TrustedLog;
using ledger::Checkpoint;
using ledger::Digest;
using tests::error_of;
using tests::must;

namespace {

constexpr std::uint64_t noon_s = 1'800'000'000;

class Memory final : public commands::WitnessMemory {
public:
    bool breaks{};
    std::map<std::string, Checkpoint> kept;

    ledger::Result<std::optional<Checkpoint>> last(const std::string& origin) override {
        const auto found = kept.find(origin);
        return found == kept.end() ? std::optional<Checkpoint>{} : std::optional{found->second};
    }
    ledger::Result<void> remember(const Checkpoint& checkpoint) override {
        if (breaks) return ledger::fail(ledger::Code::unavailable, "full", "the disk is full");
        kept[checkpoint.origin] = checkpoint;
        return {};
    }
};

// A log of as many leaves as are asked for; `salt` makes another history.
class Log {
public:
    explicit Log(std::string name, std::string salt = "")
        : signer_{must(ledger::Signer::generate(std::move(name)))}, salt_{std::move(salt)} {}

    [[nodiscard]] const ledger::Verifier& verifier() const { return signer_.verifier(); }
    [[nodiscard]] Digest subtree(unsigned level, std::uint64_t index) const {
        ledger::Frontier tree;
        for (std::uint64_t at = index << level; at < (index + 1) << level; ++at)
            tree.append(ledger::leaf_hash(std::to_string(at) + salt_));
        return tree.root();
    }
    [[nodiscard]] std::string request(std::uint64_t old_size, std::uint64_t size) const {
        const auto hashes = [this](unsigned level, std::uint64_t index) {
            return ledger::Result<Digest>{subtree(level, index)};
        };
        const Checkpoint checkpoint{verifier().name, size, must(ledger::root_at(size, hashes)), {}};
        ledger::AddCheckpoint request{old_size, {}, {}};
        if (old_size > 0 && old_size < size)
            request.proof = must(ledger::consistency_proof(old_size, size, hashes));
        request.note = to_text(must(ledger::sign_note(to_text(checkpoint), signer_)));
        return to_text(request);
    }

private:
    ledger::Signer signer_;
    std::string salt_;
};

struct Stage {
    Log log{"example.com/log"};
    ledger::Signer witness{must(ledger::Signer::generate("witness.example.org/w"))};
    Memory memory;
    std::vector<TrustedLog> logs{{"example.com/log", {log.verifier()}}};

    commands::WitnessAnswer ask(const std::string& body) {
        return commands::handle_add_checkpoint(body, logs, memory, witness, noon_s);
    }
};

// A log's request to a witness, and the HTTP status that it got: each is between two fences,
// followed by "HTTP <status>".
std::vector<std::pair<std::string, int>> exchanges_of(const std::string& transcript) {
    const std::string begin = "add-checkpoint\n```\n";
    const std::string end = "```\nHTTP ";
    std::vector<std::pair<std::string, int>> exchanges;
    for (std::size_t at = transcript.find(begin); at != transcript.npos;
         at = transcript.find(begin, at)) {
        at += begin.size();
        const std::size_t stop = transcript.find(end, at);
        exchanges.emplace_back(transcript.substr(at, stop - at),
                               std::stoi(transcript.substr(stop + end.size(), 3)));
    }
    return exchanges;
}

std::string origin_of(const std::string& body) {
    const std::string note = must(ledger::add_checkpoint_from_text(body)).note;
    return note.substr(0, note.find('\n'));
}

}  // namespace

TEST_CASE("torchwood: the witness answers as litewitness does") {
    if (tests::vectors_are_absent()) return;
    const std::string transcript = tests::vector_text("torchwood-witness/litewitness.txt");
    const std::string option = "add-sigsum-log -key=";
    const std::string key =
        tests::bytes_of_hex(transcript.substr(transcript.find(option) + option.size(), 64));
    const auto exchanges = exchanges_of(transcript);
    REQUIRE(exchanges.size() == 9);
    ledger::Verifier log{origin_of(exchanges[0].first), {}};
    std::copy(key.begin(), key.end(), log.key.bytes.begin());
    Stage stage;
    stage.logs = {{log.name, {log}}};
    for (const auto& [body, status] : exchanges) {
        CAPTURE(body);
        // Later the protocol gave a log that is not known a status of its own.
        const int expected = origin_of(body) == log.name ? status : 404;
        CHECK(stage.ask(body).status == expected);
    }
    CHECK(stage.memory.kept.at(log.name).size == 5);
}

TEST_CASE("the witness cosigns what goes on consistently, and remembers it first") {
    Stage stage;
    const std::string body = stage.log.request(0, 3);
    const auto answer = stage.ask(body);
    REQUIRE(answer.status == 200);
    CHECK(answer.body.ends_with('\n'));
    const auto signature =
        must(ledger::signature_from_line(answer.body.substr(0, answer.body.size() - 1)));
    const auto note =
        must(ledger::note_from_text(must(ledger::add_checkpoint_from_text(body)).note));
    CHECK(must(ledger::verify_cosignature(note.text, signature, stage.witness.verifier())) ==
          noon_s);
    CHECK(stage.memory.kept.at("example.com/log").size == 3);
    CHECK(stage.ask(stage.log.request(3, 700)).status == 200);
    CHECK(stage.ask(stage.log.request(700, 700)).status == 200);
    CHECK(stage.memory.kept.at("example.com/log").size == 700);
}

TEST_CASE("the witness does not cosign what it cannot write down") {
    Stage stage;
    stage.memory.breaks = true;
    const auto answer = stage.ask(stage.log.request(0, 3));
    CHECK(answer.status == 500);
    CHECK(answer.body.find("\u2014") == std::string::npos);
}

TEST_CASE("the witness refuses with the status that says why") {
    Stage stage;
    REQUIRE(stage.ask(stage.log.request(0, 10)).status == 200);
    const auto behind = stage.ask(stage.log.request(4, 20));
    CHECK(behind.status == 409);
    CHECK(behind.content_type == "text/x.tlog.size");
    CHECK(behind.body == "10\n");
    CHECK(!behind.contradicts);
    CHECK(stage.ask(stage.log.request(10, 8)).status == 400);
    CHECK(stage.ask("").status == 400);
    CHECK(stage.ask("old 10\n").status == 400);
    CHECK(stage.ask("old 010\n\n" + stage.log.request(10, 20).substr(8)).status == 400);

    CHECK(stage.ask(Log{"example.com/other"}.request(0, 1)).status == 404);
    CHECK(stage.ask(Log{"example.com/log"}.request(10, 20)).status == 403);
    CHECK(stage.memory.kept.at("example.com/log").size == 10);
}

TEST_CASE("the witness sees a log that has two histories") {
    Stage stage;
    Log forked{"example.com/log", "another"};
    stage.logs[0].keys.push_back(forked.verifier());
    REQUIRE(stage.ask(stage.log.request(0, 10)).status == 200);
    const auto same_size = stage.ask(forked.request(10, 10));
    CHECK(same_size.status == 409);
    CHECK(same_size.contradicts);
    const auto longer = stage.ask(forked.request(10, 20));
    CHECK(longer.status == 422);
    CHECK(longer.contradicts);
    CHECK(stage.memory.kept.at("example.com/log").size == 10);
}

TEST_CASE("a request to a witness is read as strictly as it is written") {
    const Log log{"example.com/log"};
    const std::string body = log.request(3, 700);
    const auto request = must(ledger::add_checkpoint_from_text(body));
    CHECK(request.old_size == 3);
    CHECK(to_text(request) == body);
    std::string many = "old 3\n";
    for (int count = 0; count < 64; ++count)
        many += "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    for (const std::string& bad :
         {std::string{"old -1\n\n"}, std::string{"old 3 \n\n"}, std::string{"new 3\n\n"},
          std::string{"old 3\nAAAA\n\n"}, std::string{"old 99999999999999999999\n\n"}, many + "\n",
          "old 3\n\n" + std::string(70'000, 'x')}) {
        CAPTURE(bad.substr(0, 80));
        CHECK(error_of(ledger::add_checkpoint_from_text(bad)).reason == "request-malformed");
    }
}

}  // namespace witness_test
