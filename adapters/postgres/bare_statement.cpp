#include "adapters/postgres/bare_statement.hpp"

#include "adapters/postgres/begun_work.hpp"
#include "adapters/postgres/catalog_verdict.hpp"
#include "adapters/postgres/concurrent_index.hpp"
#include "adapters/postgres/number_text.hpp"
#include "commands/progress_made.hpp"
#include "ledger/fail_point.hpp"

#include <string_view>

namespace adapters::postgres {

using commands::AttemptFailed;
using ledger::FailureCause;

BareStatement::BareStatement(AttemptScene& scene, std::uint32_t statement_index)
    : scene_{scene},
      index_{statement_index},
      concurrent_{scene.order.script->statements[statement_index].concurrent_index},
      text_{statement_text(*scene.order.script, statement_index)} {}

AttemptFailed BareStatement::failure(const ServerError& error) const {
    const auto cause = error.connection_ended   ? FailureCause::connection_lost
                       : is_lock_timeout(error) ? FailureCause::lock_timeout
                                                : FailureCause::statement_error;
    auto failure = failure_of(scene_, cause, error, std::nullopt);
    failure.statement_index = index_;
    return failure;
}

std::optional<AttemptFailed> BareStatement::prepare(const Command& take_fence,
                                                    bool may_be_a_retry) {
    if (const auto taken = scene_.dialogue.ask(take_fence); !taken) return failure(taken.error());
    if (concurrent_) {
        if (auto failed = lift_lock_timeout()) return failed;
        return may_be_a_retry ? drop_leftovers() : std::nullopt;
    }
    if (may_be_a_retry)
        if (auto failed = go_on()) return failed;
    return note_transaction();
}

// The number of the transaction that this question is asked in; 0 where the session does not tell.
tl::expected<std::uint64_t, ServerError> BareStatement::ask_transaction() {
    const auto answer = scene_.dialogue.ask(
        {"SELECT pg_catalog.split_part(virtualxid, '/', 2) FROM pg_catalog.pg_locks"
         " WHERE locktype OPERATOR(pg_catalog.=) 'virtualxid'"
         " AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()",
         {}});
    if (!answer) return tl::unexpected{answer.error()};
    std::uint64_t number = 0;
    const bool is_told =
        !answer->values.empty() && read_number(answer->values.front().at(0), number);
    return is_told ? number : 0;
}

std::optional<AttemptFailed> BareStatement::note_transaction() {
    const auto question = migrations::question_about(*scene_.order.script, index_);
    if (question.kind != migrations::CatalogQuestion::Kind::nobody_knows) return std::nullopt;
    const auto number = ask_transaction();
    if (!number) return failure(number.error());
    transaction_before_ = *number;
    return std::nullopt;
}

// The statement's own transaction is one, and that of the question after it another.
bool BareStatement::has_committed_inside() {
    if (!transaction_before_) return false;
    const auto now = ask_transaction();
    return !now || *now != *transaction_before_ + 2;
}

std::optional<AttemptFailed> BareStatement::go_on() {
    auto text = finalizing([&](const Command& command) { return scene_.dialogue.ask(command); },
                           migrations::question_about(*scene_.order.script, index_),
                           scene_.connection.server_version());
    if (!text) {
        auto failed = failure_of(FailureCause::refused, text.error().detail, text.error().help);
        failed.statement_index = index_;
        return failed;
    }
    if (!text->empty()) text_ = *std::move(text);
    return std::nullopt;
}

std::optional<AttemptFailed> BareStatement::lift_lock_timeout() {
    const auto source =
        scene_.dialogue.ask({"SELECT source FROM pg_catalog.pg_settings"
                             " WHERE name OPERATOR(pg_catalog.=) 'lock_timeout'",
                             {}});
    if (!source) return failure(source.error());
    if (source->values.empty() || source->values.front().at(0) == "session") return std::nullopt;
    const auto lifted = scene_.dialogue.ask({"SET lock_timeout = 0", {}});
    if (!lifted) return failure(lifted.error());
    is_lifted_ = true;
    return std::nullopt;
}

// Only a superuser may name a TOAST table's index, and a REINDEX does not stumble over what is
// left.
bool BareStatement::is_harmless(const ServerError& error) const {
    constexpr std::string_view no_right = "42501";
    return concurrent_->action == migrations::IndexAction::reindex && error.sqlstate == no_right;
}

std::optional<AttemptFailed> BareStatement::drop_leftovers() {
    const auto names =
        leftovers([&](const Command& command) { return scene_.dialogue.ask(command); },
                  *concurrent_, scene_.order.indexes_before);
    if (!names) {
        auto failed = failure_of(FailureCause::refused, names.error().detail, names.error().help);
        failed.statement_index = index_;
        return failed;
    }
    for (const auto& name : *names) {
        const auto reply = scene_.dialogue.send_alone("DROP INDEX CONCURRENTLY " + name);
        ledger::fail_point("leftover-dropped");
        if (reply.kind == Reply::Kind::succeeded) continue;
        if (is_harmless(reply.error)) {
            stays_.push_back("the invalid index " + name + " of an earlier try stays (" +
                             reply.error.message + "): who may drop it does by DROP INDEX " + name);
            continue;
        }
        auto failed = failure(reply.error);
        failed.message =
            "dropping the invalid index " + name + " of an earlier try: " + failed.message;
        return failed;
    }
    return std::nullopt;
}

std::optional<std::string> BareStatement::left_behind() {
    if (!concurrent_ || concurrent_->action == migrations::IndexAction::drop) return std::nullopt;
    const auto names =
        leftovers([&](const Command& command) { return scene_.dialogue.ask(command); },
                  *concurrent_, scene_.order.indexes_before);
    if (!names || names->empty()) return std::nullopt;
    std::string all;
    for (const auto& name : *names) all += (all.empty() ? "" : ", ") + name;
    return std::string{commands::invalid_index_stays} + all +
           ". The next try drops it; where there is none, DROP INDEX CONCURRENTLY does.";
}

// Whoever wants to stop is not kept waiting by it: a look into the catalog is short.
std::vector<std::string> BareStatement::begun() {
    if (scene_.dialogue.is_lost()) return {};
    scene_.dialogue.shield();
    const Ask ask = [&](const Command& command) { return scene_.dialogue.ask(command); };
    auto texts = begun_work(ask, *scene_.order.script, index_, scene_.order.marker.direction,
                            scene_.order.indexes_before, scene_.connection.server_version());
    const bool is_retry = scene_.order.is_begun && index_ == scene_.order.first_statement_index;
    const auto whole = is_retry && texts && texts->empty()
                           ? is_whole(ask, *scene_.order.script, index_)
                           : ledger::Result<bool>{true};
    scene_.dialogue.unshield();
    if (!texts) return {"what it has left half done is not known: " + texts.error().detail};
    if (!whole || !*whole)
        return {"what an earlier try has left half done is not found by its name any more"};
    return *std::move(texts);
}

bool BareStatement::is_over() {
    if (!scene_.order.is_begun || scene_.dialogue.is_lost()) return false;
    scene_.dialogue.shield();
    const auto over =
        postgres::is_over([&](const Command& command) { return scene_.dialogue.ask(command); },
                          *scene_.order.script, index_, scene_.order.indexes_before);
    scene_.dialogue.unshield();
    return over && *over;
}

Reply BareStatement::finished_by_hand(const Reply& failed) {
    Reply reply;
    reply.kind = Reply::Kind::succeeded;
    reply.elapsed_us = failed.elapsed_us;
    reply.command_tag = "(finished by hand)";
    reply.notices = {"it was half done, and has been finished by hand: " + failed.error.message};
    return reply;
}

void BareStatement::finish() {
    if (is_lifted_ && !scene_.dialogue.is_lost())
        static_cast<void>(scene_.dialogue.ask({"RESET lock_timeout", {}}));
}

std::optional<AttemptFailed> BareStatement::check() {
    if (!concurrent_ || concurrent_->action != migrations::IndexAction::create ||
        concurrent_->index.empty())
        return std::nullopt;
    const auto state = state_of(
        [&](const Command& command) { return scene_.dialogue.ask(command); }, *concurrent_);
    if (!state) return std::nullopt;  // its marker update will tell how the session stands
    if (*state != IndexState::invalid) return std::nullopt;
    auto failed =
        failure_of(FailureCause::refused,
                   "the index \"" + concurrent_->index +
                       "\" exists but is invalid, and IF NOT EXISTS keeps it",
                   "DROP INDEX CONCURRENTLY \"" + concurrent_->index + "\", then run again");
    failed.statement_index = index_;
    failed.line = scene_.order.script->statements[index_].line;
    return failed;
}

}  // namespace adapters::postgres
