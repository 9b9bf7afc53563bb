#pragma once

#include "DtmfSequence.h"
#include "SamplePhase.h"

#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** Frequencies of a DTMF digit [Hz] (ITU-T Q.23). */
struct DtmfTones
{
    double lowHz = 0.0;
    double highHz = 0.0;
};

/** @param digit 0-9 A-D * #; anything else gives 0 and 0. */
[[nodiscard]] DtmfTones dtmfTonesOf(char digit) noexcept;

/** The digit at a row (0: 697 Hz … 3: 941 Hz) and a column (0: 1209 Hz … 3: 1633 Hz). */
[[nodiscard]] char dtmfDigitAt(int row, int column) noexcept;

/** The low and high group of ITU-T Q.23 [Hz]. */
inline constexpr double dtmfLowGroupHz[4] = { 697.0, 770.0, 852.0, 941.0 };
inline constexpr double dtmfHighGroupHz[4] = { 1209.0, 1336.0, 1477.0, 1633.0 };

/** Plays DTMF sequences, sample-exact.

    Timing: a boundary that lies at t ms from the first sample of the sequence falls on sample round(t × rate / 1000). The
    remainder is carried from boundary to boundary, so a loop does not drift, however long it runs. Output is bit-identical
    however a stretch of time is cut into blocks.

    Shape: both tones start at phase 0 with each digit; its first and last 2 ms are raised-cosine edges, inside the on time.
    Frequencies are exact to better than 10^-9; products of the synthesis are those of rounding to float (below −140 dB).

    Replacement: play() and stop() act on the next sample rendered. A digit that sounds at that moment is faded out by a
    raised cosine of 2 ms, on top of which the new sequence starts at once. So a new sequence has its own exact timing, no
    step is heard, and any number of replacements inside 2 ms stays bounded: the tails are summed into one buffer.

    Not thread-safe: all calls come from one thread at a time (the audio region). Only prepare() takes memory. */
class DtmfOscillator
{
public:
    static constexpr double edgeMs = 2.0;  ///< length of each raised-cosine edge [ms]

    /** Takes memory, silences everything and sets digitsStarted() to 0. @param sampleRateHz 8000…192000; boundaries are
        computed from it rounded to 0.001 Hz
        @returns false (and stays as it was) for a rate out of range or not finite. Not in the audio region. */
    bool prepare(double sampleRateHz);

    /** Replaces what plays, whole, from the next sample rendered on. The empty sequence is silence (finding 2).
        @returns false, and nothing changes, when a value is out of range (see DtmfSettings::check) or before prepare() */
    bool play(const DtmfSettings& settings) noexcept;

    /** Ends the sequence as a key does that is let go: the digit that sounds ends with its edge, at once or when it lasted
        `leastMs`, and not beyond its own on time. In a pause the sequence is over. @param leastMs [ms] */
    void release(int leastMs) noexcept;

    /** Fades out the digit that sounds and ends the sequence. */
    void stop() noexcept;

    /** Overwrites the block, full scale = 1.0. */
    void render(std::span<float> block) noexcept;

    /** Adds to the block. */
    void add(std::span<float> block) noexcept;

    /** Moves time on by any number of samples as render() would, without making them: a closed strip keeps its place in
        the sequence. Costs one step a boundary passed. */
    void skip(uint64_t samples) noexcept;

    /** The digit of the sample rendered last; 0 in a pause, between digits and when nothing plays. */
    [[nodiscard]] char currentDigit() const noexcept { return soundingDigit; }

    /** Digits whose first sample was rendered, since prepare(); a `,` is none. */
    [[nodiscard]] uint32_t digitsStarted() const noexcept { return startedDigits; }

    /** Whether a sequence runs (until the end of the last off time; for ever in a loop) or a replaced digit fades out. */
    [[nodiscard]] bool isPlaying() const noexcept { return segment != Segment::none || tailLeft > 0; }

private:
    enum class Segment : uint8_t { none, on, off, gap };

    void beginSequence() noexcept;
    void beginSegment(Segment next, int durationMs) noexcept;
    void nextSegment() noexcept;
    void beginSymbol() noexcept;
    void fadeOut() noexcept;
    [[nodiscard]] double voiceSample(uint64_t at) noexcept;
    [[nodiscard]] double nextSample() noexcept;
    template <typename Write>
    void run(size_t frames, Write write) noexcept;

    double rateHz = 0.0;
    uint64_t rateMilliHz = 0;
    uint64_t remainder = 0;       ///< of ms × mHz, in millionths of a sample: carried from boundary to boundary
    DtmfSettings playing;
    double lowAmplitude = 0.0, highAmplitude = 0.0;
    SamplePhase low, high;
    Segment segment = Segment::none;
    uint64_t segmentLength = 0, segmentAt = 0;  ///< [samples]
    uint16_t symbolIndex = 0;
    char soundingDigit = 0;
    uint32_t startedDigits = 0;
    std::vector<double> edge;     ///< rising raised cosine, one value a sample
    std::vector<double> tail;     ///< what replaced digits still give, as a ring of one edge
    size_t tailAt = 0, tailLeft = 0;
};

} // namespace mw
