#include "Accuracy.h"

#include <Support/FakeLegs.h>
#include <Support/NetworkFaults.h>

#include <mw_legs/mw_legs.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace mw::accuracy
{

namespace
{
constexpr int64_t streamMsNs = 1'000'000, packetMs = 20, streamRateHz = 8000, packetFrames = streamRateHz * packetMs / 1000;
constexpr size_t gmin = 16;  ///< RFC 3611, 4.7.2

/** A packet on its way: when it comes, by our clock. */
struct Arrival
{
    int64_t timeNs = 0;
    int number = 0;
};

/** A stream through LegPort, a tick each 20 ms, jitter buffer deep enough for all of its jitter. */
TransportReport reportOf(std::vector<Arrival> arrivals, int depthMs, bool* driftKnown = nullptr, double* driftPpm = nullptr)
{
    std::ranges::stable_sort(arrivals, {}, &Arrival::timeNs);
    LegPortConfig config;
    config.engineRateHz = 8000;
    config.maxBlockFrames = packetFrames;
    config.playout.depthMs = depthMs;
    config.playout.maxBacklogMs = 2000;
    LegPort port(std::make_unique<test::FakeL16Codec>(), config);
    const std::vector<uint8_t> payload(static_cast<size_t>(packetFrames) * 2, 1);
    std::vector<float> block(static_cast<size_t>(packetFrames));
    size_t next = 0;
    for (auto tickNs = 5 * streamMsNs; next < arrivals.size() || tickNs < arrivals.back().timeNs + (depthMs + 200) * streamMsNs; tickNs += packetMs * streamMsNs)
    {
        for (; next < arrivals.size() && arrivals[next].timeNs <= tickNs; ++next)
        {
            RtpPacket packet;
            packet.ssrc = 7;
            packet.payloadType = port.format().receivePayloadType;
            packet.sequence = static_cast<uint16_t>(65000 + arrivals[next].number);
            packet.timestamp = 0xfffff000u + static_cast<uint32_t>(arrivals[next].number) * static_cast<uint32_t>(packetFrames);
            packet.arrivalNs = arrivals[next].timeNs;
            packet.payload = payload;
            port.receive(packet);
        }
        port.pull(block, tickNs);
    }
    if (driftKnown != nullptr && driftPpm != nullptr)
    {
        const auto stats = port.mediaStats().playout;
        *driftKnown = stats.driftKnown;
        *driftPpm = stats.driftPpm;
    }
    return port.transportReport();
}

/** What RFC 3611 makes of a pattern of missing packets, reckoned from the whole pattern at once. */
struct BurstTruth
{
    size_t missing = 0, bursts = 0, inBursts = 0, missingInBursts = 0, longestRun = 0;
};

BurstTruth truthOf(const std::vector<bool>& isMissing)
{
    BurstTruth truth;
    std::vector<size_t> at;
    size_t run = 0;
    for (size_t i = 0; i < isMissing.size(); ++i)
    {
        run = isMissing[i] ? run + 1 : 0;
        truth.longestRun = std::max(truth.longestRun, run);
        if (isMissing[i])
            at.push_back(i);
    }
    truth.missing = at.size();
    for (size_t from = 0; from < at.size();)
    {
        auto to = from;
        while (to + 1 < at.size() && at[to + 1] - at[to] - 1 < gmin)
            ++to;
        if (to > from)
        {
            ++truth.bursts;
            truth.inBursts += at[to] - at[from] + 1;
            truth.missingInBursts += to - from + 1;
        }
        from = to + 1;
    }
    return truth;
}

void losses(Section& section, const std::string& condition, const test::NetworkFaults& pattern, int packets, int seeds)
{
    auto& lost = section.promise(condition, "packets lost", "", 0.0);
    auto& share = section.promise(condition, "loss", "%", 0.001);
    auto& bursts = section.promise(condition, "bursts, RFC 3611", "", 0.0);
    auto& density = section.promise(condition, "burst density", "%", 0.001);
    auto& run = section.promise(condition, "longest loss, packets", "", 0.0);
    for (int seed = 1; seed <= seeds; ++seed)
    {
        auto faults = pattern;
        faults.seed = static_cast<uint64_t>(seed);
        test::FaultDice dice(faults);
        std::vector<Arrival> arrivals;
        std::vector<bool> isMissing;
        for (int i = 0; i < packets; ++i)
        {
            // The first and the last ones come: what is lost before or behind a stream nobody can know.
            const auto isLost = dice.next().isLost() && i >= 20 && i < packets - 20;
            isMissing.push_back(isLost);
            if (! isLost)
                arrivals.push_back({ i * packetMs * streamMsNs, i });
        }
        const auto truth = truthOf(isMissing);
        const auto report = reportOf(arrivals, 60);
        lost.take(static_cast<double>(report.stream.lost()) - static_cast<double>(truth.missing));
        share.take(100.0 * static_cast<double>(report.stream.lost()) / static_cast<double>(report.stream.expected)
                   - 100.0 * static_cast<double>(truth.missing) / packets);
        bursts.take(static_cast<double>(report.losses.bursts) - static_cast<double>(truth.bursts));
        density.take(100.0 * report.losses.burstDensity()
                     - (truth.inBursts > 0 ? 100.0 * static_cast<double>(truth.missingInBursts) / static_cast<double>(truth.inBursts) : 0.0));
        run.take(static_cast<double>(report.losses.longestRun) - static_cast<double>(truth.longestRun));
    }
}

void jitter(Section& section, int packets)
{
    auto& exact = section.promise("even jitter of 0…2 to 0…60 ms", "highest and mean jitter, against RFC 3550 A.8 by hand", "ms", 0.001);
    auto& expected = section.promise("even jitter of 0…2 to 0…15 ms", "mean jitter, of its expectation (a third of the range)", "%", 5.0);
    for (const auto rangeMs : { 2.0, 10.0, 15.0, 30.0, 60.0 })
    {
        std::mt19937_64 random(static_cast<uint64_t>(rangeMs));
        std::uniform_real_distribution<double> late(0.0, rangeMs * 1.0e6);
        std::vector<Arrival> arrivals;
        for (int i = 0; i < packets; ++i)
            arrivals.push_back({ i * packetMs * streamMsNs + std::llround(late(random)), i });
        const auto report = reportOf(arrivals, 120);

        auto inOrder = arrivals;
        std::ranges::stable_sort(inOrder, {}, &Arrival::timeNs);
        double j = 0.0, most = 0.0, sum = 0.0;
        for (size_t i = 1; i < inOrder.size(); ++i)
        {
            const auto came = static_cast<double>(inOrder[i].timeNs - inOrder[i - 1].timeNs) * 1.0e-6;
            const auto sent = static_cast<double>((inOrder[i].number - inOrder[i - 1].number) * packetMs);
            j += (std::abs(came - sent) - j) / 16.0;
            most = std::max(most, j);
            sum += j;
        }
        exact.take(report.stream.jitterMaxMs - most);
        exact.take(report.stream.jitterMeanMs - sum / static_cast<double>(inOrder.size() - 1));
        if (rangeMs < packetMs)  // beyond that they overtake each other, and the spacing of those that come after another is no expectation
            expected.take(100.0 * (report.stream.jitterMeanMs / (rangeMs / 3.0) - 1.0));
    }
}

void drift(Section& section, double jitterMs)
{
    // Of each second the quickest packet counts: of even jitter over 20 ms that one is late by 0.4 ms on average, give or take as much.
    auto& error = section.promise("−100…+100 ppm, a minute, " + (jitterMs > 0.0 ? "jitter of 0…" + shown(jitterMs) + " ms" : std::string("no jitter")), "drift of the peer's clock", "ppm", jitterMs > 10.0 ? 10.0 : 5.0);
    for (const auto ppm : section.isQuick() ? std::vector<double> { -50.0, 50.0 } : std::vector<double> { -100.0, -50.0, -20.0, -5.0, 0.0, 5.0, 20.0, 50.0, 100.0 })
    {
        std::mt19937_64 random(static_cast<uint64_t>(1000.0 + ppm));
        std::uniform_real_distribution<double> late(0.0, jitterMs * 1.0e6);
        std::vector<Arrival> arrivals;
        for (int i = 0; i < 3000; ++i)
            arrivals.push_back({ std::llround(i * packetMs * 1.0e6 / (1.0 + ppm * 1.0e-6) + late(random)), i });
        bool known = false;
        double measured = 0.0;
        (void) reportOf(arrivals, 120, &known, &measured);
        if (known)
            error.take(measured - ppm);
        else
            error.miss("(" + shown(ppm) + " ppm)");
    }
}

void stream(Section& section)
{
    section.say("RTP streams of 20 ms packets through `LegPort`, over wraps of sequence and timestamp: their packets come when the pattern says, or never. "
                "The truth is reckoned from the whole pattern, by other code.");
    const auto packets = section.isQuick() ? 2000 : 20000, seeds = section.isQuick() ? 1 : 5;
    for (const auto percent : { 0.1, 1.0, 5.0, 30.0 })
    {
        test::NetworkFaults faults;
        faults.lossProbability = percent / 100.0;
        losses(section, shown(percent) + " % at random", faults, packets, seeds);
    }
    for (const auto length : { 2.0, 10.0 })
    {
        test::NetworkFaults faults;
        faults.bursts = test::NetworkFaults::Gilbert { 0.01, 1.0 / length, 0.8, 0.001 };
        losses(section, "bursts (Gilbert, Elliott), " + shown(length) + " packets on average", faults, packets, seeds);
    }
    {
        test::NetworkFaults faults;
        faults.periodicLoss = test::NetworkFaults::Periodic { 100, 3, 50 };
        losses(section, "three in a row of every hundred", faults, packets, 1);
    }
    jitter(section, packets);
    for (const auto jitterMs : { 0.0, 5.0, 20.0 })
        drift(section, jitterMs);
}

const Registered registeredStream("stream", stream);
} // namespace

} // namespace mw::accuracy
