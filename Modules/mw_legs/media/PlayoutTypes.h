#pragma once

#include <mw_core/mw_core.h>

#include <cstdint>

namespace mw
{

/** How the jitter buffer chooses its depth. */
enum class PlayoutMode
{
    fixed,    ///< depthMs for the whole call: the delay of a run can be named
    adaptive  ///< follows the jitter that is measured, between minDepthMs and maxDepthMs
};

/** The jitter buffer's settings.

    Depth is the sound that waits at the moment a block is taken, that block included: packets may come up to
    (depth − block) later than the quickest ones and are still in time. The delay that the buffer adds is therefore between
    (depth − block) and depth, whatever the peer's packet length. A depth below the block length works as one block. */
struct PlayoutConfig
{
    PlayoutMode mode = PlayoutMode::fixed;
    int depthMs = 40;        ///< depth in fixed mode [ms], 0…1000; 0: count packets (see preloadFrames)
    int minDepthMs = 20;     ///< least depth in adaptive mode [ms], 0…1000
    int maxDepthMs = 200;    ///< greatest depth in adaptive mode [ms], minDepthMs…1000
    int preloadFrames = 6;   ///< packets that must wait before a stream begins to sound, when depthMs is 0 [packets], 1…50
    int primingFrames = 3;   ///< packets that must wait before it sounds again after an underrun, when depthMs is 0 [packets], 1…50
    int maxBacklogMs = 250;  ///< when more sound than this waits, the oldest is dropped down to the depth [ms], 20…2000;
                             ///< works as depth + two packets (or blocks) if that is more, and as
                             ///< just that in the second after a stall of the host, and in 100 ms after a stream that ran empty
                             ///< went on with late packets
    bool correctDrift = true;  ///< a leg whose clock is measured to differ from ours is resampled to it (DriftCorrector)

    /** @returns an error (wrong use) that names the value out of range, or nothing. */
    [[nodiscard]] Result<void> check() const;
};

/** What the playout did, since the leg's start. A plain value; counters never fall, except `lost` as described there. */
struct PlayoutStats
{
    uint64_t packets = 0;           ///< RTP packets that reached the playout, of whatever kind
    uint64_t octets = 0;            ///< their payloads [octets]
    uint64_t inTime = 0;            ///< packets of sound that came before their turn had passed; each once
    uint64_t lost = 0;              ///< packets of sound that had not come when it was their turn; as in RFC 3550, one fewer
                                    ///< when such a packet comes after all (it is `late` then)
    uint64_t late = 0;              ///< packets that came after their turn and were not heard
    uint64_t duplicate = 0;         ///< packets that had come before
    uint64_t reordered = 0;         ///< packets that came after a later one and were still in time
    uint64_t concealedFrames = 0;   ///< packets or blocks that were made up for lost, late or undecodable ones
    uint64_t concealedSamples = 0;  ///< length of that sound [samples at the codec's rate]
    uint64_t underruns = 0;         ///< times when nothing was left and the stream then went on late; counted when it goes on
    uint64_t pauses = 0;            ///< times when the sender itself was silent (DTX, hold): timestamps went on, sequence did not
    uint64_t trims = 0;             ///< times when the backlog limit or a late start dropped sound
    uint64_t trimmedPackets = 0;    ///< packets dropped by that, and by `shrinks`
    uint64_t shrinks = 0;           ///< times when adaptive mode dropped a packet to lessen the delay
    uint64_t ringOverruns = 0;      ///< packets refused because the receive ring was full
    uint64_t storeOverruns = 0;     ///< packets refused because their payload was longer than any this codec can have
    uint64_t wrongPayloadType = 0;  ///< packets of another payload type (telephone-event, comfort noise, a stranger); not heard
    uint64_t eventPackets = 0;      ///< of these: telephone-event as agreed
    uint64_t undecodable = 0;       ///< payloads that the codec refused; concealed
    uint64_t ssrcChanges = 0;       ///< times when another source took over
    uint64_t resyncs = 0;           ///< times when sequence or timestamp jumped too far to be a loss or a pause
    uint32_t ssrc = 0;              ///< of the stream that is heard now; 0 before the first packet
    double depthMs = 0.0;           ///< sound that waited when the last block was taken [ms]
    double targetMs = 0.0;          ///< depth aimed at [ms]
    uint64_t waits = 0;             ///< packets whose sound was heard, for the two that follow
    double waitSumMs = 0.0;         ///< from their arrival at the kernel to their first sample's turn [ms]
    double waitMostMs = 0.0;        ///< the longest of these [ms]
    double jitterMs = 0.0;          ///< interarrival jitter (RFC 3550 A.8) from kernel arrival times [ms]
    double packetMs = 0.0;          ///< length of the peer's packets, as decoded last [ms]; 0 before the first
    bool driftKnown = false;        ///< whether there is an estimate of the drift
    double driftPpm = 0.0;          ///< peer's clock fast (+) or slow (−) against the engine's, as estimated [ppm]; 0 while not known
    bool resampling = false;        ///< whether the leg is resampled to our clock now
    bool settled = false;           ///< whether that holds the delay steady by now
    uint64_t resamplings = 0;       ///< times when the resampler was engaged
    double ratioPpm = 0.0;          ///< how much faster than played the sound is taken in [ppm]; 0 while not resampling
    int64_t lastArrivalNs = 0;      ///< arrival of the last packet, engine clock [ns]; 0 before the first
};

} // namespace mw
