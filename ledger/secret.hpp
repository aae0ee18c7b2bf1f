// ledger/secret.hpp: text that nobody may see, wiped where it is no longer needed.
#pragma once

#include <string>
#include <string_view>

namespace ledger {

// Overwrites it, in a way that no compiler leaves out, and empties it.
void wipe(std::string& text) noexcept;

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_{std::move(text)} {}
    Secret(Secret&& other) noexcept : text_{std::move(other.text_)} { wipe(other.text_); }
    Secret& operator=(Secret&& other) noexcept {
        wipe(text_);
        text_ = std::move(other.text_);
        wipe(other.text_);
        return *this;
    }
    Secret(const Secret&) = delete;
    Secret& operator=(const Secret&) = delete;
    ~Secret() { wipe(text_); }

    [[nodiscard]] std::string_view view() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }

private:
    std::string text_;
};

}  // namespace ledger
