// A ledger that has had a second key, a witness and a redaction, in memory; what is gathered of it,
// and what somebody else's eyes, a program in Python, make of the archive.
#include "tools/varve/evidence.hpp"

#include "adapters/memory/clock.hpp"
#include "adapters/memory/store.hpp"
#include "ledger/base64.hpp"
#include "tests/support/folders.hpp"
#include "tests/support/must.hpp"
#include "tools/varve/evidence_bundle.hpp"
#include "tools/varve/evidence_documents.hpp"
#include "tools/varve/evidence_html.hpp"
#include "tools/varve/evidence_report.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

using commands::EvidenceScope;
using commands::EvidenceScopeKind;
using ledger::SignatureType;
using ledger::Signer;
using tests::must;
using tools::varve::Evidence;

namespace {

constexpr auto origin = "example.com/varve/test";
const std::string up = "CREATE TABLE secret ();\n";

std::string_view view(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

class Ledger {
public:
    adapters::memory::Clock clock;
    adapters::memory::Store store{clock, ledger::Uuid{{7}}};
    Signer first = must(Signer::generate(origin));
    Signer second = must(Signer::generate(origin));
    Signer witness = must(Signer::generate("witness.example.net"));

    Ledger() {
        add(ledger::LedgerCreated{1, "example.com", origin});
        add(ledger::KeyAdded{origin, "ed25519", first.verifier().key});
        ledger::MigrationRegistered registered;
        registered.version = {"1"};
        registered.name = "secret";
        registered.up = ledger::reference({up, "sql"});
        add(registered, "migration/1", {{up, "sql"}});
        sign(first);
        add(ledger::KeyAdded{origin, "ed25519", second.verifier().key});
        add(ledger::KeyRetired{origin, first.verifier().key, store.head()->size});
    }

    std::uint64_t add(ledger::Event event, std::string stream = "ledger",
                      std::vector<ledger::Content> contents = {}) {
        ledger::Append append;
        append.context.actor = {"somebody", ledger::ActorKind::person, "os-user", "host"};
        append.context.tool = "varve/0.1.0";
        append.drafts.push_back({std::move(stream), ledger::new_uuid(1'700'000'000'000),
                                 std::move(event), std::nullopt});
        append.contents = std::move(contents);
        return must(store.append(std::move(append))).first_position;
    }

    void sign(const Signer& signer) {
        const auto head = must(store.head());
        note_ = must(ledger::sign_note(
            ledger::to_text(ledger::Checkpoint{origin, head.size, head.root, {}}), signer));
        add(ledger::CheckpointSigned{head.size, head.root, ledger::to_text(note_)});
    }

    // The newest checkpoint, by the witness.
    void cosign() {
        const std::string time_s = "1700000000";
        const auto signature =
            must(witness.sign("cosignature/v1\ntime " + time_s + "\n" + note_.text));
        std::string bytes{view(ledger::key_id(witness.verifier(), SignatureType::cosignature))};
        for (int shift = 56; shift >= 0; shift -= 8)
            bytes += static_cast<char>(std::stoull(time_s) >> shift & 0xffU);
        bytes += view(signature);
        const auto checkpoint = must(ledger::checkpoint_from_text(note_.text));
        add(ledger::CheckpointWitnessed{
            checkpoint.size, checkpoint.root, ledger::WitnessKind::cosigner,
            witness.verifier().name,
            "\xe2\x80\x94 " + witness.verifier().name + " " + ledger::base64(bytes), witness_key(),
            1'700'000'000'000'000});
    }

    [[nodiscard]] std::string witness_key() const {
        return ledger::to_text(witness.verifier(), SignatureType::cosignature);
    }
    [[nodiscard]] ledger::Result<Evidence> gather() const {
        return tools::varve::gather_evidence(store, {EvidenceScopeKind::all, {}, {}, 0, 0}, false);
    }

private:
    ledger::Note note_;
};

// The exit code of tools/verify_evidence.py.
int verify(const Evidence& evidence, const ledger::Reader& reader, const std::string& words) {
    const std::filesystem::path path = std::filesystem::temp_directory_path() /
                                       ("varve-evidence-" + std::to_string(getpid()) + ".tar");
    std::filesystem::remove(path);
    auto archive = must(adapters::files::Archive::create(path, adapters::files::ArchiveFormat::tar,
                                                         evidence.recorded_at_us / 1'000'000));
    must(tools::varve::write_bundle(evidence, reader, archive));
    must(archive.finish());
    must(archive.publish());
    const std::string command = "python3 '" + tests::source_folder() +
                                "/tools/verify_evidence.py' '" + path.string() + "' " + words;
    const int status = std::system((command + " > /dev/null").c_str());
    std::filesystem::remove(path);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("evidence of a ledger with two keys and a witness names both, and is proved") {
    Ledger ledger;
    ledger.sign(ledger.second);
    ledger.cosign();
    const Evidence evidence = must(ledger.gather());
    REQUIRE(evidence.keys.size() == 2);
    CHECK(evidence.keys[0].until == 5);
    CHECK(!evidence.keys[1].until);
    CHECK(evidence.witnesses == std::vector{ledger.witness_key()});
    const std::string policy = tools::varve::policy_text(evidence);
    CHECK(policy == "log " + ledger::to_text(ledger.second.verifier()) + "\nwitness w1 " +
                        ledger.witness_key() + "\ngroup witnesses any w1\nquorum witnesses\n");
    CHECK(evidence.beyond.size() == 2);
    CHECK(tools::varve::completeness_sentences(evidence).back() ==
          "2 events recorded after the checkpoint was signed can only be covered by the next one: "
          "1 checkpoint-signed.1, 1 checkpoint-witnessed.1.");

    const auto key = [](const Signer& signer) {
        return "--key '" + ledger::to_text(signer.verifier()) + "' ";
    };
    CHECK(verify(evidence, ledger.store, key(ledger.second)) == 0);
    CHECK(verify(evidence, ledger.store,
                 key(ledger.second) + "--witness '" + ledger.witness_key() + "'") == 0);
    CHECK(verify(evidence, ledger.store, key(ledger.first)) == 3);  // retired: ask for the new
    const Signer other = must(Signer::generate("witness.example.net"));
    CHECK(verify(evidence, ledger.store,
                 key(ledger.second) + "--witness '" +
                     ledger::to_text(other.verifier(), SignatureType::cosignature) + "'") == 2);
}

TEST_CASE("evidence of redacted content lists it, and is proved without it") {
    Ledger ledger;
    const auto digest = ledger::sha256(up);
    ledger.store.forget(digest);
    const auto position = ledger.add(ledger::ContentRedacted{digest, up.size(), "sql", {2}});
    ledger.sign(ledger.second);
    const Evidence evidence = must(ledger.gather());
    REQUIRE(evidence.contents.contains(digest));
    CHECK(!evidence.contents.at(digest).bytes);
    CHECK(evidence.contents.at(digest).redacted_by == position);
    CHECK(tools::varve::completeness_text(evidence).find("\"redacted\"") != std::string::npos);
    const std::string report = tools::varve::report_html(evidence);
    CHECK(report.find("redacted by event " + std::to_string(position)) != std::string::npos);
    CHECK(report.find("CREATE TABLE secret") == std::string::npos);
    CHECK(verify(evidence, ledger.store, "") == 0);
}

TEST_CASE("evidence without the event that redacted its content is none") {
    Ledger ledger;
    ledger.sign(ledger.second);
    const auto digest = ledger::sha256(up);
    ledger.store.forget(digest);
    ledger.add(ledger::ContentRedacted{digest, up.size(), "sql", {2}});
    const auto refused = ledger.gather();
    REQUIRE(!refused);
    CHECK(refused.error().reason == "checkpoint-missing");
    CHECK(refused.error().detail.find("redacted by event 7") != std::string::npos);
    ledger.sign(ledger.second);
    CHECK(ledger.gather());
}

TEST_CASE("content that is gone, and no event says why, is named") {
    Ledger ledger;
    ledger.sign(ledger.second);
    CHECK(absent_contents(must(ledger.gather())).empty());
    ledger.store.forget(ledger::sha256(up));
    const Evidence evidence = must(ledger.gather());
    const auto absent = absent_contents(evidence);
    REQUIRE(absent.size() == 1);
    CHECK(absent[0]->reference.digest == ledger::sha256(up));
    CHECK(absent[0]->positions == std::vector<std::uint64_t>{2});
    CHECK(verify(evidence, ledger.store, "") == 2);
}

TEST_CASE("everything is what the newest checkpoint covers, however much came after it") {
    Ledger ledger;
    CHECK(must(ledger.gather()).checkpoint.size == 3);
    CHECK(verify(must(ledger.gather()), ledger.store, "") == 0);
    const EvidenceScope migration{EvidenceScopeKind::migration, {"2"}, {}, 0, 0};
    ledger::MigrationRegistered second;
    second.version = {"2"};
    second.up = ledger::reference({up, "sql"});
    ledger.add(second, "migration/2");
    CHECK(ledger.gather());
    CHECK(tools::varve::gather_evidence(ledger.store, migration, false).error().reason ==
          "checkpoint-missing");
}

TEST_CASE("a checkpoint that no good key has signed is no ground for evidence") {
    Ledger ledger;
    ledger.sign(ledger.first);  // retired by now
    CHECK(!ledger.gather());
    Ledger another;
    another.sign(must(Signer::generate(origin)));
    CHECK(!another.gather());
}

TEST_CASE("what is shown of others cannot become markup, whatever bytes it has") {
    using tools::varve::html_text;
    CHECK(html_text("<a href='x' title=\"y\">&</a>") ==
          "&lt;a href=&#39;x&#39; title=&quot;y&quot;&gt;&amp;&lt;/a&gt;");
    CHECK(html_text("a\n\tb\x1b[0m") == "a\n\tb[U+001B][0m");
    CHECK(html_text(std::string{"\xff\0", 2}).find('\xff') == std::string::npos);
    CHECK(html_text(std::string(20'000, '<')).size() == 80'000);
    CHECK(html_text("a\xe2\x80\xae"
                    "b\xe2\x81\xa6\xe2\x82\xac") == "a[U+202E]b[U+2066]\xe2\x82\xac");
    CHECK(html_text("a;\r\n\r\n-- b\rDROP TABLE c;\r\n") == "a;\n\n-- b[U+000D]\nDROP TABLE c;\n");
    CHECK(html_text("\xef\xbb\xbf"
                    "-- a\xe2\x80\xa8"
                    "b\xe2\x80\x8b\xc2\x85\xf3\xa0\x80\xa0") ==
          "[U+FEFF]-- a[U+2028]b[U+200B][U+0085][U+E0020]");
    const std::string seen =
        "Gr\xc3\xb6\xc3\x9f"
        "e \xe2\x9c\x94\xef\xb8\x8f \xf0\x9f\x98\x80";
    CHECK(html_text(seen) == seen);
    CHECK(tools::varve::html_pre("\na") == "<pre>\n\na</pre>\n");
}
