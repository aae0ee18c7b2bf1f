// adapters/http/webhook.hpp: an address that every new checkpoint is posted to.
//
// Format  POST, application/json: {"schema_version": 1, "kind": "checkpoint", "ledger": UUID,
//         "size": n, "root": hex, "checkpoint": the signed note}. Any status of 200 to 299 means
//         that it was taken. Sent again, the same checkpoint has the same bytes.
// Errors  those of CheckpointWitness.
#pragma once

#include "adapters/http/client.hpp"
#include "commands/checkpoint_witness.hpp"

#include <string>

namespace adapters::http {

class Webhook final : public commands::CheckpointWitness {
public:
    // The address may hold secrets: it is never shown beyond its host.
    explicit Webhook(std::string url, IsStopped is_stopped = {})
        : url_{std::move(url)}, is_stopped_{std::move(is_stopped)} {}

    [[nodiscard]] ledger::WitnessKind kind() const override { return ledger::WitnessKind::webhook; }
    [[nodiscard]] std::string name() const override;
    [[nodiscard]] bool can_be_asked() const override { return false; }
    ledger::Result<commands::Receipt> publish(
        const commands::PublishedCheckpoint& checkpoint) override;
    ledger::Result<std::vector<commands::HeldCheckpoint>> largest(const ledger::Uuid& ledger,
                                                                  std::uint32_t count_max) override;
    ledger::Result<std::vector<commands::HeldCheckpoint>> all(const ledger::Uuid& ledger) override;

private:
    std::string url_;
    IsStopped is_stopped_;
};

}  // namespace adapters::http
