#pragma once

#include "FigureSet.h"

#include <cstdint>
#include <span>

namespace mw
{

/** Where a block of sound stands in time. */
struct SoundTime
{
    uint64_t sample = 0;     ///< of its first sample, counting all samples that were tapped, lost ones included
    int64_t engineNs = 0;    ///< engine clock of its first sample: the deadline of the tick that took it, and on from there [ns]; 0: not known
    double engineSampleRateHz = 0.0;  ///< samples a second of that clock [Hz]
};

/** Something that is measured of one leg's sound while the call lasts. LegAnalyser feeds it on the recorder thread and
    finishes it on control, one after the other; it may take memory and time, within the analysis' share of a core. */
class SoundMeasurement
{
public:
    virtual ~SoundMeasurement() = default;

    /** The next samples, full scale = 1.0, in order, of any length. A jump of `first.sample` beyond the former block's end means
        that samples were missed between. */
    virtual void process(std::span<const float> block, const SoundTime& first) = 0;

    /** The call is over: adds its figures, those that could not be measured with their reason. Called once. */
    virtual void finish(FigureSet& figures) = 0;
};

} // namespace mw
