#include "tools/varve/foreign_words.hpp"

#include <array>
#include <utility>

namespace tools::varve {

namespace {

using Meaning = std::pair<std::string_view, std::string_view>;

constexpr std::array meanings{
    Meaning{"up", "varve run"},
    Meaning{"migrate", "varve run"},
    Meaning{"apply", "varve run"},
    Meaning{"deploy", "varve run"},
    Meaning{"update", "varve run"},
    Meaning{"down", "varve rollback"},
    Meaning{"undo", "varve rollback"},
    Meaning{"revert", "varve rollback"},
    Meaning{"goto", "varve run --to V, or varve rollback --to V"},
    Meaning{"info", "varve status"},
    Meaning{"version", "varve status, or varve --version"},
    Meaning{"log", "varve history"},
    Meaning{"create", "varve new"},
    Meaning{"add", "varve new"},
    Meaning{"generate", "varve new"},
    Meaning{"lint", "varve validate"},
    Meaning{"plan", "varve dry-run"},
    Meaning{"diff", "varve dry-run"},
    Meaning{"force", "varve recover, or a person's decision: varve resolve"},
    Meaning{"repair", "varve recover, or a person's decision: varve resolve"},
    Meaning{"unlock", "not needed: a lock ends with its session (varve status, varve recover)"},
    Meaning{"help", "varve --help, or varve VERB --help"},
    Meaning{"stamp", "varve baseline, or varve resolve V --mark-applied"},
};

}  // namespace

std::string instead_of(std::string_view word) {
    constexpr std::string_view all = "varve --help lists the verbs";
    for (const auto& [foreign, ours] : meanings)
        if (foreign == word)
            return "what others call \"" + std::string{word} + "\" is here: " + std::string{ours} +
                   "; " + std::string{all};
    return std::string{all};
}

}  // namespace tools::varve
