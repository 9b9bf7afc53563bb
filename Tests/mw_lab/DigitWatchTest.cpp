#include "SignallingBench.h"


namespace mw::lab_test
{
namespace
{

class DigitWatchBench : public SignallingBench
{
protected:
    /** Runs and looks 25 times a second. */
    std::vector<HeardDigit> listen(DigitWatch& watch, double seconds)
    {
        std::vector<HeardDigit> all;
        for (int look = 0; look < static_cast<int>(seconds * 25.0 + 0.5); ++look)
        {
            run(0.04);
            for (auto& digit : watch.look(engine->calls()))
                all.push_back(digit);
        }
        return all;
    }

    static std::string textOf(const std::vector<HeardDigit>& all, LegId leg)
    {
        std::string text;
        for (const auto& digit : all)
            if (digit.leg == leg)
                text += digit.detection.digit;
        return text;
    }
};

TEST_F(DigitWatchBench, HearsEachLegsDigitsInOrderWithTimeLevelsAndDuration)
{
    make(8, 16000);
    DigitWatch watch(*engine, Background::Mode::byHand);
    const auto alice = call("sip:alice@example.com"), bob = call("sip:bob@example.com");
    listen(watch, 0.4);
    EXPECT_EQ(watch.watchedLegs(), 2u);
    const auto saidNs = clock->nowNs();
    sayDtmf(alice, "159D*0#", -9.0, 1.0);
    sayDtmf(bob, "22", -15.0, -3.0, 60, 100);
    const auto all = listen(watch, 2.0);
    EXPECT_EQ(textOf(all, alice), "159D*0#");
    EXPECT_EQ(textOf(all, bob), "22");
    int64_t number = 0;
    for (const auto& digit : all)
    {
        const auto isAlice = digit.leg == alice;
        EXPECT_NEAR(digit.detection.lowDbm0, isAlice ? -9.0 : -15.0, 0.3);
        EXPECT_NEAR(digit.detection.highDbm0, isAlice ? -8.0 : -18.0, 0.3);
        EXPECT_NEAR(digit.durationMs, isAlice ? 80.0 : 60.0, 8.0);
        // It comes out of the jitter buffer later than it was said: by the same time for every digit, within a block.
        if (isAlice)
        {
            EXPECT_NEAR(static_cast<double>(digit.startNs - saidNs) * 1e-6, 160.0 * static_cast<double>(number++) + 130.0, 130.0);
        }
    }
    EXPECT_EQ(watch.missedSamples(), 0u);
    EXPECT_EQ(watch.lostDigits(), 0u);
}

TEST_F(DigitWatchBench, SilenceThatIsNotListenedToLeavesTheTimesRight)
{
    make();
    DigitWatch watch(*engine, Background::Mode::byHand);
    const auto leg = call("sip:alice@example.com");
    [[maybe_unused]] const auto none = watch.look(engine->calls());
    const auto all = std::make_shared<SampleFifo>(8000 * 8);
    engine->mixer().setTap({ TapPoint::Kind::legIn, 0 }, all, TapUse::role);
    sayDtmf(leg, ",,,1,,,,,,,,,,,,2,,3", -9.0, 0.0, 100, 100);
    const auto heard = listen(watch, 6.0);
    ASSERT_EQ(textOf(heard, leg), "123");

    // A receiver that hears every sample says the same, sample for sample.
    DtmfReceiver whole;
    ASSERT_TRUE(whole.prepare(8000.0));
    std::vector<float> samples(all->available());
    all->read(samples);
    whole.process(samples);
    for (const auto& digit : heard)
    {
        DtmfDetection other;
        ASSERT_TRUE(whole.take(other));
        EXPECT_EQ(other.startSample, digit.detection.startSample) << digit.detection.digit;
        EXPECT_EQ(other.endSample, digit.detection.endSample);
        EXPECT_NEAR(other.lowDbm0, digit.detection.lowDbm0, 1e-6);
    }
    for (size_t i = 1; i < heard.size(); ++i)
        EXPECT_NEAR(static_cast<double>(heard[i].startNs - heard[i - 1].startNs) * 1e-6,
                    static_cast<double>(heard[i].detection.startSample - heard[i - 1].detection.startSample) / 8.0, 0.2);
}

TEST_F(DigitWatchBench, LetsGoOfLegsThatEndAndTakesOthersOnTheirChannel)
{
    make(1);
    DigitWatch watch(*engine, Background::Mode::byHand);
    const auto first = call("sip:first@example.com");
    listen(watch, 0.4);
    sayDtmf(first, "7", -9.0, 0.0, 80, 80);
    run(0.3);
    legs->peerHangsUp(first);
    run(0.04);
    const auto last = watch.look(engine->calls());
    EXPECT_EQ(textOf(last, first), "7") << "what waited when it ended is heard";
    EXPECT_EQ(watch.watchedLegs(), 0u);

    const auto second = call("sip:second@example.com");
    listen(watch, 0.4);
    sayDtmf(second, "8");
    EXPECT_EQ(textOf(listen(watch, 0.6), second), "8");
    EXPECT_EQ(engine->call(second)->channel, 0);
}

TEST_F(DigitWatchBench, WhatItWasTooLateForIsCounted)
{
    make();
    DigitWatch watch(*engine, Background::Mode::byHand);
    call("sip:alice@example.com");
    listen(watch, 0.2);
    run(3.0);
    [[maybe_unused]] const auto heard = watch.look(engine->calls());
    EXPECT_GE(watch.missedSamples(), 8000u * 3 / 2) << "three seconds without a look; one fits";
    EXPECT_LE(watch.missedSamples(), 8000u * 3);
}

TEST_F(DigitWatchBench, ListensOnAThreadOfItsOwn)
{
    make();
    DigitWatch watch(*engine, Background::Mode::ownThread);
    const auto leg = call("sip:alice@example.com");
    [[maybe_unused]] const auto none = watch.look(engine->calls());
    sayDtmf(leg, "42");
    run(0.9);
    std::string text;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (text.size() < 2 && std::chrono::steady_clock::now() < deadline)
        for (const auto& digit : watch.look(engine->calls()))
            text += digit.detection.digit;
    EXPECT_EQ(text, "42");
}

TEST_F(DigitWatchBench, DtmfForOneLegIsHeardByItAlone)
{
    for (const auto mode : { MixMode::conference, MixMode::matrix })
    {
        make(4);
        MixerCommand setMode;
        setMode.kind = MixerCommand::Kind::setMode;
        setMode.mode = mode;
        ASSERT_TRUE(engine->command(setMode).ok());
        const auto alice = call("sip:alice@example.com"), bob = call("sip:bob@example.com");
        DtmfAudience audience(*engine);
        ASSERT_TRUE(audience.only(bob).ok());
        EXPECT_EQ(audience.leg(), bob);
        const auto later = call("sip:later@example.com");
        run(0.1);
        for (const auto leg : { alice, bob, later })
            legs->forgetHeard(leg);

        MixerCommand play;
        play.kind = MixerCommand::Kind::playDtmf;
        play.dtmf.sequence = DtmfSequence::parse("5").value();
        play.dtmf.onMs = 200;
        ASSERT_TRUE(engine->command(play).ok());
        run(0.3);
        const auto loudest = [this](LegId leg) {
            auto most = 0.0f;
            for (const auto sample : heardBy(leg))
                most = std::max(most, std::abs(sample));
            return most;
        };
        EXPECT_GT(loudest(bob), 0.2f);
        EXPECT_LT(loudest(alice), 0.001f) << "below -60 dB";
        EXPECT_LT(loudest(later), 0.001f);

        audience.everybody();
        EXPECT_EQ(audience.leg(), 0u);
        run(0.1);
        for (const auto leg : { alice, bob, later })
            legs->forgetHeard(leg);
        ASSERT_TRUE(engine->command(play).ok());
        run(0.3);
        for (const auto leg : { alice, bob, later })
            EXPECT_EQ(loudest(leg) > 0.2f, mode == MixMode::conference) << "as the mode says again";

        ASSERT_TRUE(audience.only(bob).ok());
        legs->peerHangsUp(bob);
        run(0.04);
        EXPECT_EQ(audience.leg(), 0u) << "a leg that is over is nobody's ear";
        EXPECT_FALSE(audience.only(bob).ok());
        engine->stop();
        engine.reset();
    }
}

} // namespace
} // namespace mw::lab_test
