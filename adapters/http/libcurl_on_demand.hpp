// adapters/http/libcurl_on_demand.hpp: libcurl, loaded with the first need of it. Internal.
//
// Why     with TLS, HTTP/2 and LDAP it brings three dozen libraries along, which would take longer
//         to load than most commands take in all.
// Errors  unavailable "libcurl-missing".
#pragma once

#include "ledger/result.hpp"

#include <curl/curl.h>

namespace adapters::http {

// The functions that are used here, under libcurl's names without their prefix.
struct Libcurl {
    decltype(&::curl_easy_init) easy_init{};
    decltype(&::curl_easy_cleanup) easy_cleanup{};
    decltype(&::curl_easy_setopt) easy_setopt{};
    decltype(&::curl_easy_getinfo) easy_getinfo{};
    decltype(&::curl_easy_perform) easy_perform{};
    decltype(&::curl_easy_strerror) easy_strerror{};
    decltype(&::curl_slist_append) slist_append{};
    decltype(&::curl_slist_free_all) slist_free_all{};
};

[[nodiscard]] ledger::Result<const Libcurl*> libcurl();

}  // namespace adapters::http
