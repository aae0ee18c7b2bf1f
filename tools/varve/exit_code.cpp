#include "tools/varve/exit_code.hpp"

#include <map>
#include <string_view>

namespace tools::varve {

namespace {

// Where the code of the error does not say it: what is refused exits with refused, and so on.
const std::map<std::string_view, ExitCode>& by_reason() {
    static const std::map<std::string_view, ExitCode> codes{
        {"usage", ExitCode::usage},
        {"configuration-invalid", ExitCode::usage},
        {"configuration-missing", ExitCode::usage},
        {"environment-unknown", ExitCode::usage},
        {"url-missing", ExitCode::usage},
        {"target-url-invalid", ExitCode::usage},
        {"ledger-missing", ExitCode::usage},
        {"ledger-exists", ExitCode::usage},
        {"not-a-ledger", ExitCode::usage},
        {"migrations-missing", ExitCode::usage},
        {"migrations-not-a-folder", ExitCode::usage},
        {"migrations-unreadable", ExitCode::usage},
        {"layout-unknown", ExitCode::usage},
        {"layout-unrecognised", ExitCode::usage},
        {"layout-foreign", ExitCode::usage},
        {"version-unknown", ExitCode::usage},
        {"version-ambiguous", ExitCode::usage},
        {"version-not-applied", ExitCode::usage},
        {"reason-missing", ExitCode::usage},
        {"resolution-unfit", ExitCode::usage},
        {"nothing-to-resolve", ExitCode::usage},
        {"event-unknown", ExitCode::usage},
        {"content-unknown", ExitCode::usage},
        {"position-beyond-end", ExitCode::usage},
        {"target-unknown", ExitCode::usage},
        {"nothing-to-review", ExitCode::usage},
        {"pooler-found", ExitCode::usage},
        {"file-exists", ExitCode::usage},
        {"key-unknown", ExitCode::usage},
        {"passphrase-missing", ExitCode::usage},
        {"passphrase-wrong", ExitCode::usage},
        {"import-tool-unknown", ExitCode::usage},
        {"import-table-missing", ExitCode::usage},
        {"import-ambiguous", ExitCode::usage},
        {"approval-missing", ExitCode::approval_missing},
        {"difference-changed", ExitCode::integrity},
        {"difference-missing", ExitCode::integrity},
        {"difference-behind", ExitCode::integrity},
        {"difference-ahead", ExitCode::integrity},
        {"difference-cloned", ExitCode::integrity},
        {"resumed-script-changed", ExitCode::integrity},
        {"import-digest-differs", ExitCode::integrity},
        {"import-contradicts", ExitCode::integrity},
        {"lock-not-obtained", ExitCode::lock},
        {"ledger-locked", ExitCode::lock},
        {"target-unreachable", ExitCode::unreachable},
    };
    return codes;
}

}  // namespace

ExitCode exit_code_of(const ledger::Error& error) {
    if (error.reason == "interrupted") return ExitCode::interrupted;
    if (error.reason == "terminated") return ExitCode::terminated;
    if (const auto found = by_reason().find(error.reason); found != by_reason().end())
        return found->second;
    switch (error.code) {
        case ledger::Code::in_doubt:
            return ExitCode::in_doubt;
        case ledger::Code::corrupt:
            return ExitCode::integrity;
        case ledger::Code::refused:
            return ExitCode::refused;
        case ledger::Code::conflict:
        case ledger::Code::unavailable:
            return ExitCode::error;
    }
    return ExitCode::error;
}

}  // namespace tools::varve
