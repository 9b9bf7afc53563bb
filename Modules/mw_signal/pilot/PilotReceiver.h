#pragma once

#include "PilotGains.h"
#include "PilotHistory.h"
#include "VoiceBandDecimator.h"

#include <mw_core/mw_core.h>

#include <array>
#include <deque>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mw
{

/** Listens for all 64 pilots at once: who is heard, at what level, how late, since when.

        sound → 8 kHz → windows of 1.024 s, two a second → PilotDetector: level and delay of each pilot
                      → pieces of 5 ms (of 10 or 20 when more than 4 or 8 pilots are heard) → PilotGains → PilotSteps: steps, breaks

    A pilot is heard when one window finds it beyond doubt (PilotDetector: chance at one delay below 10^-14), or three that follow each
    other find it at the same delay (± 1.5 ms), of which the first and the third share no sample. By the chances that PilotDetector reckons
    with, noise makes one of the 64 be heard less than once in 10 000 hours; 30 s of it are tested.
    Tests/mw_signal/PilotTest.cpp holds it to 0.1 dB and 0.05 ms for a clean pilot, 0.2 dB for 64 at once, 1 dB and 0.5 ms beneath noise 15 dB
    louder, 5 ppm of drift in a minute.
    Delays are unambiguous within 1.024 s. Steps and breaks are followed for the 16 strongest pilots.

    Each window costs one transform of 8192, and one of 4096 for each of at most 17 pilots that are looked for: the one of lookAlways(),
    and the others in turn, 16 at a time.
    One thread (the recorder's). Steps and breaks take memory as they come; of the readings the first maxReadings stay in the list, and all of
    them, in bounded memory, in each pilot's history. */
class PilotReceiver
{
public:
    static constexpr size_t windowFrames = PilotDetector::windowFrames;  ///< at 8 kHz
    static constexpr size_t hopFrames = windowFrames / 2;
    static constexpr size_t maxReadings = 500'000;

    /** @param mostReadings in the list */
    explicit PilotReceiver(size_t mostReadings = maxReadings);

    /** Forgets all. @param sampleRateHz a whole multiple of 8 kHz @returns false for another rate */
    bool prepare(double sampleRateHz, Law law = Law::mu);

    /** Looks for this one in every window: what is said of a pilot that is not heard does not hang on a few windows then, in which others may
        just have come or gone. Stays over prepare(). @param number 1…64; 0: none, all take turns */
    void lookAlways(int number) noexcept { always = number; }

    /** @param firstSampleNs absolute time of the block's first sample [ns]; where it does not follow on the block before, windows begin
        anew and none reaches across */
    void process(std::span<const float> block, int64_t firstSampleNs);

    /** Settles what still waits. */
    void finish();

    // Found so far, in the order of time; the owner may take them away. What history() and summary() say does not hang on them.
    std::vector<PilotReading> readings;
    std::vector<PilotStep> steps;
    std::vector<PilotBreak> breaks;

    /** Windows so far, those of silence included. */
    [[nodiscard]] uint64_t windows() const noexcept { return windowsSeen; }

    /** Readings that had no room in the list. */
    [[nodiscard]] uint64_t readingsLeftOut() const noexcept { return leftOut; }

    /** @param number 1…64 */
    [[nodiscard]] const PilotHistory& history(int number) const noexcept { return histories[static_cast<size_t>(number)]; }

    /** Of all readings. @param number 1…64 @param driftSinceNs drift of those from this time on [ns] */
    [[nodiscard]] PilotSummary summary(int number, int64_t driftSinceNs = std::numeric_limits<int64_t>::min()) const;

private:
    static constexpr size_t searchesPerWindow = 16;
    static constexpr int missesToLose = 4;
    static constexpr size_t mostFollowed = 16;
    static constexpr double sureLogChance = -32.0;
    static constexpr int hitsToConfirm = 3;
    static constexpr size_t mostHidden = 4096;

    struct Heard                ///< of one window
    {
        PilotEstimate estimate;
        bool found = false;
    };

    struct Track
    {
        bool known = false;                       ///< found once, not yet lost
        bool confirmed = false;
        int misses = 0;
        std::array<Heard, 3> recent {};           ///< newest first
        int hits = 0;                             ///< windows in a row that found it, until it is confirmed
        std::vector<PilotReading> pending;        ///< of these windows
        std::deque<std::pair<double, double>> delays;  ///< time, delay of the last windows without a jump [s]
        std::unique_ptr<PilotSteps> finder;
        ThinnedValues hiddenRms { mostHidden };   ///< while it is not heard, of the windows in which it was looked for
    };

    void restart();
    void takeWindow();
    void lookFor(int number, bool hasSound, int64_t startNs);
    void hear(int number, std::optional<PilotEstimate> estimate, int64_t startNs);
    void emit(Track& track);
    void miss(int number);
    [[nodiscard]] PilotReading readingOf(int number, const PilotEstimate& estimate, int64_t startNs) const;
    [[nodiscard]] static double slopeOf(const std::deque<std::pair<double, double>>& delays);
    void followGains(size_t fromFrame, size_t toFrame);
    void settleFinders(bool all);
    [[nodiscard]] int64_t timeOf(size_t frame) const noexcept { return baseNs + static_cast<int64_t>(frame) * frameNs; }

    static constexpr int64_t frameNs = 125'000;

    VoiceBandDecimator decimator;
    PilotDetector detector;
    FourierPlan referencePlan;
    PilotReference referenceMaker;
    PilotGains gains;
    Law law = Law::mu;
    double rateHz = 0.0;
    size_t readingLimit;

    std::vector<float> sound;        ///< at 8 kHz since `soundAt`
    size_t soundAt = 0;              ///< frame of its first sample, counted since the last restart
    int64_t baseNs = 0;              ///< absolute time of frame 0
    uint64_t inputFrames = 0;        ///< since the last restart
    bool running = false;            ///< a restart's base is known; recorder thread only
    size_t nextWindow = 0;           ///< frame at which the next window begins
    size_t followedTo = 0;           ///< frame up to which gains were measured
    int nextSearch = 1, always = 0;
    uint64_t windowsSeen = 0, leftOut = 0;
    std::array<PilotHistory, PilotPlan::pilotCount + 1> histories;
    std::array<Track, PilotPlan::pilotCount + 1> tracks;
};

} // namespace mw
