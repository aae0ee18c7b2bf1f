#include "adapters/shadow/confinement.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace adapters::shadow {

#if defined(__x86_64__) || defined(__aarch64__)

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#endif

constexpr std::uint32_t denied = SECCOMP_RET_ERRNO | (EACCES & SECCOMP_RET_DATA);

constexpr sock_filter load(std::size_t offset) {
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}

constexpr sock_filter go_on_if(std::uint32_t value, std::uint8_t else_skipped) {
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, else_skipped);
}

constexpr sock_filter answer(std::uint32_t verdict) { return BPF_STMT(BPF_RET | BPF_K, verdict); }

constexpr std::size_t number_place = offsetof(seccomp_data, nr);

constexpr std::size_t low_half(std::size_t argument) {
    return offsetof(seccomp_data, args) + argument * sizeof(std::uint64_t);
}

constexpr std::size_t high_half(std::size_t argument) {
    return low_half(argument) + sizeof(std::uint32_t);
}

std::uint32_t low_of(const void* pointer) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pointer));
}

std::uint32_t high_of(const void* pointer) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pointer) >> 32U);
}

// Of the first version, which also forbids moves between folders: the server makes none.
// Truncation, which later ones add, is let be.
constexpr std::uint64_t writing = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                  LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                                  LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                  LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                                  LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

bool let_write(int rules, const char* path, std::uint64_t access) {
    const int place = ::open(path, O_PATH | O_CLOEXEC);
    if (place < 0) return false;
    const landlock_path_beneath_attr beneath{access, place};
    const bool is_let =
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
    ::close(place);
    return is_let;
}

void keep_within(const char* folder) {
    landlock_ruleset_attr all{};
    all.handled_access_fs = writing;
    const auto rules = static_cast<int>(syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0));
    if (rules < 0) return;
    if (let_write(rules, folder, writing) &&
        let_write(rules, "/dev/null", LANDLOCK_ACCESS_FS_WRITE_FILE))
        (void)!syscall(SYS_landlock_restrict_self, rules, 0);
    ::close(rules);
}

void filter_calls(const Confinement& confinement) {
    const std::uint32_t connecting = confinement.may_connect ? SECCOMP_RET_ALLOW : denied;
    // A jump says how many of the lines behind it are passed over where the values differ.
    std::array filter{
        load(offsetof(seccomp_data, arch)),
        go_on_if(architecture, 14),
        load(number_place),
        go_on_if(SYS_connect, 1),
        answer(connecting),
        go_on_if(SYS_execveat, 1),
        answer(denied),
        go_on_if(SYS_execve, 8),
        load(low_half(0)),
        go_on_if(low_of(confinement.program), 7),
        load(high_half(0)),
        go_on_if(high_of(confinement.program), 5),
        load(low_half(1)),
        go_on_if(low_of(confinement.words), 3),
        load(high_half(1)),
        go_on_if(high_of(confinement.words), 1),
        answer(SECCOMP_RET_ALLOW),
        answer(denied),
    };
    const sock_fprog program{filter.size(), filter.data()};
    (void)!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

}  // namespace

void confine(const Confinement& confinement) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return;
    keep_within(confinement.folder);
    filter_calls(confinement);
}

#else

void confine(const Confinement& /*confinement*/) {}

#endif

}  // namespace adapters::shadow
