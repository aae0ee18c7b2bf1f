// adapters/shadow/confinement.hpp: a process that starts no other program, connects to nobody, and
// writes in one folder alone.
//
// Why      what is rehearsed may reach for another server (postgres_fdw, dblink), also through a
//          Unix socket, run a program (COPY ... PROGRAM, file_fdw) or write a file (COPY ... TO,
//          lo_export), from within functions too. A rehearsal must change nothing but its own
//          databases.
// How      a seccomp filter and a Landlock domain, which every child inherits and nobody can take
//          off: connect, execve and writing elsewhere end with EACCES. What listens and accepts is
//          let be. See seccomp(2) and landlock(7).
// Where    Linux on x86-64 and ARM64; each of the two where the kernel has it and lets us, and
//          nothing elsewhere. Landlock is of Linux 5.13.
#pragma once

namespace adapters::shadow {

struct Confinement {
    const char* program{};  // the one execve that is allowed, told by its very pointers
    char* const* words{};   // its arguments
    bool may_connect{};
    const char* folder{};  // in which it may write
};

// Allocates nothing: for use between fork and execve.
void confine(const Confinement& confinement);

}  // namespace adapters::shadow
