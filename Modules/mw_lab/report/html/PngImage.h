#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mw
{

/** A picture of at most 256 colours, for a page that holds its pictures itself. */
struct PngImage
{
    size_t width = 0, height = 0;
    std::vector<uint8_t> pixels;                        ///< numbers of colours, row by row from the top
    std::vector<std::array<uint8_t, 3>> colours;        ///< red, green, blue; 1…256

    /** The file's octets (ISO/IEC 15948, by libpng). Empty for a picture without a pixel, or for want of memory. */
    [[nodiscard]] std::string encoded() const;

    /** "data:image/png;base64,…" */
    [[nodiscard]] std::string dataUri() const;
};

} // namespace mw
