#include "tools/varve/witness_checks.hpp"

#include "adapters/rocksdb/reader.hpp"
#include "commands/prove.hpp"
#include "commands/recorded_witnesses.hpp"
#include "commands/sign_checkpoint.hpp"
#include "ledger/accepted_loss.hpp"
#include "ledger/checked_reader.hpp"
#include "tools/varve/counted.hpp"
#include "tools/varve/environments.hpp"
#include "tools/varve/http_witnesses.hpp"
#include "tools/varve/signing.hpp"
#include "tools/varve/still_ledger.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <utility>

namespace tools::varve {

using adapters::rocksdb::Fault;
using commands::Agreement;
using commands::WitnessVerdict;
using ledger::fail;
using ledger::Result;

namespace {

struct Asked {
    std::unique_ptr<commands::CheckpointWitness> witness;
    std::string where;  // of a target, where it is not where the configuration says
};

void add_witnesses(const Configuration& configuration, const commands::RecordedWitnesses& memory,
                   std::vector<Asked>& all) {
    const Configuration target = where_its_rows_are(configuration, memory);
    std::string where;
    if (target.marker_schema != configuration.marker_schema)
        where = "asked in schema \"" + target.marker_schema +
                "\", where its rows are as the ledger says (marker_schema here is \"" +
                configuration.marker_schema + "\")";
    for (auto& witness : all_witnesses(target)) {
        const bool is_target = witness->kind() == ledger::WitnessKind::target;
        all.push_back({std::move(witness), is_target ? where : ""});
    }
}

void add_detail(WitnessVerdict& verdict, const std::string& detail) {
    if (!verdict.detail.empty() && !detail.empty()) verdict.detail += "; ";
    verdict.detail += detail;
}

// Those of the environment that was asked for, and the target of every other. One whose URL is not
// there is a witness that cannot be reached.
std::vector<Asked> every_witness(const Flags& flags, const Configuration& configuration,
                                 const commands::RecordedWitnesses& memory,
                                 std::vector<WitnessVerdict>& verdicts) {
    std::vector<Asked> witnesses;
    add_witnesses(configuration, memory, witnesses);
    for (const auto& [name, other] : every_environment(flags, configuration)) {
        if (!other)
            verdicts.push_back(
                {"target " + name, Agreement::unreachable, {}, {}, other.error().detail, {}});
        if (!other || (name == configuration.environment && configuration.url)) continue;
        Configuration target = *other;
        target.checkpoints_folder.reset();  // asked already
        add_witnesses(target, memory, witnesses);
    }
    return witnesses;
}

// The key that the configuration names for that witness.
std::optional<ledger::Verifier> verifier_of(const Configuration& configuration,
                                            const commands::CheckpointWitness& witness) {
    if (witness.kind() != ledger::WitnessKind::cosigner) return std::nullopt;
    for (const WitnessSettings& settings : configuration.checkpoint_witnesses) {
        auto verifier =
            ledger::verifier_from_text(settings.verifier, ledger::SignatureType::cosignature);
        if (verifier && verifier->name == witness.name()) return std::move(*verifier);
    }
    return std::nullopt;
}

// What a cosigner says itself of the size that it cosigned last, beyond what the ledger remembers.
class SizesAsked {
public:
    static Result<SizesAsked> begin(const Configuration& configuration) {
        SizesAsked asked{configuration.ledger};
        if (auto looked = asked.look(); !looked) return fail(looked.error());
        return asked;
    }

    Result<void> ask(commands::CheckpointWitness& witness, WitnessVerdict& verdict) {
        if (!newest_ || witness.kind() != ledger::WitnessKind::cosigner) return {};
        const auto taken = witness.taken_size(*newest_);
        if (!taken) {
            say(verdict, taken.error());
            return {};
        }
        if (!*taken) return {};
        // Somebody may have signed since the ledger was opened.
        if (**taken > newest_->size)
            if (auto looked = look(); !looked) return looked;
        weigh(witness, **taken, verdict);
        return {};
    }

private:
    explicit SizesAsked(std::filesystem::path ledger) : ledger_{std::move(ledger)} {}

    Result<void> look() {
        auto reader = adapters::rocksdb::Reader::open(ledger_);
        if (!reader) return fail(reader.error());
        reader_ = std::move(*reader);
        const auto head = reader_->head();
        if (!head) return fail(head.error());
        size_ = head->size;
        auto newest = commands::newest_checkpoint(*reader_);
        if (!newest) return fail(newest.error());
        newest_ = std::move(*newest);
        auto losses = ledger::accepted_losses(*reader_);
        if (!losses) return fail(losses.error());
        losses_ = std::move(*losses);
        return {};
    }

    static void say(WitnessVerdict& verdict, Agreement agreement, const std::string& detail) {
        verdict.agreement = agreement;
        add_detail(verdict, detail);
    }

    static void say(WitnessVerdict& verdict, const ledger::Error& problem) {
        if (problem.reason == "witness-contradicts")
            say(verdict, Agreement::contradicts, problem.detail);
        else
            say(verdict, Agreement::unreachable, "not asked now: " + problem.detail);
    }

    void weigh(commands::CheckpointWitness& witness, std::uint64_t taken,
               WitnessVerdict& verdict) const {
        const std::string seen = "it has cosigned " + counted(taken, "event");
        const auto* const loss = ledger::loss_of(taken, std::nullopt, losses_);
        // One that has taken what came after the loss was given is on this history.
        const bool is_before = loss != nullptr && verdict.size.value_or(0) <= loss->position;
        if (is_before)
            return say(verdict, Agreement::knows_lost,
                       seen + ", some of which are lost, as event " +
                           std::to_string(loss->position) +
                           " accepts: it refuses what came in their place, and another witness "
                           "has to take its place");
        if (taken > newest_->size) return weigh_later(seen, taken, verdict);
        if (taken != newest_->size)
            if (const auto same = commands::expect_same_history(witness, *reader_, taken); !same)
                return contradicted(taken, same.error(), verdict);
        if (taken < verdict.size.value_or(0))
            return say(verdict, Agreement::forgot,
                       seen +
                           " now, fewer than the ledger keeps a cosignature of: its memory was "
                           "lost or put back, or it is another one, and might cosign another "
                           "history");
        verdict.size = taken;
        verdict.agreement = taken == 0 ? Agreement::holds_nothing : Agreement::agrees;
    }

    // It cosigns nothing but what this ledger's keys have signed, and that was written down before
    // it was asked.
    void weigh_later(const std::string& seen, std::uint64_t taken, WitnessVerdict& verdict) const {
        verdict.position = std::min(taken, size_);
        say(verdict, Agreement::ahead,
            taken > size_
                ? seen + ": those from " + std::to_string(size_) +
                      " on are cut off, or this is an older copy of the ledger"
                : seen +
                      ", and no event says that a checkpoint of so many was signed: those from " +
                      std::to_string(taken) +
                      " on are cut off or were replaced, or this is an older copy of the ledger");
    }

    static void contradicted(std::uint64_t taken, const ledger::Error& problem,
                             WitnessVerdict& verdict) {
        if (problem.reason != "witness-contradicts") return say(verdict, problem);
        const std::uint64_t agreed = verdict.size.value_or(0);
        verdict.position = agreed < taken ? agreed : 0;
        say(verdict, Agreement::contradicts,
            "it has cosigned " + counted(taken, "event") +
                " of a history that is not this one: one of them was replaced, or the ledger "
                "was forked");
    }

    std::filesystem::path ledger_;
    std::unique_ptr<ledger::Reader> reader_;
    std::uint64_t size_{};
    std::optional<commands::PublishedCheckpoint> newest_;
    std::vector<ledger::AcceptedLoss> losses_;
};

// Those that take checkpoints by HTTP and do not show them again: their last word is here.
Result<void> add_far_ones(const Configuration& configuration, const ledger::Reader& reader,
                          const ledger::SigningKeys& keys,
                          const commands::RecordedWitnesses& memory,
                          std::vector<WitnessVerdict>& verdicts) {
    const HttpWitnesses far = named_http_witnesses(configuration, reader);
    auto sizes = SizesAsked::begin(configuration);
    if (!sizes) return fail(sizes.error());
    for (const auto& witness : far.witnesses) {
        auto verdict = commands::compare_with(*witness, reader, keys);
        if (!verdict) return fail(verdict.error());
        memory.add_last_word(*witness, verifier_of(configuration, *witness), *verdict);
        if (auto asked = sizes->ask(*witness, *verdict); !asked) return asked;
        verdicts.push_back(std::move(*verdict));
    }
    for (const auto& [kind, problem] : far.problems) {
        const bool is_webhook = kind == ledger::WitnessKind::webhook;
        verdicts.push_back({is_webhook ? "webhook" : "witness",
                            is_webhook ? Agreement::cannot_be_asked : Agreement::unreachable,
                            {},
                            {},
                            problem.detail,
                            {}});
    }
    return {};
}

std::string way_to_ask(const Configuration& configuration, const std::string& witness) {
    const std::string name = witness.substr(witness.find(' ') + 1);
    std::string way = "name it under [[checkpoints.witnesses]] again";
    if (witness.starts_with("folder "))
        way = "name it as checkpoints.folder again, or put its files into the one that is named";
    else if (witness.starts_with("target ") && configuration.environments.empty())
        way = "give its URL: --env " + name + " --url URL";
    else if (witness.starts_with("target "))
        way = "write its url under [environments." + name + "] again";
    return "nothing here says where it is: " + way + "; where it is gone for good, --without \"" +
           witness + "\" leaves it out";
}

Result<void> add_unasked(const Configuration& configuration,
                         const commands::RecordedWitnesses& memory, const WitnessRequest& request,
                         std::vector<WitnessVerdict>& verdicts) {
    std::set<std::string> asked;
    for (const WitnessVerdict& verdict : verdicts) asked.insert(verdict.witness);
    auto unasked = memory.not_asked(asked, verdicts);
    for (const std::string& left_out : request.without)
        if (std::ranges::find(unasked, left_out, &WitnessVerdict::witness) == unasked.end())
            return fail(ledger::Code::refused, "usage",
                        "--without \"" + left_out +
                            "\" is no witness that the ledger's events name and that was not asked",
                        "varve verify --witnesses names those, as they are to be written");
    // One whose place is named and cannot be read is told without a name, and may be any of them.
    std::erase_if(unasked, [&](const WitnessVerdict& each) {
        return asked.contains(each.witness.substr(0, each.witness.find(' ')));
    });
    for (WitnessVerdict& verdict : unasked) {
        if (std::ranges::find(request.without, verdict.witness) != request.without.end()) {
            verdict.agreement = Agreement::not_needed;
            add_detail(verdict, "left out, as --without says");
        }
        if (verdict.agreement == Agreement::not_named)
            add_detail(verdict, way_to_ask(configuration, verdict.witness));
        verdicts.push_back(std::move(verdict));
    }
    return {};
}

std::string slug_of(Agreement agreement) {
    switch (agreement) {
        case Agreement::ahead:
            return "tail-cut";
        case Agreement::contradicts:
            return "history-replaced";
        case Agreement::key_retired:
            return "checkpoint-key-retired";
        case Agreement::agrees:
        case Agreement::holds_nothing:
        case Agreement::knows_lost:
        case Agreement::signature_bad:
        case Agreement::forgot:
        case Agreement::unreachable:
        case Agreement::cannot_be_asked:
        case Agreement::not_named:
        case Agreement::not_needed:
            return "witness-changed";
    }
    return {};
}

struct Verdicts {
    std::vector<WitnessVerdict> all;
    std::uint64_t ledger_size{};
    bool differs{};  // one knows of events, or of a key, that the ledger may have got since
};

bool may_know_more(const WitnessVerdict& verdict) {
    return verdict.agreement == Agreement::ahead || verdict.agreement == Agreement::signature_bad;
}

Result<Verdicts> ask_once(const Flags& flags, const Configuration& configuration,
                          const WitnessRequest& request) {
    const auto reader = adapters::rocksdb::Reader::open(configuration.ledger);
    if (!reader) return fail(reader.error());
    const ledger::CheckedReader checked{**reader};
    const ledger::Reader& stored = **reader;
    const ledger::Reader& lines = request.is_read_anew ? checked : stored;
    const auto keys = commands::read_signing_keys(lines);
    if (!keys) return fail(keys.error());
    const auto memory = commands::RecordedWitnesses::read(lines);
    if (!memory) return fail(memory.error());
    std::vector<WitnessVerdict> verdicts;
    for (auto& [witness, where] : every_witness(flags, configuration, *memory, verdicts)) {
        auto verdict = commands::compare_with(*witness, **reader, *keys);
        if (!verdict) return fail(verdict.error());
        memory->add_missing(*witness, *verdict);
        add_detail(*verdict, where);
        verdicts.push_back(std::move(*verdict));
        witness.reset();  // a target's session: many targets may be of one server
    }
    if (auto added = add_far_ones(configuration, **reader, *keys, *memory, verdicts); !added)
        return fail(added.error());
    if (auto added = add_unasked(configuration, *memory, request, verdicts); !added)
        return fail(added.error());
    const auto head = (*reader)->head();
    if (!head) return fail(head.error());
    const bool differs = std::ranges::any_of(verdicts, may_know_more);
    return Verdicts{std::move(verdicts), head->size, differs};
}

}  // namespace

Result<std::vector<WitnessVerdict>> ask_witnesses(const Flags& flags,
                                                  const Configuration& configuration,
                                                  const WitnessRequest& request) {
    auto asked = look_until_still(configuration.ledger,
                                  [&] { return ask_once(flags, configuration, request); });
    if (!asked) return fail(asked.error());
    return std::move(asked->all);
}

std::vector<Fault> faults_of(const std::vector<WitnessVerdict>& verdicts, bool strict) {
    std::vector<Fault> faults;
    for (const WitnessVerdict& verdict : verdicts)
        if (commands::is_fault(verdict.agreement) ||
            (strict && verdict.agreement == Agreement::forgot))
            faults.push_back(
                {verdict.position, slug_of(verdict.agreement), verdict.detail, verdict.witness});
    return faults;
}

std::string to_line(const Console& console, const WitnessVerdict& verdict) {
    const Colour colour = commands::is_fault(verdict.agreement)    ? Colour::red
                          : verdict.agreement == Agreement::agrees ? Colour::green
                                                                   : Colour::yellow;
    std::string line =
        verdict.witness + " " + console.paint(colour, commands::agreement_text(verdict.agreement));
    if (verdict.size && verdict.agreement == Agreement::agrees)
        line += ", up to " + std::to_string(*verdict.size) + " events";
    if (!verdict.detail.empty()) line += ": " + verdict.detail;
    return line;
}

Json to_json(const std::vector<WitnessVerdict>& verdicts) {
    Json json = Json::array();
    for (const WitnessVerdict& verdict : verdicts)
        json.push_back({{"witness", verdict.witness},
                        {"verdict", commands::agreement_text(verdict.agreement)},
                        {"size", optional_json(verdict.size)},
                        {"position", optional_json(verdict.position)},
                        {"detail", verdict.detail}});
    return json;
}

}  // namespace tools::varve
