#pragma once

#include "../Codec.h"
#include "ArrivalStatistics.h"
#include "Concealment.h"
#include "DriftEstimator.h"
#include "LossPattern.h"
#include "PacketRing.h"
#include "PacketStore.h"
#include "PlayoutLog.h"
#include "PlayoutTypes.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** A jitter buffer over packets, and the decoding behind it.

        insert() ─ stream check (SSRC, sequence, payload type) ─ PacketStore ─ render(): depth, order, loss, pauses
                 ─ decode or conceal ─ samples

    States: *filling* (silence, or what is left of a concealment) until the depth is reached, then *playing* until nothing
    is left. All of it, priming included, belongs to the media thread alone (finding 20). Takes memory in the constructor
    only; nothing here fails. */
class Playout
{
public:
    /** @param codecToUse must outlive this @param config checked by PlayoutConfig::check() */
    Playout(Codec& codecToUse, const PlayoutConfig& config);

    static constexpr size_t actionsKept = 1024;  ///< of log(): 32 KiB a leg

    /** Takes one packet in; a copy is kept as far as it is of use. */
    void insert(const RtpPacket& packet) noexcept;

    /** Makes the next block at the codec's rate. @param nowNs the tick's own time, engine clock [ns]: packets that came later, in
        a tick that is late, count as later
        @param blockFrames what the depth counts as one block, where pcm is longer or shorter by what a resampler needs; 0: pcm */
    void render(std::span<int16_t> pcm, int64_t nowNs, size_t blockFrames = 0) noexcept;

    /** What was played in place of packets, and when. */
    [[nodiscard]] const PlayoutLog& log() const noexcept { return occasions; }

    /** Drops what waits; the next packet begins a stream anew. Counters stay. */
    void flush() noexcept;

    /** Blocks were given up in a stall of the host, render() was not called for them. What they would have played is dropped
        as it comes in, so that the delay does not stay longer by the stall. @param nowNs engine clock [ns]
        @param lostNs how much was given up [ns] */
    void timeLost(int64_t nowNs, int64_t lostNs) noexcept;

    [[nodiscard]] const PlayoutStats& stats() const noexcept { return figures; }

    /** How the packets that were not heard lie among those that were; without what was dropped before a stream's first sound. */
    [[nodiscard]] LossFigures losses() const noexcept { return pattern.figures(); }
    [[nodiscard]] const PlayoutConfig& config() const noexcept { return settings; }

    /** The peer's clock against ours. */
    [[nodiscard]] const DriftEstimator& drift() const noexcept { return estimator; }

    /** Whether the depth was reached and sound is left. */
    [[nodiscard]] bool isPlaying() const noexcept { return playing; }

    /** Times when the position was set anew: starts, trims, pauses. */
    [[nodiscard]] uint64_t starts() const noexcept { return startCount; }

    /** The next sample to be given out, in the time of the stream that DriftEstimator knows [ns]; while isPlaying(). */
    [[nodiscard]] int64_t positionNs() const noexcept;

    /** Depth aimed at, at least one block [ns]. */
    [[nodiscard]] int64_t targetNs() const noexcept;

    /** Whether the depth is a number of packets (depthMs 0). */
    [[nodiscard]] bool countsPackets() const noexcept { return settings.mode == PlayoutMode::fixed && settings.depthMs == 0; }

private:
    enum class Heard { no, yes };

    // stream
    void beginStream(const RtpPacket& packet) noexcept;
    bool confirmJump(const RtpPacket& packet) noexcept;
    bool isNewStream(const RtpPacket& packet) noexcept;
    void store(const RtpPacket& packet, int64_t sequence) noexcept;
    [[nodiscard]] int64_t extendTimestamp(const RtpPacket& packet, int64_t sequence) noexcept;
    void noteOutOfTime(int64_t sequence) noexcept;
    void declareLost(int64_t sequence) noexcept;
    void discard(const PacketStore::Entry& entry, uint64_t& counter) noexcept;

    // time: all in ns of sound
    [[nodiscard]] int64_t ticksToNs(int64_t ticks) const noexcept;
    [[nodiscard]] int64_t stepNs() const noexcept;                                ///< the longer of packet and block
    [[nodiscard]] int64_t depthFrom(int64_t timestamp, int64_t nowNs) const noexcept;  ///< depth if `timestamp` were next

    // playing
    bool tryToStart(int64_t nowNs) noexcept;
    bool resumeInPlace(const PacketStore::Entry& head) noexcept;
    void limitBacklog(int64_t nowNs) noexcept;
    void shrinkIfIdleDepth(int64_t nowNs) noexcept;
    void skipTo(const PacketStore::Entry& entry, PlayoutCause cause) noexcept;
    void nextUnit(size_t needed, int64_t nowNs) noexcept;
    void play(const PacketStore::Entry& entry, Heard heard = Heard::yes) noexcept;
    void conceal(size_t samples, PlayoutCause cause, int64_t sequence = 0) noexcept;
    void note(PlayoutCause cause, size_t samples, int64_t sequence = 0) noexcept;
    void silence(size_t samples) noexcept;
    bool startPause(const PacketStore::Entry& entry, int64_t nowNs) noexcept;
    [[nodiscard]] size_t ticksToSamples(int64_t ticks) const noexcept;
    [[nodiscard]] int64_t samplesToTicks(size_t samples) const noexcept;
    [[nodiscard]] size_t packetSamples() const noexcept { return ticksToSamples(packetTicks); }
    [[nodiscard]] size_t unitLeft() const noexcept { return unitLength - unitRead; }

    Codec& codec;
    const PlayoutConfig settings;
    const int sampleRate, clockRate, payloadType;

    PacketStore packets;
    ArrivalStatistics arrivals;
    DriftEstimator estimator;
    Concealment concealment;
    LossPattern pattern;
    PlayoutLog occasions;
    PlayoutStats figures;

    // the stream that is heard
    bool haveStream = false;
    bool playing = false;
    bool fresh = true;               ///< nothing of this stream was played yet
    uint32_t ssrc = 0;
    int64_t newestSequence = 0;      ///< highest that came
    int64_t newestSound = 0;         ///< sequence of the highest packet of sound
    int64_t newestTimestamp = 0;     ///< of the same; counts on from 0 whatever the sender's own does
    uint32_t newestRtpTimestamp = 0; ///< of the same, as it came
    int64_t newestArrivalNs = 0;     ///< of the same
    int64_t playSequence = 0;        ///< next to be played
    int64_t playTimestamp = 0;       ///< of the next sample after the unit
    int64_t packetTicks = 0;         ///< length of the peer's packets [units of the clock rate]
    bool packetTicksKnown = false;   ///< one was decoded
    int64_t pauseTicks = 0;          ///< silence still to come before the packet at playSequence
    size_t drySamples = 0;           ///< made up since nothing was left
    size_t bridgeSamples = 0;        ///< still to be made up before the packet at playSequence, whose forerunners are lost
    int64_t blockNs = 0;             ///< of the last render()
    int64_t nextUnitNs = 0;          ///< engine clock of the next unit's first sample [ns]
    int64_t catchUpUntilNs = 0;      ///< after a stall: until then the backlog is held to the depth
    int64_t burstUntilNs = 0;        ///< likewise after late packets, of which the rest may still come

    uint64_t startCount = 0;

    // adaptive mode
    int64_t idleSinceNs = 0;         ///< since when the depth has been more than needed; 0: it is not

    // decoded sound
    std::vector<int16_t> unit;       ///< one packet's worth
    size_t unitLength = 0, unitRead = 0;
    std::vector<int16_t> formerSound;  ///< what would have come, for the crossfade when sound is dropped
    size_t formerLength = 0;

    static constexpr size_t historyLength = 512;
    std::array<int64_t, historyLength> seen {};  ///< sequences that came, by their low bits
    std::array<int64_t, historyLength> gone {};  ///< sequences that were counted as lost

    // a packet that may be the first of another stream
    struct Candidate
    {
        bool valid = false;
        RtpPacket packet;
        std::vector<uint8_t> payload;
    } candidate;
};

} // namespace mw
