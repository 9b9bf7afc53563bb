#pragma once

#include "../Support/FakeLegs.h"

#include <mw_lab/mw_lab.h>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace mw::lab_test
{

/** An engine on manual time over fake legs that hear what they are sent as µ-law. */
class SignallingBench : public ::testing::Test
{
protected:
    void make(int maxLegs = 8, int rateHz = 8000, bool answers = true)
    {
        test::FakeLegFactory::Config legConfig;
        legConfig.clock = clock;
        legConfig.port.engineRateHz = rateHz;
        legConfig.port.maxBlockFrames = rateHz / 50;
        legs = std::make_unique<test::FakeLegFactory>(legConfig);
        Engine::Config config;
        config.clock = clock;
        config.sampleRateHz = rateHz;
        config.runMediaThread = false;
        config.answerAutomatically = answers;
        config.mixer.maxLegs = maxLegs;
        engine = std::make_unique<Engine>(config, *legs);
        ASSERT_TRUE(engine->start().ok());
    }

    ~SignallingBench() override
    {
        if (engine != nullptr)
            engine->stop();
    }

    void run(double seconds)
    {
        for (int tick = 0; tick < static_cast<int>(seconds * 50.0 + 0.5); ++tick)
        {
            legs->pump();
            engine->handleEvents();
            engine->runTick();
            clock->advanceNs(20'000'000);
        }
    }

    LegId call(const std::string& uri)
    {
        const auto leg = legs->ring(uri);
        run(0.06);
        return leg;
    }

    /** What a peer was sent, as samples. */
    [[nodiscard]] std::vector<float> heardBy(LegId leg)
    {
        std::vector<float> samples;
        for (const auto& packet : legs->heard(leg))
            for (const auto octet : packet.payload)
                samples.push_back(static_cast<float>(test::FakePcmuCodec::decodeSample(octet)) / 32768.0f);
        return samples;
    }

    /** The peer says DTMF from now on. */
    void sayDtmf(LegId leg, const std::string& digits, double lowDbm0 = -9.0, double twistDb = 1.0, int onMs = 80, int offMs = 80)
    {
        auto oscillator = std::make_shared<DtmfOscillator>();
        ASSERT_TRUE(oscillator->prepare(8000.0));
        DtmfSettings settings;
        settings.sequence = DtmfSequence::parse(digits).value();
        settings.lowDbm0 = lowDbm0;
        settings.twistDb = twistDb;
        settings.onMs = onMs;
        settings.offMs = offMs;
        ASSERT_TRUE(oscillator->play(settings));
        legs->setVoice(leg, [oscillator](std::span<uint8_t> octets, uint64_t) {
            std::vector<float> samples(octets.size());
            oscillator->render(samples);
            for (size_t i = 0; i < octets.size(); ++i)
                octets[i] = test::FakePcmuCodec::encodeSample(static_cast<int16_t>(std::lround(samples[i] * 32767.0f)));
        });
    }

    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(5'000'000'000);
    std::unique_ptr<test::FakeLegFactory> legs;
    std::unique_ptr<Engine> engine;
};

} // namespace mw::lab_test
