#include "SupportBaresip.h"
#include "SupportBench.h"

#include <Support/FaultyNetwork.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <sstream>
#include <thread>

using namespace std::chrono_literals;
using namespace mw::test;

namespace
{

/** A line of `tshark -z rtp,streams`. */
struct TsharkStream
{
    uint16_t toPort = 0;
    uint32_t ssrc = 0;
    int64_t packets = 0, lost = 0;
    double meanJitterMs = 0.0, maxJitterMs = 0.0;
};

/** A packet as tshark takes it apart. */
struct TsharkPacket
{
    double timeS = 0.0;
    uint16_t toPort = 0;
    uint32_t ssrc = 0, timestamp = 0;
    uint16_t sequence = 0;
    int payloadType = 0;
};

std::vector<TsharkStream> streamsIn(const std::string& text)
{
    // Start, end, address, port, address, port, SSRC, payload names, packets, lost (%), delta min mean max, jitter min mean max.
    static const std::regex line(R"(\s(\d+)\s+0x([0-9A-Fa-f]{8})\s.*?\s(\d+)\s+(-?\d+) \(\s*-?[\d.]+%\)\s+[\d.]+\s+[\d.]+\s+[\d.]+\s+[\d.]+\s+([\d.]+)\s+([\d.]+))");
    std::vector<TsharkStream> found;
    std::istringstream lines(text);
    std::smatch part;
    for (std::string each; std::getline(lines, each);)
        if (std::regex_search(each, part, line))
            found.push_back({ static_cast<uint16_t>(std::stoul(part[1])), static_cast<uint32_t>(std::stoul(part[2], nullptr, 16)),
                              std::stoll(part[3]), std::stoll(part[4]), std::stod(part[5]), std::stod(part[6]) });
    return found;
}

std::vector<TsharkPacket> packetsIn(const std::string& text)
{
    std::vector<TsharkPacket> found;
    std::istringstream lines(text);
    for (std::string each; std::getline(lines, each);)
    {
        std::istringstream fields(each);
        TsharkPacket packet;
        std::string ssrc;
        if (fields >> packet.timeS >> packet.toPort >> ssrc >> packet.sequence >> packet.timestamp >> packet.payloadType)
        {
            packet.ssrc = static_cast<uint32_t>(std::stoul(ssrc, nullptr, 16));
            found.push_back(packet);
        }
    }
    return found;
}

/** Jitter of RFC 3550, A.8 over the packets of one type in the order of their arrival, doubled ones left out [ms]. */
struct Jitter
{
    Jitter(const std::vector<TsharkPacket>& packets, int payloadType)
    {
        std::set<uint16_t> came;
        const TsharkPacket* before = nullptr;
        double now = 0.0, sum = 0.0, count = 0.0;
        for (const auto& packet : packets)
        {
            if (! came.insert(packet.sequence).second || packet.payloadType != payloadType)
                continue;
            if (before != nullptr)
            {
                const auto stepMs = static_cast<int32_t>(packet.timestamp - before->timestamp) / 8.0;
                now += (std::abs((packet.timeS - before->timeS) * 1000.0 - stepMs) - now) / 16.0;
                mostMs = std::max(mostMs, now);
                sum += now;
                count += 1.0;
            }
            before = &packet;
        }
        meanMs = count > 0.0 ? sum / count : 0.0;
    }

    double meanMs = 0.0, mostMs = 0.0;
};

constexpr uint64_t packetsLetThrough = 120, packetsSpared = 25;

/** With a seed that spares the first packets and the last before the network closes: tshark takes the packet that came last, not the
    one with the highest number, for the stream's end. The closing keeps what a call has on its way at its end out of the comparison. */
NetworkFaults closing(NetworkFaults faults)
{
    faults.periodicLoss = NetworkFaults::Periodic { 1'000'000, 1'000'000, packetsLetThrough };
    const auto spares = [](const NetworkFaults& tried) {
        FaultDice dice(tried);
        for (uint64_t i = 0; i < packetsLetThrough; ++i)
            if (const auto fate = dice.next(); (i < 3 || i + packetsSpared > packetsLetThrough) && (fate.isLost() || fate.overtaken || fate.doubled))
                return false;
        return true;
    };
    while (! spares(faults))
        ++faults.seed;
    return faults;
}

double numberOf(const juce::var& figures, const char* path)
{
    const auto value = figures[path]["value"];
    EXPECT_TRUE(value.isDouble() || value.isInt() || value.isInt64()) << path << ": " << figures[path]["whyNot"].toString();
    return static_cast<double>(value);
}

} // namespace

/** tshark's RTP statistics and ours on the same packets: what came to a sink's ports through a bad network. */
class TsharkAgreement : public Bench
{
protected:
    [[nodiscard]] std::vector<std::string> tshark(const ListeningProgram& sink, std::vector<std::string> more) const
    {
        std::vector<std::string> command { "tshark", "-n", "-r", file("loopback.pcap"), "-d", "udp.port==" + std::to_string(sink.sipPort()) + ",sip" };
        command.insert(command.end(), more.begin(), more.end());
        return command;
    }

    /** Holds the figures of a call against what tshark says of the stream with its SSRC. @returns how many packets of events came */
    int64_t compare(const juce::var& call, const std::vector<TsharkStream>& streams, const std::vector<TsharkPacket>& all, bool inOrderAndOnce)
    {
        const auto figures = call["figures"];
        const auto ssrc = static_cast<uint32_t>(std::stoul(figures["transport.ssrc"]["value"].toString().toStdString(), nullptr, 16));
        const auto stream = std::find_if(streams.begin(), streams.end(), [&](const TsharkStream& each) { return each.ssrc == ssrc; });
        if (stream == streams.end())
        {
            ADD_FAILURE() << "tshark knows no stream of " << figures["transport.ssrc"]["value"].toString();
            return 0;
        }
        std::vector<TsharkPacket> packets;
        std::map<int, int64_t> types;
        std::set<uint16_t> numbers;
        int64_t doubled = 0, eventPackets = 0;
        for (const auto& packet : all)
        {
            if (packet.ssrc != ssrc || packet.toPort != stream->toPort)
                continue;
            packets.push_back(packet);
            ++types[packet.payloadType];
            const auto isNew = numbers.insert(packet.sequence).second;
            doubled += isNew ? 0 : 1;
            eventPackets += isNew && packet.payloadType != 0 ? 1 : 0;
        }

        EXPECT_EQ(numberOf(figures, "transport.packets"), static_cast<double>(stream->packets));
        EXPECT_EQ(numberOf(figures, "transport.duplicate"), static_cast<double>(doubled));
        // RFC 3550, A.3: expected less received, doubled packets among those received. Ours are the numbers that never came.
        EXPECT_EQ(numberOf(figures, "transport.network_lost"), static_cast<double>(stream->lost + doubled));
        EXPECT_EQ(numberOf(figures, "transport.expected"), static_cast<double>(stream->packets + stream->lost));
        EXPECT_EQ(numberOf(figures, "transport.payload_type"), 0.0);
        EXPECT_EQ(numberOf(figures, "transport.payload_type_changes"), 0.0);
        const auto rows = call["tables"]["payload types"]["rows"];
        EXPECT_EQ(rows.size(), static_cast<int>(types.size()));
        for (int i = 0; i < rows.size(); ++i)
            EXPECT_EQ(static_cast<double>(rows[i][2]), static_cast<double>(types[static_cast<int>(rows[i][0])])) << rows[i][1].toString();

        double toldByEvents = 0.0;
        const auto events = call["tables"]["events"]["rows"];
        for (int i = 0; i < events.size(); ++i)
            toldByEvents += static_cast<double>(events[i][5]);
        EXPECT_EQ(toldByEvents, static_cast<double>(eventPackets)) << juce::JSON::toString(events);
        EXPECT_EQ(numberOf(figures, "events.count"), static_cast<double>(events.size()));
        EXPECT_LE(numberOf(figures, "events.lost"), numberOf(figures, "transport.network_lost"));

        const Jitter jitter(packets, 0);
        EXPECT_NEAR(numberOf(figures, "transport.jitter_max_ms"), jitter.mostMs, 0.5);
        EXPECT_NEAR(numberOf(figures, "transport.jitter_mean_ms"), jitter.meanMs, 0.5);
        if (inOrderAndOnce)
        {
            // tshark's own jitter takes doubled packets for sound and measures an overtaken one against another packet than the RFC does.
            EXPECT_NEAR(numberOf(figures, "transport.jitter_max_ms"), stream->maxJitterMs, 0.5);
            EXPECT_NEAR(numberOf(figures, "transport.jitter_mean_ms"), stream->meanJitterMs, 0.5);
        }
        return static_cast<int64_t>(packets.size()) - types[0];
    }
};

TEST_F(TsharkAgreement, OnLossJitterReorderAndDoubledPacketsWithEventsBetween)
{
    WavFile::write(file("tone.wav"), sound::makeSine(1111.0, -15.0, 20.0, 8000), 8000);
    ListeningProgram sink(folder(), "sink", { "--rate", "8000", "--codecs", "PCMU", "--jitter-buffer", "200", "--max-backlog", "1000",
                                              "--calls", "2", "--report", "sink.json" });
    const auto heard = capture(sink);
    FaultyNetwork::Config inOrder, outOfOrder;
    NetworkFaults faults;
    faults.lossProbability = 0.05;
    faults.jitterMs = 12.0;
    inOrder.toCallee = closing(faults);
    faults.jitterMs = 0.0;  // it would swap events and sound that are sent at once, the first and the last ones too
    faults.keepsOrder = false;
    faults.reorderProbability = 0.06;
    faults.duplicateProbability = 0.06;
    faults.duplicateAfterMs = 10.0;
    outOfOrder.toCallee = closing(faults);
    FaultyNetwork first(sink.sipPort(), inOrder), second(sink.sipPort(), outOfOrder);

    Milliwatt source(folder(), { "source", "--call", first.uri(), "--codecs", "PCMU", "--rate", "8000", "--play", "tone:1000@-10",
                                 "--duration", "3.2", "--listen", "127.0.0.1:0" });
    StockBaresip stranger(folder(), { .sound = file("tone.wav"), .dial = second.uri() });
    ASSERT_TRUE(stranger.waitUntilEstablished(deadline::start)) << stranger.log() << sink.log();
    for (const auto digit : { '7', '9' })
        ASSERT_TRUE(stranger.press(digit)) << stranger.log();
    EXPECT_EQ(source.finish(), 0) << source.log();
    EXPECT_EQ(stranger.hangUpAndEnd(30s), 0) << stranger.log();
    EXPECT_EQ(sink.finish(), 0) << sink.log();
    heard->finish();
    EXPECT_TRUE(first.problems().empty()) << first.problems().front();
    EXPECT_TRUE(second.problems().empty()) << second.problems().front();

    const auto streams = streamsIn(run(tshark(sink, { "-q", "-z", "rtp,streams" })));
    const auto packets = packetsIn(run(tshark(sink, { "-Y", "rtp", "-T", "fields", "-e", "frame.time_epoch", "-e", "udp.dstport", "-e", "rtp.ssrc",
                                                      "-e", "rtp.seq", "-e", "rtp.timestamp", "-e", "rtp.p_type" })));
    const auto calls = json(file("sink.json"))["calls"];
    ASSERT_EQ(calls.size(), 2);
    for (int i = 0; i < calls.size(); ++i)
    {
        const auto isStranger = calls[i]["figures"]["transport.duplicate"]["value"] != juce::var(0.0);
        SCOPED_TRACE(isStranger ? "the stranger's call, out of order and doubled" : "our source's call, in order");
        EXPECT_GT(numberOf(calls[i]["figures"], "transport.network_lost"), 0.0);
        EXPECT_GT(numberOf(calls[i]["figures"], "transport.jitter_max_ms"), 1.0);
        const auto events = compare(calls[i], streams, packets, ! isStranger);
        EXPECT_EQ(events > 0, isStranger);
        if (isStranger)
        {
            EXPECT_GT(numberOf(calls[i]["figures"], "transport.reordered"), 0.0);
        }
    }
}
