#pragma once

#include "../record/Background.h"
#include "PcapngWriter.h"

#include <mw_legs/mw_legs.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace mw
{

/** What stands in a call's file of packets. */
struct FlightPacketCounts
{
    uint64_t rtpReceived = 0, rtpSent = 0, rtcpReceived = 0, rtcpSent = 0, sip = 0;
    uint64_t letGo = 0;  ///< of them: too old, when only the last seconds are kept
    std::optional<Error> error;
};

/** Empties a PacketTrace on the recorder thread, call by call, into pcapng files in the order of time, or into memory of which the last
    seconds are kept; of those SIP messages stay from the call's beginning, since without them nobody can tell what the rest is. Packets of
    a call that has no file yet wait for it. Control thread. */
class FlightPackets final : private juce::TimeSliceClient
{
public:
    static constexpr size_t mostOctetsKept = size_t { 64 } << 20;  ///< of one call's media in memory
    static constexpr size_t mostMessagesKept = 500;                ///< likewise, of SIP
    static constexpr int64_t laterNs = 5'000'000'000;              ///< after a call's end its last seconds are kept for so long [ns]
    static constexpr int64_t orderWithinNs = 300'000'000;          ///< packets are put in order within this time [ns]

    /** @param keepS only the last seconds are kept [s]; 0: all are written */
    FlightPackets(std::shared_ptr<PacketTrace> trace, Background& background, const Clock& clock, int64_t utcOffsetNs, double keepS);
    ~FlightPackets() override;

    [[nodiscard]] Result<void> start();

    /** A call's packets go into this file from now on, those that wait already too. */
    [[nodiscard]] Result<void> open(LegId leg, const juce::File& file, const std::string& comment);

    /** Writes what waits, closes the file if there is one, and takes nothing more of this call.
        @param endNs the last seconds are those before this, engine clock [ns] */
    FlightPacketCounts close(LegId leg, int64_t endNs);

    /** Packets that the sip thread found no room for, of all calls. */
    [[nodiscard]] uint64_t lost() const noexcept { return trace->lost(); }

private:
    struct Kept
    {
        TracedPacket packet;
        std::vector<uint8_t> octets;
    };
    struct Call
    {
        std::deque<Kept> messages, media;  ///< each in the order of time
        size_t mediaOctets = 0;
        std::unique_ptr<PcapngWriter> writer;
        FlightPacketCounts counts;
    };

    int useTimeSlice() override;
    void drain();
    void take(const TracedPacket& packet, std::span<const uint8_t> octets);
    void letOldGo(Call& call, int64_t beforeNs);
    static void writeUntil(Call& call, int64_t untilNs);
    template <typename Work> void whilePaused(Work&& work);

    const std::shared_ptr<PacketTrace> trace;
    Background& background;
    const Clock& clock;
    const int64_t utcOffsetNs, keepNs;
    std::map<LegId, Call> calls;   ///< recorder thread, or control while that is kept out
    std::set<LegId> closed;        ///< likewise; the last ones
};

} // namespace mw
