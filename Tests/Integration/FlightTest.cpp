#include "SupportBench.h"

#include <mw_lab/mw_lab.h>
#include <mw_sip/mw_sip.h>

#include <map>
#include <sstream>
#include <thread>

using namespace std::chrono_literals;
using namespace mw;

/** The flight recorder in a real call: a mixer that calls itself, so that both ends are in this process, under the real-time guard. */
class FlightCall : public Bench
{
protected:
    static constexpr int rateHz = 8000, maxLegs = 4;

    static SipConfig sipConfig(const std::shared_ptr<Clock>& clock)
    {
        SipConfig config;
        config.listen = "127.0.0.1:0";
        config.rtpPortMin = 20000;
        config.rtpPortMax = 49999;
        config.codecs = { "PCMU" };
        config.port.engineRateHz = rateHz;
        config.port.maxBlockFrames = rateHz / 50;
        config.clock = clock;
        return config;
    }

    /** Only the caller's leg is sent something: a tone. */
    [[nodiscard]] MixerRoleConfig mixerConfig(const std::shared_ptr<Clock>& clock) const
    {
        MixerRoleConfig config;
        config.engine.sampleRateHz = rateHz;
        config.engine.mixer.maxLegs = maxLegs;
        config.engine.clock = clock;
        config.mode = MixMode::matrix;
        config.cells = { { 0, maxLegs + static_cast<int>(HouseStrip::tone), 0.0 } };
        config.toneHz = 1000.0;
        config.toneDbm0 = -10.0;
        config.flight.folder = juce::File(file("calls").string());
        return config;
    }

    /** Runs what control has to do until something holds. @returns whether it did before the deadline */
    template <typename Holds>
    static bool waitUntil(Role& role, Holds&& holds)
    {
        for (const auto end = std::chrono::steady_clock::now() + deadline::start; std::chrono::steady_clock::now() < end;)
        {
            role.engine().handleEvents();
            role.poll();
            if (holds())
                return true;
            std::this_thread::sleep_for(10ms);  // sleeps: looks again at the engine
        }
        return false;
    }

    /** Packets of each RTP stream that tshark finds, by "source port > destination port". */
    std::map<std::string, int> streamsIn(const std::filesystem::path& packets)
    {
        std::map<std::string, int> streams;
        std::istringstream said(run({ "tshark", "-q", "-r", packets.string(), "-z", "rtp,streams" }));
        for (std::string line; std::getline(said, line);)
        {
            // start, end, source, its port, destination, its port, SSRC, payload, packets, lost …
            std::istringstream fields(line);
            std::string start, end, from, fromPort, to, toPort, ssrc, payload;
            int count = 0;
            if (fields >> start >> end >> from >> fromPort >> to >> toPort >> ssrc >> payload >> count && from == "127.0.0.1" && to == "127.0.0.1")
                streams[fromPort + " > " + toPort] += count;
        }
        return streams;
    }

    static int number(const juce::var& value) { return static_cast<int>(value); }
};

TEST_F(FlightCall, BothEndsFoldersAreWholeAndWiresharkReadsThem)
{
    auto clock = std::make_shared<RealClock>();
    const auto stack = makeSipStack(sipConfig(clock));
    const auto role = makeMixerRole(mixerConfig(clock), *stack);
    const auto started = role->start();
    ASSERT_TRUE(started.ok()) << started.error().message();
    auto& engine = role->engine();
    ASSERT_TRUE(engine.dial(engine.localUri()).ok());
    uint64_t until = 0;
    EXPECT_TRUE(waitUntil(*role, [&] {
        const auto calls = engine.calls();
        const auto position = engine.snapshot().mixer.samplePosition;
        if (until == 0 && std::ranges::count(calls, CallState::established, &CallInfo::state) == 2)
            until = position + 5 * rateHz / 2;
        return until != 0 && position >= until;
    }));
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::passed) << outcome.verdict;

    std::vector<std::filesystem::path> folders;
    for (const auto& entry : std::filesystem::directory_iterator(file("calls")))
        folders.push_back(entry.path());
    std::ranges::sort(folders);
    ASSERT_EQ(folders.size(), 2u);  // the caller's is the first
    std::map<std::string, int> ofCaller, ofCallee;
    for (const auto& each : folders)
    {
        SCOPED_TRACE(each.string());
        const auto packets = (each / "packets.pcapng").string();
        const auto about = json(each / "about.json");
        EXPECT_TRUE(static_cast<bool>(about["complete"]));
        EXPECT_EQ(number(about["packets"]["lostOfAllCalls"]), 0);
        const auto received = number(about["packets"]["rtpReceived"]), sent = number(about["packets"]["rtpSent"]);
        EXPECT_GE(sent, 100);
        EXPECT_EQ(sent, number(about["media"]["sent"]["packets"]));
        EXPECT_GE(received, number(about["media"]["received"]["packets"]));  // the last ones were not heard any more
        EXPECT_NEAR(received, number(about["media"]["received"]["packets"]), 5);

        const auto streams = streamsIn(packets);
        EXPECT_EQ(streams.size(), 2u);
        for (const auto& [ports, count] : streams)
            EXPECT_TRUE(count == received || count == sent) << ports << ": " << count << " of " << received << " and " << sent;
        (each == folders.front() ? ofCaller : ofCallee) = streams;

        const auto methods = run({ "tshark", "-r", packets, "-Y", "sip", "-T", "fields", "-e", "sip.CSeq.method" });
        for (const auto* method : { "INVITE", "ACK", "BYE" })
            EXPECT_NE(methods.find(method), std::string::npos) << methods;
        EXPECT_EQ(run({ "tshark", "-r", packets, "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-Y",
                        "frame.time_delta < 0 or udp.checksum.status == 0 or ip.checksum.status == 0" }),
                  "");

        juce::int64 last = 0;
        const auto lines = jsonLines(each / "events.jsonl");
        ASSERT_GE(lines.size(), 5u);
        for (const auto& line : lines)
        {
            EXPECT_GE(static_cast<juce::int64>(line["timeNs"]), last) << juce::JSON::toString(line, true);
            last = static_cast<juce::int64>(line["timeNs"]);
        }
        EXPECT_EQ(lines.back()["kind"].toString(), "closed");
        const auto startNs = static_cast<juce::int64>(about["in"]["startNs"]);
        EXPECT_GE(startNs, static_cast<juce::int64>(lines.front()["timeNs"]));
        EXPECT_LE(startNs, last);
    }
    for (const auto& [ports, count] : ofCaller)
        EXPECT_NEAR(count, ofCallee[ports], 5) << ports;

    // The tone left by the caller's leg and came in at the callee's: −10 dBm0 is −13.17 dB below a full-scale sine (µ-law).
    for (const auto& [track, isTone] : { std::pair { folders[0] / "out.wav", true }, std::pair { folders[1] / "in.wav", true },
                                         std::pair { folders[0] / "in.wav", false }, std::pair { folders[1] / "out.wav", false } })
    {
        SCOPED_TRACE(track.string());
        const auto heard = WavFile::read(track);
        const auto active = activeSpan(heard.samples, heard.rateHz);
        EXPECT_EQ(heard.rateHz, rateHz);
        EXPECT_GT(heard.seconds(), 2.0);
        if (! isTone)
        {
            EXPECT_EQ(active.end, active.begin);
            continue;
        }
        EXPECT_GT(active.end - active.begin, 2u * rateHz);
        const auto level = sound::medianToneLevelDbfs(std::span(heard.samples).subspan(active.begin, active.end - active.begin), 1000.0, rateHz, 0.2, 0.1);
        ASSERT_TRUE(level.has_value());
        EXPECT_NEAR(*level, -13.17, 0.1);
    }
}
