#include "LevelMeasurement.h"

#include <string>

namespace mw
{

namespace
{
bool isMuLaw(const std::string& codec) { return codec.starts_with("PCMU/"); }
bool isG711(const std::string& codec) { return isMuLaw(codec) || codec.starts_with("PCMA/"); }
} // namespace

std::optional<float> LevelMeasurement::clipLevelOf(const std::string& codec, int sampleRateHz)
{
    constexpr int g711Hz = 8000;
    if (! isG711(codec))
        return LevelStatistics::fullScale16;
    if (sampleRateHz != g711Hz)
        return std::nullopt;
    return isMuLaw(codec) ? LevelStatistics::fullScaleMu : LevelStatistics::fullScaleA;
}

void LevelMeasurement::judgeClipping(FigureSet& figures, const std::string& codec, const std::optional<LegMediaStats>& media,
                                     const std::optional<TransportReport>& report)
{
    const auto changed = report.has_value() && report->codecChanged;
    const auto resampled = isG711(codec) && media.has_value() && media->playout.resamplings > 0;
    for (const auto* const path : { "level.clipped_samples", "level.clipped_runs" })
        if (const auto* figure = figures.find(path); figure != nullptr && figure->isMeasured() && (changed || resampled))
        {
            const auto former = *figure;
            figures.setNotMeasured(path, changed ? "the codec changed during the call, and with it the highest sample"
                                                 : "what G.711 clipped, resampling to our clock has moved to other levels",
                                   { former.unit, former.reference, former.window, former.accuracy });
        }
}

LevelMeasurement::LevelMeasurement(int sampleRateHz, Law lawToUse, const std::string& codec)
    : law(lawToUse), clipLevel(clipLevelOf(codec, sampleRateHz))
{
    LevelStatistics::Config config;
    config.law = law;
    config.clipLevel = clipLevel.value_or(LevelStatistics::fullScale16);
    statistics.prepare(sampleRateHz, config);
    speech.prepare(sampleRateHz);
}

void LevelMeasurement::process(std::span<const float> block, const SoundTime&)
{
    statistics.process(block);
    speech.process(block);
}

void LevelMeasurement::finish(FigureSet& figures)
{
    constexpr std::string_view whole = "the whole call, silence included", silent = "nothing but digital silence was heard";
    const std::string dbm0 = std::string("0 dBm0 by ") + (law == Law::mu ? "µ-law" : "A-law") + " (G.711)";
    const auto heard = statistics.figures();
    const auto ifAny = [](double linear, double level) { return linear > 0.0 ? std::optional<double>(level) : std::nullopt; };

    const std::string rms = "RMS", peak = "highest absolute sample";
    figures.set("level.rms_dbm0", ifAny(heard.rms, dbm0FromRms(heard.rms, law)), silent, { "dBm0", rms + ", " + dbm0, whole, "" });
    figures.set("level.rms_dbov", ifAny(heard.rms, dbovFromRms(heard.rms)), silent, { "dBov", rms + ", 0 dBov: full-scale square (RFC 6464)", whole, "" });
    figures.set("level.rms_dbfs", ifAny(heard.rms, dbfsFromRms(heard.rms)), silent, { "dBFS", rms + ", 0 dBFS: full-scale sine", whole, "" });
    figures.set("level.peak", heard.peak, { "", peak + ", full scale = 1", whole, "" });
    figures.set("level.dc", heard.dc, { "", "mean of all samples, full scale = 1", whole, "" });
    const auto ifClipLevel = [this](uint64_t count) {
        return clipLevel.has_value() ? std::optional<double>(static_cast<double>(count)) : std::nullopt;
    };
    constexpr std::string_view resampled = "what G.711 clipped, resampling has moved to other levels: run at --rate 8000";
    const auto isG711 = clipLevel != LevelStatistics::fullScale16;
    figures.set("level.clipped_samples", ifClipLevel(heard.clippedSamples), resampled,
                { "", isG711 ? "at the full scale of the codec (G.711)" : "at 16-bit full scale", whole, "" });
    figures.set("level.clipped_runs", ifClipLevel(heard.clippedRuns), resampled, { "", "three and more of them with one sign", whole, "" });
    const FigureKind silence { "s", "20 ms windows at or below −60 dBm0", whole, "" };
    figures.set("level.silence_s", heard.silentSeconds, silence);
    figures.set("level.longest_silence_s", heard.longestSilenceSeconds, silence);

    const std::string p56 = "ITU-T P.56 method B";
    const auto active = speech.reading();
    const auto ofActive = [&](auto&& take) { return active.has_value() ? std::optional<double>(take(*active)) : std::nullopt; };
    figures.set("level.active_dbm0", ofActive([this](const auto& reading) { return reading.levelDbm0(law); }), silent,
                { "dBm0", p56 + ", " + dbm0, "the active time", "" });
    figures.set("level.activity", ofActive([](const auto& reading) { return reading.activity; }), silent, { "", p56, whole, "" });

    const auto inPauses = "RMS in the pauses, " + dbm0;
    const FigureKind floor { "dBm0", inPauses, "pauses 200 ms behind and 60 ms before active sound", "" };
    const auto pauses = speech.pauses();
    if (! pauses.has_value())
        figures.setNotMeasured("level.noise_floor_dbm0", "there were less than 0.5 s of pauses between active sound", floor);
    else
        figures.set("level.noise_floor_dbm0", ifAny(pauses->rms, dbm0FromRms(pauses->rms, law)), "the pauses are digital silence", floor);
}

} // namespace mw
