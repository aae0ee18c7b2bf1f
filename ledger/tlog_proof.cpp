#include "ledger/tlog_proof.hpp"

#include "ledger/base64.hpp"
#include "ledger/tree.hpp"

#include <algorithm>
#include <charconv>

namespace ledger {

namespace {

constexpr std::string_view inclusion_header = "c2sp.org/tlog-proof@v1";
constexpr std::size_t proof_bytes_max = std::size_t{1} << 20;
constexpr std::size_t path_length_max = 63;

tl::unexpected<Error> proof_malformed(std::string detail) {
    return fail(Code::corrupt, "proof-malformed", std::move(detail),
                "get the file again from whoever made it");
}

std::string path_text(const std::vector<Digest>& path) {
    std::string text;
    for (const Digest& hash : path)
        text +=
            base64({reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()}) + '\n';
    return text;
}

// Takes the lines of a proof one after the other.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_{text} {}

    // Nothing where the text ends before the line does.
    std::optional<std::string_view> next() {
        const std::size_t end = rest_.find('\n');
        if (end == rest_.npos) return std::nullopt;
        const std::string_view line = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return line;
    }
    // The rest of a line that begins with `word` and a space; the line stays where it does not.
    std::optional<std::string_view> after(std::string_view word) {
        if (!rest_.starts_with(word) || !rest_.substr(word.size()).starts_with(' '))
            return std::nullopt;
        auto line = next();
        if (line) line->remove_prefix(word.size() + 1);
        return line;
    }
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
};

std::optional<std::uint64_t> number_from(std::optional<std::string_view> digits) {
    std::uint64_t number = 0;
    if (!digits) return std::nullopt;
    const char* const end = digits->data() + digits->size();
    const auto [stop, error] = std::from_chars(digits->data(), end, number);
    const bool is_padded = digits->size() > 1 && digits->front() == '0';
    if (error != std::errc{} || stop != end || is_padded) return std::nullopt;
    return number;
}

// The hashes up to an empty line, and past it.
Result<std::vector<Digest>> read_path(Lines& lines) {
    std::vector<Digest> path;
    for (auto line = lines.next(); !line || !line->empty(); line = lines.next()) {
        if (!line) return proof_malformed("the proof has no checkpoint");
        const auto bytes = from_base64(*line);
        if (!bytes || bytes->size() != 32)
            return proof_malformed("\"" + std::string{line->substr(0, 60)} +
                                   "\" is no hash in base64");
        if (path.size() == path_length_max)
            return proof_malformed("the proof has more than 63 hashes");
        std::copy(bytes->begin(), bytes->end(), path.emplace_back().bytes.begin());
    }
    return path;
}

Result<Proven> verify_checkpoint(const std::string& text, std::span<const Verifier> known) {
    const auto note = note_from_text(text);
    if (!note) return fail(note.error());
    auto names = verify_note(*note, known);
    if (!names) return fail(names.error());
    auto checkpoint = checkpoint_from_text(note->text);
    if (!checkpoint) return fail(checkpoint.error());
    return Proven{std::move(*checkpoint), std::move(*names)};
}

}  // namespace

std::string to_text(const TlogProof& proof) {
    std::string text{inclusion_header};
    text += '\n';
    if (proof.extra) text += "extra " + base64(*proof.extra) + '\n';
    text += "index " + std::to_string(proof.index) + '\n';
    return text + path_text(proof.path) + '\n' + proof.checkpoint;
}

std::string to_text(const TlogConsistency& proof) {
    return "old " + std::to_string(proof.old_size) + '\n' + path_text(proof.path) + '\n' +
           proof.checkpoint;
}

Result<TlogProof> tlog_proof_from_text(std::string_view text) {
    if (text.size() > proof_bytes_max) return proof_malformed("a proof of more than 1 MiB");
    Lines lines{text};
    if (lines.next() != inclusion_header)
        return proof_malformed("the first line is not " + std::string{inclusion_header});
    TlogProof proof;
    if (const auto extra = lines.after("extra")) {
        proof.extra = from_base64(*extra);
        if (!proof.extra) return proof_malformed("its extra data is not base64");
    }
    const auto index = number_from(lines.after("index"));
    if (!index) return proof_malformed("it has no line \"index <number>\"");
    proof.index = *index;
    auto path = read_path(lines);
    if (!path) return fail(path.error());
    proof.path = std::move(*path);
    proof.checkpoint = lines.rest();
    if (const auto note = note_from_text(proof.checkpoint); !note) return fail(note.error());
    return proof;
}

Result<TlogConsistency> tlog_consistency_from_text(std::string_view text) {
    if (text.size() > proof_bytes_max) return proof_malformed("a proof of more than 1 MiB");
    Lines lines{text};
    const auto old_size = number_from(lines.after("old"));
    if (!old_size) return proof_malformed("the first line is not \"old <size>\"");
    auto path = read_path(lines);
    if (!path) return fail(path.error());
    TlogConsistency proof{*old_size, std::move(*path), std::string{lines.rest()}};
    if (const auto note = note_from_text(proof.checkpoint); !note) return fail(note.error());
    return proof;
}

Result<Proven> verify(const TlogProof& proof, const Digest& leaf, std::span<const Verifier> known) {
    auto proven = verify_checkpoint(proof.checkpoint, known);
    if (!proven) return proven;
    const Checkpoint& checkpoint = proven->checkpoint;
    auto holds = verify_inclusion(leaf, proof.index, checkpoint.size, checkpoint.root, proof.path);
    if (!holds) return fail(holds.error());
    return proven;
}

Result<Proven> verify(const TlogConsistency& proof, const Digest& old_root,
                      std::span<const Verifier> known) {
    auto proven = verify_checkpoint(proof.checkpoint, known);
    if (!proven) return proven;
    const Checkpoint& checkpoint = proven->checkpoint;
    auto holds =
        verify_consistency(proof.old_size, old_root, checkpoint.size, checkpoint.root, proof.path);
    if (!holds) return fail(holds.error());
    return proven;
}

}  // namespace ledger
