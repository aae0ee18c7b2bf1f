#include "tools/varve/foreign_words.hpp"

#include <array>
#include <utility>

namespace tools::varve {

namespace {

using Meaning = std::pair<std::string_view, std::string_view>;

constexpr std::string_view empties =
    "nowhere, since nothing empties a database; varve rollback --to 0 undoes every migration that "
    "has a down script";

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
    Meaning{"diff", "varve dry-run for what is pending; schemas are not compared"},
    Meaning{"drift",
            "varve dry-run, which holds files, ledger and markers against each other; what "
            "was made in the database by hand is not looked for"},
    Meaning{"check", "varve validate"},
    Meaning{"current", "varve status"},
    Meaning{"list", "varve status"},
    Meaning{"pending", "varve status"},
    Meaning{"downgrade", "varve rollback"},
    Meaning{"upgrade", "varve run"},
    Meaning{"redo", "varve rollback, then varve run"},
    Meaning{"reset", empties},
    Meaning{"clean", empties},
    Meaning{"drop", empties},
    Meaning{"squash",
            "a new file in the place of the old ones, and two decisions (varve resolve): "
            "docs/runbook.md, difference-missing"},
    Meaning{"seed", "a migration that inserts the rows: varve new NAME"},
    Meaning{"dump", "pg_dump's business; what the ledger says was run: varve replay --sql"},
    Meaning{"load", "psql's business"},
    Meaning{"backup", "varve ledger backup, of the ledger alone"},
    Meaning{"restore", "varve ledger restore, of the ledger alone"},
    Meaning{"audit", "varve history, or varve export evidence"},
    Meaning{"force", "varve recover, or a person's decision: varve resolve"},
    Meaning{"repair", "varve recover, or a person's decision: varve resolve"},
    Meaning{"unlock", "not needed: a lock ends with its session (varve status, varve recover)"},
    Meaning{"help", "varve --help, or varve VERB --help"},
    Meaning{"stamp", "varve baseline, or varve resolve V --mark-applied"},
};

constexpr std::array flags{
    Meaning{"--dry-run", "varve dry-run, a verb"},
    Meaning{"--dryrun", "varve dry-run, a verb"},
    Meaning{"--plan", "varve dry-run, a verb"},
    Meaning{"--json", "--format json"},
    Meaning{"--force", "a flag for each thing that may be overridden: varve VERB --help"},
    Meaning{"--database", "--url, or --env"},
    Meaning{"--db", "--url, or --env"},
    Meaning{"--dir", "--migrations"},
    Meaning{"--path", "--migrations"},
    Meaning{"--target", "--env; of run, a version is --to"},
};

}  // namespace

std::string instead_of_flag(std::string_view flag) {
    flag = flag.substr(0, flag.find('='));
    for (const auto& [foreign, ours] : flags)
        if (foreign == flag)
            return "what others call " + std::string{flag} + " is here: " + std::string{ours};
    return "";
}

std::string instead_of(std::string_view word) {
    constexpr std::string_view all = "varve --help lists the verbs";
    for (const auto& [foreign, ours] : meanings)
        if (foreign == word)
            return "what others call \"" + std::string{word} + "\" is here: " + std::string{ours} +
                   "; " + std::string{all};
    return std::string{all};
}

}  // namespace tools::varve
