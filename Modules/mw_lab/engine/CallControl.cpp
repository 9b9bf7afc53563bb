#include "CallControl.h"

#include <algorithm>
#include <new>

namespace mw
{

namespace
{

constexpr size_t maxDigitsKept = 4096;  ///< of one call; a peer that sends without end must not fill the memory

constexpr int noMemoryCode = 500;
constexpr const char* noMemory = "no memory";  // short enough for a string to hold without taking any

/** @returns whether the work was done; false when memory ran out in it */
template <typename Work>
bool unlessMemoryIsWanting(Work work)
{
    try
    {
        work();
        return true;
    }
    catch (const std::bad_alloc&)
    {
        return false;
    }
}

/** "PCMU/8000", "opus/48000/2": as the rtpmap of the SDP says it (RFC 8866). */
std::string rtpmapOf(const CodecFormat& format)
{
    auto text = format.name + "/" + std::to_string(format.clockRateHz);
    if (format.channels > 1)
        text += "/" + std::to_string(format.channels);
    return text;
}

} // namespace

CallControl::CallControl(const Engine::Config& configToUse, LegFactory& factoryToUse, const Clock& clockToUse,
                         MixerProcessor& mixerToUse, LegDevice& deviceToUse)
    : config(configToUse),
      factory(factoryToUse),
      clock(clockToUse),
      mixer(mixerToUse),
      device(deviceToUse),
      table(mixer.maxLegs(), config.closedCallsKept),
      outbox(mixer),
      answering(config.answerAutomatically)
{
}

// ---- life -------------------------------------------------------------------------------------------------------------------

void CallControl::begin()
{
    table.clear();
    count = {};
    goneMedia = {};
    rejectedLegs.clear();
    stopping = false;
}

void CallControl::beginShutdown() noexcept
{
    stopping = true;
    factory.refuseNewLegs();
    table.forEachOpen([this](CallTable::Call& call) {
        // Without memory for either: the factory's own end hangs up, and the device is stopped before anything is freed.
        unlessMemoryIsWanting([&] { factory.hangUp(call.info.leg); });
    });
    table.forEachOpen([this](CallTable::Call& call) { unlessMemoryIsWanting([&] { takePortOff(call); }); });
    changePorts();
}

CallControl::Notices CallControl::endWhatIsLeft() noexcept
{
    Notices notices;
    table.forEachOpen([](CallTable::Call& call) {
        if (call.endIsKnown)
            return;
        call.endIsKnown = true;
        call.endFailed = call.info.establishedNs == 0;
        unlessMemoryIsWanting([&] { call.endReason = "ended by our shutdown"; });
    });
    endLateOnes(notices);
    finish();
    return notices;
}

// ---- events -----------------------------------------------------------------------------------------------------------------

CallControl::Notices CallControl::handle(std::vector<LegEvent> events) noexcept
{
    Notices notices;
    for (auto& event : events)
        if (! unlessMemoryIsWanting([&] { apply(event, notices); }))
            applyWithoutMemory(event, notices);
    endLateOnes(notices);
    finish();
    return notices;
}

/** What could not be done for want of memory waits for the next batch. */
void CallControl::finish() noexcept
{
    changePorts();
    unlessMemoryIsWanting([this] { outbox.flush(); });
}

void CallControl::applyWithoutMemory(LegEvent& event, Notices& notices) noexcept
{
    auto* call = table.findOpen(event.leg);
    if (event.kind == LegEvent::Kind::closed)
    {
        if (call == nullptr)
            return;  // a call that never had a channel: nothing of it is left here
        call->endIsKnown = true;
        call->endCode = event.sipCode;
        call->endFailed = event.failed;
        call->endReason = std::move(event.reason);
        return;
    }
    // The factory reports the end of a leg that has a channel; of one that got none, this is all that will be told.
    unlessMemoryIsWanting([&] {
        if (call != nullptr)
            call->wantedMemory = true;
        if (event.kind != LegEvent::Kind::incoming)
            return factory.hangUp(event.leg);
        factory.reject(event.leg, noMemoryCode, noMemory);
        if (call != nullptr)
            return;
        rejectedLegs.insert(event.leg);
        event.sipCode = noMemoryCode;
        event.reason = noMemory;
        turnedAway(event, notices);
    });
}

/** Ends that are known and could not be entered when they came. */
void CallControl::endLateOnes(Notices& notices) noexcept
{
    table.forEachOpen([&](CallTable::Call& call) {
        if (! call.endIsKnown)
            return;
        unlessMemoryIsWanting([&] {
            LegEvent event;
            event.kind = LegEvent::Kind::closed;
            event.leg = call.info.leg;
            event.peerUri = call.info.peerUri;
            event.peerName = call.info.peerName;
            event.outgoing = call.info.outgoing;
            event.failed = call.endFailed;
            event.sipCode = call.endCode;
            event.reason = call.endReason;
            closed(call, event, notices);
        });
    });
}

void CallControl::apply(LegEvent& event, Notices& notices)
{
    newest = std::max(newest, event.leg);
    switch (event.kind)
    {
        case LegEvent::Kind::incoming: incoming(event, notices); return;
        case LegEvent::Kind::registered:
        case LegEvent::Kind::registrationFailed: notices.push_back({ std::move(event), {} }); return;
        default: break;
    }

    auto* call = table.findOpen(event.leg);
    if (call == nullptr)
    {
        if (event.port != nullptr)
            changes.lettingGo.push_back(std::move(event.port));
        // Those rejected here were counted and told then.
        const auto wasRejectedHere = event.kind == LegEvent::Kind::closed && rejectedLegs.erase(event.leg) > 0;
        if (event.kind == LegEvent::Kind::closed && ! wasRejectedHere && ! event.outgoing && table.find(event.leg) == nullptr)
            turnedAway(event, notices);
        return;
    }

    auto& info = call->info;
    switch (event.kind)
    {
        case LegEvent::Kind::ringing: info.state = CallState::ringing; break;
        case LegEvent::Kind::established:
            info.state = CallState::established;
            if (info.establishedNs == 0)
                info.establishedNs = clock.nowNs();
            break;
        case LegEvent::Kind::mediaReady: mediaReady(*call, event); break;
        case LegEvent::Kind::held: info.state = CallState::held; break;
        case LegEvent::Kind::resumed: info.state = CallState::established; break;
        case LegEvent::Kind::dtmf:
            if (info.digitsReceived.size() < maxDigitsKept)
                info.digitsReceived += event.digit;
            break;
        case LegEvent::Kind::closed: closed(*call, event, notices); return;
        default: break;
    }
    notices.push_back({ event, info });
}

void CallControl::incoming(LegEvent& event, Notices& notices)
{
    CallInfo info;
    info.leg = event.leg;
    info.peerUri = event.peerUri;
    info.peerName = event.peerName;
    info.state = CallState::incoming;
    info.startedNs = clock.nowNs();

    if (stopping || ! table.hasFreeChannel())
    {
        factory.reject(event.leg, 486, config.refusalReason);
        rejectedLegs.insert(event.leg);
        ++count.refused;
        info.state = CallState::closed;
        info.closedNs = info.startedNs;
        info.sipCode = 486;
        info.reason = config.refusalReason;
        info.failed = true;
        notices.push_back({ event, std::move(info) });
        return;
    }
    const auto channel = table.takeChannel().value();
    info.channel = channel;
    CallTable::Call* call = nullptr;
    if (! unlessMemoryIsWanting([&] {
            resetStrip(channel);
            call = &table.add(std::move(info));
        }))
    {
        table.giveBackChannel(channel);
        throw std::bad_alloc();
    }
    ++count.total;
    if (answering)
        factory.answer(event.leg);
    notices.push_back({ event, call->info });
}

/** A caller whom the factory refused without asking: it is full (486), or no codec is common (488). */
void CallControl::turnedAway(LegEvent& event, Notices& notices)
{
    CallInfo info;
    info.leg = event.leg;
    info.peerUri = event.peerUri;
    info.peerName = event.peerName;
    info.startedNs = info.closedNs = clock.nowNs();
    info.state = CallState::closed;
    info.sipCode = event.sipCode;
    info.reason = event.reason;
    info.failed = true;
    if (event.sipCode == 486)
    {
        ++count.refused;
    }
    else
    {
        ++count.total;
        ++count.failed;
        table.add(info);
        table.close(info.leg);
    }
    notices.push_back({ event, std::move(info) });
}

void CallControl::mediaReady(CallTable::Call& call, LegEvent& event)
{
    if (event.port == nullptr || stopping)
    {
        changes.lettingGo.push_back(std::move(event.port));
        return;
    }
    const auto& format = event.port->format();
    call.info.codec = rtpmapOf(format);
    call.info.ptimeMs = format.ptimeMs;
    // The strip first: were the port at the device and not in the call, nobody would take it off again. Then what takes memory.
    if (call.port == nullptr)
        setActive(call.info.channel, true);
    changes.replaced.reserve(changes.replaced.size() + 1);
    changes.lettingGo.reserve(changes.lettingGo.size() + 1);
    changes.byChannel[call.info.channel] = event.port;
    if (call.port != nullptr)
    {
        changes.replaced.emplace_back(call.info.leg, call.port);
        changes.lettingGo.push_back(call.port);
    }
    call.port = event.port;
}

void CallControl::closed(CallTable::Call& call, LegEvent& event, Notices& notices)
{
    if (call.wantedMemory)
    {
        event.failed = true;
        event.reason = noMemory;
    }
    // What takes memory comes first; should there be none, the call stays in the list and all of this is done later.
    takePortOff(call);
    auto info = call.info;
    info.state = CallState::closed;
    info.closedNs = clock.nowNs();
    info.sipCode = event.sipCode;
    info.reason = event.reason;
    info.failed = event.failed;
    info.channel = -1;
    const auto channel = call.info.channel;
    setActive(channel, false);
    notices.push_back({ event, info });
    if (! unlessMemoryIsWanting([&] { table.close(info.leg).info = std::move(info); }))
    {
        notices.pop_back();
        throw std::bad_alloc();
    }
    count.failed += event.failed ? 1u : 0u;
    table.giveBackChannel(channel);
}

void CallControl::changePorts() noexcept
{
    unlessMemoryIsWanting([this] {
        if (! changes.byChannel.empty())
            if (! device.setPorts({ changes.byChannel.begin(), changes.byChannel.end() }))
                return;
        while (! changes.replaced.empty())  // each once, also when there is no memory for the next
        {
            const auto& [leg, port] = changes.replaced.front();
            table.rememberFormer(leg, port->mediaStats(), port->transportReport());
            changes.replaced.erase(changes.replaced.begin());
        }
        for (const auto& [leg, port] : changes.ended)
            table.rememberMedia(leg, port->mediaStats(), port->transportReport());
        for (const auto& port : changes.lettingGo)
            if (port != nullptr)
                goneMedia.add(port->mediaStats());
        changes.byChannel.clear();
        changes.ended.clear();
        changes.lettingGo.clear();
    });
}

LegMediaStats CallControl::settleMedia(std::vector<LegRow>& rows) const
{
    auto totals = goneMedia;
    const auto ports = table.portsByChannel();
    std::erase_if(rows, [&ports](const LegRow& row) { return ports[static_cast<size_t>(row.channel)] != row.port; });
    for (const auto& row : rows)
        totals.add(row.media);
    return totals;
}

void CallControl::takePortOff(CallTable::Call& call)
{
    if (call.port == nullptr)
        return;
    changes.byChannel[call.info.channel] = nullptr;
    changes.ended.emplace_back(call.info.leg, call.port);
    changes.lettingGo.push_back(call.port);
    call.port = nullptr;
}

// ---- what is asked for ------------------------------------------------------------------------------------------------------

Result<LegId> CallControl::dial(const std::string& uri, const std::string& tag)
{
    try
    {
        return tryToDial(uri, tag);
    }
    catch (const std::bad_alloc&)
    {
        return Error { ExitCode::environment, "call " + uri, noMemory, "" };
    }
}

Result<LegId> CallControl::tryToDial(const std::string& uri, const std::string& tag)
{
    if (! table.hasFreeChannel())
        return Error { ExitCode::callFailed, "call " + uri, "all " + std::to_string(mixer.maxLegs()) + " legs are taken", "allow more legs" };
    CallInfo info;
    info.peerUri = uri;
    info.peerName = uri;
    info.outgoing = true;
    info.startedNs = clock.nowNs();
    info.tag = tag;

    const auto leg = factory.dial(uri);
    if (! leg)
        return leg;
    info.leg = leg.value();
    newest = std::max(newest, info.leg);
    info.channel = table.takeChannel().value();
    const auto channel = info.channel;
    if (! unlessMemoryIsWanting([&] {
            resetStrip(channel);
            table.add(std::move(info));
        }))
    {
        table.giveBackChannel(channel);
        unlessMemoryIsWanting([&] { factory.hangUp(leg.value()); });
        return Error { ExitCode::environment, "call " + uri, noMemory, "" };
    }
    ++count.total;
    unlessMemoryIsWanting([this] { outbox.flush(); });
    return leg;
}

void CallControl::noteHold(LegId leg, bool onHold)
{
    if (auto* call = table.findOpen(leg); call != nullptr)
        call->info.onHold = onHold;
}

Result<void> CallControl::setRole(LegId leg, LegRole role)
{
    const auto* call = table.findOpen(leg);
    if (call == nullptr)
        return Error { ExitCode::callFailed, "give call " + std::to_string(leg) + " its role", "it is over, or never was", "" };
    MixerCommand change;
    change.kind = MixerCommand::Kind::setLegRole;
    change.leg = call->info.channel;
    change.role = role;
    return command(change);
}

Result<void> CallControl::command(const MixerCommand& wanted)
{
    outbox.add(wanted);
    if (! outbox.flush())
        return Error { ExitCode::wrongUse, "command the mixer", "a value is out of range, or more cells were set than it takes", "" };
    return {};
}

// ---- mixer ------------------------------------------------------------------------------------------------------------------

void CallControl::setActive(int channel, bool active)
{
    MixerCommand command;
    command.kind = MixerCommand::Kind::setLegActive;
    command.leg = channel;
    command.active = active;
    outbox.add(command);
}

void CallControl::resetStrip(int channel)
{
    mixer.setStripGainDb(channel, 0.0);
    mixer.setStripMuted(channel, false);
    mixer.setStripSoloed(channel, false);

    MixerCommand command;
    command.leg = channel;
    command.kind = MixerCommand::Kind::setTrim;
    command.gainDb = 0.0;
    outbox.add(command);
    command.kind = MixerCommand::Kind::setLegRole;
    command.role = LegRole::source;
    outbox.add(command);
}

} // namespace mw
