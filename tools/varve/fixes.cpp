#include "tools/varve/fixes.hpp"

#include "adapters/files/durable_file.hpp"
#include "commands/prove_fix.hpp"
#include "migrations/encoding.hpp"

#include <algorithm>

namespace tools::varve {

using ledger::Result;

namespace {

bool has_fix(const std::vector<migrations::Diagnostic>& findings, const std::string& file) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const auto& finding) { return finding.fix && finding.file == file; });
}

Result<void> write(const FixOrder& order, const migrations::Script& script, const std::string& text,
                   const Console& console) {
    const auto path =
        order.folder.empty() ? std::filesystem::path{script.path} : order.folder / script.path;
    if (migrations::without_byte_order_mark(script.bytes) != script.text) {
        console.note("note: " + path.string() +
                     " is not written, since its text is not the file as it stands");
        return {};
    }
    if (auto written = adapters::files::write_durably(path, text); !written) return written;
    console.line("fixed  " + path.string());
    return {};
}

}  // namespace

Result<void> settle_fixes(const FixOrder& order, const migrations::Script& script,
                          std::vector<migrations::Diagnostic>& findings, const Console& console) {
    if (!has_fix(findings, script.path)) return {};
    const auto fixed =
        commands::prove_fixes(order.shadow, {order.history, "UTC", true}, script, findings);
    if (!fixed) return ledger::fail(fixed.error());
    if (!*fixed || !order.write) return {};
    return write(order, script, **fixed, console);
}

}  // namespace tools::varve
