#include "RawSipPeer.h"
#include "StackUnderTest.h"

#include <cmath>
#include <numbers>

namespace mw::test
{

using Kind = LegEvent::Kind;

TEST(SipEncryption, SdesCarriesSoundBothWaysEncrypted)
{
    auto config = StackUnderTest::defaultConfig();
    config.mediaEncryption = "srtp-mand";
    config.codecs = { "PCMU" };
    StackUnderTest stack(config);
    stack.start();
    const auto pair = stack.callItself();
    RealClock clock;
    std::array<float, 160> tone {}, heard {};
    for (size_t i = 0; i < tone.size(); ++i)
        tone[i] = static_cast<float>(0.25 * std::sin(2.0 * std::numbers::pi * static_cast<double>(i) / 8.0));
    int good = 0;
    for (int tick = 0; tick < 2000 && good < 5; ++tick)
    {
        pair.calleePort->push(tone, clock.nowNs());
        pair.callerPort->push(tone, clock.nowNs());
        stack.legs().tickDone(0);
        clock.sleepUntilNs(clock.nowNs() + 10'000'000);
        pair.calleePort->pull(heard, clock.nowNs());
        pair.callerPort->pull(heard, clock.nowNs());
        double sum = 0.0;
        for (const auto sample : heard)
            sum += static_cast<double>(sample) * sample;
        const auto level = std::sqrt(sum / heard.size()) / (0.25 / std::sqrt(2.0));
        good = level > 0.95 && level < 1.05 ? good + 1 : 0;
    }
    EXPECT_EQ(good, 5);
    EXPECT_EQ(pair.callerPort->mediaStats().playout.undecodable, 0u);
    EXPECT_GE(pair.calleePort->mediaStats().playout.packets, 5u);
}

TEST(SipEncryption, PlainOfferIsRefused)
{
    auto config = StackUnderTest::defaultConfig();
    config.mediaEncryption = "srtp-mand";
    StackUnderTest stack(config);
    stack.start();
    RawSipPeer peer;
    peer.invite(stack.sipPort(), peer.sdp("0"));
    const auto answer = peer.next("SIP/2.0 4");
    EXPECT_TRUE(answer.starts_with("SIP/2.0 488")) << answer;
}

} // namespace mw::test
