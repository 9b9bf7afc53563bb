#include "CallTable.h"

#include <algorithm>
#include <utility>

namespace mw
{

CallTable::CallTable(int maxLegsToGive, size_t closedToKeep) : closedKept(closedToKeep), maxLegs(maxLegsToGive) { clear(); }

void CallTable::clear()
{
    open.clear();
    closed.clear();
    freeChannels.clear();
    for (int channel = 0; channel < maxLegs; ++channel)
        freeChannels.insert(freeChannels.end(), channel);
}

std::optional<int> CallTable::takeChannel()
{
    if (freeChannels.empty())
        return std::nullopt;
    return freeChannels.extract(freeChannels.begin()).value();
}

void CallTable::giveBackChannel(int channel)
{
    if (channel >= 0 && channel < maxLegs)
        freeChannels.insert(channel);
}

CallTable::Call& CallTable::add(CallInfo info)
{
    const auto leg = info.leg;
    return open.insert_or_assign(leg, Call { std::move(info), nullptr, std::nullopt }).first->second;
}

CallTable::Call* CallTable::findOpen(LegId leg)
{
    const auto found = open.find(leg);
    return found == open.end() ? nullptr : &found->second;
}

const CallTable::Call* CallTable::find(LegId leg) const
{
    if (const auto found = open.find(leg); found != open.end())
        return &found->second;
    const auto found = std::find_if(closed.rbegin(), closed.rend(), [leg](const Call& call) { return call.info.leg == leg; });
    return found == closed.rend() ? nullptr : &*found;
}

CallTable::Call& CallTable::close(LegId leg)
{
    closed.push_back(std::move(open.extract(leg).mapped()));
    if (closed.size() > std::max<size_t>(closedKept, 1))
        closed.pop_front();
    return closed.back();
}

void CallTable::rememberMedia(LegId leg, const LegMediaStats& media)
{
    if (auto* call = findOpen(leg))
        call->lastMedia = media;
    for (auto& call : closed)
        if (call.info.leg == leg)
            call.lastMedia = media;
}

std::vector<LegId> CallTable::openLegs() const
{
    std::vector<LegId> legs;
    legs.reserve(open.size());
    for (const auto& [leg, call] : open)
        legs.push_back(leg);
    return legs;
}

std::vector<CallInfo> CallTable::list() const
{
    std::vector<CallInfo> calls;
    calls.reserve(closed.size() + open.size());
    for (const auto& call : closed)
        calls.push_back(call.info);
    for (const auto& [leg, call] : open)
        calls.push_back(call.info);
    return calls;
}

std::vector<std::pair<LegId, LegMediaStats>> CallTable::endedMedia() const
{
    std::vector<std::pair<LegId, LegMediaStats>> result;
    for (const auto& call : closed)
        if (call.lastMedia.has_value())
            result.emplace_back(call.info.leg, *call.lastMedia);
    return result;
}

} // namespace mw
