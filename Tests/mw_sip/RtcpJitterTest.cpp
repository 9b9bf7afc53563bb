#include "RawCall.h"

#include <mw_sip/RtcpJitter.h>

#include <cmath>

namespace mw::test
{

namespace
{

constexpr uint32_t peer = 0x01020304;

void put(std::vector<uint8_t>& octets, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        octets.push_back(static_cast<uint8_t>(value >> shift));
}

uint32_t take(const std::vector<uint8_t>& octets, size_t at)
{
    return (uint32_t { octets[at] } << 24) | (uint32_t { octets[at + 1] } << 16) | (uint32_t { octets[at + 2] } << 8) | octets[at + 3];
}

/** A report of type 200 or 201 about these sources, each block filled with 0x11. */
std::vector<uint8_t> report(uint8_t type, const std::vector<uint32_t>& sources)
{
    const auto info = type == 200 ? 20u : 0u;
    const auto length = 8 + info + 24 * sources.size();
    std::vector<uint8_t> octets { static_cast<uint8_t>(0x80 | sources.size()), type, 0, static_cast<uint8_t>(length / 4 - 1) };
    put(octets, 99);
    octets.resize(8 + info, 0x22);
    for (const auto source : sources)
    {
        put(octets, source);
        octets.resize(octets.size() + 20, 0x11);
    }
    return octets;
}

/** Packets of 20 ms at 8 kHz, each second one 5 ms late: |D| is 40 units from the second packet on. */
void hearUneven(RtcpJitter& jitter, int packets, uint32_t ssrc = peer)
{
    for (int i = 0; i < packets; ++i)
        jitter.packetArrived(ssrc, 0xffffff00u + 160u * static_cast<uint32_t>(i), 7'000'000'000 + int64_t { i } * 20'000'000 + i % 2 * 5'000'000, 8000);
}

} // namespace

TEST(RtcpJitter, FollowsTheFormulaOfRfc3550AcrossTheTimestampsWrap)
{
    RtcpJitter jitter;
    EXPECT_EQ(jitter.jitter(), 0u);
    hearUneven(jitter, 1);
    EXPECT_EQ(jitter.jitter(), 0u) << "one packet has no interarrival time";
    RtcpJitter again;
    hearUneven(again, 33);
    EXPECT_EQ(again.jitter(), static_cast<uint32_t>(40.0 * (1.0 - std::pow(15.0 / 16.0, 32))));
}

TEST(RtcpJitter, AnotherSourceAndANewTimeBaseAreNoJitter)
{
    RtcpJitter jitter;
    hearUneven(jitter, 100);
    jitter.packetArrived(peer + 1, 5, 9'000'000'000, 8000);
    EXPECT_EQ(jitter.jitter(), 0u);
    jitter.packetArrived(peer + 1, 0x70000000, 9'020'000'000, 8000);
    EXPECT_EQ(jitter.jitter(), 0u);
}

TEST(RtcpJitter, OnlyTheBlockAboutThePeerIsWritten)
{
    RtcpJitter jitter;
    hearUneven(jitter, 200);
    for (const uint8_t type : { 200, 201 })
    {
        auto octets = report(type, { 5, peer });
        const auto description = std::vector<uint8_t> { 0x81, 202, 0, 2, 1, 2, 3, 4, 1, 1, 'a', 0 };
        octets.insert(octets.end(), description.begin(), description.end());
        auto expected = octets;
        const auto at = (type == 200 ? 28u : 8u) + 24 + 12;
        for (size_t i = 0; i < 4; ++i)
            expected[at + i] = static_cast<uint8_t>(jitter.jitter() >> (24 - 8 * i));
        jitter.write(octets);
        EXPECT_EQ(octets, expected) << int { type };
        EXPECT_EQ(take(octets, at), 39u);
    }
}

TEST(RtcpJitter, WhatIsCutShortIsLeftAsItIs)
{
    RtcpJitter jitter;
    hearUneven(jitter, 50);
    const auto whole = report(201, { peer });
    for (size_t length = 0; length < whole.size(); ++length)
    {
        std::vector<uint8_t> octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
        const auto before = octets;
        jitter.write(octets);
        EXPECT_EQ(octets, before) << length;
    }
    auto boasting = report(201, { peer });
    boasting[0] = 0x9f;  // 31 blocks in the space of one
    jitter.write(boasting);
    EXPECT_EQ(take(boasting, 8 + 12), jitter.jitter());
}

namespace
{

/** Calls in, sends a packet every 20 ms and expects the jitter that it is told to be that of the wire.
    @param audioEvery one packet in so many is audio, the others are of a telephone-event */
void expectNoJitterTold(const std::string& formats, const std::string& attributes, int audioEvery)
{
    StackUnderTest stack;
    stack.start();
    RawSocket control;
    RawCall call(stack, formats, attributes + "a=rtcp:" + std::to_string(control.port()) + "\r\n");
    RealClock clock;
    uint32_t eventTimestamp = 0;
    bool told = false;
    for (int round = 0; round < 60 && ! told; ++round)
    {
        // The timestamp is the time of sending, so the wire has no jitter to speak of, whatever keeps this loop.
        for (uint16_t sequence = 0; sequence < 50; ++sequence)
        {
            const auto timestamp = static_cast<uint32_t>(clock.nowNs() / 125'000);
            const auto isAudio = sequence % audioEvery == 0;
            eventTimestamp = isAudio ? timestamp : eventTimestamp;  // an event has that of its begin
            const auto packet = isAudio ? RawSipPeer::rtpPacket(0, sequence, timestamp, 7, std::vector<uint8_t>(160, 0xff))
                                        : RawSipPeer::rtpPacket(101, sequence, eventTimestamp, 7, { 5, 10, 0, 160 });
            call.peer.rtp.send(RawSipPeer::audioPortOf(call.answer), packet.data(), packet.size());
            if (sequence % 10 == 9)
                stack.legs().tickDone(0);
            else if (sequence % 10 == 0)
                stack.legs().tickDone(clock.nowNs() + 60'000'000'000);
            clock.sleepUntilNs(clock.nowNs() + 20'000'000);
        }
        const auto compound = control.receive(std::chrono::milliseconds(1));
        if (! compound || compound->size() < 32 || ((*compound)[0] & 0x1f) == 0)
            continue;
        const auto block = (*compound)[1] == 200 ? 28u : 8u;
        ASSERT_GE(compound->size(), block + 24);
        EXPECT_EQ(take(*compound, block), 7u);
        EXPECT_LT(take(*compound, block + 12), 80u) << "packets that were read together seem 20 ms apart: 160 units";
        told = true;
    }
    EXPECT_TRUE(told) << "no report about the peer in a minute";
}

} // namespace

TEST(RtcpJitter, APeerIsToldTheJitterOfTheWireWhileItsPacketsWait) { expectNoJitterTold("0", "", 1); }

TEST(RtcpJitter, ThePacketsOfAnEventWhichShareATimestampAreNoJitter)
{
    expectNoJitterTold("0 101", "a=rtpmap:101 telephone-event/8000\r\n", 10);
}

} // namespace mw::test
