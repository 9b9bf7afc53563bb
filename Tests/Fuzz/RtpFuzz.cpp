#include "CodecBench.h"
#include "Fuzz.h"

#include <cmath>

namespace mw::fuzz
{
namespace
{

/** Datagrams to a call's media socket: header parsing and source check (MediaSeam), receive ring, jitter buffer, decoder,
    resampler, telephone-events; and libre's own reading behind them. Ticks of the media thread come between.

    Each step: an octet with the top bits of what it is, then its operand. A packet is either given whole or made from a header
    that fits and a payload. */
class RtpTarget final : public Target, private MediaReceiver
{
public:
    RtpTarget()
    {
        struct sa local {};
        MW_PROMISE(::sa_set_str(&local, "127.0.0.1", 0) == 0);
        MW_PROMISE(::rtp_listen(&rtp, IPPROTO_UDP, &local, 20000, 49999, true, heard, heardRtcp, this) == 0);
        descriptor = adapter::descriptorOf(static_cast<struct udp_sock*>(::rtp_sock(rtp)), AF_INET);
        MW_PROMISE(descriptor >= 0);
    }

    ~RtpTarget() override { ::mem_deref(rtp); }

    void run(std::span<const uint8_t> input) override
    {
        codecs.bench.network().reset();
        Bytes bytes(input);
        const auto choice = bytes.octet(), mode = bytes.octet();
        start(choice, mode);
        for (int steps = 0; ! bytes.isEmpty() && steps < 200; ++steps)
            step(bytes);
        for (int i = 0; i < 4; ++i)
            tick(blockFrames);
        const auto stats = port->mediaStats();
        MW_PROMISE(stats.playout.packets <= arrived);
        MW_PROMISE(stats.playout.late + stats.playout.duplicate + stats.playout.inTime <= stats.playout.packets);
        finish();
    }

private:
    static constexpr int blockFrames = 320;

    void start(uint8_t choice, uint8_t mode)
    {
        LegPortConfig config;
        config.engineRateHz = 16000;
        config.maxBlockFrames = blockFrames;
        config.ringBytes = 8192;
        config.playout.mode = (mode & 1) != 0 ? PlayoutMode::adaptive : PlayoutMode::fixed;
        config.playout.depthMs = (mode & 2) != 0 ? 0 : 40;
        config.playout.maxBacklogMs = (mode & 4) != 0 ? 60 : 250;
        port = std::make_unique<LegPort>(codecs.make(choice & 7u, 20, nullptr), config);
        events = std::make_unique<TelephoneEventReceiver>([](char digit, int durationMs) {
            MW_PROMISE(eventCodeOfDigit(digit) >= 0 && durationMs >= 0);
        });
        seam = std::make_unique<MediaSeam>(rtp, static_cast<struct udp_sock*>(::rtp_sock(rtp)), nullptr, codecs.bench.engineClock());
        MW_PROMISE(seam->attach(nullptr) == 0);
        seam->setReceiver(this);
        if ((mode & 8) == 0)
        {
            struct sa peer {};
            MW_PROMISE(::sa_set_str(&peer, "127.0.0.1", SipBench::peerRtpPort) == 0);
            seam->negotiated(&peer);
        }
        sequence = (mode & 16) != 0 ? 65530 : 1;
        timestamp = (mode & 32) != 0 ? 0xffffff00u : 8;
        arrived = 0;
        last = {};
    }

    void finish()
    {
        seam->setReceiver(nullptr);
        seam.reset();
        port.reset();
        codecs.bench.run();
    }

    void step(Bytes& bytes)
    {
        const auto kind = bytes.octet();
        switch (kind >> 5)
        {
            case 0: send(bytes.take(size_t { bytes.octet() }), kind); break;
            case 1: case 2: case 3: case 4: sendMade(bytes, kind); break;
            case 5: port->setDirection(true, (kind & 1) == 0); break;
            case 6: port->timeLost(uint64_t { kind & 0x1fu } * 160, codecs.bench.engineClock()->nowNs()); break;
            default: tick((kind & 1) != 0 ? blockFrames : 1 + bytes.octet());
        }
    }

    /** The next packet of a stream, or one beside it. */
    void sendMade(Bytes& bytes, uint8_t kind)
    {
        const auto jump = (kind & 0x10) != 0 ? bytes.octet() : uint8_t { 0 };
        sequence = static_cast<uint16_t>(sequence + ((jump & 1) != 0 ? bytes.u16() : 1));
        timestamp += (jump & 2) != 0 ? bytes.u32() : 160u;
        std::vector<uint8_t> packet { 0x80, static_cast<uint8_t>((jump & 4) != 0 ? bytes.octet() : 96),
                                      static_cast<uint8_t>(sequence >> 8), static_cast<uint8_t>(sequence),
                                      static_cast<uint8_t>(timestamp >> 24), static_cast<uint8_t>(timestamp >> 16),
                                      static_cast<uint8_t>(timestamp >> 8), static_cast<uint8_t>(timestamp),
                                      0, 0, 0, static_cast<uint8_t>((jump & 8) != 0 ? bytes.octet() : 7) };
        if ((jump & 16) != 0)
            packet[0] = bytes.octet();
        if ((kind & 8) != 0)
            packet.insert(packet.end(), (jump & 32) != 0 ? bytes.u16() % 2048u : 160u, bytes.octet());
        else
        {
            const auto payload = bytes.take(size_t { bytes.octet() });
            packet.insert(packet.end(), payload.begin(), payload.end());
        }
        send(packet, kind);
    }

    void send(std::span<const uint8_t> packet, uint8_t kind)
    {
        const auto fromStranger = (kind & 7) == 7;
        codecs.bench.network().deliver(descriptor, fromStranger ? uint16_t { 6666 } : SipBench::peerRtpPort, packet);
        codecs.bench.network().run();
    }

    void tick(int frames)
    {
        const auto samples = std::span(block).first(static_cast<size_t>(frames));
        port->pull(samples, codecs.bench.engineClock()->nowNs());
        for (const auto sample : samples)
            MW_PROMISE(std::isfinite(sample) && std::abs(sample) < 4.0f);
        codecs.bench.engineClock()->advanceNs(int64_t { frames } * 1'000'000'000 / 16000);
        events->checkSilence(codecs.bench.engineClock()->nowNs());

        const auto now = port->mediaStats().playout;
        MW_PROMISE(now.packets >= last.packets && now.octets >= last.octets && now.late >= last.late);
        MW_PROMISE(now.duplicate >= last.duplicate && now.trims >= last.trims && now.resyncs >= last.resyncs);
        MW_PROMISE(now.undecodable >= last.undecodable && now.concealedSamples >= last.concealedSamples);
        MW_PROMISE(std::isfinite(now.depthMs) && std::isfinite(now.jitterMs) && now.jitterMs >= 0.0);
        last = now;
    }

    // MediaReceiver, as SipLeg does it
    void packetArrived(const RtpPacket& packet) override
    {
        ++arrived;
        if (packet.payloadType == 101)
            events->packetArrived(packet);
        static_cast<void>(port->receive(packet));
    }
    void mediaNegotiated() override {}
    void mediaGone() override {}

    static void heard(const struct sa*, const struct rtp_header*, struct mbuf*, void*) noexcept {}
    static void heardRtcp(const struct sa*, struct rtcp_msg*, void*) noexcept {}

    CodecBench codecs;
    struct rtp_sock* rtp = nullptr;
    int descriptor = -1;
    std::unique_ptr<MediaSeam> seam;
    std::unique_ptr<LegPort> port;
    std::unique_ptr<TelephoneEventReceiver> events;
    uint16_t sequence = 0;
    uint32_t timestamp = 0;
    uint64_t arrived = 0;
    PlayoutStats last;
    std::vector<float> block = std::vector<float>(blockFrames);
};

const Registration<RtpTarget> registrationRtp("Rtp");

} // namespace
} // namespace mw::fuzz
