#include "Engine.h"

#include "engine/CallControl.h"
#include "engine/EventPump.h"
#include "engine/MessageLog.h"
#include "engine/MixerCallback.h"
#include "engine/SnapshotWatch.h"

#include <algorithm>
#include <array>
#include <exception>
#include <new>
#include <map>
#include <string>
#include <utility>

namespace mw
{

namespace
{

constexpr int maxLegsPossible = 2048;

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
    Impl(const Config& configToUse, LegFactory& factoryToUse)
        : config(configToUse),
          factory(factoryToUse),
          clock(config.clock != nullptr ? config.clock : std::make_shared<RealClock>()),
          processor(mixerConfigFor(config)),
          device(deviceConfig()),
          callback(processor),
          pump([this] { handleEvents(); }),
          control(config, factory, *clock, processor, device)
    {
    }

    [[nodiscard]] LegDevice::Config deviceConfig()
    {
        LegDevice::Config result;
        result.maxLegs = processor.maxLegs();
        result.realtimePriority = config.realtimePriority;
        result.workers = config.workers;
        result.clock = clock;
        result.tickDone = [this](int64_t nextTickNs) { factory.tickDone(nextTickNs); };
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
        try
        {
            if (auto checked = check(); ! checked)
                return checked;
            control.begin();
            watch.begin(processor.snapshotNumber(), device.snapshotNumber(), clock->nowNs(), int64_t { config.blockMs } * 1'000'000);
            if (auto opened = startDevice(); ! opened)
                return opened;
            takeMessages();  // those of the run before
            messages.clear();
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
            const auto wantsMemory = dynamic_cast<const std::bad_alloc*>(&failure) != nullptr;
            return Error { ExitCode::environment, "start the engine", wantsMemory ? "no memory" : failure.what(), "" };
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

        // Everything off the media thread, then the device: only then may the factory free what the ports stand on.
        control.beginShutdown();
        closeDevice();
        control.changePorts();
        handleEvents();

        lastUri = factory.localUri();
        factory.stop(config.hangUpGraceMs);
        handleEvents();
        notify(control.endWhatIsLeft());
        stoppedNs = clock->nowNs();
        running = false;
    }

    // ---- events -------------------------------------------------------------------------------------------------------

    void handleEvents()
    {
        if (handling)
            return;
        handling = true;
        notify(control.handle(pump.takeAll()));
        takeMessages();
        messages.forgetUnlisted([this](LegId leg) { return control.calls().find(leg) != nullptr; }, control.newestLeg());
        handling = false;
    }

    void takeMessages() noexcept
    {
        try
        {
            messages.take(factory.takeTrace());
        }
        catch (const std::bad_alloc&)
        {
            // They wait on.
        }
    }

    void notify(const CallControl::Notices& notices)
    {
        for (const auto& notice : notices)
        {
            const auto next = nextListener;  // those that are added meanwhile hear of the next event
            auto entry = listeners.begin();
            while (entry != listeners.end() && entry->first < next)
            {
                const auto number = entry->first;
                tell(entry->second, notice);
                entry = listeners.upper_bound(number);  // it may have removed itself, or another
            }
        }
    }

    static void tell(const Listener& registered, const CallControl::Notice& notice)
    {
        try
        {
            const auto listener = registered;
            listener(notice.event, notice.info);
        }
        catch (const std::bad_alloc&)
        {
            // It misses this event; what the event stands for was done before, and shows in the list of calls.
        }
    }

    void remember(const MixerCommand& command)
    {
        switch (command.kind)
        {
            case MixerCommand::Kind::playDtmf:
                house.dtmf = command.dtmf;
                house.dtmfWasStopped = command.dtmf.sequence.length == 0;
                return;
            case MixerCommand::Kind::pressDtmf:
            case MixerCommand::Kind::stopDtmf: house.dtmfWasStopped = true; return;
            case MixerCommand::Kind::setTone:
                house.toneHz = command.frequencyHz;
                house.toneDbm0 = command.levelDbm0;
                return;
            default: return;
        }
    }

    /** What a snapshot says beside mixer, ticks, legs and calls. */
    void tellOfTheRun(EngineSnapshot& snapshot, uint64_t deviceBefore, uint64_t deviceAfter)
    {
        snapshot.timeNs = clock->nowNs();
        snapshot.runningNs = (running ? snapshot.timeNs : stoppedNs) - startedNs;
        watch.look(deviceBefore, snapshot.number, deviceAfter, snapshot.timeNs, running);
        snapshot.snapshotGaps = watch.gaps();
        snapshot.snapshotStalls = watch.stalls();
        snapshot.eventsLost = pump.lost();
        snapshot.commandsWaiting = control.commands().waiting();
    }

    // ---- state --------------------------------------------------------------------------------------------------------

    const Config config;
    LegFactory& factory;
    const std::shared_ptr<Clock> clock;
    MixerProcessor processor;
    LegDevice device;
    MixerCallback callback;
    EventPump pump;
    CallControl control;
    SnapshotWatch watch;
    HouseSounds house;
    MessageLog messages;
    std::map<int, Listener> listeners;
    int nextListener = 1;
    std::vector<size_t> renewed;   ///< for renew() alone
    std::vector<int> renewedIndices;
    int64_t startedNs = 0, stoppedNs = 0;
    std::string lastUri;           ///< of the run before
    bool running = false, handling = false;  ///< control thread
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
const Clock& Engine::clock() const noexcept { return *impl->clock; }
std::string Engine::localUri() const { return impl->factory.localUri(); }

Result<LegId> Engine::dial(const std::string& uri, const std::string& tag)
{
    if (! impl->running || impl->control.isStopping())
        return Error { ExitCode::callFailed, "call " + uri, "the engine is not running", "" };
    return impl->control.dial(uri, tag);
}

Result<void> Engine::setRole(LegId leg, LegRole role) { return impl->control.setRole(leg, role); }
Result<void> Engine::command(const MixerCommand& command)
{
    auto sent = impl->control.command(command);
    if (sent)
        impl->remember(command);
    return sent;
}

const HouseSounds& Engine::houseSounds() const noexcept { return impl->house; }

void Engine::setAnswersAutomatically(bool automatically) { impl->control.setAnswersAutomatically(automatically); }
bool Engine::answersAutomatically() const noexcept { return impl->control.answersAutomatically(); }

void Engine::answer(LegId leg)
{
    if (impl->control.isOpen(leg))
        impl->factory.answer(leg);
}

void Engine::reject(LegId leg, int sipCode, const std::string& reason)
{
    if (impl->control.isOpen(leg))
        impl->factory.reject(leg, sipCode, reason);
}

void Engine::hangUp(LegId leg)
{
    if (impl->control.isOpen(leg))
        impl->factory.hangUp(leg);
}

void Engine::hold(LegId leg, bool onHold)
{
    if (! impl->control.isOpen(leg))
        return;
    impl->factory.hold(leg, onHold);
    impl->control.noteHold(leg, onHold);
}

void Engine::sendDtmf(LegId leg, const DtmfSequence& digits, DtmfMethod method, int onMs, int offMs)
{
    std::string text;
    for (const auto symbol : digits.text())
        if (symbol != ',')
            text += symbol;
    if (! text.empty() && impl->control.isOpen(leg))
        impl->factory.sendDtmf(leg, text, method, onMs, offMs);
}

std::optional<CallInfo> Engine::call(LegId leg) const
{
    if (const auto* found = impl->control.calls().find(leg))
        return found->info;
    return std::nullopt;
}

void Engine::keepMessages(bool keep) { impl->factory.setTrace(keep); }

void Engine::setPacketTrace(std::shared_ptr<PacketTrace> trace) { impl->factory.setPacketTrace(std::move(trace)); }

std::vector<SignallingMessage> Engine::messages(LegId leg) const
{
    impl->takeMessages();
    return impl->messages.of(leg);
}

uint64_t Engine::messageNumber() const
{
    impl->takeMessages();
    return impl->messages.number();
}

std::vector<CallInfo> Engine::calls() const { return impl->control.calls().list(); }

EngineSnapshot Engine::snapshot() const
{
    impl->control.commands().flush();
    EngineSnapshot result;
    const auto deviceBefore = impl->device.snapshotNumber();
    result.number = impl->processor.readSnapshot(result.mixer, result.strips);
    const auto deviceAfter = impl->device.readSnapshot(result.ticks, result.legs);
    impl->tellOfTheRun(result, deviceBefore, deviceAfter);
    result.law = impl->config.mixer.law;
    result.settings = impl->config.settings;
    result.role = impl->config.role;
    result.maxLegs = impl->processor.maxLegs();
    result.localUri = impl->running ? impl->factory.localUri() : impl->lastUri;
    result.realtimePriority = impl->running && impl->config.runMediaThread && impl->device.hasRealtimePriority();
    if (! impl->watch.hasBegun(deviceAfter))  // what stands there is the run's before
    {
        result.number = 0;
        result.mixer = {};
        result.strips.clear();
        result.ticks = {};
        result.legs.clear();
    }
    result.mediaTotals = impl->control.settleMedia(result.legs);
    result.calls = impl->control.calls().list();
    result.callsVersion = impl->control.calls().version();
    result.endedMedia = impl->control.calls().endedMedia();
    result.callsTotal = impl->control.counts().total;
    result.callsFailed = impl->control.counts().failed;
    result.legsRefused = impl->control.counts().refused;
    impl->takeMessages();
    result.signalling = impl->factory.figures();
    result.signalling.messagesLost += impl->messages.lost();
    return result;
}

bool Engine::renew(EngineSnapshot& taken, std::span<const int> channels) const
{
    if (taken.number == 0 || taken.callsVersion != impl->control.calls().version())
        return false;
    auto& places = impl->renewed;
    places.clear();
    for (size_t i = 0; i < taken.strips.size(); ++i)
        if (const auto index = taken.strips[i].index; index >= taken.maxLegs || std::find(channels.begin(), channels.end(), index) != channels.end())
            places.push_back(i);
    const auto indexAt = [&](size_t place) { return taken.strips[place].index; };
    auto& before = impl->renewedIndices;
    before.resize(places.size());
    std::transform(places.begin(), places.end(), before.begin(), indexAt);

    impl->control.commands().flush();
    const auto deviceBefore = impl->device.snapshotNumber();
    taken.number = impl->processor.renewSnapshot(taken.mixer, taken.strips, places);
    const auto deviceAfter = impl->device.renewTicks(taken.ticks, taken.legs);
    const auto isSame = [&](size_t place, int index) { return indexAt(place) == index; };
    if (taken.number == 0 || deviceAfter == 0 || ! std::equal(places.begin(), places.end(), before.begin(), isSame))
        return false;
    impl->tellOfTheRun(taken, deviceBefore, deviceAfter);
    return true;
}

std::optional<LegMediaStats> Engine::mediaStats(LegId leg) const
{
    const auto* found = impl->control.calls().find(leg);
    if (found == nullptr)
        return std::nullopt;
    if (found->lastMedia.has_value() || found->port == nullptr)
        return found->lastMedia;

    TickStats ticks;
    std::vector<LegRow> rows;
    impl->device.readSnapshot(ticks, rows);
    const auto row = std::find_if(rows.begin(), rows.end(),
                                  [&](const LegRow& candidate) { return candidate.port == found->port.get(); });
    if (row == rows.end())
        return found->formerMedia;
    auto media = row->media;
    if (found->formerMedia.has_value())
        media.goOnFrom(*found->formerMedia);
    return media;
}

std::optional<TransportReport> Engine::transportReport(LegId leg) const
{
    const auto* found = impl->control.calls().find(leg);
    return found == nullptr ? std::nullopt : found->transport;
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
