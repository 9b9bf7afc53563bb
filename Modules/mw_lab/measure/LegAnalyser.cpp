#include "LegAnalyser.h"

#include "../record/Recorder.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mw
{

namespace
{
constexpr int analyserPollMs = 50;
constexpr size_t analyserPieceFrames = 2048;
constexpr double sameToneShare = 0.01;  ///< windows whose frequencies differ by less belong to one tone

double medianOf(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}
} // namespace

std::string LegAnalysis::textOf(const std::vector<DtmfDetection>& digits)
{
    std::string text;
    for (const auto& digit : digits)
        text += digit.digit;
    return text;
}

const ToneStretch* LegAnalysis::mainTone() const noexcept
{
    const auto longest = std::max_element(tones.begin(), tones.end(), [](const ToneStretch& a, const ToneStretch& b) {
        return a.endS - a.startS < b.endS - b.startS;
    });
    return longest == tones.end() ? nullptr : &*longest;
}

LegAnalyser::LegAnalyser(int sampleRateHz, Law lawToUse, std::unique_ptr<RecordingFile> wavToWrite, Background& backgroundToUse,
                         DtmfStandard standard)
    : rate(sampleRateHz),
      law(lawToUse),
      wav(std::move(wavToWrite)),
      background(backgroundToUse),
      samples(std::make_shared<SampleFifo>(static_cast<size_t>(sampleRateHz * (wav != nullptr ? Recorder::bufferSeconds : bufferSeconds)),
                                           static_cast<double>(sampleRateHz))),
      piece(analyserPieceFrames),
      level(sampleRateHz, lawToUse),
      toneWindow(static_cast<uint64_t>(sampleRateHz) * toneWindowMs / 1000)
{
    DtmfReceiver::Config config;
    config.law = law;
    config.standard = standard;
    quietReceiver.prepare(sampleRateHz, config);
    config.background = DtmfBackground::mixed;
    mixReceiver.prepare(sampleRateHz, config);
    toneMeter.prepare(sampleRateHz, toneWindowMs);
}

LegAnalyser::~LegAnalyser() { finish(); }

int LegAnalyser::useTimeSlice()
{
    const ScopedThreadRole role(ThreadRole::recorder);
    drain();
    return analyserPollMs;
}

void LegAnalyser::drain()
{
    SamplePlace place;
    for (auto count = samples->read(piece, place); count > 0; count = samples->read(piece, place))
        analyse(std::span<const float>(piece).first(count), place);
}

void LegAnalyser::analyse(std::span<const float> block, const SamplePlace& place)
{
    if (wav != nullptr)
        wav->append(block);

    const SoundTime time { place.sample, place.timeNs, static_cast<double>(rate) };
    for (const auto& measurement : measurements)
        measurement->process(block, time);

    if (place.timeNs != 0)
    {
        anchorNs = place.timeNs;
        anchorSample = quietReceiver.samplePosition();
    }
    quietReceiver.process(block);
    mixReceiver.process(block);
    takeDigits();

    while (! block.empty())
    {
        const auto count = std::min<size_t>(block.size(), toneWindow - toneFill);
        level.process(block.first(count));
        toneMeter.process(block.first(count));
        toneFill += count;
        block = block.subspan(count);
        if (toneFill == toneWindow)
            takeTone(level.samples());
    }
}

void LegAnalyser::takeDigits()
{
    DtmfDetection detection;
    while (quietReceiver.take(detection))
        if (result.digits.size() < maxDetections)
        {
            result.digits.push_back(detection);
            const auto later = static_cast<double>(detection.startSample) - static_cast<double>(anchorSample);
            result.digitTimes.push_back({ detection.digit, anchorNs == 0 ? 0 : anchorNs + static_cast<int64_t>(later * 1.0e9 / rate),
                                          1000.0 * static_cast<double>(detection.endSample - detection.startSample) / rate });
        }
    while (mixReceiver.take(detection))
        if (result.digitsInMix.size() < maxDetections)
            result.digitsInMix.push_back(detection);
}

void LegAnalyser::takeTone(uint64_t endSample)
{
    const auto reading = toneMeter.measure();
    toneMeter.reset();
    toneFill = 0;
    const auto endS = static_cast<double>(endSample) / rate;

    const auto belongs = reading.has_value() && ! openToneHz.empty()
                         && std::abs(reading->frequencyHz - openToneHz.back()) < sameToneShare * openToneHz.back();
    if (! belongs)
        closeTone();
    if (! reading.has_value() || reading->levelDbm0(law) <= ActiveLevel::floorDbm0)
        return;
    if (openToneHz.empty())
        openTone.startS = endS - toneWindowMs / 1000.0;
    openTone.endS = endS;
    openToneHz.push_back(reading->frequencyHz);
    openToneDbm0.push_back(reading->levelDbm0(law));
}

void LegAnalyser::closeTone()
{
    if (openToneHz.empty())
        return;
    openTone.frequencyHz = medianOf(std::exchange(openToneHz, {}));
    openTone.levelDbm0 = medianOf(std::exchange(openToneDbm0, {}));
    if (result.tones.size() < maxDetections)
        result.tones.push_back(openTone);
}

const LegAnalysis& LegAnalyser::finish()
{
    if (std::exchange(finished, true))
        return result;
    background.remove(*this);
    drain();
    quietReceiver.flush();
    mixReceiver.flush();
    takeDigits();
    closeTone();
    if (wav != nullptr)
        wav->close();

    result.seconds = static_cast<double>(level.samples()) / rate;
    result.activeSeconds = level.activeSeconds();
    result.levelDbm0 = level.levelDbm0();
    result.peak = level.peak();
    result.clippedSamples = level.clippedSamples();
    result.missedSamples = samples->droppedSamples();
    for (const auto& measurement : measurements)
        measurement->finish(result.figures);
    return result;
}

} // namespace mw
