#include "adapters/rocksdb/folder.hpp"
#include "adapters/rocksdb/follow.hpp"
#include "tools/varve/json_document.hpp"
#include "tools/varve/system.hpp"
#include "tools/varve/verbs.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <system_error>

namespace tools::varve {

using adapters::rocksdb::Followed;
using ledger::Code;
using ledger::fail;

namespace {

constexpr std::uint64_t pause_ms_max = 100;  // so that a signal is seen soon

void show(const Console& console, const Followed& followed) {
    if (followed.after.size == followed.before.size) return;
    std::string text = "positions " + std::to_string(followed.before.size) + " to " +
                       std::to_string(followed.after.size - 1) + ", root " +
                       ledger::hex(followed.after.root);
    if (followed.checkpoint_count > 0)
        text += ", " + std::to_string(followed.checkpoint_count) +
                " checkpoints verified, the last of " + std::to_string(followed.checkpoint_size) +
                " events";
    console.line(text);
}

// What may pass by itself: the source is not there for the moment (unmounted, or just being put in
// place by a restore), or somebody looks at the copy.
bool may_pass(const ledger::Error& error) {
    return error.code == Code::unavailable || error.reason == "ledger-missing" ||
           error.reason == "not-a-ledger";
}

class Loop {
public:
    Loop(const Console& console, const LedgerFollowOptions& options, std::uint64_t interval_ms)
        : console_(console), options_(options), interval_ms_(interval_ms) {}

    ledger::Result<void> run();

    std::optional<Followed> first;
    std::optional<Followed> last;
    std::uint64_t checkpoint_count{};

private:
    // A source that nothing was ever copied from is more likely a wrong name than one that is away.
    [[nodiscard]] bool has_copied() const {
        std::error_code ignored;
        return last || std::filesystem::exists(adapters::rocksdb::follows_of(options_.destination),
                                               ignored);
    }
    ledger::Result<void> look();
    void pause();

    const Console& console_;
    const LedgerFollowOptions& options_;
    std::uint64_t interval_ms_;
    Signals signals_;
    std::string told_;
};

ledger::Result<void> Loop::look() {
    const auto followed = adapters::rocksdb::follow(options_.source, options_.destination);
    if (!followed) {
        const ledger::Error& error = followed.error();
        if (options_.once || !has_copied() || !may_pass(error)) return fail(error);
        if (told_ != error.detail) console_.warn(error.detail + "; looking again");
        told_ = error.detail;
        return {};
    }
    told_.clear();
    if (!first) first = *followed;
    last = *followed;
    checkpoint_count += followed->checkpoint_count;
    show(console_, *followed);
    return {};
}

void Loop::pause() {
    for (std::uint64_t waited = 0; waited < interval_ms_ && !signals_.requested();) {
        const std::uint64_t step = std::min(pause_ms_max, interval_ms_ - waited);
        signals_.pause(std::chrono::milliseconds{step});
        waited += step;
    }
}

ledger::Result<void> Loop::run() {
    do {
        if (auto looked = look(); !looked) return looked;
        if (options_.once) break;
        pause();
    } while (!signals_.requested());
    return {};
}

}  // namespace

VerbResult ledger_follow(const Invocation& invocation, const Console& console,
                         const LedgerFollowOptions& options) {
    const auto interval_ms = duration_ms(options.interval);
    if (!interval_ms)
        return fail(Code::refused, "usage", "\"" + options.interval + "\" is not a duration",
                    "write 500ms, 5s, 2min or 1h");
    if (*interval_ms == 0 && !options.once)
        return fail(Code::refused, "usage",
                    "\"" + options.interval + "\" is no pause: it would only look, again and again",
                    "write 1ms or more; --once looks once");
    Loop loop{console, options, *interval_ms};
    if (auto done = loop.run(); !done) return fail(done.error());
    if (!loop.last) return ExitCode::unreachable;  // it was away all the time, and that was said
    const Followed& last = *loop.last;
    console.line(console.paint(Colour::green, "OK") + "  " + options.destination + " has " +
                 std::to_string(last.after.size) + " events of " + options.source + ", root " +
                 ledger::hex(last.after.root));
    if (!console.json()) return ExitCode::fine;
    Json document = new_document(invocation);
    document["source"] = options.source;
    document["destination"] = options.destination;
    document["size_before"] = loop.first->before.size;
    document["size"] = last.after.size;
    document["root"] = ledger::hex(last.after.root);
    document["checkpoint_count"] = loop.checkpoint_count;
    console.document(to_text(document));
    return ExitCode::fine;
}

}  // namespace tools::varve
