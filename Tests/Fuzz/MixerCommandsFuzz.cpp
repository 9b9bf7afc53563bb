#include "Fuzz.h"

#include <mw_mixer/mw_mixer.h>

#include <array>
#include <cmath>
#include <limits>
#include <memory>

#ifdef MILLIWATT_FUZZER
    #include <sanitizer/allocator_interface.h>
#endif

namespace mw::fuzz
{
namespace
{

#ifdef MILLIWATT_FUZZER
void noteMemory() noexcept { MW_PROMISE(currentThreadRole() != ThreadRole::audioRegion); }

/** The audio region neither takes memory nor gives it back. In the replay Support's RealTimeGuard watches that, and more. */
const bool memoryIsWatched = __sanitizer_install_malloc_and_free_hooks([](auto*, size_t) { noteMemory(); }, [](auto*) { noteMemory(); }) != 0;
#endif

constexpr int legs = 5, strips = legs + houseStripCount, mostFrames = 480;

/** Repeats a few samples, among them what no sound may be. */
class WildSource final : public BlockSource
{
public:
    explicit WildSource(float sampleToPlay) : sample(sampleToPlay) {}
    void render(std::span<float> block, int64_t) noexcept override
    {
        for (auto& each : block)
            each = sample;
    }
    [[nodiscard]] bool isFinished() const noexcept override { return false; }

private:
    const float sample;
};

/** Any parameters, commands, taps, players and block lengths into one mixer. */
class MixerCommandsTarget final : public Target
{
public:
    void run(std::span<const uint8_t> input) override
    {
        Bytes bytes(input);
        MixerProcessor::Config config;
        config.maxLegs = legs;
        config.commandQueueLength = 32;
        config.gainRampMs = static_cast<double>(bytes.octet() % 64) / 2.0;
        constexpr std::array rates { 8000.0, 16000.0, 44100.0, 48000.0 };
        const auto setUp = bytes.octet();
        preparedFrames = 1 + setUp % 160;
        rateHz = rates[setUp >> 6];
        mixer = std::make_unique<MixerProcessor>(config);
        mixer->prepareToPlay(rateHz, preparedFrames);
        last = {};
        refusedByUs = 0;
        samplesDone = 0;

        for (int operations = 0; ! bytes.isEmpty() && operations < 80; ++operations)
            operate(bytes);
        process(1, 0);
        mixer.reset();
    }

private:
    /** Gains around every border, and what is none. */
    static double gainFrom(Bytes& bytes)
    {
        constexpr std::array special { 0.0, minGainDb, maxGainDb, minGainDb - 0.001, maxGainDb + 0.001, silenceDb, 1e300, -1e300 };
        const auto octet = bytes.octet();
        if (octet < special.size())
            return special[octet];
        return octet == 8 ? std::numeric_limits<double>::quiet_NaN() : octet == 9 ? std::numeric_limits<double>::infinity()
                                                                                   : static_cast<double>(octet) / 3.0 - 62.0;
    }

    static int stripFrom(Bytes& bytes) { return bytes.below(strips + 3) - 1; }

    static DtmfSettings dtmfFrom(Bytes& bytes)
    {
        DtmfSettings settings;
        const auto length = static_cast<size_t>(bytes.octet() % 12);
        if (const auto parsed = DtmfSequence::parse(textOf(bytes.take(length))); parsed)
            settings.sequence = parsed.value();
        settings.onMs = bytes.octet();
        settings.offMs = bytes.octet();
        settings.gapMs = bytes.octet() * 4;
        settings.lowDbm0 = 1.0 - bytes.octet() / 4.0;
        settings.twistDb = bytes.octet() / 6.0 - 21.0;
        settings.loop = (bytes.octet() & 1) != 0;
        return settings;
    }

    static MixerCommand commandFrom(Bytes& bytes)
    {
        MixerCommand command;
        command.kind = static_cast<MixerCommand::Kind>(bytes.below(static_cast<int>(MixerCommand::Kind::releaseDtmf) + 1));
        const auto flags = bytes.octet();
        command.active = (flags & 1) == 0;
        command.funnelReturn = (flags & 2) != 0;
        command.role = (flags & 4) != 0 ? LegRole::sink : LegRole::source;
        command.mode = static_cast<MixMode>((flags >> 3) % 3);
        command.leg = stripFrom(bytes);
        command.from = stripFrom(bytes);
        command.gainDb = gainFrom(bytes);
        if (command.kind == MixerCommand::Kind::playDtmf)
            command.dtmf = dtmfFrom(bytes);
        if (command.kind == MixerCommand::Kind::setTone)
        {
            command.frequencyHz = bytes.u16();
            command.levelDbm0 = gainFrom(bytes);
        }
        return command;
    }

    void note(bool accepted) { refusedByUs += accepted ? 0 : 1; }

    void operate(Bytes& bytes)
    {
        switch (bytes.below(16))
        {
            case 0: mixer->setMasterInGainDb(gainFrom(bytes)); break;
            case 1: mixer->setDtmfGainDb(gainFrom(bytes)); break;
            case 2: mixer->setOutputGainDb(gainFrom(bytes)); break;
            case 3: mixer->setDtmfOn((bytes.octet() & 1) != 0); break;
            case 4: setStrip(bytes); break;
            case 5: case 6: case 7: note(mixer->post(commandFrom(bytes)) != 0); break;
            case 8: postSeveral(bytes); break;
            case 9: takeDone(); break;
            case 10: setPlayer(bytes); break;
            case 11: setTap(bytes); break;
            case 12: keepState(); break;
            case 13: prepareAgain(bytes); break;
            default:
            {
                const auto frames = 1 + bytes.u16() % mostFrames;
                process(frames, bytes.octet());
            }
        }
    }

    void setStrip(Bytes& bytes)
    {
        const auto strip = bytes.below(strips);
        mixer->setStripGainDb(strip, gainFrom(bytes));
        const auto flags = bytes.octet();
        mixer->setStripMuted(strip, (flags & 1) != 0);
        mixer->setStripSoloed(strip, (flags & 2) != 0);
        const auto gainDb = mixer->stripGainDb(strip);
        MW_PROMISE(gainDb == silenceDb || (gainDb >= minGainDb && gainDb <= maxGainDb));
    }

    void postSeveral(Bytes& bytes)
    {
        std::vector<MixerCommand> commands;
        for (auto count = bytes.below(6); count > 0; --count)
            commands.push_back(commandFrom(bytes));
        mixer->postAll(std::move(commands));
    }

    void takeDone()
    {
        uint64_t lastPosition = 0;
        for (const auto& done : mixer->takeDone())
        {
            MW_PROMISE(done.id != 0 && done.samplePosition >= lastPosition);
            lastPosition = done.samplePosition;
        }
    }

    void setPlayer(Bytes& bytes)
    {
        constexpr std::array samples { 0.25f, 1.0f, -1e9f, std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity() };
        const auto choice = static_cast<size_t>(bytes.octet()) % (samples.size() + 1);
        mixer->setPlayer(choice < samples.size() ? std::make_shared<WildSource>(samples[choice]) : nullptr);
    }

    void setTap(Bytes& bytes)
    {
        TapPoint point;
        point.kind = static_cast<TapPoint::Kind>(bytes.below(3));
        point.leg = bytes.below(legs);
        mixer->setTap(point, (bytes.octet() & 1) != 0 ? std::make_shared<SampleFifo>(1024) : nullptr);
    }

    /** What was saved can be restored, and is then saved the same. */
    void keepState()
    {
        juce::MemoryBlock saved, again;
        mixer->getStateInformation(saved);
        if (! mixer->restoreState(saved.getData(), saved.getSize()))
            return;  // no place in the queue
        mixer->getStateInformation(again);
        MW_PROMISE(saved == again);
    }

    void prepareAgain(Bytes& bytes)
    {
        preparedFrames = 1 + bytes.octet() % 160;
        takeDone();  // positions begin anew
        mixer->releaseResources();
        mixer->prepareToPlay(rateHz, preparedFrames);
        samplesDone = 0;
        last = {};
    }

    static float sampleFor(int style, int leg, int frame)
    {
        switch (style & 7)
        {
            case 0: return 0.0f;
            case 1: return 1.0f;
            case 2: return (frame & 1) != 0 ? -1.0f : 1.0f;
            case 3: return 1e30f;
            case 4: return frame == leg ? std::numeric_limits<float>::quiet_NaN() : 0.1f;
            case 5: return frame == leg ? -std::numeric_limits<float>::infinity() : 1e-40f;
            default: return static_cast<float>((frame * 37 + leg * 11 + style) % 201 - 100) / 101.0f;
        }
    }

    void process(int frames, int style)
    {
        std::array<const float*, legs> in {};
        std::array<float*, legs> out {};
        const auto inPlace = (style & 0x40) != 0;
        for (int leg = 0; leg < legs; ++leg)
        {
            auto& channel = heard[static_cast<size_t>(leg)];
            auto& source = inPlace ? channel : said[static_cast<size_t>(leg)];
            for (int i = 0; i < frames; ++i)
                source[static_cast<size_t>(i)] = sampleFor(style, leg, i);
            if (! inPlace)
                channel.fill(9.0f);
            in[static_cast<size_t>(leg)] = (style & 0x80) != 0 && leg == 1 ? nullptr : source.data();
            out[static_cast<size_t>(leg)] = channel.data();
        }
        mixer->process(in.data(), out.data(), frames);
        samplesDone += static_cast<uint64_t>(frames);

        for (const auto& channel : heard)
            for (int i = 0; i < frames; ++i)
                MW_PROMISE(std::isfinite(channel[static_cast<size_t>(i)]) && std::abs(channel[static_cast<size_t>(i)]) <= 1.0f);
        checkSnapshot();
    }

    void checkSnapshot()
    {
        MixerHeader now;
        MW_PROMISE(mixer->readSnapshot(now, rows) != 0);
        MW_PROMISE(now.samplePosition == samplesDone);
        MW_PROMISE(now.activeLegs >= 0 && now.activeLegs <= legs);
        MW_PROMISE(rows.size() == static_cast<size_t>(now.activeLegs + houseStripCount));
        MW_PROMISE(now.commandsRefused >= last.commandsRefused && now.commandsTaken >= last.commandsTaken);
        MW_PROMISE(now.dtmfDigitsPlayed >= last.dtmfDigitsPlayed && now.nonFiniteInputs >= last.nonFiniteInputs);
        MW_PROMISE(now.masterLimitedSamples >= last.masterLimitedSamples && now.stampsLost >= last.stampsLost);
        MW_PROMISE(std::isfinite(now.master.rms) && std::isfinite(now.master.peak) && now.master.peakHold >= 0.0f);
        for (const auto& row : rows)
            MW_PROMISE(std::isfinite(row.in.rms) && std::isfinite(row.in.peak) && std::isfinite(row.out.rms)
                       && row.out.peak <= 1.0f && ! std::isnan(row.gainDb));
        last = now;
    }

    std::unique_ptr<MixerProcessor> mixer;
    int preparedFrames = 1;
    double rateHz = 8000.0;
    uint64_t samplesDone = 0, refusedByUs = 0;
    MixerHeader last;
    std::vector<StripRow> rows;
    std::array<std::array<float, mostFrames>, legs> said {}, heard {};
};

const Registration<MixerCommandsTarget> registrationMixerCommands("MixerCommands");

} // namespace
} // namespace mw::fuzz
