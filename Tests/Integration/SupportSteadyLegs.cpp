#include "SupportSteadyLegs.h"

#include "SupportG711.h"

#include <mw_sip/RawSipPeer.h>

#include <atomic>
#include <cmath>
#include <numbers>
#include <pthread.h>
#include <stdexcept>
#include <thread>

namespace
{

using namespace std::chrono_literals;

constexpr size_t packetFrames = 160;
constexpr int rateHz = 8000;

struct Packet
{
    uint16_t sequence = 0;
    uint32_t timestamp = 0, ssrc = 0;
    uint8_t type = 0;
    std::vector<uint8_t> payload;
};

/** A tone that never loses its phase. */
class Tone
{
public:
    Tone(double frequencyHz, double amplitudeToUse) : step(frequencyHz / rateHz), amplitude(amplitudeToUse) {}

    void next(std::span<uint8_t> octets)
    {
        for (auto& octet : octets)
        {
            octet = g711::encode(static_cast<int>(std::lround(amplitude * 32768.0 * std::sin(2.0 * std::numbers::pi * cycles))), g711::Law::mu);
            cycles += step;
            cycles -= std::floor(cycles);
        }
    }

private:
    double step, amplitude, cycles = 0.0;
};

struct Leg
{
    Leg(double frequencyHz, double amplitude) : tone(frequencyHz, amplitude) {}

    mw::test::RawSipPeer peer;
    std::string answer;
    int rtpTo = 0;
    Tone tone;
    std::vector<Packet> heard;
};

uint32_t number(const std::vector<uint8_t>& octets, size_t at, size_t count)
{
    uint32_t value = 0;
    for (size_t i = 0; i < count; ++i)
        value = value << 8 | octets[at + i];
    return value;
}

} // namespace

struct SteadyLegs::Impl
{
    std::vector<std::unique_ptr<Leg>> legs;
    std::atomic<bool> stop { false };
    std::atomic<uint64_t> sent { 0 };
    std::atomic<int64_t> worstLatenessNs { 0 };
    std::thread thread;

    void connect(uint16_t sipPort, Leg& leg)
    {
        leg.peer.invite(sipPort, leg.peer.sdp("0"));
        leg.answer = leg.peer.next("SIP/2.0 200");
        if (leg.answer.empty())
            throw std::runtime_error("a steady leg was not answered");
        leg.peer.acknowledge(leg.answer);
        leg.rtpTo = mw::test::RawSipPeer::audioPortOf(leg.answer);
    }

    void run()
    {
        // Where it is not allowed, it goes on without.
        const sched_param priority { 1 };
        ::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &priority);

        std::vector<uint8_t> octets(packetFrames);
        auto due = std::chrono::steady_clock::now();
        for (uint32_t count = 0; ! stop; ++count)
        {
            std::this_thread::sleep_until(due);  // sleeps: it is the legs' clock
            const auto late = std::chrono::steady_clock::now() - due;
            worstLatenessNs = std::max<int64_t>(worstLatenessNs, std::chrono::nanoseconds(late).count());
            for (size_t i = 0; i < legs.size(); ++i)
            {
                auto& leg = *legs[i];
                leg.tone.next(octets);
                const auto packet = mw::test::RawSipPeer::rtpPacket(0, static_cast<uint16_t>(count), count * packetFrames,
                                                                    0x5EED0000u + static_cast<uint32_t>(i), octets);
                leg.peer.rtp.send(leg.rtpTo, packet.data(), packet.size());
                listen(leg);
            }
            sent = count + 1;
            due += 20ms;
        }
        for (auto& leg : legs)
            listen(*leg);
    }

    static void listen(Leg& leg)
    {
        while (const auto octets = leg.peer.rtp.receive(0ms))
        {
            if (octets->size() < 12)
                continue;
            leg.heard.push_back({ static_cast<uint16_t>(number(*octets, 2, 2)), number(*octets, 4, 4), number(*octets, 8, 4),
                                  static_cast<uint8_t>((*octets)[1] & 0x7f), { octets->begin() + 12, octets->end() } });
        }
    }

    void join()
    {
        stop = true;
        if (thread.joinable())
            thread.join();
    }
};

SteadyLegs::SteadyLegs(uint16_t sipPort, std::vector<double> frequenciesHz, double amplitude) : impl(std::make_unique<Impl>())
{
    for (const auto frequency : frequenciesHz)
    {
        impl->legs.push_back(std::make_unique<Leg>(frequency, amplitude));
        impl->connect(sipPort, *impl->legs.back());
    }
    impl->thread = std::thread([this] { impl->run(); });
}

SteadyLegs::~SteadyLegs() { impl->join(); }

size_t SteadyLegs::hangUp()
{
    size_t answered = 0;
    for (auto& leg : impl->legs)
        leg->peer.bye(leg->answer);
    for (auto& leg : impl->legs)
        answered += leg->peer.next("SIP/2.0 200").find("BYE") != std::string::npos;
    impl->join();
    return answered;
}

uint64_t SteadyLegs::packetsSent() const { return impl->sent; }

double SteadyLegs::worstLatenessMs() const { return static_cast<double>(impl->worstLatenessNs.load()) * 1e-6; }

SteadyLegs::Heard SteadyLegs::heard(size_t leg) const
{
    const auto& packets = impl->legs.at(leg)->heard;
    Heard result;
    for (size_t i = 0; i < packets.size(); ++i)
    {
        const auto& packet = packets[i];
        if (packet.type != 0 || packet.payload.size() != packetFrames || packet.ssrc != packets.front().ssrc)
        {
            ++result.foreignPackets;
            continue;
        }
        if (i > 0)
        {
            result.missingPackets += static_cast<uint16_t>(packet.sequence - packets[i - 1].sequence - 1);
            result.brokenTimestamps += packet.timestamp - packets[i - 1].timestamp != packetFrames;
        }
        const auto decoded = g711::decode(packet.payload, g711::Law::mu);
        result.samples.insert(result.samples.end(), decoded.begin(), decoded.end());
    }
    return result;
}
