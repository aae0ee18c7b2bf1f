#include "ledger/digest.hpp"
#include "tools/varve/evidence_documents.hpp"
#include "tools/varve/time_text.hpp"

namespace tools::varve {

namespace {

constexpr const char* what_is_here = R"(
What is here

  report.html         the same for reading and printing
  checkpoint          the ledger's signed tree head (C2SP tlog-checkpoint), with cosignatures
  keys.txt            whose signatures count, from where to where
  policy              the same as a C2SP tlog-policy
  events/P.json       the event at position P: the stored line, exactly
  proofs/P.tlog-proof that it is in the tree which the checkpoint signs (C2SP tlog-proof)
  content/DIGEST      scripts, plans and texts that events name by their SHA-256
  tile/...            the whole tree's hashes, and lines (C2SP tlog-tiles)
  completeness.json   what is here, and how far it is complete
  control-map.json    which event answers which question of an audit framework
  events.jsonl        the events once more, decoded, a line each
  SHA256SUMS          digests of all other files: sha256sum --check SHA256SUMS
)";

constexpr const char* how_to_verify = R"(
How to verify

With verify_evidence.py (Python 3 and the openssl command, nothing else of Varve's). It is not in
the bundle: take tools/verify_evidence.py from the source of Varve, not from whoever is examined.

  python3 verify_evidence.py ARCHIVE --key 'VERIFIER' [--old FILE] [--digest SHA256]

VERIFIER is the ledger's key, as somebody other than the bundle's author gives it to you: without
it, only consistency is shown. SHA256 is the archive's digest; the ledger records it with every
export. FILE is a checkpoint that you have kept, as this bundle's file checkpoint: whoever has the
ledger's key could write its history anew and sign that, and only what was kept elsewhere tells.
It exits 0 (proved), 1 (tampered with), 2 (something is missing), 3 (cannot tell).

By hand, for one event:

  1. The leaf:     { printf '\0'; tr -d '\n' < events/P.json; } | sha256sum
  2. The path:     the base64 lines of proofs/P.tlog-proof are the sibling hashes from the leaf up.
                   Begin with i = P, n = size - 1 and the leaf. For each sibling s: where i is odd
                   or i = n, the hash becomes SHA-256(0x01 s hash), and where i was even both are
                   halved until i is odd or 0; else it becomes SHA-256(0x01 hash s). Then halve
                   i and n.
  3. The root:     what comes out is the third line of checkpoint, in base64.
  4. The signature, of the first three lines of checkpoint. VERIFIER is NAME+ID+KEY; a checkpoint
     may have several signatures, and each begins with the ID of its key:
       head -n 3 checkpoint > text
       sed -n '5,$s/.* //p' checkpoint | while read -r line; do
         printf %s "$line" | base64 -d > one
         id=$(head -c 4 one | od -An -tx1 | tr -d ' ')
         [ $id != ID ] || tail -c 64 one > signature
       done
       { printf '\060\052\060\005\006\003\053\145\160\003\041\000'
         printf %s KEY | base64 -d | tail -c 32; } > key.der
       openssl pkeyutl -verify -rawin -pubin -keyform DER -inkey key.der -in text -sigfile signature
  5. A script:     sha256sum content/DIGEST

The format is described in docs/ledger-format.md of Varve, enough to write a verifier from it alone.
Any tool that reads C2SP tlog-tiles, tlog-proof and signed notes can check the rest.
)";

}  // namespace

std::string readme_text(const Evidence& evidence) {
    std::string text = "Evidence from a migration ledger: " + scope_text(evidence.scope) + "\n\n";
    text += "  ledger      " + ledger::to_text(evidence.ledger) + "\n";
    text += "  origin      " + evidence.checkpoint.origin + "\n";
    text += "  checkpoint  " + std::to_string(evidence.checkpoint.size) + " events, up to " +
            instant_text(evidence.recorded_at_us) + "\n";
    text += "  root        " + ledger::hex(evidence.checkpoint.root) + "\n\n";
    for (const std::string& sentence : completeness_sentences(evidence)) text += sentence + "\n";
    return text + what_is_here + how_to_verify;
}

}  // namespace tools::varve
