// Each counter of report/Incidents.h is provoked as it would rise in the field, through device, engine or role, and must then
// show in JSON, status line and table. Here: this machine, calls, levels.
#include "IncidentsBench.h"

#include <Support/FailureInjector.h>

#include <limits>
#include <set>
#include <thread>

namespace mw::lab_test
{

namespace
{

/** Something that is no number. */
class NotANumber final : public BlockSource
{
public:
    void render(std::span<float> block, int64_t) noexcept override { std::ranges::fill(block, std::numeric_limits<float>::quiet_NaN()); }
    [[nodiscard]] bool isFinished() const noexcept override { return false; }
};

} // namespace

TEST_F(Incidents, HaveDistinctNamesAndAreAllInJson)
{
    begin();
    std::set<std::string> keys, words;
    const auto json = toJson(engine->snapshot());
    for (const auto& incident : incidentsOf(engine->snapshot()))
    {
        EXPECT_TRUE(keys.insert(incident.key).second) << incident.key;
        EXPECT_TRUE(words.insert(incident.words).second) << incident.words;
        EXPECT_TRUE(json["incidents"].hasProperty(juce::Identifier(incident.key))) << incident.key;
    }
    EXPECT_EQ(keys.size(), 30u) << "a new counter needs a test here, and a line in Docs/Metrics.md";
}

TEST_F(Incidents, LateAndSkippedTicks)
{
    auto config = manualConfig(clock);
    config.runMediaThread = true;
    config.realtimePriority = false;
    engine = std::make_unique<Engine>(config, legs);
    ASSERT_TRUE(engine->start().ok());
    const auto reaches = [&](uint64_t ticks) {
        while (engine->snapshot().ticks.ticks < ticks)
            std::this_thread::yield();
    };
    clock->advanceNs(blockNs + blockNs / 2);  // just in time
    reaches(1);
    expectQuiet();
    clock->advanceNs(blockNs + blockNs / 4);  // 15 ms after the second deadline
    reaches(2);
    expectShown("lateTicks", "late ticks", 1);
    EXPECT_EQ(count("skippedTicks"), 0u);
    clock->advanceNs(10 * blockNs);  // the host stalled: nine whole blocks, and more than four are not made up for
    reaches(3);
    expectShown("skippedTicks", "ticks skipped", 9, false);
    expectShown("lateTicks", "late ticks", 2, false);
    engine->stop();
}

TEST_F(Incidents, SnapshotGaps)
{
    begin();
    for (int i = 0; i < 5; ++i)
        tick();
    expectQuiet();
    engine->mixer().releaseResources();  // somebody takes the mixer from under the device
    for (int i = 0; i < 3; ++i)
        tick();
    expectShown("snapshotGaps", "snapshot gaps", 3);

    // And the other way round: somebody else runs the mixer's blocks. One more than ticks is a tick under way.
    engine = std::make_unique<Engine>(manualConfig(clock), legs);
    ASSERT_TRUE(engine->start().ok());
    tick();
    engine->mixer().process(nullptr, nullptr, 160);
    expectQuiet();
    engine->mixer().process(nullptr, nullptr, 160);
    engine->mixer().process(nullptr, nullptr, 160);
    expectShown("snapshotGaps", "snapshot gaps", 2);
    engine->stop();
    ASSERT_TRUE(engine->start().ok());
    tick();
    expectQuiet();
}

TEST_F(Incidents, SnapshotStalls)
{
    begin();
    tick();
    expectQuiet();  // whoever looks sees it as new
    clock->advanceNs(stallNs);
    expectQuiet();
    clock->advanceNs(1);
    expectShown("snapshotStalls", "stalls", 1);
    clock->advanceNs(stallNs);
    expectShown("snapshotStalls", "stalls", 1);  // still the same one
    tick();
    expectShown("snapshotStalls", "stalls", 1);
    clock->advanceNs(stallNs + 1);
    expectShown("snapshotStalls", "stalls", 2);
    engine->stop();
    clock->advanceNs(stallNs * 3);
    expectShown("snapshotStalls", "stalls", 2);  // after the end no tick is due
}

TEST_F(Incidents, EventsLost)
{
    begin();
    tick();
    LegEvent event;
    event.kind = LegEvent::Kind::registered;
    {
        const test::FailureInjector noMemory(test::Resource::memory, 1, { .role = {}, .onlyThisThread = true }, test::Extent::fromThenOn);
        legs.emitByHand(std::move(event));
        EXPECT_TRUE(noMemory.hasFailed());
    }
    expectShown("eventsLost", "events lost", 1);
    legs.ring("sip:later@x");
    engine->handleEvents();
    EXPECT_EQ(engine->snapshot().callsTotal, 1u) << "a lost event takes later ones with it";
}

TEST_F(Incidents, ReceiveOverruns)
{
    beginWithCaller();
    uint64_t refused = 0;
    for (uint16_t sequence = 0; sequence < 1000; ++sequence)  // the media thread does not come to take them
        refused += send({ .sequence = sequence }) ? 0 : 1;
    ASSERT_GT(refused, 100u);
    ASSERT_LT(refused, 900u);
    tick();
    expectShown("receiveOverruns", "receive overruns", refused, false);
}

TEST_F(Incidents, SendOverruns)
{
    beginWithCaller();
    const auto before = engine->snapshot().mediaTotals.send.packets;
    collects = false;  // the sip thread does not come to send them
    for (int i = 0; i < 1000; ++i)
        tick();
    const auto taken = engine->snapshot().mediaTotals.send.packets - before;
    ASSERT_LT(taken, 900u);
    expectShown("sendOverruns", "send overruns", 1000 - taken);
}

TEST_F(Incidents, SamplesThatARecorderIsTooSlowFor)
{
    const TestFolder folder;
    MixerRoleConfig config;
    config.engine = manualConfig(clock);
    config.record = folder.file("mix.wav");
    const auto role = makeMixerRole(config, legs);
    ASSERT_TRUE(role->start().ok());
    constexpr uint64_t blocks = 900, fifoSamples = 131072;  // ten seconds at 8 kHz, rounded up to a power of two
    for (uint64_t i = 0; i < blocks; ++i)
        step(*clock, legs, role->engine());  // without the role's poll, which is the recorder here
    const auto dropped = (blocks - fifoSamples / 160) * 160;
    EXPECT_EQ(role->engine().snapshot().mixer.tapDroppedSamples, dropped);
    const auto text = "samples missed by recorder or analysis " + std::to_string(dropped);
    EXPECT_NE(statusLine(role->engine().snapshot()).find(text), std::string::npos);
    EXPECT_EQ(static_cast<juce::int64>(toJson(role->engine().snapshot())["incidents"]["tapDroppedSamples"]), static_cast<juce::int64>(dropped));
    auto report = std::string();
    for (const auto& line : role->finish(true).lines)
        report += line + "\n";
    EXPECT_NE(report.find("incidents: " + text), std::string::npos) << report;
    EXPECT_NE(report.find(std::to_string(dropped) + " samples dropped"), std::string::npos) << report;
}

TEST_F(Incidents, CommandsDropped)
{
    begin();
    MixerCommand wrong;
    wrong.kind = MixerCommand::Kind::setTrim;
    wrong.gainDb = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(engine->command(wrong).ok());
    MixerCommand fine;
    fine.kind = MixerCommand::Kind::resetMeters;
    while (engine->mixer().hasRoomForCommand())
        ASSERT_NE(engine->mixer().post(fine), 0u);
    EXPECT_EQ(engine->mixer().post(fine), 0u);  // as a key pressed while the media thread stands
    tick();
    expectShown("commandsRefused", "commands dropped", 2);
}

TEST_F(Incidents, CallsFailedAndCallersRefused)
{
    begin(1);
    tick();
    legs.callees["sip:busy@x"] = ScriptedLegs::Callee::busy;
    ASSERT_TRUE(engine->dial("sip:busy@x").ok());
    tick();
    expectShown("callsFailed", "calls failed", 1);
    legs.ring("sip:1");
    legs.ring("sip:2");
    legs.ring("sip:3");
    tick();
    expectShown("legsRefused", "callers refused", 2, false);
}

TEST_F(Incidents, SamplesLimitedAlsoOfLegsThatAreGone)
{
    begin();
    std::vector<uint8_t> loud(160 * 20, 0x80);  // the greatest value of G.711
    const auto speaker = legs.ring("sip:loud@x", loud);
    const auto listener = legs.ring("sip:listener@x");
    engine->handleEvents();
    engine->mixer().setMasterInGainDb(6.0);
    for (int i = 0; i < 40; ++i)
        step(*clock, legs, *engine);
    const auto snapshot = engine->snapshot();
    const auto limited = snapshot.strip(engine->call(listener)->channel)->limitedSamples;
    EXPECT_GE(limited, 160u * 19);
    EXPECT_EQ(snapshot.mixer.legsLimitedSamples, limited) << "the speaker hears nothing that could be limited";
    expectShown("limitedSamples", "samples limited", limited, false);
    expectShown("mixLimitedSamples", "samples of the mix limited", limited, false);
    legs.peerHangsUp(listener);
    legs.peerHangsUp(speaker);
    tick();
    EXPECT_EQ(count("limitedSamples"), limited) << "they are forgotten with the leg";
}

TEST_F(Incidents, SamplesClippedAndNotFinite)
{
    beginWithCaller();
    port->push(std::vector<float>(160, 1.5f), clock->nowNs());  // as if the limiter had let it through
    tick();
    expectShown("clippedSamples", "samples clipped", 160);

    engine->mixer().setPlayer(std::make_shared<NotANumber>());
    for (int i = 0; i < 4; ++i)
        tick();
    engine->mixer().setPlayer(nullptr);
    tick();
    expectShown("nonFiniteInputs", "samples not finite", 4 * 160, false);
}

TEST_F(Incidents, StandInTheReportOfEveryRole)
{
    const TestFolder folder;
    const auto textOf = [](const RoleOutcome& outcome) {
        auto text = std::string();
        for (const auto& line : outcome.lines)
            text += line + "\n";
        return text;
    };
    const auto provoke = [&](Role& role, bool rings) {
        ASSERT_TRUE(role.start().ok());
        if (rings)
            legs.ring("sip:peer@x");
        for (int i = 0; i < 20; ++i)
            step(*clock, legs, role.engine(), &role);
        const auto found = legs.call(1).port;
        ASSERT_NE(found, nullptr);
        found->note({ .strangers = 5 });
        for (int i = 0; i < 5; ++i)
            step(*clock, legs, role.engine(), &role);
    };

    MixerRoleConfig mixerConfig;
    mixerConfig.engine = manualConfig(clock);
    auto mixer = makeMixerRole(mixerConfig, legs);
    provoke(*mixer, true);
    EXPECT_NE(textOf(mixer->finish(true)).find("incidents: packets from strangers 5"), std::string::npos);

    SourceRoleConfig sourceConfig;
    sourceConfig.engine = manualConfig(clock);
    sourceConfig.callUri = "sip:callee@x";
    auto source = makeSourceRole(sourceConfig, legs);
    provoke(*source, false);
    EXPECT_NE(textOf(source->finish(true)).find("incidents: packets from strangers 5"), std::string::npos);

    SinkRoleConfig sinkConfig;
    sinkConfig.engine = manualConfig(clock);
    sinkConfig.reports.json = folder.file("sink.json");
    auto sink = makeSinkRole(sinkConfig, legs);
    provoke(*sink, true);
    EXPECT_NE(textOf(sink->finish(true)).find("incidents: packets from strangers 5"), std::string::npos);
    const auto json = juce::JSON::parse(sinkConfig.reports.json);
    EXPECT_EQ(static_cast<int>(json["incidents"]["strangers"]), 5);
    EXPECT_EQ(static_cast<int>(json["incidents"]["lateTicks"]), 0);

    auto quiet = makeSinkRole(sinkConfig, legs);
    ASSERT_TRUE(quiet->start().ok());
    for (int i = 0; i < 5; ++i)
        step(*clock, legs, quiet->engine(), quiet.get());
    EXPECT_NE(textOf(quiet->finish(true)).find("incidents: none"), std::string::npos);
}

} // namespace mw::lab_test
