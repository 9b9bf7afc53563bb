#pragma once

#include <mw_legs/mw_legs.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

namespace mw::test
{

/** G.711 µ-law computed without tables, straight from the segment formula of ITU-T G.711: an independent second opinion on
    any codec that the product uses. No concealment of its own. */
class FakePcmuCodec final : public Codec
{
public:
    explicit FakePcmuCodec(int ptimeMs = 20);

    [[nodiscard]] static uint8_t encodeSample(int16_t pcm) noexcept;
    [[nodiscard]] static int16_t decodeSample(uint8_t code) noexcept;

    const CodecFormat& format() const noexcept override { return description; }
    int decode(std::span<const uint8_t> payload, bool marker, std::span<int16_t> pcm) noexcept override;
    int conceal(std::span<int16_t>) noexcept override { return 0; }
    int encode(std::span<const int16_t> pcm, std::span<uint8_t> payload, bool& marker) noexcept override;

private:
    CodecFormat description;
};

/** 16-bit samples, big endian, at any rate and clock rate: lossless, so that samples can be compared one by one. A payload of
    odd length is undecodable. With `concealmentValue` it has a concealment of its own: that constant. */
class FakeL16Codec final : public Codec
{
public:
    explicit FakeL16Codec(int sampleRateHz = 8000, int ptimeMs = 20, int clockRateHz = 0);

    std::optional<int16_t> concealmentValue;
    bool silentWhenZero = false;  ///< DTX: a packet of zeros is not sent

    const CodecFormat& format() const noexcept override { return description; }
    int decode(std::span<const uint8_t> payload, bool marker, std::span<int16_t> pcm) noexcept override;
    int conceal(std::span<int16_t> pcm) noexcept override;
    int encode(std::span<const int16_t> pcm, std::span<uint8_t> payload, bool& marker) noexcept override;

private:
    CodecFormat description;
};

/** A packet as the peer got it. */
struct HeardPacket
{
    uint32_t timestamp = 0;
    uint8_t payloadType = 0;
    bool marker = false;
    std::vector<uint8_t> payload;
};

/** What lies between a fake peer and us, repeatable from a seed. */
struct FakeNetwork
{
    double lossShare = 0.0;   ///< 0…1
    double duplicateShare = 0.0;  ///< 0…1
    int jitterMs = 0;         ///< each packet is delayed by 0…jitterMs, evenly; may put packets out of order [ms]
    double driftPpm = 0.0;    ///< peer's clock fast (+) or slow (−) against ours [ppm]
    uint64_t seed = 1;
};

/** Legs without SIP: scripted calls, and peers that send and hear G.711 µ-law packets in the engine's own time.

    Everything is called on one thread, the test's; events come inside the calls that cause them. tickDone() alone may be
    called by a media thread. */
class FakeLegFactory final : public LegFactory
{
public:
    struct Config
    {
        LegPortConfig port;
        std::shared_ptr<Clock> clock;  ///< required: the engine's clock
        int ptimeMs = 20;              ///< both directions [ms]
        std::string localUri = "sip:fake@127.0.0.1:5060";
        size_t maxLegs = 2048;         ///< calls beyond it are refused with 486
        uint16_t firstSequence = 0;    ///< of every peer's packets
        uint32_t firstTimestamp = 0;
    };

    /** How a dialled URI behaves; "answered at once" when nothing was said. */
    struct DialResult
    {
        enum class Kind { answers, rejects, staysRinging } kind = Kind::answers;
        int sipCode = 200;
        std::string reason = "OK";
    };

    explicit FakeLegFactory(Config config);
    ~FakeLegFactory() override;

    // ---- LegFactory ---------------------------------------------------------------------------------------------------
    Result<void> start(EventHandler handler) override;
    void stop(int graceMs) override;
    void refuseNewLegs() override { refusing = true; }
    std::string localUri() const override { return started ? config.localUri : std::string(); }
    Result<LegId> dial(const std::string& uri) override;
    void answer(LegId leg) override;
    void reject(LegId leg, int sipCode, const std::string& reason) override;
    void hangUp(LegId leg) override;
    void hold(LegId leg, bool onHold) override;
    void sendDtmf(LegId leg, const std::string& digits, DtmfMethod method, int onMs, int offMs) override;
    void setTrace(bool on) override { trace.setOn(on); }
    std::vector<SignallingMessage> takeTrace() override { return trace.takeAll(); }
    FactoryFigures figures() const noexcept override { return { 0, trace.lost() }; }
    void tickDone(int64_t) noexcept override { ticks.fetch_add(1, std::memory_order_relaxed); }

    // ---- the script ---------------------------------------------------------------------------------------------------

    /** start() will fail with this until it is taken back. */
    void failStartWith(std::optional<Error> error) { startFailure = std::move(error); }
    void setDialResult(const std::string& uri, DialResult result) { dialResults[uri] = std::move(result); }

    /** A peer calls. @returns its leg; 0 when it was refused with 486 */
    LegId ring(const std::string& peerUri);
    void peerHangsUp(LegId leg, int sipCode = 0, const std::string& reason = "BYE from the peer", bool failed = false);
    void peerHolds(LegId leg, bool onHold);

    /** A signalling message of a leg passes now; seen only while somebody asked for them (setTrace). */
    void passMessage(LegId leg, bool sent, const std::string& startLine, const std::string& method, const std::string& rest = "\r\n\r\n");
    void peerSendsDtmf(LegId leg, char digit, DtmfMethod method = DtmfMethod::telephoneEvent);

    // ---- the peers' sound ---------------------------------------------------------------------------------------------

    /** Octets that the peer says from now on: called for each packet with the number of its first sample, counting from 0.
        Null: it says nothing. */
    using Voice = std::function<void(std::span<uint8_t> octets, uint64_t firstSample)>;
    void setVoice(LegId leg, Voice voice, FakeNetwork network = {});

    /** Hands over every packet that has arrived by now, and takes what waits to be sent. To be called before each tick. */
    void pump();

    /** One packet by hand, next in sequence and timestamp, arriving now. @returns what LegPort::receive() said */
    bool feed(LegId leg, std::span<const uint8_t> payload);

    /** What the peer heard so far. */
    [[nodiscard]] const std::vector<HeardPacket>& heard(LegId leg);
    void forgetHeard(LegId leg);

    /** From now on the peer's ear is this instead of heard(): called in pump() for every packet that it gets. */
    using Ear = std::function<void(const SendPacket& packet)>;
    void setEar(LegId leg, Ear ear);

    // ---- what happened ------------------------------------------------------------------------------------------------
    [[nodiscard]] std::shared_ptr<LegPort> port(LegId leg) const;
    [[nodiscard]] size_t openLegs() const noexcept;
    [[nodiscard]] uint64_t ticksDone() const noexcept { return ticks.load(std::memory_order_relaxed); }
    [[nodiscard]] uint64_t packetsSpoken(LegId leg) const;   ///< by the peer since setVoice()
    [[nodiscard]] uint64_t packetsDropped(LegId leg) const;  ///< of these, by the network
    [[nodiscard]] uint64_t refusedCalls() const noexcept { return refused; }
    [[nodiscard]] std::string digitsSentTo(LegId leg) const;

    /** What sendDtmf() was called with. */
    struct SentDigits
    {
        std::string digits;
        DtmfMethod method = DtmfMethod::telephoneEvent;
        int onMs = 0, offMs = 0;
    };
    [[nodiscard]] const std::vector<SentDigits>& dtmfSentTo(LegId leg) const;
    [[nodiscard]] bool isOnHold(LegId leg) const;  ///< by us
    [[nodiscard]] int rejectedWith(LegId leg) const;  ///< SIP code of our reject(), 0 when there was none

private:
    struct Leg;
    Leg* find(LegId leg) const;
    LegEvent eventFor(const Leg& leg, LegEvent::Kind kind) const;
    void emit(LegEvent event);
    void establish(Leg& leg);
    void close(Leg& leg, int sipCode, const std::string& reason, bool failed);
    void speak(Leg& leg, int64_t nowNs);
    void collect(Leg& leg);
    RtpPacket nextPacket(Leg& leg, std::span<const uint8_t> payload, int64_t arrivalNs) const;

    Config config;
    EventHandler handler;
    bool started = false, refusing = false;
    std::optional<Error> startFailure;
    std::map<std::string, DialResult> dialResults;
    std::map<LegId, std::unique_ptr<Leg>> legs;
    LegId lastId = 0;
    uint64_t refused = 0;
    std::atomic<uint64_t> ticks { 0 };
    SignallingTrace trace;
};

} // namespace mw::test
