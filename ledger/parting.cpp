#include "ledger/parting.hpp"

#include "ledger/codec.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace ledger {

namespace {

Result<bool> agree_at(const Reader& one, const Reader& other, std::uint64_t size) {
    const auto here = one.root_at(size);
    if (!here) return fail(here.error());
    const auto there = other.root_at(size);
    if (!there) return fail(there.error());
    return *here == *there;
}

}  // namespace

Result<std::uint64_t> shared_size(const Reader& one, const Reader& other) {
    const auto here = one.head();
    if (!here) return fail(here.error());
    const auto there = other.head();
    if (!there) return fail(there.error());
    std::uint64_t shared = 0;
    std::uint64_t not_shared = std::min(here->size, there->size) + 1;
    for (std::uint64_t size = not_shared - 1; shared + 1 < not_shared;
         size = shared + (not_shared - shared) / 2) {
        const auto agreed = agree_at(one, other, size);
        if (!agreed) return fail(agreed.error());
        (*agreed ? shared : not_shared) = size;
    }
    return shared;
}

std::optional<std::string> types_between(const Reader& reader, std::uint64_t begin,
                                         std::uint64_t end) {
    std::map<std::string, std::size_t> counts;
    const auto count = [&](std::string_view line) -> Result<void> {
        const auto record = decode(line);
        if (!record) return fail(record.error());
        const std::string type = type_of(record->data);
        ++counts[type.substr(0, type.rfind('.'))];
        return {};
    };
    if (end <= begin || !reader.each_line(begin, end - begin, count)) return std::nullopt;
    std::string text;
    for (const auto& [type, number] : counts)
        text += (text.empty() ? "" : ", ") + std::to_string(number) + " " + type;
    return text.empty() ? std::nullopt : std::optional{text};
}

}  // namespace ledger
