#include "Recordings.h"

#include "PeerFileName.h"
#include "WholeFile.h"

#include <algorithm>

namespace mw
{

namespace
{
bool isOfAllLegs(Recordings::What what) { return what == Recordings::What::allIn || what == Recordings::What::allOut; }

TapPoint pointOf(Recordings::What what, int channel)
{
    switch (what)
    {
        case Recordings::What::mix: return { TapPoint::Kind::mix, 0 };
        case Recordings::What::legIn:
        case Recordings::What::allIn: return { TapPoint::Kind::legIn, channel };
        case Recordings::What::legOut:
        case Recordings::What::allOut: return { TapPoint::Kind::legOut, channel };
    }
    return {};
}

bool isUp(const CallInfo& call) { return call.channel >= 0 && (call.state == CallState::established || call.state == CallState::held); }
} // namespace

int64_t Recordings::Recording::octets() const noexcept
{
    int64_t sum = 0;
    for (const auto& track : tracks)
        sum += track.octets;
    return sum;
}

uint64_t Recordings::Recording::droppedSamples() const noexcept
{
    uint64_t sum = 0;
    for (const auto& track : tracks)
        sum += track.droppedSamples;
    return sum;
}

juce::String Recordings::trackName(int channel, const CallInfo& call, RecordingFormat format, double laterS)
{
    auto name = "leg-" + juce::String(channel + 1).paddedLeft('0', 2) + "-" + peerFileName(call);
    if (laterS > 0.0)
    {
        const auto seconds = static_cast<int>(laterS);
        const auto two = [](int number) { return juce::String(number).paddedLeft('0', 2); };
        name += "-at-" + two(seconds / 3600) + "h" + two(seconds / 60 % 60) + "m" + two(seconds % 60) + "s";
    }
    return name + (format == RecordingFormat::flac ? ".flac" : ".wav");
}

Recordings::Recordings(Engine& engineToRecord)
    : engine(engineToRecord), background(engine.config().runMediaThread ? Background::Mode::ownThread : Background::Mode::byHand)
{
    listener = engine.addListener([this](const LegEvent& event, const CallInfo& call) { heard(event, call); });
}

Recordings::~Recordings()
{
    engine.removeListener(listener);
    stopAll();
}

Result<int> Recordings::start(const Request& request)
{
    const auto place = recordings.size();
    auto& recording = recordings.emplace_back();
    recording.number = static_cast<int>(place) + 1;
    recording.request = request;
    recording.startedNs = nowNs();
    const auto started = [&]() -> Result<void> {
        if (request.what == What::mix)
            return open(place, pointOf(request.what, 0), 0, request.target);
        if (! isOfAllLegs(request.what))
        {
            const auto call = engine.call(request.leg);
            if (! call.has_value() || ! isUp(*call))
                return Error { ExitCode::wrongUse, "record the leg", "it has no call", {} };
            return open(place, pointOf(request.what, call->channel), request.leg, request.target);
        }
        if (const auto made = request.target.createDirectory(); made.failed())
            return Error { ExitCode::environment, "make the folder " + request.target.getFullPathName().toStdString(), made.getErrorMessage().toStdString(),
                           "choose a folder that you may write" };
        for (const auto& call : engine.calls())
            if (isUp(call))
                if (auto opened = openLeg(place, call, false); ! opened)
                    return opened;
        return {};
    }();
    if (! started)
    {
        for (const auto& entry : running)
            if (entry->recording == place)
            {
                engine.mixer().setTap(entry->point, nullptr, TapUse::record);
                entry->recorder->discard();
            }
        std::erase_if(running, [place](const auto& entry) { return entry->recording == place; });
        recordings.pop_back();
        return started.error();
    }
    return recordings.back().number;
}

Result<void> Recordings::openLeg(size_t recording, const CallInfo& call, bool later)
{
    const auto& request = recordings[recording].request;
    const auto sinceStartS = later ? std::max(1.0, static_cast<double>(nowNs() - recordings[recording].startedNs) * 1e-9) : 0.0;
    const auto file = request.target.getChildFile(trackName(call.channel, call, request.format, sinceStartS));
    return open(recording, pointOf(request.what, call.channel), call.leg, file.getNonexistentSibling(false));
}

Result<void> Recordings::open(size_t recording, TapPoint point, LegId leg, const juce::File& file)
{
    const auto& request = recordings[recording].request;
    for (const auto& entry : running)
        if (entry->point == point)
            return Error { ExitCode::wrongUse, "record " + (leg == 0 ? std::string("the mix") : "leg " + std::to_string(point.leg + 1)),
                           "it is being recorded already", "stop the other recording first" };
    if (auto writable = checkWritable(file, "the recording"); ! writable)
        return writable;
    auto made = Recorder::create(file, engine.config().sampleRateHz, background, request.format);
    if (! made)
        return made.error();
    auto entry = std::make_unique<Open>();
    entry->point = point;
    entry->recording = recording;
    entry->track = recordings[recording].tracks.size();
    entry->recorder = std::move(made.value());
    recordings[recording].tracks.push_back({ leg, file, 0.0, 0, 0, true, {} });
    engine.mixer().setTap(point, entry->recorder->fifo(), TapUse::record);
    running.push_back(std::move(entry));
    return {};
}

void Recordings::close(Open& entry)
{
    engine.mixer().setTap(entry.point, nullptr, TapUse::record);
    auto& recorder = *entry.recorder;
    recorder.finish();
    auto& track = recordings[entry.recording].tracks[entry.track];
    track.seconds = recorder.seconds();
    track.octets = recorder.octetsSoFar();
    track.droppedSamples = recorder.droppedSamples();
    track.isRunning = false;
    track.error = recorder.error();
    if (track.error.has_value())
        troubles.push_back(track.error->message());
    else if (track.droppedSamples > 0)
        troubles.push_back("the disk was too slow for " + std::to_string(track.droppedSamples) + " samples of " + track.file.getFullPathName().toStdString());
}

void Recordings::closeWhere(const std::function<bool(const Open&)>& matches)
{
    for (const auto& entry : running)
        if (matches(*entry))
            close(*entry);
    std::erase_if(running, [&](const auto& entry) { return matches(*entry); });
    for (size_t i = 0; i < recordings.size(); ++i)
    {
        auto& recording = recordings[i];
        // All legs go on without a leg; the others have ended with their one track.
        if (recording.endedNs == 0 && ! isOfAllLegs(recording.request.what)
            && std::none_of(running.begin(), running.end(), [i](const auto& entry) { return entry->recording == i; }))
            recording.endedNs = nowNs();
    }
}

void Recordings::stop(int number)
{
    const auto place = static_cast<size_t>(number - 1);
    if (number < 1 || place >= recordings.size())
        return;
    closeWhere([place](const Open& entry) { return entry.recording == place; });
    if (recordings[place].endedNs == 0)
        recordings[place].endedNs = nowNs();
}

void Recordings::stopAll()
{
    for (const auto& recording : recordings)
        stop(recording.number);
}

std::vector<Recordings::Recording> Recordings::list() const
{
    auto result = recordings;
    for (const auto& entry : running)
    {
        auto& track = result[entry->recording].tracks[entry->track];
        track.seconds = entry->recorder->secondsSoFar();
        track.octets = entry->recorder->octetsSoFar();
        track.droppedSamples = entry->recorder->droppedSamples();
    }
    return result;
}

bool Recordings::isRecording() const noexcept
{
    return std::any_of(recordings.begin(), recordings.end(), [](const auto& recording) { return recording.endedNs == 0; });
}

void Recordings::poll()
{
    if (! engine.config().runMediaThread)
        background.runByHand();
    if (std::any_of(running.begin(), running.end(), [](const auto& entry) { return entry->recorder->hasFailed(); }))
        closeWhere([](const Open& entry) { return entry.recorder->hasFailed(); });
}

std::vector<std::string> Recordings::takeTroubles() { return std::exchange(troubles, {}); }

void Recordings::heard(const LegEvent& event, const CallInfo& call)
{
    if (event.kind == LegEvent::Kind::closed)
        return closeWhere([&](const Open& entry) { return recordings[entry.recording].tracks[entry.track].leg == event.leg; });
    if (event.kind != LegEvent::Kind::established)
        return;
    for (size_t i = 0; i < recordings.size(); ++i)
        if (recordings[i].endedNs == 0 && isOfAllLegs(recordings[i].request.what))
            if (auto opened = openLeg(i, call, true); ! opened)
                troubles.push_back(opened.error().message());
}

} // namespace mw
