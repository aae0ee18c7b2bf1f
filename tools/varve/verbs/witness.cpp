#include "tools/varve/verbs/witness.hpp"

#include "adapters/files/durable_file.hpp"
#include "adapters/files/witness_folder.hpp"
#include "adapters/http/server.hpp"
#include "ledger/add_checkpoint.hpp"
#include "ledger/clean.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/system.hpp"
#include "tools/varve/time_text.hpp"

#include <charconv>
#include <iostream>
#include <iterator>

namespace tools::varve {

using adapters::files::WitnessFolder;
using commands::WitnessAnswer;
using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr std::int64_t us_per_second = 1'000'000;

std::string verifier_of(const WitnessFolder& witness) {
    return to_text(witness.signer().verifier(), ledger::SignatureType::cosignature);
}

struct Address {
    std::string host;
    std::uint16_t port{};
};

Result<Address> address_of(const std::string& text) {
    const std::size_t colon = text.rfind(':');
    Address address;
    if (colon != text.npos) {
        address.host = text.substr(0, colon);
        if (address.host.size() > 2 && address.host.front() == '[')
            address.host = address.host.substr(1, address.host.size() - 2);
        const char* const end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, address.port);
        if (error == std::errc{} && stop == end && !address.host.empty()) return address;
    }
    return fail(Code::refused, "usage", "\"" + text + "\" is no address and port",
                "as in 127.0.0.1:7380, or [::1]:7380");
}

Result<WitnessAnswer> answer_to(WitnessFolder& witness, const std::string& body) {
    const auto logs = witness.logs();
    if (!logs) return fail(logs.error());
    SystemClock clock;
    return commands::handle_add_checkpoint(
        body, *logs, witness, witness.signer(),
        static_cast<std::uint64_t>(clock.now_us() / us_per_second));
}

// What the log says of a request; what strangers have written is cleaned.
void tell(const Console& console, const std::string& peer, const WitnessAnswer& answer) {
    SystemClock clock;
    console.note(instant_text(clock.now_us()) + " " + peer + " " + std::to_string(answer.status) +
                 " " + (answer.origin.empty() ? "-" : ledger::clean(answer.origin, 200)) + " " +
                 answer.reason);
}

adapters::http::ServerAnswer serve_one(WitnessFolder& witness, const Console& console,
                                       const adapters::http::ServerRequest& request) {
    if (request.target != "/add-checkpoint")
        return {404, "text/plain; charset=utf-8", "POST /add-checkpoint alone is answered here\n"};
    if (request.method != "POST") return {405, "text/plain; charset=utf-8", "this is for POST\n"};
    const auto answer = answer_to(witness, request.body);
    if (!answer) {
        console.warn(answer.error().detail);
        return {500, "text/plain; charset=utf-8", "the witness is in trouble\n"};
    }
    tell(console, request.peer, *answer);
    return {answer->status, answer->content_type, answer->body};
}

Result<std::string> read_request(const std::string& path) {
    std::string text;
    if (path == "-") {
        text.assign(std::istreambuf_iterator<char>{std::cin}, {});
    } else {
        auto bytes = adapters::files::read_small(path);
        if (!bytes) return fail(bytes.error());
        if (!*bytes)
            return fail(Code::refused, "usage", "there is no file " + path,
                        "`varve checkpoint --request` makes one");
        text = std::move(**bytes);
    }
    return text;
}

}  // namespace

VerbResult witness_init(const Invocation& invocation, const Console& console,
                        const WitnessOptions& options) {
    const auto witness = WitnessFolder::create(options.folder, options.name);
    if (!witness) return fail(witness.error());
    console.line("made the witness " + options.name + " in " + options.folder);
    console.line("its verifier key, for those whose ledgers it cosigns:");
    console.line("  " + verifier_of(**witness));
    if (console.json()) {
        Json document = new_document(invocation);
        document["name"] = options.name;
        document["verifier"] = verifier_of(**witness);
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

namespace {

Result<void> expect_witness(const WitnessOptions& options) {
    const auto there = adapters::files::read_small(options.folder + "/witness.key");
    if (!there) return fail(there.error());
    if (*there) return {};
    return fail(Code::refused, "witness-missing", "there is no witness in " + options.folder,
                "make one with `varve witness init --name NAME`, or name its folder");
}

}  // namespace

VerbResult witness_trust(const Invocation& invocation, const Console& console,
                         const WitnessOptions& options) {
    const auto verifier = ledger::verifier_from_text(options.verifier);
    if (!verifier) return fail(verifier.error());
    const std::string origin = options.origin.empty() ? verifier->name : options.origin;
    if (origin.find('\n') != origin.npos || !ledger::is_well_formed_utf8(origin))
        return fail(Code::refused, "usage", "an origin is one line of text", "");
    if (auto there = expect_witness(options); !there) return fail(there.error());
    const auto written = adapters::files::trust_log(options.folder, origin, *verifier);
    if (!written) return fail(written.error());
    console.line("cosigns " + origin + " from now on");
    if (console.json()) {
        Json document = new_document(invocation);
        document["origin"] = origin;
        document["verifier"] = to_text(*verifier);
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

VerbResult witness_distrust(const Invocation& invocation, const Console& console,
                            const WitnessOptions& options) {
    const auto verifier = ledger::verifier_from_text(options.verifier);
    if (!verifier) return fail(verifier.error());
    if (auto there = expect_witness(options); !there) return fail(there.error());
    const auto written = adapters::files::distrust_log(options.folder, *verifier);
    if (!written) return fail(written.error());
    console.line("cosigns nothing more that " + to_text(*verifier) + " has signed");
    if (console.json()) {
        Json document = new_document(invocation);
        document["verifier"] = to_text(*verifier);
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

VerbResult witness_serve(const Invocation& invocation, const Console& console,
                         const WitnessOptions& options) {
    const auto address = address_of(options.listen);
    if (!address) return fail(address.error());
    const auto witness = WitnessFolder::open(options.folder);
    if (!witness) return fail(witness.error());
    if (const auto logs = (*witness)->logs(); !logs) return fail(logs.error());
    adapters::http::ServerOptions server_options;
    server_options.address = address->host;
    server_options.port = address->port;
    server_options.body_bytes_max = ledger::add_checkpoint_bytes_max;
    const auto server = adapters::http::Server::listen(
        server_options, [&](const adapters::http::ServerRequest& request) {
            return serve_one(**witness, console, request);
        });
    if (!server) return fail(server.error());
    console.note("cosigning as " + verifier_of(**witness));
    console.note("listening on " + address->host + ":" + std::to_string((*server)->port()));
    Signals signals;
    (*server)->run([&signals] { return signals.requested().has_value(); });
    if (console.json()) console.document(to_text(new_document(invocation)));
    return ExitCode::fine;
}

VerbResult witness_cosign(const Invocation& invocation, const Console& console,
                          const WitnessOptions& options) {
    const auto body = read_request(options.request);
    if (!body) return fail(body.error());
    const auto witness = WitnessFolder::open(options.folder);
    if (!witness) return fail(witness.error());
    const auto answer = answer_to(**witness, *body);
    if (!answer) return fail(answer.error());
    if (answer->status == 200) {
        console.line(answer->body.substr(0, answer->body.size() - 1));
        if (console.json()) {
            Json document = new_document(invocation);
            document["origin"] = answer->origin;
            document["cosignature"] = answer->body;
            console.document(to_text(document));
        }
        return ExitCode::fine;
    }
    if (answer->contradicts)
        return fail(Code::corrupt, "witness-contradicts", answer->origin + ": " + answer->reason,
                    "the ledger has rewritten its past: nothing is cosigned; keep the request, it "
                    "is signed");
    if (answer->status == 500)
        return fail(Code::unavailable, "witness-folder-unusable",
                    std::filesystem::path{options.folder}.string() + ": " + answer->reason,
                    "look at the folder's permissions and the disk's free space, then ask again: "
                    "nothing was cosigned");
    const bool is_unknown = answer->status == 404 || answer->status == 403;
    return fail(Code::refused, "cosigning-refused", answer->reason,
                is_unknown ? "`varve witness trust` adds a ledger's key"
                           : "ask for a request that begins at what was cosigned last");
}

VerbResult witness_show(const Invocation& invocation, const Console& console,
                        const WitnessOptions& options) {
    const auto witness = WitnessFolder::look(options.folder);
    if (!witness) return fail(witness.error());
    const auto logs = (*witness)->logs();
    if (!logs) return fail(logs.error());
    console.line(verifier_of(**witness));
    Json all = Json::array();
    for (const commands::TrustedLog& log : *logs) {
        const auto last = (*witness)->last(log.origin);
        if (!last) return fail(last.error());
        console.line("  " + log.origin + ": " +
                     (*last && (*last)->size > 0 ? std::to_string((*last)->size) +
                                                       " events, root " + ledger::hex((*last)->root)
                                                 : "nothing cosigned yet"));
        Json keys = Json::array();
        for (const ledger::Verifier& key : log.keys) {
            console.line("    signed by " + to_text(key));
            keys.push_back(to_text(key));
        }
        Json one;
        one["origin"] = log.origin;
        one["keys"] = keys;
        one["size"] = *last ? Json((*last)->size) : Json();
        one["root"] = *last ? Json(ledger::hex((*last)->root)) : Json();
        all.push_back(one);
    }
    if (console.json()) {
        Json document = new_document(invocation);
        document["verifier"] = verifier_of(**witness);
        document["ledgers"] = all;
        console.document(to_text(document));
    }
    return ExitCode::fine;
}

}  // namespace tools::varve
