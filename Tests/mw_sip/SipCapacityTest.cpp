#include "StackUnderTest.h"

#include <set>

namespace mw::test
{

using Kind = LegEvent::Kind;

TEST(SipCapacity, ThreeHundredLegsBehindOneAddress)
{
    constexpr int calls = 150;  // each has both of its ends here; one user agent of baresip holds 255
    auto config = StackUnderTest::defaultConfig();
    config.maxLegs = 2 * calls;
    config.codecs = { "PCMU" };
    StackUnderTest stack(config);
    stack.start();
    stack.answerAll();
    std::set<LegId> legs;
    for (int i = 0; i < calls; ++i)
    {
        const auto leg = stack.legs().dial(stack.uri());
        ASSERT_TRUE(leg.ok());
        legs.insert(leg.value());
        stack.waitFor([&](const LegEvent& e) { return e.leg == leg.value() && (e.kind == Kind::mediaReady || e.kind == Kind::closed); }, "media");
    }
    stack.waitFor([](const LegEvent& e) { return e.kind == Kind::mediaReady; }, "media of all", 2 * calls);
    EXPECT_EQ(stack.count(Kind::closed), 0u);

    const auto oneMore = stack.legs().dial(stack.uri());
    ASSERT_TRUE(oneMore.ok());
    EXPECT_EQ(stack.waitFor(Kind::closed, oneMore.value(), "refusal").reason, "all 300 legs are in use");

    for (const auto leg : legs)
        stack.legs().hangUp(leg);
    stack.waitFor([](const LegEvent& e) { return e.kind == Kind::closed; }, "end of all", 2 * calls + 1);
}

TEST(SipCapacity, IncomingCallsAloneOverflowOneUserAgent)
{
    constexpr size_t calls = 130;  // 260 arrivals, answered by the agents behind the address, none hung up
    auto config = StackUnderTest::defaultConfig();
    config.maxLegs = static_cast<int>(4 * calls);
    config.codecs = { "PCMU" };
    StackUnderTest stack(config);
    stack.start();
    stack.answerAll();
    constexpr size_t atOnce = 10;  // more would overflow the one SIP socket's buffer, which both ends share here
    for (size_t i = 0; i < 2 * calls; ++i)
    {
        ASSERT_TRUE(stack.legs().dial(stack.uri()).ok());
        if (i >= atOnce)
            stack.waitFor([](const LegEvent& e) { return e.kind == Kind::mediaReady; }, "media", 2 * (i - atOnce) + 1);
    }
    stack.waitFor([](const LegEvent& e) { return e.kind == Kind::mediaReady; }, "media of all", 4 * calls);
    for (const auto& event : stack.all())
        EXPECT_NE(event.kind, Kind::closed) << event.sipCode << " " << event.reason << (event.outgoing ? " (outgoing)" : "");
}

} // namespace mw::test
