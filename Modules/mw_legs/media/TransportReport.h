#pragma once

#include "EventWatch.h"
#include "LossPattern.h"
#include "PlayoutLog.h"
#include "StreamWatch.h"

#include <cstdint>
#include <vector>

namespace mw
{

/** The VoIP metrics block of RFC 3611, 4.7, as on the wire. */
struct XrVoipMetrics
{
    static constexpr uint8_t unavailable = 127;  ///< for levels, return loss, R factors and MOS

    uint32_t ssrc = 0;                 ///< of the stream that is told of
    uint8_t lossRate = 0;              ///< lost packets over expected ones [1/256]
    uint8_t discardRate = 0;           ///< discarded packets over expected ones [1/256]
    uint8_t burstDensity = 0;          ///< missing share in bursts [1/256]
    uint8_t gapDensity = 0;            ///< missing share in gaps [1/256]
    uint16_t burstDurationMs = 0;      ///< mean [ms]
    uint16_t gapDurationMs = 0;        ///< mean [ms]
    uint16_t roundTripMs = 0;          ///< by RTCP; 0: not known [ms]
    uint16_t endSystemDelayMs = 0;     ///< jitter buffer, decoding and encoding; 0: not known [ms]
    int8_t signalLevelDbm0 = unavailable;
    int8_t noiseLevelDbm0 = unavailable;
    uint8_t returnLossDb = unavailable;  ///< residual echo return loss [dB]
    uint8_t gmin = static_cast<uint8_t>(LossPattern::gmin);
    uint8_t rFactor = unavailable;
    uint8_t externalRFactor = unavailable;
    uint8_t mosListening = unavailable;  ///< MOS-LQ × 10
    uint8_t mosConversation = unavailable;  ///< MOS-CQ × 10
    uint8_t receiverConfiguration = 0;   ///< concealment (2 bits), jitter buffer (2), its rate of adjustment (4)
    uint16_t bufferNominalMs = 0;
    uint16_t bufferMaximumMs = 0;
    uint16_t bufferAbsoluteMaximumMs = 0;

    bool operator==(const XrVoipMetrics&) const = default;
};

/** What RTCP told of a call, since its start. A plain value; counters never fall. */
struct RtcpFigures
{
    uint64_t reportsSent = 0;         ///< sender or receiver reports
    uint64_t reportsReceived = 0;     ///< likewise
    uint64_t malformed = 0;           ///< compound packets that break off or are none
    uint64_t blocksReceived = 0;      ///< report blocks about our stream
    double peerFractionLost = 0.0;    ///< of our stream as the peer told last, 0…255/256; while blocksReceived is above 0
    int32_t peerLost = 0;             ///< likewise, cumulative: 24 bits with a sign on the wire, where it stays at its ends
    double peerJitterMs = 0.0;        ///< likewise [ms]
    uint64_t roundTrips = 0;          ///< times that the round trip could be measured
    double roundTripMs = 0.0;         ///< the last one [ms]
    double roundTripLeastMs = 0.0, roundTripMostMs = 0.0, roundTripSumMs = 0.0;
    uint64_t xrSent = 0;              ///< VoIP metrics blocks
    uint64_t xrReceived = 0;          ///< likewise, about any stream
    XrVoipMetrics sent;               ///< the last of them, while xrSent is above 0
    XrVoipMetrics received;           ///< the last about our stream, while xrAboutUs is above 0
    uint64_t xrAboutUs = 0;           ///< blocks received about our stream

    [[nodiscard]] double roundTripMeanMs() const noexcept
    {
        return roundTrips == 0 ? 0.0 : roundTripSumMs / static_cast<double>(roundTrips);
    }
};

/** How the receiving side stands, once a second, for RTCP's extended reports. A plain value. */
struct ReceiverState
{
    LossFigures losses;
    uint64_t expected = 0;            ///< see StreamStats
    double packetMs = 0.0;            ///< length of the peer's packets [ms]; 0: not known
    double delayMs = 0.0;             ///< jitter buffer and resamplers, both directions, and one packet that is sent [ms]
    double bufferNominalMs = 0.0, bufferMaximumMs = 0.0, bufferAbsoluteMaximumMs = 0.0;
    bool adaptive = false;            ///< whether the jitter buffer is
};

/** Everything that is known of a leg's stream when its call has ended. A plain value. */
struct TransportReport
{
    CodecFormat format;
    bool codecChanged = false;        ///< during the call, by a re-INVITE
    StreamStats stream;
    ValueCounts payloadTypes, packetTicks;
    LossFigures losses;
    double spacingChangeP50Ms = 0.0, spacingChangeP95Ms = 0.0, spacingChangeP99Ms = 0.0;  ///< not a number: none
    double arrivalGapP50Ms = 0.0, arrivalGapP95Ms = 0.0, arrivalGapP99Ms = 0.0;           ///< likewise
    double sendDelayMs = 0.0;         ///< from a block to the packet that carries its first sample [ms]
    double bufferDelayMs = 0.0;       ///< jitter buffer as aimed at and resampler [ms]
    double resamplerDelayMs = 0.0;    ///< from the jitter buffer to the engine's rate [ms]
    double waitMeanMs = 0.0;          ///< in the jitter buffer, kernel arrival to first sample played [ms]; not a number: nothing was played
    double waitMostMs = 0.0;          ///< the longest [ms]; likewise
    RtcpFigures rtcp;
    std::vector<PlayoutAction> actions;  ///< what was played in place of packets, in the order of time
    uint64_t actionsLeftOut = 0;         ///< further ones
    std::vector<EventRecord> events;  ///< telephone-events in the order of their beginning, the first EventWatch::mostEvents
    uint64_t eventsLeftOut = 0;       ///< that came behind these
    uint64_t malformedEvents = 0;     ///< packets of their type that are too short for one

    /** Makes a port's report that of its whole call. Percentiles, waits, delays and what RTCP told stay the later port's; where that got no
        packet, all but RTCP are the former's.
        @param former of the port that a re-INVITE replaced */
    void goOnFrom(const TransportReport& former);
};

} // namespace mw
