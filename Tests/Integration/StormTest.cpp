#include "SupportBench.h"
#include "SupportSipp.h"
#include "SupportWatchdog.h"

#include <mw_lab/mw_lab.h>
#include <mw_lab/record/Recorder.h>
#include <mw_sip/mw_sip.h>

#include <array>
#include <cstdlib>
#include <deque>
#include <future>
#include <map>
#include <random>
#include <thread>

using namespace std::chrono_literals;
using namespace mw;

namespace
{

constexpr int maxLegs = 64;

/** Operations of a storm; the number of each is told at its end. */
enum class Op { dial, answer, reject, hangUp, hold, resume, stripGain, masterGain, mute, solo, mixerDigits, legDigits, mode, role, cell,
                trim, tone, resetMeters, recordStart, recordStop, snapshot, count };

constexpr std::array<const char*, static_cast<size_t>(Op::count)> opNames {
    "dial", "answer", "reject", "hangUp", "hold", "resume", "stripGain", "masterGain", "mute", "solo", "mixerDigits", "legDigits",
    "mode", "role", "cell", "trim", "tone", "resetMeters", "recordStart", "recordStop", "snapshot" };

constexpr std::array<double, static_cast<size_t>(Op::count)> opWeights {
    20, 25, 2, 7, 6, 6, 12, 4, 6, 6, 4, 4, 2, 3, 6, 4, 2, 2, 1.5, 1.5, 5 };

/** An engine on the real SIP stack, and a generator of what is done to it. Everything follows from the seed but the network's
    timing. */
class Storm
{
public:
    Storm(uint64_t seedToUse, std::filesystem::path folderToUse, std::vector<std::string> peers, Watchdog& watchdog)
        : random(seedToUse), folder(std::move(folderToUse)), uris(std::move(peers)), steps(watchdog.sign("the control loop")),
          ticks(watchdog.sign("the media thread's ticks")), events(watchdog.sign("events from the sip thread")),
          factory(makeSipStack(sipConfig())), engine(engineConfig(), *factory), background(Background::Mode::ownThread)
    {
        engine.addListener([this](const LegEvent& event, const CallInfo&) {
            ++events;
            ++seen[event.kind];
        });
    }

    Result<void> start() { return engine.start(); }

    [[nodiscard]] uint16_t sipPort() const
    {
        const auto uri = engine.localUri();
        return static_cast<uint16_t>(std::stoi(uri.substr(uri.rfind(':') + 1)));
    }

    /** One operation, chosen by chance and by how full the engine is, and the events that came. */
    void step()
    {
        engine.handleEvents();
        std::discrete_distribution<size_t> choose(opWeights.begin(), opWeights.end());
        auto op = static_cast<Op>(choose(random));
        const auto calls = openCalls();
        // Near the limit no more are dialled than hang up; so most of the time most legs are in use.
        if (op == Op::dial && calls.size() + 4 > maxLegs && upTo(8) != 0)
            op = Op::hangUp;
        if (calls.size() < maxLegs / 2 && op == Op::hangUp && upTo(4) != 0)
            op = Op::dial;
        if (perform(op, calls))
            ++done[static_cast<size_t>(op)];
        ticks = engine.snapshot().ticks.ticks;
        ++steps;
        mostCalls = std::max(mostCalls, openCalls().size());
    }

    void stop()
    {
        stopRecording();
        engine.stop();
    }

    [[nodiscard]] std::string report() const
    {
        std::string text;
        uint64_t all = 0;
        for (size_t op = 0; op < done.size(); ++op)
        {
            text += (op == 0 ? "" : ", ") + std::string(opNames[op]) + " " + std::to_string(done[op]);
            all += done[op];
        }
        const auto snapshot = engine.snapshot();
        return std::to_string(all) + " operations (" + text + "); " + std::to_string(snapshot.callsTotal) + " calls, "
             + std::to_string(snapshot.callsFailed) + " failed, " + std::to_string(snapshot.legsRefused) + " refused, "
             + std::to_string(mostCalls) + " at once at most, " + std::to_string(count(LegEvent::Kind::established)) + " established; "
             + std::to_string(snapshot.ticks.ticks) + " ticks, " + std::to_string(snapshot.ticks.lateTicks) + " late";
    }

    [[nodiscard]] std::string lastOperations() const
    {
        std::string text;
        for (const auto& line : history)
            text += line + "\n";
        return text;
    }

    [[nodiscard]] uint64_t count(LegEvent::Kind kind) const
    {
        const auto found = seen.find(kind);
        return found == seen.end() ? 0 : found->second;
    }
    [[nodiscard]] uint64_t count(Op op) const { return done[static_cast<size_t>(op)]; }
    [[nodiscard]] EngineSnapshot snapshot() const { return engine.snapshot(); }

private:
    static SipConfig sipConfig()
    {
        SipConfig config;
        config.listen = "127.0.0.1:0";
        config.rtpPortMin = ports::freeBlock(ListeningProgram::rtpPortCount * 2);
        config.rtpPortMax = config.rtpPortMin + ListeningProgram::rtpPortCount * 2 - 1;
        config.codecs = { "PCMU", "PCMA", "G722", "L16" };
        config.maxLegs = maxLegs;
        config.rtpTimeoutMs = 3000;
        config.answerTimeoutMs = 5000;
        config.port.engineRateHz = 8000;
        config.port.maxBlockFrames = 160;
        return config;
    }

    static Engine::Config engineConfig()
    {
        Engine::Config config;
        config.sampleRateHz = 8000;
        config.mixer.maxLegs = maxLegs;
        config.answerAutomatically = false;
        config.closedCallsKept = 100;
        return config;
    }

    [[nodiscard]] int upTo(int last) { return std::uniform_int_distribution<int>(0, last)(random); }
    [[nodiscard]] double gain() { return upTo(15) == 0 ? silenceDb : std::uniform_real_distribution<double>(-60.0, 20.0)(random); }
    [[nodiscard]] std::vector<CallInfo> openCalls() const
    {
        auto calls = engine.calls();
        std::erase_if(calls, [](const CallInfo& call) { return call.state == CallState::closed; });
        return calls;
    }

    void note(Op op, LegId leg)
    {
        history.push_back(std::string(opNames[static_cast<size_t>(op)]) + " " + std::to_string(leg));
        if (history.size() > 60)
            history.pop_front();
    }

    [[nodiscard]] DtmfSequence digits()
    {
        static constexpr std::string_view all = "0123456789*#ABCD";
        std::string text;
        for (int i = upTo(12); i >= 0; --i)
            text += all[static_cast<size_t>(upTo(15))];
        return DtmfSequence::parse(text).value();
    }

    bool perform(Op op, const std::vector<CallInfo>& calls)
    {
        const auto pick = [&](auto fits) -> const CallInfo* {
            std::vector<const CallInfo*> fitting;
            for (const auto& call : calls)
                if (fits(call))
                    fitting.push_back(&call);
            return fitting.empty() ? nullptr : fitting[static_cast<size_t>(upTo(static_cast<int>(fitting.size()) - 1))];
        };
        const auto any = [](const CallInfo&) { return true; };
        const auto rings = [](const CallInfo& call) { return call.state == CallState::incoming; };
        const auto talks = [](const CallInfo& call) { return call.state == CallState::established || call.state == CallState::held; };

        switch (op)
        {
            case Op::answer: return withCall(op, pick(rings), [this](LegId leg) { engine.answer(leg); });
            case Op::reject: return withCall(op, pick(rings), [this](LegId leg) { engine.reject(leg, upTo(1) == 0 ? 486 : 603, "storm"); });
            case Op::hangUp: return withCall(op, pick(any), [this](LegId leg) { engine.hangUp(leg); });
            case Op::hold:
            case Op::resume: return withCall(op, pick(talks), [this, op](LegId leg) { engine.hold(leg, op == Op::hold); });
            case Op::legDigits:
                return withCall(op, pick(talks), [this](LegId leg) {
                    engine.sendDtmf(leg, digits(), upTo(1) == 0 ? DtmfMethod::telephoneEvent : DtmfMethod::sipInfo, 40 + upTo(100), 40 + upTo(100));
                });
            case Op::dial:
                note(op, 0);
                return engine.dial(uris[static_cast<size_t>(upTo(static_cast<int>(uris.size()) - 1))], upTo(1) == 0 ? "sink" : "dial").ok();
            case Op::recordStart: return startRecording();
            case Op::recordStop: return stopRecording();
            case Op::snapshot: return juce::JSON::toString(toJson(engine.snapshot()), true).length() > 2;
            default: return performOnMixer(op);
        }
    }

    template <typename Work>
    bool withCall(Op op, const CallInfo* call, Work work)
    {
        if (call == nullptr)
            return false;
        note(op, call->leg);
        work(call->leg);
        return true;
    }

    bool performOnMixer(Op op)
    {
        auto& mixer = engine.mixer();
        const auto strip = upTo(maxLegs + houseStripCount - 1), leg = upTo(maxLegs - 1);
        note(op, static_cast<LegId>(strip));
        MixerCommand command;
        command.leg = leg;
        command.gainDb = gain();
        switch (op)
        {
            case Op::stripGain: return mixer.setStripGainDb(strip, gain());
            case Op::masterGain:
                return upTo(2) == 0 ? mixer.setMasterInGainDb(gain()) : upTo(1) == 0 ? mixer.setDtmfGainDb(gain()) : mixer.setOutputGainDb(gain());
            case Op::mute: mixer.setStripMuted(strip, upTo(1) == 0); return true;
            case Op::solo: mixer.setStripSoloed(strip, upTo(3) == 0); return true;
            case Op::mixerDigits:
                command.kind = MixerCommand::Kind::playDtmf;
                command.dtmf.sequence = digits();
                command.dtmf.onMs = 10 + upTo(200);
                command.dtmf.offMs = 10 + upTo(200);
                command.dtmf.loop = upTo(1) == 0;
                break;
            case Op::mode:
                command.kind = MixerCommand::Kind::setMode;
                command.mode = static_cast<MixMode>(upTo(2));
                command.funnelReturn = upTo(1) == 0;
                break;
            case Op::role:
                command.kind = MixerCommand::Kind::setLegRole;
                command.role = upTo(3) == 0 ? LegRole::sink : LegRole::source;
                break;
            case Op::cell:
                command.kind = upTo(2) == 0 ? MixerCommand::Kind::clearCell : MixerCommand::Kind::setCell;
                command.from = strip;
                break;
            case Op::trim: command.kind = MixerCommand::Kind::setTrim; break;
            case Op::tone:
                command.kind = MixerCommand::Kind::setTone;
                command.frequencyHz = 200.0 + upTo(3000);
                command.levelDbm0 = -40.0 + upTo(30);
                break;
            default: command.kind = MixerCommand::Kind::resetMeters; break;
        }
        return engine.command(command).ok();
    }

    bool startRecording()
    {
        if (recorder != nullptr)
            return false;
        auto made = Recorder::create(juce::File((folder / ("storm" + std::to_string(recordings++ % 4) + ".wav")).string()), 8000, background);
        if (! made)
            return false;
        recorder = std::move(made.value());
        const auto kind = static_cast<TapPoint::Kind>(upTo(2));
        tap = { kind, kind == TapPoint::Kind::mix ? 0 : upTo(maxLegs - 1) };
        engine.mixer().setTap(tap, recorder->fifo());
        return true;
    }

    bool stopRecording()
    {
        if (recorder == nullptr)
            return false;
        engine.mixer().setTap(tap, nullptr);
        recorder->finish();
        EXPECT_FALSE(recorder->error().has_value());
        recorder.reset();
        return true;
    }

    std::mt19937_64 random;
    const std::filesystem::path folder;
    const std::vector<std::string> uris;
    std::atomic<uint64_t>&steps, &ticks, &events;
    std::unique_ptr<LegFactory> factory;
    Engine engine;
    Background background;
    std::unique_ptr<Recorder> recorder;
    TapPoint tap;
    int recordings = 0;
    std::array<uint64_t, static_cast<size_t>(Op::count)> done {};
    std::map<LegEvent::Kind, uint64_t> seen;
    size_t mostCalls = 0;
    std::deque<std::string> history;
};

double numberFromEnvironment(const char* name, double otherwise)
{
    const char* text = std::getenv(name);
    return text != nullptr ? std::atof(text) : otherwise;
}

} // namespace

TEST(WatchdogSees, WhoStandsStillAndNobodyElse)
{
    std::promise<std::string> found;
    Watchdog watchdog(400ms, [&found](const std::string& sign) { found.set_value(sign); });
    auto& lively = watchdog.sign("lively");
    auto& stuck = watchdog.sign("stuck");
    watchdog.start();
    ++stuck;
    auto result = found.get_future();
    while (result.wait_for(10ms) != std::future_status::ready)
        ++lively;
    EXPECT_EQ(result.get(), "stuck");
}

/** Sixty-four legs on the real SIP stack, random operations on them and three kinds of peers: SIPp's crowds that call and are
    called, a second Milliwatt, and a port where nobody is. MILLIWATT_STORM_SECONDS sets the length, MILLIWATT_STORM_SEED the
    seed; Scripts/soak storm-asan and storm-tsan run ten minutes each. */
class StormOfCalls : public Bench
{
};

TEST_F(StormOfCalls, EndsCleanlyWhateverWasDone)
{
    const auto seconds = numberFromEnvironment("MILLIWATT_STORM_SECONDS", 4.0);
    const auto seed = static_cast<uint64_t>(numberFromEnvironment("MILLIWATT_STORM_SEED", 20261122.0));
    std::cout << "storm: seed " << seed << ", " << seconds << " s\n";

    ListeningProgram second(folder(), "mixer", { "--rate", "8000", "--legs", "60", "--codecs", "PCMA,G722,PCMU", "--dtmf", "159D", "--dtmf-loop" });
    SippCrowd callees(folder(), SippCrowd::Part::callees);
    const auto nobody = "sip:nobody@127.0.0.1:" + std::to_string(ports::freePort());

    Watchdog watchdog(120s);
    Storm storm(seed, folder(), { callees.uri(), callees.uri(), second.uri(), second.uri(), second.uri() + ";transport=tcp", nobody }, watchdog);
    const auto started = storm.start();
    ASSERT_TRUE(started.ok()) << started.error().message();
    SippCrowd callers(folder(), SippCrowd::Part::callers, storm.sipPort(), 8, 24);
    watchdog.start();

    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(static_cast<int64_t>(seconds * 1000));
    auto told = std::chrono::steady_clock::now();
    while (std::chrono::steady_clock::now() < end && ! HasFailure())
    {
        storm.step();
        std::this_thread::sleep_for(4ms);  // sleeps: about 250 operations a second are wanted
        if (std::chrono::steady_clock::now() - told > 30s)
        {
            told = std::chrono::steady_clock::now();
            std::cerr << "storm: " << storm.report() << std::endl;
        }
    }
    storm.stop();

    const auto after = storm.snapshot();
    for (const auto& call : after.calls)
        EXPECT_EQ(call.state, CallState::closed) << call.peerUri;
    EXPECT_GE(storm.count(LegEvent::Kind::established), 5u);
    EXPECT_GT(storm.count(Op::dial), 0u);
    EXPECT_GT(storm.count(Op::hangUp), 0u);
    EXPECT_EQ(after.mixer.nonFiniteInputs, 0u);
    EXPECT_TRUE(callees.process().isRunning() && callers.process().isRunning());
    EXPECT_EQ(second.interrupt(), 0) << second.log();
    if (HasFailure())
        std::cerr << "storm: seed " << seed << "; the last operations:\n" << storm.lastOperations();
    std::cout << "storm: seed " << seed << ", " << seconds << " s, " << storm.report() << "\n";
}
