#include "SendPath.h"

#include "Pcm16.h"

#include <algorithm>

namespace mw
{

SendPath::SendPath(Codec& codecToUse, SendRing& ringToFill, int engineRateHz, int maxBlockFrames, ResamplerQuality quality,
                   uint32_t firstTimestamp)
    : codec(codecToUse),
      ring(ringToFill),
      resampler(engineRateHz, codec.format().sampleRateHz, static_cast<size_t>(maxBlockFrames), quality),
      engineRate(static_cast<uint64_t>(engineRateHz))
{
    const auto& format = codec.format();
    packet.resize(static_cast<size_t>(std::max(1, format.sampleRateHz * format.ptimeMs / 1000)));
    payload.resize(std::max<size_t>(1500, packet.size() * 2 * static_cast<size_t>(std::max(1, format.channels))));
    ticksPerPacket = static_cast<uint32_t>(static_cast<int64_t>(packet.size()) * format.clockRateHz / format.sampleRateHz);
    resampled.resize(static_cast<size_t>(static_cast<int64_t>(maxBlockFrames) * format.sampleRateHz / engineRateHz) + 2);
    figures.timestamp = firstTimestamp;
}

void SendPath::push(std::span<const float> block, bool sending) noexcept
{
    if (resampler.isBypassed())
    {
        quantise(block, sending);
        return;
    }
    const std::span out(resampled.data(), std::min(resampled.size(), resampler.outputFramesFor(block.size())));
    resampler.process(block, out);
    quantise(out, sending);
}

void SendPath::skip(uint64_t frames) noexcept
{
    figures.timestamp += static_cast<uint32_t>(frames * static_cast<uint64_t>(codec.format().clockRateHz) / engineRate);
    markNext = true;
}

void SendPath::quantise(std::span<const float> samples, bool sending) noexcept
{
    while (! samples.empty())
    {
        const auto count = std::min(samples.size(), packet.size() - gathered);
        figures.clippedSamples += pcm16FromFloat(samples.first(count), std::span(packet).subspan(gathered, count));
        samples = samples.subspan(count);
        gathered += count;
        if (gathered == packet.size())
            finishPacket(sending);
    }
}

void SendPath::finishPacket(bool sending) noexcept
{
    gathered = 0;
    const auto timestamp = figures.timestamp;
    figures.timestamp += ticksPerPacket;
    if (! sending)
    {
        ++figures.heldPackets;
        markNext = true;
        return;
    }

    bool marker = markNext;
    const auto octets = codec.encode(packet, payload, marker);
    if (octets <= 0)
    {
        ++(octets < 0 ? figures.encodeFailures : figures.silentPackets);
        markNext = true;
        return;
    }
    const auto size = std::min(static_cast<size_t>(octets), payload.size());
    const bool taken = ring.push({ timestamp, static_cast<uint8_t>(codec.format().payloadType), marker || markNext, { payload.data(), size } });
    markNext = false;
    if (! taken)
    {
        ++figures.ringOverruns;
        return;
    }
    ++figures.packets;
    figures.octets += size;
}

double SendPath::delayMs() const noexcept { return resampler.delayMs() + codec.format().ptimeMs; }

} // namespace mw
