#include "tools/varve/outside.hpp"

#include "commands/compare_witnesses.hpp"
#include "commands/held_note.hpp"
#include "commands/prove.hpp"
#include "commands/recorded_witnesses.hpp"
#include "commands/sign_checkpoint.hpp"
#include "ledger/accepted_loss.hpp"
#include "ledger/json_place.hpp"
#include "tools/varve/environments.hpp"
#include "tools/varve/http_witnesses.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/signing.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <string_view>
#include <system_error>
#include <utility>

namespace tools::varve {

using adapters::rocksdb::Known;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::size_t lines_at_once = 1'000;

// Those that some event of the copy names.
Result<void> take_out_named(const ledger::Reader& copy,
                            std::map<std::string, std::uint64_t>& attempts) {
    for (std::uint64_t position = 0; !attempts.empty(); position += lines_at_once) {
        const auto lines = copy.lines(position, lines_at_once);
        if (!lines) return fail(lines.error());
        for (const std::string& line : *lines)
            std::erase_if(attempts, [&line](const auto& attempt) {
                return line.find(attempt.first) != line.npos;
            });
        if (lines->size() < lines_at_once) break;
    }
    return {};
}

class Asking {
public:
    Asking(const ledger::Reader& copy, ledger::Head head, ledger::SigningKeys keys,
           std::vector<ledger::AcceptedLoss> losses, commands::RecordedWitnesses memory,
           const Console& console)
        : copy_(copy),
          head_(head),
          keys_(std::move(keys)),
          losses_(std::move(losses)),
          memory_(std::move(memory)),
          console_(console) {}

    Result<void> environment(const NamedEnvironment& environment);
    void folder(const Configuration& configuration);
    Result<void> far_ones(const Configuration& configuration);
    Result<void> weigh(const std::string& by, const Result<std::optional<std::uint64_t>>& taken);
    Result<std::optional<std::uint64_t>> taken_of(commands::CheckpointWitness& witness,
                                                  const commands::PublishedCheckpoint& newest);

    Outside outside;

private:
    Result<void> markers(const std::string& name, const Configuration& configuration);
    Result<void> weigh(const std::string& name, const std::vector<commands::Marker>& markers);
    void checkpoints(const std::string& by, commands::CheckpointWitness& witness);
    void take(const std::string& by, const commands::HeldCheckpoint& held);
    void not_asked(const std::string& who, const std::string& why);

    const ledger::Reader& copy_;
    ledger::Head head_;
    ledger::SigningKeys keys_;
    std::vector<ledger::AcceptedLoss> losses_;
    commands::RecordedWitnesses memory_;
    const Console& console_;
};

void Asking::not_asked(const std::string& who, const std::string& why) {
    console_.warn(who + " could not be asked what it has seen: " + why);
    auto& unasked = outside.unasked;
    if (std::find(unasked.begin(), unasked.end(), who) == unasked.end()) unasked.push_back(who);
}

void Asking::take(const std::string& by, const commands::HeldCheckpoint& held) {
    const auto ours = commands::expect_ours(held, keys_.origin(), keys_.counting(held.size));
    if (ours) {
        outside.known.push_back({by, head_.ledger, held.size, held.root, held.seen_at_us});
        return;
    }
    const std::string what = by + ": one of " + std::to_string(held.size) +
                             " events is not this ledger's word (" + ours.error().detail + ")";
    // A key may have been added after the copy was made: the copy cannot tell.
    if (ours.error().reason == "note-unverified" && held.size > head_.size)
        not_asked(by, what + ", or is signed by a key that is newer than the copy");
    else
        console_.warn(what + "; nothing is believed of it");
}

void Asking::checkpoints(const std::string& by, commands::CheckpointWitness& witness) {
    const auto all = witness.all(head_.ledger);
    if (!all) return not_asked(by, all.error().detail);
    for (const commands::HeldCheckpoint& held : *all) take(by, held);
}

// An attempt is made after the ledger has the size that its marker tells: what is smaller than the
// copy is in it, and what the copy does not know was an event beyond that size.
Result<void> Asking::weigh(const std::string& name, const std::vector<commands::Marker>& markers) {
    std::map<std::string, std::uint64_t> attempts;  // with the largest size that is told of one
    for (const commands::Marker& marker : markers)
        if (marker.ledger == head_.ledger && marker.ledger_size >= head_.size &&
            ledger::loss_of(marker.ledger_size + 1, marker.applied_at_us, losses_) == nullptr) {
            std::uint64_t& size = attempts[ledger::to_text(marker.attempt)];
            // No ledger has more: somebody has written that, and the attempt alone counts.
            if (marker.ledger_size < ledger::json_integer_max)
                size = std::max(size, marker.ledger_size);
        }
    if (auto named = take_out_named(copy_, attempts); !named) return named;
    std::uint64_t size = head_.size + attempts.size();
    for (const auto& [attempt, before] : attempts) size = std::max(size, before + 1);
    outside.known.push_back({"target " + name, head_.ledger, size, {}, {}});
    if (!attempts.empty())
        console_.warn("target " + name + " names attempts that the copy does not know, " +
                      std::to_string(attempts.size()) + " of them: the ledger had at least " +
                      std::to_string(size) + " events");
    return {};
}

Result<void> Asking::markers(const std::string& name, const Configuration& configuration) {
    const auto connect = connector(configuration);
    if (!connect) {
        not_asked("target " + name, connect.error().detail);
        return {};
    }
    const auto database = (*connect)();
    const auto markers = database ? (*database)->markers()
                                  : Result<std::vector<commands::Marker>>{fail(database.error())};
    if (markers) return weigh(name, *markers);
    not_asked("target " + name, markers.error().detail);
    return {};
}

Result<void> Asking::environment(const NamedEnvironment& environment) {
    const std::string& name = environment.name;
    if (!environment.configuration) {
        not_asked("target " + name, environment.configuration.error().detail);
        return {};
    }
    const Configuration target = where_its_rows_are(*environment.configuration, memory_);
    if (auto asked = markers(name, target); !asked) return asked;
    const auto& unasked = outside.unasked;
    if (std::find(unasked.begin(), unasked.end(), "target " + name) != unasked.end()) return {};
    for (const auto& witness : all_witnesses(target))
        if (witness->kind() == ledger::WitnessKind::target)
            checkpoints("checkpoints of target " + name, *witness);
    return {};
}

void Asking::folder(const Configuration& configuration) {
    if (!configuration.checkpoints_folder) return;
    const std::string by = "checkpoints in " + configuration.checkpoints_folder->string();
    std::error_code ignored;
    if (!std::filesystem::is_directory(*configuration.checkpoints_folder, ignored))
        return not_asked(by, "there is no such folder");
    for (const auto& witness : all_witnesses(configuration))
        if (witness->kind() == ledger::WitnessKind::folder) checkpoints(by, *witness);
}

// It tells a size and no time: of one that an accepted loss has had too, whether that was before or
// after the loss is not known.
Result<void> Asking::weigh(const std::string& by,
                           const Result<std::optional<std::uint64_t>>& taken) {
    if (!taken && taken.error().reason == "witness-contradicts" && losses_.empty())
        return fail(ledger::Code::corrupt, "restore-contradicted", by + ": " + taken.error().detail,
                    "it is a copy of something else: nothing was restored. Name another copy, or "
                    "another place");
    if (!taken)
        not_asked(by, taken.error().detail);
    else if (*taken && **taken > head_.size && ledger::loss_of(**taken, std::nullopt, losses_))
        not_asked(by, "it has cosigned " + std::to_string(**taken) +
                          " events: those of an accepted loss, or later ones");
    else if (*taken)
        outside.known.push_back({by, head_.ledger, **taken, {}, {}});
    return {};
}

// That it has cosigned fewer than the copy has does not say that they are the same.
Result<std::optional<std::uint64_t>> Asking::taken_of(commands::CheckpointWitness& witness,
                                                      const commands::PublishedCheckpoint& newest) {
    auto taken = witness.taken_size(newest);
    if (!taken || !*taken) return taken;
    if (auto same = commands::expect_same_history(witness, copy_, **taken); !same)
        return fail(same.error());
    return taken;
}

// Shown the copy's newest checkpoint, a witness tells what it has cosigned since.
Result<void> Asking::far_ones(const Configuration& configuration) {
    const HttpWitnesses far = named_http_witnesses(configuration, copy_);
    for (const auto& [kind, problem] : far.problems)
        if (kind == ledger::WitnessKind::cosigner) not_asked("a witness", problem.detail);
    const auto newest = commands::newest_checkpoint(copy_);
    if (!newest) return fail(newest.error());
    for (const auto& witness : far.witnesses) {
        if (witness->kind() != ledger::WitnessKind::cosigner) continue;
        const std::string by = "witness " + witness->name();
        if (!*newest) {
            not_asked(by, "the copy has no signed checkpoint to ask it with");
            continue;
        }
        if (auto weighed = weigh(by, taken_of(*witness, **newest)); !weighed) return weighed;
    }
    return {};
}

}  // namespace

Result<Outside> ask_outside(const ledger::Reader& copy, const Flags& flags,
                            const Configuration& configuration, const Console& console) {
    const auto head = copy.head();
    if (!head) return fail(head.error());
    auto keys = commands::read_signing_keys(copy);
    if (!keys) return fail(keys.error());
    auto losses = ledger::accepted_losses(copy);
    if (!losses) return fail(losses.error());
    auto memory = commands::RecordedWitnesses::read(copy);
    if (!memory) return fail(memory.error());
    Asking asking{copy, *head, std::move(*keys), std::move(*losses), std::move(*memory), console};
    const auto environments = every_environment(flags, configuration);
    for (const NamedEnvironment& environment : environments)
        if (auto asked = asking.environment(environment); !asked) return fail(asked.error());
    asking.folder(configuration);
    if (auto asked = asking.far_ones(configuration); !asked) return fail(asked.error());
    if (environments.empty() && !configuration.checkpoints_folder &&
        configuration.checkpoint_witnesses.empty())
        asking.outside.unasked.emplace_back(
            "anybody (no target, no checkpoints.folder and no witness is configured)");
    return std::move(asking.outside);
}

}  // namespace tools::varve
