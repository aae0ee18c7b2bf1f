// adapters/shadow/owner.hpp: the user that a disposable server runs as.
//
// Why  PostgreSQL refuses to run as root: then it is postgres, or nobody where there is none.
#pragma once

#include <optional>
#include <sys/types.h>

namespace adapters::shadow {

struct Owner {
    uid_t user{};
    gid_t group{};
};

// Nothing: ourselves.
[[nodiscard]] std::optional<Owner> other_owner();

// For a process of its own, after fork: no memory is allocated.
[[nodiscard]] bool become(const Owner& owner);

}  // namespace adapters::shadow
