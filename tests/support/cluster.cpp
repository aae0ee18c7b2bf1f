#include "tests/support/cluster.hpp"

#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <grp.h>
#include <iostream>
#include <libpq-fe.h>
#include <memory>
#include <optional>
#include <pwd.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace tests {

namespace {

namespace fs = std::filesystem;

constexpr const char* folder_prefix = "varve-pg-";

using ConnectionPointer = std::unique_ptr<PGconn, decltype(&PQfinish)>;

std::string percent_encoded(const std::string& text) {
    constexpr const char* digits = "0123456789ABCDEF";
    std::string encoded;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        if (std::isalnum(byte) != 0 || character == '_' || character == '-' || character == '.') {
            encoded += character;
        } else {
            encoded += '%';
            encoded += digits[byte >> 4U];
            encoded += digits[byte & 15U];
        }
    }
    return encoded;
}

void run_sql(const std::string& url, const std::string& sql) {
    const ConnectionPointer connection{PQconnectdb(url.c_str()), &PQfinish};
    const std::unique_ptr<PGresult, decltype(&PQclear)> result{
        PQexec(connection.get(), sql.c_str()), &PQclear};
    if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
        throw std::runtime_error{sql + ": " + PQerrorMessage(connection.get())};
}

// The newest version's programs.
std::optional<fs::path> server_programs() {
    std::optional<fs::path> best;
    int best_version = 0;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{"/usr/lib/postgresql", none}) {
        const int version = std::atoi(entry.path().filename().c_str());
        if (version <= best_version || !fs::exists(entry.path() / "bin/initdb")) continue;
        best = entry.path() / "bin";
        best_version = version;
    }
    return best;
}

struct Owner {
    uid_t user{};
    gid_t group{};
};

// Nobody but root has to become another: the server refuses to run as root.
std::optional<Owner> server_owner() {
    if (geteuid() != 0) return std::nullopt;
    const passwd* entry = getpwnam("postgres");
    if (entry == nullptr)
        throw std::runtime_error{"there is no user \"postgres\" to run the server"};
    return Owner{entry->pw_uid, entry->pw_gid};
}

[[noreturn]] void become(const std::vector<std::string>& command, const fs::path& log,
                         const std::optional<Owner>& owner, pid_t parent) {
    std::vector<char*> arguments;
    for (const auto& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    if (owner &&
        (setgroups(0, nullptr) != 0 || setgid(owner->group) != 0 || setuid(owner->user) != 0))
        _exit(126);
    setpgid(0, 0);  // the terminal's Ctrl-C is the test's, not the server's
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    if (getppid() != parent || chdir("/") != 0) _exit(127);
    execv(arguments[0], arguments.data());
    _exit(127);
}

pid_t spawn(const std::vector<std::string>& command, const fs::path& log) {
    const auto owner = server_owner();
    const pid_t parent = getpid();
    const pid_t child = fork();
    if (child < 0) throw std::runtime_error{"fork failed"};
    if (child == 0) become(command, log, owner, parent);
    return child;
}

// Folders whose test has ended. The name holds its process id.
void sweep(const fs::path& base) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{base, none}) {
        const auto name = entry.path().filename().string();
        if (!name.starts_with(folder_prefix)) continue;
        const pid_t test = std::atoi(name.c_str() + std::string{folder_prefix}.size());
        if (test <= 0 || kill(test, 0) == 0 || errno != ESRCH) continue;
        fs::remove_all(entry.path(), none);
    }
}

fs::path base_folder() {
    const char* base = std::getenv("TMPDIR");
    std::error_code none;
    if (base == nullptr || !fs::is_directory(base, none)) return "/tmp";
    const auto others = fs::status(base, none).permissions() & fs::perms::others_all;
    const bool is_open = others == fs::perms::others_all;  // to the server's own user
    const bool is_short = std::string{base}.size() < 60;   // a socket's path has 107 bytes
    return is_short && (is_open || geteuid() != 0) ? fs::path{base} : fs::path{"/tmp"};
}

}  // namespace

Cluster::Cluster() {
    if (const char* url = std::getenv("VARVE_TEST_POSTGRES"); url != nullptr && *url != '\0') {
        adopt(url);
        return;
    }
    const auto programs = server_programs();
    if (!programs) {
        std::cerr << "SKIPPED: no PostgreSQL server under /usr/lib/postgresql, and no "
                     "VARVE_TEST_POSTGRES; install postgresql-15\n";
        return;
    }
    programs_ = *programs;
    create();
    start();
    is_available_ = true;
}

Cluster::~Cluster() {
    if (!is_own()) {
        for (const auto& database : databases_) {
            try {
                run_sql(url(maintenance_database_),
                        "DROP DATABASE IF EXISTS " + database + " WITH (FORCE)");
            } catch (const std::exception& error) {
                std::cerr << "left behind: " << error.what() << '\n';
            }
        }
        return;
    }
    stop();
    std::error_code none;
    fs::remove_all(folder_, none);
}

void Cluster::adopt(const std::string& url) {
    char* message = nullptr;
    PQconninfoOption* options = PQconninfoParse(url.c_str(), &message);
    if (options == nullptr) throw std::runtime_error{"VARVE_TEST_POSTGRES cannot be read"};
    for (const auto* option = options; option->keyword != nullptr; ++option) {
        if (option->val == nullptr) continue;
        const std::string keyword = option->keyword;
        if (keyword == "user") user_ = option->val;
        if (keyword == "password") password_ = option->val;
        if (keyword == "host") host_ = option->val;
        if (keyword == "port") port_ = option->val;
        if (keyword == "dbname") maintenance_database_ = option->val;
    }
    PQconninfoFree(options);
    is_available_ = true;
}

void Cluster::create() {
    const auto base = base_folder();
    sweep(base);
    auto pattern = (base / (folder_prefix + std::to_string(getpid()) + "-XXXXXX")).string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"mkdtemp failed: " + pattern};
    folder_ = pattern;
    if (const auto owner = server_owner();
        owner && chown(folder_.c_str(), owner->user, owner->group) != 0)
        throw std::runtime_error{"chown failed: " + pattern};
    user_ = "postgres";
    host_ = folder_.string();
    const pid_t child =
        spawn({programs_ / "initdb", "-D", folder_ / "data", "-U", user_, "-A", "trust", "-E",
               "UTF8", "--locale=C.UTF-8", "-N", "--no-instructions", "--wal-segsize=1"},
              folder_ / "initdb.log");
    int status = 0;
    waitpid(child, &status, 0);
    if (status != 0) throw std::runtime_error{"initdb failed, see " + pattern + "/initdb.log"};
}

void Cluster::start() {
    std::vector<std::string> command{programs_ / "postgres", "-D", folder_ / "data", "-k", folder_};
    for (const char* setting :
         {"listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=60",
          "max_prepared_transactions=10", "shared_buffers=32MB", "max_wal_size=64MB",
          "min_wal_size=2MB", "max_locks_per_transaction=256", "log_min_messages=warning"})
        command.insert(command.end(), {"-c", setting});
    server_ = spawn(command, folder_ / "server.log");
    for (int tries = 0; tries < 600; ++tries) {
        const PGPing answer = PQping(url(maintenance_database_).c_str());
        if (answer == PQPING_OK) return;
        if (waitpid(server_, nullptr, WNOHANG) == server_) break;
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    throw std::runtime_error{"the server did not start, see " + (folder_ / "server.log").string()};
}

void Cluster::stop() {
    kill(server_, SIGQUIT);
    waitpid(server_, nullptr, 0);
    server_ = -1;
}

void Cluster::crash() {
    if (!is_own()) throw std::logic_error{"this server is not ours to stop"};
    stop();
    start();
}

std::string Cluster::url(const std::string& database, const std::string& user) const {
    const auto& name = user.empty() ? user_ : user;
    std::string text = "postgresql://" + percent_encoded(name);
    if (user.empty() && !password_.empty()) text += ":" + percent_encoded(password_);
    text += "@/" + percent_encoded(database) + "?port=" + port_;
    if (!host_.empty()) text += "&host=" + percent_encoded(host_);
    return text;
}

std::string Cluster::new_database() {
    const auto name =
        "varve_test_" + std::to_string(getpid()) + "_" + std::to_string(databases_.size() + 1);
    run_sql(url(maintenance_database_), "CREATE DATABASE " + name + " TEMPLATE template0");
    databases_.push_back(name);
    return url(name);
}

Cluster& cluster() {
    static Cluster only;
    return only;
}

}  // namespace tests
