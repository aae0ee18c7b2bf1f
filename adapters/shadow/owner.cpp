#include "adapters/shadow/owner.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace adapters::shadow {

std::optional<Owner> other_owner() {
    if (geteuid() != 0) return std::nullopt;
    constexpr Owner nobody{65534, 65534};
    for (const char* name : {"postgres", "nobody"})
        if (const passwd* entry = getpwnam(name); entry != nullptr && entry->pw_uid != 0)
            return Owner{entry->pw_uid, entry->pw_gid};
    return nobody;
}

bool become(const Owner& owner) {
    return setgroups(1, &owner.group) == 0 && setgid(owner.group) == 0 && setuid(owner.user) == 0;
}

}  // namespace adapters::shadow
