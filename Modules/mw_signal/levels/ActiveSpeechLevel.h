#pragma once

#include <mw_core/mw_core.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace mw
{

/** What ActiveSpeechLevel found. Linear values, full scale = 1.0. */
struct ActiveSpeechReading
{
    double rms = 0.0;       ///< active speech level: RMS over the active time
    double activity = 0.0;  ///< activity factor: share of the time that is active, 0…1
    double threshold = 0.0; ///< of the envelope, that the activity rests on: 15.9 dB below the active speech level

    [[nodiscard]] double levelDbm0(Law law) const noexcept { return dbm0FromRms(rms, law); }
};

/** What is heard in the pauses of speech. */
struct PauseNoise
{
    double rms = 0.0;      ///< over the pauses, full scale = 1.0; 0: they are digital silence
    double seconds = 0.0;  ///< of pause that were measured [s]
};

/** Active speech level to ITU-T P.56, method B ("speech voltmeter"), and the noise in the pauses.

    Method: |x| is smoothed twice with a time constant of 30 ms; for each of a row of thresholds the time is counted for which the
    envelope is at or above it, each time extended by a hangover of 200 ms. All energy over that time is the level that goes
    with a threshold; the active speech level is the one that lies 15.9 dB above its own threshold, interpolated between two
    thresholds. P.56 spaces them 6 dB apart; here they are 0.5 dB apart, so that interpolation adds less than 0.05 dB.
    The optional band filter of P.56 is not applied: energy of all frequencies counts, a constant too.

    Pauses: 20 ms windows that lie more than 200 ms behind and 60 ms before any envelope at or above the final threshold;
    `pauses()` is the RMS over these.

    Constants: read in public implementations of ITU-T G.191's speech voltmeter (time constant 0.03 s, hangover 0.2 s, margin 15.9 dB);
    P.56 itself says that instruments agree within ±1 dB.

    Depends on the samples alone, never on block sizes. A sample that is not finite counts as 0. One thread at a time; process()
    takes no memory. */
class ActiveSpeechLevel
{
public:
    static constexpr double timeConstantMs = 30.0;   ///< [ms]
    static constexpr double hangoverMs = 200.0;      ///< [ms]
    static constexpr double marginDb = 15.9;         ///< [dB]
    static constexpr double stepDb = 0.5;            ///< between thresholds [dB]
    static constexpr double lowestDbfs = -110.0;     ///< lowest threshold, 20 log of the envelope, full scale = 1.0 [dB]
    static constexpr int pauseWindowMs = 20;         ///< [ms]
    static constexpr double minPauseSeconds = 0.5;   ///< fewer pauses are not measured [s]

    /** Forgets everything. @param sampleRateHz 8000…192000 [Hz] @returns false (and stays as it was) for another rate */
    bool prepare(double sampleRateHz) noexcept;

    /** Takes samples in (full scale = 1.0), any number at a time. */
    void process(std::span<const float> block) noexcept;

    /** @returns nothing when no energy came, or when it lies too low for the lowest threshold (RMS below −94 dBov) */
    [[nodiscard]] std::optional<ActiveSpeechReading> reading() const noexcept;

    /** @returns nothing when there are less than 0.5 s of pauses, or no active speech */
    [[nodiscard]] std::optional<PauseNoise> pauses() const noexcept;

    /** Samples taken in. */
    [[nodiscard]] uint64_t samples() const noexcept { return taken; }

private:
    static constexpr size_t thresholds = static_cast<size_t>(-lowestDbfs / stepDb) + 1;  ///< up to full scale
    static constexpr size_t windowsBefore = 10, windowsAfter = 3;                        ///< of 20 ms: 200 and 60 ms
    static constexpr size_t windowsHeld = windowsBefore + 1 + windowsAfter;

    struct Window
    {
        double squares = 0.0;
        size_t highest = 0;  ///< thresholds that the envelope reached in it
    };

    void follow(double magnitude) noexcept;
    void closeWindow() noexcept;

    double rateHz = 0.0, smoothing = 0.0;
    uint64_t hangover = 0, taken = 0;  ///< [samples]
    double once = 0.0, twice = 0.0;    ///< |x| smoothed
    double squares = 0.0;

    // Place 0 stands for "below all thresholds", place k for "at or above threshold k − 1 and no higher".
    std::array<double, thresholds> levels {};            ///< of the thresholds
    std::array<uint64_t, thresholds + 1> lastAt {};      ///< when the envelope was last in that place [samples, from 1]
    std::array<uint64_t, thresholds + 1> heldAt {};      ///< samples for which that place was the highest, hangover included
    size_t place = 0, held = 0;

    Window window;                                       ///< being filled
    uint64_t windowFrames = 0, windowFill = 0, windowCount = 0;
    std::array<Window, windowsHeld> recent {};           ///< a ring
    std::array<double, thresholds + 1> pauseSquares {};  ///< of windows around which nothing higher was
    std::array<uint64_t, thresholds + 1> pauseWindows {};
};

} // namespace mw
