// The floor: what applying a folder of files costs when nothing is done but the least.
//
// Does    libpq alone: for every file, in the order of their names, one transaction in one round
//         trip, with a row in a marker table. No ledger, no lock, no look at what a file says.
// Usage   bench_floor CONNECTION FOLDER            applies every *.sql of the folder
//         bench_floor --nothing CONNECTION FOLDER  reads the marker table and the folder's names
#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <libpq-fe.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Session = std::unique_ptr<PGconn, decltype(&PQfinish)>;
using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::vector<fs::path> files_of(const fs::path& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator{folder})
        if (entry.path().extension() == ".sql") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

std::string read(const fs::path& file) {
    std::ifstream in{file, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

Session connect(const std::string& connection) {
    Session session{PQconnectdb(connection.c_str()), &PQfinish};
    if (PQstatus(session.get()) != CONNECTION_OK)
        throw std::runtime_error{PQerrorMessage(session.get())};
    PQsetNoticeProcessor(
        session.get(), [](void*, const char*) {}, nullptr);
    return session;
}

Answer ask(const Session& session, const std::string& sql) {
    Answer answer{PQexec(session.get(), sql.c_str()), &PQclear};
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw std::runtime_error{PQerrorMessage(session.get())};
    return answer;
}

std::string marker_of(const fs::path& file) {
    return "INSERT INTO floor_marker(name, digest) VALUES ('" + file.filename().string() +
           "', '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef')";
}

void apply_all(const Session& session, const fs::path& folder) {
    ask(session,
        "CREATE TABLE IF NOT EXISTS floor_marker (name text PRIMARY KEY, digest text NOT NULL,"
        " applied_at timestamptz NOT NULL DEFAULT now())");
    for (const fs::path& file : files_of(folder)) {
        std::string text = read(file);
        text.erase(text.find_last_not_of("; \n") + 1);
        ask(session, "BEGIN;" + text + ";" + marker_of(file) + ";COMMIT");
    }
}

void compare(const Session& session, const fs::path& folder) {
    const auto applied = ask(session, "SELECT name FROM floor_marker ORDER BY name");
    const auto files = files_of(folder);
    std::size_t pending_count = files.size();
    for (int row = 0; row < PQntuples(applied.get()); ++row)
        if (static_cast<std::size_t>(row) < files.size() &&
            files[static_cast<std::size_t>(row)].filename() == PQgetvalue(applied.get(), row, 0))
            --pending_count;
    std::printf("%zu pending\n", pending_count);
}

}  // namespace

int main(int argument_count, char** arguments) try {
    const std::vector<std::string> words{arguments + 1, arguments + argument_count};
    const bool nothing = words.size() == 3 && words[0] == "--nothing";
    if (!nothing && words.size() != 2) {
        std::fputs("usage: bench_floor [--nothing] CONNECTION FOLDER\n", stderr);
        return 2;
    }
    const Session session = connect(words[words.size() - 2]);
    nothing ? compare(session, words.back()) : apply_all(session, words.back());
    return 0;
} catch (const std::exception& error) {
    std::fprintf(stderr, "bench_floor: %s\n", error.what());
    return 1;
}
