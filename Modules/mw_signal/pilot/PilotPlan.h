#pragma once

#include <array>
#include <cstdint>

namespace mw
{

/** Which lines each pilot is made of.

    A pilot is a sum of 45 sines of one amplitude. All their frequencies are multiples of 1/1.024 s = 0.9765625 Hz, so each pilot
    repeats itself after 1.024 s, and no two pilots share a frequency, so that over 1.024 s any two are exactly orthogonal,
    whatever their delays and levels. Line b of every pilot lies in band b: 64 neighbouring multiples, of which each of the 64
    pilots has one, in an order that differs from band to band. The uneven distances make the delay of a pilot unambiguous over the whole
    1.024 s. All lines lie between 312.5 and 3124.1 Hz: every codec carries them, and so do sample rate converters at 8 kHz that
    pass 80 % of the band.

    Order and phases are drawn by SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014) from a
    fixed seed. They are part of the signal: another one would not be understood by older receivers. */
class PilotPlan
{
public:
    static constexpr int pilotCount = 64;              ///< numbered 1…64
    static constexpr int lineCount = 45;
    static constexpr int firstMultiple = 320;          ///< of the lowest band
    static constexpr int64_t periodNs = 1'024'000'000; ///< [ns]
    static constexpr double periodS = 1.024;           ///< [s]

    struct Line
    {
        int multiple = 0;      ///< frequency [1 / period]
        double phase = 0.0;    ///< of the cosine at time 0 [cycles, 0…1)
    };

    using Lines = std::array<Line, lineCount>;

    /** @param number 1…64 */
    [[nodiscard]] static const Lines& linesOf(int number) noexcept;

    [[nodiscard]] static constexpr bool isNumber(int number) noexcept { return number >= 1 && number <= pilotCount; }

    /** Frequency of a multiple [Hz]. */
    [[nodiscard]] static constexpr double frequencyHz(int multiple) noexcept { return multiple / periodS; }

    /** Phase that a frequency has gone through at an absolute time [cycles, 0…1), without rounding however late it is. */
    [[nodiscard]] static double cyclesAt(int multiple, int64_t timeNs) noexcept
    {
        const auto inPeriod = ((timeNs % periodNs) + periodNs) % periodNs;
        return static_cast<double>(inPeriod * multiple % periodNs) / static_cast<double>(periodNs);
    }

private:
    using Table = std::array<Lines, pilotCount>;
    static Table make() noexcept;
};

} // namespace mw
