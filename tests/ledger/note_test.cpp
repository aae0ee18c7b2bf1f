#include "ledger/note.hpp"

#include "ledger/base64.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <rapidcheck.h>

using namespace ledger;
using tests::error_of;
using tests::must;

namespace {

Signer signer_of(const std::string& name) { return must(Signer::generate(name)); }

Note signed_by(const Signer& signer, const std::string& text = "hello\n\nworld\n") {
    return must(sign_note(text, signer));
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a note is verified by the key that signed it, after a trip as text") {
    const Signer signer = signer_of("example.com/varve");
    const Note note = must(note_from_text(to_text(signed_by(signer))));
    CHECK(note.text == "hello\n\nworld\n");
    CHECK(must(verify_note(note, std::vector{signer.verifier()})) == Names{"example.com/varve"});
}

TEST_CASE("a note that was changed, or signed by nobody known, does not verify") {
    const Signer signer = signer_of("us");
    const Signer stranger = signer_of("them");
    Note note = signed_by(signer);
    CHECK(error_of(verify_note(note, std::vector{stranger.verifier()})).reason ==
          "note-unverified");
    CHECK(error_of(verify_note(note, {})).code == Code::refused);
    note.text[0] = 'j';
    const Error error = error_of(verify_note(note, std::vector{signer.verifier()}));
    CHECK(error.code == Code::corrupt);
    CHECK(error.reason == "note-signature-bad");
}

TEST_CASE("signatures of unknown keys are ignored, one bad signature of a known key is not") {
    const Signer us = signer_of("us");
    const Signer them = signer_of("them");
    const Signer also_us = signer_of("us");  // the same name, another key
    Note note = signed_by(us);
    note.signatures.push_back(signed_by(them).signatures[0]);
    note.signatures.push_back(signed_by(also_us).signatures[0]);
    note.signatures.push_back(note.signatures[0]);
    CHECK(must(verify_note(note, std::vector{us.verifier()})) == Names{"us"});
    CHECK(must(verify_note(note, std::vector{us.verifier(), them.verifier()})) ==
          Names{"us", "them"});
    note.signatures[1].bytes[5] ^= 1;
    CHECK(must(verify_note(note, std::vector{us.verifier()})) == Names{"us"});
    CHECK(error_of(verify_note(note, std::vector{us.verifier(), them.verifier()})).reason ==
          "note-signature-bad");
    note.signatures[1].bytes.pop_back();
    CHECK(!verify_note(note, std::vector{us.verifier(), them.verifier()}));
}

TEST_CASE("a note in another form is malformed") {
    const std::string line = "\u2014 us " + base64(std::string(68, 'x')) + "\n";
    CHECK(note_from_text("text\n\n" + line));
    const auto bad = std::vector<std::string>{
        "",
        "text\n",
        "text\n\n",
        "text\n" + line,
        "text\n\n" + line.substr(0, line.size() - 1),
        "text\n\n" + line + "\n",
        "text\n\nus " + line,
        "text\n\n- us AAAAAAAAAAA=\n",
        "text\n\n\u2014  AAAAAAAAAAA=\n",
        "text\n\n\u2014 us\n",
        "text\n\n\u2014 us AAAAAAAAAAA\n",
        "text\n\n\u2014 us AAAA\n",
        "text\n\n\u2014 us AAAAAAAAAAA= more\n",
        "text\n\n\u2014 u+s AAAAAAAAAAA=\n",
        "text\n\n\u2014 u\u00a0s AAAAAAAAAAA=\n",
        "te\rxt\n\n" + line,
        "te\xffxt\n\n" + line,
        std::string(1U << 20U, 'x') + "\n\n" + line,
    };
    for (const std::string& text : bad) {
        INFO(text.substr(0, 80));
        CHECK(error_of(note_from_text(text)).reason == "note-malformed");
    }
}

TEST_CASE("a note may have 64 signatures and no more") {
    std::string text = "text\n\n";
    for (int count = 0; count < 64; ++count) text += "\u2014 us AAAAAAAAAAA=\n";
    CHECK(must(note_from_text(text)).signatures.size() == 64);
    CHECK(!note_from_text(text + "\u2014 us AAAAAAAAAAA=\n"));
}

TEST_CASE("a note's text ends with a newline and has no control characters") {
    const Signer signer = signer_of("us");
    for (const char* text : {"", "hello", "tab\t\n", "\xff\n"})
        CHECK(error_of(sign_note(text, signer)).reason == "note-malformed");
}

TEST_CASE("keys are read back from their text") {
    const Signer signer = signer_of("example.com/varve");
    const std::string verifier = to_text(signer.verifier());
    CHECK(must(verifier_from_text(verifier)) == signer.verifier());
    const Signer again = must(Signer::from_text(signer.private_text()));
    CHECK(again.verifier() == signer.verifier());
    CHECK(again.private_text() == signer.private_text());
    CHECK(must(again.sign("x")) == must(signer.sign("x")));
}

TEST_CASE("a key of one type is not read as one of another") {
    const Verifier verifier = signer_of("us").verifier();
    CHECK(key_id(verifier) != key_id(verifier, SignatureType::cosignature));
    const std::string text = to_text(verifier, SignatureType::cosignature);
    CHECK(error_of(verifier_from_text(text)).reason == "key-malformed");
    CHECK(must(verifier_from_text(text, SignatureType::cosignature)) == verifier);
}

TEST_CASE("keys that were changed are malformed") {
    const Signer signer = signer_of("us");
    const std::string text = to_text(signer.verifier());
    for (const std::string& bad : {std::string{}, std::string{"us"}, "x" + text, text + "=",
                                   text.substr(0, text.size() - 1), "+" + text, text.substr(2)})
        CHECK(error_of(verifier_from_text(bad)).reason == "key-malformed");
    std::string secret = signer.private_text();
    CHECK(error_of(Signer::from_text(text)).reason == "key-malformed");
    CHECK(error_of(Signer::from_text(secret.substr(1))).reason == "key-malformed");
    secret[secret.size() - 5] = secret[secret.size() - 5] == 'A' ? 'B' : 'A';
    CHECK(error_of(Signer::from_text(secret)).reason == "key-malformed");
}

TEST_CASE("a key's name has no spaces, no plus and no control characters") {
    for (const char* name : {"", " ", "a b", "a+b", "a\nb", "a\u2003b", "\xff", "a\tb"})
        CHECK(error_of(Signer::generate(name)).reason == "key-name-invalid");
    CHECK(Signer::generate("caf\u00e9.example/log"));
}

TEST_CASE("a signer can be handed on, and its old place signs for it no more") {
    Signer first = signer_of("us");
    const auto signature = must(first.sign("x"));
    Signer second = std::move(first);
    CHECK(must(second.sign("x")) == signature);
    Signer third = signer_of("them");
    third = std::move(second);
    CHECK(must(third.sign("x")) == signature);
    CHECK(third.verifier().name == "us");
}

TEST_CASE("any text that can be signed is verified, and with one byte changed it is not") {
    const Signer signer = signer_of("us");
    CHECK(rc::check([&] {
        std::string text = *rc::gen::container<std::string>(rc::gen::inRange(' ', '~'));
        text += '\n';
        const Note note = must(note_from_text(to_text(must(sign_note(text, signer)))));
        RC_ASSERT(note.text == text);
        RC_ASSERT(verify_note(note, std::vector{signer.verifier()}).has_value());
        Note changed = note;
        changed.text[*rc::gen::inRange<std::size_t>(0, text.size())] ^= 1;
        RC_ASSERT(!verify_note(changed, std::vector{signer.verifier()}));
    }));
}
