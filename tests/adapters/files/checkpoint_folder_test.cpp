#include "adapters/files/checkpoint_folder.hpp"

#include "ledger/checkpoint.hpp"
#include "tests/support/folders.hpp"
#include "tests/support/must.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace checkpoint_folder_test {

namespace fs = std::filesystem;
using commands::PublishedCheckpoint;
using tests::must;

namespace {

const ledger::Uuid ours{{7}};

PublishedCheckpoint checkpoint(std::uint64_t size, const std::string& root,
                               const std::string& more = "") {
    static const auto signer = must(ledger::Signer::generate("example.com"));
    const auto text =
        ledger::to_text(ledger::Checkpoint{"example.com", size, ledger::sha256(root), {}});
    return {ours, size, ledger::sha256(root),
            to_text(must(ledger::sign_note(text, signer))) + more};
}

struct Folder {
    fs::path path = fs::temp_directory_path() /
                    ("varve-checkpoints." + to_text(ledger::new_uuid(1'700'000'000'000)));
    std::unique_ptr<commands::CheckpointWitness> witness =
        adapters::files::open_checkpoint_folder(path);
    ~Folder() { fs::remove_all(path); }
};

}  // namespace

TEST_CASE("a folder holds every checkpoint that it is given, and the newest as latest") {
    Folder folder;
    CHECK(must(folder.witness->largest(ours, 1)).empty());
    CHECK(must(folder.witness->all(ours)).empty());
    for (const std::uint64_t size : {9U, 100U, 20U})
        must(folder.witness->publish(checkpoint(size, std::to_string(size))));
    const auto largest = must(folder.witness->largest(ours, 2));
    REQUIRE(largest.size() == 2);
    CHECK(largest[1].size == 20);
    const auto& latest = largest[0];
    CHECK(latest.size == 100);
    CHECK(latest.note == checkpoint(100, "100").note);
    std::vector<std::uint64_t> sizes;
    for (const auto& held : must(folder.witness->all(ours))) sizes.push_back(held.size);
    CHECK(sizes == std::vector<std::uint64_t>{9, 20, 100});
    CHECK(must(folder.witness->largest(ledger::Uuid{{8}}, 1)).empty());
    std::size_t file_count = 0;
    for (const auto& entry : fs::directory_iterator{folder.path / to_text(ours)}) {
        INFO(entry.path());
        CHECK(entry.path().extension() != ".new");
        ++file_count;
    }
    CHECK(file_count == 4);
}

TEST_CASE("a folder never gives up a root for another of the same size") {
    Folder folder;
    must(folder.witness->publish(checkpoint(9, "one")));
    CHECK(tests::error_of(folder.witness->publish(checkpoint(9, "other"))).reason ==
          "witness-contradicts");
    CHECK(must(folder.witness->largest(ours, 1)).at(0).root == ledger::sha256("one"));
}

TEST_CASE(
    "a folder tells the largest by their names, and of the newest without a file of its own") {
    Folder folder;
    for (const std::uint64_t size : {9U, 100U, 20U})
        must(folder.witness->publish(checkpoint(size, std::to_string(size))));
    const auto sizes = [&](std::uint32_t count_max) {
        std::vector<std::uint64_t> all;
        for (const auto& held : must(folder.witness->largest(ours, count_max)))
            all.push_back(held.size);
        return all;
    };
    const fs::path files = folder.path / to_text(ours);
    CHECK(sizes(2) == std::vector<std::uint64_t>{100, 20});
    fs::remove(files / "100.checkpoint");
    CHECK(sizes(2) == std::vector<std::uint64_t>{100, 20});
    std::ofstream{files / "20.checkpoint"} << "nonsense";
    CHECK(sizes(5) == std::vector<std::uint64_t>{100, 9});
    CHECK(tests::error_of(folder.witness->all(ours)).reason == "witness-contradicts");
}

TEST_CASE("a folder keeps what only its latest has before it takes the next") {
    Folder folder;
    must(folder.witness->publish(checkpoint(9, "one")));
    const fs::path files = folder.path / to_text(ours);
    fs::remove(files / "9.checkpoint");
    must(folder.witness->publish(checkpoint(20, "two")));
    const auto held = must(folder.witness->all(ours));
    REQUIRE(held.size() == 2);
    CHECK(held[0].note == checkpoint(9, "one").note);
    fs::remove(files / "20.checkpoint");
    CHECK(tests::error_of(folder.witness->publish(checkpoint(20, "other"))).reason ==
          "witness-contradicts");
    CHECK(must(folder.witness->largest(ours, 1)).at(0).root == ledger::sha256("two"));
}

TEST_CASE("a folder that could not take a checkpoint does not say that it holds it") {
    Folder folder;
    must(folder.witness->publish(checkpoint(9, "one")));
    const fs::path files = folder.path / to_text(ours);
    const fs::path aside = files / ("20.checkpoint." + std::to_string(getpid()) + ".new");
    fs::create_directory(aside);  // where the file is written first
    CHECK(tests::error_of(folder.witness->publish(checkpoint(20, "two"))).reason ==
          "witness-unwritable");
    CHECK(must(folder.witness->largest(ours, 1)).at(0).size == 9);
    fs::remove(aside);
    must(folder.witness->publish(checkpoint(20, "two")));
    fs::remove(files / "latest");
    CHECK(must(folder.witness->largest(ours, 1)).at(0).size == 20);
}

TEST_CASE("what somebody has spoilt in a folder is said, and what cannot be written") {
    Folder folder;
    must(folder.witness->publish(checkpoint(9, "one")));
    std::ofstream{folder.path / to_text(ours) / "latest"} << "nonsense";
    const auto largest = must(folder.witness->largest(ours, 2));
    REQUIRE(largest.size() == 1);
    CHECK(largest.front().size == 9);
    CHECK(tests::error_of(folder.witness->all(ours)).reason == "witness-contradicts");
    CHECK(tests::error_of(folder.witness->publish(checkpoint(10, "two"))).reason ==
          "witness-contradicts");
    std::ofstream{folder.path / "file"} << "";
    const auto blocked = adapters::files::open_checkpoint_folder(folder.path / "file");
    CHECK(tests::error_of(blocked->publish(checkpoint(9, "one"))).reason == "witness-unwritable");
}

}  // namespace checkpoint_folder_test
