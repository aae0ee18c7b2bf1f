#include "adapters/http/webhook.hpp"

#include <nlohmann/json.hpp>

namespace adapters::http {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

std::string document(const commands::PublishedCheckpoint& checkpoint) {
    nlohmann::ordered_json document;
    document["schema_version"] = 1;
    document["kind"] = "checkpoint";
    document["ledger"] = to_text(checkpoint.ledger);
    document["size"] = checkpoint.size;
    document["root"] = ledger::hex(checkpoint.root);
    document["checkpoint"] = checkpoint.note;
    return document.dump();
}

}  // namespace

std::string Webhook::name() const { return shown_url(url_); }

Result<commands::Receipt> Webhook::publish(const commands::PublishedCheckpoint& checkpoint) {
    const auto answer = post({url_, "application/json", document(checkpoint), is_stopped_});
    if (!answer)
        return fail(Code::unavailable, "witness-unreachable", answer.error().detail,
                    answer.error().help);
    if (answer->status >= 200 && answer->status < 300) return commands::Receipt{};
    return fail(Code::unavailable, "witness-unwritable",
                name() + " answered with status " + std::to_string(answer->status),
                "look at what listens there; it is sent again with the next checkpoint");
}

Result<std::vector<commands::HeldCheckpoint>> Webhook::largest(const ledger::Uuid&, std::uint32_t) {
    return std::vector<commands::HeldCheckpoint>{};
}

Result<std::vector<commands::HeldCheckpoint>> Webhook::all(const ledger::Uuid&) {
    return std::vector<commands::HeldCheckpoint>{};
}

}  // namespace adapters::http
