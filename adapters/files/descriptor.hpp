// adapters/files/descriptor.hpp: an open file's number, which is closed with it.
#pragma once

#include <unistd.h>

namespace adapters::files {

class Descriptor {
public:
    explicit Descriptor(int number) : number_{number} {}  // what open() answered: -1 is not open
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (is_open()) close(number_);
    }

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool is_open() const { return number_ >= 0; }

private:
    int number_;
};

}  // namespace adapters::files
