// tests/support/folders.hpp: where the sources and the shared test data lie.
#pragma once

#include <string>

namespace tests {

[[nodiscard]] const std::string& source_folder();
[[nodiscard]] const std::string& shared_folder();  // may not be there: then a test skips, loudly

}  // namespace tests
