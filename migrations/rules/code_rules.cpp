#include "migrations/rules/called_code.hpp"
#include "migrations/rules/nested_sql.hpp"
#include "migrations/rules/rule.hpp"

namespace migrations::rules {

namespace {

void say_opaque_function(const Situation& situation, Report& report) {
    for (const std::string& name : called_by(situation.statement.action, situation.schema)) {
        const KnownFunction* known = called_function(situation.schema, name);
        if (known->language != "plpgsql" || nested_sql(known->body).unknown_count == 0) continue;
        report
            .say("do-block-opaque", situation.statement,
                 "the function " + quoted(known->name) +
                     " runs SQL that is put together when it runs: the rules did not see it")
            .help = {"varve dry-run runs it and tells what it locked"};
        return;
    }
}

void do_block_opaque(const Situation& situation, Report& report) {
    const auto* block = situation.does<sql::DoBlock>();
    if (block == nullptr) return say_opaque_function(situation, report);
    const bool is_read = block->language == "plpgsql" || block->language == "sql";
    if (is_read && nested_sql(block->body).unknown_count == 0) return;
    report
        .say("do-block-opaque", situation.statement,
             is_read ? "this block runs SQL that is put together when it runs: the rules did not "
                       "see it"
                     : "the rules do not read " + block->language + ", which this block is in")
        .help = {"write the statements out, or give EXECUTE a constant or format() of one",
                 "varve dry-run runs it and tells what it locked"};
}

}  // namespace

std::vector<Rule> code_rules() {
    return {
        {"do-block-opaque", Bucket::advisory,
         "What is only known when it runs cannot be judged "
         "before.",
         "", do_block_opaque},
        // Said where a script is read, before there is a statement to ask about.
        {"syntax-error", Bucket::hazard, "The server refuses what it cannot read.", "", nullptr},
    };
}

}  // namespace migrations::rules
