#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

/** Signals made and measured by the tests' own arithmetic. Samples are full scale = 1.0; levels of tones are in dB relative
    to a full-scale sine (dBFS, AES17) unless a name says otherwise. */
namespace sound
{

/** A sine with 5 ms raised-cosine edges. @param levelDbfs [dBFS] */
[[nodiscard]] std::vector<float> makeTone(double frequencyHz, double levelDbfs, double seconds, int rateHz);

/** A sine without edges, from phase 0. @param levelDbfs [dBFS] */
[[nodiscard]] std::vector<float> makeSine(double frequencyHz, double levelDbfs, double seconds, int rateHz);

/** Level [dBFS] of the component at a frequency over the whole span, by correlation with a Hann window; −300 for nothing.
    Two tones are told apart when they are 4 / duration [Hz] away from each other. */
[[nodiscard]] double toneLevelDbfs(std::span<const float> samples, double frequencyHz, int rateHz);

/** RMS [dBFS], where a full-scale sine is 0; −300 for nothing. */
[[nodiscard]] double rmsDbfs(std::span<const float> samples);

/** Median of toneLevelDbfs over windows of `windowSeconds`, one each `hopSeconds`. A late packet on a loaded machine spoils
    some windows, never most of them. Empty when the samples are shorter than one window. */
[[nodiscard]] std::optional<double> medianToneLevelDbfs(std::span<const float> samples, double frequencyHz, int rateHz,
                                                        double windowSeconds, double hopSeconds);

/** The least of toneLevelDbfs over such windows: what is there in every window counts, what a late packet of another leg
    splashes into some does not. */
[[nodiscard]] std::optional<double> leastToneLevelDbfs(std::span<const float> samples, double frequencyHz, int rateHz,
                                                       double windowSeconds, double hopSeconds);

/** The greatest, for what must never be there. */
[[nodiscard]] std::optional<double> greatestToneLevelDbfs(std::span<const float> samples, double frequencyHz, int rateHz,
                                                          double windowSeconds, double hopSeconds);

/** `count` frequencies between 350 and 3400 Hz for tones that are sent together through G.711: no two nearer than half
    their mean spacing, no odd harmonic of one (aliased at 8 kHz too) within 4 Hz of another, and none a whole number of
    hertz, so that coding noise is spread over the band in place of gathering in lines that all tones share. */
[[nodiscard]] std::vector<double> separateFrequencies(size_t count);

/** How many of the needle's pieces of `pieceLength` occur unchanged anywhere in the haystack; pieces that are constant
    (silence) do not count. */
struct FoundPieces
{
    size_t pieces = 0, found = 0;
};
[[nodiscard]] FoundPieces findPieces(std::span<const unsigned char> needle, std::span<const unsigned char> haystack, size_t pieceLength);

/** Longest run of needle's elements, in order and without a gap, that occurs in the haystack. */
struct Match
{
    size_t needleStart = 0, haystackStart = 0, length = 0;
};
[[nodiscard]] Match longestCommonRun(std::span<const unsigned char> needle, std::span<const unsigned char> haystack);

} // namespace sound
