#include "adapters/rocksdb/verify.hpp"

#include "projections/catalogue.hpp"
#include "projections/engine.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/session.hpp"
#include "tools/varve/verbs.hpp"

namespace tools::varve {

using adapters::rocksdb::Fault;
using adapters::rocksdb::Verification;
using ledger::fail;

namespace {

// Stored read models are a cache, but one that people are shown.
std::vector<Fault> projection_faults(const Configuration& configuration) {
    std::vector<Fault> faults;
    const auto reader = adapters::rocksdb::Reader::open(configuration.ledger);
    const auto rows = adapters::rocksdb::RowStore::open(configuration.ledger,
                                                        adapters::rocksdb::RowAccess::read_only);
    if (!reader || !rows) return faults;
    for (const auto& projection : projections::all_projections()) {
        const auto outcome = projections::check(**reader, **rows, projection);
        if (!outcome || outcome->equal()) continue;
        faults.push_back({std::nullopt, "projection-differs",
                          "the stored view \"" + std::string{projection.name} +
                              "\" is not what the events give"});
    }
    return faults;
}

void print(const Console& console, const Verification& verification) {
    for (const Fault& fault : verification.faults)
        console.line(console.paint(Colour::red, fault.what) +
                     (fault.position ? " at position " + std::to_string(*fault.position) : "") +
                     ": " + fault.detail);
    if (verification.fault_count > verification.faults.size())
        console.line("and " +
                     std::to_string(verification.fault_count - verification.faults.size()) +
                     " more");
    const std::string counted =
        std::to_string(verification.event_count) + " events, " +
        std::to_string(verification.content_count) + " contents, " +
        (verification.redacted_count == 0
             ? ""
             : std::to_string(verification.redacted_count) + " redacted, ") +
        "root " + ledger::hex(verification.root);
    if (verification.faults.empty())
        console.line(console.paint(Colour::green, "OK") + "  " + counted);
    else
        console.line(console.paint(Colour::red, "NOT WHOLE") + "  " + counted);
}

Json fault_json(const Fault& fault) {
    return {{"position", optional_json(fault.position)},
            {"what", fault.what},
            {"detail", fault.detail}};
}

}  // namespace

VerbResult verify(const Invocation& invocation, const Console& console) {
    const auto configuration = read_configuration(invocation.flags);
    if (!configuration) return fail(configuration.error());
    auto verification = adapters::rocksdb::verify_in_child(configuration->ledger);
    if (!verification) return fail(verification.error());
    if (verification->faults.empty())
        for (Fault& fault : projection_faults(*configuration)) {
            verification->faults.push_back(std::move(fault));
            ++verification->fault_count;
        }
    print(console, *verification);
    if (console.json()) {
        Json document = new_document(invocation);
        document["ok"] = verification->faults.empty();
        document["size"] = verification->size;
        document["root"] = ledger::hex(verification->root);
        document["event_count"] = verification->event_count;
        document["content_count"] = verification->content_count;
        document["redacted_count"] = verification->redacted_count;
        document["fault_count"] = verification->fault_count;
        document["faults"] = Json::array();
        for (const Fault& fault : verification->faults)
            document["faults"].push_back(fault_json(fault));
        console.document(to_text(document));
    }
    return verification->faults.empty() ? ExitCode::fine : ExitCode::integrity;
}

}  // namespace tools::varve
