#include "ledger/add_checkpoint.hpp"

#include "ledger/base64.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace ledger {

namespace {

constexpr std::size_t proof_hashes_max = 63;
constexpr std::string_view old_word = "old ";

tl::unexpected<Error> request_malformed(std::string detail) {
    return fail(Code::corrupt, "request-malformed", std::move(detail),
                "send what https://c2sp.org/tlog-witness asks for: \"old <size>\", the hashes of "
                "the proof, an empty line, the signed checkpoint");
}

// The line at the front, taken off; nothing where no newline follows.
std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

std::optional<std::uint64_t> size_of_line(std::string_view line) {
    if (!line.starts_with(old_word)) return std::nullopt;
    line.remove_prefix(old_word.size());
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size);
    const bool is_padded = line.size() > 1 && line.front() == '0';
    if (error != std::errc{} || end != line.data() + line.size() || is_padded) return std::nullopt;
    return size;
}

}  // namespace

std::string to_text(const AddCheckpoint& request) {
    std::string text = std::string{old_word} + std::to_string(request.old_size) + '\n';
    for (const Digest& hash : request.proof)
        text += base64(std::string{hash.bytes.begin(), hash.bytes.end()}) + '\n';
    return text + '\n' + request.note;
}

Result<AddCheckpoint> add_checkpoint_from_text(std::string_view text) {
    if (text.size() > add_checkpoint_bytes_max)
        return request_malformed("a request of more than 64 KiB");
    const auto first = take_line(text);
    const auto old_size = first ? size_of_line(*first) : std::nullopt;
    if (!old_size) return request_malformed("the first line is not \"old <size>\"");
    AddCheckpoint request{*old_size, {}, {}};
    for (;;) {
        const auto line = take_line(text);
        if (!line) return request_malformed("no empty line ends the proof");
        if (line->empty()) break;
        const auto bytes = from_base64(*line);
        if (!bytes || bytes->size() != 32)
            return request_malformed("a line of the proof is no hash");
        if (request.proof.size() == proof_hashes_max)
            return request_malformed("a proof of more than 63 hashes");
        Digest hash;
        std::copy(bytes->begin(), bytes->end(), hash.bytes.begin());
        request.proof.push_back(hash);
    }
    request.note = text;
    return request;
}

}  // namespace ledger
