#include "SnapshotJson.h"

#include "JuceText.h"
#include "Incidents.h"
#include "MediaFigures.h"

#include <cmath>

namespace mw
{

namespace
{

juce::var jsonCount(uint64_t value) { return static_cast<juce::int64>(value); }

juce::var jsonText(const std::string& value) { return juceText(value); }

juce::var jsonTextOrNull(const std::string& value) { return value.empty() ? juce::var() : jsonText(value); }

/** Seconds of an engine time, null for "not yet". */
juce::var jsonSeconds(int64_t timeNs) { return timeNs == 0 ? juce::var() : juce::var(static_cast<double>(timeNs) * 1e-9); }

/** An object that is filled by set() and becomes a var. */
class JsonObject
{
public:
    JsonObject& set(const char* name, const juce::var& value)
    {
        object->setProperty(name, value);
        return *this;
    }
    operator juce::var() const { return juce::var(object.get()); }

private:
    juce::DynamicObject::Ptr object { new juce::DynamicObject() };
};

juce::var meterJson(const MeterReading& meter, Law law)
{
    return JsonObject()
        .set("levelDbm0", jsonNumber(dbm0FromRms(static_cast<double>(meter.rms), law)))
        .set("peak", jsonNumber(static_cast<double>(meter.peak)))
        .set("peakHold", jsonNumber(static_cast<double>(meter.peakHold)))
        .set("clippedSamples", jsonCount(meter.clippedSamples));
}

juce::var mixerJson(const EngineSnapshot& snapshot)
{
    const auto& mixer = snapshot.mixer;
    return JsonObject()
        .set("samplePosition", jsonCount(mixer.samplePosition))
        .set("sampleRateHz", mixer.sampleRateHz)
        .set("blockFrames", mixer.blockFrames)
        .set("mode", nameOf(mixer.mode))
        .set("maxLegs", snapshot.maxLegs)
        .set("activeLegs", mixer.activeLegs)
        .set("dtmfDigit", mixer.dtmfDigit == 0 ? juce::var() : juce::var(juce::String::charToString(static_cast<juce::juce_wchar>(mixer.dtmfDigit))))
        .set("dtmfDigitsPlayed", static_cast<juce::int64>(mixer.dtmfDigitsPlayed))
        .set("commandsTaken", jsonCount(mixer.commandsTaken))
        .set("commandsRefused", jsonCount(mixer.commandsRefused))
        .set("commandsWaiting", jsonCount(snapshot.commandsWaiting))
        .set("nonFiniteInputs", jsonCount(mixer.nonFiniteInputs))
        .set("master", meterJson(mixer.master, snapshot.law))
        .set("masterLimitedSamples", jsonCount(mixer.masterLimitedSamples))
        .set("legsLimitedSamples", jsonCount(mixer.legsLimitedSamples))
        .set("tapDroppedSamples", jsonCount(mixer.tapDroppedSamples));
}

juce::var ticksJson(const EngineSnapshot& snapshot)
{
    const auto& ticks = snapshot.ticks;
    juce::Array<juce::var> histogram;
    for (const auto count : ticks.latenessHistogram)
        histogram.add(jsonCount(count));
    constexpr auto toMs = 1e-6;
    return JsonObject()
        .set("count", jsonCount(ticks.ticks))
        .set("late", jsonCount(ticks.lateTicks))
        .set("lateByHost", jsonCount(ticks.lateByHost))
        .set("skipped", jsonCount(ticks.skippedTicks))
        .set("lastLatenessMs", static_cast<double>(ticks.lastLatenessNs) * toMs)
        .set("maxLatenessMs", static_cast<double>(ticks.maxLatenessNs) * toMs)
        .set("lastWorkMs", static_cast<double>(ticks.lastWorkNs) * toMs)
        .set("maxWorkMs", static_cast<double>(ticks.maxWorkNs) * toMs)
        .set("load", jsonNumber(ticks.load))
        .set("latenessHistogram", histogram)
        .set("realtimePriority", snapshot.realtimePriority)
        .set("workers", ticks.workers);
}

juce::var stripJson(const EngineSnapshot& snapshot, const StripRow& strip)
{
    const auto isLeg = strip.index < snapshot.maxLegs;
    static constexpr const char* houseNames[houseStripCount] = { "dtmf", "tone", "player" };
    const auto house = strip.index - snapshot.maxLegs;

    JsonObject json;
    json.set("index", strip.index)
        .set("name", isLeg || house >= houseStripCount ? juce::var("leg") : juce::var(houseNames[house]))
        .set("gainDb", jsonNumber(static_cast<double>(strip.gainDb)))
        .set("muted", strip.muted)
        .set("soloed", strip.soloed)
        .set("role", strip.role == LegRole::sink ? "sink" : "source")
        .set("in", meterJson(strip.in, snapshot.law))
        .set("out", isLeg ? meterJson(strip.out, snapshot.law) : juce::var())
        .set("limitedSamples", jsonCount(strip.limitedSamples));
    return json;
}

} // namespace

const char* nameOf(Law law) noexcept { return law == Law::mu ? "mu" : "a"; }

const char* nameOf(CallState state) noexcept
{
    switch (state)
    {
        case CallState::incoming: return "incoming";
        case CallState::dialling: return "dialling";
        case CallState::ringing: return "ringing";
        case CallState::established: return "established";
        case CallState::held: return "held";
        case CallState::closed: return "closed";
    }
    return "?";
}

const char* nameOf(MixMode mode) noexcept
{
    switch (mode)
    {
        case MixMode::conference: return "conference";
        case MixMode::funnel: return "funnel";
        case MixMode::matrix: return "matrix";
    }
    return "?";
}

juce::var jsonNumber(double value) { return std::isfinite(value) ? juce::var(value) : juce::var(); }

juce::var levelReferenceJson(Law law)
{
    return JsonObject()
        .set("unit", "dBm0")
        .set("law", nameOf(law))
        .set("fullScaleSineDbm0", overloadDbm0(law))
        .set("source", "ITU-T G.711: overload point");
}

juce::var toJson(const LegMediaStats& media)
{
    const auto& in = media.playout;
    const auto& out = media.send;
    const auto received = JsonObject()
        .set("packets", jsonCount(in.packets)).set("octets", jsonCount(in.octets))
        .set("inTime", jsonCount(in.inTime)).set("lost", jsonCount(in.lost)).set("lossPercent", jsonNumber(lossPercentOf(in)))
        .set("late", jsonCount(in.late)).set("duplicate", jsonCount(in.duplicate)).set("reordered", jsonCount(in.reordered))
        .set("concealedFrames", jsonCount(in.concealedFrames)).set("concealedSamples", jsonCount(in.concealedSamples))
        .set("underruns", jsonCount(in.underruns)).set("pauses", jsonCount(in.pauses))
        .set("trims", jsonCount(in.trims)).set("trimmedPackets", jsonCount(in.trimmedPackets)).set("shrinks", jsonCount(in.shrinks))
        .set("ringOverruns", jsonCount(in.ringOverruns)).set("storeOverruns", jsonCount(in.storeOverruns))
        .set("wrongPayloadType", jsonCount(in.wrongPayloadType)).set("undecodable", jsonCount(in.undecodable))
        .set("eventPackets", jsonCount(in.eventPackets))
        .set("ssrcChanges", jsonCount(in.ssrcChanges)).set("resyncs", jsonCount(in.resyncs))
        .set("ssrc", in.packets == 0 ? juce::var() : juce::var(static_cast<juce::int64>(in.ssrc)))
        .set("jitterMs", in.packets == 0 ? juce::var() : jsonNumber(in.jitterMs))
        .set("depthMs", in.packets == 0 ? juce::var() : jsonNumber(in.depthMs))
        .set("targetMs", jsonNumber(in.targetMs))
        .set("packetMs", in.packetMs > 0.0 ? juce::var(in.packetMs) : juce::var())
        .set("driftPpm", in.driftKnown ? jsonNumber(in.driftPpm) : juce::var())
        .set("resampling", in.resampling).set("resamplings", jsonCount(in.resamplings));
    const auto sent = JsonObject()
        .set("packets", jsonCount(out.packets)).set("octets", jsonCount(out.octets))
        .set("clippedSamples", jsonCount(out.clippedSamples)).set("silentPackets", jsonCount(out.silentPackets))
        .set("heldPackets", jsonCount(out.heldPackets)).set("encodeFailures", jsonCount(out.encodeFailures))
        .set("ringOverruns", jsonCount(out.ringOverruns));
    const auto network = JsonObject()
        .set("strangers", jsonCount(media.network.strangers)).set("malformed", jsonCount(media.network.malformed))
        .set("notSent", jsonCount(media.network.notSent));
    return JsonObject().set("received", received).set("sent", sent).set("network", network);
}

juce::var toJson(const CallInfo& call)
{
    return JsonObject()
        .set("leg", static_cast<juce::int64>(call.leg))
        .set("channel", call.channel < 0 ? juce::var() : juce::var(call.channel))
        .set("peerUri", jsonText(call.peerUri))
        .set("peerName", jsonTextOrNull(call.peerName))
        .set("outgoing", call.outgoing)
        .set("state", nameOf(call.state))
        .set("codec", jsonTextOrNull(call.codec))
        .set("ptimeMs", call.ptimeMs > 0 ? juce::var(call.ptimeMs) : juce::var())
        .set("startedS", jsonSeconds(call.startedNs))
        .set("establishedS", jsonSeconds(call.establishedNs))
        .set("closedS", jsonSeconds(call.closedNs))
        .set("sipCode", call.sipCode > 0 ? juce::var(call.sipCode) : juce::var())
        .set("reason", jsonTextOrNull(call.reason))
        .set("failed", call.failed)
        .set("tag", jsonTextOrNull(call.tag))
        .set("digitsReceived", jsonText(call.digitsReceived));
}

juce::var incidentsJson(const EngineSnapshot& snapshot)
{
    JsonObject json;
    for (const auto& incident : incidentsOf(snapshot))
        json.set(incident.key, jsonCount(incident.count));
    return json;
}

juce::var toJson(const RunSettings& settings)
{
    auto* json = new juce::DynamicObject();
    for (const auto& [name, value] : settings)
        json->setProperty(juceText(name), value);
    return juce::var(json);
}

juce::var toJson(const EngineSnapshot& snapshot)
{
    juce::Array<juce::var> strips, calls;
    for (const auto& strip : snapshot.strips)
        strips.add(stripJson(snapshot, strip));
    for (const auto& call : snapshot.calls)
    {
        auto json = toJson(call);
        const auto* media = call.channel >= 0 && ! call.codec.empty() ? snapshot.transport(call.channel) : nullptr;
        const auto ended = std::find_if(snapshot.endedMedia.begin(), snapshot.endedMedia.end(),
                                        [&call](const auto& each) { return each.first == call.leg; });
        json.getDynamicObject()->setProperty("media", media != nullptr                      ? toJson(media->media)
                                                      : ended != snapshot.endedMedia.end() ? toJson(ended->second)
                                                                                           : juce::var());
        calls.add(json);
    }
    return JsonObject()
        .set("schema", metricsSchema)
        .set("number", jsonCount(snapshot.number))
        .set("timeS", static_cast<double>(snapshot.timeNs) * 1e-9)
        .set("runningS", static_cast<double>(snapshot.runningNs) * 1e-9)
        .set("localUri", jsonTextOrNull(snapshot.localUri))
        .set("role", jsonTextOrNull(snapshot.role))
        .set("levels", levelReferenceJson(snapshot.law))
        .set("settings", toJson(snapshot.settings))
        .set("mixer", mixerJson(snapshot))
        .set("ticks", ticksJson(snapshot))
        .set("incidents", incidentsJson(snapshot))
        .set("signalling", JsonObject().set("timers", snapshot.signalling.timers))
        .set("callsTotal", jsonCount(snapshot.callsTotal))
        .set("callsFailed", jsonCount(snapshot.callsFailed))
        .set("legsRefused", jsonCount(snapshot.legsRefused))
        .set("strips", strips)
        .set("calls", calls);
}

} // namespace mw
