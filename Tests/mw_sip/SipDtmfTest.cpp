#include "RawCall.h"
#include "StackUnderTest.h"

#include <mw_sip/TelephoneEvents.h>

#include <array>
#include <tuple>

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

TEST(SipDtmf, AnInfoThatIsSentAgainIsOneDigit)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0");
    const auto octets = call.peer.info(call.answer, 2, '5');
    call.peer.sip.send(stack.sipPort(), octets);
    const auto second = call.peer.info(call.answer, 3, '5');  // the key was pressed twice
    for (const auto& again : { octets, second })
        call.peer.sip.send(stack.sipPort(), again);
    call.peer.info(call.answer, 4, '6');
    std::vector<int> durationsMs;
    const auto isLast = [](const LegEvent& event) { return event.kind == Kind::dtmf && event.digit == '6'; };
    stack.waitFor(isLast, "the last digit");
    EXPECT_EQ(digitsHeard(stack, call.leg, 1, DtmfMethod::sipInfo, durationsMs), "556");
    EXPECT_EQ(durationsMs, std::vector<int>(3, 160));
}

TEST(SipDtmf, DigitsCountAfterThePeerChangesItsSource)
{
    StackUnderTest stack;
    stack.start();
    RawCall call(stack, "0 101", "a=rtpmap:101 telephone-event/8000\r\n");
    uint16_t sequence = 0;
    for (const auto& [ssrc, timestamp, code] : { std::tuple { 7u, 1'000'000u, 1 }, std::tuple { 8u, 1000u, 2 } })
    {
        const auto packet = RawSipPeer::rtpPacket(101, ++sequence, timestamp, ssrc, { static_cast<uint8_t>(code), 0x8a, 3, 0x20 }, true);
        call.peer.rtp.send(RawSipPeer::audioPortOf(call.answer), packet.data(), packet.size());
    }
    std::vector<int> durationsMs;
    EXPECT_EQ(digitsHeard(stack, call.leg, 2, DtmfMethod::telephoneEvent, durationsMs), "12");
    EXPECT_EQ(durationsMs, std::vector<int>(2, 100));
}

namespace
{

/** What is reported of end packets of 100 ms at 8 kHz, one a digit. */
class EventsHeard
{
public:
    void end(uint8_t code, uint32_t ssrc, uint32_t timestamp, uint32_t ticks = 800)
    {
        const std::array<uint8_t, 4> payload { code, 0x8a, static_cast<uint8_t>(ticks >> 8), static_cast<uint8_t>(ticks & 0xff) };
        RtpPacket packet;
        packet.ssrc = ssrc;
        packet.timestamp = timestamp;
        packet.payload = payload;
        receiver.packetArrived(packet);
    }

    std::string digits;
    TelephoneEventReceiver receiver { [this](char digit, int) { digits += digit; } };
};

} // namespace

TEST(TelephoneEvents, AnotherSourceBeginsAnewWhateverItsTimestamp)
{
    EventsHeard heard;
    heard.end(1, 7, 1'000'000);
    heard.end(2, 8, 1000);
    heard.end(3, 9, 1000);  // by chance the same
    heard.end(3, 9, 1000);
    heard.end(4, 9, 2000);
    EXPECT_EQ(heard.digits, "1234");
}

TEST(TelephoneEvents, OnlyWhatLiesShortlyBehindWasOvertaken)
{
    EventsHeard heard;
    heard.end(1, 7, 1'000'000, 40'000);
    heard.end(2, 7, 1'041'000);
    heard.end(1, 7, 1'000'000, 40'000);  // five seconds long, over an eighth of a second before
    EXPECT_EQ(heard.digits, "12");
    heard.end(3, 7, 1000);  // a new time base
    heard.end(4, 7, 0xf0000000);
    EXPECT_EQ(heard.digits, "1234");
}

TEST(TelephoneEvents, AnAudioClockFasterThanTheEventsCountsToo)
{
    EventsHeard heard;
    heard.receiver.setClockRate(8000, 48000);
    heard.end(1, 7, 1'000'000);
    heard.end(2, 7, 1'048'000);
    heard.end(1, 7, 1'000'000);  // one second behind
    EXPECT_EQ(heard.digits, "12");
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
