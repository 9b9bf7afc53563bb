// The playing half of Playout: when a stream starts, what comes next, and how much delay is kept.
#include "Playout.h"

#include <algorithm>

namespace mw
{

namespace
{
constexpr int64_t shrinkAfterNs = 2'000'000'000;  ///< adaptive: depth must have been too great for this long
constexpr int64_t catchUpNs = 1'000'000'000;      ///< after a stall: within this time all that waited in sockets has come
constexpr int64_t burstNs = 100'000'000;          ///< what is late comes in a burst, of which a tick may see the beginning alone
constexpr double nsToMs = 1.0e-6;
} // namespace

int64_t Playout::stepNs() const noexcept { return std::max(blockNs, ticksToNs(packetTicks)); }

int64_t Playout::targetNs() const noexcept
{
    constexpr int64_t msToNs = 1'000'000;
    int64_t target = settings.depthMs * msToNs;
    if (settings.mode == PlayoutMode::adaptive)
        target = std::clamp(blockNs + static_cast<int64_t>(arrivals.peakLatenessNs()), settings.minDepthMs * msToNs, settings.maxDepthMs * msToNs);
    else if (settings.depthMs == 0)
        target = (fresh ? settings.preloadFrames : settings.primingFrames) * ticksToNs(packetTicks);
    return std::max(target, blockNs);
}

int64_t Playout::depthFrom(int64_t timestamp, int64_t nowNs) const noexcept
{
    // The newest packet's own length counts up to one block only, and time since it came counts as sound: so the figure does
    // not depend on the peer's packet length or on where in a packet's time the tick falls. A tick that is late finds packets that
    // came after its own time; they count as that much less, or the blocks that are made up for next would run dry.
    return ticksToNs(newestTimestamp - timestamp) + std::min(blockNs, ticksToNs(packetTicks)) + (nowNs - newestArrivalNs);
}

int64_t Playout::positionNs() const noexcept
{
    return ticksToNs(playTimestamp) - static_cast<int64_t>(unitLeft() + bridgeSamples) * 1'000'000'000 / sampleRate;
}

void Playout::render(std::span<int16_t> pcm, int64_t nowNs, size_t blockFrames) noexcept
{
    blockNs = static_cast<int64_t>(blockFrames > 0 ? blockFrames : pcm.size()) * 1'000'000'000 / sampleRate;
    nextUnitNs = nowNs;
    if (playing)
    {
        limitBacklog(nowNs);
        if (settings.mode == PlayoutMode::adaptive)
            shrinkIfIdleDepth(nowNs);
    }
    else if (haveStream)
    {
        playing = tryToStart(nowNs);
    }

    const auto* head = packets.firstSound(playSequence, newestSequence);
    const auto storedTicks = head == nullptr ? 0 : newestTimestamp + packetTicks - (playing ? playTimestamp : head->timestamp);
    figures.depthMs = static_cast<double>(ticksToNs(std::max<int64_t>(0, storedTicks))) * nsToMs
                    + 1000.0 * static_cast<double>(unitLeft()) / sampleRate;
    figures.targetMs = static_cast<double>(targetNs()) * nsToMs;

    size_t filled = 0;
    while (filled < pcm.size())
    {
        if (unitLeft() == 0)
        {
            nextUnitNs = nowNs + static_cast<int64_t>(filled) * 1'000'000'000 / sampleRate;
            nextUnit(pcm.size() - filled, nowNs);
        }
        const auto count = std::min(unitLeft(), pcm.size() - filled);
        std::copy_n(unit.begin() + static_cast<std::ptrdiff_t>(unitRead), count, pcm.begin() + static_cast<std::ptrdiff_t>(filled));
        unitRead += count;
        filled += count;
    }
}

bool Playout::tryToStart(int64_t nowNs) noexcept
{
    const auto* head = packets.firstSound(playSequence, newestSequence);
    if (head == nullptr)
        return false;
    if (resumeInPlace(*head))
        return true;
    const bool byPackets = settings.mode == PlayoutMode::fixed && settings.depthMs == 0;
    const auto wanted = static_cast<size_t>(fresh ? settings.preloadFrames : settings.primingFrames);
    if (byPackets ? packets.soundCount() < wanted : depthFrom(head->timestamp, nowNs) < targetNs())
        return false;

    // What was not there in time, before the stream goes on.
    const auto gapTicks = head->timestamp - playTimestamp;
    if (! fresh)
    {
        int64_t missing = 0;
        for (auto sequence = playSequence; sequence < head->sequence; ++sequence)
            if (packets.find(sequence) == nullptr)
                ++missing;
        const bool senderPaused = missing == 0 && gapTicks > packetTicks / 2;
        if (senderPaused)
            ++figures.pauses;
        else
            ++figures.underruns;
        const auto haveLeftAGap = gapTicks > packetTicks / 2;
        const auto cause = senderPaused                ? PlayoutCause::senderPause
                         : haveLeftAGap && missing > 0 ? PlayoutCause::lost
                                                       : PlayoutCause::late;
        occasions.explainDry(cause, playSequence, haveLeftAGap ? missing : 0);
        if (cause == PlayoutCause::late)
            burstUntilNs = nowNs + burstNs;
        if (haveLeftAGap)
            for (auto sequence = playSequence; sequence < head->sequence; ++sequence)
                if (packets.find(sequence) == nullptr)
                    declareLost(sequence);
    }
    for (; playSequence < head->sequence; ++playSequence)
        packets.remove(playSequence);

    // Sound beyond the depth came too late to be heard without adding delay for the rest of the call.
    bool dropped = false;
    while (depthFrom(head->timestamp, nowNs) - targetNs() >= stepNs())
    {
        const auto* next = packets.firstSound(head->sequence + 1, newestSequence);
        if (next == nullptr)
            break;
        dropped = true;
        discard(*head, fresh ? figures.trimmedPackets : figures.late);
        for (; playSequence < next->sequence; ++playSequence)
        {
            if (! fresh && packets.find(playSequence) == nullptr)
                declareLost(playSequence);
            packets.remove(playSequence);
        }
        head = next;
    }
    if (dropped && fresh)
        ++figures.trims;

    playTimestamp = head->timestamp;
    pauseTicks = 0;
    ++startCount;
    fresh = false;
    idleSinceNs = 0;
    return true;
}

bool Playout::resumeInPlace(const PacketStore::Entry& head) noexcept
{
    // The last packets that were awaited are lost, and this one is in time for its own place: nothing was late, so the delay
    // stays to the sample. What is made up already is the beginning of the loss.
    constexpr size_t longestMs = 500;
    const auto gapTicks = head.timestamp - playTimestamp;
    const auto gapSamples = ticksToSamples(gapTicks);
    const auto sequences = head.sequence - playSequence;
    if (fresh || drySamples == 0 || drySamples > static_cast<size_t>(sampleRate) * longestMs / 1000 || gapSamples < drySamples
        || sequences <= 0 || gapTicks > sequences * packetTicks + packetTicks / 2)
        return false;
    int64_t missing = 0;
    for (auto sequence = playSequence; sequence < head.sequence; ++sequence)
        missing += packets.find(sequence) == nullptr ? 1 : 0;
    if (missing * packetTicks + packetTicks / 2 < gapTicks)
        return false;

    occasions.explainDry(PlayoutCause::lost, playSequence, head.sequence - playSequence);
    for (; playSequence < head.sequence; ++playSequence)
    {
        if (packets.find(playSequence) == nullptr)
            declareLost(playSequence);
        packets.remove(playSequence);
    }
    bridgeSamples = gapSamples - drySamples;
    playTimestamp = head.timestamp;
    return true;
}

void Playout::timeLost(int64_t nowNs, int64_t lostNs) noexcept
{
    catchUpUntilNs = nowNs + catchUpNs;
    if (playing)
        occasions.add({ nowNs - lostNs, lostNs, 0, 0, 0, PlayoutCause::stall });
}

void Playout::limitBacklog(int64_t nowNs) noexcept
{
    const auto leastNs = targetNs() + 2 * stepNs();
    const auto isCatchingUp = nowNs < catchUpUntilNs, isBurst = nowNs < burstUntilNs;
    const auto limitNs = isCatchingUp || isBurst ? leastNs : std::max(settings.maxBacklogMs * int64_t { 1'000'000 }, leastNs);
    const auto unitNs = static_cast<int64_t>(unitLeft()) * 1'000'000'000 / sampleRate;
    const auto* head = packets.firstSound(playSequence, newestSequence);
    if (head == nullptr || ticksToNs(newestTimestamp + packetTicks - head->timestamp) + ticksToNs(pauseTicks) + unitNs <= limitNs)
        return;

    const auto* next = head;
    while (depthFrom(next->timestamp, nowNs) - targetNs() >= stepNs())
    {
        const auto* after = packets.firstSound(next->sequence + 1, newestSequence);
        if (after == nullptr)
            break;
        next = after;
    }
    ++figures.trims;
    skipTo(*next, isCatchingUp ? PlayoutCause::stall : isBurst ? PlayoutCause::late : PlayoutCause::backlog);
}

void Playout::shrinkIfIdleDepth(int64_t nowNs) noexcept
{
    // Depth if the newest packet had come as quickly as the quickest do.
    const auto unitNs = static_cast<int64_t>(unitLeft()) * 1'000'000'000 / sampleRate;
    const auto depthNs = depthFrom(playTimestamp, nowNs) + unitNs + arrivals.lastLatenessNs();
    const auto* head = packets.find(playSequence);
    const auto* next = packets.find(playSequence + 1);
    if (depthNs < targetNs() + stepNs() + blockNs / 2)
    {
        idleSinceNs = 0;
    }
    else if (idleSinceNs == 0)
    {
        idleSinceNs = nowNs;
    }
    else if (nowNs - idleSinceNs >= shrinkAfterNs && head != nullptr && head->isSound() && next != nullptr && next->isSound() && unitLeft() == 0)
    {
        ++figures.shrinks;
        skipTo(*next, PlayoutCause::shrink);
        idleSinceNs = nowNs;
    }
}

void Playout::skipTo(const PacketStore::Entry& entry, PlayoutCause cause) noexcept
{
    note(cause, 0);
    // What would have come is kept for a crossfade: the rest of the unit, or the first packet that is dropped.
    if (unitLeft() == 0)
        if (const auto* head = packets.find(playSequence); head != nullptr && head->isSound() && head->sequence < entry.sequence && pauseTicks == 0)
        {
            ++figures.trimmedPackets;
            play(*head, Heard::no);
        }
    formerLength = std::min(formerSound.size(), unitLeft());
    std::copy_n(unit.begin() + static_cast<std::ptrdiff_t>(unitRead), formerLength, formerSound.begin());
    unitLength = unitRead = 0;

    for (; playSequence < entry.sequence; ++playSequence)
    {
        if (const auto* dropped = packets.find(playSequence); dropped == nullptr)
            declareLost(playSequence);  // its turn is over: that its neighbours were not heard does not make it less lost
        else if (dropped->isSound())
            discard(*dropped, figures.trimmedPackets);
        packets.remove(playSequence);
    }
    playTimestamp = entry.timestamp;
    pauseTicks = 0;
    bridgeSamples = 0;
    ++startCount;
}

void Playout::nextUnit(size_t needed, int64_t nowNs) noexcept
{
    if (playing && bridgeSamples > 0)
    {
        const auto count = std::min({ bridgeSamples, needed, unit.size() });
        bridgeSamples -= count;
        conceal(count, PlayoutCause::lost);
        return;
    }
    while (playing)
    {
        if (const auto* entry = packets.find(playSequence))
        {
            if (! entry->isSound())
            {
                packets.remove(playSequence++);
                continue;
            }
            if (startPause(*entry, nowNs))
            {
                const auto ticks = std::min(pauseTicks, std::max<int64_t>(1, samplesToTicks(needed)));
                pauseTicks -= ticks;
                playTimestamp += ticks;
                silence(ticksToSamples(ticks));
                return;
            }
            play(*entry);
            if (unitLeft() > 0)
                return;
            continue;
        }

        const auto* ahead = packets.firstSound(playSequence, newestSequence);
        if (ahead == nullptr)
        {
            playing = false;  // nothing is left: fill up again; why, is known when the stream goes on
            drySamples = 0;
            break;
        }
        if (ahead->timestamp - playTimestamp <= packetTicks / 2)
        {
            // The timestamps leave no room for sound between: packets of another kind, which we were not given.
            for (; playSequence < ahead->sequence; ++playSequence)
                packets.remove(playSequence);
            continue;
        }
        declareLost(playSequence);
        playTimestamp += packetTicks;
        conceal(packetSamples(), PlayoutCause::lost, playSequence++);
        if (unitLeft() > 0)
            return;
    }

    if (fresh || ! haveStream || concealment.isFadedOut())
    {
        silence(needed);
        if (! fresh && haveStream)
            note(PlayoutCause::dry, unitLength);
    }
    else
        conceal(needed, PlayoutCause::dry);
    drySamples += unitLength;
}

bool Playout::startPause(const PacketStore::Entry& entry, int64_t nowNs) noexcept
{
    if (pauseTicks > 0)
        return true;
    const auto gapTicks = entry.timestamp - playTimestamp;
    if (gapTicks == 0)
        return false;

    ++startCount;

    // A pause that the clock bears out is kept to the sample; another timestamp is a new time base.
    const auto roomNs = std::max<int64_t>(0, targetNs() - depthFrom(entry.timestamp, nowNs));
    if (gapTicks > 0 && ticksToNs(gapTicks) <= roomNs + 2 * stepNs())
    {
        ++figures.pauses;
        pauseTicks = gapTicks;
        note(PlayoutCause::senderPause, ticksToSamples(pauseTicks));
    }
    else
    {
        ++figures.resyncs;
        note(PlayoutCause::timeBase, 0);
        pauseTicks = gapTicks > 0 ? roomNs * clockRate / 1'000'000'000 : 0;
        playTimestamp = entry.timestamp - pauseTicks;
    }
    return pauseTicks > 0 && ticksToSamples(pauseTicks) > 0;
}

void Playout::play(const PacketStore::Entry& entry, Heard heard) noexcept
{
    if (heard == Heard::yes)
    {
        pattern.heard();
        const auto waitMs = static_cast<double>(nextUnitNs - entry.arrivalNs) * nsToMs;
        ++figures.waits;
        figures.waitSumMs += waitMs;
        figures.waitMostMs = std::max(figures.waitMostMs, waitMs);
    }
    else
        pattern.discarded();
    const auto sequence = entry.sequence;
    const auto timestamp = entry.timestamp;
    const auto made = codec.decode(packets.payloadOf(entry), entry.marker, unit);
    packets.remove(sequence);
    playSequence = sequence + 1;
    pauseTicks = 0;
    if (made <= 0)
    {
        if (made < 0)
            ++figures.undecodable;
        playTimestamp = timestamp + packetTicks;
        conceal(packetSamples(), PlayoutCause::undecodable);
        return;
    }

    unitLength = std::min(static_cast<size_t>(made), unit.size());
    unitRead = 0;
    packetTicks = std::max<int64_t>(1, samplesToTicks(unitLength));
    packetTicksKnown = true;
    figures.packetMs = 1000.0 * static_cast<double>(unitLength) / sampleRate;
    playTimestamp = timestamp + packetTicks;

    const std::span sound(unit.data(), unitLength);
    concealment.joinTo(sound);
    if (formerLength > 0)
        concealment.crossfade({ formerSound.data(), formerLength }, sound);
    formerLength = 0;
    concealment.remember(sound);
}

void Playout::note(PlayoutCause cause, size_t samples, int64_t sequence) noexcept
{
    const auto isMissing = sequence != 0;
    occasions.add({ nextUnitNs, static_cast<int64_t>(samples) * 1'000'000'000 / sampleRate, sequence,
                    static_cast<uint16_t>(isMissing ? 1 : 0), 0, cause });
}

void Playout::conceal(size_t samples, PlayoutCause cause, int64_t sequence) noexcept
{
    unitLength = std::min(samples, unit.size());
    unitRead = 0;
    note(cause, unitLength, sequence);
    ++figures.concealedFrames;
    figures.concealedSamples += unitLength;

    const std::span sound(unit.data(), unitLength);
    const auto made = concealment.isActive() ? 0 : codec.conceal(sound);
    if (made > 0)
    {
        const auto count = std::min(unitLength, static_cast<size_t>(made));
        std::fill(sound.begin() + static_cast<std::ptrdiff_t>(count), sound.end(), int16_t { 0 });
        concealment.fadeCodecMade(sound);
        return;
    }
    concealment.fill(sound);
}

void Playout::silence(size_t samples) noexcept
{
    unitLength = std::min(samples, unit.size());
    unitRead = 0;
    std::fill_n(unit.begin(), unitLength, int16_t { 0 });
}

} // namespace mw
