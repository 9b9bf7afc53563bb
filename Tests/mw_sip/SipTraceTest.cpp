#include "RawSipPeer.h"
#include "StackUnderTest.h"

#include <algorithm>
#include <thread>

namespace mw::test
{

using Kind = LegEvent::Kind;

namespace
{

/** "→INVITE", "←100", …: the messages of a leg in order, without what a slow machine may repeat. */
std::vector<std::string> shapeOf(const std::vector<SignallingMessage>& all, LegId leg)
{
    std::vector<std::string> shape;
    for (const auto& message : all)
    {
        if (message.leg != leg)
            continue;
        const auto isAnswer = message.startLine.starts_with("SIP/2.0 ");
        auto text = std::string(message.sent ? ">" : "<") + (isAnswer ? message.startLine.substr(8, 3) + " " : "") + message.method;
        if (std::find(shape.begin(), shape.end(), text) == shape.end())
            shape.push_back(text);
    }
    return shape;
}

/** What the stack traced until the messages of a leg end with one of a shape. */
std::vector<SignallingMessage> traceUntil(StackUnderTest& stack, LegId leg, const std::string& last, std::vector<SignallingMessage> all = {})
{
    const auto until = std::chrono::steady_clock::now() + StackUnderTest::deadline;
    while (std::chrono::steady_clock::now() < until)
    {
        for (auto& message : stack.legs().takeTrace())
            all.push_back(std::move(message));
        const auto shape = shapeOf(all, leg);
        if (std::find(shape.begin(), shape.end(), last) != shape.end())
            return all;
        std::this_thread::sleep_for(std::chrono::milliseconds(2));  // sleeps: a trace wakes nobody
    }
    ADD_FAILURE() << last << " of leg " << leg << " never passed";
    return all;
}

} // namespace

TEST(SipTrace, ACallToItselfGivesEachEndItsMessagesInOrder)
{
    StackUnderTest stack;
    stack.start();
    stack.legs().setTrace(true);
    const auto pair = stack.callItself();
    stack.legs().hangUp(pair.caller);
    stack.waitFor(Kind::closed, pair.callee, "the end");
    const auto all = traceUntil(stack, pair.caller, "<200 BYE");

    using Shape = std::vector<std::string>;
    EXPECT_EQ(shapeOf(all, pair.caller), (Shape { ">INVITE", "<180 INVITE", "<200 INVITE", ">ACK", ">BYE", "<200 BYE" }));
    EXPECT_EQ(shapeOf(all, pair.callee), (Shape { "<INVITE", ">180 INVITE", ">200 INVITE", "<ACK", "<BYE", ">200 BYE" }));
    EXPECT_EQ(stack.legs().figures().messagesLost, 0u);
    int64_t lastNs = 0;
    for (const auto& message : all)
    {
        EXPECT_TRUE(message.leg == pair.caller || message.leg == pair.callee) << message.startLine;
        EXPECT_EQ(message.transport, "UDP");
        EXPECT_EQ(message.peer, "127.0.0.1:" + std::to_string(stack.sipPort()));
        EXPECT_TRUE(message.text.starts_with(message.startLine + "\r\n")) << message.text;
        EXPECT_NE(message.text.find("Call-ID:"), std::string::npos);
        EXPECT_FALSE(message.cut);
        EXPECT_GE(message.timeNs, lastNs);
        lastNs = message.timeNs;
    }
    EXPECT_NE(all.front().text.find("m=audio"), std::string::npos) << "the offer stands in the INVITE";
}

TEST(SipTrace, NothingIsKeptWhileNobodyAsksAndACallThatRunsAlreadyIsFollowedFromThenOn)
{
    StackUnderTest stack;
    stack.start();
    const auto pair = stack.callItself();
    EXPECT_TRUE(stack.legs().takeTrace().empty());
    stack.legs().setTrace(true);
    stack.legs().hangUp(pair.caller);
    stack.waitFor(Kind::closed, pair.callee, "the end");
    const auto all = traceUntil(stack, pair.caller, "<200 BYE");
    EXPECT_EQ(shapeOf(all, pair.caller), (std::vector<std::string> { ">BYE", "<200 BYE" }));

    stack.legs().setTrace(false);
    const auto other = stack.callItself();
    stack.legs().hangUp(other.caller);
    stack.waitFor(Kind::closed, other.callee, "the end");
    EXPECT_TRUE(stack.legs().takeTrace().empty());
}

TEST(SipTrace, ARejectedAndARefusedCallShowTheirAnswers)
{
    auto config = StackUnderTest::defaultConfig();
    config.maxLegs = 2;
    StackUnderTest stack(config);
    stack.start();
    stack.legs().setTrace(true);
    const auto leg = stack.legs().dial(stack.uri());
    ASSERT_TRUE(leg.ok());
    const auto callee = stack.waitForIncoming().leg;
    stack.legs().reject(callee, 603, "Decline");
    stack.waitFor(Kind::closed, leg.value(), "rejection");
    auto all = traceUntil(stack, callee, "<ACK");
    EXPECT_EQ(shapeOf(all, leg.value()), (std::vector<std::string> { ">INVITE", "<180 INVITE", "<603 INVITE", ">ACK" }));

    // With all legs taken the stack refuses by itself; the caller's end has its messages too.
    const auto pair = stack.callItself();
    EXPECT_NE(pair.caller, 0u);
    RawSocket stranger;
    const auto invite = "INVITE " + stack.uriOf("anyone") + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + std::to_string(stranger.port())
                      + ";branch=z9hG4bK-trace\r\nFrom: <sip:stranger@127.0.0.1>;tag=s1\r\nTo: <" + stack.uriOf("anyone")
                      + ">\r\nCall-ID: refused-trace\r\nCSeq: 1 INVITE\r\nContact: <sip:stranger@127.0.0.1:" + std::to_string(stranger.port())
                      + ">\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
    stranger.send(stack.sipPort(), invite.data(), invite.size());
    const auto refused = stack.waitFor([&](const LegEvent& event) { return event.kind == Kind::closed && event.sipCode == 486; }, "the refusal");
    all = traceUntil(stack, refused.leg, ">486 INVITE");
    EXPECT_EQ(shapeOf(all, refused.leg).front(), "<INVITE");
}

TEST(SignallingTrace, IsBoundedAndCountsWhatItDrops)
{
    SignallingTrace trace;
    EXPECT_FALSE(trace.isOn());
    trace.setOn(true);
    for (size_t i = 0; i < SignallingTrace::mostWaiting + 7; ++i)
    {
        SignallingMessage message;
        message.leg = static_cast<uint32_t>(i);
        trace.post(std::move(message));
    }
    EXPECT_EQ(trace.lost(), 7u);
    const auto all = trace.takeAll();
    ASSERT_EQ(all.size(), SignallingTrace::mostWaiting);
    EXPECT_EQ(all.front().leg, 0u) << "the oldest are kept: they tell how it began";
    EXPECT_TRUE(trace.takeAll().empty());
}

} // namespace mw::test
