#include "ActiveSpeechLevel.h"

#include "../SamplePhase.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mw
{

bool ActiveSpeechLevel::prepare(double sampleRateHz) noexcept
{
    if (! isUsableSampleRate(sampleRateHz))
        return false;
    *this = {};
    rateHz = sampleRateHz;
    smoothing = std::exp(-1000.0 / (timeConstantMs * sampleRateHz));
    hangover = static_cast<uint64_t>(std::ceil(hangoverMs * sampleRateHz / 1000.0));
    windowFrames = static_cast<uint64_t>(std::llround(sampleRateHz * pauseWindowMs / 1000.0));
    for (size_t i = 0; i < thresholds; ++i)
        levels[i] = gainFromDb(lowestDbfs + stepDb * static_cast<double>(i));
    return true;
}

void ActiveSpeechLevel::process(std::span<const float> block) noexcept
{
    if (windowFrames == 0)
        return;
    for (const auto sample : block)
    {
        const auto magnitude = std::isfinite(sample) ? std::abs(static_cast<double>(sample)) : 0.0;
        const auto square = magnitude * magnitude;
        squares += square;
        window.squares += square;
        follow(magnitude);
        if (++windowFill == windowFrames)
            closeWindow();
    }
}

void ActiveSpeechLevel::follow(double magnitude) noexcept
{
    ++taken;
    once = smoothing * once + (1.0 - smoothing) * magnitude;
    twice = smoothing * twice + (1.0 - smoothing) * once;
    // The tail of an exponential would end in denormal numbers, which cost time and mean nothing (below −300 dB).
    if (once < 1e-30)
        once = 0.0;
    if (twice < 1e-30)
        twice = 0.0;

    // The envelope moves slowly, so its place among the thresholds is found from the last one.
    while (place < thresholds && twice >= levels[place])
        ++place;
    while (place > 0 && twice < levels[place - 1])
        --place;
    lastAt[place] = taken;

    if (place >= held)
        held = place;
    else
        while (held > place && (lastAt[held] == 0 || taken - lastAt[held] > hangover))
            --held;
    ++heldAt[held];
    window.highest = std::max(window.highest, place);
}

void ActiveSpeechLevel::closeWindow() noexcept
{
    recent[windowCount % windowsHeld] = std::exchange(window, {});
    windowFill = 0;
    ++windowCount;
    if (windowCount <= windowsAfter)
        return;
    size_t highest = 0;
    for (size_t i = 0; i < std::min<uint64_t>(windowCount, windowsHeld); ++i)
        highest = std::max(highest, recent[i].highest);
    pauseSquares[highest] += recent[(windowCount - 1 - windowsAfter) % windowsHeld].squares;
    ++pauseWindows[highest];
}

std::optional<ActiveSpeechReading> ActiveSpeechLevel::reading() const noexcept
{
    if (! (squares > 0.0))
        return std::nullopt;

    // From the lowest threshold up: the level over the active time rises more slowly than the threshold does.
    uint64_t active = taken - heldAt[0];
    double levelBelow = 0.0, distanceBelow = 0.0;
    for (size_t i = 0; i < thresholds && active > 0; ++i)
    {
        const auto thresholdDb = lowestDbfs + stepDb * static_cast<double>(i);
        const auto levelDb = 10.0 * std::log10(squares / static_cast<double>(active));
        const auto distance = levelDb - thresholdDb;
        if (distance <= marginDb)
        {
            if (i == 0)
                return std::nullopt;
            const auto share = (distanceBelow - marginDb) / (distanceBelow - distance);
            const auto activeDb = levelBelow + share * (levelDb - levelBelow);
            ActiveSpeechReading found;
            found.rms = gainFromDb(activeDb);
            found.activity = std::min(1.0, squares / static_cast<double>(taken) / (found.rms * found.rms));
            found.threshold = gainFromDb(activeDb - marginDb);
            return found;
        }
        levelBelow = levelDb;
        distanceBelow = distance;
        active -= heldAt[i + 1];
    }
    return std::nullopt;
}

std::optional<PauseNoise> ActiveSpeechLevel::pauses() const noexcept
{
    const auto speech = reading();
    if (! speech.has_value())
        return std::nullopt;
    double pauseEnergy = 0.0;
    uint64_t windows = 0;
    for (size_t i = 0; i < thresholds && levels[i] <= speech->threshold; ++i)
    {
        pauseEnergy += pauseSquares[i];
        windows += pauseWindows[i];
    }
    const auto frames = static_cast<double>(windows * windowFrames);
    if (frames < minPauseSeconds * rateHz)
        return std::nullopt;
    return PauseNoise { std::sqrt(pauseEnergy / frames), frames / rateHz };
}

} // namespace mw
