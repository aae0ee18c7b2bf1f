#include "adapters/files/archive.hpp"

#include "adapters/files/archive_headers.hpp"
#include "tests/support/must.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <unistd.h>

namespace archive_test {

namespace fs = std::filesystem;
using adapters::files::Archive;
using adapters::files::ArchiveFormat;
using tests::must;

namespace {

class Folder {
public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "varve-archive-XXXXXX").string();
        path_ = mkdtemp(name.data());
    }
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

std::string bytes_of(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

void fill(Archive& archive) {
    must(archive.add("a.txt", "first\n"));
    must(archive.add("tile/0/000.p/1", std::string(700, 'x')));
    must(archive.add("empty", ""));
}

Archive::Written write(const fs::path& path, ArchiveFormat format) {
    auto archive = must(Archive::create(path, format, 1'700'000'000));
    fill(archive);
    const auto written = must(archive.finish());
    must(archive.publish());
    return written;
}

bool shell(const std::string& command) { return std::system(command.c_str()) == 0; }

}  // namespace

TEST_CASE("an archive is the same bytes each time, and its digest is that of the file") {
    const Folder folder;
    for (const auto format : {ArchiveFormat::tar, ArchiveFormat::zip}) {
        const std::string suffix = format == ArchiveFormat::tar ? ".tar" : ".zip";
        const fs::path one = folder.path() / ("one" + suffix);
        const fs::path two = folder.path() / ("two" + suffix);
        const auto written = write(one, format);
        write(two, format);
        const std::string bytes = bytes_of(one);
        CHECK(bytes == bytes_of(two));
        CHECK(written.byte_count == bytes.size());
        CHECK(written.digest == ledger::sha256(bytes));
        CHECK((fs::status(one).permissions() & fs::perms::all) ==
              (fs::perms::owner_read | fs::perms::owner_write));
    }
}

TEST_CASE("tar and Python read what was put into an archive") {
    const Folder folder;
    write(folder.path() / "a.tar", ArchiveFormat::tar);
    write(folder.path() / "a.zip", ArchiveFormat::zip);
    const std::string in = "cd '" + folder.path().string() + "' && ";
    CHECK(shell(in + "tar -xf a.tar && test \"$(cat a.txt)\" = first && test ! -s empty && "
                     "test $(stat -c '%a %s' tile/0/000.p/1 | tr -d ' ') = 644700"));
    CHECK(shell(in + "python3 -c \"import zipfile; z = zipfile.ZipFile('a.zip'); "
                     "assert z.testzip() is None; assert z.read('a.txt') == b'first\\n'; "
                     "assert z.infolist()[0].date_time == (2023, 11, 14, 22, 13, 20)\""));
}

TEST_CASE("nothing has the archive's name before it is published, and nothing is overwritten") {
    const Folder folder;
    const fs::path path = folder.path() / "a.tar";
    {
        auto archive = must(Archive::create(path, ArchiveFormat::tar, 0));
        fill(archive);
        must(archive.finish());
        CHECK(!fs::exists(path));
    }
    CHECK(fs::is_empty(folder.path()));

    auto late = must(Archive::create(path, ArchiveFormat::tar, 0));
    must(late.finish());
    std::ofstream{path} << "somebody else's";
    CHECK(tests::error_of(late.publish()).reason == "file-exists");
    CHECK(tests::error_of(Archive::create(path, ArchiveFormat::tar, 0)).reason == "file-exists");
    CHECK(bytes_of(path) == "somebody else's");
    CHECK(
        tests::error_of(Archive::create(folder.path() / "missing" / "a.tar", ArchiveFormat::tar, 0))
            .reason == "file-unwritable");
}

TEST_CASE("a name that does not fit a header is refused") {
    const Folder folder;
    auto archive = must(Archive::create(folder.path() / "a.tar", ArchiveFormat::tar, 0));
    must(archive.add(std::string(100, 'n'), ""));
    CHECK(tests::error_of(archive.add(std::string(101, 'n'), "")).reason == "archive-too-large");
}

TEST_CASE("crc32 is that of the standard") {
    CHECK(adapters::files::crc32("123456789") == 0xcbf43926U);
}

}  // namespace archive_test
