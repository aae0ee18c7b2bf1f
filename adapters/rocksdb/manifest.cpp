#include "adapters/rocksdb/manifest.hpp"

#include "adapters/rocksdb/folder.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace adapters::rocksdb {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::string_view first_line = "# varve backup 1\n";

tl::unexpected<ledger::Error> backup_damaged(std::string detail) {
    return fail(Code::corrupt, "backup-damaged", std::move(detail),
                "use another backup, or the follower's copy; this one is not to be trusted");
}

template <class Number>
std::optional<Number> number_from(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

// One line, without its end, taken from the front; nothing where it has no end.
std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

// The fields of the lines that begin with "# ", and the files of those that do not.
class ManifestReader {
public:
    bool take(std::string_view line) {
        if (!line.starts_with("# ")) return take_file(line);
        line.remove_prefix(2);
        const std::size_t space = line.find(' ');
        if (space == line.npos) return false;
        const std::string_view value = line.substr(space + 1);
        return take_field(line.substr(0, space), value);
    }
    [[nodiscard]] bool is_whole() const { return seen_ == 5 && !bytes_; }
    [[nodiscard]] const Manifest& manifest() const { return manifest_; }

private:
    bool take_file(std::string_view line) {
        const auto digest = ledger::digest_from_hex(line.substr(0, 64));
        if (!digest || !bytes_ || line.size() < 67 || line.substr(64, 2) != "  ") return false;
        const std::string path{line.substr(66)};
        // It is read below the backup's folder, and copied: never above it.
        const bool is_below =
            path == "anchor" || (path.starts_with("events/") && path.find('/', 7) == path.npos);
        if (!is_below || path == "events/..") return false;
        manifest_.files.push_back({path, *bytes_, *digest});
        bytes_.reset();
        return true;
    }
    bool take_field(std::string_view name, std::string_view value) {
        if (name == "|") {
            manifest_.checkpoint = manifest_.checkpoint.value_or("").append(value).append("\n");
            return true;
        }
        if (name == "bytes") {
            const bool is_next = !bytes_;
            bytes_ = number_from<std::uint64_t>(value);
            return is_next && bytes_;
        }
        ++seen_;
        if (name == "ledger") return set(manifest_.ledger, ledger::uuid_from_text(value));
        if (name == "size") return set(manifest_.size, number_from<std::uint64_t>(value));
        if (name == "root") return set(manifest_.root, ledger::digest_from_hex(value));
        if (name == "made_at_us")
            return set(manifest_.made_at_us, number_from<std::int64_t>(value));
        if (name == "tool") return set(manifest_.tool, std::optional{std::string{value}});
        return false;
    }
    template <class Value>
    static bool set(Value& place, const std::optional<Value>& value) {
        if (value) place = *value;
        return value.has_value();
    }

    Manifest manifest_;
    std::optional<std::uint64_t> bytes_;
    int seen_{};
};

}  // namespace

std::uint64_t byte_count(const Manifest& manifest) {
    std::uint64_t count = 0;
    for (const CopiedFile& file : manifest.files) count += file.byte_count;
    return count;
}

std::string to_text(const Manifest& manifest) {
    std::string text{first_line};
    text += "# ledger " + ledger::to_text(manifest.ledger) + "\n";
    text += "# size " + std::to_string(manifest.size) + "\n";
    text += "# root " + ledger::hex(manifest.root) + "\n";
    text += "# made_at_us " + std::to_string(manifest.made_at_us) + "\n";
    text += "# tool " + manifest.tool + "\n";
    std::string_view note = manifest.checkpoint ? *manifest.checkpoint : std::string_view{};
    while (const auto line = take_line(note)) text.append("# | ").append(*line).append("\n");
    for (const CopiedFile& file : manifest.files) {
        text += "# bytes " + std::to_string(file.byte_count) + "\n";
        text += ledger::hex(file.digest) + "  " + file.path + "\n";
    }
    return text + "# end " + ledger::hex(ledger::sha256(text)) + "\n";
}

Result<Manifest> manifest_from_text(std::string_view text) {
    const std::size_t end = text.rfind("# end ");
    const std::string_view body = text.substr(0, end);
    if (end == text.npos || text.substr(end) != "# end " + ledger::hex(ledger::sha256(body)) + "\n")
        return backup_damaged("its manifest is not whole");
    if (!body.starts_with(first_line)) return backup_damaged("its manifest is of an unknown form");
    std::string_view left = body.substr(first_line.size());
    ManifestReader reader;
    while (const auto line = take_line(left))
        if (!reader.take(*line))
            return backup_damaged("its manifest has a line of an unknown form");
    if (!reader.is_whole() || !left.empty()) return backup_damaged("its manifest is not whole");
    return reader.manifest();
}

Result<Manifest> read_manifest(const std::filesystem::path& backup) {
    const auto text = read_file(manifest_of(backup));
    if (!text) return fail(text.error());
    if (!*text)
        return fail(Code::refused, "not-a-backup", backup.string() + " has no manifest",
                    "name a folder that `varve ledger backup` has made");
    auto manifest = manifest_from_text(**text);
    if (!manifest) return backup_damaged(backup.string() + ": " + manifest.error().detail);
    return manifest;
}

namespace {

bool is_of_copy(const std::string& path) {
    return (path == "anchor" || path.starts_with("events/")) && path != "events/LOCK";
}

Result<void> check_size(const std::filesystem::path& backup, const std::string& path,
                        const std::map<std::string, std::uint64_t>& named) {
    std::error_code error;
    const auto status = std::filesystem::symlink_status(backup / path, error);
    if (!is_of_copy(path) || status.type() == std::filesystem::file_type::not_found) return {};
    const auto found = named.find(path);
    if (found == named.end())
        return backup_damaged(backup.string() + ": its manifest does not name the file " + path);
    if (!std::filesystem::is_regular_file(status) ||
        std::filesystem::file_size(backup / path, error) != found->second)
        return backup_damaged(backup.string() + ": the file " + path + " was changed");
    return {};
}

// Before any of it is read: what was put there may be endless.
Result<void> check_sizes(const std::filesystem::path& backup, const Manifest& manifest) {
    std::map<std::string, std::uint64_t> named;
    for (const CopiedFile& file : manifest.files) named.emplace(file.path, file.byte_count);
    if (auto fits = check_size(backup, "anchor", named); !fits) return fits;
    std::error_code error;
    std::filesystem::directory_iterator entry{backup / "events", error};
    for (; !error && entry != std::filesystem::directory_iterator{}; entry.increment(error))
        if (auto fits = check_size(backup, "events/" + entry->path().filename().string(), named);
            !fits)
            return fits;
    if (!error || error == std::errc::no_such_file_or_directory) return {};
    return backup_damaged(backup.string() + ": its events cannot be listed: " + error.message());
}

}  // namespace

Result<std::vector<CopiedFile>> files_of_copy(const std::filesystem::path& folder) {
    auto files = files_below(folder);
    if (!files) return files;
    std::erase_if(*files, [](const CopiedFile& file) { return !is_of_copy(file.path); });
    return files;
}

Result<void> check_files(const std::filesystem::path& backup, const Manifest& manifest) {
    if (auto sizes = check_sizes(backup, manifest); !sizes) return sizes;
    for (const CopiedFile& file : manifest.files) {
        const auto bytes = read_file(backup / file.path);
        if (!bytes) return fail(bytes.error());
        if (!*bytes)
            return backup_damaged(backup.string() + ": the file " + file.path + " is gone");
        if ((*bytes)->size() != file.byte_count || ledger::sha256(**bytes) != file.digest)
            return backup_damaged(backup.string() + ": the file " + file.path + " was changed");
    }
    return {};
}

}  // namespace adapters::rocksdb
