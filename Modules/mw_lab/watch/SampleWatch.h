#pragma once

#include <mw_mixer/mw_mixer.h>

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace mw
{

/** The latest sound at a point of the mixer, for eyes: a tap that is emptied by whoever looks, and taken away with this object.
    The tap holds two seconds, so that a look that comes late costs nothing. Control thread. */
class SampleWatch
{
public:
    static constexpr double tapSeconds = 2.0;

    /** @param mixer must outlive this @param samplesKept of the latest sound, 1 or more */
    SampleWatch(MixerProcessor& mixer, TapPoint point, size_t samplesKept, TapUse use = TapUse::spectrum);
    ~SampleWatch();
    SampleWatch(const SampleWatch&) = delete;
    SampleWatch& operator=(const SampleWatch&) = delete;

    [[nodiscard]] TapPoint point() const noexcept { return tapped; }

    /** Takes what came since the last time, at most what the tap holds. @returns how many samples that was */
    size_t look();

    /** The latest samples, oldest first; silence before the first. Valid until the next look(). */
    [[nodiscard]] std::span<const float> latest() const noexcept { return kept; }

    /** Samples that look() took so far. */
    [[nodiscard]] uint64_t taken() const noexcept { return total; }

private:
    MixerProcessor& mixer;
    const TapPoint tapped;
    const TapUse use;
    std::shared_ptr<SampleFifo> fifo;
    std::vector<float> kept, fresh;
    uint64_t total = 0;
};

} // namespace mw
