// ledger/checked_reader.hpp: a reader whose lines are held against the root that the head states.
//
// Why     whoever can write to the ledger's files can exchange a line and leave the tree alone: an
//         index, a tile or a signature nearby says nothing of the bytes that were read.
// Trust   lines() answers only lines that lead, with the hashes of the subtrees beside them, to the
//         head's root: corrupt "ledger-damaged" otherwise. stream_positions() is an index, and only
//         says where to look: for_each_record() sees that each event is of that stream and comes
//         next in it; `varve verify` finds one that is left out at the end.
// Except  each_line(), for who reads very many and holds their root against the ledger's itself, as
//         projections/folding.cpp does.
// Cost    a hash a line, and O(log n) hashes of subtrees a call; of a line in the last tile, which
//         is not full, once the lines of that tile.
#pragma once

#include "ledger/store.hpp"

namespace ledger {

class CheckedReader final : public Reader {
public:
    // `reader` outlives this.
    explicit CheckedReader(const Reader& reader) : reader_{reader} {}

    Result<Head> head() const override { return reader_.head(); }
    Result<std::vector<std::string>> lines(std::uint64_t position,
                                           std::size_t count_max) const override;
    Result<void> each_line(std::uint64_t position, std::uint64_t count_max,
                           const TakeLine& take) const override {
        return reader_.each_line(position, count_max, take);
    }
    Result<std::uint64_t> stream_version(std::string_view stream) const override {
        return reader_.stream_version(stream);
    }
    Result<std::vector<std::uint64_t>> stream_positions(std::string_view stream,
                                                        std::uint64_t after,
                                                        std::size_t count_max) const override {
        return reader_.stream_positions(stream, after, count_max);
    }
    Result<std::optional<std::string>> content(const Digest& digest) const override {
        return reader_.content(digest);
    }
    Result<Digest> root_at(std::uint64_t size) const override { return reader_.root_at(size); }
    Result<Digest> subtree(unsigned level, std::uint64_t index) const override {
        return reader_.subtree(level, index);
    }
    Result<std::optional<std::string>> checkpoint(std::uint64_t size_max) const override {
        return reader_.checkpoint(size_max);
    }

private:
    const Reader& reader_;
};

}  // namespace ledger
