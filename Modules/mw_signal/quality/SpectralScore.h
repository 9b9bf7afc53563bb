#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace mw
{

/** How far a sound is from what was sent. */
struct SpectralScore
{
    double distanceDb = 0.0;        ///< mean spectral distance over the active time; 0: the same sound, at whatever level and delay [dB]
    double mosEstimate = 1.0;       ///< from that distance, 1…4.5: see spectralMos()
    double gainDb = 0.0;            ///< level of the sound over the reference's, where both are active [dB]
    double offsetMs = 0.0;          ///< where the reference begins in the sound [ms]
    double comparedSeconds = 0.0;   ///< active time that was compared [s]
    size_t delayChanges = 0;        ///< times when the delay moved by 1 ms or more within the sound
    double greatestDelayChangeMs = 0.0;
};

/** An estimate of MOS for a spectral distance of speech, 1…4.5: the curve that goes through the E-model's figures for random loss of G.711
    as it is concealed here (0 to 20 %, Ie 0, Bpl 25.1; Docs/Accuracy.md has the fit). It is no judgement of listeners and no PESQ or POLQA:
    it puts one call beside another. @param distanceDb 0… [dB] */
[[nodiscard]] double spectralMos(double distanceDb) noexcept;

/** Compares a sound with what was sent.

    Method: the delay is found by the envelopes' cross-correlation (10 ms) and then, piece by piece of half a second, by the waveforms'
    (±60 ms, to the sample; a piece that fits no better elsewhere keeps the delay before it). Frames of 32 ms, half overlapping, Hann;
    power in 15 Bark bands from 200 to 3700 Hz; levels in dB above a floor 20 dB below each band's mean in the reference, so that what is
    too faint beside speech does not count; the gain that is constant is taken out. The distance of a frame is the root of the mean square
    of its bands' differences, each 25 dB at most; what was added counts in full, what is missing by 0.8. The score is the mean over all
    frames in which reference or sound are active.

    Tests/mw_signal/SpectralScoreTest.cpp asserts that it grows with noise, clipping and loss; codecs are not asserted.
    @param reference what was sent, 0.5 s of active sound and more @param sound what came; may begin and end anywhere around it
    @param sampleRateHz of both, 8000…48000 [Hz]
    @returns nothing when one of them is silent, or too short, or they cannot be lined up. Other speech of the same kind may be lined up by
    chance: it then has a distance of some 10 dB */
[[nodiscard]] std::optional<SpectralScore> scoreSpectrally(std::span<const float> reference, std::span<const float> sound, double sampleRateHz);

} // namespace mw
