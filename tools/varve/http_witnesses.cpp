#include "tools/varve/http_witnesses.hpp"

#include "adapters/http/cosigner.hpp"
#include "adapters/http/webhook.hpp"
#include "ledger/tree.hpp"
#include "projections/ledger_keys.hpp"
#include "tools/varve/passphrase.hpp"
#include "tools/varve/system.hpp"

#include <functional>
#include <utility>

namespace tools::varve {

using ledger::fail;
using ledger::Result;

namespace {

Result<std::string> address_of(const std::string& source, const std::string& what) {
    if (!source.starts_with("env:") && !source.starts_with("file:")) return source;
    const auto secret = read_secret(source);
    if (secret) return std::string{secret->view()};
    return fail(ledger::Code::unavailable, "witness-unreachable",
                "the address of " + what + " is not there: " + secret.error().detail,
                "set it, or take the lines out of varve.toml");
}

adapters::http::ConsistencyProof proofs_of(const ledger::Reader& reader) {
    return [&reader](std::uint64_t old_size, std::uint64_t size) {
        return ledger::consistency_proof(old_size, size,
                                         [&reader](unsigned level, std::uint64_t index) {
                                             return reader.subtree(level, index);
                                         });
    };
}

// By the witness's name.
using CosignedSize = std::function<std::uint64_t(const std::string& witness)>;

HttpWitnesses make_witnesses(const Configuration& configuration, const ledger::Reader& reader,
                             const CosignedSize& cosigned_size) {
    HttpWitnesses all;
    if (configuration.checkpoints_webhook) {
        auto url = address_of(*configuration.checkpoints_webhook, "the webhook");
        if (url)
            all.witnesses.push_back(
                std::make_unique<adapters::http::Webhook>(std::move(*url), &is_stop_requested));
        else
            all.problems.push_back({ledger::WitnessKind::webhook, url.error()});
    }
    for (const WitnessSettings& settings : configuration.checkpoint_witnesses) {
        auto verifier =
            ledger::verifier_from_text(settings.verifier, ledger::SignatureType::cosignature);
        auto url = address_of(settings.url, "a witness");
        if (!verifier || !url) {
            all.problems.push_back(
                {ledger::WitnessKind::cosigner, verifier ? url.error() : verifier.error()});
            continue;
        }
        const std::uint64_t known = cosigned_size(verifier->name);
        all.witnesses.push_back(std::make_unique<adapters::http::Cosigner>(
            std::move(*url), std::move(*verifier), known, proofs_of(reader), &is_stop_requested));
    }
    return all;
}

}  // namespace

HttpWitnesses named_http_witnesses(const Configuration& configuration,
                                   const ledger::Reader& reader) {
    return make_witnesses(configuration, reader, [](const std::string&) { return 0; });
}

HttpWitnesses http_witnesses(const Configuration& configuration, const ledger::Reader& reader,
                             const projections::RowStore& rows) {
    return make_witnesses(configuration, reader, [&rows](const std::string& witness) {
        return projections::witnessed_size(rows, ledger::WitnessKind::cosigner, witness)
            .value_or(0);
    });
}

}  // namespace tools::varve
