#include "DtmfAudience.h"

namespace mw
{

DtmfAudience::~DtmfAudience() { everybody(); }

Result<void> DtmfAudience::only(LegId leg)
{
    const auto call = engine.call(leg);
    if (! call || call->state == CallState::closed || call->channel < 0)
    {
        everybody();
        return Error { ExitCode::callFailed, "send DTMF to call " + std::to_string(leg) + " alone", "it is over, or never was", "" };
    }
    alone = leg;
    MixerCommand command;
    command.kind = MixerCommand::Kind::setCell;
    command.from = engine.mixer().indexOf(HouseStrip::dtmf);
    for (int channel = 0; channel < engine.mixer().maxLegs(); ++channel)
    {
        command.leg = channel;
        command.gainDb = channel == call->channel ? 0.0 : silenceDb;
        if (auto sent = engine.command(command); ! sent)
        {
            everybody();
            return sent;
        }
    }
    return {};
}

void DtmfAudience::everybody()
{
    if (alone == 0)
        return;
    alone = 0;
    MixerCommand command;
    command.kind = MixerCommand::Kind::clearCell;
    command.from = engine.mixer().indexOf(HouseStrip::dtmf);
    for (command.leg = 0; command.leg < engine.mixer().maxLegs(); ++command.leg)
    {
        [[maybe_unused]] const auto cleared = engine.command(command);
    }
}

LegId DtmfAudience::leg()
{
    if (alone == 0)
        return 0;
    if (const auto call = engine.call(alone); ! call || call->state == CallState::closed)
        everybody();
    return alone;
}

} // namespace mw
