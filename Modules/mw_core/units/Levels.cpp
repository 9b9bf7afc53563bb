#include "Levels.h"

#include <cmath>
#include <numbers>

namespace mw
{

double gainFromDb(double gainDb) noexcept { return std::pow(10.0, gainDb / 20.0); }

double dbFromGain(double gain) noexcept { return gain > 0.0 ? 20.0 * std::log10(gain) : silenceDb; }

double dbfsFromRms(double rms) noexcept { return dbFromGain(rms * std::numbers::sqrt2); }

double dbovFromRms(double rms) noexcept { return dbFromGain(rms); }

double dbm0FromRms(double rms, Law law) noexcept { return dbfsFromRms(rms) + overloadDbm0(law); }

double sineAmplitudeFromDbm0(double levelDbm0, Law law) noexcept { return gainFromDb(levelDbm0 - overloadDbm0(law)); }

double rmsFromDbm0(double levelDbm0, Law law) noexcept { return sineAmplitudeFromDbm0(levelDbm0, law) / std::numbers::sqrt2; }

} // namespace mw
