#include "LabBench.h"

#include "../Support/FailureInjector.h"

#include <juce_audio_formats/juce_audio_formats.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace mw::lab_test
{

namespace
{
constexpr size_t packetOctets = 160;
constexpr uint8_t muLawSilence = 0xff;

class MuLawCodec final : public Codec
{
public:
    MuLawCodec() { description.name = "PCMU"; }
    const CodecFormat& format() const noexcept override { return description; }

    int decode(std::span<const uint8_t> payload, bool, std::span<int16_t> pcm) noexcept override
    {
        const auto count = std::min(payload.size(), pcm.size());
        std::transform(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(count), pcm.begin(), muLawDecode);
        return static_cast<int>(count);
    }

    int conceal(std::span<int16_t>) noexcept override { return 0; }

    int encode(std::span<const int16_t> pcm, std::span<uint8_t> payload, bool&) noexcept override
    {
        std::transform(pcm.begin(), pcm.end(), payload.begin(), muLawEncode);
        return static_cast<int>(pcm.size());
    }

private:
    CodecFormat description;
};
} // namespace

int16_t muLawDecode(uint8_t octet) noexcept
{
    const auto inverted = static_cast<uint8_t>(~octet);
    const auto magnitude = ((((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4)) - 0x84;
    return static_cast<int16_t>((inverted & 0x80) != 0 ? -magnitude : magnitude);
}

uint8_t muLawEncode(int16_t sample) noexcept
{
    const auto sign = sample < 0 ? 0x80 : 0x00;
    const auto magnitude = std::min(std::abs(static_cast<int>(sample)), 32635) + 0x84;
    auto segment = 7;
    while (segment > 0 && (magnitude & (0x80 << segment)) == 0)
        --segment;
    return static_cast<uint8_t>(~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 0x0f)));
}

std::vector<uint8_t> muLaw(std::span<const float> samples)
{
    std::vector<uint8_t> octets;
    for (const auto sample : samples)
        octets.push_back(muLawEncode(static_cast<int16_t>(std::lrint(std::clamp(sample * 32768.0f, -32768.0f, 32767.0f)))));
    return octets;
}

std::vector<float> fromMuLaw(std::span<const uint8_t> octets)
{
    std::vector<float> samples;
    for (const auto octet : octets)
        samples.push_back(muLawDecode(octet) / 32768.0f);
    return samples;
}

std::vector<float> sine(double frequencyHz, double levelDbm0, double seconds, int rateHz)
{
    std::vector<float> samples(static_cast<size_t>(seconds * rateHz));
    const auto amplitude = sineAmplitudeFromDbm0(levelDbm0, Law::mu);
    for (size_t i = 0; i < samples.size(); ++i)
        samples[i] = static_cast<float>(amplitude * std::sin(2.0 * std::numbers::pi * frequencyHz * static_cast<double>(i) / rateHz));
    return samples;
}

double levelAt(std::span<const float> samples, double frequencyHz, int rateHz)
{
    auto re = 0.0, im = 0.0;
    for (size_t i = 0; i < samples.size(); ++i)
    {
        const auto phase = 2.0 * std::numbers::pi * frequencyHz * static_cast<double>(i) / rateHz;
        re += samples[i] * std::cos(phase);
        im += samples[i] * std::sin(phase);
    }
    const auto amplitude = 2.0 * std::hypot(re, im) / static_cast<double>(samples.size());
    return dbm0FromRms(amplitude / std::numbers::sqrt2, Law::mu);
}

double levelOf(std::span<const float> samples)
{
    auto sum = 0.0;
    for (const auto sample : samples)
        sum += static_cast<double>(sample) * sample;
    return samples.empty() ? silenceDb : dbm0FromRms(std::sqrt(sum / static_cast<double>(samples.size())), Law::mu);
}

// ---- ScriptedLegs ------------------------------------------------------------------------------------------------------------

std::shared_ptr<LegPort> ScriptedLegs::makePort() const
{
    LegPortConfig config;
    config.engineRateHz = engineRate;
    return std::make_shared<LegPort>(std::make_shared<MuLawCodec>(), config);
}

LegEvent ScriptedLegs::eventFor(LegId leg, LegEvent::Kind kind)
{
    LegEvent event;
    event.kind = kind;
    event.leg = leg;
    event.peerUri = calls.at(leg).uri;
    event.peerName = calls.at(leg).uri;
    event.outgoing = calls.at(leg).outgoing;
    return event;
}

LegId ScriptedLegs::turnAway(const std::string& uri, int code, const std::string& reason)
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    LegEvent event;
    event.kind = LegEvent::Kind::closed;
    event.leg = ++lastLeg;
    event.peerUri = uri;
    event.sipCode = code;
    event.reason = reason;
    event.failed = true;
    emit(event);
    return event.leg;
}

void ScriptedLegs::emit(LegEvent event)
{
    if (handler)
        handler(std::move(event));
}

LegId ScriptedLegs::ring(const std::string& uri, std::vector<uint8_t> sound)
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    if (! started || refusing)
        return 0;
    const auto leg = ++lastLeg;
    calls[leg].uri = uri;
    calls[leg].toFeed = std::move(sound);
    emit(eventFor(leg, LegEvent::Kind::incoming));
    return leg;
}

void ScriptedLegs::establish(LegId leg)
{
    auto& call = calls.at(leg);
    call.established = true;
    call.port = makePort();
    emit(eventFor(leg, LegEvent::Kind::established));
    auto media = eventFor(leg, LegEvent::Kind::mediaReady);
    media.port = call.port;
    emit(std::move(media));
}

void ScriptedLegs::replacePort(LegId leg)
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    calls.at(leg).port->markDead();
    calls.at(leg).port = makePort();
    auto media = eventFor(leg, LegEvent::Kind::mediaReady);
    media.port = calls.at(leg).port;
    emit(std::move(media));
}

void ScriptedLegs::end(LegId leg, int code, const std::string& reason, bool failed)
{
    auto& call = calls.at(leg);
    if (std::exchange(call.over, true))
        return;
    if (call.port != nullptr)
        call.port->markDead();
    call.port.reset();
    auto event = eventFor(leg, LegEvent::Kind::closed);
    event.sipCode = code;
    event.reason = reason;
    event.failed = failed;
    emit(std::move(event));
}

void ScriptedLegs::peerHangsUp(LegId leg, int code, const std::string& reason, bool failed)
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    end(leg, code, reason, failed);
}

void ScriptedLegs::peerSendsDigit(LegId leg, char digit)
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    auto event = eventFor(leg, LegEvent::Kind::dtmf);
    event.digit = digit;
    event.dtmfDurationMs = 100;
    emit(std::move(event));
}

void ScriptedLegs::feedAll()
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    for (auto& [leg, call] : calls)
    {
        if (call.port == nullptr || (call.fed >= call.toFeed.size() && ! call.feedsSilenceAtEnd))
            continue;
        std::vector<uint8_t> octets(packetOctets, muLawSilence);
        const auto count = std::min(packetOctets, call.toFeed.size() - std::min(call.fed, call.toFeed.size()));
        std::copy_n(call.toFeed.data() + call.fed, count, octets.data());
        call.fed += count;

        RtpPacket packet;
        packet.arrivalNs = clock->nowNs();
        packet.ssrc = 0x4d570000u + leg;
        packet.sequence = call.sequence++;
        packet.timestamp = call.timestamp;
        packet.payloadType = 0;
        packet.payload = octets;
        call.timestamp += packetOctets;
        call.port->receive(packet);
    }
}

void ScriptedLegs::collectAll()
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    for (auto& [leg, call] : calls)
        if (call.port != nullptr)
            call.port->drainToSend([&sent = call.sent](const SendPacket& packet) {
                sent.insert(sent.end(), packet.payload.begin(), packet.payload.end());
            });
}

size_t ScriptedLegs::openCalls()
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    return static_cast<size_t>(std::count_if(calls.begin(), calls.end(), [](const auto& entry) { return ! entry.second.over; }));
}

Result<void> ScriptedLegs::start(EventHandler newHandler)
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    if (startThrows)
        throw std::bad_alloc();
    if (! startProblem.empty())
        return Error { ExitCode::environment, "listen on 127.0.0.1:5060", startProblem, "choose another port" };
    handler = std::move(newHandler);
    calls.clear();
    lastLeg = 0;
    started = true;
    refusing = false;
    ++starts;
    return {};
}

void ScriptedLegs::stop(int)
{
    if (duringStop)
        duringStop();
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    for (auto& [leg, call] : calls)
        if (! call.over && ! staysSilentAtStop)
            end(leg, 0, "hung up", ! call.established);
    handler = {};
    started = false;
    ++stops;
}

void ScriptedLegs::refuseNewLegs()
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    refusing = true;
}

Result<LegId> ScriptedLegs::dial(const std::string& uri)
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    const auto found = callees.find(uri);
    const auto callee = found == callees.end() ? Callee::answers : found->second;
    if (callee == Callee::refusedAtOnce)
        return Error { ExitCode::callFailed, "call " + uri, "the host name cannot be resolved", "check the name" };
    const auto leg = ++lastLeg;
    calls[leg].uri = uri;
    calls[leg].outgoing = true;
    if (const auto sound = sounds.find(uri); sound != sounds.end())
        calls[leg].toFeed = sound->second;
    switch (callee)
    {
        case Callee::answers: establish(leg); break;
        case Callee::ringsOnly: emit(eventFor(leg, LegEvent::Kind::ringing)); break;
        case Callee::busy: end(leg, 486, "Busy Here", true); break;
        case Callee::refusedAtOnce: break;
    }
    return leg;
}

void ScriptedLegs::answer(LegId leg)
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    if (! calls.at(leg).over)
        establish(leg);
}

void ScriptedLegs::reject(LegId leg, int sipCode, const std::string& reason)
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    calls.at(leg).rejectedWith = sipCode;
    end(leg, sipCode, reason, true);
}

void ScriptedLegs::hangUp(LegId leg)
{
    const test::NoInjection script;
    const std::scoped_lock lock(mutex);
    calls.at(leg).hungUpByEngine = true;
    end(leg, 0, "hung up", ! calls.at(leg).established);
}

// ---- helpers -------------------------------------------------------------------------------------------------------------------

Engine::Config manualConfig(const std::shared_ptr<ManualClock>& clock, int maxLegs, int rateHz)
{
    Engine::Config config;
    config.sampleRateHz = rateHz;
    config.mixer.maxLegs = maxLegs;
    config.runMediaThread = false;
    config.realtimePriority = false;
    config.clock = clock;
    return config;
}

void step(ManualClock& clock, ScriptedLegs& legs, Engine& engine, Role* role)
{
    clock.advanceNs(20'000'000);
    legs.feedAll();
    engine.runTick();
    legs.collectAll();
    engine.handleEvents();
    if (role != nullptr)
        role->poll();
}

TestFolder::TestFolder() : folder(juce::File::createTempFile("mw-lab")) { folder.createDirectory(); }

TestFolder::~TestFolder() { folder.deleteRecursively(); }

void writeWav(const juce::File& file, const std::vector<std::vector<int16_t>>& channels, int rateHz)
{
    juce::MemoryOutputStream out;
    const auto frames = channels.front().size();
    const auto bytes = static_cast<int>(frames * channels.size() * 2);
    out.write("RIFF", 4);
    out.writeInt(36 + bytes);
    out.write("WAVEfmt ", 8);
    out.writeInt(16);
    out.writeShort(1);
    out.writeShort(static_cast<short>(channels.size()));
    out.writeInt(rateHz);
    out.writeInt(rateHz * static_cast<int>(channels.size()) * 2);
    out.writeShort(static_cast<short>(channels.size() * 2));
    out.writeShort(16);
    out.write("data", 4);
    out.writeInt(bytes);
    for (size_t i = 0; i < frames; ++i)
        for (const auto& channel : channels)
            out.writeShort(channel[i]);
    file.replaceWithData(out.getData(), out.getDataSize());
}

std::vector<int> readWav(const juce::File& file, int& rateHz)
{
    juce::WavAudioFormat format;
    const std::unique_ptr<juce::AudioFormatReader> reader(format.createReaderFor(new juce::FileInputStream(file), true));
    if (reader == nullptr)
        return {};
    rateHz = static_cast<int>(reader->sampleRate);
    std::vector<int> samples(static_cast<size_t>(reader->lengthInSamples));
    int* channels[] = { samples.data() };
    reader->read(channels, 1, 0, static_cast<int>(samples.size()), false);
    for (auto& sample : samples)
        sample >>= 16;
    return samples;
}

} // namespace mw::lab_test
