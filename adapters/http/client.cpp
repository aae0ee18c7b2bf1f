#include "adapters/http/client.hpp"

#include "adapters/http/libcurl_on_demand.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace adapters::http {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

constexpr long connect_timeout_ms = 10'000;
constexpr long timeout_ms = 30'000;
constexpr std::chrono::seconds after_stop{2};
constexpr std::size_t answer_bytes_max = std::size_t{1} << 20U;

struct FreeHandle {
    const Libcurl* library;
    void operator()(CURL* handle) const { library->easy_cleanup(handle); }
};
struct FreeList {
    const Libcurl* library;
    void operator()(curl_slist* list) const { library->slist_free_all(list); }
};
using Handle = std::unique_ptr<CURL, FreeHandle>;
using List = std::unique_ptr<curl_slist, FreeList>;

// libcurl's callback: what it answers less than it was given ends the transfer.
std::size_t take(const char* bytes, std::size_t one, std::size_t count, void* into) {
    auto& body = *static_cast<std::string*>(into);
    if (body.size() + one * count > answer_bytes_max) return 0;
    body.append(bytes, one * count);
    return one * count;
}

// Who asks to stop has a short while for what is about to be answered, and no more.
class Patience {
public:
    explicit Patience(const IsStopped& is_stopped) : is_stopped_{is_stopped} {}
    [[nodiscard]] bool is_over() {
        if (!is_stopped_ || !is_stopped_()) return false;
        const auto now = std::chrono::steady_clock::now();
        if (!end_) end_ = now + after_stop;
        return now >= *end_;
    }

private:
    const IsStopped& is_stopped_;
    std::optional<std::chrono::steady_clock::time_point> end_;
};

// libcurl's callback, about once a second: anything but 0 ends the transfer.
int watch(void* patience, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<Patience*>(patience)->is_over() ? 1 : 0;
}

bool is_http(const std::string& url) {
    return url.starts_with("https://") || url.starts_with("http://");
}

// One header line; a second one of the same list keeps what is there.
List headers_of(const Libcurl& library, const std::string& content_type) {
    curl_slist* list = library.slist_append(nullptr, ("Content-Type: " + content_type).c_str());
    curl_slist* const longer = library.slist_append(list, "Expect:");
    return List{longer == nullptr ? list : longer, FreeList{&library}};
}

}  // namespace

std::string shown_url(const std::string& url) {
    const std::size_t scheme = url.find("://");
    if (scheme == url.npos) return "an address without a scheme";
    const std::size_t begin = scheme + 3;
    const std::size_t end = url.find_first_of("/?#", begin);
    std::string host = url.substr(begin, end == url.npos ? url.npos : end - begin);
    if (const std::size_t at = host.rfind('@'); at != host.npos) host.erase(0, at + 1);
    return url.substr(0, begin) + host;
}

Result<Answer> post(const Post& request) {
    if (!is_http(request.url) || request.url.find_first_of(" \r\n\t") != request.url.npos)
        return fail(Code::refused, "http-url-invalid",
                    "this is no http or https address: " + shown_url(request.url),
                    "write it as https://host/path");
    const auto library = libcurl();
    if (!library) return fail(library.error());
    const Libcurl& curl = **library;
    const Handle handle{curl.easy_init(), FreeHandle{&curl}};
    if (!handle) return fail(Code::unavailable, "http-unreachable", "libcurl does not start");
    const List headers = headers_of(curl, request.content_type);
    Patience patience{request.is_stopped};
    Answer answer;
    const auto set = [&](CURLoption option, auto value) {
        static_cast<void>(curl.easy_setopt(handle.get(), option, value));
    };
    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    set(CURLOPT_TIMEOUT_MS, timeout_ms);
    set(CURLOPT_USERAGENT, "varve");
    set(CURLOPT_HTTPHEADER, headers.get());
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.c_str());
    set(CURLOPT_WRITEFUNCTION, &take);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&answer.body));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &watch);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(&patience));
    const CURLcode code = curl.easy_perform(handle.get());
    if (code == CURLE_WRITE_ERROR)
        return fail(Code::unavailable, "http-unreachable",
                    shown_url(request.url) + " answers with more than 1 MiB",
                    "look at what listens there; it is tried again with the next checkpoint");
    if (code != CURLE_OK)
        return fail(Code::unavailable, "http-unreachable",
                    shown_url(request.url) + " did not answer: " + curl.easy_strerror(code),
                    "look at the address, the network and its certificate; it is tried again "
                    "with the next checkpoint");
    char* content_type = nullptr;
    static_cast<void>(curl.easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &answer.status));
    static_cast<void>(curl.easy_getinfo(handle.get(), CURLINFO_CONTENT_TYPE, &content_type));
    if (content_type != nullptr) answer.content_type = content_type;
    return answer;
}

}  // namespace adapters::http
