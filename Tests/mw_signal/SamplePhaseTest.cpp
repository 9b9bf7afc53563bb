#include "SignalTools.h"

#include <gtest/gtest.h>

#include <limits>

using namespace signaltest;

namespace
{

/** Every tone of a keypad, and others up to just below half of the lowest rate [Hz]. */
const std::vector<uint64_t> tonesHz { 1, 350, 440, 697, 770, 852, 941, 1000, 1004, 1209, 1336, 1477, 1633, 2100, 3400, 3999 };

constexpr uint64_t secondsOfADay = 86400;

/** Phase after so many samples, by whole numbers alone: the remainder of frequency x samples over the rate [cycles]. */
long double exactCycles(uint64_t frequencyHz, uint64_t rateHz, uint64_t samples)
{
    return static_cast<long double>(frequencyHz * samples % rateHz) / static_cast<long double>(rateHz);
}

/** The increment is frequency / rate rounded to a double, then to 2^-64 of a cycle; a reading is rounded to 2^-53. */
long double mostCyclesOff(uint64_t frequencyHz, uint64_t rateHz, uint64_t samples)
{
    const auto cyclesASample = static_cast<long double>(frequencyHz) / static_cast<long double>(rateHz);
    return static_cast<long double>(samples) * (cyclesASample * 0x1p-53L + 0x1p-64L) + 0x1p-53L;
}

} // namespace

TEST(SamplePhase, Finding16_IsWhatWholeNumbersSayAtEveryRateAllDayLong)
{
    long double worst = 0.0L;
    for (const auto rate : everyRate)
        for (const auto hz : tonesHz)
        {
            const auto rateHz = static_cast<uint64_t>(rate);
            const auto day = rateHz * secondsOfADay;
            mw::SamplePhase phase;
            phase.setFrequency(static_cast<double>(hz), rate);
            uint64_t at = 0;
            // Some 500 places, none of them on a boundary of anything, and at last a day and one sample.
            for (auto step = (day / 499) | 1u; at <= day; step += 2)
            {
                const auto jump = std::min(step, day + 1 - at);
                phase.advance(jump);
                at += jump;
                ASSERT_GE(phase.cycles(), 0.0);
                ASSERT_LT(phase.cycles(), 1.0);
                auto off = std::abs(static_cast<long double>(phase.cycles()) - exactCycles(hz, rateHz, at));
                off = std::min(off, 1.0L - off);
                ASSERT_LE(off, mostCyclesOff(hz, rateHz, at)) << hz << " Hz at " << rate << ", sample " << at;
                worst = std::max(worst, off);
            }
            ASSERT_EQ(at, day + 1);
        }
    EXPECT_LT(worst, 4e-8L) << "cycles, after a day: some 10^-5 of a degree";
}

TEST(SamplePhase, Finding16_JumpEqualsStepsWhereverItWraps)
{
    for (const auto rate : everyRate)
        for (const auto hz : { 1477.0, 3999.0 })
        {
            mw::SamplePhase jumping, stepping;
            for (auto* each : { &jumping, &stepping })
            {
                each->setFrequency(hz, rate);
                each->advance(static_cast<uint64_t>(rate) * secondsOfADay);  // the day before
            }
            for (int i = 0; i < 200000; ++i)
                stepping.advance();
            jumping.advance(200000);
            ASSERT_EQ(jumping.raw(), stepping.raw());
            ASSERT_LE(std::abs(jumping.sine()), 1.0);
        }
}

TEST(ToneSource, Finding16_TheSineIsRightAfterADayAtEveryRate)
{
    for (const auto rate : everyRate)
        for (const auto hz : tonesHz)
        {
            const auto rateHz = static_cast<uint64_t>(rate);
            const auto day = rateHz * secondsOfADay;
            mw::ToneSource tone;
            ASSERT_TRUE(tone.prepare(rate));
            ASSERT_TRUE(tone.set(static_cast<double>(hz), -10.0));
            tone.skip(day);
            std::vector<float> block(64);
            tone.render(block);
            const auto amplitude = static_cast<long double>(mw::sineAmplitudeFromDbm0(-10.0, mw::Law::mu));
            for (size_t i = 0; i < block.size(); ++i)
            {
                const auto exact = amplitude
                                 * std::sin(2.0L * std::numbers::pi_v<long double> * exactCycles(hz, rateHz, day + i));
                ASSERT_NEAR(block[i], static_cast<double>(exact), 1e-7) << hz << " Hz at " << rate;
            }
        }
}

TEST(SampleRates, Finding16_EveryUsualRateIsTakenAndEveryBadOneRefusedByAllThatHaveOne)
{
    const auto infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
    using Limits = std::numeric_limits<double>;
    const std::vector<double> bad { 0.0, -0.0, -1.0, -8000.0, -192000.0, 1.0, 7999.0, std::nextafter(8000.0, 0.0),
                                    std::nextafter(192000.0, 1e9), 192001.0, 384000.0, 1e300, Limits::max(), Limits::min(),
                                    Limits::denorm_min(), infinity, -infinity, nan, -nan };
    const auto judge = [&](const char* name, auto prepare) {
        for (const auto rate : everyRate)
            EXPECT_TRUE(prepare(rate)) << name << " at " << rate;
        for (const auto rate : bad)
            EXPECT_FALSE(prepare(rate)) << name << " at " << rate;
    };
    judge("isUsableSampleRate", [](double rate) { return mw::isUsableSampleRate(rate); });
    judge("DtmfOscillator", [](double rate) { return mw::DtmfOscillator().prepare(rate); });
    judge("ToneSource", [](double rate) { return mw::ToneSource().prepare(rate); });
    judge("GainRamp", [](double rate) { return mw::GainRamp().prepare(rate, 10.0); });
    judge("Limiter", [](double rate) { return mw::Limiter().prepare(rate); });
    judge("LevelMeter", [](double rate) { return mw::LevelMeter().prepare(rate); });
    judge("ToneMeter", [](double rate) { return mw::ToneMeter().prepare(rate); });
    judge("DtmfReceiver", [](double rate) { return mw::DtmfReceiver().prepare(rate); });

    // A frequency that no rate can carry leaves the phase where it is, rather than anywhere.
    for (const auto rate : bad)
    {
        mw::SamplePhase phase;
        phase.setFrequency(-1000.0, rate);
        phase.advance(12345);
        ASSERT_GE(phase.cycles(), 0.0);
        ASSERT_LT(phase.cycles(), 1.0);
    }
}
