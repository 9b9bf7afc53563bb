#include "RawSipPeer.h"
#include "StackUnderTest.h"

#include <cmath>
#include <numbers>

namespace mw::test
{

using Kind = LegEvent::Kind;

namespace
{

SipConfig encryptedConfig()
{
    auto config = StackUnderTest::defaultConfig();
    config.mediaEncryption = "srtp-mand";
    return config;
}

/** SDP that promises SRTP. @param crypto attributes with the keys, or none */
std::string savp(const RawSipPeer& peer, const std::string& crypto)
{
    auto text = peer.sdp("0", crypto);
    return text.replace(text.find("RTP/AVP"), 7, "RTP/SAVP");
}

const std::vector<std::string> uselessKeys {
    "",
    "a=crypto:1 F8_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz\r\n",  // a suite that we have not
    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 clear:none\r\n" };

/** The call ended for want of keys: it had no media, and no packet came to the peer. */
void expectNoKeys(StackUnderTest& stack, LegId leg, const RawSipPeer& peer, const std::string& crypto)
{
    const auto outcome = stack.waitFor([=](const LegEvent& e) { return e.leg == leg && (e.kind == Kind::mediaReady || e.kind == Kind::closed); },
                                       "the end of a call without keys");
    ASSERT_EQ(outcome.kind, Kind::closed) << "media in the clear with '" << crypto << "'";
    EXPECT_EQ(outcome.sipCode, 488);
    EXPECT_TRUE(outcome.reason.starts_with("no SRTP keys")) << outcome.reason;
    EXPECT_TRUE(outcome.failed);
    EXPECT_FALSE(peer.rtp.receive(std::chrono::milliseconds(0)).has_value());
}

} // namespace

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

TEST(SipEncryption, AnOfferWithoutUsableKeysEndsTheCall)
{
    for (const auto& crypto : uselessKeys)
    {
        StackUnderTest stack(encryptedConfig());
        stack.start();
        RawSipPeer peer;
        peer.invite(stack.sipPort(), savp(peer, crypto));
        const auto leg = stack.waitForIncoming().leg;
        stack.legs().answer(leg);
        const auto answer = peer.next("SIP/2.0 200");
        peer.acknowledge(answer);
        expectNoKeys(stack, leg, peer, crypto);
        if (HasFatalFailure())
            return;
        EXPECT_FALSE(peer.next("BYE").empty());
    }
}

TEST(SipEncryption, AnAnswerWithoutUsableKeysEndsTheCall)
{
    for (const auto& crypto : uselessKeys)
    {
        StackUnderTest stack(encryptedConfig());
        stack.start();
        RawSipPeer peer;
        const auto leg = stack.legs().dial("sip:raw@127.0.0.1:" + std::to_string(peer.sip.port()));
        ASSERT_TRUE(leg.ok());
        const auto invite = peer.next("INVITE");
        peer.answer(stack.sipPort(), invite, "200 OK", savp(peer, crypto));
        expectNoKeys(stack, leg.value(), peer, crypto);
        if (HasFatalFailure())
            return;
        EXPECT_FALSE(peer.next("BYE").empty());
    }
}

} // namespace mw::test
