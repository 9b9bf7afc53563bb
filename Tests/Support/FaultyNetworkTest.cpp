#include "FaultyNetwork.h"

#include "ScaledClock.h"
#include "SipDetour.h"
#include "UdpSocket.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <thread>

using namespace mw;
using namespace mw::test;

namespace
{

std::vector<PacketFate> fates(const NetworkFaults& faults, size_t count)
{
    FaultDice dice(faults);
    std::vector<PacketFate> all;
    for (size_t i = 0; i < count; ++i)
        all.push_back(dice.next());
    return all;
}

double lossShare(const std::vector<PacketFate>& all)
{
    const auto lost = std::count_if(all.begin(), all.end(), [](const PacketFate& fate) { return fate.isLost(); });
    return static_cast<double>(lost) / static_cast<double>(all.size());
}

/** RTP packets of G.711 from a socket of its own through a link to another. */
class Ends
{
public:
    explicit Ends(const NetworkFaults& faults) : network(1, { faults, {}, false })
    {
        sender.bind();
        receiver.bind();
        entrance = network.addLink(receiver.port());
    }

    void send(uint16_t sequence)
    {
        std::array<uint8_t, 172> packet {};
        packet[0] = 0x80;
        packet[2] = static_cast<uint8_t>(sequence >> 8);
        packet[3] = static_cast<uint8_t>(sequence);
        packet[171] = static_cast<uint8_t>(sequence * 7);
        EXPECT_EQ(sender.send(entrance, packet), "");
    }

    struct Came
    {
        uint16_t sequence;
        int64_t atNs;
    };

    /** Waits for `count` packets at most until the deadline. */
    std::vector<Came> receive(size_t count, int deadlineMs = 20000)
    {
        std::vector<Came> all;
        const auto end = clock.nowNs() + int64_t { deadlineMs } * 1'000'000;
        std::array<uint8_t, 2000> octets {};
        while (all.size() < count && clock.nowNs() < end)
        {
            pollfd waiting { receiver.descriptor(), POLLIN, 0 };
            ::poll(&waiting, 1, 50);
            uint16_t from = 0;
            while (const auto size = receiver.receive(octets, from))
            {
                EXPECT_EQ(*size, 172u);
                all.push_back({ static_cast<uint16_t>(octets[2] << 8 | octets[3]), clock.nowNs() });
                EXPECT_EQ(octets[171], static_cast<uint8_t>(all.back().sequence * 7));
            }
        }
        return all;
    }

    RealClock clock;
    FaultyNetwork network;
    UdpSocket sender, receiver;
    uint16_t entrance = 0;
};

} // namespace

TEST(NetworkFaults, SameSeedSameFatesAnotherSeedOthers)
{
    NetworkFaults faults;
    faults.seed = 42;
    faults.lossProbability = 0.05;
    faults.bursts = NetworkFaults::Gilbert { 0.01, 0.3, 0.9, 0.001 };
    faults.jitterMs = 30.0;
    faults.reorderProbability = 0.02;
    faults.duplicateProbability = 0.02;
    const auto once = fates(faults, 5000);
    EXPECT_EQ(once, fates(faults, 5000));

    auto other = faults;
    other.seed = 43;
    EXPECT_NE(once, fates(other, 5000));

    // What else is switched on does not move the losses.
    auto quiet = faults;
    quiet.jitterMs = quiet.reorderProbability = quiet.duplicateProbability = 0.0;
    const auto plain = fates(quiet, 5000);
    for (size_t i = 0; i < plain.size(); ++i)
        ASSERT_EQ(plain[i].loss, once[i].loss) << i;
}

TEST(NetworkFaults, GoldenFatesOfASeed)
{
    // Literal: the same on every machine and for good, so that a failure can be told by its seed.
    NetworkFaults faults;
    faults.seed = 7;
    faults.lossProbability = 0.1;
    std::vector<size_t> lost;
    const auto all = fates(faults, 100);
    for (size_t i = 0; i < all.size(); ++i)
        if (all[i].isLost())
            lost.push_back(i);
    EXPECT_EQ(lost, (std::vector<size_t> { 22, 27, 28, 33, 35, 36, 37, 45, 46, 54, 58, 64, 66, 72, 84, 86, 99 }));
}

TEST(NetworkFaults, SharesAreWhatWasAskedFor)
{
    constexpr size_t count = 200000;
    for (const auto p : { 0.001, 0.01, 0.1, 0.5 })
    {
        NetworkFaults faults;
        faults.lossProbability = p;
        EXPECT_NEAR(lossShare(fates(faults, count)), p, 4.0 * std::sqrt(p * (1.0 - p) / count)) << p;
    }

    // Gilbert: the share of bad is goodToBad / (goodToBad + badToGood), a stretch of it 1 / badToGood long.
    NetworkFaults bursty;
    bursty.bursts = NetworkFaults::Gilbert { 0.01, 0.25, 1.0, 0.0 };
    const auto all = fates(bursty, count);
    EXPECT_NEAR(lossShare(all), 0.01 / 0.26, 0.003);
    size_t stretches = 0, lost = 0;
    for (size_t i = 0; i < all.size(); ++i)
    {
        lost += all[i].isLost() ? 1 : 0;
        stretches += all[i].isLost() && (i == 0 || ! all[i - 1].isLost()) ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(lost) / static_cast<double>(stretches), 4.0, 0.2);
}

TEST(NetworkFaults, PeriodicAndListedLossesAreExact)
{
    NetworkFaults faults;
    faults.periodicLoss = NetworkFaults::Periodic { 50, 2, 10 };
    faults.lostPackets = { 3, 77 };
    const auto all = fates(faults, 500);
    for (size_t i = 0; i < all.size(); ++i)
    {
        const auto wanted = i == 3 || i == 77              ? PacketFate::Loss::listed
                            : i >= 10 && (i - 10) % 50 < 2 ? PacketFate::Loss::periodic
                                                           : PacketFate::Loss::none;
        ASSERT_EQ(all[i].loss, wanted) << i;
    }
}

TEST(NetworkFaults, AStallLetsPacketsComeAtOnce)
{
    NetworkFaults faults;
    faults.delayMs = 5.0;
    faults.stalls = { { 10, 4, 20.0, 60.0 } };
    const auto all = fates(faults, 20);
    for (size_t i = 0; i < all.size(); ++i)
        EXPECT_DOUBLE_EQ(all[i].delayMs, 5.0 + (i < 10 || i > 13 ? 0.0 : 60.0 - 20.0 * static_cast<double>(i - 10))) << i;
}

TEST(FaultyNetwork, LosesExactlyWhatItsLogSays)
{
    NetworkFaults faults;
    faults.seed = 11;
    faults.lossProbability = 0.2;
    constexpr uint16_t count = 100;  // what a socket's buffer holds for sure
    std::string first;
    for (int run = 0; run < 2; ++run)
    {
        Ends ends(faults);
        for (uint16_t i = 0; i < count; ++i)
            ends.send(i);
        const auto wanted = fates(faults, count);
        std::vector<uint16_t> passed;
        for (uint16_t i = 0; i < count; ++i)
            if (! wanted[i].isLost())
                passed.push_back(i);
        const auto came = ends.receive(passed.size());
        ASSERT_EQ(came.size(), passed.size());
        for (size_t i = 0; i < came.size(); ++i)
            ASSERT_EQ(came[i].sequence, passed[i]) << i;

        const auto log = ends.network.log();
        ASSERT_EQ(log.size(), size_t { count });
        for (size_t i = 0; i < log.size(); ++i)
        {
            EXPECT_EQ(log[i].fate, wanted[i]);
            EXPECT_EQ(log[i].sequence, i);
            EXPECT_EQ(log[i].sentNs == 0, wanted[i].isLost());
        }
        EXPECT_TRUE(ends.network.problems().empty());
        if (run == 0)
            first = FaultyNetwork::text(log);
        else
            EXPECT_EQ(first, FaultyNetwork::text(log));
    }
    EXPECT_NE(first.find("0 forth 0 seq 0 ts 0 type 0 172 octets"), std::string::npos) << first.substr(0, 200);
}

TEST(FaultyNetwork, DelayIsKeptAndOrderTooWithJitter)
{
    NetworkFaults faults;
    faults.delayMs = 30.0;
    faults.jitterMs = 20.0;
    Ends ends(faults);
    const auto begun = ends.clock.nowNs();
    for (uint16_t i = 0; i < 100; ++i)
        ends.send(i);
    const auto came = ends.receive(100);
    ASSERT_EQ(came.size(), 100u);
    const auto log = ends.network.log();
    for (size_t i = 0; i < came.size(); ++i)
    {
        EXPECT_EQ(came[i].sequence, i);
        EXPECT_GE(came[i].atNs - begun, 30'000'000);
        EXPECT_GE(log[i].sentNs - log[i].arrivedNs, static_cast<int64_t>(log[i].fate.delayMs * 1.0e6));
    }
}

TEST(FaultyNetwork, ReordersAndDoublesAsDecided)
{
    NetworkFaults faults;
    faults.reorderProbability = 0.1;
    faults.reorderMs = 100.0;
    faults.duplicateProbability = 0.1;
    Ends ends(faults);
    constexpr uint16_t count = 120;
    const auto wanted = fates(faults, count);
    const auto doubled = std::count_if(wanted.begin(), wanted.end(), [](const PacketFate& fate) { return fate.doubled; });
    const auto overtaken = std::count_if(wanted.begin(), wanted.end(), [](const PacketFate& fate) { return fate.overtaken; });
    ASSERT_GT(doubled, 5);
    ASSERT_GT(overtaken, 5);
    for (uint16_t i = 0; i < count; ++i)
        ends.send(i);
    const auto came = ends.receive(count + static_cast<size_t>(doubled));
    ASSERT_EQ(came.size(), count + static_cast<size_t>(doubled));
    std::array<int, count> times {};
    for (const auto& packet : came)
        ++times[packet.sequence];
    for (size_t i = 0; i < count; ++i)
        EXPECT_EQ(times[i], wanted[i].doubled ? 2 : 1) << i;
    // Whoever was held back comes after all that were not.
    const auto lastPrompt = std::find_if(came.rbegin(), came.rend(), [&](const auto& packet) { return ! wanted[packet.sequence].overtaken; });
    for (auto it = came.begin(); it != lastPrompt.base(); ++it)
        EXPECT_FALSE(wanted[it->sequence].overtaken) << it->sequence;
}

TEST(FaultyNetwork, ALinkCarriesTheWayBackToo)
{
    NetworkFaults none;
    Ends ends(none);
    ends.send(1);
    ASSERT_EQ(ends.receive(1).size(), 1u);
    // The receiver answers whoever sent: the network's far side.
    std::array<uint8_t, 200> octets {};
    ends.send(2);
    pollfd waiting { ends.receiver.descriptor(), POLLIN, 0 };
    ASSERT_EQ(::poll(&waiting, 1, 20000), 1);
    uint16_t from = 0;
    ASSERT_TRUE(ends.receiver.receive(octets, from).has_value());
    octets[2] = 9;
    EXPECT_EQ(ends.receiver.send(from, std::span(octets).first(172)), "");
    waiting = { ends.sender.descriptor(), POLLIN, 0 };
    ASSERT_EQ(::poll(&waiting, 1, 20000), 1);
    uint16_t back = 0;
    ASSERT_EQ(ends.sender.receive(octets, back), 172u);
    EXPECT_EQ(back, ends.entrance);
    EXPECT_EQ(octets[2], 9);
    EXPECT_EQ(FaultyNetwork::of(ends.network.log(), 0, NetworkDirection::toCaller).size(), 1u);
}

TEST(SipDetour, LeadsDialogAndSoundThroughTheRelay)
{
    const std::string invite = "INVITE sip:bench@127.0.0.1:5060 SIP/2.0\r\n"
                               "Via: SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bK1;rport\r\n"
                               "Contact: <sip:source-0x55@127.0.0.1:40000>;expires=3600\r\n"
                               "i: 12ab\r\n"
                               "Content-Type: application/sdp\r\n"
                               "Content-Length: 118\r\n\r\n"
                               "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.9\r\nt=0 0\r\n"
                               "m=audio 10000 RTP/AVP 0 101\r\na=rtcp:10001\r\na=ptime:20\r\n";
    EXPECT_EQ(SipDetour::header(invite, "call-id"), "12ab");
    EXPECT_EQ(SipDetour::audioPort(invite), 10000);
    const auto out = SipDetour::rewrite(invite, 7777, 20002);
    EXPECT_NE(out.find("Contact: <sip:source-0x55@127.0.0.1:7777>;expires=3600\r\n"), std::string::npos) << out;
    EXPECT_NE(out.find("m=audio 20002 RTP/AVP 0 101\r\na=ptime:20\r\n"), std::string::npos) << out;
    EXPECT_NE(out.find("c=IN IP4 127.0.0.1\r\n"), std::string::npos) << out;
    EXPECT_NE(out.find("Via: SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bK1;rport\r\n"), std::string::npos) << out;
    const auto body = out.substr(out.find("\r\n\r\n") + 4);
    EXPECT_EQ(SipDetour::header(out, "Content-Length"), std::to_string(body.size()));

    // A refused stream stays refused; a message without a body only has its Contact changed.
    EXPECT_EQ(SipDetour::audioPort("SIP/2.0 200 OK\r\n\r\nm=x\r\nm=audio 0 RTP/AVP 0\r\n"), 0);
    EXPECT_NE(SipDetour::rewrite("SIP/2.0 200 OK\r\n\r\nc=IN IP4 1.2.3.4\r\nm=audio 0 RTP/AVP 0\r\n", 1, 2).find("m=audio 0 RTP/AVP 0"),
              std::string::npos);
    EXPECT_EQ(SipDetour::rewrite("BYE sip:a@b SIP/2.0\r\nm: <sip:127.0.0.1:9>\r\nContent-Length: 0\r\n\r\n", 5, 6),
              "BYE sip:a@b SIP/2.0\r\nm: <sip:127.0.0.1:5>\r\nContent-Length: 0\r\n\r\n");
}

TEST(ScaledClock, RunsByItsOwnPace)
{
    RealClock real;
    ScaledClock fast(100000.0);  // ten percent
    const auto realBegin = real.nowNs(), fastBegin = fast.nowNs();
    EXPECT_TRUE(fast.sleepUntilNs(fastBegin + 110'000'000));
    const auto realTook = real.nowNs() - realBegin, fastTook = fast.nowNs() - fastBegin;
    EXPECT_GE(fastTook, 110'000'000);
    EXPECT_GE(realTook, 99'900'000);
    EXPECT_NEAR(static_cast<double>(fastTook) / static_cast<double>(realTook), 1.1, 0.01);
}
