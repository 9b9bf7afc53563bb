#include "SourceEar.h"

#include "../measure/CallMeasurements.h"
#include "../measure/SoundHistoryMeasurement.h"
#include "../report/Numbers.h"
#include "../report/SinkReport.h"
#include "RoleBase.h"

namespace mw
{

Result<std::unique_ptr<SourceEar>> SourceEar::create(const SourceRoleConfig& config, const std::vector<int>& expectedPilots,
                                                     int number, const std::string& codec, Background& background)
{
    auto ear = std::make_unique<SourceEar>();
    const auto rate = config.engine.sampleRateHz;
    const auto law = config.engine.mixer.law;
    if (! measures(config))
    {
        auto opened = Recorder::create(numberedFile(config.record, number), rate, background);
        if (! opened)
            return opened.error();
        ear->recorder = std::move(opened.value());
        return ear;
    }
    std::unique_ptr<RecordingFile> wav;
    if (config.record != juce::File())
    {
        auto opened = RecordingFile::create(numberedFile(config.record, number), rate);
        if (! opened)
            return opened.error();
        wav = std::move(opened.value());
    }
    ear->analyser = std::make_unique<LegAnalyser>(rate, law, std::move(wav), background);
    addCallMeasurements(*ear->analyser, rate, law, codec, { config.pilotNames, expectedPilots, config.pilot });
    if (config.reports.html != juce::File() && number <= mostCallHistories)
    {
        ear->history = std::make_shared<SoundHistory>();
        ear->analyser->add(std::make_unique<SoundHistoryMeasurement>(rate, law, ear->history));
    }
    if (auto started = ear->analyser->start(); ! started)
        return started.error();
    return ear;
}

void SourceEar::finish()
{
    if (recorder != nullptr)
        recorder->finish();
    else if (! heard.has_value())
        heard = analyser->finish();
}

std::string SourceEar::recording() const
{
    if (recorder != nullptr)
        return recorder->file().getFullPathName().toStdString();
    return analyser->recording() != nullptr ? analyser->recording()->file().getFullPathName().toStdString() : std::string();
}

std::optional<Error> SourceEar::recordingError() const
{
    if (recorder != nullptr)
        return recorder->error();
    return analyser->recording() != nullptr ? analyser->recording()->error() : std::nullopt;
}

std::string SourceEar::recordingLine() const
{
    if (recording().empty())
        return {};
    const auto seconds = recorder != nullptr ? recorder->seconds() : analyser->recording()->seconds();
    const auto dropped = recorder != nullptr ? recorder->droppedSamples() : heard->missedSamples;
    return "recorded: " + fixedText(seconds, 1) + " s in " + recording() + ", " + std::to_string(dropped) + " samples dropped";
}

} // namespace mw
