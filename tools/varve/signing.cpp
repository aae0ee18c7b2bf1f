#include "tools/varve/signing.hpp"

#include "adapters/files/checkpoint_folder.hpp"
#include "commands/database_identity.hpp"
#include "commands/situation.hpp"
#include "projections/engine.hpp"
#include "projections/status.hpp"
#include "tools/varve/http_witnesses.hpp"
#include "tools/varve/late_answer.hpp"

#include <unistd.h>
#include <utility>

namespace tools::varve {

using ledger::fail;
using ledger::Result;

namespace {

void add_folder(Witnesses& witnesses, const Configuration& configuration) {
    if (configuration.checkpoints_folder)
        witnesses.push_back(
            adapters::files::open_checkpoint_folder(*configuration.checkpoints_folder));
}

std::vector<commands::CheckpointWitness*> pointers(const Witnesses& near, const Witnesses& far) {
    std::vector<commands::CheckpointWitness*> all;
    for (const Witnesses* witnesses : {&near, &far})
        for (const auto& witness : *witnesses) all.push_back(witness.get());
    return all;
}

void add_problems(commands::SigningReport& report, const HttpWitnesses& far) {
    for (const WitnessProblem& each : far.problems) report.warnings.push_back(each.error);
}

}  // namespace

Witnesses witnesses_beside_a_run(const Configuration& configuration,
                                 adapters::postgres::LeftSession& left) {
    Witnesses witnesses;
    add_folder(witnesses, configuration);
    if (auto table = adapters::postgres::witness_table_in(left, configuration.marker_schema,
                                                          configuration.environment,
                                                          told_when_late(LateAnswer::left_out)))
        witnesses.push_back(std::move(table));
    return witnesses;
}

Witnesses witnesses_to_give(const Configuration& configuration, const ledger::Reader& reader,
                            projections::RowStore& rows) {
    // A target that no run has come to yet may be anybody's database.
    const auto target = commands::read_state(reader, rows, {configuration.environment});
    if (target && !target->known()) {
        Witnesses witnesses;
        add_folder(witnesses, configuration);
        return witnesses;
    }
    return all_witnesses(configuration, [&configuration, &reader, &rows](const auto& facts) {
        const auto state = commands::read_state(reader, rows, {configuration.environment});
        return state ? commands::check_witness(*state, facts) : Result<void>{fail(state.error())};
    });
}

Witnesses all_witnesses(const Configuration& configuration,
                        adapters::postgres::CheckDatabase check) {
    Witnesses witnesses;
    add_folder(witnesses, configuration);
    if (!configuration.url) return witnesses;
    commands::SessionSettings settings;
    settings.url = *configuration.url;
    settings.marker_schema = configuration.marker_schema;
    settings.application_name = "varve checkpoint";
    settings.when_late = told_when_late(LateAnswer::left_out);
    settings.lock_timeout = configuration.lock_timeout;
    settings.statement_timeout = configuration.statement_timeout;
    settings.pooler_is_session = configuration.pooler_is_session;
    witnesses.push_back(adapters::postgres::open_witness_table(settings, configuration.environment,
                                                               std::move(check)));
    return witnesses;
}

Result<projections::LedgerKeys> current_keys(const ledger::Reader& reader,
                                             projections::RowStore& rows) {
    if (auto level = projections::catch_up(reader, rows, projections::status_projection()); !level)
        return fail(level.error());
    return projections::read_keys(rows);
}

Result<Signed> sign_now(const SigningWork& work) {
    auto keys = current_keys(work.store, work.rows);
    if (!keys) return fail(keys.error());
    auto opened = open_keys(find_keys(work.configuration.signing_key, *keys), work.passphrase);
    // Why there is no key says more than that there is none.
    if (opened.signers.empty() && !opened.problems.empty()) return fail(opened.problems.front());
    const HttpWitnesses far = http_witnesses(work.configuration, work.store, work.rows);
    auto report =
        commands::sign_checkpoint(work.store, work.rows, work.clock,
                                  {opened.signers, pointers(work.witnesses, far.witnesses),
                                   work.context, std::move(*keys), work.records_at_once});
    if (!report) return fail(report.error());
    add_problems(*report, far);
    return Signed{std::move(*report), std::move(opened.problems)};
}

Result<commands::SigningReport> check_newest(const SigningWork& work) {
    auto keys = current_keys(work.store, work.rows);
    if (!keys) return fail(keys.error());
    return commands::check_newest(
        work.store, work.rows, work.clock,
        {{}, pointers(work.witnesses, {}), work.context, std::move(*keys), true});
}

Result<commands::SigningReport> publish_again(const SigningWork& work) {
    auto keys = current_keys(work.store, work.rows);
    if (!keys) return fail(keys.error());
    const HttpWitnesses far = http_witnesses(work.configuration, work.store, work.rows);
    auto report = commands::publish_again(
        work.store, work.rows, work.clock,
        {{}, pointers(work.witnesses, far.witnesses), work.context, std::move(*keys), true});
    if (report) add_problems(*report, far);
    return report;
}

void warn_of(const Console& console, const std::string& what, const ledger::Error& error) {
    console.warn(what + " (" + error.reason + "): " + error.detail +
                 (error.help.empty() ? "" : "\n  " + console.told(error.help)));
}

void warn_of_unread(const commands::SigningReport& report, const Console& console) {
    for (const auto& warning : report.unread)
        warn_of(console, "not all checkpoints that are held could be looked at", warning);
}

void sign_after(const SigningWork& work, const Console& console) {
    const auto done = sign_now(work);
    if (!done) {
        warn_of(console, "no checkpoint was signed", done.error());
        console.note(
            console.told("  What was done stands. Once that is put right: varve checkpoint"));
        return;
    }
    for (const auto& problem : done->key_problems)
        warn_of(console, "a key did not sign the checkpoint", problem);
    for (const auto& warning : done->report.warnings)
        warn_of(console, "the checkpoint was signed and not published everywhere", warning);
    warn_of_unread(done->report, console);
}

void sign_after(LedgerSession& session, const Configuration& configuration,
                const Console& console) {
    Passphrase passphrase{configuration.key_passphrase, has_terminal()};
    SigningWork work{configuration,   session.store(),   session.rows(),
                     session.clock(), session.context(), passphrase};
    work.witnesses = witnesses_to_give(configuration, work.store, work.rows);
    work.records_at_once = true;
    sign_after(work, console);
}

void sign_where_key(LedgerSession& session, const Configuration& configuration,
                    const Console& console) {
    if (is_any_key_there(configuration.signing_key)) sign_after(session, configuration, console);
}

void sign_where_key(const Invocation& invocation, const Configuration& configuration,
                    const Console& console) {
    if (!is_any_key_there(configuration.signing_key)) return;
    const auto session = LedgerSession::open(invocation, configuration);
    if (session)
        sign_after(**session, configuration, console);
    else
        warn_of(console, "no checkpoint was signed", session.error());
}

bool has_terminal() { return isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1; }

}  // namespace tools::varve
