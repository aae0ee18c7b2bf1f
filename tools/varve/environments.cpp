#include "tools/varve/environments.hpp"

#include "projections/engine.hpp"
#include "projections/status.hpp"
#include "tools/varve/configuration_file.hpp"
#include "tools/varve/session.hpp"

#include <algorithm>
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

bool is_unlisted(const Configuration& configuration, const ledger::Target& target) {
    if (configuration.environments.empty() || configuration.environments.contains(target.name))
        return false;
    const bool can_be_run = configuration.url && !configuration.environment_error;
    return !can_be_run || target.name != configuration.environment;
}

Result<void> expect_known(const Configuration& configuration, Reading& reading) {
    if (!configuration.environment_error) return {};
    projections::RowStore& rows = reading.rows();
    const auto level =
        projections::catch_up(reading.reader(), rows, projections::status_projection());
    if (!level) return fail(level.error());
    const auto known = projections::read_targets(rows);
    if (!known) return fail(known.error());
    if (std::find(known->begin(), known->end(), ledger::Target{configuration.environment}) !=
        known->end())
        return {};
    ledger::Error error = *configuration.environment_error;
    error.detail += ", and the ledger has not heard of it";
    return fail(std::move(error));
}

Configuration where_its_rows_are(Configuration configuration,
                                 const commands::RecordedWitnesses& memory) {
    if (auto schema = memory.marker_schema(configuration.environment))
        configuration.marker_schema = std::move(*schema);
    return configuration;
}

}  // namespace tools::varve
