#include "PngImage.h"

#include <juce_core/juce_core.h>
#include <png.h>

namespace mw
{

std::string PngImage::encoded() const
{
    if (width == 0 || height == 0 || pixels.size() != width * height || colours.empty() || colours.size() > 256)
        return {};
    png_image image {};
    image.version = PNG_IMAGE_VERSION;
    image.width = static_cast<png_uint_32>(width);
    image.height = static_cast<png_uint_32>(height);
    image.format = PNG_FORMAT_RGB_COLORMAP;
    image.colormap_entries = static_cast<png_uint_32>(colours.size());
    std::string octets(PNG_IMAGE_PNG_SIZE_MAX(image), '\0');
    auto size = static_cast<png_alloc_size_t>(octets.size());
    if (::png_image_write_to_memory(&image, octets.data(), &size, 0, pixels.data(), 0, colours.data()) == 0)
        return {};
    octets.resize(size);
    return octets;
}

std::string PngImage::dataUri() const
{
    const auto octets = encoded();
    return "data:image/png;base64," + juce::Base64::toBase64(octets.data(), octets.size()).toStdString();
}

} // namespace mw
