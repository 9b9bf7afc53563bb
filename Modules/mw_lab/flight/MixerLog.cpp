#include "MixerLog.h"

#include "../report/JuceText.h"
#include "../record/WholeFile.h"

namespace mw
{

namespace mixer_log
{
namespace
{
/** What a gain parameter means [dB]; void when it is closed. */
juce::var gainOf(const juce::AudioProcessorParameter& parameter, float value)
{
    const auto* gain = dynamic_cast<const GainParameter*>(&parameter);
    const auto gainDb = gain == nullptr ? silenceDb : GainParameter::dbOfRaw(gain->convertFrom0to1(value));
    return gainDb == silenceDb ? juce::var() : juce::var(gainDb);
}

/** The address of the call on a channel; empty: there is none. */
std::string peerOf(const EngineSnapshot& snapshot, int channel)
{
    for (const auto& call : snapshot.calls)
        if (call.channel == channel && call.state != CallState::closed)
            return call.peerUri;
    return {};
}
} // namespace
} // namespace mixer_log

Result<std::unique_ptr<MixerLog>> MixerLog::open(Engine& engine, const Clock& clock, const juce::File& file)
{
    deleteRegularFile(file);
    std::unique_ptr<MixerLog> log(new MixerLog(engine, clock, file));
    if (auto opened = log->events.open(file); ! opened)
        return opened.error();
    return log;
}

MixerLog::MixerLog(Engine& engine, const Clock& clock, const juce::File& file)
    : bench(engine), time(clock), target(file), events(utcOffsetOf(clock))
{
    for (const auto* parameter : bench.mixer().getParameters())
        former.push_back(parameter->getValue());
    bench.mixer().addListener(this);
}

MixerLog::~MixerLog() { bench.mixer().removeListener(this); }

void MixerLog::audioProcessorParameterChanged(juce::AudioProcessor*, int index, float value)
{
    const auto place = static_cast<size_t>(index);
    const auto* parameter = dynamic_cast<const juce::AudioProcessorParameterWithID*>(bench.mixer().getParameters()[index]);
    if (parameter == nullptr || place >= former.size() || former[place] == value)
        return;
    tell(*parameter);
    former[place] = value;
}

void MixerLog::tell(const juce::AudioProcessorParameterWithID& parameter)
{
    auto* fields = new juce::DynamicObject();
    const juce::var line(fields);
    const auto& id = parameter.paramID;
    const auto before = former[static_cast<size_t>(parameter.getParameterIndex())], now = parameter.getValue();
    const auto isSwitch = dynamic_cast<const juce::AudioParameterBool*>(&parameter) != nullptr;
    const char* kind = id == "masterInGain" ? "masterIn" : id == "outputGain" ? "masterOut" : id == "dtmfOn" ? "dtmfOn" : "gain";
    const auto strip = id == "dtmfGain" ? juce::String("dtmf") : id.fromFirstOccurrenceOf("strip/", false, false).upToFirstOccurrenceOf("/", false, false);
    if (id.endsWith("/mute"))
        kind = "mute";
    else if (id.endsWith("/solo"))
        kind = "solo";
    if (strip.isNotEmpty())
        fields->setProperty("strip", strip);
    if (strip.isNotEmpty() && strip.containsOnly("0123456789"))
        if (const auto peer = mixer_log::peerOf(bench.snapshot(), strip.getIntValue()); ! peer.empty())
            fields->setProperty("peer", juceText(peer));
    if (isSwitch)
        fields->setProperty("on", now >= 0.5f);
    if (! isSwitch)
    {
        fields->setProperty("fromDb", mixer_log::gainOf(parameter, before));
        fields->setProperty("toDb", mixer_log::gainOf(parameter, now));
    }
    events.add(time.nowNs(), kind, line);
    ++written;
}

void MixerLog::look(const EngineSnapshot& snapshot)
{
    lookingNs = snapshot.timeNs;
    std::map<const LegPort*, uint64_t> now;
    for (const auto& leg : snapshot.legs)
    {
        const auto& playout = leg.media.playout;
        const auto frames = playout.concealedFrames + playout.trimmedPackets + playout.resyncs;
        now[leg.port] = frames;
        // A leg that is new since the last look began with none; of one that was there before the first look nothing is known.
        const auto found = concealed.find(leg.port);
        const auto before = found != concealed.end() ? found->second : lookedNs == 0 ? frames : 0;
        if (frames > before)
            tellIncident("concealed", mixer_log::peerOf(snapshot, leg.channel), frames - before);
    }
    concealed = std::move(now);
    if (snapshot.ticks.skippedTicks > skipped)
        tellIncident("stalled", {}, snapshot.ticks.skippedTicks - skipped);
    skipped = snapshot.ticks.skippedTicks;
    const auto changed = snapshot.mixer.legsLimitedSamples + snapshot.mixer.masterLimitedSamples;
    if (changed > limited)
        tellIncident("limited", {}, changed - limited);
    limited = changed;
    lookedNs = lookingNs;
}

void MixerLog::tellIncident(const char* kind, const std::string& peer, uint64_t frames)
{
    auto* fields = new juce::DynamicObject();
    const juce::var line(fields);
    fields->setProperty("sinceNs", static_cast<juce::int64>(lookedNs));
    if (! peer.empty())
        fields->setProperty("peer", juceText(peer));
    fields->setProperty("frames", static_cast<juce::int64>(frames));
    events.add(lookingNs, kind, line);
    ++written;
}

} // namespace mw
