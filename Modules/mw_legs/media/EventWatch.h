#pragma once

#include "../Codec.h"
#include "PacketRing.h"
#include "StreamWatch.h"

#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** One telephone-event (RFC 4733) by the packets that told of it; doubled packets of the network are left out. A plain value. */
struct EventRecord
{
    uint8_t code = 0;              ///< RFC 4733, 3.2: 0…9, 10 *, 11 #, 12…15 A-D; others are no digits
    uint8_t volume = 0;            ///< of its first packet: the tone's level is minus this, 0…63 [dBm0]
    bool marked = false;           ///< a packet of it had the marker, as its first one has (RFC 4733, 2.5.1.2)
    bool doubled = false;          ///< the digit before once more: see EventWatch::leastPauseMs, or updates after its end
    bool hasPause = false;         ///< whether `pauseTicks` is known: an event came before, of the same source
    uint32_t timestamp = 0;        ///< of its start [units of the RTP clock]
    int64_t pauseTicks = 0;        ///< from the end of the event before, by timestamps; negative: it began within that one [units of the RTP clock]
    uint64_t durationTicks = 0;    ///< the longest that was told, all segments together [units of the event clock]
    uint32_t firstDurationTicks = 0;  ///< told by the first packet that came [units of the event clock]
    uint32_t packets = 0;          ///< that came
    uint32_t endPackets = 0;       ///< of these: with the end bit; senders send three
    uint32_t lost = 0;             ///< numbers of the sequence that never came: between its packets, and beside them where marker or end packets are missing
    uint32_t notGrowing = 0;       ///< updates whose duration was no longer than the one's before
    uint32_t afterEnd = 0;         ///< updates without the end bit behind one with it
    uint32_t segments = 1;         ///< RFC 4733, 2.5.1.3: one more for each time that the 16 bits of the duration were full
    int64_t firstArrivalNs = 0;    ///< engine clock [ns]
    int64_t lastArrivalNs = 0;     ///< likewise

    /** Digit, or 0 when the code is none. */
    [[nodiscard]] char digit() const noexcept;
};

/** Follows the telephone-events of the RTP stream that a leg receives. O(1) a packet; all memory is taken by the constructor. Media
    thread. Sound may come between an event's packets; a missing number there counts as the event's, since nothing says whose it was. */
class EventWatch
{
public:
    static constexpr size_t mostEvents = 512;   ///< kept; further ones are counted
    static constexpr int leastPauseMs = 40;     ///< the same digit sooner after its end is the event once more: no receiver could tell two (ITU-T Q.24)
    static constexpr uint32_t endPacketsSent = 3;  ///< RFC 4733, 2.5.1.4

    explicit EventWatch(const CodecFormat& format);

    /** A packet of any kind. @param passage what the stream watch said of it @param lostSoFar StreamWatch::lost() after it */
    void packetArrived(const RtpPacket& packet, Passage passage, uint64_t lostSoFar) noexcept;

    // ---- when no packet comes any more ------------------------------------------------------------------------------

    /** The events so far, in the order of their beginning; the first mostEvents of them. */
    [[nodiscard]] std::vector<EventRecord> events() const;

    /** Events that found no place. */
    [[nodiscard]] uint64_t leftOut() const noexcept { return uncounted + (haveCurrent && kept.size() >= mostEvents ? 1u : 0u); }

    /** Packets of the agreed type that are too short for an event. */
    [[nodiscard]] uint64_t malformed() const noexcept { return tooShort; }

private:
    struct Update
    {
        uint8_t code, volume;
        bool isEnd;
        uint32_t durationTicks;
    };

    void otherArrived(uint64_t missing) noexcept;
    void holeFilled(uint16_t sequence) noexcept;
    void eventArrived(const RtpPacket& packet, const Update& update, bool inOrder, uint64_t missing) noexcept;
    void begin(const RtpPacket& packet, const Update& update, uint64_t missing) noexcept;
    void take(const RtpPacket& packet, const Update& update, bool inOrder) noexcept;
    void closeCurrent(uint64_t missingNow) noexcept;
    void takeOvertaken(const RtpPacket& packet, const Update& update) noexcept;
    [[nodiscard]] bool isSameClock() const noexcept { return format.clockRateHz == format.eventClockHz; }
    [[nodiscard]] uint32_t trailing() const noexcept { return current.endPackets < endPacketsSent ? besideEnd : 0; }

    const CodecFormat& format;
    std::vector<EventRecord> kept;
    uint64_t uncounted = 0, tooShort = 0;

    EventRecord current;           ///< the event that began last; it is not among `kept` yet
    bool haveCurrent = false;
    uint32_t ssrc = 0;
    uint32_t segmentTimestamp = 0;
    uint64_t earlierSegments = 0;  ///< [units of the event clock]
    uint32_t lastDuration = 0;     ///< of the segment's last packet in order [units of the event clock]
    uint16_t firstSequence = 0, lastSequence = 0;  ///< of current's packets, missing ones beside it included
    bool eventWasLast = false;     ///< the packet that came last was current's
    uint64_t sinceLast = 0;        ///< numbers missing since current's last packet
    uint32_t besideEnd = 0;        ///< of these, those directly behind it
    uint64_t lostBefore = 0;
};

} // namespace mw
