#include "tools/varve/environments.hpp"

#include "tools/varve/configuration_file.hpp"

#include <utility>

namespace tools::varve {

using ledger::Code;
using ledger::fail;
using ledger::Result;

namespace {

Result<Configuration> with_url(Flags flags, const std::string& name) {
    flags.environment = name;
    flags.url.reset();
    auto configuration = read_configuration(flags);
    if (configuration && configuration->url_error) return fail(*configuration->url_error);
    if (configuration && !configuration->url)
        return fail(Code::refused, "url-missing", "its URL is not there",
                    "write url under [environments." + name + "]");
    return configuration;
}

}  // namespace

std::vector<NamedEnvironment> every_environment(const Flags& flags,
                                                const Configuration& configuration) {
    std::vector<NamedEnvironment> all;
    if (configuration.url) all.push_back({configuration.environment, configuration});
    const auto file = configuration.file ? read_configuration_file(*configuration.file)
                                         : Result<ConfigurationFile>{ConfigurationFile{}};
    if (!file) return all;
    for (const auto& [name, section] : file->environments)
        if (name != configuration.environment || !configuration.url)
            all.push_back({name, with_url(flags, name)});
    return all;
}

}  // namespace tools::varve
