#pragma once

namespace mw
{

/** Where a gain stands on a fader's travel, on the screen as on a fader box: −20…+10 dB take two thirds of it, below −60 dB lies
    minus infinity. Both are monotonic and each other's inverse. */
struct GainTaper
{
    /** @param travel 0 (closed) … 1 (+20 dB); beyond is taken as the end @returns a gain [dB], silenceDb near 0 */
    [[nodiscard]] static double gainDbAt(double travel) noexcept;

    /** @param gainDb [dB], silenceDb or anything below −60 dB gives 0 */
    [[nodiscard]] static double travelOf(double gainDb) noexcept;
};

} // namespace mw
