#include "SpecPlayer.h"

#include "../report/Numbers.h"
#include "PlaylistSource.h"
#include "SoundFile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace mw
{

namespace
{

constexpr double highestPlayedShare = 0.49;  ///< of the engine's rate
constexpr double generatedEdgeS = 0.005;     ///< so that a length does not end with a click [s]
constexpr uint64_t playedNoiseSeed = 3;      ///< the same noise in each run; of seeds 1 to 3 the one whose first 2 s are nearest to the level

/** Tones in the player strip, for ever. */
class MultiTonePlayer final : public BlockSource
{
public:
    explicit MultiTonePlayer(const MultiTone& tonesToPlay) : tones(tonesToPlay) {}
    void render(std::span<float> block, int64_t) noexcept override { tones.render(block); }
    [[nodiscard]] bool isFinished() const noexcept override { return false; }

private:
    MultiTone tones;  ///< audio region, once it is played
};

Error cannotPlaySpec(const std::string& what, const std::string& why, const std::string& remedy)
{
    return Error { ExitCode::wrongUse, "play " + what, why, remedy };
}

Result<void> checkPlayedFrequency(double hz, int rateHz)
{
    if (hz <= highestPlayedShare * rateHz)
        return {};
    return cannotPlaySpec("a tone of " + fixedText(hz, 1) + " Hz", "the engine's rate is " + std::to_string(rateHz) + " Hz", "raise the rate");
}

/** Sound whose peaks would be clipped is refused, with the level that it may have. @param peak full scale = 1.0 */
Result<void> checkPlayedPeak(const std::string& what, double levelDbm0, double peak)
{
    if (peak <= 1.0)
        return {};
    return cannotPlaySpec(what + " of " + fixedText(levelDbm0, 2) + " dBm0", "its peaks reach " + fixedText(peak, 2) + " of full scale and would be clipped",
                          "give at most " + fixedText(std::floor(10.0 * (levelDbm0 - dbFromGain(peak))) / 10.0, 1) + " dBm0");
}

PlaylistSource::Piece pieceOfClip(std::vector<float> samples, int rateHz)
{
    const auto length = samples.size();
    return { std::make_shared<ClipSource>(SoundClip { std::move(samples), rateHz }, Repeat::yes), length, 0 };
}

class PieceMaker
{
public:
    PieceMaker(int sampleRateHz, Law lawOfLevels) : rateHz(sampleRateHz), law(lawOfLevels) {}

    /** @returns nothing for what has no sample, such as no digits */
    Result<std::optional<PlaylistSource::Piece>> make(const PlaySpec& spec) const
    {
        switch (spec.kind)
        {
            case PlaySpec::Kind::file:
            {
                auto loaded = loadSoundFile(spec.file, rateHz);
                if (! loaded)
                    return loaded.error();
                return clip(std::move(loaded.value().samples));
            }
            case PlaySpec::Kind::silence: return std::optional(PlaylistSource::Piece { nullptr, samplesOf(spec.seconds), 0 });
            case PlaySpec::Kind::tone: return tones(spec, std::array { spec.frequencyHz });
            case PlaySpec::Kind::multiTone: return tones(spec, spec.frequenciesHz);
            case PlaySpec::Kind::sweep: return sweep(spec);
            case PlaySpec::Kind::noise: return noise(spec);
            case PlaySpec::Kind::dtmf: return digits(spec);
            case PlaySpec::Kind::list: break;
        }
        return std::optional<PlaylistSource::Piece>();
    }

private:
    using Made = Result<std::optional<PlaylistSource::Piece>>;

    [[nodiscard]] uint64_t samplesOf(double seconds) const { return static_cast<uint64_t>(std::llround(seconds * rateHz)); }
    [[nodiscard]] uint64_t edge() const { return samplesOf(generatedEdgeS); }

    [[nodiscard]] Made clip(std::vector<float> samples) const
    {
        if (samples.empty())
            return std::optional<PlaylistSource::Piece>();
        return std::optional(pieceOfClip(std::move(samples), rateHz));
    }

    [[nodiscard]] Made tones(const PlaySpec& spec, std::span<const double> frequenciesHz) const
    {
        for (const auto hz : frequenciesHz)
            if (auto checked = checkPlayedFrequency(hz, rateHz); ! checked)
                return checked.error();
        // Sooner or later the peaks of all coincide.
        const auto peak = sineAmplitudeFromDbm0(spec.levelDbm0, law) * std::sqrt(static_cast<double>(frequenciesHz.size()));
        if (auto checked = checkPlayedPeak(frequenciesHz.size() == 1 ? "a tone" : std::to_string(frequenciesHz.size()) + " tones", spec.levelDbm0, peak); ! checked)
            return checked.error();
        MultiTone sum;
        if (! sum.set(frequenciesHz, spec.levelDbm0, rateHz, law))
            return cannotPlaySpec("tones", "a frequency or the level is out of range", "give 1 to 64 frequencies");
        return std::optional(PlaylistSource::Piece { std::make_shared<MultiTonePlayer>(sum), samplesOf(spec.seconds), edge() });
    }

    [[nodiscard]] Made sweep(const PlaySpec& spec) const
    {
        for (const auto hz : { spec.frequencyHz, spec.toHz })
            if (auto checked = checkPlayedFrequency(hz, rateHz); ! checked)
                return checked.error();
        if (auto checked = checkPlayedPeak("a sweep", spec.levelDbm0, sineAmplitudeFromDbm0(spec.levelDbm0, law)); ! checked)
            return checked.error();
        return clip(logSweep(spec.frequencyHz, spec.toHz, spec.levelDbm0, spec.seconds, rateHz, law));
    }

    [[nodiscard]] Made noise(const PlaySpec& spec) const
    {
        auto period = noisePeriod(spec.colour, spec.levelDbm0, rateHz, playedNoiseSeed, law);
        auto peak = 0.0;
        for (const auto sample : period)
            peak = std::max(peak, std::abs(static_cast<double>(sample)));
        if (auto checked = checkPlayedPeak("noise", spec.levelDbm0, peak); ! checked)
            return checked.error();
        auto piece = pieceOfClip(std::move(period), rateHz);
        piece.samples = samplesOf(spec.seconds);
        piece.edgeSamples = edge();
        return std::optional(std::move(piece));
    }

    [[nodiscard]] Made digits(const PlaySpec& spec) const
    {
        if (auto checked = spec.dtmf.check(); ! checked)
            return checked.error();
        auto settings = spec.dtmf;
        settings.law = law;
        settings.loop = false;
        DtmfOscillator oscillator;
        std::vector<float> samples;
        if (oscillator.prepare(rateHz) && oscillator.play(settings))
            for (std::array<float, 1> one {}; oscillator.isPlaying();)
            {
                oscillator.render(one);
                samples.push_back(one[0]);
            }
        return clip(std::move(samples));
    }

    const int rateHz;
    const Law law;
};

} // namespace

Result<std::shared_ptr<BlockSource>> makeSpecPlayer(const PlaySpec& spec, int sampleRateHz, Law law, Repeat repeat)
{
    if (spec.isOfAnotherStrip())
        return std::shared_ptr<BlockSource>();
    const PieceMaker maker(sampleRateHz, law);
    std::vector<PlaylistSource::Piece> pieces;
    const auto& items = spec.kind == PlaySpec::Kind::list ? spec.list : std::vector { spec };
    for (size_t i = 0; i < items.size(); ++i)
    {
        auto made = maker.make(items[i]);
        if (! made)
        {
            auto error = made.error();
            if (spec.kind == PlaySpec::Kind::list)
                error.what += ", item " + std::to_string(i + 1) + " of the list";
            return error;
        }
        if (made.value().has_value())
            pieces.push_back(std::move(*made.value()));
    }
    return std::shared_ptr<BlockSource>(std::make_shared<PlaylistSource>(std::move(pieces), repeat));
}

} // namespace mw
