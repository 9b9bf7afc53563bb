#pragma once

#include <cstdint>

namespace mw
{

/** What a LossPattern has found so far. A plain value; counters never fall, except `lost` as described there.

    Burst and gap are those of RFC 3611, 4.7.2: a burst begins and ends with a packet that is missing (lost or discarded), holds
    two of them or more, and has nowhere Gmin = 16 packets in a row that were heard. All else is gap; what is missing there is
    alone. */
struct LossFigures
{
    uint64_t packets = 0;         ///< of sound whose turn has come, missing ones included
    uint64_t lost = 0;            ///< missing: had not come at their turn, nor since; one fewer when such a packet comes after all
    uint64_t discarded = 0;       ///< missing: came, but too late or dropped by the jitter buffer, and was not heard
    uint64_t bursts = 0;          ///< the one that may be under way included, if it holds two missing packets by now
    uint64_t burstPackets = 0;    ///< in bursts, heard ones included
    uint64_t burstMissing = 0;    ///< missing in bursts
    uint64_t longestBurst = 0;    ///< [packets]
    uint64_t gaps = 0;            ///< between, before and after the bursts; none of length 0
    uint64_t runs = 0;            ///< times that one or more packets in a row were missing
    uint64_t longestRun = 0;      ///< of these the longest [packets]

    [[nodiscard]] uint64_t missing() const noexcept { return lost + discarded; }

    /** Share of the packets that were missing, 0…1; 0 before the first packet. */
    [[nodiscard]] double missingShare() const noexcept;

    /** Share of the packets of bursts that were missing, 0…1; 0 without a burst. */
    [[nodiscard]] double burstDensity() const noexcept;

    /** Share of the packets of gaps that were missing, 0…1. */
    [[nodiscard]] double gapDensity() const noexcept;

    /** Mean length of the bursts [packets]; 0 without one. */
    [[nodiscard]] double meanBurstPackets() const noexcept;

    /** Mean length of the gaps [packets]; 0 without one. */
    [[nodiscard]] double meanGapPackets() const noexcept;

    /** ITU-T G.107's burst ratio: mean length of the runs of missing packets over the mean that random loss of the same share
        would have, which is 1 / (1 − share). 1: random; above: in bursts. Not a number while nothing, or everything, is
        missing. */
    [[nodiscard]] double burstRatio() const noexcept;

    /** Adds what was counted before, of a port that a re-INVITE replaced. */
    void goOnFrom(const LossFigures& former) noexcept;
};

/** How the missing packets of a stream lie in time, packet by packet in the order of their sequence. O(1) a packet, no memory.
    Media thread. */
class LossPattern
{
public:
    /** Packets heard in a row that end a burst: the value that RFC 3611, 4.7.2 recommends. */
    static constexpr uint64_t gmin = 16;

    void heard() noexcept;
    void lost(uint64_t packetsInARow = 1) noexcept { missed(figuresSoFar.lost, packetsInARow); }
    void discarded() noexcept { missed(figuresSoFar.discarded, 1); }

    /** A packet that was taken for lost came after all: it is counted among the discarded ones now. */
    void cameLate() noexcept;

    /** What follows has nothing to do with what came before: another stream, a jump. Ends a burst. */
    void interrupt() noexcept;

    [[nodiscard]] LossFigures figures() const noexcept;

private:
    void missed(uint64_t& counter, uint64_t packetsInARow) noexcept;
    void closeStretch() noexcept;

    LossFigures figuresSoFar;       ///< without the stretch that is under way
    uint64_t heardSinceMissing = 0;
    uint64_t run = 0;               ///< missing in a row up to now
    uint64_t stretchPackets = 0;    ///< from a missing packet on to the last missing one, a burst if it holds two
    uint64_t stretchMissing = 0;    ///< 0: none is under way
    uint64_t gapPackets = 0;        ///< since the last burst
};

} // namespace mw
