#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** Brings sound down to 8 kHz for what is looked for below 3.2 kHz: ±0.01 dB up to there, 80 dB down from 4.8 kHz on, where
    things would fold into it. Between these the result means nothing. Linear phase: an output sample stands for the time of the
    input sample that it is centred on, to no fraction. 8 kHz pass untouched.

    Kaiser's window design (Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974). One thread. */
class VoiceBandDecimator
{
public:
    static constexpr int outputRateHz = 8000;

    /** @returns false (and stays as it was) unless the rate is a whole multiple of 8 kHz up to 192 kHz [Hz] */
    bool prepare(double inputRateHz);

    /** Forgets what came before. The next output sample stands for the next input sample. */
    void reset() noexcept;

    /** Appends to `out` what the block makes ready. */
    void process(std::span<const float> block, std::vector<float>& out);

    /** Input samples per output sample. */
    [[nodiscard]] int factor() const noexcept { return ratio; }

private:
    int ratio = 1;
    std::vector<double> taps;      ///< odd in number
    std::vector<float> delayLine;  ///< twice, so that each stretch of it is whole
    size_t at = 0;
    uint64_t taken = 0;            ///< input samples since reset()
};

} // namespace mw
