#pragma once

#include "SoundMeasurement.h"

#include <cmath>
#include <cstdint>
#include <vector>

namespace mw
{

/** Tells when a sample was taken in, by the engine's clock, also where blocks were given up between: a stall costs one entry.
    One thread at a time. */
class SoundClock
{
public:
    /** The next block of a measurement's sound. @param frames in it */
    void take(const SoundTime& first, size_t frames)
    {
        if (first.engineNs == 0 || ! (first.engineSampleRateHz > 0.0))
            known = false;
        else if (entries.empty() || std::abs(static_cast<double>(first.engineNs - timeOf(taken, first.engineSampleRateHz))) > stepNs)
            entries.push_back({ taken, first.engineNs });
        taken += frames;
        rateHz = first.engineSampleRateHz;
    }

    /** Engine clock of a moment. @param seconds of sound taken in before it @returns 0 when the time is not known [ns] */
    [[nodiscard]] int64_t timeNsOf(double seconds) const
    {
        return known && ! entries.empty() ? timeOf(static_cast<uint64_t>(std::llround(std::max(0.0, seconds) * rateHz)), rateHz) : 0;
    }

private:
    static constexpr double stepNs = 500'000.0;  ///< a deviation above this is a step of the clock

    struct Entry
    {
        uint64_t sample = 0;
        int64_t timeNs = 0;
    };

    [[nodiscard]] int64_t timeOf(uint64_t sample, double hz) const
    {
        auto entry = entries.rbegin();
        while (entry + 1 != entries.rend() && entry->sample > sample)
            ++entry;
        return entry->timeNs + std::llround((static_cast<double>(sample) - static_cast<double>(entry->sample)) * 1.0e9 / hz);
    }

    std::vector<Entry> entries;
    uint64_t taken = 0;
    double rateHz = 0.0;
    bool known = true;
};

} // namespace mw
