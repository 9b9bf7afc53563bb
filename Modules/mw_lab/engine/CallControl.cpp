#include "CallControl.h"

#include <algorithm>

namespace mw
{

namespace
{

constexpr size_t maxDigitsKept = 4096;  ///< of one call; a peer that sends without end must not fill the memory

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
      outbox(mixer)
{
}

// ---- life -------------------------------------------------------------------------------------------------------------------

void CallControl::begin()
{
    table.clear();
    count = {};
    rejectedLegs.clear();
    stopping = false;
}

void CallControl::beginShutdown()
{
    stopping = true;
    factory.refuseNewLegs();
    for (const auto leg : table.openLegs())
        factory.hangUp(leg);
    for (const auto leg : table.openLegs())
        takePortOff(*table.findOpen(leg));
    changePorts();
}

CallControl::Notices CallControl::endWhatIsLeft()
{
    Notices notices;
    for (const auto leg : table.openLegs())
    {
        const auto& info = table.findOpen(leg)->info;
        LegEvent event;
        event.kind = LegEvent::Kind::closed;
        event.leg = leg;
        event.peerUri = info.peerUri;
        event.peerName = info.peerName;
        event.outgoing = info.outgoing;
        event.failed = info.establishedNs == 0;
        event.reason = "ended by our shutdown";
        apply(std::move(event), notices);
    }
    changePorts();
    outbox.flush();
    return notices;
}

// ---- events -----------------------------------------------------------------------------------------------------------------

CallControl::Notices CallControl::handle(std::vector<LegEvent> events)
{
    Notices notices;
    for (auto& event : events)
        apply(std::move(event), notices);
    changePorts();
    outbox.flush();
    return notices;
}

void CallControl::apply(LegEvent event, Notices& notices)
{
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
        case LegEvent::Kind::closed: closed(*call, std::move(event), notices); return;
        default: break;
    }
    notices.push_back({ std::move(event), info });
}

void CallControl::incoming(LegEvent& event, Notices& notices)
{
    CallInfo info;
    info.leg = event.leg;
    info.peerUri = event.peerUri;
    info.peerName = event.peerName;
    info.state = CallState::incoming;
    info.startedNs = clock.nowNs();

    const auto channel = stopping ? std::nullopt : table.takeChannel();
    if (! channel.has_value())
    {
        factory.reject(event.leg, 486, config.refusalReason);
        rejectedLegs.insert(event.leg);
        ++count.refused;
        info.state = CallState::closed;
        info.closedNs = info.startedNs;
        info.sipCode = 486;
        info.reason = config.refusalReason;
        info.failed = true;
        notices.push_back({ std::move(event), std::move(info) });
        return;
    }
    info.channel = *channel;
    ++count.total;
    resetStrip(*channel);
    const auto& call = table.add(std::move(info));
    if (config.answerAutomatically)
        factory.answer(event.leg);
    notices.push_back({ std::move(event), call.info });
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
    notices.push_back({ std::move(event), std::move(info) });
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
    changes.byChannel[call.info.channel] = event.port;
    if (call.port != nullptr)
        changes.lettingGo.push_back(std::move(call.port));
    else
        setActive(call.info.channel, true);
    call.port = event.port;
}

void CallControl::closed(CallTable::Call& call, LegEvent event, Notices& notices)
{
    takePortOff(call);
    auto& info = call.info;
    const auto channel = info.channel;
    info.state = CallState::closed;
    info.closedNs = clock.nowNs();
    info.sipCode = event.sipCode;
    info.reason = event.reason;
    info.failed = event.failed;
    info.channel = -1;
    count.failed += event.failed ? 1u : 0u;

    setActive(channel, false);
    notices.push_back({ std::move(event), info });
    table.close(info.leg);
    table.giveBackChannel(channel);
}

void CallControl::changePorts()
{
    if (! changes.byChannel.empty())
        if (! device.setPorts({ changes.byChannel.begin(), changes.byChannel.end() }))
            return;
    for (const auto& [leg, port] : changes.ended)
        table.rememberMedia(leg, port->mediaStats());
    changes = {};
}

void CallControl::takePortOff(CallTable::Call& call)
{
    if (call.port == nullptr)
        return;
    changes.byChannel[call.info.channel] = nullptr;
    changes.ended.emplace_back(call.info.leg, call.port);
    changes.lettingGo.push_back(std::exchange(call.port, nullptr));
}

// ---- what is asked for ------------------------------------------------------------------------------------------------------

Result<LegId> CallControl::dial(const std::string& uri, const std::string& tag)
{
    const auto channel = table.takeChannel();
    if (! channel.has_value())
        return Error { ExitCode::callFailed, "call " + uri, "all " + std::to_string(mixer.maxLegs()) + " legs are taken", "allow more legs" };

    const auto leg = factory.dial(uri);
    if (! leg)
    {
        table.giveBackChannel(*channel);
        return leg;
    }
    CallInfo info;
    info.leg = leg.value();
    info.channel = *channel;
    info.peerUri = uri;
    info.peerName = uri;
    info.outgoing = true;
    info.startedNs = clock.nowNs();
    info.tag = tag;
    table.add(std::move(info));
    ++count.total;
    resetStrip(*channel);
    outbox.flush();
    return leg;
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
