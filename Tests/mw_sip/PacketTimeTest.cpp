#include "RawCall.h"

#include <mw_sip/PacketTime.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace mw::test
{

using Kind = LegEvent::Kind;

TEST(PacketTime, WhatThePeerWishesForIsSent)
{
    EXPECT_EQ(packetTimeMs("PCMU", {}, 20), 20) << "it says nothing";
    EXPECT_EQ(packetTimeMs("PCMU", { "30", nullptr }, 20), 30);
    EXPECT_EQ(packetTimeMs("PCMU", { "10", nullptr }, 20), 10);
    EXPECT_EQ(packetTimeMs("G722", { "15", nullptr }, 20), 15);
    EXPECT_EQ(packetTimeMs("PCMU", { "30 ", nullptr }, 20), 30);
}

TEST(PacketTime, NoPacketHoldsMoreThanThePeersMost)
{
    EXPECT_EQ(packetTimeMs("PCMU", { nullptr, "10" }, 20), 10);
    EXPECT_EQ(packetTimeMs("PCMU", { "40", "30" }, 20), 30);
    EXPECT_EQ(packetTimeMs("PCMU", { "10", "60" }, 20), 10);
    EXPECT_EQ(packetTimeMs("PCMU", { nullptr, "150" }, 20), 20);
}

TEST(PacketTime, WhatIsNoLengthOfOursIsTheNextShorterOne)
{
    EXPECT_EQ(packetTimeMs("PCMU", { "24", nullptr }, 20), 20);
    EXPECT_EQ(packetTimeMs("PCMU", { "100", nullptr }, 20), 60);
    EXPECT_EQ(packetTimeMs("PCMU", { "2147483647", nullptr }, 20), 60);
    EXPECT_EQ(packetTimeMs("PCMU", { "2.5", nullptr }, 20), 5);
    EXPECT_EQ(packetTimeMs("opus", { "30", nullptr }, 20), 20) << "opus has no frames of 30 ms";
    EXPECT_EQ(packetTimeMs("opus", {}, 30), 20);
    EXPECT_EQ(packetTimeMs("opus", { "5", nullptr }, 20), 5);
    EXPECT_EQ(packetTimeMs("opus", { "120", nullptr }, 20), 60);
}

TEST(PacketTime, WhatIsNoNumberSaysNothing)
{
    for (const auto* nonsense : { "", "0", "-20", "abc", "20ms", "99999999999", ".5" })
    {
        EXPECT_EQ(packetTimeMs("PCMU", { nonsense, nullptr }, 20), 20) << nonsense;
        EXPECT_EQ(packetTimeMs("PCMU", { nullptr, nonsense }, 20), 20) << nonsense;
    }
}

namespace
{

/** A caller with its wishes, and what it is sent. */
class WishfulCaller
{
public:
    WishfulCaller(const std::string& wishes, bool followed)
        : stack(configFor(followed)), call((stack.start(), stack), "0", wishes)
    {
    }

    /** Lengths of what the peer is sent while 240 ms are pushed [ms], each once. */
    std::vector<int> lengthsSent()
    {
        RealClock clock;
        std::array<float, 160> block {};
        block.fill(0.25f);
        for (int tick = 0; tick < 12; ++tick)
            call.port->push(block, clock.nowNs());
        stack.legs().tickDone(0);
        std::vector<int> lengths;
        for (int heardMs = 0; heardMs < 240;)
        {
            const auto packet = call.peer.rtp.receive();
            if (! packet.has_value())
                return {};
            take(*packet);
            constexpr size_t header = 12, octetsPerMs = 8;
            const auto lengthMs = static_cast<int>((packet->size() - header) / octetsPerMs);
            heardMs += lengthMs;
            if (std::find(lengths.begin(), lengths.end(), lengthMs) == lengths.end())
                lengths.push_back(lengthMs);
        }
        return lengths;
    }

    /** Offers anew, and waits for the answer. */
    void offerAgain(const std::string& wishes)
    {
        const auto asked = call.peer.inviteAgain(call.answer, call.peer.sdp("0", wishes));
        std::string answered;
        do
            answered = call.peer.next("SIP/2.0 200");
        while (! answered.empty() && RawSipPeer::headerOf(answered, "CSeq") != asked);
        ASSERT_FALSE(answered.empty());
        call.peer.acknowledge(answered);
    }

    StackUnderTest stack;
    RawCall call;
    std::vector<uint32_t> sources, timestamps;  ///< of the packets so far

private:
    void take(const std::vector<uint8_t>& packet)
    {
        const auto read32 = [&packet](size_t at) {
            return (uint32_t { packet[at] } << 24) | (uint32_t { packet[at + 1] } << 16) | (uint32_t { packet[at + 2] } << 8) | packet[at + 3];
        };
        timestamps.push_back(read32(4));
        sources.push_back(read32(8));
    }

    static SipConfig configFor(bool followed)
    {
        auto config = StackUnderTest::defaultConfig();
        config.codecs = { "PCMU" };
        config.followsPeerPtime = followed;
        return config;
    }
};

} // namespace

TEST(SipPacketTime, APeerIsSentPacketsOfTheLengthItAsksFor)
{
    EXPECT_EQ(WishfulCaller("a=ptime:30\r\n", true).lengthsSent(), std::vector { 30 });
    EXPECT_EQ(WishfulCaller("a=ptime:40\r\na=maxptime:10\r\n", true).lengthsSent(), std::vector { 10 });
    EXPECT_EQ(WishfulCaller("", true).lengthsSent(), std::vector { 20 });
}

TEST(SipPacketTime, OursIsSentAllTheSameWhereThatIsForced)
{
    WishfulCaller caller("a=ptime:30\r\na=maxptime:10\r\n", false);
    EXPECT_EQ(caller.call.port->format().ptimeMs, 20);
    EXPECT_EQ(caller.lengthsSent(), std::vector { 20 });
}

TEST(SipPacketTime, ALaterOfferChangesItAndOneWithoutAWishLeavesIt)
{
    WishfulCaller caller("a=ptime:30\r\n", true);
    caller.offerAgain("");
    EXPECT_EQ(caller.lengthsSent(), std::vector { 30 });
    RealClock clock;
    const auto sentNs = clock.nowNs();
    caller.offerAgain("a=ptime:60\r\n");
    const auto leg = caller.call.leg;
    const auto isMedia = [leg](const LegEvent& event) { return event.kind == Kind::mediaReady && event.leg == leg; };
    caller.call.port = caller.stack.waitFor(isMedia, "other media", 2).port;
    ASSERT_NE(caller.call.port, nullptr);
    const auto before = caller.timestamps.size();
    EXPECT_EQ(caller.lengthsSent(), std::vector { 60 });

    // To the peer it is one stream: its time goes on.
    ASSERT_GT(caller.timestamps.size(), before);
    EXPECT_EQ(caller.sources[before], caller.sources[before - 1]);
    const auto step = caller.timestamps[before] - caller.timestamps[before - 1];
    EXPECT_GE(step, 30u * 8) << "what the last packet of the old length held";
    EXPECT_LT(step, static_cast<uint32_t>(8000 + (clock.nowNs() - sentNs) / 125'000)) << "a second, and what this host took";
}

} // namespace mw::test
