#include "projections/timeline.hpp"

#include "projections/engine.hpp"
#include "projections/row_key.hpp"
#include "projections/rows.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <string_view>
#include <utility>
#include <variant>

namespace projections {

namespace {

using ledger::fail;
using Positions = std::vector<std::uint64_t>;

constexpr std::uint64_t block_events = 256;
constexpr std::size_t block_key_bytes = 8;

constexpr std::string_view target_word = "target";
constexpr std::string_view version_word = "version";
constexpr std::string_view actor_word = "actor";
constexpr std::string_view run_word = "run";
constexpr std::string_view type_word = "type";

// Notes one event under what it is about.
class Notes {
public:
    Notes(Rows& rows, std::uint64_t position)
        : rows_(rows), position_(position), block_(big_endian(position / block_events)) {}

    // The key is as row_key() of word and value, and the block.
    void add(std::string_view word, std::string_view value) {
        key_.clear();
        key_.reserve(word.size() + value.size() + 2 + block_key_bytes);
        key_ += word;
        key_ += '\0';
        key_ += value;
        key_ += '\0';
        key_ += block_;
        rows_.bytes(key_) += static_cast<char>(position_ % block_events);
    }

private:
    Rows& rows_;
    std::uint64_t position_;
    std::string block_;
    std::string key_;
};

// The events that name a target or a version by themselves; an event of a newer program is known
// by its stream alone.
void apply_event(Rows& rows, const ledger::Record& record) {
    static const std::string stream_of_targets = ledger::target_stream({});
    static const std::string stream_of_migrations = ledger::migration_stream({});
    const std::string_view stream = record.stream;
    std::string_view target;
    std::string_view version;
    if (stream.starts_with(stream_of_targets)) target = stream.substr(stream_of_targets.size());
    if (stream.starts_with(stream_of_migrations))
        version = stream.substr(stream_of_migrations.size());
    std::visit(
        [&](const auto& event) {
            if constexpr (requires { event.target; }) target = event.target.name;
            if constexpr (requires { event.version; }) version = event.version.text;
        },
        record.data);
    Notes notes(rows, record.position);
    if (!target.empty()) notes.add(target_word, target);
    if (!version.empty()) notes.add(version_word, version);
    notes.add(actor_word, record.actor.id);
    if (record.run) {
        const auto run = ledger::characters_of(*record.run);
        notes.add(run_word, {run.data(), run.size()});
    }
    notes.add(type_word, ledger::type_name(record.data));
}

ledger::Result<Positions> read_index(const RowStore& rows, const std::string& key) {
    const auto found = rows.scan(row_prefix(timeline_projection()) + key);
    if (!found) return fail(found.error());
    Positions positions;
    for (const Row& row : *found) {
        const std::string_view block =
            std::string_view(row.key).substr(row.key.size() - block_key_bytes);
        const std::uint64_t first = from_big_endian(block) * block_events;
        for (const char byte : row.value)
            positions.push_back(first + static_cast<std::uint8_t>(byte));
    }
    std::sort(positions.begin(), positions.end());  // several versions of a type
    return positions;
}

std::vector<std::string> index_keys(const TimelineQuery& query) {
    std::vector<std::string> keys;
    if (query.target) keys.push_back(row_key({target_word, query.target->name}));
    if (query.version) keys.push_back(row_key({version_word, query.version->text}));
    if (query.actor) keys.push_back(row_key({actor_word, *query.actor}));
    if (query.run) keys.push_back(row_key({run_word, ledger::to_text(*query.run)}));
    if (query.type) {
        const bool versioned = query.type->find('.') != std::string::npos;
        keys.push_back(versioned ? row_key({type_word, *query.type})
                                 : row_key({type_word}) + *query.type + '.');
    }
    return keys;
}

struct Span {
    std::uint64_t begin{};
    std::uint64_t end{};
};

ledger::Result<Span> span_of(const RowStore& rows, const ledger::Reader& reader,
                             const TimelineQuery& query) {
    const auto seen = progress(rows, timeline_projection());
    if (!seen) return fail(seen.error());
    Span span{0, *seen ? (*seen)->position : 0};
    if (query.size) span.end = std::min(span.end, *query.size);
    if (query.since_us && *query.since_us > 0) {
        const auto before = position_at(reader, *query.since_us - 1);
        if (!before) return fail(before.error());
        span.begin = *before;
    }
    if (query.until_us) {
        const auto until = position_at(reader, *query.until_us);
        if (!until) return fail(until.error());
        span.end = std::min(span.end, *until);
    }
    span.begin = std::min(span.begin, span.end);
    return span;
}

Positions cut(const Positions& positions, const Span& span) {
    return {std::lower_bound(positions.begin(), positions.end(), span.begin),
            std::lower_bound(positions.begin(), positions.end(), span.end)};
}

Positions intersection(const Positions& a, const Positions& b) {
    Positions both;
    std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
    return both;
}

Positions ordered(Positions positions, const TimelineQuery& query) {
    if (query.newest_first) std::reverse(positions.begin(), positions.end());
    if (positions.size() > query.limit) positions.resize(query.limit);
    return positions;
}

}  // namespace

const Projection& timeline_projection() {
    static constexpr Projection projection{"timeline", 2, apply_event};
    return projection;
}

ledger::Result<std::vector<std::uint64_t>> read_timeline(const RowStore& rows,
                                                         const ledger::Reader& reader,
                                                         const TimelineQuery& query) {
    const auto span = span_of(rows, reader, query);
    if (!span) return fail(span.error());
    std::optional<Positions> matching;
    for (const std::string& key : index_keys(query)) {
        const auto positions = read_index(rows, key);
        if (!positions) return fail(positions.error());
        Positions in_span = cut(*positions, *span);
        matching = matching ? intersection(*matching, in_span) : std::move(in_span);
    }
    if (!matching) {
        matching.emplace(span->end - span->begin);
        std::iota(matching->begin(), matching->end(), span->begin);
    }
    return ordered(std::move(*matching), query);
}

}  // namespace projections
