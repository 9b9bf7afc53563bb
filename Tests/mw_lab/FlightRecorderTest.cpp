#include "RoleBench.h"

#include <Support/Process.h>

#include <cstring>

namespace mw::lab_test
{

namespace
{

std::vector<juce::var> linesOfJson(const juce::File& file)
{
    std::vector<juce::var> lines;
    for (const auto& line : juce::StringArray::fromLines(file.loadFileAsString()))
        if (line.isNotEmpty())
        {
            lines.push_back(juce::JSON::parse(line));
            EXPECT_TRUE(lines.back().isObject()) << line;
        }
    return lines;
}

std::vector<std::string> kindsOf(const std::vector<juce::var>& lines)
{
    std::vector<std::string> kinds;
    for (const auto& line : lines)
        if (line["kind"].toString() != "snapshot" && line["kind"].toString() != "strip")
            kinds.push_back(line["kind"].toString().toStdString());
    return kinds;
}

/** Full scale = 1.0. */
std::vector<float> soundOf(const juce::File& wav)
{
    int rateHz = 0;
    std::vector<float> samples;
    for (const auto sample : readWav(wav, rateHz))
        samples.push_back(static_cast<float>(sample) / 32768.0f);
    EXPECT_EQ(rateHz, 8000);
    return samples;
}

struct Flight : RoleBench
{
    juce::File calls() const { return folder.file("calls"); }

    SinkRoleConfig recordingSink()
    {
        auto config = sink();
        config.flight.folder = calls();
        return config;
    }

    /** One call with a tone of a second and a half at one pitch and the same at another. */
    RoleOutcome runCall(const SinkRoleConfig& config)
    {
        auto sound = sine(1000.0, -10.0, 1.6);
        const auto second = sine(700.0, -10.0, 1.6);
        sound.insert(sound.end(), second.begin(), second.end());
        const auto role = makeSinkRole(config, legs);
        EXPECT_TRUE(role->start().ok());
        const auto caller = legs.ring("sip:caller@x", muLaw(sound));
        run(*role, 3.0);
        legs.peerSendsDigit(caller, '5');
        run(*role, 0.1);
        legs.peerHangsUp(caller, 0, "BYE");
        run(*role, 0.1);
        return role->finish(false);
    }
};

} // namespace

TEST_F(Flight, ACallsFolderHoldsItsSoundItsEventsAndTheirClock)
{
    const auto outcome = runCall(recordingSink());
    EXPECT_EQ(outcome.code, ExitCode::passed) << all(outcome);
    EXPECT_NE(all(outcome).find("flight recorder: 1 of 1 call in " + calls().getFullPathName().toStdString() + ", 0 packets and 0 samples missing"), std::string::npos)
        << all(outcome);
    const auto mine = calls().getChildFile("001-caller");
    EXPECT_EQ(report()["calls"][0]["flight"].toString(), mine.getFullPathName());

    const auto about = juce::JSON::parse(mine.getChildFile("about.json"));
    EXPECT_TRUE(static_cast<bool>(about["complete"]));
    EXPECT_EQ(about["call"]["codec"].toString(), "PCMU/8000");
    EXPECT_EQ(about["in"]["missingSamples"].toString(), "0");
    const auto startNs = static_cast<juce::int64>(about["in"]["startNs"]);
    EXPECT_EQ(static_cast<juce::int64>(about["out"]["startNs"]), startNs);

    const auto in = soundOf(mine.getChildFile("in.wav")), out = soundOf(mine.getChildFile("out.wav"));
    EXPECT_EQ(in.size(), out.size());
    EXPECT_NEAR(static_cast<double>(in.size()) / 8000.0, 3.1, 0.1);
    EXPECT_NEAR(levelAt(std::span(in).subspan(4000, 8000), 1000.0), -10.0, 0.1);
    EXPECT_LT(levelOf(out), -60.0);

    const auto lines = linesOfJson(mine.getChildFile("events.jsonl"));
    EXPECT_EQ(kindsOf(lines), (std::vector<std::string> { "incoming", "established", "media", "digit", "closed", "verdict" }));
    juce::int64 last = 0;
    int snapshots = 0;
    for (const auto& line : lines)
    {
        EXPECT_GE(static_cast<juce::int64>(line["timeNs"]), last);
        last = static_cast<juce::int64>(line["timeNs"]);
        snapshots += line["kind"].toString() == "snapshot";
        EXPECT_TRUE(line["utc"].toString().endsWith("Z"));
    }
    EXPECT_GE(startNs, static_cast<juce::int64>(lines.front()["timeNs"]));
    EXPECT_LE(startNs, last);
    EXPECT_GE(snapshots, 3);
    EXPECT_EQ(lines.front()["timeNs"].toString().getLargeIntValue() + static_cast<juce::int64>(about["clock"]["utcOffsetNs"]),
              juce::Time::fromISO8601(lines.front()["utc"].toString().substring(0, 23) + "Z").toMilliseconds() * 1'000'000
                  + lines.front()["utc"].toString().substring(23, 29).getLargeIntValue());
}

TEST_F(Flight, RingModeWritesNothingWhenAllHeldAndTheLastSecondsWhenAnExpectationDidNot)
{
    auto config = recordingSink();
    config.flight.lastS = 1.0;
    config.expectDtmf = DtmfSequence::parse("").value();
    EXPECT_EQ(runCall(config).code, ExitCode::passed);
    EXPECT_EQ(calls().getNumberOfChildFiles(juce::File::findFilesAndDirectories), 0);
    EXPECT_TRUE(report()["calls"][0]["flight"].isVoid());

    config.expectDtmf = DtmfSequence::parse("7").value();
    EXPECT_EQ(runCall(config).code, ExitCode::expectationFailed);
    const auto mine = juce::File(report()["calls"][0]["flight"].toString());
    ASSERT_TRUE(mine.isDirectory());
    const auto in = soundOf(mine.getChildFile("in.wav"));
    EXPECT_EQ(in.size(), 8000u);
    EXPECT_LT(levelAt(in, 1000.0), -50.0);  // that was before
    EXPECT_NEAR(levelAt(std::span(in).first(4000), 700.0), -10.0, 0.1);
    EXPECT_TRUE(mine.getChildFile("packets.pcapng").existsAsFile());
    const auto about = juce::JSON::parse(mine.getChildFile("about.json"));
    const auto lines = linesOfJson(mine.getChildFile("events.jsonl"));
    EXPECT_EQ(lines.back()["held"].toString(), "0");
    const auto endNs = static_cast<juce::int64>(lines.back()["timeNs"]);
    EXPECT_NEAR(static_cast<double>(endNs - static_cast<juce::int64>(about["in"]["startNs"])) * 1e-9, 1.0, 0.05);
    for (const auto& line : lines)
        EXPECT_TRUE(line["kind"].toString() != "snapshot" || static_cast<juce::int64>(line["timeNs"]) >= endNs - 1'000'000'000);
}

TEST_F(Flight, ACallThatFailsIsWrittenInRingMode)
{
    auto config = mixer();
    config.flight.folder = calls();
    config.flight.lastS = 5.0;
    config.dial = { "sip:busy@x" };
    legs.callees["sip:busy@x"] = ScriptedLegs::Callee::busy;
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    run(*role, 0.2);
    EXPECT_EQ(role->finish(true).code, ExitCode::callFailed);
    EXPECT_TRUE(calls().getChildFile("001-busy").getChildFile("events.jsonl").existsAsFile());
}

TEST_F(Flight, FoldersThatCannotBeAreToldBeforeAnythingStarts)
{
    folder.file("file").replaceWithText("x");
    const auto why = [&](const FlightConfig& flight) {
        auto config = sink();
        config.flight = flight;
        const auto started = makeSinkRole(config, legs)->start();
        return started ? std::string("it started") : started.error().message();
    };
    EXPECT_NE(why({ folder.file("file"), {}, 0.0 }).find("it is a file (name a folder)"), std::string::npos);
    EXPECT_NE(why({ folder.file("no/such"), {}, 0.0 }).find("/no does not exist (create it)"), std::string::npos);
    EXPECT_NE(why({ juce::File("/proc/flight"), {}, 0.0 }).find("/proc"), std::string::npos);
    EXPECT_NE(why({ {}, {}, 5.0 }).find("it has no folder (give one with --flight DIR)"), std::string::npos);
    EXPECT_NE(why({ calls(), {}, 0.5 }).find("1 to 300"), std::string::npos);
    EXPECT_EQ(legs.starts, 0);
    EXPECT_FALSE(calls().exists());
}

TEST_F(Flight, AStartThatFailsLeavesNoFolderAndAFolderThatGoesAwayEndsNoCall)
{
    legs.startProblem = "Address already in use";
    EXPECT_FALSE(makeSinkRole(recordingSink(), legs)->start().ok());
    EXPECT_FALSE(calls().exists());
    legs.startProblem.clear();

    const auto role = makeSinkRole(recordingSink(), legs);
    ASSERT_TRUE(role->start().ok());
    ASSERT_TRUE(calls().deleteFile());
    ASSERT_TRUE(calls().replaceWithText("in the way"));
    const auto caller = legs.ring("sip:caller@x", muLaw(sine(1000.0, -10.0, 1.0)));
    run(*role, 1.0);
    legs.peerHangsUp(caller, 0, "BYE");
    run(*role, 0.1);
    const auto outcome = role->finish(false);
    EXPECT_EQ(outcome.code, ExitCode::environment);
    EXPECT_NE(outcome.verdict.find(calls().getFullPathName().toStdString() + "/001-caller"), std::string::npos) << outcome.verdict;
    EXPECT_GT(static_cast<double>(report()["calls"][0]["soundS"]), 0.9);
}

TEST_F(Flight, MissingSoundStandsAsSilenceSoThatAllThatFollowsKeepsItsPlace)
{
    Background background(Background::Mode::byHand);
    auto track = FlightTrack::create(folder.file("track.flac"), RecordingFormat::flac, 0.0, 8000, background);
    ASSERT_TRUE(track.ok());
    const std::vector<float> block(160, 0.25f);
    track.value()->fifo()->write(block, 1'000'000'000);
    track.value()->fifo()->write(block, 1'020'000'000);
    track.value()->fifo()->write(block, 1'100'000'000);  // 60 ms late
    track.value()->finish();
    EXPECT_EQ(track.value()->missingSamples(), 480u);
    EXPECT_EQ(track.value()->startNs(), 1'000'000'000);
    EXPECT_DOUBLE_EQ(track.value()->seconds(), 0.12);
}

TEST_F(Flight, PacketsAreWrittenInTheOrderOfTimeAndTheLastSecondsKeepTheMessagesOfAll)
{
    for (const auto keepS : { 0.0, 2.0 })
    {
        Background background(Background::Mode::byHand);
        const auto trace = std::make_shared<PacketTrace>(size_t { 1 } << 16);
        ManualClock time(1'000'000'000);
        FlightPackets packets(trace, background, time, 0, keepS);
        ASSERT_TRUE(packets.start().ok());
        const auto file = folder.file("packets-" + juce::String(keepS) + ".pcapng");
        const PacketEnd us { { 127, 0, 0, 1 }, 10000, false }, peer { { 127, 0, 0, 1 }, 20000, false };
        const std::vector<uint8_t> octets(172, 0x80);
        const auto post = [&](int ms, TracedPacket::Kind kind, LegId leg) {
            trace->post({ int64_t { ms } * 1'000'000, leg, kind, false, false, false, peer, us }, octets);
        };
        post(5, TracedPacket::Kind::sip, 1);
        for (int ms = 1000; ms < 5000; ms += 20)
        {
            post(ms + 20, TracedPacket::Kind::rtcp, 1);  // its packets waited in the kernel, while this was read at once
            post(ms, TracedPacket::Kind::rtp, 1);
            post(ms, TracedPacket::Kind::rtp, 2);
            time.advanceNs(20'000'000);
            if (ms % 100 == 0)
                background.runByHand();
            if (ms == 2000 && keepS == 0.0)
            {
                ASSERT_TRUE(packets.open(1, file, {}).ok());
            }
        }
        if (keepS > 0.0)
        {
            ASSERT_TRUE(packets.open(1, file, {}).ok());
        }
        const auto counts = packets.close(1, 5'000'000'000);
        post(5000, TracedPacket::Kind::rtp, 1);  // late: its file is closed
        background.runByHand();
        EXPECT_EQ(counts.sip, 1u);
        EXPECT_EQ(counts.rtpReceived, keepS > 0.0 ? 100u : 200u);
        EXPECT_EQ(counts.rtcpReceived, keepS > 0.0 ? 101u : 200u);
        EXPECT_FALSE(counts.error.has_value());

        test::Process tshark({ "tshark", "-r", file.getFullPathName().toStdString(), "-T", "fields", "-e", "frame.time_delta" });
        EXPECT_EQ(tshark.wait(std::chrono::seconds(60)).value_or(-1), 0);
        const auto deltas = juce::StringArray::fromLines(juce::String(tshark.standardOutput()).trim());
        EXPECT_EQ(static_cast<uint64_t>(deltas.size()), counts.sip + counts.rtpReceived + counts.rtcpReceived);
        for (const auto& delta : deltas)
            EXPECT_FALSE(delta.startsWith("-")) << delta;
    }
}

} // namespace mw::lab_test
