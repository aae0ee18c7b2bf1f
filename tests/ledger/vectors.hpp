// tests/ledger/vectors.hpp: the public test vectors, where they are at hand.
//
// Source  ../shared/vectors; its README says where each file is from.
#pragma once

#include "ledger/base64.hpp"
#include "ledger/digest.hpp"
#include "tests/support/folders.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace tests {

using Json = nlohmann::json;

inline const std::string vectors_folder = shared_folder() + "/vectors/";

// Says so loudly: the test passes without having tested.
inline bool vectors_are_absent() {
    if (std::filesystem::exists(vectors_folder)) return false;
    std::cerr << "SKIPPED: ../shared/vectors is absent\n";
    SUCCEED("../shared/vectors is absent");
    return true;
}

inline std::string vector_text(const std::string& name) {
    std::ifstream in{vectors_folder + name, std::ios::binary};
    INFO(name);
    REQUIRE(in.is_open());
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline Json vector_json(const std::string& name) { return Json::parse(vector_text(name)); }

// One document a line.
inline std::vector<Json> vector_json_lines(const std::string& name) {
    std::istringstream in{vector_text(name)};
    std::vector<Json> documents;
    for (std::string line; std::getline(in, line);) documents.push_back(Json::parse(line));
    return documents;
}

// null stands for "".
inline std::string text_of(const Json& json) {
    return json.is_null() ? std::string{} : json.get<std::string>();
}

// Some vectors have a word in the place of a hash: any other hash tests the same.
inline ledger::Digest digest_of_base64(const Json& json) {
    const std::string bytes = ledger::from_base64(text_of(json)).value();
    ledger::Digest digest = ledger::sha256("in place of ", bytes);
    if (bytes.size() == digest.bytes.size())
        std::copy(bytes.begin(), bytes.end(), digest.bytes.begin());
    return digest;
}

inline std::vector<ledger::Digest> digests_of_base64(const Json& json) {
    std::vector<ledger::Digest> digests;
    if (json.is_null()) return digests;
    for (const Json& each : json) digests.push_back(digest_of_base64(each));
    return digests;
}

inline std::vector<ledger::Digest> digests_of_hex(const Json& json) {
    std::vector<ledger::Digest> digests;
    for (const Json& each : json)
        digests.push_back(ledger::digest_from_hex(each.get<std::string>()).value());
    return digests;
}

inline std::string bytes_of_hex(const std::string& text) {
    std::string bytes;
    for (std::size_t place = 0; place + 1 < text.size(); place += 2)
        bytes += static_cast<char>(std::stoi(text.substr(place, 2), nullptr, 16));
    return bytes;
}

}  // namespace tests
