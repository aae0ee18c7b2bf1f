// migrations/rules/diagnose.hpp: findings as diagnostics of a file: placed, weighed, accepted.
//
// Weight   hazards are errors, hygiene warnings, advice notes, unless the policy says otherwise. A
//          lock or a rewrite of a table that is known to be small is a warning, where nothing that
//          is larger is read under it. A rule whose findings would be left out is not asked.
// Accepts  a finding that a "-- varve: allow" before or in its statement names; one that names no
//          rule, or accepts nothing, is said.
#pragma once

#include "migrations/diagnostic.hpp"
#include "migrations/rules/judge.hpp"
#include "migrations/rules/policy.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migrations::rules {

struct JudgedFile {
    std::string_view text;  // UTF-8, placeholders replaced
    std::string file;
    std::uint32_t first_line{1};
    std::map<std::string, std::string> allowed{};  // by rule: why, as the configuration says
    bool leaves_out_notes{};  // but for what is accepted: where nobody reads them
    bool has_no_secrets{};    // somebody has looked; else it is looked for them
};

// Whether there are findings of that name that can be accepted.
[[nodiscard]] bool is_acceptable(std::string_view rule);

// `parsed`: of the file's text; without it, it is parsed here.
[[nodiscard]] std::vector<Diagnostic> diagnose(const JudgedFile& file, ParsedScript parsed,
                                               const Circumstances& circumstances,
                                               const Policy& policy, Schema& schema);
[[nodiscard]] std::vector<Diagnostic> diagnose(const JudgedFile& file,
                                               const Circumstances& circumstances,
                                               const Policy& policy, Schema& schema);

}  // namespace migrations::rules
