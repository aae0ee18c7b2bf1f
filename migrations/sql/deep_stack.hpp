// migrations/sql/deep_stack.hpp: runs a function where it has a very large stack.
//
// Units  the stack is address space; only what is touched becomes memory.
// Errors false: the system gives no such thread, and nothing was run.
#pragma once

#include <cstddef>
#include <functional>

namespace migrations::sql {

[[nodiscard]] bool run_with_stack(std::size_t stack_bytes, const std::function<void()>& function);

}  // namespace migrations::sql
