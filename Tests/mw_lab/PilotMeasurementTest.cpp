#include <mw_lab/mw_lab.h>

#include <mw_lab/measure/Faults.h>

#include <Support/FakeLegs.h>

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace mw
{
namespace
{

using test::FakeLegFactory;
using test::FakeNetwork;
using test::FakePcmuCodec;

constexpr int64_t tickNs = 20'000'000;
constexpr int rateHz = 8000;

double numberOf(const FigureSet& figures, const char* path)
{
    const auto* figure = figures.find(path);
    EXPECT_NE(figure, nullptr) << path;
    return figure == nullptr ? std::nan("") : figure->number().value_or(std::nan(""));
}

std::string textOf(const FigureSet& figures, const char* path)
{
    const auto* figure = figures.find(path);
    return figure == nullptr ? "none" : figure->text();
}

/** A peer who says pilots in G.711 µ-law over a network by script, into the playout of a leg and from there into the measurement. */
class PilotChain
{
public:
    PilotChain(const PilotMeasurement::Config& config, const FakeNetwork& networkToUse, const PlayoutConfig& playout = {})
        : network(networkToUse), measurement(rateHz, Law::mu, config)
    {
        FakeLegFactory::Config legs;
        legs.clock = clock;
        legs.port.engineRateHz = rateHz;
        legs.port.maxBlockFrames = 160;
        legs.port.playout = playout;
        factory = std::make_unique<FakeLegFactory>(legs);
        EXPECT_TRUE(factory->start([](LegEvent) {}).ok());
        leg = factory->ring("sip:peer@example.com");
        factory->answer(leg);
    }

    /** From now on the peer says this sound; `make(block, timeNs)` adds to a block that was made at that time of the peer's clock. */
    template <typename Make>
    void speak(Make make)
    {
        const auto startNs = clock->nowNs();
        factory->setVoice(leg, [make, startNs](std::span<uint8_t> octets, uint64_t firstSample) {
            std::vector<float> sound(octets.size(), 0.0f);
            make(std::span<float>(sound), startNs + static_cast<int64_t>(firstSample) * 125'000);
            for (size_t i = 0; i < octets.size(); ++i)
                octets[i] = FakePcmuCodec::encodeSample(static_cast<int16_t>(std::lround(sound[i] * 32768.0f)));
        }, network);
    }

    void run(double seconds)
    {
        for (int tick = 0; tick < static_cast<int>(seconds * 50.0); ++tick)
        {
            clock->advanceNs(tickNs);
            factory->pump();
            const auto nowNs = clock->nowNs();
            factory->port(leg)->pull(block, nowNs);
            for (size_t i = 0; i < block.size(); ++i)
                if (std::abs(block[i]) > 0.9f && ! clickNs.has_value())
                    clickNs = nowNs + static_cast<int64_t>(i) * 125'000;
            measurement.process(block, { sample, nowNs, static_cast<double>(rateHz) });
            sample += block.size();
        }
    }

    FigureSet figures()
    {
        FigureSet set;
        measurement.finish(set);
        return set;
    }

    PlayoutStats playout() { return factory->port(leg)->mediaStats().playout; }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(77'000'000'000);
    std::optional<int64_t> clickNs;  ///< when the loudest sample there is was first heard

private:
    const FakeNetwork network;
    PilotMeasurement measurement;
    std::unique_ptr<FakeLegFactory> factory;
    LegId leg = 0;
    std::vector<float> block = std::vector<float>(160);
    uint64_t sample = 0;
};

/** One pilot that a peer says, made `lateNs` before it is sent. */
struct Speaker
{
    Speaker(int number, double levelDbm0, int64_t lateNsToUse = 0) : lateNs(lateNsToUse)
    {
        EXPECT_TRUE(source->prepare(rateHz) && source->set(number, levelDbm0));
    }
    void operator()(std::span<float> block, int64_t timeNs) const { source->add(block, timeNs - lateNs); }

    std::shared_ptr<PilotSource> source = std::make_shared<PilotSource>();
    int64_t lateNs;
};

PilotMeasurement::Config configOf(const char* names, int own = 0, double ownDbm0 = -30.0)
{
    PilotMeasurement::Config config;
    config.names = PilotNames::parse(names).value();
    config.own.number = own;
    config.own.levelDbm0 = ownDbm0;
    return config;
}

TEST(PilotMeasurement, DelayIsThatOfASampleThatWasMarkedAlsoUnderJitter)
{
    for (const auto& [depthMs, jitterMs] : { std::pair { 40, 0 }, { 60, 15 }, { 20, 0 } })
    {
        PlayoutConfig playout;
        playout.depthMs = depthMs;
        FakeNetwork network;
        network.jitterMs = jitterMs;
        PilotChain chain(configOf("1=alice"), network, playout);
        chain.clock->advanceNs(7'300'000);  // the peer's ticks lie between ours
        const auto startNs = chain.clock->nowNs();
        const auto markNs = startNs + 1'000'000'000;
        chain.speak([pilot = Speaker(1, -30.0), markNs](std::span<float> block, int64_t timeNs) {
            pilot(block, timeNs);
            if (timeNs == markNs)
                block[0] = 0.99f;
        });
        chain.clock->advanceNs(tickNs - 7'300'000);
        chain.run(8.0);
        ASSERT_TRUE(chain.clickNs.has_value());
        const auto truthMs = static_cast<double>(*chain.clickNs - markNs) * 1e-6;
        const auto figures = chain.figures();
        EXPECT_NEAR(numberOf(figures, "delay.p50_ms"), truthMs, 0.1) << depthMs << " ms, jitter " << jitterMs << " ms";
        EXPECT_NEAR(numberOf(figures, "delay.min_ms"), truthMs, 0.1);
        EXPECT_NEAR(numberOf(figures, "delay.max_ms"), truthMs, 0.1);
        EXPECT_NEAR(numberOf(figures, "hears.alice_delay_ms"), truthMs, 0.1);
        EXPECT_NEAR(numberOf(figures, "hears.alice_dbm0"), -30.0, 0.1);
    }
}

TEST(PilotMeasurement, WhoIsHeardIsToldAndWhoIsNot)
{
    PilotChain chain(configOf("1=alice,2=bob,3=carol", 4), {});
    chain.speak([alice = Speaker(1, -30.0), bob = Speaker(2, -45.0, 100'000'000), stranger = Speaker(9, -35.0)](std::span<float> block, int64_t timeNs) {
        alice(block, timeNs);
        bob(block, timeNs);
        stranger(block, timeNs);
    });
    chain.run(7.0);
    const auto figures = chain.figures();
    EXPECT_EQ(textOf(figures, "hears.alice"), "true");
    EXPECT_EQ(textOf(figures, "hears.bob"), "true");
    EXPECT_EQ(textOf(figures, "hears.carol"), "false");
    EXPECT_EQ(textOf(figures, "hears.self"), "false");
    EXPECT_EQ(textOf(figures, "hears.pilot_9"), "true");
    EXPECT_EQ(textOf(figures, "pilot.heard"), "alice,bob,pilot_9");
    EXPECT_NEAR(numberOf(figures, "hears.bob_dbm0"), -45.0, 0.2);
    EXPECT_NEAR(numberOf(figures, "hears.bob_delay_ms") - numberOf(figures, "hears.alice_delay_ms"), 100.0, 0.2);
    EXPECT_NE(figures.find("hears.carol_dbm0")->whyNot.find("it was not heard; from −"), std::string::npos) << figures.find("hears.carol_dbm0")->whyNot;
    EXPECT_FALSE(figures.find("echo.return_db")->isMeasured());
    EXPECT_LT(numberOf(figures, "echo.at_most_db"), -30.0);
    ASSERT_NE(figures.table("pilots"), nullptr);
    EXPECT_EQ(figures.table("pilots")->rows.size(), 3u);
    EXPECT_GT(figures.table("delays")->rows.size(), 20u);
}

TEST(PilotMeasurement, AFullListOfReadingsMutesNobody)
{
    auto config = configOf("1=alice,2=bob,3=carol");
    config.mostReadings = 8;
    PilotChain chain(config, {});
    const auto startNs = chain.clock->nowNs();
    chain.speak([alice = Speaker(1, -30.0), bob = Speaker(2, -35.0, 100'000'000), startNs](std::span<float> block, int64_t timeNs) {
        alice(block, timeNs);
        if (timeNs - startNs > 7'000'000'000)
            bob(block, timeNs);
    });
    chain.run(14.0);
    auto figures = chain.figures();
    figures.set("sound.seconds_s", 14.0, {});
    ASSERT_NE(figures.table("delays"), nullptr);
    EXPECT_EQ(figures.table("delays")->rows.size(), 8u);
    EXPECT_GT(figures.table("delays")->rowsLeftOut, 20u);
    EXPECT_EQ(textOf(figures, "hears.alice"), "true");
    EXPECT_EQ(textOf(figures, "hears.bob"), "true") << "he came when the list was full";
    EXPECT_EQ(textOf(figures, "hears.carol"), "false");
    EXPECT_NEAR(numberOf(figures, "hears.bob_dbm0"), -35.0, 0.2);
    EXPECT_NEAR(numberOf(figures, "delay.max_ms") - numberOf(figures, "delay.min_ms"), 100.0, 0.2);
    EXPECT_NEAR(numberOf(figures, "drift.pilot_ppm"), 0.0, 5.0);
    EXPECT_GT(figures.table("pilots")->number(0, "last").value_or(0.0), 12.0);

    const auto expected = parseExpectations("hears: { alice: true, bob: true }", "").value();
    for (const auto& fault : findFaults(figures, { expected, config.names, false }))
        ADD_FAILURE() << fault.line();
}

TEST(PilotMeasurement, TooLittleSoundIsNoProofOfAbsence)
{
    PilotChain shortCall(configOf("1=alice", 2), {});
    shortCall.speak([](std::span<float>, int64_t) {});
    shortCall.run(3.0);
    const auto early = shortCall.figures();
    for (const auto* path : { "hears.alice", "hears.self", "pilot.heard", "echo.return_db", "echo.at_most_db", "delay.p50_ms" })
        EXPECT_FALSE(early.find(path)->isMeasured()) << path;
    EXPECT_EQ(early.find("hears.alice")->whyNot, "there were less than 4.6 s of sound");

    PilotChain silent(configOf("1=alice", 2, -20.0), {});
    silent.speak([](std::span<float>, int64_t) {});
    silent.run(6.0);
    const auto late = silent.figures();
    EXPECT_EQ(textOf(late, "hears.alice"), "false");
    EXPECT_EQ(numberOf(late, "echo.at_most_db"), -55.0) << "through G.711, silence alone proves no more";
}

TEST(PilotMeasurement, ASilenceThatACodecMakesOfAPilotIsBelowWhatIsClaimed)
{
    // echo.at_most_db of digital silence rests on this: G.711 makes no silence of a pilot of −75 dBm0.
    for (int number = 1; number <= PilotPlan::pilotCount; ++number)
    {
        std::vector<float> sound(8192, 0.0f);
        Speaker(number, -75.0)(sound, 5'000'000'000);
        int differ = 0;
        for (const auto sample : sound)
            differ += FakePcmuCodec::decodeSample(FakePcmuCodec::encodeSample(static_cast<int16_t>(std::lround(sample * 32768.0f)))) != 0 ? 1 : 0;
        EXPECT_GT(differ, 100) << number;
    }
}

TEST(PilotMeasurement, OwnPilotThatComesBackIsMeasured)
{
    PilotChain chain(configOf("1=alice", 5, -20.0), {});
    chain.speak([alice = Speaker(1, -30.0), own = Speaker(5, -50.0, 150'000'000)](std::span<float> block, int64_t timeNs) {
        alice(block, timeNs);
        own(block, timeNs);
    });
    chain.run(7.0);
    const auto figures = chain.figures();
    EXPECT_EQ(textOf(figures, "hears.self"), "true");
    EXPECT_NEAR(numberOf(figures, "echo.return_db"), -30.0, 0.2);
    EXPECT_EQ(numberOf(figures, "echo.at_most_db"), numberOf(figures, "echo.return_db"));
    EXPECT_NEAR(numberOf(figures, "hears.self_delay_ms") - numberOf(figures, "hears.alice_delay_ms"), 150.0, 0.2);
    EXPECT_EQ(textOf(figures, "pilot.heard"), "alice");
    EXPECT_LT(numberOf(figures, "delay.max_ms"), 100.0) << "an echo is no one-way delay";
}

TEST(PilotMeasurement, StepsAndBreaksStandInTheirTablesWithTheirTime)
{
    PilotChain chain(configOf("1=alice"), {});
    const auto startNs = chain.clock->nowNs();
    chain.speak([pilot = Speaker(1, -30.0), startNs](std::span<float> block, int64_t timeNs) {
        pilot(block, timeNs);
        const auto seconds = static_cast<double>(timeNs - startNs) * 1e-9;
        const auto gain = seconds >= 9.0 ? 0.0 : seconds >= 6.0 ? gainFromDb(-6.0) : seconds >= 3.0 && seconds < 3.06 ? 0.0 : 1.0;
        for (auto& sample : block)
            sample *= static_cast<float>(gain);
    });
    chain.run(12.0);
    const auto figures = chain.figures();
    const auto& steps = figures.table("steps")->rows;
    ASSERT_EQ(steps.size(), 2u);
    const auto cell = [](const std::vector<Figure::Value>& row, size_t column) { return std::get<double>(row[column]); };
    const auto delayMs = numberOf(figures, "delay.p50_ms");
    EXPECT_NEAR(cell(steps[0], 5), -6.0, 0.1);
    EXPECT_NEAR(cell(steps[0], 1), static_cast<double>(startNs) * 1e-9 + 6.0 + delayMs * 1e-3, 0.005) << "clock";
    EXPECT_NEAR(cell(steps[1], 1), static_cast<double>(startNs) * 1e-9 + 9.0 + delayMs * 1e-3, 0.005) << "clock";
    EXPECT_EQ(std::get<std::string>(steps[0][2]), "alice");
    EXPECT_FALSE(std::holds_alternative<double>(steps[1][5])) << "a step to nothing has no size";
    const auto& breaks = figures.table("breaks")->rows;
    ASSERT_EQ(breaks.size(), 1u);
    EXPECT_NEAR(cell(breaks[0], 1), static_cast<double>(startNs) * 1e-9 + 3.0 + delayMs * 1e-3, 0.006);
    EXPECT_NEAR(cell(breaks[0], 3), 60.0, 3.0);
    EXPECT_EQ(numberOf(figures, "steps.count"), 2.0);
    EXPECT_EQ(numberOf(figures, "pilot.breaks"), 1.0);
}

TEST(PilotMeasurement, AFirstComingIsNoChangeAndASecondIs)
{
    PilotChain chain(configOf("1=alice"), {});
    const auto startNs = chain.clock->nowNs();
    chain.speak([pilot = Speaker(1, -30.0), startNs](std::span<float> block, int64_t timeNs) {
        const auto seconds = static_cast<double>(timeNs - startNs) * 1e-9;
        if (seconds >= 1.3 && (seconds < 6.0 || seconds >= 7.1))
            pilot(block, timeNs);
    });
    chain.run(11.0);
    const auto figures = chain.figures();
    EXPECT_EQ(numberOf(figures, "steps.count"), 2.0) << "it went, and came again";
    for (const auto& row : figures.table("steps")->rows)
    {
        EXPECT_NE(std::holds_alternative<double>(row[3]), std::holds_alternative<double>(row[4])) << "either before or after is nothing";
        EXPECT_FALSE(std::holds_alternative<double>(row[5]));
    }
}

TEST(PilotMeasurement, ADriftOfFiftyPpmIsReadWithinFiveByTransportAndPilot)
{
    FakeNetwork network;
    network.driftPpm = 50.0;
    network.jitterMs = 4;
    PilotChain chain(configOf("1=alice"), network);
    chain.speak(Speaker(1, -30.0));
    chain.run(60.0);
    const auto playout = chain.playout();
    ASSERT_TRUE(playout.driftKnown);
    EXPECT_NEAR(playout.driftPpm, 50.0, 5.0) << "after a minute";
    chain.run(140.0);
    const auto figures = chain.figures();
    EXPECT_NEAR(numberOf(figures, "drift.pilot_ppm"), 50.0, 5.0) << textOf(figures, "drift.pilot_ppm");
    EXPECT_EQ(textOf(figures, "hears.alice"), "true");
    EXPECT_NEAR(numberOf(figures, "hears.alice_dbm0"), -30.0, 0.2);
}

TEST(PilotMeasurement, WithoutAClockThereAreLevelsAndNoDelays)
{
    PilotMeasurement measurement(rateHz, Law::mu, configOf("1=alice"));
    std::vector<float> sound(8 * rateHz, 0.0f);
    Speaker(1, -30.0)(sound, 123'456'789'000);
    for (size_t at = 0; at < sound.size(); at += 160)
        measurement.process(std::span(sound).subspan(at, 160), { at, 0, rateHz });
    FigureSet figures;
    measurement.finish(figures);
    EXPECT_NEAR(numberOf(figures, "hears.alice_dbm0"), -30.0, 0.1);
    EXPECT_EQ(figures.find("delay.p50_ms")->whyNot, "the time of the sound is not known");
    EXPECT_FALSE(figures.find("hears.alice_delay_ms")->isMeasured());
    EXPECT_FALSE(figures.find("drift.pilot_ppm")->isMeasured());
}

TEST(PilotSpec, IsReadAndWrongOnesAreRefusedWithTheReason)
{
    EXPECT_EQ(PilotSpec::parse("7").value(), (PilotSpec { 7, -40.0 }));
    EXPECT_EQ(PilotSpec::parse("64@-20.5").value(), (PilotSpec { 64, -20.5 }));
    for (const auto* wrong : { "", "0", "65", "x", "1@", "1@-9", "1@-91", "1@-inf", "1@nan", "1 @-20", "-1", "1.5" })
    {
        const auto parsed = PilotSpec::parse(wrong);
        ASSERT_FALSE(parsed.ok()) << wrong;
        EXPECT_EQ(parsed.error().code, ExitCode::wrongUse);
        EXPECT_NE(parsed.error().message().find("1@-30"), std::string::npos) << parsed.error().message();
    }
}

TEST(PilotNames, AreReadAndWrongOnesAreRefusedWithTheReason)
{
    const auto names = PilotNames::parse("1=alice,64=room-2").value();
    EXPECT_EQ(names.nameOf(1), "alice");
    EXPECT_EQ(names.nameOf(2), "pilot_2");
    EXPECT_EQ(names.numberOf("room-2"), 64);
    EXPECT_EQ(names.numberOf("pilot_2"), 2);
    EXPECT_EQ(names.numberOf("pilot_1"), 0) << "it has a name";
    EXPECT_EQ(names.numberOf("pilot_65"), 0);
    EXPECT_EQ(names.numberOf("bob"), 0);
    EXPECT_EQ(names.named(), (std::vector<int> { 1, 64 }));
    for (const auto* wrong : { "", "alice", "1=", "0=alice", "65=alice", "1=Alice", "1=al_ice", "1=self", "1=alice,", "1=alice,1=bob", "1=alice,2=alice", "1=2a" })
        EXPECT_FALSE(PilotNames::parse(wrong).ok()) << wrong;

    const auto expected = PilotMeasurement::expectedPilots(parseExpectations("hears: {alice: true, pilot_9: false, self: false}\n"
                                                                             "hears.room-2_dbm0: -40 ± 1\nhears.alice_delay_ms: < 80", "").value(), names);
    ASSERT_TRUE(expected.ok());
    EXPECT_EQ(expected.value(), (std::vector<int> { 1, 9, 64, 1 }));
    const auto unknown = PilotMeasurement::expectedPilots(parseExpectations("hears.bob: true", "").value(), names);
    ASSERT_FALSE(unknown.ok());
    EXPECT_NE(unknown.error().message().find("no pilot is called bob"), std::string::npos) << unknown.error().message();
}

} // namespace
} // namespace mw
