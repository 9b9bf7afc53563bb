#include "MixerProcessor.h"

#include "MixerParameters.h"
#include "MixerState.h"
#include "graph/Handover.h"
#include "graph/MixGraph.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <utility>

namespace mw
{

namespace
{
constexpr int mostLegs = 2048;

int usableLegCount(int wanted) noexcept { return std::clamp(wanted, 1, mostLegs); }
} // namespace

struct MixerProcessor::Impl
{
    Impl(juce::AudioProcessor& processor, const Config& configuration)
        : maxLegs(usableLegCount(configuration.maxLegs)),
          law(configuration.law),
          parameters(processor, maxLegs),
          graph(parameters, maxLegs, law, configuration.gainRampMs),
          queue(configuration.commandQueueLength),
          done(4 * queue.capacity()),
          snapshot(static_cast<size_t>(maxLegs + houseStripCount)),
          inputs(static_cast<size_t>(maxLegs)),
          outputs(static_cast<size_t>(maxLegs)),
          known(maxLegs)
    {
    }

    /** One command, or several that belong together. */
    struct Entry
    {
        MixerCommand command;
        const std::vector<MixerCommand>* batch = nullptr;
    };

    // ---- control threads, under controlMutex
    bool makeValid(MixerCommand& command) const;
    [[nodiscard]] bool isLegIndex(int leg) const noexcept { return leg >= 0 && leg < maxLegs; }
    bool push(const Entry& entry);
    void remember(const MixerCommand& command);
    [[nodiscard]] int cellCapacity() const noexcept { return CellTable::capacityFor(maxLegs, maxLegs + houseStripCount); }
    uint64_t pushBatch(std::vector<MixerCommand> commands);
    void freeWhatAudioLetGo();
    [[nodiscard]] std::vector<MixerCommand> commandsTowards(const MixerState& wanted) const;
    [[nodiscard]] MixerState currentState() const;
    void setParameters(const MixerState& wanted);
    std::unique_ptr<Attachments> copyOfAttachments() const;

    // ---- audio region
    void takeCommands() noexcept;

    const int maxLegs;
    const Law law;
    MixerParameters parameters;
    MixGraph graph;
    SpscQueue<Entry> queue;
    SpscQueue<CommandDone> done;
    LatestRows<MixerHeader, StripRow> snapshot;
    Handover<Attachments> attachments;
    std::atomic<bool> prepared { false };
    std::atomic<uint64_t> commandsTaken { 0 };    ///< written by audio after the block that took them
    std::atomic<uint64_t> commandsRefused { 0 };

    // audio region
    MixerHeader header;
    uint64_t taken = 0;
    std::vector<const float*> inputs;  ///< processBlock()'s pointers, padded with null
    std::vector<float*> outputs;

    // control
    mutable std::mutex controlMutex;   ///< a leaf: guards what follows, the queue's producer and the done queue's consumer
    MixerState known;                  ///< mode, roles, trims and cells as the queued commands will leave them
    uint64_t routingChanges = 0;       ///< commands that mode, roles and cells came from
    uint64_t lastId = 0;
    uint64_t pushed = 0;
    std::vector<std::pair<uint64_t, std::unique_ptr<std::vector<MixerCommand>>>> batches;  ///< with the count that frees them
};

// ---- commands, control side -----------------------------------------------------------------------------------------------

bool MixerProcessor::Impl::makeValid(MixerCommand& command) const
{
    using Kind = MixerCommand::Kind;
    const auto isStrip = [this](int index) { return parameters.isStrip(index); };
    switch (command.kind)
    {
        case Kind::playDtmf:
        case Kind::pressDtmf: return command.dtmf.check().ok();
        case Kind::stopDtmf:
        case Kind::resetMeters: return true;
        case Kind::releaseDtmf: return command.dtmf.onMs >= 0 && command.dtmf.onMs <= DtmfSettings::maxOnMs;
        case Kind::setTone:
            return std::isfinite(command.frequencyHz) && command.frequencyHz > 0.0
                && command.frequencyHz < maxSampleRateHz / 2
                && (command.levelDbm0 == silenceDb
                    || (command.levelDbm0 >= ToneSource::minLevelDbm0 && command.levelDbm0 <= overloadDbm0(law)));
        case Kind::setMode: return command.mode <= MixMode::matrix;
        case Kind::setLegRole: return isLegIndex(command.leg) && command.role <= LegRole::sink;
        case Kind::setLegActive: return isLegIndex(command.leg);
        case Kind::clearCell: return isLegIndex(command.leg) && isStrip(command.from);
        case Kind::setTrim:
        case Kind::setCell:
        {
            if (std::isnan(command.gainDb) || ! isStrip(command.leg))
                return false;
            command.gainDb = keptGainDb(command.gainDb);
            if (command.kind == Kind::setTrim)
                return true;
            return isLegIndex(command.leg) && isStrip(command.from)
                && (known.cells.contains({ command.leg, command.from })
                    || static_cast<int>(known.cells.size()) < cellCapacity());
        }
    }
    return false;
}

bool MixerProcessor::Impl::push(const Entry& entry)
{
    if (! queue.push(entry))
        return false;
    ++pushed;
    return true;
}

void MixerProcessor::Impl::remember(const MixerCommand& command)
{
    using Kind = MixerCommand::Kind;
    if (command.kind == Kind::setMode || command.kind == Kind::setLegRole || command.kind == Kind::setCell
            || command.kind == Kind::clearCell)
        ++routingChanges;
    switch (command.kind)
    {
        case Kind::setMode:
            known.mode = command.mode;
            known.funnelReturn = command.funnelReturn;
            break;
        case Kind::setLegRole: known.strips[static_cast<size_t>(command.leg)].role = command.role; break;
        case Kind::setTrim: known.strips[static_cast<size_t>(command.leg)].trimDb = command.gainDb; break;
        case Kind::setCell: known.cells[{ command.leg, command.from }] = command.gainDb; break;
        case Kind::clearCell: known.cells.erase({ command.leg, command.from }); break;
        case Kind::playDtmf:
        case Kind::stopDtmf:
        case Kind::setTone:
        case Kind::setLegActive:
        case Kind::resetMeters:
        case Kind::pressDtmf:
        case Kind::releaseDtmf: break;
    }
}

uint64_t MixerProcessor::Impl::pushBatch(std::vector<MixerCommand> commands)
{
    auto owned = std::make_unique<std::vector<MixerCommand>>(std::move(commands));
    const auto* const batch = owned.get();
    Entry entry;
    entry.command.kind = batch->front().kind;
    entry.command.id = lastId + 1;
    entry.batch = batch;
    batches.emplace_back(pushed + 1, std::move(owned));
    if (! push(entry))
    {
        batches.pop_back();
        return 0;
    }
    for (const auto& command : *batch)
        remember(command);
    return ++lastId;
}

void MixerProcessor::Impl::freeWhatAudioLetGo()
{
    attachments.collect();
    const auto taken_ = commandsTaken.load(std::memory_order_acquire);
    std::erase_if(batches, [taken_](const auto& batch) { return batch.first <= taken_; });
}

MixerProcessor::MixerProcessor(const Config& config)
    : AudioProcessor([&config] {
          const auto channels = juce::AudioChannelSet::discreteChannels(usableLegCount(config.maxLegs));
          return BusesProperties().withInput("Legs in", channels, true).withOutput("Legs out", channels, true);
      }()),
      impl(std::make_unique<Impl>(*this, config))
{
}

MixerProcessor::~MixerProcessor() = default;

int MixerProcessor::maxLegs() const noexcept { return impl->maxLegs; }

uint64_t MixerProcessor::post(MixerCommand command)
{
    const std::scoped_lock lock(impl->controlMutex);
    impl->freeWhatAudioLetGo();
    command.id = impl->lastId + 1;
    if (! impl->makeValid(command) || ! impl->push({ command, nullptr }))
    {
        impl->commandsRefused.fetch_add(1, std::memory_order_relaxed);
        return 0;
    }
    impl->remember(command);
    return ++impl->lastId;
}

uint64_t MixerProcessor::postAll(std::vector<MixerCommand> commands)
{
    const std::scoped_lock lock(impl->controlMutex);
    impl->freeWhatAudioLetGo();
    // Each cell of the batch is counted as a new one: the room is checked as if none were cleared before.
    const auto newCells = std::count_if(commands.begin(), commands.end(),
                                        [](const MixerCommand& c) { return c.kind == MixerCommand::Kind::setCell; });
    const auto cellsFit = std::cmp_less_equal(impl->known.cells.size() + static_cast<size_t>(newCells),
                                              static_cast<size_t>(impl->cellCapacity()));
    auto accepted = ! commands.empty() && (newCells == 0 || cellsFit);
    for (auto& command : commands)
        accepted = accepted && impl->makeValid(command);
    const auto id = accepted ? impl->pushBatch(std::move(commands)) : 0;
    if (id == 0)
        impl->commandsRefused.fetch_add(1, std::memory_order_relaxed);
    return id;
}

bool MixerProcessor::hasRoomForCommand() const
{
    const std::scoped_lock lock(impl->controlMutex);
    return impl->queue.size() < impl->queue.capacity();
}

std::vector<CommandDone> MixerProcessor::takeDone()
{
    const std::scoped_lock lock(impl->controlMutex);
    impl->freeWhatAudioLetGo();
    std::vector<CommandDone> result;
    CommandDone stamp;
    while (impl->done.pop(stamp))
        result.push_back(stamp);
    return result;
}

MixerRouting MixerProcessor::routing() const
{
    const std::scoped_lock lock(impl->controlMutex);
    MixerRouting routing;
    routing.mode = impl->known.mode;
    routing.funnelReturn = impl->known.funnelReturn;
    for (int leg = 0; leg < impl->maxLegs; ++leg)
        routing.roles.push_back(impl->known.strips[static_cast<size_t>(leg)].role);
    routing.cells = impl->known.cells;
    return routing;
}

uint64_t MixerProcessor::routingNumber() const
{
    const std::scoped_lock lock(impl->controlMutex);
    return impl->routingChanges;
}

// ---- what hangs on the graph -------------------------------------------------------------------------------------------------

std::unique_ptr<Attachments> MixerProcessor::Impl::copyOfAttachments() const
{
    const auto* const latest = attachments.latest();
    return latest == nullptr ? std::make_unique<Attachments>() : std::make_unique<Attachments>(*latest);
}

void MixerProcessor::setPlayer(std::shared_ptr<BlockSource> source)
{
    const std::scoped_lock lock(impl->controlMutex);
    auto next = impl->copyOfAttachments();
    next->player = std::move(source);
    impl->attachments.publish(std::move(next));
    impl->freeWhatAudioLetGo();
}

void MixerProcessor::setTap(TapPoint point, std::shared_ptr<SampleFifo> fifo, TapUse use)
{
    const std::scoped_lock lock(impl->controlMutex);
    if (point.kind != TapPoint::Kind::mix && ! impl->isLegIndex(point.leg))
        return;
    auto next = impl->copyOfAttachments();
    const auto slot = static_cast<size_t>(use);
    if (point.kind == TapPoint::Kind::mix)
        next->mix[slot] = std::move(fifo);
    else
    {
        auto& taps = point.kind == TapPoint::Kind::legIn ? next->legIn : next->legOut;
        taps.resize(static_cast<size_t>(impl->maxLegs));
        taps[static_cast<size_t>(point.leg)][slot] = std::move(fifo);
    }
    impl->attachments.publish(std::move(next));
    impl->freeWhatAudioLetGo();
}

size_t MixerProcessor::retiredObjects() const
{
    const std::scoped_lock lock(impl->controlMutex);
    return impl->attachments.retiredCount() + impl->batches.size();
}

// ---- parameters -----------------------------------------------------------------------------------------------------------

const MixerParameters& MixerProcessor::parameters() const noexcept { return impl->parameters; }
bool MixerProcessor::setMasterInGainDb(double gainDb) { return impl->parameters.masterIn->setDb(gainDb); }
bool MixerProcessor::setDtmfGainDb(double gainDb) { return impl->parameters.dtmf->setDb(gainDb); }
bool MixerProcessor::setOutputGainDb(double gainDb) { return impl->parameters.output->setDb(gainDb); }
void MixerProcessor::setDtmfOn(bool on) { impl->parameters.dtmfOn->setValueNotifyingHost(on ? 1.0f : 0.0f); }

bool MixerProcessor::setStripGainDb(int strip, double gainDb)
{
    return impl->parameters.isStrip(strip) && impl->parameters.strips[static_cast<size_t>(strip)].gain->setDb(gainDb);
}

void MixerProcessor::setStripMuted(int strip, bool muted)
{
    if (impl->parameters.isStrip(strip))
        impl->parameters.strips[static_cast<size_t>(strip)].mute->setValueNotifyingHost(muted ? 1.0f : 0.0f);
}

void MixerProcessor::setStripSoloed(int strip, bool soloed)
{
    if (impl->parameters.isStrip(strip))
        impl->parameters.strips[static_cast<size_t>(strip)].solo->setValueNotifyingHost(soloed ? 1.0f : 0.0f);
}

double MixerProcessor::masterInGainDb() const noexcept { return impl->parameters.masterIn->getDb(); }
double MixerProcessor::dtmfGainDb() const noexcept { return impl->parameters.dtmf->getDb(); }
double MixerProcessor::outputGainDb() const noexcept { return impl->parameters.output->getDb(); }
bool MixerProcessor::isDtmfOn() const noexcept { return impl->parameters.dtmfOn->get(); }

double MixerProcessor::stripGainDb(int strip) const noexcept
{
    return impl->parameters.isStrip(strip) ? impl->parameters.strips[static_cast<size_t>(strip)].gain->getDb() : silenceDb;
}

bool MixerProcessor::isStripMuted(int strip) const noexcept
{
    return impl->parameters.isStrip(strip) && impl->parameters.strips[static_cast<size_t>(strip)].mute->get();
}

bool MixerProcessor::isStripSoloed(int strip) const noexcept
{
    return impl->parameters.isStrip(strip) && impl->parameters.strips[static_cast<size_t>(strip)].solo->get();
}

uint64_t MixerProcessor::readSnapshot(MixerHeader& header, std::vector<StripRow>& rows) const
{
    return impl->snapshot.read(header, rows);
}

uint64_t MixerProcessor::renewSnapshot(MixerHeader& header, std::span<StripRow> rows, std::span<const size_t> places) const
{
    return impl->snapshot.renew(header, rows, places);
}

uint64_t MixerProcessor::snapshotNumber() const noexcept { return impl->snapshot.number(); }

// ---- audio region -------------------------------------------------------------------------------------------------------------

void MixerProcessor::Impl::takeCommands() noexcept
{
    // What is pushed while this runs waits for the next block, so that a busy control thread cannot hold the audio up.
    Entry entry;
    for (auto waiting = queue.size(); waiting > 0 && queue.pop(entry); --waiting)
    {
        if (entry.batch == nullptr)
            graph.execute(entry.command);
        else
            for (const auto& command : *entry.batch)
                graph.execute(command);
        ++taken;
        if (! done.push({ entry.command.id, entry.command.kind, header.samplePosition }))
            ++header.stampsLost;
    }
}

void MixerProcessor::process(const float* const* in, float* const* out, int frames, int64_t timeNs) noexcept
{
    if (frames <= 0)
        return;
    const ScopedThreadRole role(ThreadRole::audioRegion);
    const juce::ScopedNoDenormals noDenormals;
    const Handover<Attachments>::Access attached(impl->attachments);

    if (! impl->prepared.load(std::memory_order_acquire))
    {
        for (int leg = 0; out != nullptr && leg < impl->maxLegs; ++leg)
            if (out[leg] != nullptr)
                std::fill_n(out[leg], frames, 0.0f);
        return;
    }

    impl->takeCommands();
    impl->graph.readParameters();
    const auto all = static_cast<size_t>(frames);
    impl->graph.beginBlock(in, out, all);
    for (size_t offset = 0; offset < all;)
    {
        const auto piece = std::min(all - offset, impl->graph.maxFrames());
        impl->graph.processPiece(in, out, offset, piece, attached.get(), timeNs);
        offset += piece;
    }

    auto& header = impl->header;
    header.samplePosition += all;
    header.blockFrames = frames;
    header.commandsTaken = impl->taken;
    header.commandsRefused = impl->commandsRefused.load(std::memory_order_relaxed);
    impl->graph.fillHeader(header);
    impl->snapshot.publish(header, impl->graph.fillRows());
    impl->commandsTaken.store(impl->taken, std::memory_order_release);
}

// ---- juce::AudioProcessor -------------------------------------------------------------------------------------------------------

void MixerProcessor::prepareToPlay(double sampleRate, int maximumBlockFrames)
{
    impl->prepared.store(false, std::memory_order_release);
    if (! impl->graph.prepare(sampleRate, maximumBlockFrames))
        return;
    impl->header.samplePosition = 0;
    impl->header.sampleRateHz = sampleRate;
    impl->prepared.store(true, std::memory_order_release);
}

void MixerProcessor::releaseResources()
{
    impl->prepared.store(false, std::memory_order_release);
    const std::scoped_lock lock(impl->controlMutex);
    impl->freeWhatAudioLetGo();
}

void MixerProcessor::processBlock(juce::AudioBuffer<float>& buffer, juce::MidiBuffer&)
{
    // The buffer has as many channels as the larger of both buses; beyond a bus they hold nothing of ours.
    const auto* const* const reads = buffer.getArrayOfReadPointers();
    auto* const* const writes = buffer.getArrayOfWritePointers();
    const auto ins = std::min({ getTotalNumInputChannels(), buffer.getNumChannels(), impl->maxLegs });
    const auto outs = std::min({ getTotalNumOutputChannels(), buffer.getNumChannels(), impl->maxLegs });
    for (int leg = 0; leg < impl->maxLegs; ++leg)
    {
        const auto index = static_cast<size_t>(leg);
        impl->inputs[index] = leg < ins ? reads[leg] : nullptr;
        impl->outputs[index] = leg < outs ? writes[leg] : nullptr;
    }
    process(impl->inputs.data(), impl->outputs.data(), buffer.getNumSamples());
    for (int channel = outs; channel < buffer.getNumChannels(); ++channel)
        buffer.clear(channel, 0, buffer.getNumSamples());
}

void MixerProcessor::processBlockBypassed(juce::AudioBuffer<float>& buffer, juce::MidiBuffer&) { buffer.clear(); }

bool MixerProcessor::isBusesLayoutSupported(const BusesLayout& layouts) const
{
    const auto fits = [this](const juce::Array<juce::AudioChannelSet>& buses) {
        return buses.size() == 1 && buses[0].size() >= 1 && buses[0].size() <= impl->maxLegs;
    };
    return impl == nullptr || (fits(layouts.inputBuses) && fits(layouts.outputBuses));
}

// ---- state ------------------------------------------------------------------------------------------------------------------------

MixerState MixerProcessor::Impl::currentState() const
{
    auto state = known;
    state.masterInGainDb = parameters.masterIn->getDb();
    state.outputGainDb = parameters.output->getDb();
    state.dtmfOn = parameters.dtmfOn->get();
    for (size_t i = 0; i < state.strips.size(); ++i)
    {
        state.strips[i].gainDb = parameters.strips[i].gain->getDb();
        state.strips[i].muted = parameters.strips[i].mute->get();
        state.strips[i].soloed = parameters.strips[i].solo->get();
    }
    return state;
}

std::vector<MixerCommand> MixerProcessor::Impl::commandsTowards(const MixerState& wanted) const
{
    using Kind = MixerCommand::Kind;
    std::vector<MixerCommand> commands(1);
    commands.front().kind = Kind::setMode;
    commands.front().mode = wanted.mode;
    commands.front().funnelReturn = wanted.funnelReturn;

    const auto add = [&commands](Kind kind, int leg) -> MixerCommand& {
        auto& command = commands.emplace_back();
        command.kind = kind;
        command.leg = leg;
        return command;
    };
    for (int i = 0; i < maxLegs + houseStripCount; ++i)
    {
        const auto index = static_cast<size_t>(i);
        if (wanted.strips[index].role != known.strips[index].role && i < maxLegs)
            add(Kind::setLegRole, i).role = wanted.strips[index].role;
        if (wanted.strips[index].trimDb != known.strips[index].trimDb)
            add(Kind::setTrim, i).gainDb = wanted.strips[index].trimDb;
    }
    for (const auto& [place, gainDb] : known.cells)
        if (! wanted.cells.contains(place))
            add(Kind::clearCell, place.first).from = place.second;
    for (const auto& [place, gainDb] : wanted.cells)
    {
        const auto former = known.cells.find(place);
        if (former != known.cells.end() && former->second == gainDb)
            continue;
        auto& command = add(Kind::setCell, place.first);
        command.from = place.second;
        command.gainDb = gainDb;
    }
    return commands;
}

void MixerProcessor::Impl::setParameters(const MixerState& wanted)
{
    const auto setGain = [](GainParameter& parameter, double gainDb) {
        if (parameter.getDb() != gainDb)
            parameter.setDb(gainDb);
    };
    const auto setSwitch = [](juce::AudioParameterBool& parameter, bool on) {
        if (parameter.get() != on)
            parameter.setValueNotifyingHost(on ? 1.0f : 0.0f);
    };
    setGain(*parameters.masterIn, wanted.masterInGainDb);
    setGain(*parameters.output, wanted.outputGainDb);
    setSwitch(*parameters.dtmfOn, wanted.dtmfOn);
    for (size_t i = 0; i < wanted.strips.size(); ++i)
    {
        setGain(*parameters.strips[i].gain, wanted.strips[i].gainDb);
        setSwitch(*parameters.strips[i].mute, wanted.strips[i].muted);
        setSwitch(*parameters.strips[i].solo, wanted.strips[i].soloed);
    }
}

void MixerProcessor::getStateInformation(juce::MemoryBlock& destination)
{
    const auto text = [this] {
        const std::scoped_lock lock(impl->controlMutex);
        return impl->currentState();
    }().encode();
    destination.replaceAll(text.data(), text.size());
}

void MixerProcessor::setStateInformation(const void* data, int bytes)
{
    if (const auto restored = restoreState(data, static_cast<size_t>(std::max(bytes, 0))); ! restored)
        juce::Logger::writeToLog(restored.error().message());
}

Result<void> MixerProcessor::restoreState(const void* data, size_t bytes)
{
    auto wanted = MixerState::decode(data, bytes, impl->maxLegs);
    if (! wanted)
        return wanted.error();
    {
        const std::scoped_lock lock(impl->controlMutex);
        impl->freeWhatAudioLetGo();
        if (impl->pushBatch(impl->commandsTowards(wanted.value())) == 0)
            return Error { ExitCode::environment, "restore the mixer's state", "the command queue is full", "try again" };
    }
    impl->setParameters(wanted.value());  // outside the lock: hosts and listeners are told
    return {};
}

} // namespace mw
