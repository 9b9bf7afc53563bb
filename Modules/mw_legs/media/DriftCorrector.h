#pragma once

#include "FineResampler.h"
#include "Playout.h"

#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** Takes a leg's sound out of its Playout at the pace of the peer's clock and gives it out at ours.

    *Off*: blocks pass as they are, sample for sample. A drift that is measured beyond 5 ppm (and beyond its own error) for three
    seconds on end, and that moved the sound by 3 ms or was watched for a minute, engages the FineResampler; so does a delay that
    crept away by 4 ms. A host that is short of time sends a young stream unevenly by a millisecond or two: that is no drift.
    *Acquiring*: its ratio goes to that of the
    clocks by up to 200 ppm a second, and the delay to where every packet in time is still heard wherever the tick falls in it:
    the depth. *Settled*: the ratio moves by at most 2 ppm a second, and by at most 100 ppm off the drift to hold that delay; no
    sound is dropped or doubled. When the drift has been below 0.5 ppm for a minute, the position glides to a whole sample and
    the blocks pass as they are again.

    Media thread; takes memory in the constructor only. */
class DriftCorrector
{
public:
    /** @param playoutToUse must outlive this @param sampleRateHz its rate [Hz] @param maxFrames longest block [samples] */
    DriftCorrector(Playout& playoutToUse, int sampleRateHz, size_t maxFrames);

    /** The next block, full scale = 1.0. @param nowNs the tick's own time, engine clock [ns] */
    void render(std::span<float> block, int64_t nowNs) noexcept;

    /** Adds what is known here to the playout's figures. */
    void report(PlayoutStats& stats) const noexcept;

private:
    enum class Stage { off, acquiring, settled, leaving };

    void judge(int64_t nowNs) noexcept;
    void judgeOff(double offsetNs) noexcept;
    void judgeEngaged(double offsetNs) noexcept;
    void steer(int64_t nowNs, size_t frames) noexcept;
    void glideToSample(size_t frames) noexcept;
    [[nodiscard]] bool isMeasured() const noexcept;
    [[nodiscard]] double delayNs(int64_t nowNs) const noexcept;
    [[nodiscard]] double wantedDelayNs() const noexcept;

    Playout& playout;
    const int sampleRate;
    FineResampler resampler;
    std::vector<int16_t> decoded;
    std::vector<float> decodedFloat;

    Stage stage = Stage::off;
    uint64_t windowsSeen = 0, startsSeen = 0, stepsSeen = 0;
    bool haveBase = false;
    double baseDelayNs = 0.0;  ///< when this stretch of sound was first measured
    double driftPpm = 0.0;     ///< the last one that was known
    double ratioPpm = 0.0;     ///< that is used
    size_t blockFrames = 0;
    int significant = 0, crept = 0, calm = 0, steady = 0, unsteady = 0;  ///< seconds on end
    uint64_t engagements = 0;
};

} // namespace mw
