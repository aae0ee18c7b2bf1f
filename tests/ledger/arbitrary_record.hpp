// tests/ledger/arbitrary_record.hpp: any record there can be, for property tests.
//
// Shape   an archive that fills a value's members at random, whatever they are.
#pragma once

#include "ledger/clean.hpp"
#include "ledger/event_members.hpp"

#include <limits>
#include <optional>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace tests {

class Filler {
public:
    template <class... Members>
    void operator()(Members&&... members) {
        (fill(members.value), ...);
    }

    template <std::integral Integer>
    void fill(Integer& value) {
        constexpr auto top = static_cast<std::int64_t>(ledger::json_integer_max);
        constexpr auto limits = std::numeric_limits<Integer>{};
        const std::int64_t highest =
            std::cmp_less(limits.max(), top) ? static_cast<std::int64_t>(limits.max()) : top;
        const std::int64_t lowest =
            std::cmp_greater(limits.min(), -top) ? static_cast<std::int64_t>(limits.min()) : -top;
        value = static_cast<Integer>(*rc::gen::oneOf(rc::gen::inRange(lowest, highest),
                                                     rc::gen::just(highest), rc::gen::just(lowest),
                                                     rc::gen::just(std::int64_t{0})));
    }
    void fill(bool& value) { value = *rc::gen::arbitrary<bool>(); }
    void fill(std::string& value) {
        value = ledger::clean(
            *rc::gen::oneOf(rc::gen::arbitrary<std::string>(), rc::gen::string<std::string>()),
            200);
    }
    void fill(ledger::Version& value) { fill(value.text); }
    void fill(ledger::Target& value) { fill(value.name); }
    void fill(ledger::Uuid& value) { fill_bytes(value.bytes); }
    void fill(ledger::Digest& value) { fill_bytes(value.bytes); }
    void fill(ledger::PublicKey& value) { fill_bytes(value.bytes); }
    template <class T>
    void fill(std::optional<T>& value) {
        value.reset();
        if (*rc::gen::arbitrary<bool>()) fill(value.emplace());
    }
    template <class T>
    void fill(std::vector<T>& values) {
        values.resize(*rc::gen::inRange<std::size_t>(0, 4));
        for (T& value : values) fill(value);
    }
    template <class T>
    void fill(T& value) {
        if constexpr (std::is_enum_v<T>)
            value = static_cast<T>(*rc::gen::inRange<std::size_t>(0, spellings(T{}).size()));
        else
            serialize(*this, value);
    }

private:
    template <std::size_t count>
    void fill_bytes(std::array<std::uint8_t, count>& bytes) {
        for (std::uint8_t& byte : bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
    }
};

template <std::size_t index = 0>
ledger::Event arbitrary_event(std::size_t chosen) {
    using Chosen = std::variant_alternative_t<index, ledger::EventVariant>;
    if constexpr (std::is_same_v<Chosen, ledger::Opaque>) {
        return ledger::Opaque{"later-event.7", R"({"a":[1,"\u0002",{"b":null}]})"};
    } else {
        if (chosen != index) return arbitrary_event<index + 1>(chosen);
        Chosen event;
        Filler{}.fill(event);
        return event;
    }
}

inline ledger::Record arbitrary_record() {
    ledger::Record record;
    Filler filler;
    for (ledger::Uuid* uuid : {&record.ledger, &record.id, &record.correlation}) filler.fill(*uuid);
    for (auto* uuid : {&record.run, &record.causation}) filler.fill(*uuid);
    for (std::string* text : {&record.stream, &record.tool}) filler.fill(*text);
    for (auto* text : {&record.reason, &record.ticket}) filler.fill(*text);
    filler.fill(record.position);
    filler.fill(record.stream_version);
    filler.fill(record.batch_index);
    filler.fill(record.batch_length);
    filler.fill(record.recorded_at_us);
    filler.fill(record.clock_went_back);
    filler.fill(record.actor);
    const auto count = std::variant_size_v<ledger::EventVariant>;
    record.data = arbitrary_event(*rc::gen::inRange<std::size_t>(0, count));
    return record;
}

}  // namespace tests
