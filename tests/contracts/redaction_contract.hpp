// tests/contracts/redaction_contract.hpp: what every ledger::Store promises of redacted content.
//
// Use   redaction_contract() alone in a test case, on a fresh store.
#pragma once

#include "tests/contracts/store_contract.hpp"

namespace tests {

inline ledger::ContentRedacted redacted_event(const ledger::ContentReference& reference) {
    return {reference.digest, reference.byte_count, reference.kind, {0}};
}

inline void redaction_contract(ledger::Store& store) {
    const ledger::Content secret{"INSERT INTO people VALUES ('a name')", "sql"};
    const ledger::Content other{"SELECT 1", "sql"};
    ledger::Append append = append_of({draft_of("a")});
    append.contents = {secret, other};
    must(store.append(append));
    REQUIRE(must(store.content(reference(secret).digest)) == secret.bytes);

    must(store.append(append_of_event(redacted_event(reference(secret)))));
    CHECK(!must(store.content(reference(secret).digest)));
    CHECK(must(store.content(reference(other).digest)) == other.bytes);
    check_whole(store);

    // The same bytes are never stored again.
    ledger::Append again = append_of({draft_of("a")});
    again.contents = {secret};
    must(store.append(again));
    CHECK(!must(store.content(reference(secret).digest)));

    // Nor are those that come with the redaction itself, or before they were ever there.
    const ledger::Content both{"SELECT 2", "sql"};
    ledger::Append at_once = append_of_event(redacted_event(reference(both)));
    at_once.contents = {both};
    must(store.append(at_once));
    CHECK(!must(store.content(reference(both).digest)));
    check_whole(store);
}

}  // namespace tests
