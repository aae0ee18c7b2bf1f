#include "adapters/rocksdb/refusal.hpp"

#include <array>
#include <string_view>

namespace adapters::rocksdb {

namespace {

struct Refusal {
    std::string_view words;
    std::string_view help;
};

constexpr std::array refusals{
    Refusal{"Too many open files", "let this process open more files: ulimit -n"},
    Refusal{"Cannot allocate memory", "give this process more memory"},
    Refusal{"Permission denied", "run it as the user to whom the ledger's folder belongs"},
};

}  // namespace

std::optional<ledger::Error> refusal_in(const std::string& detail) {
    for (const Refusal& refusal : refusals)
        if (detail.find(refusal.words) != std::string::npos)
            return ledger::Error{ledger::Code::unavailable, "ledger-unreachable", detail,
                                 std::string{refusal.help}};
    return std::nullopt;
}

}  // namespace adapters::rocksdb
