#include "migrations/boxed.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

namespace boxed_test {

using migrations::Boxed;

TEST_CASE("what is boxed is copied and compared as what it holds") {
    Boxed<std::string> one = std::string{"one"};
    Boxed<std::string> copy = one;
    CHECK(copy == one);
    *copy = "other";
    CHECK(*one == "one");
    CHECK_FALSE(copy == one);
    copy = one;
    CHECK(copy == one);
    CHECK_FALSE(Boxed<std::string>{} == one);
    CHECK(Boxed<std::string>{} == Boxed<std::string>{std::nullopt});
    const auto& itself = one;
    one = itself;
    CHECK(*one == "one");
}

TEST_CASE("what is moved out of a box leaves it empty") {
    Boxed<std::string> from = std::optional<std::string>{"one"};
    const std::string* place = &*from;
    const Boxed<std::string> to = std::move(from);
    CHECK(&*to == place);
    CHECK_FALSE(from.has_value());
    CHECK_FALSE(Boxed<std::string>{std::optional<std::string>{}}.has_value());
}

TEST_CASE("a box that is empty takes a pointer's room") {
    CHECK(sizeof(Boxed<std::string>) == sizeof(void*));
}

}  // namespace boxed_test
