// tests/support/print.hpp: so that a failing CHECK shows the value and not "{?}".
#pragma once

#include "ledger/codec.hpp"
#include "ledger/digest.hpp"
#include "ledger/result.hpp"

#include <catch2/catch.hpp>

#include <string>

template <>
struct Catch::StringMaker<ledger::Error> {
    static std::string convert(const ledger::Error& error) {
        return error.reason + ": " + error.detail;
    }
};

template <>
struct Catch::StringMaker<ledger::Digest> {
    static std::string convert(const ledger::Digest& digest) { return hex(digest); }
};

template <>
struct Catch::StringMaker<ledger::Uuid> {
    static std::string convert(const ledger::Uuid& uuid) { return to_text(uuid); }
};

template <>
struct Catch::StringMaker<ledger::Record> {
    static std::string convert(const ledger::Record& record) {
        return ledger::encode(record).value_or(type_of(record.data) + ", not encodable");
    }
};
