// migrations/layouts/sections.hpp: files that hold both ways, parted by marker lines.
//
// Shape   a section begins with its marker's line and ends before the next one's, so that the two
//         have all bytes between them; what stands before the first marker is in neither.
#pragma once

#include "migrations/layouts/reading.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace migrations::layouts {

enum class MarkerKind { up, down };

struct Marker {
    MarkerKind kind{};
    std::string options;  // what follows on the marker's line
};

struct Section {
    std::string bytes;
    std::uint32_t first_line{1};
    std::string options;
};

struct Sections {
    std::optional<Section> up;
    std::optional<Section> down;
    std::string before;                        // the first marker
    std::optional<TransactionMode> directive;  // a varve directive there: for both sections
};

using FindMarker = std::optional<Marker> (*)(std::string_view line);

// What a tool does with a marker that comes a second time: goose refuses it, dbmate never looks.
enum class Repeated { refused, ignored };

// Says what is wrong with the markers: one that comes twice, SQL before an up marker.
[[nodiscard]] Sections read_sections(Reading& reading, const LayoutFile& file,
                                     std::string_view text, FindMarker find_marker,
                                     Repeated repeated = Repeated::refused);

[[nodiscard]] ScriptSource section_source(const LayoutFile& file, const Sections& sections,
                                          bool is_down);

}  // namespace migrations::layouts
