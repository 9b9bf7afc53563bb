#pragma once

// What differs between JUCE 7 (Debian 12: 7.0.5) and JUCE 8 (Debian 13: 8.0.6, upstream 8.0.12), and nothing else.
// Code that would otherwise ask for JUCE's version calls these.

#include <juce_audio_formats/juce_audio_formats.h>

#include <memory>

#define MILLIWATT_JUCE_AT_LEAST(major, minor, build) \
    ((JUCE_MAJOR_VERSION << 16) + (JUCE_MINOR_VERSION << 8) + JUCE_BUILDNUMBER >= ((major) << 16) + ((minor) << 8) + (build))

namespace mw::juceCompat
{

/** AudioFormat::createWriterFor: the stream moves into the writer, or stays with the caller when there is none.
    JUCE 8.0.9 replaced the list of arguments by an options value.

    @param stream        where to write; null after success
    @param sampleRateHz  one of the format's rates [Hz]
    @param channels      1 or more
    @param bitsPerSample one of the format's depths; 32 means floating point in WAV
    @returns null when the format cannot be written like that. Any one thread. */
[[nodiscard]] inline std::unique_ptr<juce::AudioFormatWriter> createWriter(juce::AudioFormat& format,
                                                                           std::unique_ptr<juce::OutputStream>& stream,
                                                                           double sampleRateHz, int channels,
                                                                           int bitsPerSample)
{
#if MILLIWATT_JUCE_AT_LEAST(8, 0, 9)
    return format.createWriterFor(stream, juce::AudioFormatWriterOptions {}
                                              .withSampleRate(sampleRateHz)
                                              .withNumChannels(channels)
                                              .withBitsPerSample(bitsPerSample));
#else
    std::unique_ptr<juce::AudioFormatWriter> writer(
        format.createWriterFor(stream.get(), sampleRateHz, static_cast<unsigned int>(channels), bitsPerSample, {}, 0));
    if (writer != nullptr)
        (void) stream.release();  // the writer owns it now
    return writer;
#endif
}

} // namespace mw::juceCompat
