// ledger/store.hpp: the port through which history is kept.
//
// Order     positions 0, 1, 2, ... over the whole ledger, gapless; inside a stream, versions
//           1, 2, 3, ... Appends are totally ordered.
// Atomic    an append is all or nothing, and durable once it has answered.
// Retry     appending an id that is already there with the same event answers its old position;
//           with another event it is refused. So an append in doubt may be repeated.
// Errors    conflict "stream-moved": a stream does not end where the caller expected;
//           refused "event-id-reused"; in_doubt "append-in-doubt"; unavailable "ledger-closed",
//           "ledger-full"; corrupt "ledger-damaged".
// Contract  tests/contracts/store_contract.hpp says the rest, in code, for every adapter.
#pragma once

#include "ledger/content.hpp"
#include "ledger/event.hpp"
#include "ledger/result.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledger {

// The end of the ledger: how many events, and the Merkle tree's root over them.
struct Head {
    Uuid ledger;
    std::uint64_t size{};
    Digest root;
    std::int64_t recorded_at_us{};  // of the last event; 0 where there is none
    bool operator==(const Head&) const = default;
};

// What the caller knows of an event; the store adds position, version and time.
struct Draft {
    std::string stream;
    Uuid id;
    Event data;
    std::optional<Uuid> causation;
    bool operator==(const Draft&) const = default;
};

// Whose events these are: the same for a whole command.
struct Context {
    Actor actor;
    std::optional<Uuid> run;
    Uuid correlation;
    std::optional<std::string> reason;
    std::optional<std::string> ticket;
    std::string tool;
    bool operator==(const Context&) const = default;
};

// The version that a stream must end at when the append is made; 0: it does not exist yet.
struct Expectation {
    std::string stream;
    std::uint64_t version{};
};

struct Append {
    Context context;
    std::vector<Draft> drafts;
    std::vector<Content> contents;  // stored with the events, before anyone can read them
    std::vector<Expectation> expectations;
    // So long it may wait for others that share its sync; who waits for its future waits as well.
    std::chrono::milliseconds patience{};
};

struct Appended {
    std::uint64_t first_position{};
    Head head;  // after it
};

// The right to read: needs no lock, beside any writer.
class Reader {
public:
    virtual ~Reader() = default;

    virtual Result<Head> head() const = 0;

    // At most `count_max` stored lines from `position` on, oldest first; fewer at the end.
    virtual Result<std::vector<std::string>> lines(std::uint64_t position,
                                                   std::size_t count_max) const = 0;

    // The same one by one, each for as long as `take` looks at it: for who reads very many. The
    // first error of `take` ends it, and is answered.
    using TakeLine = std::function<Result<void>(std::string_view line)>;
    virtual Result<void> each_line(std::uint64_t position, std::uint64_t count_max,
                                   const TakeLine& take) const;

    // The version a stream ends at; 0 where it does not exist.
    virtual Result<std::uint64_t> stream_version(std::string_view stream) const = 0;

    // At most `count_max` positions of a stream's events with versions above `after`.
    virtual Result<std::vector<std::uint64_t>> stream_positions(std::string_view stream,
                                                                std::uint64_t after,
                                                                std::size_t count_max) const = 0;

    // Nothing where it was never stored or has been redacted.
    virtual Result<std::optional<std::string>> content(const Digest& digest) const = 0;

    // The root of the tree over the first `size` events.
    virtual Result<Digest> root_at(std::uint64_t size) const = 0;

    // The hash of the complete subtree of 2^level events that begins at index * 2^level: what the
    // proofs of ledger/tree.hpp ask for. refused "size-out-of-range" where it is not complete.
    virtual Result<Digest> subtree(unsigned level, std::uint64_t index) const = 0;

    // The newest signed note of a checkpoint of at most `size_max` events, with the cosignatures
    // that it has gathered; nothing where none was signed.
    virtual Result<std::optional<std::string>> checkpoint(std::uint64_t size_max) const = 0;
};

class Store : public Reader {
public:
    // Answers at once; the future answers when it is durable, or failed. Submissions of one
    // thread are appended in the order they were made.
    virtual std::future<Result<Appended>> submit(Append append) = 0;

    // As submit(), and waits for its answer.
    virtual Result<Appended> append(Append append) { return submit(std::move(append)).get(); }
};

// All records from `position` on, decoded; at most `count_max`. corrupt where one is unreadable.
[[nodiscard]] Result<std::vector<Record>> read_records(const Reader& reader, std::uint64_t position,
                                                       std::size_t count_max);

// For stores, of what is to be appended: refused "size-out-of-range" where the note of a checkpoint
// is kept that has more events than the ledger had before it.
[[nodiscard]] Result<void> check_checkpoints(const std::vector<Record>& records);

}  // namespace ledger
