// tests/contracts/each_line_contract.hpp: what every ledger::Reader promises of lines one by one:
// those that lines() has, whether they are few or many.
//
// Use   append_many() first.
#pragma once

#include "tests/contracts/store_contract.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tests {

inline void append_many(ledger::Store& store) {
    std::vector<ledger::Draft> drafts;
    for (int number = 0; number < 1'500; ++number) drafts.push_back(draft_of("a"));
    must(store.append(append_of(std::move(drafts))));
}

inline void each_line_contract(const ledger::Reader& reader) {
    const std::vector<std::string> all = must(reader.lines(0, 1'000'000));
    for (const std::size_t begin : {std::size_t{0}, all.size() - 2, all.size(), all.size() + 9})
        for (const std::size_t count :
             {std::size_t{0}, std::size_t{3}, std::size_t{1'200}, std::size_t{1'000'000}}) {
            const auto from =
                all.begin() + static_cast<std::ptrdiff_t>(std::min(begin, all.size()));
            const auto to = from + std::min(static_cast<std::ptrdiff_t>(count), all.end() - from);
            std::vector<std::string> taken;
            must(reader.each_line(begin, count, [&](std::string_view line) -> ledger::Result<void> {
                taken.emplace_back(line);
                return {};
            }));
            CHECK(taken == std::vector<std::string>(from, to));
        }
    for (const std::size_t count : {std::size_t{9}, std::size_t{1'200}}) {
        std::size_t taken = 0;
        const auto stopped =
            reader.each_line(0, count, [&](std::string_view) -> ledger::Result<void> {
                if (++taken < 3) return {};
                return ledger::fail(ledger::Code::refused, "enough");
            });
        CHECK(error_of(stopped).reason == "enough");
        CHECK(taken == 3);
    }
}

}  // namespace tests
