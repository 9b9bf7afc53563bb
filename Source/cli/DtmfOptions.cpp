#include "DtmfOptions.h"

#include "Arguments.h"

namespace mw::cli
{

namespace
{
constexpr const char* dtmfGroup = "DTMF";
}

void DtmfOptions::addTo(CLI::App& app, bool withLoop)
{
    addWhole(app, "--dtmf-on", timing.onMs, { DtmfSettings::minOnMs, DtmfSettings::maxOnMs, "ms" }, "Length of a digit, edges included")
        ->group(dtmfGroup);
    addWhole(app, "--dtmf-off", timing.offMs, { DtmfSettings::minOffMs, DtmfSettings::maxOffMs, "ms" }, "Silence after each digit")
        ->group(dtmfGroup);
    addReal(app, "--dtmf-level", timing.lowDbm0, { -60, 0, "dBm0" }, "Level of the low-group tone")->group(dtmfGroup);
    addReal(app, "--dtmf-twist", timing.twistDb, { -20, 20, "dB" }, "Level of the high-group tone above the low one")->group(dtmfGroup);
    if (withLoop)
    {
        addSwitch(app, "--dtmf-loop", timing.loop, "Begin the sequence again when it has ended")->group(dtmfGroup);
        addWhole(app, "--dtmf-gap", timing.gapMs, { 0, DtmfSettings::maxGapMs, "ms" }, "Silence between two rounds of --dtmf-loop")
            ->group(dtmfGroup);
    }
}

DtmfSettings DtmfOptions::settings(const DtmfSequence& sequence, Law law) const
{
    auto result = timing;
    result.sequence = sequence;
    result.law = law;
    return result;
}

} // namespace mw::cli
