#include "CardFeed.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
constexpr size_t cardPieceFrames = 512;
constexpr double errorSmoothingS = 0.5;    ///< cards call when the system lets them, some ms early or late [s]
constexpr double proportional = 0.1;       ///< [1/s]
constexpr double integralPerS = 0.0025;    ///< [1/s²]: critically damped with the above
constexpr double fillLookS = 2.0;          ///< [s]
constexpr double shiftPerLookMs = 2.0;     ///< [ms]
constexpr double tooMuchMs = 80.0;         ///< left over after every call for a look's time [ms]
constexpr double oldSoundMs = 200.0;      ///< more than this beyond what is wanted comes of a card that stood still [ms]
constexpr size_t scratchFrames = 4096;

double millisecondsOf(double frames, double rateHz) { return 1000.0 * frames / rateHz; }

size_t framesOf(double ms, double rateHz) { return static_cast<size_t>(ms * rateHz / 1000.0); }

double neededMs(const CardFeed::Config& config)
{
    return std::max(CardFeed::latencyMs, 1.5 * millisecondsOf(config.engineBlockFrames, config.engineRateHz)
                                             + millisecondsOf(config.cardBlockFrames, config.cardRateHz) + CardFeed::marginMs);
}

/** Frames at the engine's rate for a piece at the card's. */
size_t piecesInput(const CardFeed::Config& config)
{
    return cardPieceFrames * static_cast<size_t>(config.engineRateHz) / static_cast<size_t>(config.cardRateHz) + 8;
}
} // namespace

CardFeed::CardFeed(const Config& config, std::shared_ptr<SampleFifo> fifo)
    : rateHz(config.engineRateHz),
      targetFrames(framesOf(neededMs(config), rateHz)),
      blockFrames(static_cast<size_t>(config.engineBlockFrames)),
      pieceFrames(cardPieceFrames),
      marginFrames(marginMs * rateHz / 1000.0),
      samples(std::move(fifo)),
      fine(piecesInput(config)),
      resampler(config.engineRateHz, config.cardRateHz, std::max(piecesInput(config), cardPieceFrames), ResamplerQuality::medium),
      taken(std::max(FineResampler::mostInputFramesFor(piecesInput(config)), scratchFrames)),
      atEngineRate(piecesInput(config))
{
    fine.engage();
}

double CardFeed::position() const noexcept { return static_cast<double>(takenFrames) - fine.heldFrames(); }

void CardFeed::begin(int64_t nowNs) noexcept
{
    // What is beyond the wanted delay is old sound.
    for (auto fill = samples->available(); fill > targetFrames + blockFrames / 2; fill = samples->available())
        takenFrames += samples->read(std::span(taken).first(std::min(fill - targetFrames - blockFrames / 2, taken.size())));
    isPlaying = true;
    beganNs = steeredNs = watchedNs = nowNs;
    beganAt = position();
    error = 0.0;
    leastLeft = 1e9;
}

void CardFeed::steer(int64_t nowNs) noexcept
{
    const auto elapsedS = static_cast<double>(nowNs - steeredNs) * 1e-9;
    steeredNs = nowNs;
    if (elapsedS <= 0.0)
        return;
    const auto due = beganAt + rateHz * static_cast<double>(nowNs - beganNs) * 1e-9;
    const auto seen = (due - position()) / rateHz;
    error += (seen - error) * std::min(1.0, elapsedS / errorSmoothingS);
    constexpr auto most = mostCorrectionPpm * 1e-6;
    integral = std::clamp(integral + integralPerS * error * elapsedS, -most, most);
    const auto ppm = std::clamp(proportional * error + integral, -most, most) * 1e6;
    fine.setRatio(ppm);
    correctionNowPpm.store(ppm, std::memory_order_relaxed);
}

void CardFeed::watchFill(int64_t nowNs) noexcept
{
    leastLeft = std::min(leastLeft, static_cast<double>(samples->available()));
    if (static_cast<double>(nowNs - watchedNs) * 1e-9 < fillLookS)
        return;
    watchedNs = nowNs;
    const auto shift = rateHz * shiftPerLookMs / 1000.0;
    if (leastLeft < marginFrames / 2.0)
        beganAt -= shift;
    else if (leastLeft > rateHz * tooMuchMs / 1000.0)
        beganAt += shift;
    leastLeft = 1e9;
}

bool CardFeed::renderPiece(std::span<float> out) noexcept
{
    const auto middle = std::span(atEngineRate).first(resampler.inputFramesFor(out.size()));
    const auto wanted = fine.inputFramesFor(middle.size());
    if (samples->available() < wanted)
        return false;
    const auto input = std::span(taken).first(wanted);
    takenFrames += samples->read(input);
    fine.process(input, middle);
    resampler.process(middle, out);
    return true;
}

void CardFeed::render(std::span<float> out, int64_t nowNs) noexcept
{
    const auto available = samples->available();
    const auto wanted = targetFrames - blockFrames / 2;
    // A card that stood still comes back to a second of old sound.
    if ((! isPlaying && available >= wanted) || (isPlaying && available > targetFrames + 4 * blockFrames + framesOf(oldSoundMs, rateHz)))
        begin(nowNs);
    if (isPlaying)
        steer(nowNs);
    delayNowMs.store(millisecondsOf(static_cast<double>(samples->available()) + fine.heldFrames(), rateHz) + resampler.delayMs(), std::memory_order_relaxed);

    for (size_t at = 0; at < out.size();)
    {
        const auto piece = out.subspan(at, std::min(out.size() - at, pieceFrames));
        if (isPlaying && ! renderPiece(piece))
        {
            underrunCount.fetch_add(1, std::memory_order_relaxed);
            isPlaying = false;
        }
        if (! isPlaying)
        {
            std::fill(out.begin() + static_cast<std::ptrdiff_t>(at), out.end(), 0.0f);
            break;
        }
        at += piece.size();
    }
    if (isPlaying)
        watchFill(nowNs);
}

} // namespace mw
