#pragma once

#include <juce_core/juce_core.h>
#include <mw_legs/mw_legs.h>

#include <vector>

namespace mw
{

/** Sound in memory: mono, full scale = 1.0. */
struct SoundClip
{
    std::vector<float> samples;
    int sampleRateHz = 0;
};

/** Longest file that is played [s]; it is held in memory whole. */
inline constexpr double maxSoundFileSeconds = 3600.0;

/** Checks that a file is sound that can be played: WAV, AIFF or FLAC, readable, complete, not empty, not too long.
    @returns an error with cause and remedy: `environment` when it cannot be read, `wrongUse` when its content is wrong */
[[nodiscard]] Result<void> checkSoundFile(const juce::File& file);

/** Reads a file whole, folded to mono (the mean of its channels) and converted to a rate. A mono file at that rate comes out
    sample for sample; otherwise libsamplerate's best sinc converter keeps the level. Errors as checkSoundFile(). */
[[nodiscard]] Result<SoundClip> loadSoundFile(const juce::File& file, int sampleRateHz);

} // namespace mw
