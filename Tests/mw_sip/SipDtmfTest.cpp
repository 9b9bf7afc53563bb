#include "StackUnderTest.h"

namespace mw::test
{

using Kind = LegEvent::Kind;

namespace
{

std::string digitsHeard(StackUnderTest& stack, LegId leg, size_t count, DtmfMethod method, std::vector<int>& durationsMs)
{
    std::string digits;
    const auto fits = [=](const LegEvent& event) {
        return event.kind == Kind::dtmf && event.leg == leg && event.dtmfMethod == method;
    };
    stack.waitFor(fits, "the last digit", count);
    for (const auto& event : stack.all())
        if (fits(event))
        {
            digits += event.digit;
            durationsMs.push_back(event.dtmfDurationMs);
        }
    return digits;
}

} // namespace

TEST(SipDtmf, TelephoneEventsArriveWholeAndInOrder)
{
    StackUnderTest stack;
    stack.start();
    const auto pair = stack.callItself();
    stack.legs().sendDtmf(pair.caller, "0123456789*#ABCD", DtmfMethod::telephoneEvent, 50, 40);
    std::vector<int> durationsMs;
    EXPECT_EQ(digitsHeard(stack, pair.callee, 16, DtmfMethod::telephoneEvent, durationsMs), "0123456789*#ABCD");
    EXPECT_EQ(durationsMs, std::vector<int>(16, 50));
}

TEST(SipDtmf, TelephoneEventsTravelBothWaysAndRepeatedDigitsStayApart)
{
    StackUnderTest stack;
    stack.start();
    const auto pair = stack.callItself();
    stack.legs().sendDtmf(pair.caller, "5555", DtmfMethod::telephoneEvent, 60, 60);
    stack.legs().sendDtmf(pair.callee, "77", DtmfMethod::telephoneEvent, 160, 100);
    std::vector<int> there, back;
    EXPECT_EQ(digitsHeard(stack, pair.callee, 4, DtmfMethod::telephoneEvent, there), "5555");
    EXPECT_EQ(digitsHeard(stack, pair.caller, 2, DtmfMethod::telephoneEvent, back), "77");
    EXPECT_EQ(there, std::vector<int>(4, 60));
    EXPECT_EQ(back, std::vector<int>(2, 160));
}

TEST(SipDtmf, SipInfoArrivesAsSuch)
{
    StackUnderTest stack;
    stack.start();
    const auto pair = stack.callItself();
    stack.legs().sendDtmf(pair.callee, "1*D", DtmfMethod::sipInfo, 100, 50);
    std::vector<int> durationsMs;
    EXPECT_EQ(digitsHeard(stack, pair.caller, 3, DtmfMethod::sipInfo, durationsMs), "1*D");
    EXPECT_EQ(durationsMs, std::vector<int>(3, 250)) << "baresip's INFO names 250 ms";
}

TEST(SipDtmf, MethodsAreToldApartWhenMixed)
{
    StackUnderTest stack;
    stack.start();
    const auto pair = stack.callItself();
    stack.legs().sendDtmf(pair.caller, "12", DtmfMethod::telephoneEvent, 50, 50);
    stack.legs().sendDtmf(pair.caller, "3", DtmfMethod::sipInfo, 50, 50);
    stack.legs().sendDtmf(pair.caller, "4", DtmfMethod::telephoneEvent, 50, 50);
    std::vector<int> events, infos;
    EXPECT_EQ(digitsHeard(stack, pair.callee, 3, DtmfMethod::telephoneEvent, events), "124");
    EXPECT_EQ(digitsHeard(stack, pair.callee, 1, DtmfMethod::sipInfo, infos), "3");
}

} // namespace mw::test
