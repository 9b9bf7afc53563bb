#include "ScoreMeasurement.h"

#include "Visqol.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace mw
{

namespace
{
constexpr size_t spareSeconds = 60;  ///< that a call may begin before what is played, and last beyond it

struct ScoreFigure
{
    std::string_view path;
    FigureKind kind;
    double (*value)(const SpectralScore&);
};

constexpr std::string_view scoredTime = "the active time of reference and sound";
constexpr std::array scoreFigures {
    ScoreFigure { "score.distance_db", { "dB", "spectral distance in 15 Bark bands, 200…3700 Hz, gain and delay taken out", scoredTime, "" },
                  [](const SpectralScore& score) { return score.distanceDb; } },
    ScoreFigure { "score.mos_estimate", { "", "from that distance, by a curve through the E-model's figures for loss of G.711", scoredTime,
                                          "no judgement of listeners, no PESQ or POLQA; Docs/Accuracy.md" },
                  [](const SpectralScore& score) { return score.mosEstimate; } },
    ScoreFigure { "score.gain_db", { "dB", "level over the reference's", scoredTime, "" }, [](const SpectralScore& score) { return score.gainDb; } },
    ScoreFigure { "score.offset_s", { "s", "where the reference begins in the call's sound", "its first active half second", "to the sample" },
                  [](const SpectralScore& score) { return score.offsetMs / 1000.0; } },
    ScoreFigure { "score.delay_changes", { "", "pieces of 0.5 s that came 1 ms and more earlier or later than the one before", "the whole reference", "" },
                  [](const SpectralScore& score) { return static_cast<double>(score.delayChanges); } },
    ScoreFigure { "score.compared_s", { "s", "frames of 32 ms in which one of the two is active", "the whole reference", "" },
                  [](const SpectralScore& score) { return score.comparedSeconds; } },
};

const FigureKind visqolFigure { "", "Google's visqol, speech mode", "the reference's length", "as that program has it" };

void addScore(FigureSet& figures, const std::optional<SpectralScore>& score, std::string_view whyNot)
{
    for (const auto& each : scoreFigures)
        figures.set(each.path, score.has_value() ? std::optional<double>(each.value(*score)) : std::nullopt, whyNot, each.kind);
}
} // namespace

ScoreMeasurement::ScoreMeasurement(int sampleRateHz, Reference referenceToCompare)
    : rateHz(sampleRateHz), reference(std::move(referenceToCompare)), most(reference->size() + spareSeconds * static_cast<size_t>(sampleRateHz))
{
}

void ScoreMeasurement::process(std::span<const float> block, const SoundTime&)
{
    const auto room = most - std::min(most, sound.size());
    sound.insert(sound.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(std::min(room, block.size())));
}

void ScoreMeasurement::finish(FigureSet& figures)
{
    constexpr std::string_view whyNot = "what came has nothing of the reference in it";
    const auto score = scoreSpectrally(*reference, sound, rateHz);
    addScore(figures, score, whyNot);
    if (score.has_value())
    {
        const auto offset = std::clamp<int64_t>(std::llround(score->offsetMs * rateHz / 1000.0), 0, static_cast<int64_t>(sound.size()));
        const auto rest = std::span<const float>(sound).subspan(static_cast<size_t>(offset));
        const auto answer = askVisqol(*reference, rest.first(std::min(rest.size(), reference->size())), rateHz);
        figures.set("score.visqol_mos_lqo", answer.mosLqo, answer.whyNot, visqolFigure);
    }
    else
    {
        figures.setNotMeasured("score.visqol_mos_lqo", whyNot, visqolFigure);
    }
    sound = {};
}

void ScoreMeasurement::addNone(FigureSet& figures)
{
    constexpr std::string_view whyNot = "nobody said what was sent: --reference FILE";
    addScore(figures, std::nullopt, whyNot);
    figures.setNotMeasured("score.visqol_mos_lqo", whyNot, visqolFigure);
}

} // namespace mw
