// The receiving half: streams, sequence numbers and the store. What is played, and when, stands in PlayoutRender.cpp.
#include "Playout.h"

#include <algorithm>
#include <bit>

namespace mw
{

namespace
{
constexpr int64_t nsPerMs = 1'000'000;
constexpr int longestPacketMs = 120;         ///< RFC 6716 2.1.4: the longest opus packet; also ours for all codecs
constexpr int64_t maxMisorder = 100;         ///< RFC 3550 A.1: MAX_MISORDER [packets]
constexpr int64_t maxDropout = 3000;         ///< RFC 3550 A.1: MAX_DROPOUT [packets]
constexpr int64_t sequenceBase = 1 << 20;    ///< keeps extended numbers positive
constexpr int64_t earlyMargin = 8;           ///< a stream's first packet may be overtaken by this many [packets]
constexpr int64_t timeBaseJumpNs = 1000 * nsPerMs;    ///< a timestamp further off than this is another time base
constexpr int64_t otherStreamIdleNs = 200 * nsPerMs;  ///< a source silent for this long gives way at once

/** Packets that must fit: the backlog limit in the shortest packets that are in use (5 ms), and a reserve for reordering. */
size_t storeWindow(const PlayoutConfig& config)
{
    const auto longestMs = std::max({ config.maxBacklogMs, config.depthMs, config.maxDepthMs });
    return std::clamp<size_t>(std::bit_ceil(static_cast<size_t>(longestMs / 5 + 64)), 64, 512);
}

/** The longest payload that a codec can have: 60 ms of L16, or what fits a packet on Ethernet, whichever is more. */
size_t longestPayload(const CodecFormat& format)
{
    return std::max<size_t>(1500, static_cast<size_t>(format.sampleRateHz) * 60 / 1000 * 2 * static_cast<size_t>(std::max(1, format.channels)));
}
} // namespace

Playout::Playout(Codec& codecToUse, const PlayoutConfig& configToUse)
    : codec(codecToUse),
      settings(configToUse),
      sampleRate(codec.format().sampleRateHz),
      clockRate(codec.format().clockRateHz),
      payloadType(codec.format().receivePayloadType),
      packets(storeWindow(settings), longestPayload(codec.format())),
      concealment(sampleRate),
      occasions(actionsKept),
      packetTicks(std::max<int64_t>(1, int64_t { clockRate } * codec.format().ptimeMs / 1000)),
      unit(static_cast<size_t>(sampleRate) * longestPacketMs / 1000),
      formerSound(concealment.crossfadeSamples())
{
    candidate.payload.resize(packets.maxPayload());
    seen.fill(-1);
    gone.fill(-1);
}

void Playout::insert(const RtpPacket& packet) noexcept
{
    const bool isSound = packet.payloadType == payloadType;
    ++figures.packets;
    figures.octets += packet.payload.size();
    if (! isSound)
    {
        ++figures.wrongPayloadType;
        figures.eventPackets += packet.payloadType == codec.format().eventPayloadType ? 1u : 0u;
    }
    if (isSound && packet.payload.size() > packets.maxPayload())
    {
        ++figures.storeOverruns;
        return;
    }

    if (! haveStream)
    {
        if (! isSound)
            return;
        beginStream(packet);
    }
    else if (packet.ssrc != ssrc)
    {
        if (! isSound || ! isNewStream(packet))
            return;
        ++figures.ssrcChanges;
        if (candidate.valid)
        {
            const auto first = candidate.packet;
            beginStream(first);
            store(first, newestSequence);
        }
        else
        {
            beginStream(packet);
        }
    }
    figures.lastArrivalNs = packet.arrivalNs;

    auto sequence = newestSequence + static_cast<int16_t>(static_cast<uint16_t>(packet.sequence - static_cast<uint16_t>(newestSequence)));
    if (sequence >= playSequence + packets.window() && sequence - newestSequence <= maxMisorder)
    {
        // The stream is whole, only nobody played it for long: the oldest gives way.
        for (; playSequence <= sequence - packets.window(); ++playSequence)
        {
            if (const auto* oldest = packets.find(playSequence); oldest != nullptr && oldest->isSound())
                discard(*oldest, figures.trimmedPackets);
            packets.remove(playSequence);
        }
    }
    else if (sequence >= playSequence + packets.window() || sequence < newestSequence - std::max(maxMisorder, packets.window()))
    {
        if (! isSound || ! confirmJump(packet))
            return;
        ++figures.resyncs;
        const auto first = candidate.packet;
        const auto ahead = static_cast<int64_t>(static_cast<uint16_t>(first.sequence - static_cast<uint16_t>(newestSequence)));
        if (ahead > 1 && ahead < maxDropout)
        {
            figures.lost += static_cast<uint64_t>(ahead - 1);
            pattern.lost(static_cast<uint64_t>(ahead - 1));
        }
        beginStream(first);
        store(first, newestSequence);
        sequence = newestSequence + 1;
    }
    candidate.valid = false;  // the stream that is heard goes on: whatever else comes has to prove itself anew
    store(packet, sequence);
}

void Playout::beginStream(const RtpPacket& packet) noexcept
{
    packets.clear();
    pattern.interrupt();
    arrivals.reset();
    estimator.reset();
    seen.fill(-1);
    gone.fill(-1);
    haveStream = true;
    playing = false;
    fresh = true;
    pauseTicks = 0;
    drySamples = bridgeSamples = 0;
    idleSinceNs = 0;
    ssrc = packet.ssrc;
    figures.ssrc = ssrc;
    newestSequence = sequenceBase + packet.sequence;
    newestSound = newestSequence;
    newestTimestamp = 0;
    newestRtpTimestamp = packet.timestamp;
    newestArrivalNs = packet.arrivalNs;
    playSequence = newestSequence - earlyMargin;
    packetTicksKnown = false;
    candidate.valid = false;
}

bool Playout::isNewStream(const RtpPacket& packet) noexcept
{
    // One stray packet must not cut off a stream that runs: another source takes over with its second packet in order,
    // or at once when the former one has fallen silent.
    if (packet.arrivalNs - figures.lastArrivalNs >= otherStreamIdleNs)
    {
        candidate.valid = false;
        return true;
    }
    return confirmJump(packet);
}

bool Playout::confirmJump(const RtpPacket& packet) noexcept
{
    if (candidate.valid && candidate.packet.ssrc == packet.ssrc
        && packet.sequence == static_cast<uint16_t>(candidate.packet.sequence + 1))
        return true;
    candidate.valid = true;
    candidate.packet = packet;
    std::copy(packet.payload.begin(), packet.payload.end(), candidate.payload.begin());
    candidate.packet.payload = { candidate.payload.data(), packet.payload.size() };
    return false;
}

void Playout::store(const RtpPacket& packet, int64_t sequence) noexcept
{
    const bool isSound = packet.payloadType == payloadType;
    auto& mark = seen[static_cast<size_t>(sequence) % historyLength];
    if (mark == sequence)
    {
        ++figures.duplicate;
        return;
    }
    mark = sequence;
    const auto timestamp = isSound ? extendTimestamp(packet, sequence) : newestTimestamp;
    if (isSound)
    {
        arrivals.update(packet.arrivalNs, ticksToNs(timestamp));
        estimator.update(packet.arrivalNs, ticksToNs(timestamp));
        figures.jitterMs = arrivals.jitterMs();
    }
    if (sequence < playSequence)
    {
        noteOutOfTime(sequence);
        return;
    }
    if (sequence < newestSequence)
        ++figures.reordered;
    figures.inTime += isSound ? 1u : 0u;

    const bool follows = sequence == newestSequence + 1;
    newestSequence = std::max(newestSequence, sequence);
    packets.put({ sequence, timestamp, packet.arrivalNs, 0, -1, packet.marker }, isSound, packet.payload);
    if (! isSound || sequence != newestSequence)
        return;

    const auto step = timestamp - newestTimestamp;
    if (! packetTicksKnown && follows && step > 0 && step <= int64_t { clockRate } * longestPacketMs / 1000)
        packetTicks = step;
    newestSound = sequence;
    newestTimestamp = timestamp;
    newestRtpTimestamp = packet.timestamp;
    newestArrivalNs = packet.arrivalNs;
}

int64_t Playout::extendTimestamp(const RtpPacket& packet, int64_t sequence) noexcept
{
    const int64_t step = static_cast<int32_t>(packet.timestamp - newestRtpTimestamp);
    const auto ahead = sequence - newestSound;
    if (ahead == 0)
        return newestTimestamp + step;

    // A step that neither the sequence nor the time between the arrivals bears out is a new time base: the sound goes on as
    // the sequence says.
    const auto expected = ahead * packetTicks;
    const auto elapsedNs = std::max<int64_t>(0, packet.arrivalNs - newestArrivalNs);
    const bool wrongWay = (ahead > 0) != (step > 0);
    const auto excessNs = ticksToNs(std::max(step, -step) - std::max(expected, -expected)) - elapsedNs;
    if (! wrongWay && excessNs <= timeBaseJumpNs)
        return newestTimestamp + step;
    if (ahead > 0 && sequence >= playSequence)
        ++figures.resyncs;
    return newestTimestamp + expected;
}

void Playout::noteOutOfTime(int64_t sequence) noexcept
{
    ++figures.late;
    auto& lost = gone[static_cast<size_t>(sequence) % historyLength];
    if (lost == sequence)
    {
        lost = -1;
        --figures.lost;
        occasions.cameLate(sequence);
        pattern.cameLate();
    }
}

void Playout::declareLost(int64_t sequence) noexcept
{
    ++figures.lost;
    pattern.lost();
    gone[static_cast<size_t>(sequence) % historyLength] = sequence;
}

void Playout::discard(const PacketStore::Entry& entry, uint64_t& counter) noexcept
{
    ++counter;
    if (entry.isSound() && ! fresh)
        pattern.discarded();
}

void Playout::flush() noexcept
{
    packets.clear();
    pattern.interrupt();
    haveStream = false;
    playing = false;
    fresh = true;
    pauseTicks = 0;
    unitLength = unitRead = 0;
    drySamples = bridgeSamples = 0;
    candidate.valid = false;
    concealment.reset();
    figures.depthMs = 0.0;
}

int64_t Playout::ticksToNs(int64_t ticks) const noexcept
{
    constexpr int64_t nsPerSecond = 1'000'000'000;
    return ticks / clockRate * nsPerSecond + ticks % clockRate * nsPerSecond / clockRate;
}

size_t Playout::ticksToSamples(int64_t ticks) const noexcept
{
    return static_cast<size_t>(std::max<int64_t>(0, ticks * sampleRate / clockRate));
}

int64_t Playout::samplesToTicks(size_t samples) const noexcept { return static_cast<int64_t>(samples) * clockRate / sampleRate; }

} // namespace mw
