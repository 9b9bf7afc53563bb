#pragma once

#include <cstdint>

namespace mw
{

/** How a known, continuous sound was broken. */
enum class GapKind
{
    silence,        ///< gone: 20 dB and more below what it was
    dip,            ///< weaker, but there
    discontinuity,  ///< it goes on at once at another place: samples were left out or put in (a phase jump of the tone)
    repeat          ///< sound of another moment stands in its place, at once or fading; afterwards it goes on as if nothing had been
};

/** "silence", "dip", "discontinuity", "repeat". */
[[nodiscard]] constexpr const char* nameOf(GapKind kind) noexcept
{
    switch (kind)
    {
        case GapKind::silence: return "silence";
        case GapKind::dip: return "dip";
        case GapKind::discontinuity: return "discontinuity";
        case GapKind::repeat: return "repeat";
    }
    return "";
}

/** One gap in a known, continuous sound. */
struct Gap
{
    double startS = 0.0;       ///< since the first sample [s]
    double durationMs = 0.0;   ///< [ms]; 0 for a discontinuity, which has none
    GapKind kind = GapKind::silence;
    double depthDb = 0.0;      ///< of what is left in it against the sound before, 0 or negative; −60 for anything below that [dB]
    double phaseJumpDeg = 0.0; ///< of a tone: its phase afterwards against where it would have been, −180…180 [°]; 0 for other sounds
};

} // namespace mw
