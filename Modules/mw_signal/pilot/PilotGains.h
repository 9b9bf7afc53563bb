#pragma once

#include "PilotDetector.h"
#include "PilotSteps.h"

#include <memory>
#include <span>
#include <vector>

namespace mw
{

/** Makes one period of a pilot as it is heard: delayed, turned, its lines at amplitude 1, at 8 kHz. */
class PilotReference
{
public:
    explicit PilotReference(const FourierPlan& planToUse) : plan(planToUse), work(planToUse.length()) {}

    /** @param period receives windowFrames samples, of which the first stands for `startNs` [ns] */
    void make(int pilot, double delayS, double angle, int64_t startNs, std::vector<float>& period);

private:
    const FourierPlan& plan;
    std::vector<std::complex<double>> work;
};

/** How much of each of a few known signals is in a short piece of sound: least squares of all at once, so that none is taken
    for another. */
class PilotGains
{
public:
    static constexpr size_t mostReferences = 24;

    /** @param sound the piece @param references as many samples each, at most mostReferences of them
        @returns false when they cannot be told apart in so short a piece */
    bool solve(std::span<const float> sound, std::span<const std::span<const float>> references);

    /** Of the last solve(), by reference. */
    [[nodiscard]] double gain(size_t reference) const noexcept { return gains[reference]; }
    [[nodiscard]] double sigma(size_t reference) const noexcept { return sigmas[reference]; }

private:
    std::vector<double> matrix, gains, sigmas, column;
};

} // namespace mw
