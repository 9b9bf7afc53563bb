#pragma once

#include <mw_core/mw_core.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace mw
{

/** A checked DTMF sequence: digits 0-9 A-D * # and the pause `,`. A plain value that can pass through a queue. Every
    sequence in the engine came through parse(), so no character needs checking later (finding 21). */
struct DtmfSequence
{
    static constexpr size_t maxLength = 128;

    std::array<char, maxLength> symbols {};
    uint16_t length = 0;

    /** Lower-case a-d are taken as A-D. An empty text is the empty sequence: silence.
        @returns an error (wrong use) that names the first wrong character and its position counting from 1, or the length. */
    [[nodiscard]] static Result<DtmfSequence> parse(std::string_view text);

    [[nodiscard]] std::string_view text() const noexcept { return { symbols.data(), length }; }
};

/** What the oscillator plays, and how. A plain value; replaces the former one whole at a block boundary. */
struct DtmfSettings
{
    static constexpr int minOnMs = 10, maxOnMs = 10000;   ///< [ms]; a bench must also send what is too short
    static constexpr int minOffMs = 10, maxOffMs = 10000; ///< [ms]
    static constexpr int maxGapMs = 60000;                ///< [ms]

    DtmfSequence sequence;
    int onMs = 100;          ///< duration of a digit, edges included [ms]
    int offMs = 100;         ///< silence after each digit [ms]; a `,` is silence of onMs + offMs
    bool loop = false;
    int gapMs = 1000;        ///< silence between two rounds of a loop, after the last offMs [ms]
    double lowDbm0 = -11.0;  ///< level of the low-group tone [dBm0], −60…0
    double twistDb = 2.0;    ///< high-group level minus low-group level [dB], −20…+20
    Law law = Law::mu;       ///< what 0 dBm0 means in samples

    static constexpr double minLowDbm0 = -60.0, maxLowDbm0 = 0.0;  ///< [dBm0]
    static constexpr double maxTwistDb = 20.0;                     ///< either way [dB]

    /** @returns an error (wrong use) that names the value out of range, or nothing. */
    [[nodiscard]] Result<void> check() const;

    /** The same as a plain answer: no memory, safe in the audio region. Looks at the sequence's symbols too. */
    [[nodiscard]] bool isValid() const noexcept;
};

} // namespace mw
