#include "MonitorModel.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mw
{

MonitorModel::MonitorModel(Engine& engineToShow)
    : bench(engineToShow),
      gestures(bench.mixer(), undo,
               [this](int channel) {
                   const auto* there = callOnChannel(channel);
                   return there != nullptr ? there->leg : LegId { 0 };
               }),
      remoteControl(
          bench.mixer(), [this](const DtmfSequence& digits) { playDigits(digits); },
          [this](const std::string& text, bool bad) { note(bad ? LogEntry::Weight::bad : LogEntry::Weight::note, text); }),
      filePlayer(bench.mixer(), bench.config().sampleRateHz),
      digitWatch(bench, bench.config().runMediaThread ? Background::Mode::ownThread : Background::Mode::byHand)
{
    bench.keepMessages(true);
    listener = bench.addListener([this](const LegEvent& event, const CallInfo& call) { heard(event, call); });
    latest = bench.snapshot();
    startTimerHz(looksPerSecond);
}

MonitorModel::~MonitorModel()
{
    stopTimer();
    bench.removeListener(listener);
    bench.keepMessages(false);
}

void MonitorModel::addView(View& view) { views.push_back(&view); }
void MonitorModel::removeView(View& view) { std::erase(views, &view); }

void MonitorModel::look()
{
    const auto stepIsDue = bench.clock().nowNs() - stepNs >= historyStepNs;
    if (stepIsDue || ! bench.renew(latest, inSight))
        latest = bench.snapshot();
    if (const auto failed = filePlayer.poll(); ! failed)
        note(LogEntry::Weight::bad, failed.error().message());
    listen();
    if (stepIsDue)
    {
        // Late looks leave no holes in time, only in what is known.
        const auto due = stepNs == 0 ? 1 : (latest.timeNs - stepNs) / historyStepNs;
        stepNs = stepNs == 0 ? latest.timeNs : stepNs + due * historyStepNs;
        skipSteps(due - 1);
        step();
    }
    const auto isOpen = [](const CallInfo& call) { return call.state != CallState::closed; };
    lookOften(std::any_of(latest.calls.begin(), latest.calls.end(), isOpen) || latest.mixer.dtmfDigit != 0 || latest.mixer.master.rms > 1e-6f);
    tellViews();
}

/** What a person does, or a call that comes, brings the usual rate back before the next look. */
void MonitorModel::lookOften(bool often)
{
    if (std::exchange(looksOften, often) != often)
        startTimerHz(often ? looksPerSecond : quietLooksPerSecond);
}

void MonitorModel::listen()
{
    for (const auto& heard : digitWatch.look(latest.calls))
    {
        const auto& tones = heard.detection;
        digitLog.add({ .timeNs = heard.startNs, .leg = heard.leg, .way = DigitEntry::Way::inBand, .digits = std::string(1, tones.digit),
                       .lowDbm0 = tones.lowDbm0, .highDbm0 = tones.highDbm0, .lowHz = tones.lowHz, .highHz = tones.highHz,
                       .durationMs = heard.durationMs });
    }
}

void MonitorModel::tellViews()
{
    // A view may take others away.
    const auto told = views;
    for (auto* view : told)
        if (std::find(views.begin(), views.end(), view) != views.end())
            view->modelChanged();
}

void MonitorModel::skipSteps(int64_t count)
{
    stepCount += static_cast<uint64_t>(count);
    run.lastStep = stepCount;
    for (auto left = std::min(count, static_cast<int64_t>(historyLength)); left > 0; --left)
        for (auto* series : { &run.latenessMs, &run.loadPercent, &run.masterLevel })
            series->add(Series::nothing);
}

void MonitorModel::step()
{
    run.lastStep = ++stepCount;
    for (const auto& row : latest.legs)
        addLegStep(row);
    run.latenessMs.add(static_cast<float>(static_cast<double>(latest.ticks.lastLatenessNs) * 1e-6));
    run.loadPercent.add(static_cast<float>(100.0 * latest.ticks.load));
    run.masterLevel.add(static_cast<float>(dbm0FromRms(static_cast<double>(latest.mixer.master.rms), latest.law)));
    std::erase_if(legs, [this](const auto& each) { return call(each.first) == nullptr; });
}

void MonitorModel::addLegStep(const LegRow& row)
{
    const auto* info = callOnChannel(row.channel);
    if (info == nullptr)
        return;
    auto& leg = legs[info->leg];
    if (leg == nullptr)
        leg = std::make_unique<Leg>();
    auto& history = leg->history;
    if (history.lastStep == stepCount)
        return;  // two ports of one call change over
    const auto missed = history.lastStep == 0 ? 0 : std::min<uint64_t>(stepCount - history.lastStep - 1, historyLength);
    for (uint64_t i = 0; i < missed; ++i)
        for (auto* series : { &history.levelIn, &history.levelOut, &history.jitterMs, &history.lossPercent, &history.bufferMs })
            series->add(Series::nothing);
    history.lastStep = stepCount;
    const auto level = [this](const MeterReading& meter) {
        return static_cast<float>(dbm0FromRms(static_cast<double>(meter.rms), latest.law));
    };
    const auto* strip = latest.strip(row.channel);
    history.levelIn.add(strip != nullptr ? level(strip->in) : Series::nothing);
    history.levelOut.add(strip != nullptr ? level(strip->out) : Series::nothing);

    const auto& playout = row.media.playout;
    history.jitterMs.add(playout.packets > 0 ? static_cast<float>(playout.jitterMs) : Series::nothing);
    history.bufferMs.add(playout.packets > 0 ? static_cast<float>(playout.depthMs) : Series::nothing);
    const auto missing = playout.lost + playout.late;
    const auto expected = missing + playout.inTime;
    const auto newlyExpected = expected - std::min(expected, leg->expected), newlyMissing = missing - std::min(missing, leg->missing);
    history.lossPercent.add(newlyExpected > 0 ? 100.0f * static_cast<float>(newlyMissing) / static_cast<float>(newlyExpected) : 0.0f);
    leg->expected = expected;
    leg->missing = missing;
}

const CallInfo* MonitorModel::call(LegId leg) const noexcept
{
    const auto found = std::find_if(latest.calls.begin(), latest.calls.end(), [leg](const auto& each) { return each.leg == leg; });
    return found != latest.calls.end() ? &*found : nullptr;
}

const CallInfo* MonitorModel::callOnChannel(int channel) const noexcept
{
    const auto found = std::find_if(latest.calls.begin(), latest.calls.end(), [channel](const auto& each) {
        return each.channel == channel && each.state != CallState::closed;
    });
    return found != latest.calls.end() ? &*found : nullptr;
}

std::vector<const CallInfo*> MonitorModel::openCalls() const
{
    std::vector<const CallInfo*> open;
    for (const auto& each : latest.calls)
        if (each.state != CallState::closed)
            open.push_back(&each);
    std::stable_sort(open.begin(), open.end(), [](const auto* a, const auto* b) { return a->channel < b->channel; });
    return open;
}

const LegHistory* MonitorModel::history(LegId leg) const noexcept
{
    const auto found = legs.find(leg);
    return found != legs.end() ? &found->second->history : nullptr;
}

double MonitorModel::shownLevel(double rms) const noexcept { return inDbfs ? dbfsFromRms(rms) : dbm0FromRms(rms, latest.law); }

void MonitorModel::select(LegId leg)
{
    chosen = leg;
    tellViews();
}

void MonitorModel::showDbfs(bool dbfs)
{
    inDbfs = dbfs;
    tellViews();
}

void MonitorModel::note(LogEntry::Weight weight, std::string text, LegId leg, LogEntry::Mark mark)
{
    entries.push_back({ bench.clock().nowNs(), weight, leg, std::move(text), mark });
    ++entryCount;
    if (entries.size() > logLength)
        entries.pop_front();
}

bool MonitorModel::send(const MixerCommand& command)
{
    lookOften(true);
    const auto sent = bench.command(command);
    if (! sent)
        note(LogEntry::Weight::bad, sent.error().message());
    return sent.ok();
}

ToneSetting MonitorModel::tone() const noexcept
{
    const auto& sounds = bench.houseSounds();
    const auto on = std::isfinite(sounds.toneDbm0);
    return { .on = on, .frequencyHz = sounds.toneHz, .levelDbm0 = on ? sounds.toneDbm0 : toneLevelDbm0 };
}

bool MonitorModel::setTone(const ToneSetting& setting)
{
    MixerCommand command;
    command.kind = MixerCommand::Kind::setTone;
    command.frequencyHz = setting.frequencyHz;
    command.levelDbm0 = setting.on ? setting.levelDbm0 : silenceDb;
    if (! send(command))
        return false;
    toneLevelDbm0 = setting.levelDbm0;
    return true;
}

void MonitorModel::playDigits(const DtmfSequence& digits)
{
    MixerCommand command;
    command.kind = MixerCommand::Kind::playDtmf;
    command.dtmf.sequence = digits;
    command.dtmf.law = latest.law;
    if (! send(command))
        return;
    digitLog.add({ .timeNs = bench.clock().nowNs(), .sent = true, .digits = std::string(digits.text()), .lowDbm0 = command.dtmf.lowDbm0,
                   .highDbm0 = command.dtmf.lowDbm0 + command.dtmf.twistDb, .durationMs = static_cast<double>(command.dtmf.onMs) });
}

void MonitorModel::heard(const LegEvent& event, const CallInfo& call)
{
    lookOften(true);
    const auto who = call.peerName.empty() ? call.peerUri : call.peerName;
    const auto why = (event.sipCode != 0 ? " " + std::to_string(event.sipCode) : std::string())
                   + (event.reason.empty() ? std::string() : " " + event.reason);
    switch (event.kind)
    {
        case LegEvent::Kind::incoming:
            return call.state == CallState::closed ? note(LogEntry::Weight::bad, who + " was refused," + why, event.leg)
                                                   : note(LogEntry::Weight::note, who + " calls", event.leg);
        case LegEvent::Kind::ringing: return note(LogEntry::Weight::note, who + " rings", event.leg);
        case LegEvent::Kind::established: return note(LogEntry::Weight::good, who + " is established", event.leg, LogEntry::Mark::established);
        case LegEvent::Kind::mediaReady: return note(LogEntry::Weight::note, who + " sends and hears " + call.codec, event.leg);
        case LegEvent::Kind::held: return note(LogEntry::Weight::note, who + " holds us", event.leg);
        case LegEvent::Kind::resumed: return note(LogEntry::Weight::note, who + " took us back", event.leg);
        case LegEvent::Kind::dtmf:
            digitLog.add({ .timeNs = bench.clock().nowNs(), .leg = event.leg,
                           .way = event.dtmfMethod == DtmfMethod::sipInfo ? DigitEntry::Way::sipInfo : DigitEntry::Way::telephoneEvent,
                           .digits = std::string(1, event.digit), .durationMs = static_cast<double>(event.dtmfDurationMs) });
            return note(LogEntry::Weight::note, who + " sent digit " + std::string(1, event.digit), event.leg, LogEntry::Mark::digit);
        case LegEvent::Kind::closed:
            return note(event.failed ? LogEntry::Weight::bad : LogEntry::Weight::note, who + (event.failed ? " failed:" : " ended:") + (why.empty() ? " hung up" : why),
                        event.leg, LogEntry::Mark::ended);
        case LegEvent::Kind::registered: return note(LogEntry::Weight::good, event.peerUri + " is registered");
        case LegEvent::Kind::registrationFailed: return note(LogEntry::Weight::bad, event.peerUri + " is not registered:" + why);
    }
}

} // namespace mw
