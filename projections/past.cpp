#include "projections/past.hpp"

#include "projections/row_key.hpp"

#include <cstddef>
#include <utility>

namespace projections {

namespace {

using ledger::Code;
using ledger::fail;

constexpr std::size_t moment_bytes = 8;
constexpr char was_there = '=';
constexpr std::string_view was_absent = "-";

std::string image_of(const std::optional<std::string>& value) {
    return value ? was_there + *value : std::string(was_absent);
}

std::string image_key(const std::string& prefix, std::string_view own_key, std::uint64_t moment) {
    std::string key = prefix;
    key += own_key;
    key += big_endian(moment);
    return key;
}

ledger::Result<std::optional<std::string>> row_of(std::string image) {
    if (image == was_absent) return std::optional<std::string>{};
    if (image.empty() || image.front() != was_there)
        return fail(Code::corrupt, "row-unreadable", "an image of a row is not what was written",
                    "rebuild the read models: the ledger itself is not concerned");
    image.erase(0, 1);
    return std::optional{std::move(image)};
}

}  // namespace

std::string image_prefix(const Projection& projection) { return '~' + row_prefix(projection); }

std::string moments_prefix(const Projection& projection) { return '#' + row_prefix(projection); }

std::string moment_key(const Projection& projection, std::uint64_t moment) {
    return moments_prefix(projection) + big_endian(moment);
}

std::uint64_t moment_before(const Projection& projection, std::uint64_t position) {
    if (projection.moment_events == 0) return 0;
    return position - position % projection.moment_events;
}

bool is_moment(const Projection& projection, std::uint64_t position) {
    return position > 0 && moment_before(projection, position) == position;
}

ledger::Result<void> keep_images(const RowStore& rows, const Projection& projection,
                                 std::uint64_t position,
                                 const std::vector<std::optional<std::string>>& before,
                                 std::vector<RowChange>& changes) {
    const std::uint64_t moment = moment_before(projection, position);
    if (moment == 0) return {};
    const std::string prefix = image_prefix(projection);
    const std::size_t skipped = row_prefix(projection).size();
    for (std::size_t index = 0; index < before.size(); ++index) {
        const std::string_view own_key = std::string_view(changes[index].key).substr(skipped);
        std::string key = image_key(prefix, own_key, moment);
        if (position > moment) {
            const auto kept = rows.get(key);
            if (!kept) return fail(kept.error());
            if (*kept) {
                // It is again what it was at the moment.
                if (**kept == image_of(changes[index].value))
                    changes.push_back({std::move(key), std::nullopt});
                continue;
            }
        }
        changes.push_back({std::move(key), image_of(before[index])});
    }
    return {};
}

PastRows::PastRows(const RowStore& rows, const Projection& projection, std::uint64_t moment)
    : rows_(rows),
      row_prefix_(row_prefix(projection)),
      image_prefix_(image_prefix(projection)),
      moment_(moment) {}

ledger::Result<std::optional<std::string>> PastRows::get(std::string_view key) const {
    if (!key.starts_with(row_prefix_)) return std::optional<std::string>{};
    const std::string prefix = image_prefix_ + std::string(key.substr(row_prefix_.size()));
    auto images = rows_.scan_from(prefix, moment_);
    if (!images) return fail(images.error());
    for (Row& image : *images)
        if (image.key.size() == prefix.size() + moment_bytes) return row_of(std::move(image.value));
    return rows_.get(key);
}

ledger::Result<std::vector<Row>> PastRows::scan(std::string_view prefix) const {
    if (!prefix.starts_with(row_prefix_)) return std::vector<Row>{};
    auto now = rows_.scan(prefix);
    if (!now) return now;
    auto images =
        rows_.scan_from(image_prefix_ + std::string(prefix.substr(row_prefix_.size())), moment_);
    if (!images) return images;
    std::vector<Row> then;
    then.reserve(now->size());
    auto row = now->begin();
    for (Row& image : *images) {
        std::string key = row_prefix_;
        key.append(image.key, image_prefix_.size(),
                   image.key.size() - image_prefix_.size() - moment_bytes);
        if (!key.starts_with(prefix)) continue;
        for (; row != now->end() && row->key < key; ++row) then.push_back(std::move(*row));
        if (row != now->end() && row->key == key) ++row;
        auto was = row_of(std::move(image.value));
        if (!was) return fail(was.error());
        if (*was) then.push_back({std::move(key), std::move(**was)});
    }
    for (; row != now->end(); ++row) then.push_back(std::move(*row));
    return then;
}

ledger::Result<void> PastRows::write(std::vector<RowChange> /*changes*/) {
    return fail(Code::unavailable, "rows-unavailable", "what rows were cannot be written",
                "fold what is new in memory");
}

}  // namespace projections
