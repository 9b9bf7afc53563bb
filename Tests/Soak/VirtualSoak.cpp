#include "VirtualSoak.h"

#include <Support/ProcessMemory.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace mw::test
{

namespace
{
constexpr int64_t tickNs = 20'000'000;
constexpr int ticksPerSecond = 50;
constexpr double settleMarginS = 60.0;
constexpr const char* dtmfDigits = "159D";
constexpr int dtmfMs = 100;
constexpr size_t dtmfTicks = 60;  ///< four digits of 200 ms, and what comes before and after

/** 64 bits of everything, in order: eight octets at a time through a multiplication and a rotation. */
class Digest
{
public:
    void add(std::span<const uint8_t> octets) noexcept
    {
        size_t at = 0;
        for (; at + sizeof(uint64_t) <= octets.size(); at += sizeof(uint64_t))
        {
            uint64_t word = 0;
            std::memcpy(&word, octets.data() + at, sizeof word);
            add(word);
        }
        for (; at < octets.size(); ++at)
            add(uint64_t { octets[at] });
    }
    void add(uint64_t word) noexcept { state = std::rotl((state ^ word) * 0x9e3779b97f4a7c15u, 29) + 0x7f4a7c15u; }
    void add(double value) noexcept { add(std::bit_cast<uint64_t>(value)); }
    [[nodiscard]] uint64_t value() const noexcept { return state; }

private:
    uint64_t state = 0x6d696c6c69776174u;
};

void addCounters(Digest& digest, const PlayoutStats& in, const SendStats& out)
{
    for (const auto count : { in.packets, in.octets, in.lost, in.late, in.duplicate, in.reordered, in.concealedFrames, in.concealedSamples,
                              in.underruns, in.pauses, in.trims, in.trimmedPackets, in.shrinks, in.ringOverruns, in.storeOverruns,
                              in.wrongPayloadType, in.undecodable, in.ssrcChanges, in.resyncs, in.resamplings, out.packets, out.octets,
                              out.clippedSamples, out.silentPackets, out.heldPackets, out.encodeFailures, out.ringOverruns })
        digest.add(count);
    for (const auto value : { in.depthMs, in.targetMs, in.jitterMs, in.packetMs, in.driftPpm, in.ratioPpm })
        digest.add(value);
}
} // namespace

uint64_t VirtualSoak::Row::droppedOrDoubled() const
{
    return (after.late - before.late) + (after.underruns - before.underruns) + (after.trims - before.trims) + (after.shrinks - before.shrinks)
         + (after.trimmedPackets - before.trimmedPackets) + (after.resyncs - before.resyncs) + (after.pauses - before.pauses) + heard.steps;
}

struct VirtualSoak::Impl
{
    struct Leg
    {
        LegId id = 0;
        Row row;
        std::unique_ptr<PeerToneEar> ear;
        double ratioErrors = 0.0, formerRatioPpm = 0.0;
        uint64_t seconds = 0;
        bool figuresBegun = false;
        uint64_t droppedBefore = 0;
        uint32_t nextTimestamp = 0;
    };

    explicit Impl(Options optionsToUse)
        : options(std::move(optionsToUse)), factory(factoryConfig()), engine(engineConfig(), factory), legs(options.driftsPpm.size())
    {
    }

    [[nodiscard]] FakeLegFactory::Config factoryConfig() const
    {
        FakeLegFactory::Config config;
        config.clock = clock;
        config.port.engineRateHz = 8000;
        config.port.maxBlockFrames = 160;
        config.port.playout.depthMs = options.depthMs;
        config.port.playout.correctDrift = options.correctDrift;
        config.port.firstTimestamp = firstTimestamp;
        config.firstSequence = 65000;
        config.firstTimestamp = firstTimestamp;
        return config;
    }

    [[nodiscard]] Engine::Config engineConfig() const
    {
        Engine::Config config;
        config.sampleRateHz = 8000;
        config.mixer.maxLegs = static_cast<int>(options.driftsPpm.size()) + 1;
        config.runMediaThread = false;
        config.realtimePriority = false;
        config.clock = clock;
        return config;
    }

    bool start()
    {
        if (! engine.start())
            return false;
        const auto listenerChannel = static_cast<int>(legs.size());
        std::vector<MixerCommand> commands(1);
        commands.front().kind = MixerCommand::Kind::setMode;
        commands.front().mode = MixMode::matrix;
        for (int channel = 0; channel <= listenerChannel; ++channel)
        {
            MixerCommand cell;
            cell.kind = MixerCommand::Kind::setCell;
            cell.leg = channel;
            cell.from = channel == listenerChannel ? listenerChannel + 1 : channel;  // the house's first strip: DTMF
            commands.push_back(cell);
        }
        if (engine.mixer().postAll(std::move(commands)) == 0)
            return false;

        clock->advanceNs(tickNs / 2);
        voiceStartNs = clock->nowNs();
        for (size_t i = 0; i < legs.size(); ++i)
        {
            auto& leg = legs[i];
            leg.row.driftPpm = options.driftsPpm[i];
            leg.ear = std::make_unique<PeerToneEar>(leg.row.driftPpm);
            leg.nextTimestamp = firstTimestamp;
            leg.id = factory.ring("sip:peer" + std::to_string(i) + "@example.com");
            engine.handleEvents();
            FakeNetwork network;
            network.driftPpm = leg.row.driftPpm;
            network.lossShare = options.lossShare;
            network.jitterMs = options.jitterMs;
            network.seed = options.seed * 1000 + i;
            factory.setVoice(leg.id, PeerTone::speak, network);
            factory.setEar(leg.id, [this, &leg](const SendPacket& packet) { hear(leg, packet); });
        }
        listener = factory.ring("sip:listener@example.com");
        engine.handleEvents();  // it rings, and is answered
        engine.handleEvents();  // it has media
        factory.setEar(listener, [this](const SendPacket& packet) {
            digest.add(packet.payload);
            if (recording != nullptr)
                recording->octets.insert(recording->octets.end(), packet.payload.begin(), packet.payload.end());
        });
        // The tick falls 7 ms after the packets of a peer without drift.
        clock->advanceNs(7'000'000);
        return true;
    }

    void hear(Leg& leg, const SendPacket& packet)
    {
        digest.add(packet.payload);
        auto& row = leg.row;
        if (row.sentPackets > 0 && packet.timestamp != leg.nextTimestamp)
            ++row.sentTimestampFaults;
        leg.nextTimestamp = packet.timestamp + static_cast<uint32_t>(packet.payload.size());
        if (leg.nextTimestamp < packet.timestamp)
            ++row.sentTimestampWraps;
        ++row.sentPackets;
        leg.ear->hear(packet.payload, static_cast<double>(heardTickNs - voiceStartNs) * 1.0e-9);
    }

    void tick()
    {
        factory.pump();
        engine.runTick();
        heardTickNs = clock->nowNs();
        clock->advanceNs(tickNs);
        ++tickCount;
    }

    [[nodiscard]] PlayoutStats statsOf(const Leg& leg) const { return factory.port(leg.id)->mediaStats().playout; }

    void everySecond(double seconds)
    {
        for (auto& leg : legs)
        {
            const auto stats = statsOf(leg);
            auto& row = leg.row;
            const bool settled = row.driftPpm == 0.0 ? leg.ear->delayMs().has_value() : stats.settled;
            if (row.settledAfterS < 0.0)
            {
                if (settled)
                    row.settledAfterS = seconds;
                continue;
            }
            if (! leg.figuresBegun)
            {
                if (seconds < row.settledAfterS + settleMarginS)
                    continue;
                leg.figuresBegun = true;
                row.before = stats;
                leg.ear->beginFigures();
                leg.droppedBefore = factory.packetsDropped(leg.id);
                leg.formerRatioPpm = stats.ratioPpm;
                continue;
            }
            const auto error = stats.ratioPpm - row.driftPpm;
            leg.ratioErrors += error;
            ++leg.seconds;
            row.greatestRatioErrorPpm = std::max(row.greatestRatioErrorPpm, std::abs(error));
            row.greatestSlewPpm = std::max(row.greatestSlewPpm, std::abs(stats.ratioPpm - leg.formerRatioPpm));
            leg.formerRatioPpm = stats.ratioPpm;
        }
    }

    void playDigits(Dtmf& dtmf)
    {
        MixerCommand command;
        command.kind = MixerCommand::Kind::playDtmf;
        command.dtmf.sequence = DtmfSequence::parse(dtmfDigits).value();
        command.dtmf.onMs = command.dtmf.offMs = dtmfMs;
        engine.mixer().post(command);
        tick();  // the packet of the block before is collected here
        recording = &dtmf;
        for (size_t i = 0; i < dtmfTicks; ++i)
            tick();
        recording = nullptr;
        measure(dtmf);
    }

    static void measure(Dtmf& dtmf)
    {
        DtmfReceiver receiver;
        if (! receiver.prepare(8000.0))
            return;
        std::vector<float> samples(dtmf.octets.size());
        std::ranges::transform(dtmf.octets, samples.begin(), [](uint8_t octet) {
            return static_cast<float>(FakePcmuCodec::decodeSample(octet)) / 32768.0f;
        });
        receiver.process(samples);
        receiver.flush();
        dtmf.shortestMs = 1.0e9;
        DtmfDetection detection;
        while (receiver.take(detection))
        {
            dtmf.digits += detection.digit;
            const auto ms = static_cast<double>(detection.endSample - detection.startSample) / 8.0;
            dtmf.hz.push_back(detection.lowHz);
            dtmf.hz.push_back(detection.highHz);
            dtmf.shortestMs = std::min(dtmf.shortestMs, ms);
            dtmf.longestMs = std::max(dtmf.longestMs, ms);
        }
    }

    [[nodiscard]] Result run()
    {
        Result result;
        if (! start())
            return result;
        const auto seconds = static_cast<int64_t>(options.seconds);
        for (int64_t second = 1; second <= seconds; ++second)
        {
            if (second == 5)
                playDigits(result.first);
            else if (second == seconds - 2)
                playDigits(result.last);
            for (int i = 0; i < ticksPerSecond; ++i)
                tick();
            everySecond(static_cast<double>(tickCount) / ticksPerSecond);
            if (second == std::max<int64_t>(1, seconds / 10))
            {
                result.heapEarly = heapInUse();
                result.residentEarly = residentBytes();
            }
            if (second % 3600 == 0 && options.progress)
                options.progress(static_cast<double>(second));
        }
        factory.pump();
        result.heapLate = heapInUse();
        result.residentLate = residentBytes();
        finish(result);
        engine.stop();
        return result;
    }

    void finish(Result& result)
    {
        for (auto& leg : legs)
        {
            auto& row = leg.row;
            const auto stats = factory.port(leg.id)->mediaStats();
            row.after = stats.playout;
            row.heard = leg.ear->figures();
            row.lastDelayMs = leg.ear->delayMs().value_or(0.0);
            row.meanRatioErrorPpm = leg.seconds > 0 ? leg.ratioErrors / static_cast<double>(leg.seconds) : 0.0;
            row.droppedByNetwork = factory.packetsDropped(leg.id) - leg.droppedBefore;
            const auto spoken = factory.packetsSpoken(leg.id);
            row.sequenceWraps = (spoken + 65000) / 65536;
            row.timestampWraps = (spoken * 160 + firstTimestamp) >> 32;
            addCounters(digest, stats.playout, stats.send);
            result.rows.push_back(row);
        }
        const auto snapshot = engine.snapshot();
        result.ticks = tickCount;
        result.lateTicks = snapshot.ticks.lateTicks;
        result.commandsRefused = snapshot.mixer.commandsRefused;
        digest.add(snapshot.mixer.samplePosition);
        result.hash = digest.value();
    }

    static constexpr uint32_t firstTimestamp = 0u - 160u * 500u;  ///< ten seconds below 2^32

    Options options;
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>();
    FakeLegFactory factory;
    Engine engine;
    std::vector<Leg> legs;
    LegId listener = 0;
    int64_t voiceStartNs = 0, heardTickNs = 0;
    uint64_t tickCount = 0;
    Digest digest;
    Dtmf* recording = nullptr;
};

VirtualSoak::VirtualSoak(Options options) : impl(std::make_unique<Impl>(std::move(options))) {}
VirtualSoak::~VirtualSoak() = default;

VirtualSoak::Result VirtualSoak::run() { return impl->run(); }

std::vector<std::string> VirtualSoak::Result::faults() const
{
    std::vector<std::string> found;
    const auto require = [&found](bool holds, const std::string& what) {
        if (! holds)
            found.push_back(what);
    };
    require(! rows.empty(), "the engine did not start");
    for (const auto& row : rows)
    {
        const auto leg = std::to_string(static_cast<int>(row.driftPpm)) + " ppm: ";
        require(row.settledAfterS >= 0.0 && row.settledAfterS <= 240.0, leg + "not settled after 240 s");
        require(row.heard.marks > 0 && row.heard.markErrorMs < 1.2, leg + "the delay by the marks is not that by the phase");
        require(row.droppedOrDoubled() == 0, leg + std::to_string(row.droppedOrDoubled()) + " frames dropped or doubled");
        require(row.after.lost - row.before.lost == row.droppedByNetwork
                    || row.after.lost - row.before.lost + 1 == row.droppedByNetwork || row.after.lost - row.before.lost == row.droppedByNetwork + 1,
                leg + "lost is not what the network dropped");
        require(row.heard.mostMs - row.heard.leastMs < 2.0, leg + "the delay wanders by 2 ms or more");
        require(row.heard.silent == 0, leg + "a gap can be heard");
        require(row.greatestSlewPpm <= 2.01, leg + "the pitch moves by more than 2 ppm a second");
        require(std::abs(row.meanRatioErrorPpm) < 1.0, leg + "the mean ratio is not that of the clocks");
        require(row.after.resamplings == (row.driftPpm == 0.0 ? 0u : 1u), leg + "engaged " + std::to_string(row.after.resamplings) + " times");
        require(row.sentTimestampFaults == 0 && row.sentTimestampWraps >= 1, leg + "the timestamps that are sent do not go on across 2^32");
        require(row.timestampWraps >= 1 && row.sequenceWraps >= 1, leg + "no wrap was crossed");
    }
    require(first.digits == dtmfDigits && last.digits == dtmfDigits, "the digits heard were " + first.digits + " and " + last.digits);
    static constexpr std::array<double, 8> dtmfHz { 697, 1209, 770, 1336, 852, 1477, 941, 1633 };
    for (const auto* heard : { &first, &last })
    {
        require(heard->hz.size() == dtmfHz.size(), "not every digit was measured");
        for (size_t i = 0; i < std::min(dtmfHz.size(), heard->hz.size()); ++i)
            require(std::abs(heard->hz[i] - dtmfHz[i]) < 1.0e-3 * dtmfHz[i], "a digit has " + std::to_string(heard->hz[i]) + " Hz");
        // Measured where it passes half its amplitude: the edges are ramps of some ms.
        require(heard->shortestMs > dtmfMs - 3.0 && heard->longestMs < dtmfMs + 1.0, "a digit is not 100 ms long");
    }
    require(first.octets == last.octets, "the digits at the end are not those of the beginning, octet by octet");
    require(lateTicks == 0 && commandsRefused == 0, "late ticks or refused commands");
    require(heapLate <= heapEarly + 65536, "the heap grew by " + std::to_string(heapLate - heapEarly) + " octets");
    require(residentLate <= residentEarly + (size_t { 4 } << 20), "resident memory grew by " + std::to_string(residentLate - residentEarly) + " octets");
    return found;
}

} // namespace mw::test
