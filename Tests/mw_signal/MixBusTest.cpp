#include "SignalTools.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <tuple>

using namespace signaltest;
using mw::MixBus;

namespace
{

/** 16-bit samples as floats, and as integers for the exact sum. */
struct Leg
{
    std::vector<int32_t> exact;
    std::vector<float> sound;
};

std::vector<Leg> noisyLegs(size_t legs, size_t frames, uint32_t seed)
{
    std::mt19937 random(seed);
    std::uniform_int_distribution<int32_t> any(-32768, 32767);
    std::vector<Leg> made(legs);
    for (auto& leg : made)
        for (size_t i = 0; i < frames; ++i)
        {
            leg.exact.push_back(any(random));
            leg.sound.push_back(static_cast<float>(leg.exact.back()) / 32768.0f);
        }
    return made;
}

} // namespace

TEST(MixBus, Finding03_SumsOf16BitLegsAreExact)
{
    for (const size_t legs : { 1, 2, 3, 64, 500 })
    {
        const auto made = noisyLegs(legs, 160, static_cast<uint32_t>(legs));
        MixBus bus;
        bus.prepare(160);
        bus.begin(160);
        for (const auto& leg : made)
            bus.add(leg.sound);
        std::vector<float> out(160);
        for (size_t own = 0; own < legs; ++own)
        {
            bus.mixMinus(made[own].sound, out);
            for (size_t i = 0; i < 160; ++i)
            {
                int64_t sum = 0;
                for (size_t other = 0; other < legs; ++other)
                    sum += other == own ? 0 : made[other].exact[i];
                ASSERT_EQ(out[i], static_cast<float>(static_cast<double>(sum) / 32768.0)) << legs << " legs, " << own;
            }
            if (own == 20)
                break;
        }
    }
}

TEST(MixBus, Finding03_AnyGainsGiveTheExactSumToFloatPrecision)
{
    std::mt19937 random(17);
    std::uniform_real_distribution<double> anyDb(-60.0, 20.0);
    for (const size_t legs : { 1, 2, 16, 300 })
    {
        const auto made = noisyLegs(legs, 64, 40 + static_cast<uint32_t>(legs));
        std::vector<float> gains;
        for (size_t i = 0; i < legs; ++i)
            gains.push_back(i % 9 == 8 ? 0.0f : static_cast<float>(std::pow(10.0, anyDb(random) / 20.0)));
        MixBus bus;
        bus.prepare(64);
        bus.begin(64);
        for (size_t i = 0; i < legs; ++i)
            bus.add(made[i].sound, gains[i]);

        const size_t own = legs / 2;
        std::vector<double> ownStrip(64);
        for (size_t i = 0; i < 64; ++i)
            ownStrip[i] = static_cast<double>(made[own].sound[i]) * static_cast<double>(gains[own]);
        std::vector<float> out(64);
        bus.mixMinus(ownStrip, out);
        for (size_t i = 0; i < 64; ++i)
        {
            long double sum = 0.0L, size = 0.0L;
            for (size_t other = 0; other < legs; ++other)
            {
                const auto term = static_cast<long double>(made[other].exact[i]) / 32768.0L * static_cast<long double>(gains[other]);
                sum += other == own ? 0.0L : term;
                size += std::abs(term);
            }
            const auto bound = static_cast<long double>(legs + 2) * 0x1p-53L * size + std::abs(sum) * 0x1p-24L;
            ASSERT_LE(std::abs(static_cast<long double>(out[i]) - sum), bound) << legs << " legs";
        }
    }
}

TEST(MixBus, Finding03_WorstCaseOf2048LegsAtFullScalePlus20Db)
{
    const size_t legs = 2048, frames = 8;
    const std::vector<float> highest(frames, 1.0f), lowest(frames, -1.0f);
    MixBus bus;
    bus.prepare(frames);
    bus.begin(frames);
    for (size_t i = 0; i < legs; ++i)
        bus.add(highest, 10.0f);
    std::vector<float> out(frames);
    bus.writeTotal(out);
    EXPECT_EQ(out, std::vector<float>(frames, 20480.0f));
    bus.mixMinus(std::vector<double>(frames, 10.0), out);
    EXPECT_EQ(out, std::vector<float>(frames, 20470.0f));
    for (size_t i = 0; i < legs; ++i)
        bus.add(lowest, 10.0f);
    bus.writeTotal(out);
    EXPECT_EQ(out, std::vector<float>(frames, 0.0f)) << "and back to silence";

    mw::Limiter limiter;
    ASSERT_TRUE(limiter.prepare(8000.0));
    bus.begin(frames);
    for (size_t i = 0; i < legs; ++i)
        bus.add(highest, 10.0f);
    bus.writeTotal(out);
    EXPECT_EQ(limiter.process(out), frames);
    for (const auto sample : out)
        EXPECT_EQ(sample, mw::Limiter::fullScale);
}

TEST(MixBus, ALegAloneHearsExactlyNothing)
{
    const auto made = noisyLegs(1, 480, 3);
    MixBus bus;
    bus.prepare(480);
    for (const auto gain : { 1.0, 0.7071, 10.0 })
    {
        std::vector<double> strip;
        for (const auto sample : made[0].sound)
            strip.push_back(static_cast<double>(sample) * gain);
        bus.begin(480);
        bus.add(strip);
        std::vector<float> out(480, 1.0f);
        bus.mixMinus(strip, out);
        EXPECT_EQ(out, std::vector<float>(480, 0.0f));
    }
}

TEST(MixBus, TwoLegsHearEachOtherUnchanged)
{
    const auto made = noisyLegs(2, 480, 4);
    MixBus bus;
    bus.prepare(480);
    bus.begin(480);
    bus.add(made[0].sound);
    bus.add(made[1].sound);
    std::vector<float> out(480);
    bus.mixMinus(made[0].sound, out);
    EXPECT_EQ(out, made[1].sound);
    bus.mixMinus(made[1].sound, out);
    EXPECT_EQ(out, made[0].sound);
}

TEST(MixBus, CellsDifferFromTheModeAndCostOnlyThemselves)
{
    const auto made = noisyLegs(4, 160, 5);
    MixBus bus;
    bus.prepare(160);
    bus.begin(160);
    for (const auto& leg : made)
        bus.add(leg.sound);

    std::vector<float> out(160);
    bus.openLeg(MixBus::From::total);
    bus.takeOut(std::span<const float>(made[0].sound));
    bus.correct(std::span<const float>(made[2].sound), 0.5 - 1.0);  // leg 0 hears leg 2 at one half
    bus.correct(std::span<const float>(made[3].sound), -1.0);       // and leg 3 not at all
    bus.closeLeg(out);
    for (size_t i = 0; i < 160; ++i)
        ASSERT_EQ(out[i], static_cast<float>((made[1].exact[i] + 0.5 * made[2].exact[i]) / 32768.0));

    bus.openLeg(MixBus::From::silence);
    bus.correct(std::span<const float>(made[1].sound), 4.0);
    bus.closeLeg(out, 0.25);
    EXPECT_EQ(out, made[1].sound);
    EXPECT_EQ(bus.total()[7], (made[0].exact[7] + made[1].exact[7] + made[2].exact[7] + made[3].exact[7]) / 32768.0) << "the sum itself is untouched";
}

TEST(MixBus, GainOfTheOutputAndShortStrips)
{
    MixBus bus;
    bus.prepare(8);
    bus.begin(100);
    EXPECT_EQ(bus.frames(), 8u) << "never more than was prepared";
    bus.add(std::vector<float>(3, 0.5f));
    std::vector<float> out(10, 9.0f);
    bus.writeTotal(out, 2.0);
    EXPECT_EQ(out, (std::vector<float> { 1, 1, 1, 0, 0, 0, 0, 0, 0, 0 }));
    bus.mixMinus(std::vector<float>(2, 0.5f), out, 2.0);
    EXPECT_EQ(out, (std::vector<float> { 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 }));
    bus.begin(4);
    bus.writeTotal(out);
    EXPECT_EQ(out, std::vector<float>(10, 0.0f));
}

TEST(MixBus, BlocksOfAnySizeGiveTheSameMix)
{
    const size_t total = 4800;
    const auto made = noisyLegs(5, total, 6);
    const auto mixed = [&](const std::vector<size_t>& lengths) {
        MixBus bus;
        bus.prepare(1000);
        std::vector<float> out(total);
        size_t at = 0;
        for (const auto length : lengths)
        {
            bus.begin(length);
            for (const auto& leg : made)
                bus.add(std::span(leg.sound).subspan(at, length), 0.3f);
            bus.mixMinus(std::span(made[1].sound).subspan(at, length), std::span(out).subspan(at, length), 0.9);
            at += length;
        }
        return out;
    };
    const auto reference = mixed(cuts(total, 960));
    for (const auto& lengths : allCuts(total))
        ASSERT_EQ(mixed(lengths), reference);
}

TEST(MixBus, AStripAndItsGainAreTheSameAsTheirProduct)
{
    for (const size_t frames : { 1u, 31u, 32u, 100u, 320u })
    {
        const auto made = noisyLegs(3, frames, 8);
        for (const auto gain : { 1.0f, 0.3f, 7.1f })
            for (const auto outGain : { 1.0, 0.9 })
            {
                MixBus asFloat, asDouble;
                std::vector<double> product(frames);
                for (auto* bus : { &asFloat, &asDouble })
                {
                    bus->prepare(frames);
                    bus->begin(frames);
                }
                for (const auto& leg : made)
                {
                    for (size_t i = 0; i < frames; ++i)
                        product[i] = static_cast<double>(leg.sound[i]) * static_cast<double>(gain);
                    asFloat.add(leg.sound, gain);
                    asDouble.add(product);
                }
                std::vector<float> first(frames), second(frames);
                asFloat.mixMinus(made[2].sound, gain, first, outGain);
                asDouble.mixMinus(product, second, outGain);
                ASSERT_EQ(first, second) << frames << " at " << gain;
            }
    }
}

TEST(MixBus, StripsAddedTogetherAreTheSameAsOneByOne)
{
    for (const size_t frames : { 1u, 15u, 16u, 100u, 320u })
        for (const size_t legs : { 1u, 3u, 4u, 7u, 8u, 13u, 21u })
            for (const auto isUnity : { true, false })
            {
                const auto made = noisyLegs(legs, frames, 11);
                std::vector<MixBus::Part> parts;
                for (size_t leg = 0; leg < legs; ++leg)
                    parts.push_back({ made[leg].sound, isUnity ? 1.0f : 0.1f + 0.37f * static_cast<float>(leg) });
                parts[legs / 2].strip = parts[legs / 2].strip.first(frames / 2);  // and one that is shorter
                MixBus single, together;
                for (auto* bus : { &single, &together })
                {
                    bus->prepare(frames);
                    bus->begin(frames);
                }
                for (const auto& part : parts)
                    single.add(part.strip, part.linearGain);
                together.addAll(parts);
                for (size_t i = 0; i < frames; ++i)
                    ASSERT_EQ(single.total()[i], together.total()[i]) << legs << " legs, sample " << i << " of " << frames;
            }
}

TEST(MixBus, MixedAndMeteredAtOnceIsTheSameAsOneAfterTheOther)
{
    const auto nan = std::numeric_limits<float>::quiet_NaN();
    for (const auto rate : { 8000.0, 9600.0, 11025.0, 16000.0, 32000.0, 44100.0, 48000.0 })
        for (const auto ms : { 5, 7, 20, 1500 })
            for (const auto gain : { 1.0f, 0.3f })
                for (const auto outGain : { 1.0, 0.2, 3.0 })  // of the last one some samples clip
                    for (const auto hearsItself : { false, true })
                    {
                        const auto frames = static_cast<size_t>(rate * ms / 1000.0);
                        const auto made = noisyLegs(2, frames, 12);
                        MixBus bus;
                        bus.prepare(frames);
                        mw::LevelMeter apart, together;
                        ASSERT_TRUE(apart.prepare(rate) && together.prepare(rate));
                        for (int block = 0; block < 3; ++block)
                        {
                            bus.begin(frames);
                            for (const auto& leg : made)
                                bus.add(leg.sound, 0.4f * gain);
                            if (block == 1 && ms == 20)
                                bus.add(std::vector<float> { 0.0f, nan });
                            const auto own = hearsItself ? std::span<const float>(made[0].sound) : std::span<const float>();
                            std::vector<float> first(frames), second(frames);
                            bus.mixMinus(own, 0.4f * gain, first, outGain);
                            const auto wasTaken = apart.processUnclipped(first);
                            ASSERT_EQ(bus.mixMinus(own, 0.4f * gain, second, outGain, together), wasTaken) << rate << " Hz, " << ms << " ms";
                            ASSERT_EQ(std::memcmp(first.data(), second.data(), frames * sizeof(float)), 0) << rate << " Hz, " << ms << " ms";
                        }
                        const auto a = apart.reading(), b = together.reading();
                        ASSERT_EQ(std::tuple(a.rms, a.peak, a.peakHold, a.clippedSamples, a.samples, a.meanSquare),
                                  std::tuple(b.rms, b.peak, b.peakHold, b.clippedSamples, b.samples, b.meanSquare));
                        const auto shown = together.shown();
                        ASSERT_EQ(std::tuple(shown.rms, shown.peak, shown.peakHold),
                                  std::tuple(static_cast<float>(b.rms), static_cast<float>(b.peak), static_cast<float>(b.peakHold)));
                    }
}
