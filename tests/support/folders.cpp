#include "tests/support/folders.hpp"

namespace tests {

const std::string& source_folder() {
    static const std::string folder{VARVE_SOURCE_DIR};
    return folder;
}

const std::string& shared_folder() {
    static const std::string folder{VARVE_SOURCE_DIR "/../shared"};
    return folder;
}

}  // namespace tests
