#pragma once

#include <mw_core/mw_core.h>

#include <juce_core/juce_core.h>

#include <vector>

namespace mw::demo
{

/** Recorded human speech for the demo: prompts of the Debian package asterisk-core-sounds-en-wav (8 kHz, mono), one after the
    other, set to a level.

    @param seconds length [s] @param levelDbm0 RMS while there is sound, as ActiveLevel measures it [dBm0, µ-law]
    @param target WAV file to write, 8 kHz, 16 bit
    @returns the samples that were written (full scale = 1.0), or an error that names the package */
[[nodiscard]] Result<std::vector<float>> writeSpeech(double seconds, double levelDbm0, const juce::File& target);

/** Samples of a mono WAV file (full scale = 1.0) and its rate. @returns an error (environment) with the file's name */
struct Recording
{
    std::vector<float> samples;
    double sampleRateHz = 0.0;
};
[[nodiscard]] Result<Recording> readRecording(const juce::File& file);

} // namespace mw::demo
