#include "SupportBaresip.h"
#include "SupportBench.h"
#include "SupportDtmf.h"
#include "SupportSipp.h"

/** The instruments of these tests, judged by each other and by strangers before they judge the product. */
class Tools : public Bench
{
};

using namespace std::chrono_literals;

TEST_F(Tools, OwnG711AgreesWithSoxOnEveryOctet)
{
    std::vector<unsigned char> all(256);
    for (size_t i = 0; i < all.size(); ++i)
        all[i] = static_cast<unsigned char>(i);
    for (const auto law : { g711::Law::mu, g711::Law::a })
    {
        const std::string type = law == g711::Law::mu ? "ul" : "al";
        writeOctets(file("all." + type), all);
        run({ "sox", "-t", type, "-r", "8000", "-c", "1", file("all." + type), "-b", "16", "-e", "signed-integer", file("all.wav") });
        const auto bySox = WavFile::read(file("all.wav"));
        ASSERT_EQ(bySox.samples.size(), all.size());
        const auto byUs = g711::decode(all, law);
        for (size_t i = 0; i < all.size(); ++i)
        {
            EXPECT_EQ(byUs[i], bySox.samples[i]) << type << " octet " << i;
            const auto expected = law == g711::Law::mu && all[i] == 0x7f ? 0xff : all[i];  // µ-law's second zero
            EXPECT_EQ(g711::encode(g711::decode(all[i], law), law), expected) << type << " octet " << i;
        }
    }
}

TEST_F(Tools, TonesAreMeasuredAtTheirLevelAndNowhereElse)
{
    auto mix = sound::makeTone(437.0, -20.0, 4.0, 8000);
    const auto other = sound::makeTone(1003.0, -40.0, 4.0, 8000);
    for (size_t i = 0; i < mix.size(); ++i)
        mix[i] += other[i];
    EXPECT_NEAR(sound::toneLevelDbfs(mix, 437.0, 8000), -20.0, 0.05);
    EXPECT_NEAR(sound::toneLevelDbfs(mix, 1003.0, 8000), -40.0, 0.05);
    EXPECT_LT(sound::toneLevelDbfs(mix, 700.0, 8000), -110.0);
    EXPECT_NEAR(sound::rmsDbfs(mix), -19.96, 0.1);
    for (const size_t count : { 1u, 8u, 32u })
        EXPECT_EQ(sound::separateFrequencies(count).size(), count);
}

TEST_F(Tools, LongestCommonRunFindsAShiftedPiece)
{
    std::vector<unsigned char> sent(4000), heard(9000, 0xff);
    for (size_t i = 0; i < sent.size(); ++i)
        sent[i] = static_cast<unsigned char>((i * 2654435761u) >> 13);
    std::copy(sent.begin() + 160, sent.end(), heard.begin() + 777);
    const auto match = sound::longestCommonRun(sent, heard);
    EXPECT_EQ(match.needleStart, 160u);
    EXPECT_EQ(match.haystackStart, 777u);
    EXPECT_EQ(match.length, sent.size() - 160);
}

TEST_F(Tools, SippTalksWithStockBaresipAndTheCaptureHearsBoth)
{
    WavFile::write(file("stock.wav"), sound::makeTone(1234.0, -12.0, 20.0, 8000), 8000);
    StockBaresip callee(folder(), { .sound = file("stock.wav") });
    const auto sippSound = g711::encode(sound::makeTone(777.0, -9.0, 2.0, 8000), g711::Law::mu);

    SippCall call;
    call.targetPort = callee.sipPort();
    call.targetUser = "stock";
    call.sounds = { sippSound, sippSound };
    call.talk = 3s;
    SippCaller caller(folder(), call);
    RtpCapture heard(folder(), callee.sipPort(), callee.firstRtpPort(), StockBaresip::rtpPortCount);
    EXPECT_EQ(caller.finish(60s), 0) << caller.log();
    heard.finish();
    EXPECT_EQ(heard.count("BYE", caller.sipPort()), 2);

    ASSERT_EQ(heard.sentTo(caller.rtpPort()).size(), 2u);
    for (const auto* stream : heard.sentTo(caller.rtpPort()))
    {
        const auto* spoken = heard.answerTo(*stream);
        ASSERT_NE(spoken, nullptr);
        EXPECT_GT(sound::longestCommonRun(sippSound, spoken->octets(0)).length, 8000u);
        const auto back = g711::decode(stream->octets(0), g711::Law::mu);
        ASSERT_GT(back.size(), 12000u);
        EXPECT_NEAR(*sound::medianToneLevelDbfs(back, 1234.0, 8000, 0.5, 0.25), -12.0, 0.2);
    }
}

TEST_F(Tools, MultimonReadsAllDigitsMadeBySox)
{
    const std::string digits = "1234567890*#ABCD";
    auto made = dtmf::madeBySox(folder(), digits, 80, 80, -14.0, -12.0);
    made.insert(made.begin(), 4000, 0.0f);
    WavFile::write(file("digits.wav"), made, 8000);
    EXPECT_EQ(dtmf::readByMultimon(file("digits.wav")), digits);
    const auto first = std::span<const float>(made).subspan(4000, 640);
    EXPECT_NEAR(sound::toneLevelDbfs(first, 697.0, 8000), -14.0, 0.3);
    EXPECT_NEAR(sound::toneLevelDbfs(first, 1209.0, 8000), -12.0, 0.3);
}
