#include "ledger/checkpoint.hpp"

#include "ledger/base64.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>

namespace ledger {

namespace {

tl::unexpected<Error> checkpoint_malformed(std::string detail) {
    return fail(Code::corrupt, "checkpoint-malformed", std::move(detail));
}

tl::unexpected<Error> cosignature_bad(std::string detail) {
    return fail(Code::corrupt, "cosignature-bad", std::move(detail),
                "do not count this witness for this checkpoint");
}

std::optional<std::uint64_t> size_from(std::string_view digits) {
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
    const bool padded = digits.size() > 1 && digits.starts_with('0');
    if (error != std::errc{} || end != digits.data() + digits.size() || padded) return std::nullopt;
    return size;
}

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    for (std::size_t end = text.find('\n'); end != text.npos; end = text.find('\n')) {
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    return lines;
}

}  // namespace

std::string to_text(const Checkpoint& checkpoint) {
    const std::string root{checkpoint.root.bytes.begin(), checkpoint.root.bytes.end()};
    std::string text =
        checkpoint.origin + '\n' + std::to_string(checkpoint.size) + '\n' + base64(root) + '\n';
    for (const std::string& extension : checkpoint.extensions) text += extension + '\n';
    return text;
}

Result<Checkpoint> checkpoint_from_text(std::string_view text) {
    if (!text.ends_with('\n'))
        return checkpoint_malformed("the checkpoint does not end with a newline");
    const std::vector<std::string_view> lines = split_lines(text);
    if (lines.size() < 3) return checkpoint_malformed("the checkpoint has fewer than three lines");
    if (std::any_of(lines.begin(), lines.end(), [](auto line) { return line.empty(); }))
        return checkpoint_malformed("the checkpoint has an empty line");
    const std::optional<std::uint64_t> size = size_from(lines[1]);
    if (!size) return checkpoint_malformed("the checkpoint's second line is no size");
    const std::optional<std::string> root = from_base64(lines[2]);
    if (!root || root->size() != 32)
        return checkpoint_malformed("the checkpoint's third line is no root");
    Checkpoint checkpoint{std::string{lines[0]}, *size, {}, {lines.begin() + 3, lines.end()}};
    std::copy(root->begin(), root->end(), checkpoint.root.bytes.begin());
    return checkpoint;
}

Result<std::uint64_t> verify_cosignature(std::string_view checkpoint_text,
                                         const Signature& signature, const Verifier& witness) {
    constexpr auto time_max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (signature.name != witness.name ||
        signature.key_id != key_id(witness, SignatureType::cosignature))
        return cosignature_bad("\"" + signature.name + "\" is not this witness");
    if (signature.bytes.size() != 72)
        return cosignature_bad("the cosignature of \"" + witness.name + "\" has another length");
    std::uint64_t time_s = 0;
    for (const char byte : signature.bytes.substr(0, 8))
        time_s = time_s << 8 | static_cast<std::uint8_t>(byte);
    std::array<std::uint8_t, 64> bytes{};
    std::copy_n(signature.bytes.begin() + 8, bytes.size(), bytes.begin());
    const std::string message =
        "cosignature/v1\ntime " + std::to_string(time_s) + '\n' + std::string{checkpoint_text};
    if (time_s > time_max || !verify_signature(witness.key, message, bytes))
        return cosignature_bad("the cosignature of \"" + witness.name + "\" does not hold");
    return time_s;
}

}  // namespace ledger
