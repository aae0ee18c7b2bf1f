#include "tools/varve/server_version.hpp"

#include <charconv>

namespace tools::varve {

ledger::Result<std::uint32_t> server_version_number(const std::string& text) {
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    const char* end = text.data() + text.size();
    auto [at, fault] = std::from_chars(text.data(), end, major);
    bool fine = fault == std::errc{} && major >= 8 && major < 100;
    if (fine && at != end && *at == '.') {
        const auto rest = std::from_chars(at + 1, end, minor);
        fine = rest.ec == std::errc{} && minor < 100;
        at = rest.ptr;
    }
    // Before 10 it was the second number that told one version from the next: 9.6.24.
    if (fine && major < 10 && at != end && *at == '.') {
        std::uint32_t patch = 0;
        const auto rest = std::from_chars(at + 1, end, patch);
        fine = rest.ec == std::errc{};
        at = rest.ptr;
    }
    if (!fine || at != end)
        return ledger::fail(ledger::Code::refused, "usage",
                            "\"" + text + "\" is no version of PostgreSQL",
                            "write it as \"15\" or \"15.4\"");
    return major < 10 ? major * 10'000 + minor * 100 : major * 10'000 + minor;
}

}  // namespace tools::varve
