#pragma once

#include <Support/FakeLegs.h>

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <vector>

namespace mw::test
{

inline constexpr int64_t msNs = 1'000'000;

/** A sender of 16-bit packets and a Playout, in virtual time. Every sample of packet k has the value base + k, so that what is
    heard says which packet it came from. */
class PlayoutBench
{
public:
    explicit PlayoutBench(const PlayoutConfig& config = {}, int packetMs = 20, int rateHz = 8000, int clockRateHz = 0)
        : codec(rateHz, packetMs, clockRateHz), playout(codec, config), packetSamples(rateHz / 1000 * packetMs),
          packetTicks(codec.format().clockRateHz / 1000 * packetMs)
    {
    }

    static constexpr int16_t base = 1000;
    static int16_t valueOf(int packet) { return static_cast<int16_t>(base + packet); }

    RtpPacket packet(int number) const
    {
        RtpPacket made;
        made.ssrc = ssrc;
        made.sequence = static_cast<uint16_t>(firstSequence + number);
        made.timestamp = firstTimestamp + static_cast<uint32_t>(number * packetTicks);
        made.payloadType = 96;
        return made;
    }

    /** Packet `number`, arriving at `nowNs`. */
    void send(int number) { sendAs(packet(number), valueOf(number)); }

    void sendAs(RtpPacket made, int16_t value)
    {
        std::vector<uint8_t> payload(static_cast<size_t>(packetSamples) * 2);
        for (size_t i = 0; i < payload.size(); i += 2)
        {
            payload[i] = static_cast<uint8_t>(static_cast<uint16_t>(value) >> 8);
            payload[i + 1] = static_cast<uint8_t>(value & 0xff);
        }
        made.payload = payload;
        made.arrivalNs = nowNs;
        playout.insert(made);
    }

    std::vector<int16_t> render(int blockMs)
    {
        std::vector<int16_t> block(static_cast<size_t>(codec.format().sampleRateHz / 1000 * blockMs));
        playout.render(block, nowNs);
        return block;
    }

    /** Packets as the schedule says (arrival in ms by number; a negative one never comes), a tick each blockMs from 1 ms on,
        for durationMs. @returns all that was heard */
    template <typename Arrival>
    std::vector<int16_t> run(int packetCount, Arrival&& arrivalMs, int blockMs, int durationMs)
    {
        std::vector<std::pair<int64_t, int>> arrivals;
        for (int i = 0; i < packetCount; ++i)
            if (const double at = arrivalMs(i); at >= 0.0)
                arrivals.emplace_back(static_cast<int64_t>(at * 1.0e6), i);
        std::stable_sort(arrivals.begin(), arrivals.end(), [](const auto& a, const auto& b) { return a.first < b.first; });

        std::vector<int16_t> heard;
        size_t next = 0;
        for (int64_t tickNs = 1 * msNs; tickNs < durationMs * msNs; tickNs += blockMs * msNs)
        {
            for (; next < arrivals.size() && arrivals[next].first <= tickNs; ++next)
            {
                nowNs = arrivals[next].first;
                send(arrivals[next].second);
            }
            nowNs = tickNs;
            const auto block = render(blockMs);
            heard.insert(heard.end(), block.begin(), block.end());
        }
        return heard;
    }

    const PlayoutStats& stats() const { return playout.stats(); }

    FakeL16Codec codec;
    Playout playout;
    const int packetSamples, packetTicks;
    uint32_t ssrc = 0xabcd;
    uint16_t firstSequence = 65530;           // wraps soon
    uint32_t firstTimestamp = 0xffffff00u;    // wraps soon
    int64_t nowNs = 0;
};

/** Samples of one value. */
inline int countOf(const std::vector<int16_t>& samples, int16_t value)
{
    return static_cast<int>(std::count(samples.begin(), samples.end(), value));
}

/** Index of a value's first sample, −1 when there is none. */
inline int firstOf(const std::vector<int16_t>& samples, int16_t value)
{
    const auto at = std::find(samples.begin(), samples.end(), value);
    return at == samples.end() ? -1 : static_cast<int>(at - samples.begin());
}

/** All packets of [from, to) heard whole, once, in order, without anything between. */
inline void expectWhole(const PlayoutBench& bench, const std::vector<int16_t>& heard, int from, int to)
{
    const auto start = firstOf(heard, PlayoutBench::valueOf(from));
    ASSERT_GE(start, 0);
    for (int packet = from; packet < to; ++packet)
        for (int i = 0; i < bench.packetSamples; ++i)
        {
            const auto at = static_cast<size_t>(start + (packet - from) * bench.packetSamples + i);
            ASSERT_LT(at, heard.size());
            ASSERT_EQ(heard[at], PlayoutBench::valueOf(packet)) << "packet " << packet << " sample " << i;
        }
}

} // namespace mw::test
