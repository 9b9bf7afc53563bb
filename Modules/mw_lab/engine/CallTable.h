#pragma once

#include "../Engine.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** The calls of a run and who has which channel. Plain bookkeeping, control thread only. */
class CallTable
{
public:
    struct Call
    {
        CallInfo info;
        std::shared_ptr<LegPort> port;             ///< what the device has on the channel, or will have after this batch
        std::optional<LegMediaStats> lastMedia;    ///< transport as of its end
        std::optional<TransportReport> transport;  ///< all of it, likewise
        std::optional<LegMediaStats> formerMedia;  ///< of the ports that re-INVITEs replaced, together
        std::optional<TransportReport> formerTransport;  ///< likewise
        bool wantedMemory = false;                 ///< it was hung up for want of it
        bool endIsKnown = false;                   ///< it is over, but there was no memory yet to take it out of the list
        int endCode = 0;                           ///< of such an end
        bool endFailed = false;
        std::string endReason;
    };

    /** @param maxLegs channels, @param closedKept how many ended calls are remembered */
    CallTable(int maxLegs, size_t closedKept);

    void clear();

    /** @returns the lowest free channel, now taken; nothing when all are. */
    [[nodiscard]] std::optional<int> takeChannel();
    [[nodiscard]] bool hasFreeChannel() const;
    void giveBackChannel(int channel);

    Call& add(CallInfo info);

    /** Every call that is not over, in the order of their numbers; the function may close it, and leaves its `info` as it is otherwise. */
    template <typename Function>
    void forEachOpen(Function function)
    {
        for (auto call = open.begin(); call != open.end();)
            function((call++)->second);
    }

    /** A call that is not over, or null. */
    [[nodiscard]] Call* findOpen(LegId leg);
    [[nodiscard]] bool isOpen(LegId leg) const { return open.contains(leg); }

    /** Counts on whenever a call comes, goes or may have been changed: while it stands, so does list(). */
    [[nodiscard]] uint64_t version() const noexcept { return changes; }

    /** A call that is in the list, over or not, or null. */
    [[nodiscard]] const Call* find(LegId leg) const;

    /** Moves a call among the ended ones. @returns it; valid until the next call of close()
        @throws std::bad_alloc, and then the call is still open */
    Call& close(LegId leg);

    /** Keeps the figures of a port that a re-INVITE replaced, for those of the whole call. @throws std::bad_alloc, and then nothing was kept */
    void rememberFormer(LegId leg, LegMediaStats media, TransportReport report);

    /** Keeps a call's transport figures as of its end. */
    void rememberMedia(LegId leg, LegMediaStats media, TransportReport report);

    /** What each channel has, null where there is nothing. */
    [[nodiscard]] std::vector<const LegPort*> portsByChannel() const;

    [[nodiscard]] std::vector<LegId> openLegs() const;

    /** Ended ones first, in the order of their end; then the others in the order of their numbers. */
    [[nodiscard]] std::vector<CallInfo> list() const;

    /** Transport figures of the ended calls that had any, in the order of their end. */
    [[nodiscard]] std::vector<std::pair<LegId, LegMediaStats>> endedMedia() const;

private:
    /** Adds to a port's figures those of the ports before it. @returns the call, over or not, or null */
    [[nodiscard]] Call* completed(LegId leg, LegMediaStats& media, TransportReport& report);

    const size_t closedKept;
    const int maxLegs;
    std::vector<bool> taken;  ///< by channel
    std::map<LegId, Call> open;
    std::deque<Call> closed;
    uint64_t changes = 1;
};

} // namespace mw
