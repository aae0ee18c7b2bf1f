#include "ledger/checkpoint.hpp"
#include "ledger/note.hpp"
#include "ledger/tree.hpp"
#include "tests/ledger/vectors.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>

using namespace ledger;
using tests::must;

namespace {

// A log's request to a witness, and the HTTP status that it got.
struct Exchange {
    std::uint64_t old_size{};
    std::vector<Digest> proof;
    std::string note;
    int status{};
};

Exchange exchange_of(const std::string& body, int status) {
    std::istringstream in{body};
    std::string line;
    Exchange exchange;
    exchange.status = status;
    std::getline(in, line);
    REQUIRE(line.starts_with("old "));
    exchange.old_size = std::stoull(line.substr(4));
    while (std::getline(in, line) && !line.empty())
        exchange.proof.push_back(tests::digest_of_base64(line));
    while (std::getline(in, line)) exchange.note += line + '\n';
    return exchange;
}

// Each is between two fences, followed by "HTTP <status>".
std::vector<Exchange> exchanges_of(const std::string& transcript) {
    const std::string begin = "add-checkpoint\n```\n";
    const std::string end = "```\nHTTP ";
    std::vector<Exchange> exchanges;
    for (std::size_t at = transcript.find(begin); at != transcript.npos;
         at = transcript.find(begin, at)) {
        at += begin.size();
        const std::size_t stop = transcript.find(end, at);
        const int status = std::stoi(transcript.substr(stop + end.size(), 3));
        exchanges.push_back(exchange_of(transcript.substr(at, stop - at), status));
    }
    return exchanges;
}

// As https://c2sp.org/tlog-witness has it, of one log; `seen` is what it has signed last.
int answer(const Exchange& exchange, const Verifier& log, Checkpoint& seen) {
    const Result<Note> note = note_from_text(exchange.note);
    if (!note) return 403;
    const Checkpoint checkpoint = must(checkpoint_from_text(note->text));
    if (checkpoint.origin != log.name || !verify_note(*note, std::vector{log})) return 403;
    if (exchange.old_size != seen.size) return 409;
    if (seen.size > 0 &&
        !verify_consistency(seen.size, seen.root, checkpoint.size, checkpoint.root, exchange.proof))
        return 422;
    seen = checkpoint;
    return 200;
}

}  // namespace

TEST_CASE("torchwood: a witness made of our parts answers as litewitness does") {
    if (tests::vectors_are_absent()) return;
    const std::string transcript = tests::vector_text("torchwood-witness/litewitness.txt");
    const std::string option = "add-sigsum-log -key=";
    const std::string key =
        tests::bytes_of_hex(transcript.substr(transcript.find(option) + option.size(), 64));
    const std::vector<Exchange> exchanges = exchanges_of(transcript);
    REQUIRE(exchanges.size() == 9);
    Verifier log{must(note_from_text(exchanges[0].note)).signatures.at(0).name, {}};
    std::copy(key.begin(), key.end(), log.key.bytes.begin());
    Checkpoint seen;
    for (const Exchange& exchange : exchanges)
        CHECK(answer(exchange, log, seen) == exchange.status);
    CHECK(seen.size == 5);
}
