#pragma once

#include <mw_core/mw_core.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mw::demo
{

/** Measurements on a recording of the far end, made apart from the sink's own: least squares against what was sent. Levels
    are dBm0 under the µ-law, samples at full scale = 1.0. Any thread. */

/** A steady tone, where it is alone. */
struct ToneFound
{
    double seconds = 0.0;       ///< of windows that hold it and next to nothing else [s]
    double levelDbm0 = 0.0;     ///< median over these windows [dBm0]
    double frequencyHz = 0.0;   ///< from the advance of its phase between neighbouring windows, median [Hz]
};

/** @param frequencyHz where it is looked for; found within ±2 Hz @returns nothing when less than half a second was found */
[[nodiscard]] std::optional<ToneFound> findTone(std::span<const float> recording, double sampleRateHz, double frequencyHz);

/** One DTMF digit in a recording. */
struct DigitFound
{
    char digit = 0;
    double startS = 0.0;        ///< within some 10 ms [s]
    double lowDbm0 = 0.0, highDbm0 = 0.0;  ///< levels of its two tones [dBm0]
};

/** Digits whose two tones stand for at least half of `onMs`. @param besideHz a steady tone that may be there as well */
[[nodiscard]] std::vector<DigitFound> findDigits(std::span<const float> recording, double sampleRateHz, int onMs, double besideHz);

/** A known sound in a recording. */
struct SoundFound
{
    double seconds = 0.0;       ///< of the sent sound recognised: what was recorded is it, but for 1 % of the power, and the tone [s]
    double sentDbm0 = 0.0;      ///< RMS of these parts as they were sent [dBm0]
    double heardDbm0 = 0.0;     ///< the same as it arrived [dBm0]
    double delayS = 0.0;        ///< of the first such part, between the beginnings of the two recordings [s]
};

/** Looks for each half second of `sent` in the recording.
    @param besideHz a steady tone that may be there as well, and is taken out of the comparison
    @returns nothing when none was recognised */
[[nodiscard]] std::optional<SoundFound> findSound(std::span<const float> recording, std::span<const float> sent,
                                                  double sampleRateHz, double besideHz);

} // namespace mw::demo
