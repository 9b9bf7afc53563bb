#include "FlightRecorder.h"

#include "../record/PeerFileName.h"
#include "../record/WholeFile.h"
#include "../report/JuceText.h"
#include "../report/SnapshotJson.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace mw
{

namespace
{

constexpr int64_t snapshotEveryNs = 1'000'000'000;
constexpr int64_t lingerNs = 1'000'000'000;  // after a call's end, for answers to BYE and the like
constexpr size_t traceOctetsOfALeg = size_t { 512 } << 10, leastTraceOctets = size_t { 2 } << 20, mostTraceOctets = size_t { 64 } << 20;

size_t traceOctetsFor(int legs) { return std::clamp(static_cast<size_t>(std::max(legs, 1)) * traceOctetsOfALeg, leastTraceOctets, mostTraceOctets); }

const char* flightNameOf(LegEvent::Kind kind)
{
    switch (kind)
    {
        case LegEvent::Kind::incoming: return "incoming";
        case LegEvent::Kind::ringing: return "ringing";
        case LegEvent::Kind::established: return "established";
        case LegEvent::Kind::mediaReady: return "media";
        case LegEvent::Kind::held: return "held";
        case LegEvent::Kind::resumed: return "resumed";
        case LegEvent::Kind::dtmf: return "digit";
        case LegEvent::Kind::closed: return "closed";
        case LegEvent::Kind::registered:
        case LegEvent::Kind::registrationFailed: break;
    }
    return "other";
}

juce::var flightCount(uint64_t value) { return static_cast<juce::int64>(value); }

juce::var eventFields(const LegEvent& event, const CallInfo& call)
{
    auto* json = new juce::DynamicObject();
    juce::var result(json);
    switch (event.kind)
    {
        case LegEvent::Kind::mediaReady:
            json->setProperty("codec", juceText(call.codec));
            json->setProperty("ptimeMs", call.ptimeMs);
            json->setProperty("channel", call.channel);
            break;
        case LegEvent::Kind::dtmf:
            json->setProperty("digit", juce::String::charToString(static_cast<juce::juce_wchar>(event.digit)));
            json->setProperty("durationMs", event.dtmfDurationMs);
            json->setProperty("method", event.dtmfMethod == DtmfMethod::telephoneEvent ? "telephone-event" : "info");
            break;
        case LegEvent::Kind::closed:
            json->setProperty("sipCode", call.sipCode > 0 ? juce::var(call.sipCode) : juce::var());
            json->setProperty("reason", juceText(call.reason));
            json->setProperty("failed", call.failed);
            break;
        default: break;
    }
    return result;
}

juce::var stripFields(const StripRow& strip)
{
    auto* json = new juce::DynamicObject();
    juce::var result(json);
    json->setProperty("gainDb", jsonNumber(static_cast<double>(strip.gainDb)));
    json->setProperty("muted", strip.muted);
    json->setProperty("soloed", strip.soloed);
    json->setProperty("role", strip.role == LegRole::sink ? "sink" : "source");
    return result;
}

} // namespace

struct FlightRecorder::Call
{
    Call(const CallInfo& call, int64_t utcOffsetNs) : info(call), events(utcOffsetNs) {}

    CallInfo info;
    juce::File folder;           ///< File() while (or if) there is none
    FlightEvents events;
    std::unique_ptr<FlightTrack> in, out;
    int channel = -1;            ///< whose taps are the tracks'
    int64_t endNs = 0;           ///< 0 while it lasts
    bool held = true;            ///< its expectations
    juce::var said;
    std::optional<StripRow> strip;
    std::optional<LegMediaStats> media;  ///< as of its end
};

FlightRecorder::FlightRecorder(const FlightConfig& configToUse, Engine& engineToRecord, Background& backgroundToUse)
    : config(configToUse),
      engine(engineToRecord),
      background(backgroundToUse),
      utcOffsetNs(utcOffsetOf(engine.clock())),
      trace(std::make_shared<PacketTrace>(traceOctetsFor(engine.config().mixer.maxLegs))),
      packets(trace, background, engine.clock(), utcOffsetNs, config.lastS)
{
}

Result<std::unique_ptr<FlightRecorder>> FlightRecorder::create(const FlightConfig& config, Engine& engine, Background& background)
{
    if (auto checked = config.check(); ! checked)
        return checked.error();
    if (const auto made = config.folder.createDirectory(); made.failed())
        return Error { ExitCode::environment, "make the folder " + config.folder.getFullPathName().toStdString(), made.getErrorMessage().toStdString(),
                       "choose a folder that you may write" };
    std::unique_ptr<FlightRecorder> recorder(new FlightRecorder(config, engine, background));
    if (auto started = recorder->packets.start(); ! started)
        return started.error();
    engine.setPacketTrace(recorder->trace);
    return recorder;
}

FlightRecorder::~FlightRecorder()
{
    for (auto& [leg, call] : calls)
        closeTracks(*call);
    engine.setPacketTrace(nullptr);
}

bool FlightRecorder::orNote(const Result<void>& done)
{
    if (! done && ! failure.has_value())
        failure = done.error();
    return done.ok();
}

juce::String FlightRecorder::extension() const { return config.format == RecordingFormat::flac ? ".flac" : ".wav"; }

// ---- a call's life ---------------------------------------------------------------------------------------------------------

void FlightRecorder::heard(const LegEvent& event, const CallInfo& info)
{
    if (finished || event.leg == 0 || event.kind == LegEvent::Kind::registered || event.kind == LegEvent::Kind::registrationFailed)
        return;
    const auto isNew = ! calls.contains(event.leg);
    if (isNew && ! info.outgoing && info.channel < 0 && info.state == CallState::closed)
    {
        packets.close(event.leg, nowNs());  // it was turned away: that was no call of ours
        return;
    }
    auto& call = callOf(info);
    if (call.endNs != 0)
        return;
    const auto channel = info.channel >= 0 ? info.channel : call.info.channel;
    call.info = info;
    call.info.channel = channel;
    if (event.kind == LegEvent::Kind::mediaReady)
        openTracks(call);
    call.events.add(nowNs(), flightNameOf(event.kind), eventFields(event, info));
    if (event.kind != LegEvent::Kind::closed)
        return;
    closeTracks(call);
    call.media = engine.mediaStats(event.leg);
    call.endNs = nowNs();
}

FlightRecorder::Call& FlightRecorder::callOf(const CallInfo& info)
{
    auto& call = calls[info.leg];
    if (call == nullptr)
    {
        call = std::make_unique<Call>(info, utcOffsetNs);
        ++callsSeen;
        if (! keepsLast())
            begin(*call);
    }
    return *call;
}

/** Opens the files that grow with the call. */
void FlightRecorder::begin(Call& call)
{
    makeFolder(call);
    if (call.folder == juce::File())
        return;
    orNote(call.events.open(call.folder.getChildFile("events.jsonl")));
    orNote(packets.open(call.info.leg, call.folder.getChildFile("packets.pcapng"), "Milliwatt, call " + std::to_string(call.info.leg) + ": " + call.info.peerUri));
    orNote(writeWholeFile(call.folder.getChildFile("about.json"), juce::JSON::toString(about(call, nullptr)).toStdString() + "\n", "the call's description"));
}

void FlightRecorder::makeFolder(Call& call)
{
    const auto name = juce::String(call.info.leg).paddedLeft('0', 3) + "-" + peerFileName(call.info);
    auto folder = config.folder.getChildFile(name);
    for (int i = 2; folder.exists(); ++i)  // of an earlier run
        folder = config.folder.getChildFile(name + "-" + juce::String(i));
    if (const auto made = folder.createDirectory(); made.wasOk())
        call.folder = folder;
    else
        orNote(Error { ExitCode::environment, "make the folder " + folder.getFullPathName().toStdString(), made.getErrorMessage().toStdString(),
                       "choose a folder that you may write and that has room" });
}

void FlightRecorder::openTracks(Call& call)
{
    if (call.in != nullptr || call.info.channel < 0 || (! keepsLast() && call.folder == juce::File()))
        return;
    call.channel = call.info.channel;
    const auto open = [&](const char* name, TapPoint::Kind kind, std::unique_ptr<FlightTrack>& track) {
        const auto file = keepsLast() ? juce::File() : call.folder.getChildFile(name + extension());
        auto made = FlightTrack::create(file, config.format, config.lastS, engine.config().sampleRateHz, background);
        if (! made)
        {
            orNote(made.error());
            return;
        }
        track = std::move(made.value());
        engine.mixer().setTap({ kind, call.channel }, track->fifo(), TapUse::flight);
    };
    open("in", TapPoint::Kind::legIn, call.in);
    open("out", TapPoint::Kind::legOut, call.out);
}

void FlightRecorder::closeTracks(Call& call)
{
    const auto close = [&](TapPoint::Kind kind, FlightTrack* track) {
        if (track == nullptr || call.channel < 0)
            return;
        engine.mixer().setTap({ kind, call.channel }, nullptr, TapUse::flight);
        track->finish();
        missingSamples += track->missingSamples();
        if (track->error().has_value())
            orNote(*track->error());
    };
    close(TapPoint::Kind::legIn, call.in.get());
    close(TapPoint::Kind::legOut, call.out.get());
    call.channel = -1;
}

void FlightRecorder::judged(LegId leg, bool held, const juce::var& said)
{
    const auto found = calls.find(leg);
    if (found == calls.end())
        return;
    found->second->held = held;
    found->second->said = said;
}

// ---- while it runs ---------------------------------------------------------------------------------------------------------

void FlightRecorder::poll()
{
    if (finished)
        return;
    look();
    std::vector<LegId> over;
    for (const auto& [leg, call] : calls)
        if (call->endNs != 0 && nowNs() - call->endNs >= lingerNs)
            over.push_back(leg);
    for (const auto leg : over)
        finish(*calls[leg]);
}

/** Notes what changed at the strips, and once a second everything. */
void FlightRecorder::look()
{
    if (std::all_of(calls.begin(), calls.end(), [](const auto& entry) { return entry.second->endNs != 0; }))
        return;
    const auto snapshot = engine.snapshot();
    const auto isDue = snapshot.timeNs >= nextSnapshotNs;
    if (isDue)
        nextSnapshotNs = snapshot.timeNs + snapshotEveryNs;
    for (auto& [leg, call] : calls)
    {
        if (call->endNs != 0 || call->channel < 0)
            continue;
        const auto* strip = snapshot.strip(call->channel);
        const auto* transport = snapshot.transport(call->channel);
        const auto& before = call->strip;
        if (strip != nullptr)
        {
            if (! before.has_value() || before->gainDb != strip->gainDb || before->muted != strip->muted || before->soloed != strip->soloed || before->role != strip->role)
                call->events.add(snapshot.timeNs, "strip", stripFields(*strip));
            call->strip = *strip;
        }
        if (! isDue)
            continue;
        auto* json = new juce::DynamicObject();
        const juce::var fields(json);
        json->setProperty("inDbm0", strip == nullptr ? juce::var() : jsonNumber(dbm0FromRms(static_cast<double>(strip->in.rms), snapshot.law)));
        json->setProperty("outDbm0", strip == nullptr ? juce::var() : jsonNumber(dbm0FromRms(static_cast<double>(strip->out.rms), snapshot.law)));
        json->setProperty("limitedSamples", strip == nullptr ? juce::var() : flightCount(strip->limitedSamples));
        json->setProperty("media", transport == nullptr ? juce::var() : toJson(transport->media));
        json->setProperty("ticks", flightCount(snapshot.ticks.ticks));
        json->setProperty("lateTicks", flightCount(snapshot.ticks.lateTicks));
        json->setProperty("skippedTicks", flightCount(snapshot.ticks.skippedTicks));
        call->events.add(snapshot.timeNs, "snapshot", fields);
        if (keepsLast())
            call->events.letSnapshotsGo(snapshot.timeNs - static_cast<int64_t>(config.lastS * 1.0e9));
    }
}

// ---- its end ---------------------------------------------------------------------------------------------------------------

void FlightRecorder::finish()
{
    if (std::exchange(finished, true))
        return;
    while (! calls.empty())
    {
        auto& call = *calls.begin()->second;
        closeTracks(call);
        if (call.endNs == 0)
            call.endNs = nowNs();
        finish(call);
    }
    engine.setPacketTrace(nullptr);
}

/** Completes a call's folder, and forgets the call. */
void FlightRecorder::finish(Call& call)
{
    const auto leg = call.info.leg;
    if (keepsLast() && (call.info.failed || ! call.held))
        writeKept(call);
    const auto counts = packets.close(leg, call.endNs);
    if (call.folder != juce::File())
    {
        if (call.said.getDynamicObject() != nullptr)
            call.events.add(call.endNs, "verdict", call.said);
        for (const auto& error : { counts.error, call.events.error() })
            if (error.has_value())
                orNote(*error);
        orNote(writeWholeFile(call.folder.getChildFile("about.json"), juce::JSON::toString(about(call, &counts)).toStdString() + "\n", "the call's description"));
        folders[leg] = call.folder;
    }
    calls.erase(leg);
}

void FlightRecorder::writeKept(Call& call)
{
    makeFolder(call);
    if (call.folder == juce::File())
        return;
    call.events.letSnapshotsGo(call.endNs - static_cast<int64_t>(config.lastS * 1.0e9));
    orNote(call.events.writeKept(call.folder.getChildFile("events.jsonl")));
    orNote(packets.open(call.info.leg, call.folder.getChildFile("packets.pcapng"), "Milliwatt, call " + std::to_string(call.info.leg) + ": " + call.info.peerUri));
    if (call.in != nullptr)
        orNote(call.in->writeKept(call.folder.getChildFile("in" + extension()), config.format));
    if (call.out != nullptr)
        orNote(call.out->writeKept(call.folder.getChildFile("out" + extension()), config.format));
}

/** @param counts null while the call lasts */
juce::var FlightRecorder::about(const Call& call, const FlightPacketCounts* counts) const
{
    const auto object = [](juce::var& place) {
        auto* made = new juce::DynamicObject();
        place = juce::var(made);
        return made;
    };
    juce::var result, clockPart, packetPart;
    auto* json = object(result);
    json->setProperty("schema", flightSchema);
    json->setProperty("complete", counts != nullptr);
    json->setProperty("call", toJson(call.info));
    auto* clock = object(clockPart);
    clock->setProperty("what", "timeNs and startNs count on the engine's clock, CLOCK_MONOTONIC; UTC is that and utcOffsetNs, as it was when the run began");
    clock->setProperty("utcOffsetNs", static_cast<juce::int64>(utcOffsetNs));
    clock->setProperty("nowNs", static_cast<juce::int64>(nowNs()));
    clock->setProperty("nowUtc", juce::String(utcText(nowNs() + utcOffsetNs)));
    json->setProperty("clock", clockPart);
    json->setProperty("sampleRateHz", engine.config().sampleRateHz);
    json->setProperty("levels", levelReferenceJson(engine.config().mixer.law));
    json->setProperty("lastS", keepsLast() ? juce::var(config.lastS) : juce::var());
    const auto track = [&](const char* name, const FlightTrack* sound, const char* what) {
        juce::var part;
        if (sound != nullptr)
        {
            auto* fields = object(part);
            const auto known = counts != nullptr && sound->startNs() != 0;
            fields->setProperty("file", name + extension());
            fields->setProperty("what", what);
            fields->setProperty("startNs", known ? juce::var(static_cast<juce::int64>(sound->startNs())) : juce::var());
            fields->setProperty("startUtc", known ? juce::var(juce::String(utcText(sound->startNs() + utcOffsetNs))) : juce::var());
            fields->setProperty("seconds", counts != nullptr ? juce::var(sound->seconds()) : juce::var());
            fields->setProperty("missingSamples", counts != nullptr ? flightCount(sound->missingSamples()) : juce::var());
        }
        json->setProperty(name, part);
    };
    track("in", call.in.get(), "the leg's sound as received and decoded, before the mix");
    track("out", call.out.get(), "what the leg was sent, after mix and limiter, before its codec");
    auto* passed = object(packetPart);
    passed->setProperty("file", "packets.pcapng");
    passed->setProperty("what", "as on the wire, under SRTP encrypted; IP and UDP headers are made anew; media came when the kernel says so");
    for (const auto& [name, count] : { std::pair { "rtpReceived", &FlightPacketCounts::rtpReceived }, std::pair { "rtpSent", &FlightPacketCounts::rtpSent },
                                       std::pair { "rtcpReceived", &FlightPacketCounts::rtcpReceived }, std::pair { "rtcpSent", &FlightPacketCounts::rtcpSent },
                                       std::pair { "sip", &FlightPacketCounts::sip }, std::pair { "letGo", &FlightPacketCounts::letGo } })
        passed->setProperty(name, counts != nullptr ? flightCount(counts->*count) : juce::var());
    passed->setProperty("lostOfAllCalls", flightCount(packets.lost()));
    json->setProperty("packets", packetPart);
    json->setProperty("media", call.media.has_value() ? toJson(*call.media) : juce::var());
    return result;
}

void FlightRecorder::abandon()
{
    finish();
    for (const auto& [leg, folder] : folders)
        folder.deleteRecursively();
    folders.clear();
    if (config.folder.getNumberOfChildFiles(juce::File::findFilesAndDirectories) == 0)
        config.folder.deleteFile();
}

std::string FlightRecorder::folderOf(LegId leg) const
{
    const auto found = folders.find(leg);
    return found == folders.end() ? std::string() : found->second.getFullPathName().toStdString();
}

std::string FlightRecorder::line() const
{
    return "flight recorder: " + std::to_string(folders.size()) + " of " + std::to_string(callsSeen) + (callsSeen == 1 ? " call in " : " calls in ")
           + config.folder.getFullPathName().toStdString() + ", " + std::to_string(packets.lost()) + " packets and " + std::to_string(missingSamples)
           + " samples missing";
}

} // namespace mw
