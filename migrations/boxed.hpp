// migrations/boxed.hpp: an optional value that is kept apart, for what few of very many have.
//
// Room   a pointer's, where a std::optional takes the value's whether there is one or not.
// Value  copied and compared as what it holds; moved, it leaves nothing behind. Like const, by what
//        holds it: of one that is const the value cannot be changed.
#pragma once

#include <memory>
#include <optional>
#include <utility>

namespace migrations {

template <typename T>
class Boxed {
public:
    Boxed() = default;
    Boxed(std::nullopt_t) {}                                           // NOLINT
    Boxed(T value) : value_{std::make_unique<T>(std::move(value))} {}  // NOLINT
    Boxed(std::optional<T> value) {                                    // NOLINT
        if (value) value_ = std::make_unique<T>(*std::move(value));
    }
    Boxed(const Boxed& other) : value_{other ? std::make_unique<T>(*other) : nullptr} {}
    Boxed(Boxed&&) noexcept = default;
    Boxed& operator=(const Boxed& other) {
        if (this != &other) *this = Boxed{other};
        return *this;
    }
    Boxed& operator=(Boxed&&) noexcept = default;
    ~Boxed() = default;

    [[nodiscard]] bool has_value() const { return value_ != nullptr; }
    explicit operator bool() const { return has_value(); }

    [[nodiscard]] T& operator*() { return *value_; }
    [[nodiscard]] const T& operator*() const { return *value_; }
    [[nodiscard]] T* operator->() { return value_.get(); }
    [[nodiscard]] const T* operator->() const { return value_.get(); }

    T& emplace() { return *(value_ = std::make_unique<T>()); }
    void reset() { value_.reset(); }

    bool operator==(const Boxed& other) const {
        return value_ && other.value_ ? *value_ == *other.value_ : value_ == other.value_;
    }

private:
    std::unique_ptr<T> value_;
};

}  // namespace migrations
