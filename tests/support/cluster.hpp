// tests/support/cluster.hpp: a disposable PostgreSQL, one a test process.
//
// Shape    initdb and postgres of the newest /usr/lib/postgresql/*/bin, in a folder under $TMPDIR
// or
//          /tmp, on a Unix socket only, as the user "postgres" where the test is root. The server
//          dies with the test, however that ends; folders of dead tests are swept at the start.
// Format   VARVE_TEST_POSTGRES, a URL of a ready cluster whose user may create databases, saves
//          starting one; the databases made there are dropped at the end.
// Refuses  without server programs: says so on stderr, and is_available() is false.
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace tests {

class Cluster {
public:
    Cluster();
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;
    ~Cluster();

    [[nodiscard]] bool is_available() const { return is_available_; }

    // A new, empty database: postgresql://user@/name?host=...
    [[nodiscard]] std::string new_database();

    // A URL of a database of that name, as another user if one is given.
    [[nodiscard]] std::string url(const std::string& database, const std::string& user = {}) const;

    // Where the server listens: a folder for a Unix socket, and the port that names it there.
    [[nodiscard]] const std::string& host() const { return host_; }
    [[nodiscard]] const std::string& port() const { return port_; }
    [[nodiscard]] const std::string& user() const { return user_; }
    [[nodiscard]] bool has_socket() const { return host_.starts_with('/'); }

    // Stops the server as a power cut would, and starts it again. Only of a cluster of our own.
    void crash();

    // Whether the server is ours to stop.
    [[nodiscard]] bool is_own() const { return server_ > 0; }

private:
    void adopt(const std::string& url);
    void create();
    void start();
    void stop();

    bool is_available_{};
    std::filesystem::path programs_;
    std::filesystem::path folder_;
    pid_t server_{-1};
    std::string user_;
    std::string password_;
    std::string host_;
    std::string port_{"5432"};
    std::string maintenance_database_{"postgres"};
    std::vector<std::string> databases_;
};

// The one cluster of this process, started when first asked for.
[[nodiscard]] Cluster& cluster();

}  // namespace tests
