#include "tools/varve/fixes.hpp"

#include "adapters/files/durable_file.hpp"
#include "adapters/files/folder_reader.hpp"
#include "commands/prove_fix.hpp"
#include "migrations/encoding.hpp"
#include "migrations/rules/edited.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

namespace tools::varve {

using ledger::Result;

namespace {

bool has_fix(const std::vector<migrations::Diagnostic>& findings, const std::string& file) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const auto& finding) { return finding.fix && finding.file == file; });
}

// The script, before placeholders were replaced, is a piece of its file, the whole or a section,
// beginning with a line.
bool is_piece_of(std::string_view file, const migrations::Script& script) {
    std::size_t begin = 0;
    for (std::uint32_t line = 1; line < script.first_line; ++line) {
        begin = file.find('\n', begin);
        if (begin == std::string_view::npos) return false;
        ++begin;
    }
    return file.substr(begin, script.file_text().size()) == script.file_text();
}

// Lines end as those of the file do.
std::vector<migrations::SuggestedEdit> as_file_ends_lines(
    std::string_view file, std::vector<migrations::SuggestedEdit> edits) {
    const std::size_t end = file.find('\n');
    if (end == std::string_view::npos || end == 0 || file[end - 1] != '\r') return edits;
    for (migrations::SuggestedEdit& edit : edits)
        for (std::size_t at = 0; (at = edit.text.find('\n', at)) != std::string::npos; at += 2)
            edit.text.insert(at, 1, '\r');
    return edits;
}

// Byte order mark, other sections, line ends: all but the edits stays as it is.
Result<void> write(const FixOrder& order, const migrations::Script& script,
                   const std::vector<migrations::SuggestedEdit>& edits, const Console& console) {
    const auto path =
        order.folder.empty() ? std::filesystem::path{script.path} : order.folder / script.path;
    const migrations::SourceFile file = adapters::files::read_one(path);
    const std::string_view text = migrations::without_byte_order_mark(file.bytes);
    std::optional<std::string> fixed;
    if (file.error.empty() && is_piece_of(text, script))
        fixed = migrations::rules::edited(text, 1, as_file_ends_lines(text, edits));
    if (!fixed) {
        console.note("note: " + path.string() +
                     " is not written, since its text is not the file as it stands");
        return {};
    }
    fixed->insert(0, file.bytes, 0, file.bytes.size() - text.size());
    if (auto written = adapters::files::rewrite_durably(path, *fixed); !written) return written;
    console.line("fixed  " + path.string());
    order.fixed.push_back(path.string());
    console.note("note: what is said of " + path.string() +
                 " is about the text as it was; validate it again");
    return {};
}

}  // namespace

Result<void> settle_fixes(const FixOrder& order, const migrations::Script& script,
                          std::vector<migrations::Diagnostic>& findings, const Console& console) {
    if (!has_fix(findings, script.path)) return {};
    constexpr const char* without_history = "a script before it fails";
    if (!order.broken.empty()) {
        commands::leave_unproven(findings, script.path, without_history);
        return {};
    }
    const auto fixed =
        commands::prove_fixes(order.shadow, {order.history, {}, true}, script, findings);
    if (!fixed && fixed.error().reason == "shadow-history") {
        order.broken = fixed.error().detail;
        console.note("note: from " + script.path + " on no fix can be proven: " + order.broken);
        commands::leave_unproven(findings, script.path, without_history);
        return {};
    }
    if (!fixed) return ledger::fail(fixed.error());
    if (fixed->empty() || !order.write) return {};
    return write(order, script, *fixed, console);
}

}  // namespace tools::varve
