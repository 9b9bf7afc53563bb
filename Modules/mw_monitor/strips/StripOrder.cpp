#include "StripOrder.h"

#include "CallLook.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace mw
{

namespace
{
constexpr double levelStepDb = 3.0;
constexpr double last = 1e9;  ///< behind all that was measured

double keyOf(const MonitorModel& model, const CallInfo& call, StripSort sort)
{
    switch (sort)
    {
        case StripSort::channel: return call.channel;
        case StripSort::state: return urgencyOf(call.state);
        case StripSort::level:
        {
            const auto* row = model.snapshot().strip(call.channel);
            const auto level = row != nullptr ? dbm0FromRms(static_cast<double>(row->in.rms), model.snapshot().law) : silenceDb;
            return std::isfinite(level) ? -std::floor(level / levelStepDb) : last;
        }
        case StripSort::loss:
        {
            const auto* transport = model.snapshot().transport(call.channel);
            const auto loss = transport != nullptr ? lossPercentOf(transport->media.playout) : std::nan("");
            return std::isfinite(loss) ? -loss : last;
        }
    }
    return 0.0;
}
} // namespace

bool StripOrder::matches(const CallInfo& call) const
{
    const auto wanted = filter.trim();
    if (wanted.isEmpty())
        return true;
    if (wanted.startsWithChar('#'))
        return wanted.substring(1) == juce::String(call.channel + 1);
    for (const auto* text : { &call.peerName, &call.peerUri, &call.codec })
        if (juceText(*text).containsIgnoreCase(wanted))
            return true;
    return lookOf(call.state).word.containsIgnoreCase(wanted) || juce::String(nameOf(call.state)).containsIgnoreCase(wanted);
}

std::vector<LegId> StripOrder::of(const MonitorModel& model, const std::vector<LegId>& before) const
{
    struct Place
    {
        LegId leg;
        double key;
        size_t former;
    };
    std::map<LegId, size_t> formerly;
    if (sort == StripSort::level || sort == StripSort::loss)
        for (size_t i = 0; i < before.size(); ++i)
            formerly.emplace(before[i], i);
    std::vector<Place> places;
    for (const auto* call : model.openCalls())
        if (call->channel >= 0 && matches(*call))
        {
            const auto found = formerly.find(call->leg);
            places.push_back({ call->leg, keyOf(model, *call, sort), found != formerly.end() ? found->second : before.size() });
        }
    std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.key != b.key ? a.key < b.key : a.former < b.former; });
    std::vector<LegId> order;
    for (const auto& place : places)
        order.push_back(place.leg);
    return order;
}

} // namespace mw
