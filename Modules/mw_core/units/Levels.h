#pragma once

#include <limits>

namespace mw
{

/** The companding law of G.711, which fixes what digital amplitude is 0 dBm0. */
enum class Law
{
    mu,  ///< µ-law: a full-scale sine is +3.17 dBm0
    a    ///< A-law: a full-scale sine is +3.14 dBm0
};

/** Level of a full-scale sine [dBm0] under a law: the overload point of G.711 (ITU-T G.711). */
[[nodiscard]] constexpr double overloadDbm0(Law law) noexcept { return law == Law::mu ? 3.17 : 3.14; }

/** Minus infinity, the level of silence and the gain of a closed fader [dB]. */
inline constexpr double silenceDb = -std::numeric_limits<double>::infinity();

/** Linear factor of a gain. @param gainDb [dB], minus infinity gives exactly 0. */
[[nodiscard]] double gainFromDb(double gainDb) noexcept;

/** Gain [dB] of a linear factor >= 0; 0 gives minus infinity. */
[[nodiscard]] double dbFromGain(double gain) noexcept;

/** Level [dBm0] of a signal from its RMS, where 1.0 is digital full scale. A sine of amplitude 1 has RMS 1/sqrt(2) and
    stands at overloadDbm0(law). @param rms >= 0; 0 gives minus infinity. */
[[nodiscard]] double dbm0FromRms(double rms, Law law) noexcept;

/** RMS (full scale = 1.0) of a level. @param levelDbm0 [dBm0] */
[[nodiscard]] double rmsFromDbm0(double levelDbm0, Law law) noexcept;

/** Peak amplitude (full scale = 1.0) of a sine at a level. @param levelDbm0 [dBm0] */
[[nodiscard]] double sineAmplitudeFromDbm0(double levelDbm0, Law law) noexcept;

/** Level [dBFS] of an RMS, where 0 dBFS is the RMS of a full-scale sine (AES17). */
[[nodiscard]] double dbfsFromRms(double rms) noexcept;

/** Level [dBov] of an RMS, where 0 dBov is the RMS of a full-scale square wave (RFC 6464). */
[[nodiscard]] double dbovFromRms(double rms) noexcept;

} // namespace mw
