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
    constexpr int calls = 130;  // all answered by the agents behind the address, and none hung up for 260 arrivals
    auto config = StackUnderTest::defaultConfig();
    config.maxLegs = 4 * calls;
    config.codecs = { "PCMU" };
    StackUnderTest stack(config);
    stack.start();
    stack.answerAll();
    for (int i = 0; i < 2 * calls; ++i)
        ASSERT_TRUE(stack.legs().dial(stack.uri()).ok());  // all at once
    stack.waitFor([](const LegEvent& e) { return e.kind == Kind::mediaReady; }, "media of all", 4 * calls);
    EXPECT_EQ(stack.count(Kind::closed), 0u);
}

} // namespace mw::test
