#pragma once

#include <mw_legs/mw_legs.h>

#include <cstdint>
#include <deque>
#include <map>
#include <new>
#include <vector>

namespace mw
{

/** The last signalling messages of each call. Control thread. */
class MessageLog
{
public:
    static constexpr size_t mostOfOneCall = 200;

    /** Files what came. A message for which there is no memory is counted. */
    void take(std::vector<SignallingMessage> messages) noexcept
    {
        for (auto& message : messages)
            try
            {
                auto& ofCall = byLeg[message.leg];
                ofCall.push_back(std::move(message));
                ++count;
                if (ofCall.size() > mostOfOneCall)
                    ofCall.pop_front();
            }
            catch (const std::bad_alloc&)
            {
                ++lostMessages;
            }
    }

    /** Forgets the calls that are in the list no more. A call whose messages came before its first event is not in it yet.
        @param isListed whether a call is in the list
        @param newest the highest number of a call that was in it */
    template <typename IsListed>
    void forgetUnlisted(IsListed isListed, LegId newest)
    {
        std::erase_if(byLeg, [&](const auto& entry) { return entry.first <= newest && ! isListed(entry.first); });
    }

    void clear() noexcept
    {
        byLeg.clear();
        count = lostMessages = 0;
    }

    /** Oldest first. */
    [[nodiscard]] std::vector<SignallingMessage> of(LegId leg) const
    {
        const auto found = byLeg.find(leg);
        return found == byLeg.end() ? std::vector<SignallingMessage>() : std::vector<SignallingMessage>(found->second.begin(), found->second.end());
    }

    /** Messages of all calls so far. */
    [[nodiscard]] uint64_t number() const noexcept { return count; }

    /** Those for which there was no memory. */
    [[nodiscard]] uint64_t lost() const noexcept { return lostMessages; }

private:
    std::map<LegId, std::deque<SignallingMessage>> byLeg;
    uint64_t count = 0, lostMessages = 0;
};

} // namespace mw
