#include "MixGraph.h"

#include "../MixerProcessor.h"

#include <algorithm>
#include <cmath>

namespace mw
{

MixGraph::MixGraph(const MixerParameters& parametersToRead, int maxLegs, Law lawOfLevels, double rampMs)
    : parameters(parametersToRead),
      mostLegs(maxLegs),
      law(lawOfLevels),
      gainRampMs(std::isfinite(rampMs) ? std::clamp(rampMs, 0.0, 10000.0) : 10.0),
      strips(static_cast<size_t>(maxLegs + houseStripCount)),
      legs(static_cast<size_t>(maxLegs)),
      cells(maxLegs, CellTable::capacityFor(maxLegs, maxLegs + houseStripCount)),
      rows(static_cast<size_t>(maxLegs + houseStripCount))
{
    activeLegs.reserve(static_cast<size_t>(maxLegs));
    for (int i = 0; i < houseStripCount; ++i)
        stripAt(maxLegs + i).active = true;
}

bool MixGraph::prepare(double sampleRateHz, int maxFrames)
{
    if (! isUsableSampleRate(sampleRateHz) || maxFrames < 1)
        return false;

    rateHz = sampleRateHz;
    blockCapacity = static_cast<size_t>(maxFrames);
    const auto rowLength = (blockCapacity + 15) & ~size_t { 15 };  // rows start on cache lines
    soundMemory.assign(strips.size() * rowLength, 0.0f);
    stripMemory.assign(strips.size() * rowLength, 0.0);
    blockScratch.assign(blockCapacity, 0.0f);
    shareScratch.assign(blockCapacity, 0.0);

    for (size_t i = 0; i < strips.size(); ++i)
    {
        auto& strip = strips[i];
        strip.sound = strip.memory = soundMemory.data() + i * rowLength;
        strip.isWide = false;
        strip.samples = stripMemory.data() + i * rowLength;
        strip.audible = false;
        strip.isStarting = true;
        const auto trim = strip.trim.target();
        strip.trim.prepare(rateHz, gainRampMs);
        strip.trim.setImmediately(trim);
        strip.fader.prepare(rateHz, gainRampMs);
        strip.meter.prepare(rateHz);
        strip.clipsAtReset = 0;
    }
    for (size_t i = 0; i < legs.size(); ++i)
    {
        auto& leg = legs[i];
        leg.sinkShare.prepare(rateHz, gainRampMs);
        leg.sinkShare.setImmediately(leg.role == LegRole::sink ? 1.0 : 0.0);
        leg.limiter.prepare(rateHz);
        leg.meter.prepare(rateHz);
        leg.clipsAtReset = 0;
        settleCells(static_cast<int>(i), true);
    }
    for (auto& bus : groups)
        bus.prepare(blockCapacity);
    for (auto& bus : heard)
        bus.prepare(blockCapacity);
    everything.prepare(blockCapacity);
    for (auto& role : heardGain)
        for (auto& gain : role)
            gain.prepare(rateHz, gainRampMs, blockCapacity);
    outputGain.prepare(rateHz, gainRampMs, blockCapacity);

    dtmf.prepare(rateHz);
    tone.prepare(rateHz);
    tone.set(toneHz, toneDbm0, law);
    masterLimiter.prepare(rateHz);
    masterMeter.prepare(rateHz);
    masterClipsAtReset = 0;
    nonFinite = legsLimited = tapDropped = 0;
    isFresh = true;
    aimHeardGains();
    return true;
}

// ---- commands -----------------------------------------------------------------------------------------------------------

void MixGraph::execute(const MixerCommand& command) noexcept
{
    using Kind = MixerCommand::Kind;
    switch (command.kind)
    {
        case Kind::playDtmf:
        case Kind::pressDtmf: dtmf.play(command.dtmf); break;
        case Kind::stopDtmf: dtmf.stop(); break;
        case Kind::setTone:
            if (tone.set(command.frequencyHz, command.levelDbm0, law))
            {
                toneHz = command.frequencyHz;
                toneDbm0 = command.levelDbm0;
            }
            break;
        case Kind::setMode:
            mode = command.mode;
            funnelReturn = command.funnelReturn;
            aimHeardGains();
            break;
        case Kind::setLegRole: setRole(command.leg, command.role); break;
        case Kind::setCell: setCell(command.leg, command.from, command.gainDb); break;
        case Kind::clearCell: clearCell(command.leg, command.from); break;
        case Kind::setTrim:
        {
            auto& strip = stripAt(command.leg);
            const auto gain = gainFromDb(command.gainDb);
            if (strip.active && ! strip.isStarting)
                strip.trim.setTarget(gain);
            else
                strip.trim.setImmediately(gain);
            break;
        }
        case Kind::setLegActive: setLegActive(command.leg, command.active); break;
        case Kind::resetMeters: resetMeters(); break;
        case Kind::releaseDtmf: dtmf.release(command.dtmf.onMs); break;
    }
}

void MixGraph::setLegActive(int leg, bool active) noexcept
{
    auto& strip = stripAt(leg);
    if (strip.active == active)
        return;
    strip.active = active;
    strip.audible = false;
    legsChanged = true;
    const auto place = std::lower_bound(activeLegs.begin(), activeLegs.end(), leg);
    if (! active)
    {
        activeLegs.erase(place);
        return;
    }

    activeLegs.insert(place, leg);  // capacity for all legs was taken in the constructor
    auto& started = legs[static_cast<size_t>(leg)];
    strip.isStarting = true;
    strip.trim.setImmediately(strip.trim.target());
    strip.meter.prepare(rateHz);
    strip.clipsAtReset = 0;
    started.sinkShare.setImmediately(started.sinkShare.target());
    started.limiter.prepare(rateHz);
    started.meter.prepare(rateHz);
    started.clipsAtReset = 0;
    settleCells(leg, false);
}

void MixGraph::setRole(int leg, LegRole role) noexcept
{
    auto& changed = legs[static_cast<size_t>(leg)];
    changed.role = role;
    const auto share = role == LegRole::sink ? 1.0 : 0.0;
    if (stripAt(leg).active && ! stripAt(leg).isStarting)
        changed.sinkShare.setTarget(share);
    else
        changed.sinkShare.setImmediately(share);
}

void MixGraph::setCell(int leg, int from, double gainDb) noexcept
{
    const auto gain = gainFromDb(gainDb);
    const auto moves = stripAt(leg).active && ! stripAt(leg).isStarting;
    auto index = cells.find(leg, from);
    if (index == CellTable::none)
    {
        index = cells.add(leg, from);
        if (index == CellTable::none)
            return;  // cannot be: control counts the cells before it posts
        auto& added = cells.at(index);
        if (rateHz > 0.0)
            added.gain.prepare(rateHz, gainRampMs);
        added.gain.setImmediately(from == leg ? 0.0 : shareNow(leg, from));
    }
    auto& cell = cells.at(index);
    cell.isClearing = false;
    if (moves)
        cell.gain.setTarget(gain);
    else
        cell.gain.setImmediately(gain);
}

void MixGraph::clearCell(int leg, int from) noexcept
{
    const auto index = cells.find(leg, from);
    if (index == CellTable::none)
        return;
    if (stripAt(leg).active && ! stripAt(leg).isStarting)
        cells.at(index).isClearing = true;  // applyCells() aims it at what the mode says
    else
        cells.remove(leg, index);
}

void MixGraph::settleCells(int leg, bool prepareRamps) noexcept
{
    for (auto i = cells.firstOf(leg); i != CellTable::none;)
    {
        auto& cell = cells.at(i);
        const auto next = cell.next;
        const auto gain = cell.gain.target();
        if (prepareRamps)
            cell.gain.prepare(rateHz, gainRampMs);
        cell.gain.setImmediately(gain);
        if (cell.isClearing)
            cells.remove(leg, i);
        i = next;
    }
}

void MixGraph::aimHeardGains() noexcept
{
    for (size_t role = 0; role < heardGain.size(); ++role)
        for (size_t group = 0; group < groupCount; ++group)
        {
            const auto gain = modeGain(mode, funnelReturn, static_cast<LegRole>(role), static_cast<StripGroup>(group));
            if (isFresh)
                heardGain[role][group].setImmediately(gain);
            else
                heardGain[role][group].setTarget(gain);
        }
}

void MixGraph::resetMeters() noexcept
{
    for (auto& strip : strips)
    {
        if (! strip.active)
            continue;
        strip.meter.resetPeakHold();
        strip.clipsAtReset = strip.meter.reading().clippedSamples;
    }
    for (const auto leg : activeLegs)
    {
        auto& output = legs[static_cast<size_t>(leg)];
        output.meter.resetPeakHold();
        output.clipsAtReset = output.meter.reading().clippedSamples;
    }
    masterMeter.resetPeakHold();
    masterClipsAtReset = masterMeter.reading().clippedSamples;
}

// ---- parameters -----------------------------------------------------------------------------------------------------------

void MixGraph::readParameters() noexcept
{
    const auto changes = parameters.changes.current();
    if (! isFresh && ! legsChanged && changes == changesRead)
        return;
    changesRead = changes;
    legsChanged = false;

    const auto refresh = [](const GainParameter& parameter, float& stored, double& gain) {
        const auto now = parameter.raw();
        if (now != stored)  // the power is computed only when the fader moved
        {
            stored = now;
            gain = gainFromDb(GainParameter::dbOfRaw(now));
        }
    };

    refresh(*parameters.masterIn, storedMasterIn, masterInGain);
    refresh(*parameters.output, storedOutput, outputGainLinear);
    dtmfOn = parameters.dtmfOn->get();

    bool anySolo = false;
    const auto readStrip = [&](int index) {
        auto& strip = stripAt(index);
        const auto& parameter = parameters.strips[static_cast<size_t>(index)];
        refresh(*parameter.gain, strip.storedGain, strip.stripGain);
        strip.muted = parameter.mute->get();
        strip.soloed = parameter.solo->get();
        anySolo = anySolo || strip.soloed;
    };
    const auto aimFader = [&](int index) {
        auto& strip = stripAt(index);
        const auto open = ! strip.muted && (! anySolo || strip.soloed)
                       && (index != houseIndex(HouseStrip::dtmf) || dtmfOn);
        // Rounded to float: MixBus takes it as one, and its sums want exact products.
        const double gain = static_cast<float>(open ? strip.stripGain * (isLeg(index) ? masterInGain : 1.0) : 0.0);
        if (strip.isStarting)
            strip.fader.setImmediately(gain);
        else
            strip.fader.setTarget(gain);
        strip.isStarting = false;
    };

    for (const auto leg : activeLegs)
        readStrip(leg);
    for (int i = legCount(); i < legCount() + houseStripCount; ++i)
        readStrip(i);
    for (const auto leg : activeLegs)
        aimFader(leg);
    for (int i = legCount(); i < legCount() + houseStripCount; ++i)
        aimFader(i);

    if (isFresh)
        outputGain.setImmediately(outputGainLinear);
    else
        outputGain.setTarget(outputGainLinear);
    isFresh = false;
}

// ---- the snapshot -----------------------------------------------------------------------------------------------------------

namespace
{
void show(MeterReading& row, const LevelMeter& meter, uint64_t clipsAtReset) noexcept
{
    const auto level = meter.shown();
    row.rms = level.rms;
    row.peak = level.peak;
    row.peakHold = level.peakHold;
    row.clippedSamples = level.clippedSamples;
    row.clipLatched = level.clippedSamples > clipsAtReset;
}
} // namespace

std::span<const StripRow> MixGraph::fillRows() noexcept
{
    size_t count = 0;
    const auto fill = [&](int index) {
        auto& strip = stripAt(index);
        auto& row = rows[count++];
        row.index = index;
        if (strip.fader.current() != strip.shownGain)
        {
            strip.shownGain = strip.fader.current();
            strip.shownDb = static_cast<float>(std::round(dbFromGain(strip.shownGain) * 1.0e5) / 1.0e5);  // what was set, not what float made of it
        }
        row.gainDb = strip.shownDb;
        row.muted = strip.muted;
        row.soloed = strip.soloed;
        show(row.in, strip.meter, strip.clipsAtReset);
        if (! isLeg(index))
        {
            row.role = LegRole::source;
            row.out = {};
            row.limitedSamples = 0;
            return;
        }
        const auto& leg = legs[static_cast<size_t>(index)];
        row.role = leg.role;
        show(row.out, leg.meter, leg.clipsAtReset);
        row.limitedSamples = leg.limiter.limitedSamples();
    };

    for (const auto leg : activeLegs)
        fill(leg);
    for (int i = legCount(); i < legCount() + houseStripCount; ++i)
        fill(i);
    return { rows.data(), count };
}

void MixGraph::fillHeader(MixerHeader& header) const noexcept
{
    header.mode = mode;
    header.activeLegs = static_cast<int>(activeLegs.size());
    const auto& dtmfStrip = strips[static_cast<size_t>(houseIndex(HouseStrip::dtmf))];
    header.dtmfDigit = dtmfStrip.audible ? dtmf.currentDigit() : char { 0 };
    header.dtmfDigitsPlayed = dtmf.digitsStarted();
    header.nonFiniteInputs = nonFinite;
    show(header.master, masterMeter, masterClipsAtReset);
    header.masterLimitedSamples = masterLimiter.limitedSamples();
    header.legsLimitedSamples = legsLimited;
    header.tapDroppedSamples = tapDropped;
}

} // namespace mw
