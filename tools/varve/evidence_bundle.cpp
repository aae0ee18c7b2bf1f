#include "tools/varve/evidence_bundle.hpp"

#include "ledger/tile.hpp"
#include "tools/varve/evidence_documents.hpp"
#include "tools/varve/evidence_report.hpp"

namespace tools::varve {

using ledger::fail;
using ledger::Result;

namespace {

// Adds files until one cannot be added; keeps the sums of those that were.
class Bundle {
public:
    explicit Bundle(adapters::files::Archive& archive) : archive_{archive} {}

    void add(const std::string& name, std::string_view bytes) {
        if (!state_) return;
        sums_ += ledger::hex(ledger::sha256(bytes)) + "  " + name + "\n";
        state_ = archive_.add(name, bytes);
    }
    Result<void> finish() {
        if (state_) state_ = archive_.add("SHA256SUMS", sums_);
        return state_;
    }

private:
    adapters::files::Archive& archive_;
    Result<void> state_;
    std::string sums_;
};

void add_documents(const Evidence& evidence, Bundle& bundle) {
    bundle.add("README.txt", readme_text(evidence));
    bundle.add("report.html", report_html(evidence));
    bundle.add("checkpoint", evidence.note);
    bundle.add("keys.txt", keys_text(evidence));
    bundle.add("policy", policy_text(evidence));
    bundle.add("completeness.json", completeness_text(evidence));
    bundle.add("control-map.json", control_map_text(evidence));
    bundle.add("events.jsonl", events_text(evidence));
}

Result<void> add_events(const Evidence& evidence, const ledger::Reader& reader, Bundle& bundle) {
    for (const EvidenceEvent& event : evidence.events)
        bundle.add("events/" + std::to_string(event.record.position) + ".json", event.line + "\n");
    for (const EvidenceEvent& event : evidence.events) {
        auto proof = checked_proof(reader, event, evidence.checkpoint);
        if (!proof) return fail(proof.error());
        bundle.add("proofs/" + std::to_string(event.record.position) + ".tlog-proof",
                   proof_text(evidence, event, std::move(*proof)));
    }
    for (const auto& [digest, content] : evidence.contents)
        if (content.bytes) bundle.add("content/" + ledger::hex(digest), *content.bytes);
    return {};
}

Result<void> add_tiles(const Evidence& evidence, const ledger::Reader& reader, Bundle& bundle) {
    const ledger::SubtreeHash subtree = [&](unsigned level, std::uint64_t index) {
        return reader.subtree(level, index);
    };
    for (const ledger::Tile& tile : ledger::tiles_of(evidence.checkpoint.size)) {
        const auto bytes = ledger::tile_bytes(tile, subtree);
        if (!bytes) return fail(bytes.error());
        bundle.add(ledger::tile_path(tile), *bytes);
    }
    return {};
}

Result<void> add_entries(const Evidence& evidence, const ledger::Reader& reader, Bundle& bundle) {
    for (std::uint64_t index = evidence.entries_begin; index < evidence.entries_end; ++index) {
        const std::uint64_t width = ledger::entries_width(index, evidence.checkpoint.size);
        const auto lines = reader.lines(index * ledger::tile_width, width);
        if (!lines) return fail(lines.error());
        std::string entries;
        for (const std::string& line : *lines) ledger::append_entry(entries, line);
        bundle.add(ledger::entries_path(index, width), entries);
    }
    return {};
}

}  // namespace

Result<void> write_bundle(const Evidence& evidence, const ledger::Reader& reader,
                          adapters::files::Archive& archive) {
    Bundle bundle{archive};
    add_documents(evidence, bundle);
    if (auto added = add_events(evidence, reader, bundle); !added) return added;
    if (auto added = add_tiles(evidence, reader, bundle); !added) return added;
    if (auto added = add_entries(evidence, reader, bundle); !added) return added;
    return bundle.finish();
}

}  // namespace tools::varve
