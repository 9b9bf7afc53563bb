#pragma once

#include "../pilot/PilotSpec.h"
#include "FigureExpectation.h"
#include "SoundMeasurement.h"

#include <mw_mixer/mw_mixer.h>

#include <string>
#include <vector>

namespace mw
{

/** Who is heard on a leg, at what level, how late and since when, by the pilots that sources send: the figures `hears.*`, `pilot.*`,
    `delay.*`, `drift.pilot_ppm`, `echo.*`, `steps.*` and the tables "pilots" (one row a pilot), "delays" (two a second and pilot),
    "steps" and "breaks".

    A delay is from the tick in which a source made the sound to the tick in which this leg's sound was taken in: encoding, network,
    jitter buffer, mixers and resamplers between are in it, the length of the source's own packets is not. It is right where both ends
    read one clock: on one machine. */
class PilotMeasurement final : public SoundMeasurement
{
public:
    struct Config
    {
        PilotNames names;
        std::vector<int> expected;  ///< pilots that are told of also when they were not heard, beside those with a name
        PilotSpec own;              ///< what this side sends on the leg; number 0: nothing
        size_t mostReadings = PilotReceiver::maxReadings;  ///< in the table "delays", as it is kept; figures count all
    };

    /** Pilots that expectations speak of, as `hears.NAME` and the like.
        @returns an error for a name that no pilot has */
    [[nodiscard]] static Result<std::vector<int>> expectedPilots(const std::vector<FigureExpectation>& expectations, const PilotNames& names);

    /** @param sampleRateHz a whole multiple of 8000 [Hz] @param law what 0 dBm0 means */
    PilotMeasurement(int sampleRateHz, Law law, Config config);

    void process(std::span<const float> block, const SoundTime& first) override;
    void finish(FigureSet& figures) override;

    /** From so many windows on a pilot that was not heard was not there: every one was looked for twice by then. */
    static constexpr uint64_t enoughWindows = 8;

private:
    struct Heard
    {
        int number = 0;
        PilotSummary summary;
    };

    [[nodiscard]] double secondsAt(int64_t timeNs) const noexcept { return 1.0e-9 * static_cast<double>(timeNs - firstNs); }
    [[nodiscard]] std::string whyNotHeard(const PilotSummary& summary) const;
    void addHears(FigureSet& figures, const std::vector<Heard>& heard) const;
    void addOne(FigureSet& figures, const std::string& name, int number) const;
    void addDelays(FigureSet& figures, const std::vector<Heard>& heard) const;
    void addDrift(FigureSet& figures, const std::vector<Heard>& heard) const;
    void addEcho(FigureSet& figures) const;
    void addSteps(FigureSet& figures) const;
    void addTables(FigureSet& figures, const std::vector<Heard>& heard) const;

    const Law law;
    const Config config;
    const std::string dbm0;      ///< reference of levels
    PilotReceiver receiver;
    int64_t firstNs = 0;         ///< of the first sample
    bool hasSound = false, knowsTime = true;
};

} // namespace mw
