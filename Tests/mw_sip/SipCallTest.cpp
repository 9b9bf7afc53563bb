#include "RawSipPeer.h"
#include "StackUnderTest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

namespace mw::test
{

using Kind = LegEvent::Kind;

namespace
{

/** A UDP port of 127.0.0.1 that nobody listens on: bound once, then closed. */
int closedPort(int type)
{
    const auto fd = ::socket(AF_INET, type, 0);
    sockaddr_in address {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    socklen_t length = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
    ::close(fd);
    return ntohs(address.sin_port);
}

} // namespace

TEST(SipCall, IsAnsweredAndEndedByTheCaller)
{
    StackUnderTest stack;
    stack.start();
    const auto pair = stack.callItself();
    EXPECT_TRUE(stack.waitFor(Kind::established, pair.caller, "established").outgoing);
    EXPECT_EQ(stack.waitFor(Kind::incoming, pair.callee, "incoming").peerName, "milliwatt");

    stack.legs().hangUp(pair.caller);
    const auto own = stack.waitFor(Kind::closed, pair.caller, "caller's end");
    EXPECT_FALSE(own.failed);
    const auto other = stack.waitFor(Kind::closed, pair.callee, "callee's end");
    EXPECT_FALSE(other.failed);
    EXPECT_EQ(other.reason, "ended by the peer");
    EXPECT_TRUE(pair.callerPort->isDead());
    EXPECT_TRUE(pair.calleePort->isDead());
}

TEST(SipCall, GoesOverTcpUnaskedWhereUdpIsOff)
{
    auto config = StackUnderTest::defaultConfig();
    config.udp = false;
    StackUnderTest stack(config);
    stack.start();
    const auto caller = stack.legs().dial(stack.uriOf("anyone"));
    ASSERT_TRUE(caller.ok());
    const auto isFirst = [](const LegEvent& event) { return event.kind == Kind::incoming || event.kind == Kind::closed; };
    const auto first = stack.waitFor(isFirst, "the call, or its end");
    ASSERT_EQ(first.kind, Kind::incoming) << first.sipCode << ' ' << first.reason;
    stack.legs().answer(first.leg);
    stack.waitFor(Kind::mediaReady, caller.value(), "the caller's media");
    stack.legs().hangUp(caller.value());
    EXPECT_FALSE(stack.waitFor(Kind::closed, first.leg, "end").failed);
}

TEST(SipCall, GoesOverTcp)
{
    StackUnderTest stack;
    stack.start();
    const auto pair = stack.callItself(";transport=tcp");
    stack.legs().hangUp(pair.callee);
    EXPECT_FALSE(stack.waitFor(Kind::closed, pair.caller, "end").failed);
}

TEST(SipCall, RejectionArrivesWithCodeAndReason)
{
    StackUnderTest stack;
    stack.start();
    const std::vector<std::pair<int, std::string>> answers { { 486, "Busy Here" }, { 603, "Decline" }, { 404, "Not Found" } };
    for (const auto& [code, reason] : answers)
    {
        stack.forget();
        const auto leg = stack.legs().dial(stack.uri());
        ASSERT_TRUE(leg.ok());
        stack.legs().reject(stack.waitForIncoming().leg, code, reason);
        const auto closed = stack.waitFor(Kind::closed, leg.value(), "rejection");
        EXPECT_TRUE(closed.failed);
        EXPECT_EQ(closed.sipCode, code);
        EXPECT_EQ(closed.reason, reason);
    }
}

TEST(SipCall, UnansweredIsGivenUpAndCancelled)
{
    auto config = StackUnderTest::defaultConfig();
    config.answerTimeoutMs = 500;
    StackUnderTest stack(config);
    stack.start();
    const auto leg = stack.legs().dial(stack.uri());
    ASSERT_TRUE(leg.ok());
    const auto callee = stack.waitForIncoming().leg;
    const auto closed = stack.waitFor(Kind::closed, leg.value(), "no answer");
    EXPECT_TRUE(closed.failed);
    EXPECT_EQ(closed.sipCode, 408);
    EXPECT_EQ(closed.reason, "no answer within 0.5 s");
    EXPECT_EQ(stack.waitFor(Kind::closed, callee, "cancelled").sipCode, 487);
}

TEST(SipCall, ClosedUdpPortIsRefusedAtOnce)
{
    StackUnderTest stack;
    stack.start();
    const auto leg = stack.legs().dial("sip:nobody@127.0.0.1:" + std::to_string(closedPort(SOCK_DGRAM)));
    ASSERT_TRUE(leg.ok());
    const auto closed = stack.waitFor(Kind::closed, leg.value(), "refusal");  // libre alone would take 32 s (timer B)
    EXPECT_TRUE(closed.failed);
    EXPECT_EQ(closed.sipCode, 503);
    EXPECT_EQ(closed.reason, "Connection refused");
}

TEST(SipCall, ClosedTcpPortIsRefused)
{
    StackUnderTest stack;
    stack.start();
    const auto leg = stack.legs().dial("sip:nobody@127.0.0.1:" + std::to_string(closedPort(SOCK_STREAM)) + ";transport=tcp");
    ASSERT_TRUE(leg.ok());
    const auto closed = stack.waitFor(Kind::closed, leg.value(), "refusal");
    EXPECT_TRUE(closed.failed);
    EXPECT_EQ(closed.sipCode, 503);
    EXPECT_FALSE(closed.reason.empty());
}

TEST(SipCall, UnresolvableHostEndsWithAReason)
{
    StackUnderTest stack;
    stack.start();
    const auto leg = stack.legs().dial("sip:nobody@no-such-host.invalid");  // RFC 6761: never resolves
    ASSERT_TRUE(leg.ok());
    const auto closed = stack.waitFor(Kind::closed, leg.value(), "resolver's answer");
    EXPECT_TRUE(closed.failed);
    EXPECT_FALSE(closed.reason.empty());
}

TEST(SipCall, WhatIsNoAddressIsSaid)
{
    StackUnderTest stack;
    stack.start();
    EXPECT_FALSE(stack.legs().dial("two words").ok());
    EXPECT_FALSE(stack.legs().dial("").ok());
    const auto leg = stack.legs().dial("sip:@@@");
    ASSERT_TRUE(leg.ok());  // libre's parser decides, on the sip thread
    EXPECT_TRUE(stack.waitFor(Kind::closed, leg.value(), "refusal of a bad URI").failed);
}

TEST(SipCall, LegBeyondTheLimitIsRefusedAndTheOthersGoOn)
{
    auto config = StackUnderTest::defaultConfig();
    config.maxLegs = 3;
    StackUnderTest stack(config);
    stack.start();
    const auto pair = stack.callItself();
    const auto third = stack.legs().dial(stack.uri());  // takes the last leg; its other end would be the fourth
    ASSERT_TRUE(third.ok());
    const auto closed = stack.waitFor(Kind::closed, third.value(), "486");
    EXPECT_EQ(closed.sipCode, 486);
    EXPECT_EQ(closed.reason, "Busy Here");
    stack.waitFor([](const LegEvent& event) { return event.kind == Kind::closed && event.reason.starts_with("refused: all 3"); }, "refusal told here");

    EXPECT_FALSE(pair.callerPort->isDead());
    stack.legs().hangUp(pair.caller);
    EXPECT_FALSE(stack.waitFor(Kind::closed, pair.callee, "the others' end").failed);
}

TEST(SipCall, Finding13_RefusingNewLegsEndsBoundedWhileCallsArrive)
{
    StackUnderTest stack;
    stack.start();
    const auto pair = stack.callItself();
    const auto late = stack.legs().dial(stack.uri());
    stack.legs().refuseNewLegs();
    EXPECT_FALSE(stack.legs().dial(stack.uri()).ok());
    ASSERT_TRUE(late.ok());
    stack.stop();
    for (const auto leg : { pair.caller, pair.callee, late.value() })
        stack.waitFor(Kind::closed, leg, "end of every leg");
}

namespace
{

/** A thread that calls again and again, each call a new one, and never lets up until it is destroyed. Nothing is answered with
    ACK or BYE: its calls are of the worst kind. */
class Flood
{
public:
    ~Flood()
    {
        goesOn = false;
        thread.join();
    }

    std::atomic<int> port { 0 };          ///< of the stack that is called; 0: nobody for now
    std::atomic<uint64_t> answers { 0 };  ///< final or provisional, to any of them

private:
    void run()
    {
        const RawSocket socket, rtp;
        const auto own = "127.0.0.1:" + std::to_string(socket.port());
        const auto body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio " + std::to_string(rtp.port())
                          + " RTP/AVP 0\r\n";
        for (uint64_t call = 1; goesOn; ++call)
        {
            const auto number = std::to_string(call);
            if (const auto to = port.load(); to != 0)
            {
                const auto target = "sip:bench@127.0.0.1:" + std::to_string(to);
                socket.send(to, "INVITE " + target + " SIP/2.0\r\nVia: SIP/2.0/UDP " + own + ";branch=z9hG4bK-flood-" + number
                                    + "\r\nMax-Forwards: 70\r\nFrom: <sip:flood@" + own + ">;tag=f" + number + "\r\nTo: <" + target
                                    + ">\r\nCall-ID: flood-" + number + "\r\nCSeq: 1 INVITE\r\nContact: <sip:flood@" + own
                                    + ">\r\nContent-Type: application/sdp\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
            }
            while (socket.receive(std::chrono::milliseconds(1)))
                ++answers;
        }
    }

    std::atomic<bool> goesOn { true };
    std::thread thread { [this] { run(); } };
};

} // namespace

TEST(SipCall, Finding13_AStopIsBoundedWhileCallsReallyArriveAllTheTime)
{
    auto config = StackUnderTest::defaultConfig();
    config.maxLegs = 8;
    Flood flood;
    StackUnderTest stack(config);
    stack.answerAll();
    for (int round = 0; round < 3; ++round)
    {
        stack.forget();
        stack.start();
        flood.port = stack.sipPort();
        // Full, and further calls turned away: from here on something arrives at every moment.
        stack.waitFor([](const LegEvent& event) { return event.kind == Kind::closed && event.sipCode == 486; }, "a call too many", 20);
        stack.legs().refuseNewLegs();
        const auto answersBefore = flood.answers.load();
        const auto begun = std::chrono::steady_clock::now();
        stack.stop(500);
        // Its grace, and what a busy machine adds; a removal loop that starts over with each new call would never end.
        EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(20)) << "round " << round;
        EXPECT_GT(flood.answers.load(), answersBefore) << "no call arrived meanwhile: nothing was shown";
        size_t open = 0;
        for (const auto& event : stack.all())
            open += event.kind == Kind::incoming;
        for (const auto& event : stack.all())
            open -= event.kind == Kind::closed && event.reason.find("refused") == std::string::npos;
        EXPECT_EQ(open, 0u) << "every leg that rang is told its end";
        flood.port = 0;
    }
}

TEST(SipCall, HoldAndResumeAreSeenByThePeer)
{
    StackUnderTest stack;
    stack.start();
    const auto pair = stack.callItself();
    stack.legs().hold(pair.caller, true);
    stack.waitFor(Kind::held, pair.callee, "held");
    EXPECT_EQ(stack.count(Kind::resumed), 0u);
    stack.legs().hold(pair.caller, false);
    stack.waitFor(Kind::resumed, pair.callee, "resumed");
    EXPECT_EQ(stack.count(Kind::mediaReady), 2u) << "hold must not replace the ports";
    stack.legs().hangUp(pair.callee);
    stack.waitFor(Kind::closed, pair.caller, "end");
}

TEST(SipCall, PeerThatVanishesIsEndedByTheRtpTimeout)
{
    auto config = StackUnderTest::defaultConfig();
    config.rtpTimeoutMs = 400;
    StackUnderTest stack(config);
    stack.start();
    const auto pair = stack.callItself();  // nobody sends
    const auto first = stack.waitFor([](const LegEvent& event) { return event.kind == Kind::closed; }, "RTP timeout");
    EXPECT_TRUE(first.failed);
    EXPECT_EQ(first.reason, "RTP timeout (no packets for 0.4 s)");
}

TEST(SipCall, AHeldCallOutlivesTheRtpTimeoutAndEndsWithTheHoldTimeout)
{
    auto config = StackUnderTest::defaultConfig();
    config.rtpTimeoutMs = 300;
    config.holdTimeoutMs = 1500;
    StackUnderTest stack(config);
    stack.start();
    const auto pair = stack.callItself();  // nobody sends
    stack.legs().hold(pair.caller, true);
    stack.waitFor(Kind::held, pair.callee, "held");
    const auto first = stack.waitFor([](const LegEvent& event) { return event.kind == Kind::closed; }, "hold timeout");
    EXPECT_TRUE(first.failed);
    EXPECT_EQ(first.reason, "hold timeout (nothing was heard for 1.5 s)");
}

} // namespace mw::test
