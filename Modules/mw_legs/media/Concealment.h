#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** Sound in place of packets that are missing, for codecs that cannot make it themselves: the last 20 ms are repeated and
    fade to silence within 60 ms. Every joint is a short crossfade, so that none clicks. Also the crossfades around codecs
    that do conceal, and around dropped sound. Media thread; memory is taken by the constructor only. */
class Concealment
{
public:
    /** @param sampleRateHz of the codec [Hz] */
    explicit Concealment(int sampleRateHz);

    /** Takes note of sound that was really received. */
    void remember(std::span<const int16_t> pcm) noexcept;

    /** Makes the next samples: a faded repetition, at last silence. */
    void fill(std::span<int16_t> pcm) noexcept;

    /** Fades what a codec made up, so that a long gap ends in silence: full for 60 ms, gone after 120 ms. */
    void fadeCodecMade(std::span<int16_t> pcm) noexcept;

    /** Joins real sound to what fill() made before; the first samples become a crossfade. Ends the concealment. */
    void joinTo(std::span<int16_t> pcm) noexcept;

    /** Real sound follows what a codec made up: nothing to be joined. */
    void end() noexcept;

    /** Whether fill() made the last samples. */
    [[nodiscard]] bool isActive() const noexcept { return active; }

    /** Whether fill() and fadeCodecMade() would only give silence now. */
    [[nodiscard]] bool isFadedOut() const noexcept { return made >= 2 * fadeSamples; }

    /** Crossfades into `pcm` from `former`, which would have come instead; over at most 5 ms. */
    void crossfade(std::span<const int16_t> former, std::span<int16_t> pcm) const noexcept;

    /** Length of a crossfade between dropped and kept sound [samples]: 5 ms. */
    [[nodiscard]] size_t crossfadeSamples() const noexcept { return static_cast<size_t>(seamSamples); }

    /** Forgets everything: a new stream. */
    void reset() noexcept;

private:
    int16_t next() noexcept;

    const int fadeSamples, joinSamples, seamSamples;
    std::vector<int16_t> history;  ///< the last 20 ms received, in order of time
    size_t known = 0;              ///< samples of it that were received
    int made = 0;                  ///< samples made since the last real one
    bool active = false;
};

} // namespace mw
