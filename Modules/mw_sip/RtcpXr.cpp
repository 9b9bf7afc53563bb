#include "RtcpXr.h"

#include "Octets.h"

#include <algorithm>
#include <cmath>

namespace mw::rtcp
{

namespace
{
constexpr uint8_t extendedReport = 207;                  // RFC 3611, 2
constexpr uint8_t voipMetricsBlock = 7, voipMetricsWords = 8;  // RFC 3611, 4.7
constexpr uint8_t standardConcealment = 0xc0;            // RFC 3611, 4.7.6: PLC, of two bits: sound is repeated
constexpr uint8_t adaptiveBuffer = 0x30, fixedBuffer = 0x20;   // likewise: JBA

/** A share as RFC 3611 writes it: the integer part of 256 times it, at most 255. */
uint8_t in256ths(double share) noexcept { return static_cast<uint8_t>(std::clamp(std::floor(share * 256.0), 0.0, 255.0)); }

uint16_t wholeMs(double ms) noexcept { return static_cast<uint16_t>(std::clamp(std::round(ms), 0.0, 65535.0)); }

double shareOf(uint64_t part, uint64_t whole) noexcept
{
    return whole == 0 ? 0.0 : static_cast<double>(part) / static_cast<double>(whole);
}
} // namespace

XrVoipMetrics voipMetricsOf(uint32_t ssrc, const ReceiverState& state, double roundTripMs) noexcept
{
    const auto& losses = state.losses;
    XrVoipMetrics metrics;
    metrics.ssrc = ssrc;
    metrics.lossRate = in256ths(shareOf(losses.lost, losses.packets));
    metrics.discardRate = in256ths(shareOf(losses.discarded, losses.packets));
    metrics.burstDensity = in256ths(losses.burstDensity());
    metrics.gapDensity = in256ths(losses.gapDensity());
    metrics.burstDurationMs = wholeMs(losses.meanBurstPackets() * state.packetMs);
    metrics.gapDurationMs = wholeMs(losses.meanGapPackets() * state.packetMs);
    metrics.roundTripMs = std::isfinite(roundTripMs) ? std::max<uint16_t>(1, wholeMs(roundTripMs)) : uint16_t { 0 };
    metrics.endSystemDelayMs = wholeMs(state.delayMs);
    metrics.receiverConfiguration = static_cast<uint8_t>(standardConcealment | (state.adaptive ? adaptiveBuffer : fixedBuffer));
    metrics.bufferNominalMs = wholeMs(state.bufferNominalMs);
    metrics.bufferMaximumMs = wholeMs(state.bufferMaximumMs);
    metrics.bufferAbsoluteMaximumMs = wholeMs(state.bufferAbsoluteMaximumMs);
    return metrics;
}

std::array<uint8_t, xrOctets> encodeXr(uint32_t senderSsrc, const XrVoipMetrics& metrics) noexcept
{
    std::array<uint8_t, xrOctets> octets {};
    octets[0] = 0x80;
    octets[1] = extendedReport;
    octets::write16(&octets[2], xrOctets / 4 - 1);
    octets::write32(&octets[4], senderSsrc);
    octets[8] = voipMetricsBlock;
    octets::write16(&octets[10], voipMetricsWords);
    auto* body = &octets[12];
    octets::write32(body, metrics.ssrc);
    body[4] = metrics.lossRate;
    body[5] = metrics.discardRate;
    body[6] = metrics.burstDensity;
    body[7] = metrics.gapDensity;
    octets::write16(body + 8, metrics.burstDurationMs);
    octets::write16(body + 10, metrics.gapDurationMs);
    octets::write16(body + 12, metrics.roundTripMs);
    octets::write16(body + 14, metrics.endSystemDelayMs);
    body[16] = static_cast<uint8_t>(metrics.signalLevelDbm0);
    body[17] = static_cast<uint8_t>(metrics.noiseLevelDbm0);
    body[18] = metrics.returnLossDb;
    body[19] = metrics.gmin;
    body[20] = metrics.rFactor;
    body[21] = metrics.externalRFactor;
    body[22] = metrics.mosListening;
    body[23] = metrics.mosConversation;
    body[24] = metrics.receiverConfiguration;
    octets::write16(body + 26, metrics.bufferNominalMs);
    octets::write16(body + 28, metrics.bufferMaximumMs);
    octets::write16(body + 30, metrics.bufferAbsoluteMaximumMs);
    return octets;
}

XrVoipMetrics decodeVoipMetrics(std::span<const uint8_t, 32> body) noexcept
{
    using octets::read16;
    XrVoipMetrics metrics;
    metrics.ssrc = octets::read32(&body[0]);
    metrics.lossRate = body[4];
    metrics.discardRate = body[5];
    metrics.burstDensity = body[6];
    metrics.gapDensity = body[7];
    metrics.burstDurationMs = read16(&body[8]);
    metrics.gapDurationMs = read16(&body[10]);
    metrics.roundTripMs = read16(&body[12]);
    metrics.endSystemDelayMs = read16(&body[14]);
    metrics.signalLevelDbm0 = static_cast<int8_t>(body[16]);
    metrics.noiseLevelDbm0 = static_cast<int8_t>(body[17]);
    metrics.returnLossDb = body[18];
    metrics.gmin = body[19];
    metrics.rFactor = body[20];
    metrics.externalRFactor = body[21];
    metrics.mosListening = body[22];
    metrics.mosConversation = body[23];
    metrics.receiverConfiguration = body[24];
    metrics.bufferNominalMs = read16(&body[26]);
    metrics.bufferMaximumMs = read16(&body[28]);
    metrics.bufferAbsoluteMaximumMs = read16(&body[30]);
    return metrics;
}

} // namespace mw::rtcp
