// adapters/http/client.hpp: one HTTP POST, by libcurl.
//
// Shape    libcurl is loaded with the first call (client.cpp says how): no other command pays for
//          it. Redirects are not followed; the certificate is checked against the system's.
// Limits   http and https alone; 10 s to connect, 30 s in all; an answer of 1 MiB at most. Once
//          somebody asks to stop, what takes 2 s more is given up.
// Secrets  the address may hold some (a webhook's path, a password): no error quotes it beyond its
//          host, and it is in no process's arguments.
// Errors   unavailable "libcurl-missing", "http-unreachable"; refused "http-url-invalid". A status
//          other than 200 is an answer, not an error.
#pragma once

#include "ledger/result.hpp"

#include <functional>
#include <string>

namespace adapters::http {

// Has somebody asked to stop?
using IsStopped = std::function<bool()>;

struct Post {
    std::string url;
    std::string content_type;
    std::string body;
    IsStopped is_stopped{};
};

struct Answer {
    long status{};
    std::string content_type;
    std::string body;
};

[[nodiscard]] ledger::Result<Answer> post(const Post& request);

// Scheme, host and port alone: what may be shown of an address.
[[nodiscard]] std::string shown_url(const std::string& url);

}  // namespace adapters::http
