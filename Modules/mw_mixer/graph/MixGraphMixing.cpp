#include "MixGraph.h"

#include "../MixerProcessor.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>

namespace mw
{

double MixGraph::shareTarget(int leg, int from) const noexcept
{
    const auto& gains = heardGain[static_cast<size_t>(legs[static_cast<size_t>(leg)].role)];
    if (! isLeg(from))
        return gains[house].target();
    return gains[legs[static_cast<size_t>(from)].role == LegRole::sink ? sinks : sources].target();
}

double MixGraph::shareNow(int leg, int from) const noexcept
{
    const auto fromSink = isLeg(from) ? legs[static_cast<size_t>(from)].sinkShare.current() : 0.0;
    const auto heardBy = [&](size_t role) {
        const auto& gains = heardGain[role];
        if (! isLeg(from))
            return gains[house].current();
        return (1.0 - fromSink) * gains[sources].current() + fromSink * gains[sinks].current();
    };
    const auto hearingSink = legs[static_cast<size_t>(leg)].sinkShare.current();
    return (1.0 - hearingSink) * heardBy(0) + hearingSink * heardBy(1);
}

double MixGraph::shareAt(double hearingSink, int from, double fromSink, size_t sample) const noexcept
{
    const auto heardBy = [&](size_t role) {
        const auto& gains = heardGain[role];
        if (! isLeg(from))
            return gains[house].at(sample);
        return (1.0 - fromSink) * gains[sources].at(sample) + fromSink * gains[sinks].at(sample);
    };
    return (1.0 - hearingSink) * heardBy(0) + hearingSink * heardBy(1);
}

bool MixGraph::isShareSteady(int leg, int from) const noexcept
{
    if (! legs[static_cast<size_t>(leg)].sinkShare.isSteady()
        || (isLeg(from) && ! legs[static_cast<size_t>(from)].sinkShare.isSteady()))
        return false;
    return heardGainsAreSteady;
}

// ---- a piece of a block -----------------------------------------------------------------------------------------------------

void MixGraph::beginBlock(const float* const* in, const float* const* out, size_t frames) noexcept
{
    struct Range
    {
        std::uintptr_t first = std::numeric_limits<std::uintptr_t>::max(), last = 0;
    };
    const auto rangeOf = [this](const float* const* pointers) {
        Range range;
        for (int leg = 0; pointers != nullptr && leg < legCount(); ++leg)
            if (pointers[leg] != nullptr)
            {
                range.first = std::min(range.first, reinterpret_cast<std::uintptr_t>(pointers[leg]));
                range.last = std::max(range.last, reinterpret_cast<std::uintptr_t>(pointers[leg]));
            }
        return range;
    };
    const auto read = rangeOf(in), written = rangeOf(out);
    const auto length = frames * sizeof(float);
    inputsStay = read.last + length <= written.first || written.last + length <= read.first;
}

void MixGraph::processPiece(const float* const* in, float* const* out, size_t offset, size_t frames,
                            const Attachments* attachments, int64_t blockTimeNs) noexcept
{
    pieceTimeNs = blockTimeNs == 0 ? 0 : blockTimeNs + std::llround(static_cast<double>(offset) * 1.0e9 / rateHz);
    const auto tapsOf = [](const std::vector<Attachments::Taps>& taps, int leg) -> const Attachments::Taps* {
        return taps.empty() ? nullptr : &taps[static_cast<size_t>(leg)];
    };

    // All inputs are read before the first output is written: they may be the same memory.
    for (const auto leg : activeLegs)
    {
        const auto* const input = in == nullptr ? nullptr : in[leg];
        runLeg(leg, input == nullptr ? nullptr : input + offset, frames,
               attachments == nullptr ? nullptr : tapsOf(attachments->legIn, leg));
    }
    runHouse(frames, attachments);
    sumStrips(frames);
    sumHeard(frames);

    const auto silence = [&](int leg, int end) {
        for (; out != nullptr && leg < end; ++leg)
            if (out[leg] != nullptr)
                std::fill_n(out[leg] + offset, frames, 0.0f);
    };
    int next = 0;
    for (const auto leg : activeLegs)
    {
        silence(next, leg);
        next = leg + 1;
        auto* const output = out == nullptr || out[leg] == nullptr ? nullptr : out[leg] + offset;
        const std::span<float> block(output == nullptr ? blockScratch.data() : output, frames);
        if (! mixLeg(leg, block))
        {
            auto& hearing = legs[static_cast<size_t>(leg)];
            legsLimited += hearing.limiter.process(block);
            hearing.meter.process(block);
        }
        if (attachments != nullptr)
            writeTaps(tapsOf(attachments->legOut, leg), block);
    }
    silence(next, legCount());
    finishMaster(frames, attachments == nullptr ? nullptr : &attachments->mix);

    for (const auto leg : activeLegs)
        legs[static_cast<size_t>(leg)].sinkShare.skip(frames);  // which all legs look at
}

/** A strip in double does not wait for others of its kind; those that do keep their turn. */
void MixGraph::addWide(Group group, const Strip& strip, size_t frames) noexcept
{
    addWaiting(group);
    groups[group].add(std::span<const double>(strip.samples, frames));
}

void MixGraph::addWaiting(Group group) noexcept
{
    auto& together = waiting[group];
    groups[group].addAll(std::span(together.parts).first(together.count));
    together.count = 0;
}

void MixGraph::sumStrips(size_t frames) noexcept
{
    for (auto& bus : groups)
        bus.begin(frames);
    sounds = {};

    for (const auto index : activeLegs)
    {
        auto& strip = stripAt(index);
        if (! strip.audible)
            continue;
        const auto& share = legs[static_cast<size_t>(index)].sinkShare;
        if (share.isSteady())
        {
            addTo(share.target() > 0.5 ? sinks : sources, strip, frames);
            continue;
        }
        const auto samples = wideSamples(strip, frames);
        sounds[sources] = sounds[sinks] = true;
        addWaiting(sources);
        addWaiting(sinks);
        const std::span<double> part(shareScratch.data(), frames);
        auto ramp = share;  // run again for what the leg hears; moved on at the end of the piece
        for (size_t i = 0; i < frames; ++i)
            part[i] = samples[i] * ramp.next();
        groups[sinks].add(part);
        ramp = share;
        for (size_t i = 0; i < frames; ++i)
            part[i] = samples[i] * (1.0 - ramp.next());
        groups[sources].add(part);
    }

    for (int i = legCount(); i < legCount() + houseStripCount; ++i)
        if (stripAt(i).audible)
            addTo(house, stripAt(i), frames);
    for (const auto group : { sources, sinks, house })
        addWaiting(group);
}

void MixGraph::sumHeard(size_t frames) noexcept
{
    outputGain.run(frames);
    heardGainsAreSteady = true;
    for (size_t role = 0; role < heard.size(); ++role)
    {
        hearsItsKind[role] = heardGain[role][static_cast<LegRole>(role) == LegRole::sink ? sinks : sources].target() > 0.0;
        auto roleIsSteady = true;
        size_t heardGroups = 0;
        for (size_t group = 0; group < groupCount; ++group)
        {
            auto& gain = heardGain[role][group];
            gain.run(frames);
            roleIsSteady = roleIsSteady && gain.isSteady();
            if (sounds[group] && gain.at(0) > 0.0)
            {
                heardBus[role] = &groups[group];
                ++heardGroups;
            }
        }
        heardGainsAreSteady = heardGainsAreSteady && roleIsSteady;
        if (roleIsSteady && heardGroups == 1)
            continue;  // a steady gain is 1 or 0, nothing between: that group's bus is what the role hears
        heardBus[role] = &heard[role];
        heard[role].begin(frames);
        for (size_t group = 0; group < groupCount; ++group)
        {
            const auto& gain = heardGain[role][group];
            const auto total = groups[group].total();
            if (gain.isSteady())
            {
                if (gain.at(0) > 0.0 && sounds[group])
                    heard[role].add(total);
                continue;
            }
            for (size_t i = 0; i < frames; ++i)
                shareScratch[i] = total[i] * gain.at(i);
            heard[role].add(std::span<const double>(shareScratch.data(), frames));
        }
    }
    sharedGainsAreSteady = heardGainsAreSteady && outputGain.isSteady();
}

/** @returns whether the meter has had the block and the limiter has nothing to do: what the meter finds below full scale is what a limiter at
    rest passes */
bool MixGraph::mixLeg(int leg, std::span<float> out) noexcept
{
    auto& hearing = legs[static_cast<size_t>(leg)];
    const auto& own = stripAt(leg);
    if (! sharedGainsAreSteady || ! hearing.sinkShare.isSteady() || own.isWide || hearing.limiter.gain() != 1.0
        || cells.firstOf(leg) != CellTable::none)
        return mixLegApart(leg, out);
    const auto role = static_cast<size_t>(hearing.role);
    const std::span<const float> toTakeOut(own.sound, own.audible && hearsItsKind[role] ? out.size() : 0);
    return heardBus[role]->mixMinus(toTakeOut, own.gain, out, outputGain.at(0), hearing.meter);
}

/** The same for a leg of which anything moves or differs from its mode. */
bool MixGraph::mixLegApart(int leg, std::span<float> out) noexcept
{
    const auto frames = out.size();
    auto& hearing = legs[static_cast<size_t>(leg)];
    auto& bus = *heardBus[static_cast<size_t>(hearing.role)];
    const auto& own = stripAt(leg);
    const auto isAtRest = hearing.limiter.gain() == 1.0;

    const auto plain = sharedGainsAreSteady && hearing.sinkShare.isSteady() && cells.firstOf(leg) == CellTable::none;
    if (plain)
    {
        const auto gain = outputGain.at(0);
        if (! own.audible || ! hearsItsKind[static_cast<size_t>(hearing.role)])
            bus.writeTotal(out, gain);
        else if (own.isWide)
            bus.mixMinus(std::span<const double>(own.samples, frames), out, gain);
        else
            bus.mixMinus(std::span<const float>(own.sound, frames), own.gain, out, gain);
        return isAtRest && hearing.meter.processUnclipped(out);
    }

    if (hearing.sinkShare.isSteady())
        bus.openLeg(MixBus::From::total);
    else
    {
        const auto asSource = heardBus[0]->total();
        const auto asSink = heardBus[1]->total();
        auto ramp = hearing.sinkShare;
        for (size_t i = 0; i < frames; ++i)
        {
            const auto share = ramp.next();
            shareScratch[i] = (1.0 - share) * asSource[i] + share * asSink[i];
        }
        bus.openLeg(MixBus::From::silence);
        bus.correct(std::span<const double>(shareScratch.data(), frames), 1.0);
    }
    correctShare(bus, leg, leg, nullptr, frames);
    applyCells(bus, leg, frames);
    closeWithOutputGain(bus.leg(), out);
    return isAtRest && hearing.meter.processUnclipped(out);
}

void MixGraph::applyCells(MixBus& bus, int leg, size_t frames) noexcept
{
    for (auto i = cells.firstOf(leg); i != CellTable::none;)
    {
        auto& cell = cells.at(i);
        const auto next = cell.next;
        const auto isOwn = cell.from == leg;
        if (cell.isClearing)
        {
            const auto byMode = isOwn ? 0.0 : shareTarget(leg, cell.from);
            cell.gain.setTarget(byMode);
            if (cell.gain.isSteady() && isShareSteady(leg, cell.from))
            {
                cells.remove(leg, i);
                i = next;
                continue;
            }
        }
        correctShare(bus, leg, cell.from, &cell.gain, frames);
        i = next;
    }
}

void MixGraph::correctShare(MixBus& bus, int leg, int from, GainRamp* cell, size_t frames) noexcept
{
    auto& strip = stripAt(from);
    if (! strip.active || ! strip.audible)
    {
        if (cell != nullptr)
            cell->skip(frames);
        return;
    }

    // The leg's own strip was taken out before its cells are applied, so its cell stands alone.
    const auto standsAlone = cell != nullptr && from == leg;
    const auto samples = wideSamples(strip, frames);
    if (isShareSteady(leg, from) && (cell == nullptr || cell->isSteady()))
    {
        const auto wanted = cell == nullptr ? 0.0 : cell->target();
        const auto difference = wanted - (standsAlone ? 0.0 : shareTarget(leg, from));
        if (difference != 0.0)
            bus.correct(samples, difference);
        return;
    }

    auto hearingSink = legs[static_cast<size_t>(leg)].sinkShare;
    auto fromSink = isLeg(from) ? legs[static_cast<size_t>(from)].sinkShare : GainRamp();
    for (size_t i = 0; i < frames; ++i)
    {
        const auto hearing = hearingSink.next();
        const auto sending = fromSink.next();
        const auto wanted = cell == nullptr ? 0.0 : cell->next();
        const auto difference = wanted - (standsAlone ? 0.0 : shareAt(hearing, from, sending, i));
        shareScratch[i] = samples[i] * difference;
    }
    bus.correct(std::span<const double>(shareScratch.data(), frames), 1.0);
}

void MixGraph::closeWithOutputGain(std::span<const double> mix, std::span<float> out) const noexcept
{
    for (size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<float>(mix[i] * outputGain.at(i));
}

void MixGraph::finishMaster(size_t frames, const Attachments::Taps* taps) noexcept
{
    const std::span<float> block(blockScratch.data(), frames);
    const auto* all = &everything;
    if (std::count(sounds.begin(), sounds.end(), true) == 1)
        all = &groups[static_cast<size_t>(std::find(sounds.begin(), sounds.end(), true) - sounds.begin())];
    else
    {
        everything.begin(frames);
        for (size_t group = 0; group < groupCount; ++group)
            if (sounds[group])
                everything.add(groups[group].total());
    }

    const auto isAtRest = masterLimiter.gain() == 1.0;
    auto isMetered = false;
    if (outputGain.isSteady() && isAtRest)
        isMetered = all->mixMinus({}, 1.0f, block, outputGain.at(0), masterMeter);
    else
    {
        closeWithOutputGain(all->total(), block);
        isMetered = isAtRest && masterMeter.processUnclipped(block);
    }
    if (! isMetered)
    {
        masterLimiter.process(block);
        masterMeter.process(block);
    }
    writeTaps(taps, block);
}

} // namespace mw
