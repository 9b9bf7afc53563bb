#pragma once

#include "../Codec.h"
#include "DurationHistogram.h"
#include "PacketRing.h"

#include <array>
#include <cstdint>

namespace mw
{

/** What a leg's stream did on its way, by its headers and arrival times alone, before any jitter buffer. A plain value; counters
    never fall, are 64 bits wide and go on over every wrap of sequence and timestamp, and over changes of the SSRC. */
struct StreamStats
{
    uint64_t packets = 0;         ///< of the stream, of whatever payload type, doubled ones included
    uint64_t octets = 0;          ///< their payloads [octets]
    uint64_t expected = 0;        ///< numbers from the first to the highest (RFC 3550, A.3), of all streams one after the other
    uint64_t unique = 0;          ///< numbers of these that came
    uint64_t duplicate = 0;       ///< packets whose number had come
    uint64_t reordered = 0;       ///< packets that came after a later one
    uint64_t farthestReorder = 0; ///< by how many at most [packets]
    uint64_t strays = 0;          ///< packets of another SSRC or far from the sequence, no second one behind; in no other figure
    uint64_t ssrcChanges = 0;     ///< times when another source took over
    uint64_t sequenceJumps = 0;   ///< times when the sequence went on by 3000 packets or more, or back by 100 (RFC 3550, A.1)
    uint64_t payloadTypeChanges = 0;  ///< times when a packet, events aside, had another type than the one before
    uint64_t pauses = 0;          ///< times when the sender was silent: the timestamp went on further than the sound
    uint64_t unmarkedPauses = 0;  ///< of these, those after which no marker stood (RFC 3551, 4.1)
    uint64_t needlessMarkers = 0; ///< markers where the sound went on without a pause
    uint64_t timestampRepeats = 0;   ///< packets with the timestamp of the one before
    uint64_t timestampOverlaps = 0;  ///< packets whose timestamp lies within the sound of the one before
    uint64_t timestampJumps = 0;     ///< timestamps that went back, or further on than the time that passed by more than 1 s
    int64_t mediaTicks = 0;       ///< from the first to the highest timestamp [units of the clock rate]
    int64_t firstArrivalNs = 0;   ///< engine clock [ns]; 0: none came
    int64_t lastArrivalNs = 0;    ///< likewise
    uint32_t ssrc = 0;            ///< of the stream that is followed
    uint8_t payloadType = 0;      ///< of its last packet that was not an event's
    double jitterMs = 0.0;        ///< RFC 3550, A.8, J after the last packet [ms]
    double jitterMaxMs = 0.0;     ///< the highest J [ms]
    double jitterMeanMs = 0.0;    ///< the mean of J over the packets [ms]
    double longestGapMs = 0.0;    ///< between two arrivals, one after the other [ms]

    /** Numbers that never came. */
    [[nodiscard]] uint64_t lost() const noexcept { return expected - unique; }

    /** Adds what was counted before, by the watch of a port that a re-INVITE replaced. */
    void goOnFrom(const StreamStats& former) noexcept;
};

/** How often each of a few values came. */
struct ValueCounts
{
    struct Entry
    {
        int64_t value = 0;
        uint64_t packets = 0;     ///< 0: the entry is free
    };
    std::array<Entry, 8> entries {};
    uint64_t others = 0;          ///< packets of values that found no place

    void add(int64_t value) noexcept;
    void add(const ValueCounts& other) noexcept;

    /** Null when there is none. */
    [[nodiscard]] const Entry* mostFrequent() const noexcept;
};

/** How a packet stands to those of its stream before it. */
enum class Passage : uint8_t
{
    inOrder,    ///< with the highest number so far
    overtaken,  ///< behind a later one
    duplicate,  ///< its number had come
    stray       ///< of another stream, or waiting for a second one to prove it
};

/** Follows the RTP stream that a leg receives. O(1) a packet, about 3 KiB, no memory taken. Media thread.

    The stream that is followed is the one that the playout hears by the same rules: another SSRC takes over with its second
    packet in order, or at once when the former was silent for 200 ms; RFC 3550, A.1 says what is a jump. */
class StreamWatch
{
public:
    explicit StreamWatch(const CodecFormat& format);

    Passage packetArrived(const RtpPacket& packet) noexcept;

    [[nodiscard]] StreamStats stats() const noexcept;

    /** StreamStats::lost() without the rest. */
    [[nodiscard]] uint64_t lost() const noexcept { return figures.lost(); }

    /** Payload types that came. */
    [[nodiscard]] const ValueCounts& payloadTypes() const noexcept { return types; }

    /** Lengths of the packets of sound, by their octets where the codec tells, else by timestamps [units of the clock rate]. */
    [[nodiscard]] const ValueCounts& packetTicks() const noexcept { return lengths; }

    /** How much the spacing of two packets of sound changed on the way: |D| of RFC 3550, 6.4.1. */
    [[nodiscard]] const DurationHistogram& spacingChanges() const noexcept { return changes; }

    /** Times between two arrivals. */
    [[nodiscard]] const DurationHistogram& arrivalGaps() const noexcept { return gaps; }

private:
    /** The header of a packet that waits for a second one to prove it. */
    struct Candidate
    {
        bool valid = false;
        RtpPacket header;  ///< its payload is not valid any more
        int64_t ticks = 0;
        size_t octets = 0;
    };

    void begin(const RtpPacket& packet) noexcept;
    bool confirmed(const RtpPacket& packet, int64_t ticks) noexcept;
    Passage follow(const RtpPacket& packet, int64_t ticks, size_t octets) noexcept;
    [[nodiscard]] bool isNew(int64_t sequence) noexcept;
    void advance(int64_t sequence) noexcept;
    void time(const RtpPacket& packet) noexcept;
    void checkTimestamp(const RtpPacket& packet, int64_t sequence, int64_t ticks) noexcept;
    [[nodiscard]] int64_t ticksToNs(int64_t ticks) const noexcept;
    [[nodiscard]] bool isSound(const RtpPacket& packet) const noexcept;

    const CodecFormat& format;
    StreamStats figures;
    ValueCounts types, lengths;
    DurationHistogram changes, gaps;
    Candidate candidate;

    bool haveStream = false, haveType = false;
    int64_t first = 0, highest = 0;   ///< extended sequence numbers
    static constexpr size_t windowPackets = 128;
    std::array<uint64_t, windowPackets / 64> came {};  ///< the last numbers up to the highest, by their low bits

    // of the last packet of sound that came, whatever its number
    bool haveSound = false;
    uint32_t lastTimestamp = 0;
    int64_t lastSoundNs = 0;
    uint64_t timed = 0;               ///< packets that jitter was taken of
    double jitterNs = 0.0, jitterSumNs = 0.0, jitterMaxNs = 0.0;
    int64_t longestGapNs = 0;

    // of the packet of sound with the highest number
    bool haveNewest = false;
    int64_t newestSequence = 0, newestTicks = 0, newestArrivalNs = 0;
    uint32_t newestTimestamp = 0;
};

} // namespace mw
