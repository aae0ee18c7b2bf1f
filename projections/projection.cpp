#include "projections/projection.hpp"

namespace projections {

std::string row_prefix(const Projection& projection) {
    return std::string(projection.name) + '/' + std::to_string(projection.version) + '/';
}

}  // namespace projections
