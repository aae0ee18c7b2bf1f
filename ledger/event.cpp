#include "ledger/event.hpp"

#include "ledger/fold.hpp"

namespace ledger {

Event::Event() = default;
Event::Event(const Event& other) = default;
Event::Event(Event&& other) noexcept = default;
Event& Event::operator=(const Event& other) = default;
Event& Event::operator=(Event&& other) noexcept = default;
Event::~Event() = default;

bool operator==(const Event& left, const Event& right) {
    return static_cast<const EventVariant&>(left) == static_cast<const EventVariant&>(right);
}

std::string type_of(const Event& event) { return std::string{type_name(event)}; }

std::string_view type_name(const Event& event) {
    return std::visit(Overload{
                          [](const Opaque& opaque) { return std::string_view{opaque.type}; },
                          []<class Known>(const Known&) { return std::string_view{Known::tag}; },
                      },
                      event);
}

}  // namespace ledger
