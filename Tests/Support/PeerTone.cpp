#include "PeerTone.h"

#include "FakeLegs.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace mw::test
{

namespace
{
constexpr size_t period = 640;  ///< samples after which the tone repeats: 33 periods
constexpr double loudPower = PeerTone::loud * PeerTone::loud / 2.0;
constexpr double softPower = PeerTone::soft * PeerTone::soft / 2.0;

double hzOf(double pace) { return PeerTone::hz * pace; }

struct Tables
{
    std::array<uint8_t, period> loud {}, soft {};
    std::array<float, 256> decoded {};
    std::array<float, PeerToneEar::blockSamples> cosine {}, sine {};  ///< under a Hann window, phase 0 in the middle

    Tables()
    {
        for (size_t i = 0; i < period; ++i)
        {
            const auto value = std::cos(2.0 * std::numbers::pi * 33.0 * static_cast<double>(i) / period);
            loud[i] = FakePcmuCodec::encodeSample(static_cast<int16_t>(std::lrint(PeerTone::loud * value)));
            soft[i] = FakePcmuCodec::encodeSample(static_cast<int16_t>(std::lrint(PeerTone::soft * value)));
        }
        for (size_t code = 0; code < decoded.size(); ++code)
            decoded[code] = FakePcmuCodec::decodeSample(static_cast<uint8_t>(code));
        constexpr auto length = static_cast<double>(PeerToneEar::blockSamples);
        for (size_t i = 0; i < PeerToneEar::blockSamples; ++i)
        {
            const auto window = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * (static_cast<double>(i) + 0.5) / length);
            const auto angle = 2.0 * std::numbers::pi * PeerTone::hz / PeerTone::rateHz * (static_cast<double>(i) - length / 2.0);
            cosine[i] = static_cast<float>(window * std::cos(angle) * 4.0 / length);
            sine[i] = static_cast<float>(window * std::sin(angle) * 4.0 / length);
        }
    }
};

const Tables& tables()
{
    static const Tables made;
    return made;
}
} // namespace

void PeerTone::speak(std::span<uint8_t> octets, uint64_t firstSample)
{
    const auto& table = tables();
    for (size_t i = 0; i < octets.size(); ++i)
    {
        const auto sample = firstSample + i;
        octets[i] = (sample % markEvery < markLength ? table.soft : table.loud)[sample % period];
    }
}

void PeerToneEar::beginFigures()
{
    figuresSinceBegin = {};
    whole.fill(false);
}

void PeerToneEar::hear(std::span<const uint8_t> octets, double seconds)
{
    if (octets.size() != blockSamples)
        return;
    const auto& table = tables();
    float real = 0.0f, imaginary = 0.0f, energy = 0.0f;
    for (size_t i = 0; i < blockSamples; ++i)
    {
        const auto sample = table.decoded[octets[i]];
        real += sample * table.cosine[i];
        imaginary += sample * table.sine[i];
        energy += sample * sample;
    }
    ++figuresSinceBegin.blocks;
    const auto power = static_cast<double>(energy) / blockSamples;
    noteLevel(power, seconds);
    notePhase(static_cast<double>(real), static_cast<double>(imaginary), seconds);
}

void PeerToneEar::noteLevel(double power, double seconds)
{
    // A mark's end: soft, at most one block between, loud. The power says how much of the last two blocks was soft.
    const auto near = [](double value, double wanted) { return std::abs(value - wanted) < 0.15 * wanted; };
    const auto softShare = [](double value) { return std::clamp((loudPower - value) / (loudPower - softPower), 0.0, 1.0); };
    const auto isBetween = formerPower > 0.9 * softPower && formerPower < 0.87 * loudPower;
    if (blocksHeard >= 2 && near(powerBefore, softPower) && near(power, loudPower) && isBetween)
        noteMark(seconds - 0.020 + 0.020 * (softShare(formerPower) + softShare(power)));
    powerBefore = formerPower;
    formerPower = power;
    ++blocksHeard;
    if (power < 0.01 * loudPower)
        ++figuresSinceBegin.silent;
}

void PeerToneEar::noteMark(double edgeSeconds)
{
    constexpr auto everySeconds = static_cast<double>(PeerTone::markEvery) / PeerTone::rateHz;
    constexpr auto lengthSeconds = static_cast<double>(PeerTone::markLength) / PeerTone::rateHz;
    const auto peerSeconds = edgeSeconds * pace - lengthSeconds;
    const auto late = peerSeconds - std::floor(peerSeconds / everySeconds) * everySeconds;
    const auto formerMarkDelay = markDelay;
    markDelay = 1000.0 * (late < everySeconds / 2.0 ? late : late - everySeconds) / pace;
    haveMark = true;
    ++figuresSinceBegin.marks;
    if (! known)
        return;
    // A loss at the very mark moves it; what the delay does, the next one says too.
    const auto error = std::abs(markDelay - delay);
    const auto jumped = error > 500.0 / hzOf(pace);
    if (jumped && std::abs(markDelay - formerMarkDelay) > 1.0)
    {
        ++figuresSinceBegin.strayMarks;
        return;
    }
    figuresSinceBegin.markErrorMs = std::max(figuresSinceBegin.markErrorMs, std::min(error, std::exchange(formerMarkError, error)));
    if (jumped)
        delay = markDelay;
}

void PeerToneEar::notePhase(double real, double imaginary, double seconds)
{
    const auto level = std::sqrt(real * real + imaginary * imaginary);
    const auto near = [level](double wanted) { return level > 0.96 * wanted && level < 1.042 * wanted; };
    if (! near(PeerTone::loud) && ! near(PeerTone::soft))
    {
        ++figuresSinceBegin.disturbed;
        noteDelay(false);
        return;
    }
    const auto middle = seconds + 0.5 * static_cast<double>(blockSamples) / PeerTone::rateHz;
    const auto expected = PeerTone::hz * pace * middle;  // periods, were there no delay
    const auto heard = std::atan2(-imaginary, real) / (2.0 * std::numbers::pi);
    const auto late = expected - heard;
    const auto periodMs = 1000.0 / hzOf(pace);
    const auto now = (late - std::floor(late)) * periodMs;
    if (! known)
    {
        if (! haveMark)
            return;
        known = true;
        delay = markDelay;
    }
    delay = now + std::round((delay - now) / periodMs) * periodMs;
    noteDelay(true);
}

void PeerToneEar::noteDelay(bool isWhole)
{
    std::shift_right(whole.begin(), whole.end(), 1);
    std::shift_right(delays.begin(), delays.end(), 1);
    whole[0] = isWhole;
    delays[0] = delay;

    // A block beside a disturbed one may hold a little of the same disturbance: it is not measured.
    if (! whole[0] || ! whole[1] || ! whole[2])
        return;
    figuresSinceBegin.leastMs = std::min(figuresSinceBegin.leastMs, delays[1]);
    figuresSinceBegin.mostMs = std::max(figuresSinceBegin.mostMs, delays[1]);
    if (! whole[3])
        return;
    const auto step = std::abs(delays[1] - delays[2]);
    figuresSinceBegin.greatestStepMs = std::max(figuresSinceBegin.greatestStepMs, step);
    if (step > 0.0625)
        ++figuresSinceBegin.steps;
}

} // namespace mw::test
