#include "migrations/sql/deep_stack.hpp"

#include <pthread.h>

namespace migrations::sql {

namespace {

void* call(void* function) {
    (*static_cast<const std::function<void()>*>(function))();
    return nullptr;
}

}  // namespace

bool run_with_stack(std::size_t stack_bytes, const std::function<void()>& function) {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_t thread{};
    std::function<void()> copy = function;
    const bool started = pthread_attr_setstacksize(&attributes, stack_bytes) == 0 &&
                         pthread_create(&thread, &attributes, call, &copy) == 0;
    pthread_attr_destroy(&attributes);
    return started && pthread_join(thread, nullptr) == 0;
}

}  // namespace migrations::sql
