// The macros of curl/curl.h that check the types of variadic arguments would hide the functions.
#define CURL_DISABLE_TYPECHECK
#include "adapters/http/libcurl_on_demand.hpp"

#include <dlfcn.h>
#include <optional>

#undef curl_easy_setopt
#undef curl_easy_getinfo

namespace adapters::http {

namespace {

template <class Function>
bool find(void* library, const char* name, Function& function) {
    function = reinterpret_cast<Function>(dlsym(library, name));
    return function != nullptr;
}

std::optional<Libcurl> load() {
    void* const library = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL);
    if (library == nullptr) return std::nullopt;
    decltype(&::curl_global_init) global_init{};
    Libcurl found;
    const bool complete = find(library, "curl_global_init", global_init) &&
                          find(library, "curl_easy_init", found.easy_init) &&
                          find(library, "curl_easy_cleanup", found.easy_cleanup) &&
                          find(library, "curl_easy_setopt", found.easy_setopt) &&
                          find(library, "curl_easy_getinfo", found.easy_getinfo) &&
                          find(library, "curl_easy_perform", found.easy_perform) &&
                          find(library, "curl_easy_strerror", found.easy_strerror) &&
                          find(library, "curl_slist_append", found.slist_append) &&
                          find(library, "curl_slist_free_all", found.slist_free_all);
    if (!complete || global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return std::nullopt;
    return found;
}

}  // namespace

ledger::Result<const Libcurl*> libcurl() {
    static const std::optional<Libcurl> loaded = load();
    if (loaded) return &*loaded;
    return ledger::fail(ledger::Code::unavailable, "libcurl-missing",
                        "libcurl.so.4 cannot be loaded, so nothing can be sent by HTTP",
                        "install it (Debian: apt-get install libcurl4)");
}

}  // namespace adapters::http
