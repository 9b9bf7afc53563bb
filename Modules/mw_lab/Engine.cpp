#include "Engine.h"

#include "engine/CallTable.h"
#include "engine/EventPump.h"
#include "engine/MixerCallback.h"

#include <algorithm>
#include <array>
#include <deque>
#include <exception>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace mw
{

namespace
{

constexpr int maxLegsPossible = 2048;
constexpr size_t maxDigitsKept = 4096;  ///< of one call; a peer that sends without end must not fill the memory

/** "PCMU/8000", "opus/48000/2": as the rtpmap of the SDP says it (RFC 8866). */
std::string rtpmapOf(const CodecFormat& format)
{
    auto text = format.name + "/" + std::to_string(format.clockRateHz);
    if (format.channels > 1)
        text += "/" + std::to_string(format.channels);
    return text;
}

MixerProcessor::Config mixerConfigFor(const Engine::Config& config)
{
    auto mixer = config.mixer;
    if (mixer.maxLegs < 1 || mixer.maxLegs > maxLegsPossible)
        mixer.maxLegs = 1;  // start() will refuse it, with the reason
    // Room for every leg to end and begin between two blocks, with its strip's reset.
    mixer.commandQueueLength = std::max(mixer.commandQueueLength, static_cast<size_t>(mixer.maxLegs) * 8 + 64);
    return mixer;
}

} // namespace

const StripRow* EngineSnapshot::strip(int index) const noexcept
{
    const auto found = std::find_if(strips.begin(), strips.end(), [index](const StripRow& row) { return row.index == index; });
    return found == strips.end() ? nullptr : &*found;
}

const LegRow* EngineSnapshot::transport(int channel) const noexcept
{
    const auto found = std::find_if(legs.begin(), legs.end(), [channel](const LegRow& row) { return row.channel == channel; });
    return found == legs.end() ? nullptr : &*found;
}

struct Engine::Impl
{
    struct Notice
    {
        LegEvent event;
        CallInfo info;
    };

    /** What is to change at the device: gathered over a batch of events, done in one swap at its end. If there is no memory
        for that, it stays for the next batch: those legs are silent until then, and nothing is freed under the media thread. */
    struct PortChanges
    {
        std::map<int, std::shared_ptr<LegPort>> byChannel;
        std::vector<std::shared_ptr<LegPort>> lettingGo;              ///< kept until the media thread let go (finding 6)
        std::vector<std::pair<LegId, std::shared_ptr<LegPort>>> ended;
    };

    using Notices = std::vector<Notice>;

    Impl(const Config& configToUse, LegFactory& factoryToUse)
        : config(configToUse),
          factory(factoryToUse),
          clock(config.clock != nullptr ? config.clock : std::make_shared<RealClock>()),
          processor(mixerConfigFor(config)),
          device(deviceConfig()),
          callback(processor),
          pump([this] { handleEvents(); }),
          table(processor.maxLegs(), config.closedCallsKept)
    {
    }

    [[nodiscard]] LegDevice::Config deviceConfig()
    {
        LegDevice::Config result;
        result.maxLegs = processor.maxLegs();
        result.realtimePriority = config.realtimePriority;
        result.clock = clock;
        result.tickDone = [this] { factory.tickDone(); };
        return result;
    }

    // ---- life ---------------------------------------------------------------------------------------------------------

    [[nodiscard]] Result<void> check() const
    {
        constexpr std::array rates { 8000, 16000, 32000, 48000 };
        constexpr std::array blocks { 5, 10, 20, 30, 40, 60 };
        const auto wrong = [](const std::string& what, const std::string& why) {
            return Error { ExitCode::wrongUse, "start the engine with " + what, why, "" };
        };
        if (std::find(rates.begin(), rates.end(), config.sampleRateHz) == rates.end())
            return wrong("a rate of " + std::to_string(config.sampleRateHz) + " Hz", "it must be 8000, 16000, 32000 or 48000 Hz");
        if (std::find(blocks.begin(), blocks.end(), config.blockMs) == blocks.end())
            return wrong("blocks of " + std::to_string(config.blockMs) + " ms", "they must be 5, 10, 20, 30, 40 or 60 ms");
        if (config.mixer.maxLegs < 1 || config.mixer.maxLegs > maxLegsPossible)
            return wrong(std::to_string(config.mixer.maxLegs) + " legs", "their number must be 1 to 2048");
        return {};
    }

    [[nodiscard]] Result<void> start()
    {
        if (running)
            return Error { ExitCode::wrongUse, "start the engine", "it is running already", "" };
        if (auto checked = check(); ! checked)
            return checked;

        table.clear();
        callsTotal = callsFailed = legsRefused = 0;
        rejectedLegs.clear();
        stopping = false;
        try
        {
            if (auto opened = startDevice(); ! opened)
                return opened;
            if (auto listening = factory.start([this](LegEvent event) { pump.post(std::move(event)); }); ! listening)
            {
                closeDevice();
                discardEvents();
                return listening;
            }
        }
        catch (const std::exception& failure)
        {
            closeDevice();
            discardEvents();
            return Error { ExitCode::environment, "start the engine", failure.what(), "" };
        }
        startedNs = clock->nowNs();
        running = true;
        return {};
    }

    [[nodiscard]] Result<void> startDevice()
    {
        juce::BigInteger channels;
        channels.setRange(0, processor.maxLegs(), true);
        const auto failed = [this](const juce::String& why) {
            closeDevice();
            return Error { ExitCode::environment, "start the media device", why.toStdString(), "" };
        };

        if (const auto problem = device.open(channels, channels, config.sampleRateHz, config.sampleRateHz * config.blockMs / 1000);
            problem.isNotEmpty())
            return failed(problem);

        device.setRunsOwnThread(config.runMediaThread);
        device.start(&callback);
        if (! device.isPlaying())
            return failed(device.getLastError());
        return {};
    }

    void closeDevice()
    {
        device.stop();
        device.close();
    }

    void discardEvents() { [[maybe_unused]] const auto dropped = pump.takeAll(); }

    void stop()
    {
        if (! running)
            return;

        stopping = true;
        factory.refuseNewLegs();
        for (const auto leg : table.openLegs())
            factory.hangUp(leg);

        // Everything off the media thread, then the device: only then may the factory free what the ports stand on.
        for (const auto leg : table.openLegs())
            if (auto* call = table.findOpen(leg); call->port != nullptr)
            {
                changes.byChannel[call->info.channel] = nullptr;
                changes.ended.emplace_back(leg, call->port);
                changes.lettingGo.push_back(std::exchange(call->port, nullptr));
            }
        changePorts();
        closeDevice();
        changePorts();
        handleEvents();

        lastUri = factory.localUri();
        factory.stop(config.hangUpGraceMs);
        handleEvents();
        endWhatIsLeft();
        stoppedNs = clock->nowNs();
        running = false;
    }

    /** Calls of which the factory said nothing more: their peers did not answer in time. */
    void endWhatIsLeft()
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
        sendCommands();
        notify(notices);
    }

    // ---- events -------------------------------------------------------------------------------------------------------

    void handleEvents()
    {
        if (handling)
            return;
        handling = true;
        Notices notices;
        for (auto& event : pump.takeAll())
            apply(std::move(event), notices);
        changePorts();
        sendCommands();
        notify(notices);
        handling = false;
    }

    void apply(LegEvent event, Notices& notices)
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
                    info.establishedNs = clock->nowNs();
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

    void incoming(LegEvent& event, Notices& notices)
    {
        CallInfo info;
        info.leg = event.leg;
        info.peerUri = event.peerUri;
        info.peerName = event.peerName;
        info.state = CallState::incoming;
        info.startedNs = clock->nowNs();

        const auto channel = stopping ? std::nullopt : table.takeChannel();
        if (! channel.has_value())
        {
            factory.reject(event.leg, 486, config.refusalReason);
            rejectedLegs.insert(event.leg);
            ++legsRefused;
            info.state = CallState::closed;
            info.closedNs = info.startedNs;
            info.sipCode = 486;
            info.reason = config.refusalReason;
            info.failed = true;
            notices.push_back({ std::move(event), std::move(info) });
            return;
        }
        info.channel = *channel;
        ++callsTotal;
        resetStrip(*channel);
        const auto& call = table.add(std::move(info));
        if (config.answerAutomatically)
            factory.answer(event.leg);
        notices.push_back({ std::move(event), call.info });
    }

    /** A caller whom the factory refused without asking: it is full (486), or no codec is common (488). */
    void turnedAway(LegEvent& event, Notices& notices)
    {
        CallInfo info;
        info.leg = event.leg;
        info.peerUri = event.peerUri;
        info.peerName = event.peerName;
        info.startedNs = info.closedNs = clock->nowNs();
        info.state = CallState::closed;
        info.sipCode = event.sipCode;
        info.reason = event.reason;
        info.failed = true;
        if (event.sipCode == 486)
        {
            ++legsRefused;
        }
        else
        {
            ++callsTotal;
            ++callsFailed;
            table.add(info);
            table.close(info.leg);
        }
        notices.push_back({ std::move(event), std::move(info) });
    }

    void mediaReady(CallTable::Call& call, LegEvent& event)
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

    void closed(CallTable::Call& openCall, LegEvent event, Notices& notices)
    {
        auto& call = openCall;
        auto& info = call.info;
        const auto channel = info.channel;
        info.state = CallState::closed;
        info.closedNs = clock->nowNs();
        info.sipCode = event.sipCode;
        info.reason = event.reason;
        info.failed = event.failed;
        info.channel = -1;
        callsFailed += event.failed ? 1u : 0u;

        if (call.port != nullptr)
        {
            changes.byChannel[channel] = nullptr;
            changes.ended.emplace_back(info.leg, call.port);
            changes.lettingGo.push_back(std::exchange(call.port, nullptr));
        }
        setActive(channel, false);
        notices.push_back({ std::move(event), info });
        table.close(info.leg);
        table.giveBackChannel(channel);
    }

    /** Makes the gathered changes at the device in one swap; when that returned, the media thread has let go of the former
        ports, so that they may be read and freed here. */
    void changePorts()
    {
        if (! changes.byChannel.empty())
            if (! device.setPorts({ changes.byChannel.begin(), changes.byChannel.end() }))
                return;
        for (const auto& [leg, port] : changes.ended)
            table.rememberMedia(leg, port->mediaStats());
        changes = {};
    }

    void notify(const Notices& notices)
    {
        for (const auto& notice : notices)
        {
            std::vector<int> numbers;
            for (const auto& [number, listener] : listeners)
                numbers.push_back(number);
            for (const auto number : numbers)
                if (const auto found = listeners.find(number); found != listeners.end())
                {
                    const auto listener = found->second;  // it may remove itself
                    listener(notice.event, notice.info);
                }
        }
    }

    // ---- mixer --------------------------------------------------------------------------------------------------------

    void setActive(int channel, bool active)
    {
        MixerCommand command;
        command.kind = MixerCommand::Kind::setLegActive;
        command.leg = channel;
        command.active = active;
        commands.push_back(command);
    }

    void resetStrip(int channel)
    {
        processor.setStripGainDb(channel, 0.0);
        processor.setStripMuted(channel, false);
        processor.setStripSoloed(channel, false);

        MixerCommand command;
        command.leg = channel;
        command.kind = MixerCommand::Kind::setTrim;
        command.gainDb = 0.0;
        commands.push_back(command);
        command.kind = MixerCommand::Kind::setLegRole;
        command.role = LegRole::source;
        commands.push_back(command);
    }

    /** In order; what finds the processor's queue full goes with the next batch or snapshot. */
    void sendCommands()
    {
        while (! commands.empty() && processor.post(commands.front()) != 0)
            commands.pop_front();
    }

    // ---- state --------------------------------------------------------------------------------------------------------

    const Config config;
    LegFactory& factory;
    const std::shared_ptr<Clock> clock;
    MixerProcessor processor;
    LegDevice device;
    MixerCallback callback;
    EventPump pump;
    CallTable table;
    PortChanges changes;
    std::deque<MixerCommand> commands;
    std::map<int, Listener> listeners;
    int nextListener = 1;
    uint64_t callsTotal = 0, callsFailed = 0, legsRefused = 0;
    std::set<LegId> rejectedLegs;  ///< rejected by us, `closed` not yet reported
    int64_t startedNs = 0, stoppedNs = 0;
    std::string lastUri;           ///< of the run before
    bool running = false, stopping = false, handling = false;
};

Engine::Engine(const Config& config, LegFactory& factory) : impl(std::make_unique<Impl>(config, factory)) {}

Engine::~Engine()
{
    impl->listeners.clear();
    stop();
}

Result<void> Engine::start() { return impl->start(); }
void Engine::stop() { impl->stop(); }
bool Engine::isRunning() const noexcept { return impl->running; }
const Engine::Config& Engine::config() const noexcept { return impl->config; }
MixerProcessor& Engine::mixer() noexcept { return impl->processor; }
LegDevice& Engine::device() noexcept { return impl->device; }
std::string Engine::localUri() const { return impl->factory.localUri(); }

Result<LegId> Engine::dial(const std::string& uri, const std::string& tag)
{
    const auto cannot = [&](const std::string& why, const std::string& remedy) {
        return Error { ExitCode::callFailed, "call " + uri, why, remedy };
    };
    if (! impl->running || impl->stopping)
        return cannot("the engine is not running", "");
    const auto channel = impl->table.takeChannel();
    if (! channel.has_value())
        return cannot("all " + std::to_string(impl->processor.maxLegs()) + " legs are taken", "allow more legs");

    const auto leg = impl->factory.dial(uri);
    if (! leg)
    {
        impl->table.giveBackChannel(*channel);
        return leg;
    }
    CallInfo info;
    info.leg = leg.value();
    info.channel = *channel;
    info.peerUri = uri;
    info.peerName = uri;
    info.outgoing = true;
    info.startedNs = impl->clock->nowNs();
    info.tag = tag;
    impl->table.add(std::move(info));
    ++impl->callsTotal;
    impl->resetStrip(*channel);
    impl->sendCommands();
    return leg;
}

void Engine::answer(LegId leg)
{
    if (impl->table.findOpen(leg) != nullptr)
        impl->factory.answer(leg);
}

void Engine::reject(LegId leg, int sipCode, const std::string& reason)
{
    if (impl->table.findOpen(leg) != nullptr)
        impl->factory.reject(leg, sipCode, reason);
}

void Engine::hangUp(LegId leg)
{
    if (impl->table.findOpen(leg) != nullptr)
        impl->factory.hangUp(leg);
}

void Engine::hold(LegId leg, bool onHold)
{
    if (impl->table.findOpen(leg) != nullptr)
        impl->factory.hold(leg, onHold);
}

void Engine::sendDtmf(LegId leg, const DtmfSequence& digits, DtmfMethod method, int onMs, int offMs)
{
    std::string text;
    for (const auto symbol : digits.text())
        if (symbol != ',')
            text += symbol;
    if (! text.empty() && impl->table.findOpen(leg) != nullptr)
        impl->factory.sendDtmf(leg, text, method, onMs, offMs);
}

std::optional<CallInfo> Engine::call(LegId leg) const
{
    if (const auto* found = std::as_const(impl->table).find(leg))
        return found->info;
    return std::nullopt;
}

std::vector<CallInfo> Engine::calls() const { return impl->table.list(); }

EngineSnapshot Engine::snapshot() const
{
    impl->sendCommands();
    EngineSnapshot result;
    result.number = impl->processor.readSnapshot(result.mixer, result.strips);
    result.timeNs = impl->clock->nowNs();
    result.runningNs = (impl->running ? result.timeNs : impl->stoppedNs) - impl->startedNs;
    result.law = impl->config.mixer.law;
    result.settings = impl->config.settings;
    result.maxLegs = impl->processor.maxLegs();
    result.localUri = impl->running ? impl->factory.localUri() : impl->lastUri;
    result.realtimePriority = impl->running && impl->config.runMediaThread && impl->device.hasRealtimePriority();
    impl->device.readSnapshot(result.ticks, result.legs);
    result.calls = impl->table.list();
    result.endedMedia = impl->table.endedMedia();
    result.callsTotal = impl->callsTotal;
    result.callsFailed = impl->callsFailed;
    result.legsRefused = impl->legsRefused;
    return result;
}

std::optional<LegMediaStats> Engine::mediaStats(LegId leg) const
{
    const auto* found = std::as_const(impl->table).find(leg);
    if (found == nullptr)
        return std::nullopt;
    if (found->lastMedia.has_value() || found->port == nullptr)
        return found->lastMedia;

    TickStats ticks;
    std::vector<LegRow> rows;
    impl->device.readSnapshot(ticks, rows);
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const LegRow& candidate) { return candidate.channel == found->info.channel; });
    return row == rows.end() ? std::nullopt : std::optional<LegMediaStats>(row->media);
}

int Engine::addListener(Listener listener)
{
    const auto number = impl->nextListener++;
    impl->listeners.emplace(number, std::move(listener));
    return number;
}

void Engine::removeListener(int listener) { impl->listeners.erase(listener); }

void Engine::handleEvents() { impl->handleEvents(); }

void Engine::runTick() { impl->device.runTick(); }

} // namespace mw
