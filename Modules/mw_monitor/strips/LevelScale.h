#pragma once

#include "../model/MonitorModel.h"

#include <array>

namespace mw
{

/** A meter's scale: linear in dB from −60 to what a full-scale sine is, in the unit that the window shows. */
struct LevelScale
{
    static constexpr double bottom = -60.0;
    static constexpr std::array<int, 7> marks { 3, 0, -10, -20, -30, -40, -60 };

    double top = 3.17;   ///< level of a full-scale sine
    double hot = -9.0;   ///< from here on the bar has another hue: −9 dBm0

    [[nodiscard]] static LevelScale of(const MonitorModel& model);

    /** Pixels above the bottom, 0…full. @param level minus infinity is the bottom, more than the top the top */
    [[nodiscard]] int heightOf(double level, int full) const noexcept;

    [[nodiscard]] bool operator==(const LevelScale&) const = default;
};

} // namespace mw
