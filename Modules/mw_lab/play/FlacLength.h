#pragma once

#include <juce_core/juce_core.h>

#include <cstdint>

namespace mw
{

/** Frames of a FLAC file that can really be decoded, found by decoding it: JUCE's reader fills up with silence what is missing
    of a damaged or truncated file. 0 when it cannot be opened. */
[[nodiscard]] int64_t decodableFlacFrames(const juce::File& file);

} // namespace mw
