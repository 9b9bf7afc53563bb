#include "PilotSource.h"

#include "../SamplePhase.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mw
{

namespace
{
/** After so many turns the phases are set anew from the time, so that rounding does not add up. */
constexpr size_t pilotPieceFrames = 512;
} // namespace

bool PilotSource::prepare(double sampleRateHz) noexcept
{
    if (! isUsableSampleRate(sampleRateHz))
        return false;
    rateHz = sampleRateHz;
    pilot = 0;
    amplitude = 0.0;
    return true;
}

bool PilotSource::set(int number, double levelDbm0, Law law) noexcept
{
    const auto fits = levelDbm0 == silenceDb || (levelDbm0 >= minLevelDbm0 && levelDbm0 <= maxLevelDbm0);
    if (! (rateHz > 0.0) || ! PilotPlan::isNumber(number) || ! fits)
        return false;
    pilot = number;
    amplitude = rmsFromDbm0(levelDbm0, law) * std::sqrt(2.0 / PilotPlan::lineCount);
    const auto& lines = PilotPlan::linesOf(number);
    stepCosine.fill(1.0);
    stepSine.fill(0.0);
    for (size_t i = 0; i < lines.size(); ++i)
    {
        const auto turn = 2.0 * std::numbers::pi * PilotPlan::frequencyHz(lines[i].multiple) / rateHz;
        stepCosine[i] = std::cos(turn);
        stepSine[i] = std::sin(turn);
    }
    return true;
}

void PilotSource::aim(int64_t timeNs) noexcept
{
    cosine.fill(0.0);
    sine.fill(0.0);
    const auto& lines = PilotPlan::linesOf(pilot);
    for (size_t i = 0; i < lines.size(); ++i)
    {
        const auto angle = 2.0 * std::numbers::pi * (PilotPlan::cyclesAt(lines[i].multiple, timeNs) + lines[i].phase);
        cosine[i] = amplitude * std::cos(angle);
        sine[i] = amplitude * std::sin(angle);
    }
}

void PilotSource::add(std::span<float> block, int64_t firstSampleNs) noexcept
{
    if (amplitude == 0.0)
        return;
    for (size_t done = 0; done < block.size();)
    {
        aim(firstSampleNs + std::llround(static_cast<double>(done) * 1.0e9 / rateHz));
        const auto piece = block.subspan(done, std::min(pilotPieceFrames, block.size() - done));
        for (auto& sample : piece)
        {
            std::array<double, lanes> sums {};
            for (size_t i = 0; i < width; i += lanes)
                for (size_t lane = 0; lane < lanes; ++lane)
                {
                    const auto at = i + lane;
                    const auto c = cosine[at], s = sine[at];
                    sums[lane] += c;
                    cosine[at] = c * stepCosine[at] - s * stepSine[at];
                    sine[at] = s * stepCosine[at] + c * stepSine[at];
                }
            double sum = 0.0;
            for (const auto part : sums)
                sum += part;
            sample += static_cast<float>(sum);
        }
        done += piece.size();
    }
}

void PilotSource::render(std::span<float> block, int64_t firstSampleNs) noexcept
{
    std::fill(block.begin(), block.end(), 0.0f);
    add(block, firstSampleNs);
}

} // namespace mw
