#include "MixerBench.h"

#include <gtest/gtest.h>

namespace mw::test
{

TEST(MixerDtmf, Finding02_EveryLengthPlaysThroughTheMixerAndEndsInSilence)
{
    MixerBench bench(1, 8000.0, 160, 0.0);
    bench.activateAll();
    uint32_t played = 0;
    for (size_t length = 0; length <= DtmfSequence::maxLength; ++length)
        for (const auto loop : { false, true })
        {
            const std::string digits(length, "0123456789ABCD*#"[length % 16]);
            ASSERT_NE(bench.play(digits.c_str(), 10, 10, loop), 0u);
            const auto out = bench.run({}, static_cast<int>(length * 160 + 1));
            for (size_t i = 0; i < length; ++i)
            {
                ASSERT_NE(out[0][i * 160 + 40], 0.0f) << "digit " << i << " of " << length;
                ASSERT_EQ(out[0][i * 160 + 120], 0.0f);
            }
            played += static_cast<uint32_t>(length);
            ASSERT_EQ(bench.header().dtmfDigitsPlayed, played) << length;
            ASSERT_EQ(bench.header().dtmfDigit, 0) << "the off time, the gap, or nothing at all";
            ASSERT_NE(bench.mixer.post(bench.command(MixerCommand::Kind::stopDtmf)), 0u);
            bench.settle(160);
        }
}

TEST(MixerDtmf, Finding21_NoByteAtNoPlaceDisturbsTheSequenceThatPlays)
{
    // Past the parser, as a command made by hand: the mixer looks again, and what is refused leaves no trace in the sound.
    const std::string taken = "0123456789ABCD*#,";
    MixerBench disturbed(1, 8000.0, 160), left(1, 8000.0, 160);
    for (auto* bench : { &disturbed, &left })
    {
        bench->activateAll();
        ASSERT_NE(bench->play("159D*0#,", 23, 17, true), 0u);
    }
    uint64_t refused = 0;
    for (int code = 0; code < 256; ++code)
    {
        const auto symbol = static_cast<char>(code);
        for (const size_t place : { 0, 4, 8 })
        {
            auto command = disturbed.command(MixerCommand::Kind::playDtmf);
            command.dtmf.sequence = DtmfSequence::parse("222222222").value();
            command.dtmf.sequence.symbols[place] = symbol;
            ASSERT_EQ(command.dtmf.isValid(), taken.find(symbol) != std::string::npos) << code;
            ASSERT_EQ(command.dtmf.check().ok(), command.dtmf.isValid());
            if (command.dtmf.isValid())
                continue;
            ASSERT_EQ(disturbed.mixer.post(command), 0u) << code;
            ASSERT_EQ(disturbed.mixer.postAll({ command }), 0u) << code;
            refused += 2;
        }
        ASSERT_EQ(disturbed.run({}, 80), left.run({}, 80)) << "after byte " << code;
    }
    EXPECT_EQ(refused, 2u * 3u * (256u - 17u));
    EXPECT_EQ(disturbed.header().commandsRefused, refused);
    EXPECT_EQ(disturbed.header().dtmfDigitsPlayed, left.header().dtmfDigitsPlayed);
    EXPECT_GT(left.header().dtmfDigitsPlayed, 10u);
}

TEST(MixerDtmf, Finding16_BadRatesLeaveTheMixerSilentAndTheNextGoodOneWorks)
{
    MixerBench bench(1, 8000.0, 160);
    bench.activateAll();
    const Channels in { constant(0.5f, 160) };
    for (const auto rate : { 0.0, -48000.0, 7999.0, 192001.0, 1e12, std::nan(""), HUGE_VAL, -HUGE_VAL })
    {
        bench.mixer.prepareToPlay(rate, 160);
        EXPECT_EQ(bench.run(in, 160)[0], constant(0.0f, 160)) << rate;
    }
    for (const auto rate :
         { 8000.0, 11025.0, 12000.0, 16000.0, 22050.0, 24000.0, 32000.0, 44100.0, 48000.0, 88200.0, 96000.0, 176400.0, 192000.0 })
    {
        bench.mixer.prepareToPlay(rate, 160);
        ASSERT_NE(bench.play("5", 100, 10), 0u);
        bench.settle(static_cast<int>(rate / 20.0));
        EXPECT_EQ(bench.header().sampleRateHz, rate);
        EXPECT_EQ(bench.header().dtmfDigit, '5') << rate;
        bench.settle(static_cast<int>(rate / 10.0));
        EXPECT_EQ(bench.header().dtmfDigit, 0) << rate;
    }
}

} // namespace mw::test
