#include "CallTable.h"

#include <algorithm>
#include <utility>

namespace mw
{

CallTable::CallTable(int maxLegsToGive, size_t closedToKeep)
    : closedKept(closedToKeep), maxLegs(maxLegsToGive), taken(static_cast<size_t>(maxLegsToGive))
{
}

void CallTable::clear()
{
    ++changes;
    open.clear();
    closed.clear();
    std::fill(taken.begin(), taken.end(), false);
}

std::optional<int> CallTable::takeChannel()
{
    const auto free = std::find(taken.begin(), taken.end(), false);
    if (free == taken.end())
        return std::nullopt;
    *free = true;
    return static_cast<int>(free - taken.begin());
}

bool CallTable::hasFreeChannel() const { return std::find(taken.begin(), taken.end(), false) != taken.end(); }

void CallTable::giveBackChannel(int channel)
{
    if (channel >= 0 && channel < maxLegs)
        taken[static_cast<size_t>(channel)] = false;
}

CallTable::Call& CallTable::add(CallInfo info)
{
    ++changes;
    const auto leg = info.leg;
    Call call;
    call.info = std::move(info);
    return open.insert_or_assign(leg, std::move(call)).first->second;
}

CallTable::Call* CallTable::findOpen(LegId leg)
{
    ++changes;
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
    ++changes;
    closed.emplace_back();
    closed.back() = std::move(open.extract(leg).mapped());
    if (closed.size() > std::max<size_t>(closedKept, 1))
        closed.pop_front();
    return closed.back();
}

CallTable::Call* CallTable::completed(LegId leg, LegMediaStats& media, TransportReport& report)
{
    ++changes;
    auto* const call = const_cast<Call*>(std::as_const(*this).find(leg));
    if (call != nullptr && call->formerTransport.has_value())
    {
        media.goOnFrom(*call->formerMedia);
        report.goOnFrom(*call->formerTransport);
    }
    return call;
}

void CallTable::rememberFormer(LegId leg, LegMediaStats media, TransportReport report)
{
    if (auto* const call = completed(leg, media, report); call != nullptr)
    {
        call->formerMedia = media;
        call->formerTransport = std::move(report);
    }
}

void CallTable::rememberMedia(LegId leg, LegMediaStats media, TransportReport report)
{
    if (auto* const call = completed(leg, media, report); call != nullptr)
    {
        call->lastMedia = media;
        call->transport = std::move(report);
    }
}

std::vector<const LegPort*> CallTable::portsByChannel() const
{
    std::vector<const LegPort*> ports(static_cast<size_t>(maxLegs));
    for (const auto& [leg, call] : open)
        if (call.info.channel >= 0)
            ports[static_cast<size_t>(call.info.channel)] = call.port.get();
    return ports;
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
