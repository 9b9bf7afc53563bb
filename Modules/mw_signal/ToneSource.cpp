#include "ToneSource.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mw
{

bool ToneSource::prepare(double sampleRateHz) noexcept
{
    if (! isUsableSampleRate(sampleRateHz))
        return false;
    rateHz = sampleRateHz;
    rampLength = static_cast<uint64_t>(std::llround(sampleRateHz * rampMs / 1000.0));
    rampAt = rampLength;
    startAmplitude = targetAmplitude = 0.0;
    phase = {};
    return true;
}

bool ToneSource::set(double frequencyHz, double levelDbm0, Law law) noexcept
{
    if (! (rateHz > 0.0 && frequencyHz > 0.0 && frequencyHz < rateHz / 2.0))
        return false;
    if (levelDbm0 != silenceDb && ! (levelDbm0 >= minLevelDbm0 && levelDbm0 <= overloadDbm0(law)))
        return false;
    if (! isSounding())
        phase.restart();
    phase.setFrequency(frequencyHz, rateHz);
    rampTo(levelDbm0 == silenceDb ? 0.0 : sineAmplitudeFromDbm0(levelDbm0, law));
    return true;
}

void ToneSource::stop() noexcept { rampTo(0.0); }

/** A target that is set already starts no new ramp, so that set() may be called with every block. */
void ToneSource::rampTo(double amplitude) noexcept
{
    if (amplitude == targetAmplitude)
        return;
    startAmplitude = amplitudeNow();
    targetAmplitude = amplitude;
    rampAt = 0;
}

double ToneSource::amplitudeNow() const noexcept
{
    if (rampAt >= rampLength)
        return targetAmplitude;
    const auto done = 0.5 - 0.5 * std::cos(std::numbers::pi * static_cast<double>(rampAt) / static_cast<double>(rampLength));
    return startAmplitude + (targetAmplitude - startAmplitude) * done;
}

double ToneSource::nextSample() noexcept
{
    const auto sample = amplitudeNow() * phase.sine();
    phase.advance();
    if (rampAt < rampLength)
        ++rampAt;
    return sample;
}

void ToneSource::render(std::span<float> block) noexcept
{
    for (size_t i = 0; i < block.size(); ++i)
    {
        if (! isSounding())
        {
            std::fill(block.begin() + static_cast<std::ptrdiff_t>(i), block.end(), 0.0f);
            return;
        }
        block[i] = static_cast<float>(nextSample());
    }
}

void ToneSource::add(std::span<float> block) noexcept
{
    for (auto& sample : block)
    {
        if (! isSounding())
            return;
        sample += static_cast<float>(nextSample());
    }
}

void ToneSource::skip(uint64_t samples) noexcept
{
    phase.advance(samples);
    rampAt += std::min(samples, rampLength - rampAt);
}

} // namespace mw
