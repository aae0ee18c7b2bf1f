#include "commands/catalog_difference.hpp"

#include <algorithm>
#include <cstddef>

namespace commands {

namespace {

constexpr std::size_t shown_max = 80;

// Where two long definitions part, since it is there that one must look.
std::string shown(const std::string& definition, std::size_t from) {
    std::string text = (from > 0 ? "..." : "") + definition.substr(from, shown_max);
    std::replace(text.begin(), text.end(), '\n', ' ');
    return "'" + text + (from + shown_max < definition.size() ? "...'" : "'");
}

// From the word before the one that differs on: it says what that one is.
std::size_t common_words(const std::string& one, const std::string& other) {
    const auto end = std::mismatch(one.begin(), one.end(), other.begin(), other.end()).first;
    const auto same = static_cast<std::size_t>(end - one.begin());
    if (std::max(one.size(), other.size()) <= shown_max || same == 0) return 0;
    auto word = one.rfind(' ', same - 1);
    if (word != std::string::npos && word > 0) word = one.rfind(' ', word - 1);
    return word == std::string::npos ? 0 : word + 1;
}

std::string changed(const std::string& before, const std::string& after) {
    const std::size_t from = common_words(before, after);
    return " is " + shown(after, std::min(from, after.size())) + " and was " +
           shown(before, std::min(from, before.size()));
}

}  // namespace

std::vector<std::string> catalog_difference(const CatalogText& before, const CatalogText& after,
                                            std::size_t count_max) {
    std::vector<std::string> all;
    for (const auto& [identity, definition] : before.objects) {
        const auto found = after.objects.find(identity);
        if (found == after.objects.end())
            all.push_back(identity + " is gone");
        else if (found->second != definition)
            all.push_back(identity + changed(definition, found->second));
    }
    for (const auto& [identity, definition] : after.objects)
        if (!before.objects.contains(identity)) all.push_back(identity + " is new");
    if (all.size() <= count_max) return all;
    const std::size_t more = all.size() - count_max;
    all.resize(count_max);
    all.push_back("and " + std::to_string(more) + " more");
    return all;
}

}  // namespace commands
