#include "ledger/digests.hpp"

#include "ledger/tree.hpp"
#include "tests/support/print.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace ledger;

namespace {

std::vector<Digest> one_by_one(const std::vector<std::string_view>& lines) {
    std::vector<Digest> leaves;
    for (const std::string_view line : lines) leaves.push_back(leaf_hash(line));
    return leaves;
}

std::vector<Digest> together(const std::vector<std::string_view>& lines) {
    std::vector<Digest> leaves(lines.size());
    leaf_hashes(lines, leaves);
    return leaves;
}

}  // namespace

TEST_CASE("many lines hashed together have the hashes of each alone, whatever their lengths") {
    std::string text;
    for (int number = 0; text.size() < 20'000; ++number) text += std::to_string(number * 7919);
    std::vector<std::string_view> lines;
    for (std::size_t length = 0; length < 300; ++length)
        lines.push_back(std::string_view{text}.substr(length, length));
    for (const std::size_t length : {16'384U, 3U, 12'345U, 0U, 903U})
        lines.push_back(std::string_view{text}.substr(0, length));
    CHECK(together(lines) == one_by_one(lines));
}

TEST_CASE("any number of lines is hashed together") {
    const std::vector<std::string> texts{"one",
                                         "a longer one",
                                         "",
                                         std::string(64, 'x'),
                                         std::string(119, 'y'),
                                         std::string(120, 'z')};
    for (std::size_t count = 0; count <= 3 * texts.size(); ++count) {
        std::vector<std::string_view> lines;
        for (std::size_t index = 0; index < count; ++index)
            lines.push_back(texts[index % texts.size()]);
        CHECK(together(lines) == one_by_one(lines));
    }
}

TEST_CASE("the pieces of a message are hashed as what they are together") {
    std::vector<Pieces> messages;
    std::vector<Digest> expected;
    for (std::size_t size = 0; size < 200; ++size) {
        static const std::string text(400, 'p');
        const std::string_view all = std::string_view{text}.substr(0, size);
        const std::size_t first = size / 3;
        messages.push_back(
            {all.substr(0, first), all.substr(first, size / 2 - first), all.substr(size / 2)});
        expected.push_back(sha256(all));
    }
    std::vector<Digest> found(messages.size());
    sha256_each(messages, found);
    CHECK(found == expected);
}
