#pragma once

#include "../Engine.h"
#include "CallTable.h"
#include "CommandOutbox.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace mw
{

/** The calls of a run: makes true at mixer and device what the factory reports, and counts it. Control thread only. */
class CallControl
{
public:
    /** An event and its call as it stood afterwards: what listeners are told, after everything was done. */
    struct Notice
    {
        LegEvent event;
        CallInfo info;
    };
    using Notices = std::vector<Notice>;

    /** In this run. */
    struct Counts
    {
        uint64_t total = 0;    ///< calls that took a channel
        uint64_t failed = 0;   ///< of these: not established, or broken afterwards
        uint64_t refused = 0;  ///< incoming calls that found no channel (486)
    };

    /** All that is given must outlive this. */
    CallControl(const Engine::Config& config, LegFactory& factory, const Clock& clock, MixerProcessor& mixer, LegDevice& device);

    // ---- life ---------------------------------------------------------------------------------------------------------

    /** A new run: no calls, counts at 0. */
    void begin();

    /** Refuses new legs from here on, hangs up all there are and takes them off the media thread. */
    void beginShutdown() noexcept;

    /** Calls of which the factory said nothing more: their peers did not answer in time. */
    [[nodiscard]] Notices endWhatIsLeft() noexcept;

    // ---- events -------------------------------------------------------------------------------------------------------

    /** Handles a batch: all changes at the device in one swap at its end. A leg for which there is no memory is refused or
        hung up, once; the others go on. */
    [[nodiscard]] Notices handle(std::vector<LegEvent> events) noexcept;

    /** Makes the gathered changes at the device in one swap; when that returned, the media thread has let go of the former
        ports, so that they may be read and freed here. */
    void changePorts() noexcept;

    // ---- what is asked for --------------------------------------------------------------------------------------------

    [[nodiscard]] Result<LegId> dial(const std::string& uri, const std::string& tag);
    [[nodiscard]] Result<void> setRole(LegId leg, LegRole role);
    [[nodiscard]] Result<void> command(const MixerCommand& command);

    void setAnswersAutomatically(bool automatically) noexcept { answering = automatically; }
    [[nodiscard]] bool answersAutomatically() const noexcept { return answering; }

    /** Enters that we asked for a hold, or for its end. */
    void noteHold(LegId leg, bool onHold);

    /** The highest number of a call so far, 0 before the first one. */
    [[nodiscard]] LegId newestLeg() const noexcept { return newest; }

    [[nodiscard]] bool isOpen(LegId leg) const { return table.isOpen(leg); }
    [[nodiscard]] const CallTable& calls() const noexcept { return table; }
    [[nodiscard]] const Counts& counts() const noexcept { return count; }
    [[nodiscard]] CommandOutbox& commands() noexcept { return outbox; }

    /** Leaves the rows of legs that are on their channel still: a tick late, the device shows one that has just gone.
        @returns the counters of all legs of this run together */
    [[nodiscard]] LegMediaStats settleMedia(std::vector<LegRow>& rows) const;
    [[nodiscard]] bool isStopping() const noexcept { return stopping; }

private:
    /** What is to change at the device. If there is no memory for the swap, it stays for the next batch: those legs are silent
        until then, and nothing is freed under the media thread. */
    struct PortChanges
    {
        std::map<int, std::shared_ptr<LegPort>> byChannel;
        std::vector<std::shared_ptr<LegPort>> lettingGo;              ///< kept until the media thread let go (finding 6)
        std::vector<std::pair<LegId, std::shared_ptr<LegPort>>> replaced;  ///< by a re-INVITE
        std::vector<std::pair<LegId, std::shared_ptr<LegPort>>> ended;
    };

    [[nodiscard]] Result<LegId> tryToDial(const std::string& uri, const std::string& tag);
    void apply(LegEvent& event, Notices& notices);
    void applyWithoutMemory(LegEvent& event, Notices& notices) noexcept;
    void incoming(LegEvent& event, Notices& notices);
    void turnedAway(LegEvent& event, Notices& notices);
    void mediaReady(CallTable::Call& call, LegEvent& event);
    void closed(CallTable::Call& call, LegEvent& event, Notices& notices);
    void endLateOnes(Notices& notices) noexcept;
    void finish() noexcept;
    void takePortOff(CallTable::Call& call);
    void setActive(int channel, bool active);
    void resetStrip(int channel);

    const Engine::Config& config;
    LegFactory& factory;
    const Clock& clock;
    MixerProcessor& mixer;
    LegDevice& device;
    CallTable table;
    PortChanges changes;
    CommandOutbox outbox;
    Counts count;
    LegMediaStats goneMedia;       ///< counters of ports that media let go of in this run
    std::set<LegId> rejectedLegs;  ///< rejected by us, `closed` not yet reported
    LegId newest = 0;
    bool answering = true;         ///< whether incoming calls are answered as they come
    bool stopping = false;         ///< control thread
};

} // namespace mw
