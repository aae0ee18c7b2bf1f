#include "commands/find_version.hpp"

#include "migrations/version.hpp"

#include <algorithm>
#include <optional>

namespace commands {

using ledger::Code;
using ledger::fail;
using ledger::Result;
using ledger::Version;

namespace {

constexpr std::size_t candidates_named_max = 5;

bool same_number(std::string_view left, std::string_view right) {
    const auto one = migrations::number_of(left);
    const auto other = migrations::number_of(right);
    return one && other && migrations::compare_dotted(*one, *other) == std::strong_ordering::equal;
}

std::string listed(const std::vector<Version>& versions) {
    std::string text;
    for (std::size_t index = 0; index < versions.size() && index < candidates_named_max; ++index)
        text += (index == 0 ? "\"" : ", \"") + versions[index].text + "\"";
    return text + (versions.size() > candidates_named_max ? ", ..." : "");
}

}  // namespace

Result<Version> find_version(const Version& said, const std::vector<Version>& among) {
    if (std::find(among.begin(), among.end(), said) != among.end()) return said;
    std::vector<Version> found;
    for (const Version& version : among)
        if (same_number(said.text, version.text)) found.push_back(version);
    if (found.size() == 1) return found.front();
    if (found.empty())
        return fail(Code::refused, "version-unknown", "there is no migration \"" + said.text + "\"",
                    "varve status lists the versions");
    return fail(Code::refused, "version-ambiguous", "\"" + said.text + "\" may be " + listed(found),
                "give the version as it is spelled");
}

}  // namespace commands
