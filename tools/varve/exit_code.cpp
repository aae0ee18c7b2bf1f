#include "tools/varve/exit_code.hpp"

#include <array>
#include <string_view>

namespace tools::varve {

namespace {

// Where the code of the error does not say it: what is refused exits with refused, and so on.
constexpr std::string_view usage_reasons[] = {
    "usage",
    "configuration-invalid",
    "configuration-missing",
    "working-folder-missing",
    "environment-unknown",
    "url-missing",
    "target-url-invalid",
    "ledger-missing",
    "ledger-exists",
    "not-a-ledger",
    "not-a-backup",
    "destination-unfit",
    "migrations-missing",
    "migrations-not-a-folder",
    "migrations-unreadable",
    "layout-unknown",
    "layout-unrecognised",
    "layout-foreign",
    "version-unknown",
    "version-ambiguous",
    "version-not-applied",
    "reason-missing",
    "resolution-unfit",
    "nothing-to-resolve",
    "event-unknown",
    "content-unknown",
    "position-beyond-end",
    "target-unknown",
    "nothing-to-review",
    "pooler-found",
    "file-exists",
    "file-unreadable",
    "key-missing",
    "checkpoint-unknown",
    "checkpoint-unfit",
    "passphrase-missing",
    "passphrase-wrong",
    "witness-exists",
    "witness-missing",
    "witness-logs-malformed",
    "address-invalid",
    "http-url-invalid",
    "import-tool-unknown",
    "import-unsupported",
    "import-table-missing",
    "import-ambiguous",
};

struct ExitOfReason {
    std::string_view reason;
    ExitCode code;
};

constexpr std::array by_reason{
    ExitOfReason{"approval-missing", ExitCode::approval_missing},
    ExitOfReason{"loss-unaccepted", ExitCode::integrity},
    ExitOfReason{"difference-changed", ExitCode::integrity},
    ExitOfReason{"difference-missing", ExitCode::integrity},
    ExitOfReason{"difference-behind", ExitCode::integrity},
    ExitOfReason{"difference-ahead", ExitCode::integrity},
    ExitOfReason{"difference-cloned", ExitCode::integrity},
    ExitOfReason{"resumed-script-changed", ExitCode::integrity},
    ExitOfReason{"import-digest-differs", ExitCode::integrity},
    ExitOfReason{"import-contradicts", ExitCode::integrity},
    ExitOfReason{"lock-not-obtained", ExitCode::lock},
    ExitOfReason{"ledger-locked", ExitCode::lock},
    ExitOfReason{"witness-busy", ExitCode::lock},
    ExitOfReason{"target-unreachable", ExitCode::unreachable},
};

}  // namespace

ExitCode exit_code_of(const ledger::Error& error) {
    if (error.reason == "interrupted") return ExitCode::interrupted;
    if (error.reason == "terminated") return ExitCode::terminated;
    for (const std::string_view reason : usage_reasons)
        if (reason == error.reason) return ExitCode::usage;
    for (const auto& [reason, code] : by_reason)
        if (reason == error.reason) return code;
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
