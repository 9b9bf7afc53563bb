#include "MixerBench.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace mw::test
{

namespace
{
struct OverloadCase
{
    double rateHz, inDb, outDb;
    int blockFrames;
};

/** What a leg is sent by a conference of loud talkers, and how many of its samples the limiter changed. */
struct Sent
{
    Channel sound;
    uint64_t limited = 0;
};

Sent whatIsSentTo(int leg, const Channels& talking, const OverloadCase& overload)
{
    MixerBench bench(static_cast<int>(talking.size()), overload.rateHz, overload.blockFrames);
    bench.activateAll();
    bench.mixer.setMasterInGainDb(overload.inDb);
    bench.mixer.setOutputGainDb(overload.outDb);
    const auto all = talking.front().size();
    Channels out(talking.size(), Channel(all));
    for (size_t at = 0; at < all; at += static_cast<size_t>(overload.blockFrames))
        bench.run(talking, at, out, overload.blockFrames);
    return { out[static_cast<size_t>(leg)], bench.row(leg).limitedSamples };
}

/** Noise that swells and fades as syllables do, up to full scale. */
Channels loudTalkers(int count, size_t frames, double rateHz)
{
    auto made = talkers(count, frames, 32767, 5);
    for (size_t leg = 0; leg < made.size(); ++leg)
        for (size_t i = 0; i < frames; ++i)
        {
            const auto swell = 0.5 + 0.5 * std::sin(2.0 * 3.14159265 * (3.0 + 0.7 * static_cast<double>(leg)) * static_cast<double>(i) / rateHz);
            made[leg][i] = static_cast<float>(std::lround(static_cast<double>(made[leg][i]) * swell * 32768.0)) / 32768.0f;
        }
    return made;
}

/** What the leg's own voice does to what it is sent, against the voice itself [dB]; minus infinity: nothing. */
double ownVoiceDb(int leg, const Channels& talking, const OverloadCase& overload)
{
    auto others = talking;
    std::fill(others[static_cast<size_t>(leg)].begin(), others[static_cast<size_t>(leg)].end(), 0.0f);
    const auto with = whatIsSentTo(leg, talking, overload), without = whatIsSentTo(leg, others, overload);
    EXPECT_GT(with.limited, talking.front().size() / 20) << "this is to be an overload";
    double difference = 0.0, voice = 0.0;
    for (size_t i = 0; i < with.sound.size(); ++i)
    {
        difference += std::pow(static_cast<double>(with.sound[i]) - static_cast<double>(without.sound[i]), 2.0);
        voice += std::pow(static_cast<double>(talking[static_cast<size_t>(leg)][i]), 2.0);
    }
    return 10.0 * std::log10(difference / voice);
}
} // namespace

TEST(MixerOwnVoice, OfFourLoudTalkersNobodyHearsThemselvesWhileTheLimitersWork)
{
    for (const auto& overload : { OverloadCase { 8000.0, 0.0, 0.0, 160 }, OverloadCase { 16000.0, 0.0, 0.0, 320 }, OverloadCase { 16000.0, 7.3, 3.1, 320 },
                                  OverloadCase { 16000.0, -2.9, 9.7, 100 } })
    {
        const auto talking = loudTalkers(4, static_cast<size_t>(2.0 * overload.rateHz), overload.rateHz);
        for (int leg = 0; leg < 4; ++leg)
        {
            const auto heard = ownVoiceDb(leg, talking, overload);
            EXPECT_LT(heard, -90.0) << "leg " << leg << " at " << overload.rateHz << " Hz, in " << overload.inDb << " dB, out " << overload.outDb << " dB";
            if (overload.inDb == 0.0)
            {
                EXPECT_EQ(heard, -std::numeric_limits<double>::infinity()) << "16-bit samples sum exactly";
            }
            RecordProperty("own_voice_db", std::to_string(heard));
            std::printf("leg %d: %.1f dB\n", leg, heard);
        }
    }
}

} // namespace mw::test
