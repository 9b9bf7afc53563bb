#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace mw
{

/** How well speexdsp converts where a codec's rate differs from the engine's. What is said of a sine's rest (noise, images, aliases) is the
    worst of the tests in ResamplerTest; the band is that of the lower rate. */
enum class ResamplerQuality
{
    fast,    ///< rest below −100 dB, passes 80 % of the band unchanged and 90 % within 2 dB, delays by 40 samples of the lower rate
    medium,  ///< rest below −100 dB, 90 % unchanged, 80 samples
    best     ///< rest below −120 dB, 94 % unchanged, 128 samples
};

/** One direction between two sample rates, with exact counts: after any number of calls, samples in and out stand in the
    ratio of the rates, rounded by less than one sample, for ever. With equal rates samples pass untouched and undelayed.

    Made on any thread, used on media; takes memory in the constructor only. */
class Resampler
{
public:
    /** @param inRateHz, outRateHz 8000…48000 [Hz] @param maxFrames longest span that process() is given, either side [samples] */
    Resampler(int inRateHz, int outRateHz, size_t maxFrames, ResamplerQuality quality);
    ~Resampler();
    Resampler(const Resampler&) = delete;
    Resampler& operator=(const Resampler&) = delete;

    [[nodiscard]] bool isBypassed() const noexcept { return inRate == outRate; }

    /** How many input samples belong to the next `outFrames` output samples. */
    [[nodiscard]] size_t inputFramesFor(size_t outFrames) const noexcept;

    /** How many output samples belong to the next `inFrames` input samples. */
    [[nodiscard]] size_t outputFramesFor(size_t inFrames) const noexcept;

    /** Takes all of `in`, fills all of `out`; their sizes are those of inputFramesFor() or outputFramesFor(). Silence (zeros)
        that has lasted longer than the filter costs next to nothing, and comes out as the same zeros. */
    void process(std::span<const float> in, std::span<float> out) noexcept;

    /** How much later a sound comes out than it went in [samples at the output rate]. */
    [[nodiscard]] int delayFrames() const noexcept { return delay; }

    /** The same [ms]. */
    [[nodiscard]] double delayMs() const noexcept { return 1000.0 * delay / static_cast<double>(outRate); }

    /** Output samples that had to be zero because the converter held too much back; 0 in working order. */
    [[nodiscard]] uint64_t shortfalls() const noexcept { return missing; }

private:
    void convert(std::span<const float> in) noexcept;
    [[nodiscard]] bool staysSilent(std::span<const float> in, std::span<const float> out) noexcept;

    struct State;
    const int64_t inRate, outRate;
    std::unique_ptr<State> state;  ///< null when bypassed
    std::vector<float> fifo;
    size_t fifoRead = 0, fifoWritten = 0;
    int64_t taken = 0, given = 0;  ///< samples, reduced by whole seconds
    int delay = 0;
    size_t memory = 0;             ///< after so many zeros at the input, zeros are all that is inside [samples]
    size_t zeros = 0;              ///< at the input since the last other sample
    uint64_t missing = 0;
};

} // namespace mw
