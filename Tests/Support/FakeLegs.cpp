#include "FakeLegs.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

namespace mw::test
{

// ---- codecs -------------------------------------------------------------------------------------------------------------

FakePcmuCodec::FakePcmuCodec(int ptimeMs)
{
    description.name = "PCMU";
    description.ptimeMs = ptimeMs;
}

uint8_t FakePcmuCodec::encodeSample(int16_t pcm) noexcept
{
    // Sign, then the magnitude with the bias of 33 (in 14-bit steps; 132 in 16-bit ones), cut into eight segments of sixteen.
    const int sign = pcm < 0 ? 0x80 : 0;
    const auto magnitude = static_cast<unsigned>(std::min(std::abs(static_cast<int>(pcm)), 32635)) + 132u;
    const int segment = static_cast<int>(std::bit_width(magnitude)) - 8;
    const int step = static_cast<int>(magnitude >> (segment + 3)) & 0x0f;
    return static_cast<uint8_t>(~(sign | (segment << 4) | step));
}

int16_t FakePcmuCodec::decodeSample(uint8_t code) noexcept
{
    const int bits = ~code & 0xff;
    const int segment = (bits >> 4) & 7;
    const int magnitude = ((((bits & 0x0f) << 3) + 132) << segment) - 132;
    return static_cast<int16_t>((bits & 0x80) != 0 ? -magnitude : magnitude);
}

int FakePcmuCodec::decode(std::span<const uint8_t> payload, bool, std::span<int16_t> pcm) noexcept
{
    const auto count = std::min(payload.size(), pcm.size());
    std::transform(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(count), pcm.begin(), decodeSample);
    return static_cast<int>(count);
}

int FakePcmuCodec::encode(std::span<const int16_t> pcm, std::span<uint8_t> payload, bool&) noexcept
{
    if (payload.size() < pcm.size())
        return -1;
    std::transform(pcm.begin(), pcm.end(), payload.begin(), encodeSample);
    return static_cast<int>(pcm.size());
}

FakeL16Codec::FakeL16Codec(int sampleRateHz, int ptimeMs, int clockRateHz)
{
    description.name = "L16";
    description.sampleRateHz = sampleRateHz;
    description.clockRateHz = clockRateHz > 0 ? clockRateHz : sampleRateHz;
    description.payloadType = description.receivePayloadType = 96;
    description.ptimeMs = ptimeMs;
}

int FakeL16Codec::decode(std::span<const uint8_t> payload, bool, std::span<int16_t> pcm) noexcept
{
    if (payload.size() % 2 != 0)
        return -1;
    const auto count = std::min(payload.size() / 2, pcm.size());
    for (size_t i = 0; i < count; ++i)
        pcm[i] = static_cast<int16_t>(static_cast<uint16_t>((payload[2 * i] << 8) | payload[2 * i + 1]));
    return static_cast<int>(count);
}

int FakeL16Codec::conceal(std::span<int16_t> pcm) noexcept
{
    if (! concealmentValue)
        return 0;
    std::ranges::fill(pcm, *concealmentValue);
    return static_cast<int>(pcm.size());
}

int FakeL16Codec::encode(std::span<const int16_t> pcm, std::span<uint8_t> payload, bool&) noexcept
{
    if (payload.size() < 2 * pcm.size())
        return -1;
    if (silentWhenZero && std::ranges::all_of(pcm, [](int16_t value) { return value == 0; }))
        return 0;
    for (size_t i = 0; i < pcm.size(); ++i)
    {
        payload[2 * i] = static_cast<uint8_t>(static_cast<uint16_t>(pcm[i]) >> 8);
        payload[2 * i + 1] = static_cast<uint8_t>(pcm[i] & 0xff);
    }
    return static_cast<int>(2 * pcm.size());
}

// ---- legs ---------------------------------------------------------------------------------------------------------------

struct FakeLegFactory::Leg
{
    static constexpr size_t longestPayload = 8 * 120;  ///< 120 ms [octets]

    struct InFlight
    {
        int64_t arrivalNs = 0;
        uint64_t packet = 0;  ///< number of the packet since the voice was set
        uint16_t sequence = 0;
        uint32_t timestamp = 0;
        std::array<uint8_t, longestPayload> payload {};
    };

    LegId id = 0;
    std::string peerUri;
    bool outgoing = false, established = false, closed = false;
    std::shared_ptr<LegPort> port;
    std::vector<HeardPacket> heard;
    Ear ear;
    std::string digitsSent;
    std::vector<FakeLegFactory::SentDigits> dtmfSent;
    bool onHold = false;
    int rejectCode = 0;

    uint32_t ssrc = 0;
    uint16_t sequence = 0;
    uint32_t timestamp = 0;

    Voice voice;
    FakeNetwork network;
    std::mt19937_64 random;
    int64_t voiceStartNs = 0;
    uint64_t packetsSpoken = 0, packetsDropped = 0;
    std::vector<InFlight> inFlight;
};

FakeLegFactory::FakeLegFactory(Config configToUse) : config(std::move(configToUse)) {}

FakeLegFactory::~FakeLegFactory() { stop(0); }

Result<void> FakeLegFactory::start(EventHandler handlerToCall)
{
    if (startFailure)
        return *startFailure;
    handler = std::move(handlerToCall);
    started = true;
    refusing = false;
    return {};
}

void FakeLegFactory::stop(int)
{
    refusing = true;
    for (auto& [id, leg] : legs)
        if (! leg->closed)
            close(*leg, 0, "BYE", false);
    started = false;
    handler = nullptr;
}

FakeLegFactory::Leg* FakeLegFactory::find(LegId leg) const
{
    const auto found = legs.find(leg);
    return found == legs.end() ? nullptr : found->second.get();
}

LegEvent FakeLegFactory::eventFor(const Leg& leg, LegEvent::Kind kind) const
{
    LegEvent event;
    event.kind = kind;
    event.leg = leg.id;
    event.peerUri = leg.peerUri;
    const auto colon = leg.peerUri.find(':');
    event.peerName = leg.peerUri.substr(colon == std::string::npos ? 0 : colon + 1);
    event.peerName = event.peerName.substr(0, event.peerName.find('@'));
    event.outgoing = leg.outgoing;
    return event;
}

void FakeLegFactory::emit(LegEvent event)
{
    if (handler)
        handler(std::move(event));
}

void FakeLegFactory::establish(Leg& leg)
{
    leg.established = true;
    emit(eventFor(leg, LegEvent::Kind::established));
    if (leg.closed)
        return;
    leg.port = std::make_shared<LegPort>(std::make_shared<FakePcmuCodec>(config.ptimeMs), config.port);
    auto event = eventFor(leg, LegEvent::Kind::mediaReady);
    event.port = leg.port;
    emit(std::move(event));
}

void FakeLegFactory::close(Leg& leg, int sipCode, const std::string& reason, bool failed)
{
    if (std::exchange(leg.closed, true))
        return;
    leg.voice = nullptr;
    if (leg.port != nullptr)
    {
        collect(leg);
        leg.port->markDead();
    }
    auto event = eventFor(leg, LegEvent::Kind::closed);
    event.sipCode = sipCode;
    event.reason = reason;
    event.failed = failed;
    event.port = std::exchange(leg.port, nullptr);
    emit(std::move(event));
}

Result<LegId> FakeLegFactory::dial(const std::string& uri)
{
    if (! started || refusing)
        return Error { ExitCode::callFailed, "call " + uri, "no new calls are taken", {} };
    auto leg = std::make_unique<Leg>();
    leg->id = ++lastId;
    leg->peerUri = uri;
    leg->outgoing = true;
    leg->ssrc = 0x10000u + leg->id;
    leg->sequence = config.firstSequence;
    leg->timestamp = config.firstTimestamp;
    auto& made = *legs.emplace(leg->id, std::move(leg)).first->second;

    const auto found = dialResults.find(uri);
    const auto result = found == dialResults.end() ? DialResult {} : found->second;
    emit(eventFor(made, LegEvent::Kind::ringing));
    if (result.kind == DialResult::Kind::answers)
        establish(made);
    else if (result.kind == DialResult::Kind::rejects)
        close(made, result.sipCode, result.reason, true);
    return made.id;
}

LegId FakeLegFactory::ring(const std::string& peerUri)
{
    if (! started || refusing || openLegs() >= config.maxLegs)
    {
        ++refused;
        return 0;
    }
    auto leg = std::make_unique<Leg>();
    leg->id = ++lastId;
    leg->peerUri = peerUri;
    leg->ssrc = 0x10000u + leg->id;
    leg->sequence = config.firstSequence;
    leg->timestamp = config.firstTimestamp;
    auto& made = *legs.emplace(leg->id, std::move(leg)).first->second;
    emit(eventFor(made, LegEvent::Kind::incoming));
    return made.id;
}

void FakeLegFactory::answer(LegId id)
{
    if (auto* leg = find(id); leg != nullptr && ! leg->closed && ! leg->established)
        establish(*leg);
}

void FakeLegFactory::reject(LegId id, int sipCode, const std::string& reason)
{
    if (auto* leg = find(id); leg != nullptr && ! leg->closed)
    {
        leg->rejectCode = sipCode;
        close(*leg, sipCode, reason, true);
    }
}

void FakeLegFactory::hangUp(LegId id)
{
    if (auto* leg = find(id))
        close(*leg, 0, "hung up", false);
}

void FakeLegFactory::hold(LegId id, bool onHold)
{
    if (auto* leg = find(id); leg != nullptr && leg->port != nullptr)
    {
        leg->onHold = onHold;
        leg->port->setDirection(! onHold, ! onHold);
    }
}

void FakeLegFactory::sendDtmf(LegId id, const std::string& digits, DtmfMethod method, int onMs, int offMs)
{
    auto* leg = find(id);
    if (leg == nullptr)
        return;
    leg->digitsSent += digits;
    leg->dtmfSent.push_back({ digits, method, onMs, offMs });
}

void FakeLegFactory::passMessage(LegId id, bool sent, const std::string& startLine, const std::string& method, const std::string& rest)
{
    if (! trace.isOn())
        return;
    SignallingMessage message;
    message.leg = id;
    message.timeNs = config.clock->nowNs();
    message.sent = sent;
    message.transport = "UDP";
    message.peer = "192.0.2.1:5060";
    message.startLine = startLine;
    message.method = method;
    message.text = startLine + rest;
    trace.post(std::move(message));
}

void FakeLegFactory::peerHangsUp(LegId id, int sipCode, const std::string& reason, bool failed)
{
    if (auto* leg = find(id))
        close(*leg, sipCode, reason, failed);
}

void FakeLegFactory::peerHolds(LegId id, bool onHold)
{
    auto* leg = find(id);
    if (leg == nullptr || leg->port == nullptr)
        return;
    leg->port->setDirection(! onHold, true);
    emit(eventFor(*leg, onHold ? LegEvent::Kind::held : LegEvent::Kind::resumed));
}

void FakeLegFactory::peerSendsDtmf(LegId id, char digit, DtmfMethod method)
{
    auto* leg = find(id);
    if (leg == nullptr || leg->closed)
        return;
    auto event = eventFor(*leg, LegEvent::Kind::dtmf);
    event.digit = digit;
    event.dtmfDurationMs = 100;
    event.dtmfMethod = method;
    emit(std::move(event));
}

// ---- sound --------------------------------------------------------------------------------------------------------------

void FakeLegFactory::setVoice(LegId id, Voice voice, FakeNetwork network)
{
    auto* leg = find(id);
    if (leg == nullptr || leg->closed)
        return;
    leg->voice = std::move(voice);
    leg->network = network;
    leg->random.seed(network.seed);
    leg->voiceStartNs = config.clock->nowNs();
    leg->packetsSpoken = leg->packetsDropped = 0;
}

RtpPacket FakeLegFactory::nextPacket(Leg& leg, std::span<const uint8_t> payload, int64_t arrivalNs) const
{
    RtpPacket packet;
    packet.arrivalNs = arrivalNs;
    packet.ssrc = leg.ssrc;
    packet.sequence = leg.sequence++;
    packet.timestamp = leg.timestamp;
    packet.payload = payload;
    leg.timestamp += static_cast<uint32_t>(payload.size());
    return packet;
}

void FakeLegFactory::speak(Leg& leg, int64_t nowNs)
{
    const auto samples = std::min(static_cast<size_t>(8 * config.ptimeMs), Leg::longestPayload);
    const auto packetNs = 1.0e6 * config.ptimeMs / (1.0 + leg.network.driftPpm * 1.0e-6);
    std::uniform_real_distribution<double> chance(0.0, 1.0);
    while (leg.voice)
    {
        const auto sentNs = leg.voiceStartNs + std::llround(static_cast<double>(leg.packetsSpoken) * packetNs);
        if (sentNs > nowNs)
            break;
        std::array<uint8_t, Leg::longestPayload> payload;
        const std::span spoken(payload.data(), samples);
        leg.voice(spoken, leg.packetsSpoken * samples);
        const auto packet = nextPacket(leg, spoken, 0);
        ++leg.packetsSpoken;

        // Always the same draws, so that a share of zero changes nothing else.
        const auto lossDraw = chance(leg.random), duplicateDraw = chance(leg.random), delayDraw = chance(leg.random), otherDelayDraw = chance(leg.random);
        if (lossDraw < leg.network.lossShare)
        {
            ++leg.packetsDropped;
            continue;
        }
        const auto delayed = [&](double draw) { return sentNs + std::llround(draw * 1.0e6 * leg.network.jitterMs); };
        leg.inFlight.push_back({ delayed(delayDraw), leg.packetsSpoken, packet.sequence, packet.timestamp, payload });
        if (duplicateDraw < leg.network.duplicateShare)
            leg.inFlight.push_back({ delayed(otherDelayDraw), leg.packetsSpoken, packet.sequence, packet.timestamp, payload });
    }

    // Few at a time; sorted in place, because std::stable_sort takes memory.
    for (auto at = leg.inFlight.begin(); at != leg.inFlight.end(); ++at)
        std::rotate(std::upper_bound(leg.inFlight.begin(), at, at->arrivalNs,
                                     [](int64_t arrival, const Leg::InFlight& other) { return arrival < other.arrivalNs; }),
                    at, std::next(at));
    auto next = leg.inFlight.begin();
    for (; next != leg.inFlight.end() && next->arrivalNs <= nowNs; ++next)
    {
        RtpPacket packet;
        packet.arrivalNs = next->arrivalNs;
        packet.ssrc = leg.ssrc;
        packet.sequence = next->sequence;
        packet.timestamp = next->timestamp;
        packet.payload = std::span(next->payload.data(), samples);
        [[maybe_unused]] const auto taken = leg.port->receive(packet);
    }
    leg.inFlight.erase(leg.inFlight.begin(), next);
}

void FakeLegFactory::collect(Leg& leg)
{
    if (leg.port == nullptr)
        return;
    leg.port->drainToSend([&leg](const SendPacket& packet) {
        if (leg.ear)
            return leg.ear(packet);
        leg.heard.push_back({ packet.timestamp, packet.payloadType, packet.marker, { packet.payload.begin(), packet.payload.end() } });
    });
}

void FakeLegFactory::pump()
{
    const auto nowNs = config.clock->nowNs();
    for (auto& [id, leg] : legs)
        if (leg->port != nullptr && ! leg->closed)
        {
            speak(*leg, nowNs);
            collect(*leg);
        }
}

bool FakeLegFactory::feed(LegId id, std::span<const uint8_t> payload)
{
    auto* leg = find(id);
    return leg != nullptr && leg->port != nullptr && leg->port->receive(nextPacket(*leg, payload, config.clock->nowNs()));
}

const std::vector<HeardPacket>& FakeLegFactory::heard(LegId id)
{
    static const std::vector<HeardPacket> nothing;
    auto* leg = find(id);
    if (leg == nullptr)
        return nothing;
    collect(*leg);
    return leg->heard;
}

void FakeLegFactory::setEar(LegId id, Ear ear)
{
    if (auto* leg = find(id))
        leg->ear = std::move(ear);
}

void FakeLegFactory::forgetHeard(LegId id)
{
    if (auto* leg = find(id))
    {
        collect(*leg);
        leg->heard.clear();
    }
}

std::shared_ptr<LegPort> FakeLegFactory::port(LegId id) const
{
    const auto* leg = find(id);
    return leg == nullptr ? nullptr : leg->port;
}

size_t FakeLegFactory::openLegs() const noexcept
{
    return static_cast<size_t>(std::ranges::count_if(legs, [](const auto& entry) { return ! entry.second->closed; }));
}

uint64_t FakeLegFactory::packetsSpoken(LegId id) const
{
    const auto* leg = find(id);
    return leg == nullptr ? 0 : leg->packetsSpoken;
}

uint64_t FakeLegFactory::packetsDropped(LegId id) const
{
    const auto* leg = find(id);
    return leg == nullptr ? 0 : leg->packetsDropped;
}

std::string FakeLegFactory::digitsSentTo(LegId id) const
{
    const auto* leg = find(id);
    return leg == nullptr ? std::string() : leg->digitsSent;
}

const std::vector<FakeLegFactory::SentDigits>& FakeLegFactory::dtmfSentTo(LegId id) const
{
    static const std::vector<SentDigits> nothing;
    const auto* leg = find(id);
    return leg == nullptr ? nothing : leg->dtmfSent;
}

bool FakeLegFactory::isOnHold(LegId id) const
{
    const auto* leg = find(id);
    return leg != nullptr && leg->onHold;
}

int FakeLegFactory::rejectedWith(LegId id) const
{
    const auto* leg = find(id);
    return leg == nullptr ? 0 : leg->rejectCode;
}

} // namespace mw::test
