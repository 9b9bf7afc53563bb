#pragma once

#include "SoundFile.h"

#include <mw_mixer/mw_mixer.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

namespace mw
{

/** Whether a clip begins again at its end. */
enum class Repeat { no, yes };

/** Plays a clip in the mixer's player strip, sample for sample. */
class ClipSource final : public BlockSource
{
public:
    ClipSource(SoundClip clipToPlay, Repeat repeatIt) : ClipSource(std::make_shared<const SoundClip>(std::move(clipToPlay)), repeatIt) {}

    /** A clip that others play as well, or that is played again later. */
    ClipSource(std::shared_ptr<const SoundClip> clipToPlay, Repeat repeatIt)
        : held(std::move(clipToPlay)), clip(*held), repeat(repeatIt)
    {
        finished.store(clip.samples.empty(), std::memory_order_release);
    }

    void render(std::span<float> block, int64_t) noexcept override
    {
        while (! block.empty() && ! finished.load(std::memory_order_relaxed))
        {
            const auto count = std::min(block.size(), clip.samples.size() - position);
            std::copy_n(clip.samples.data() + position, count, block.data());
            block = block.subspan(count);
            position += count;
            if (position == clip.samples.size())
            {
                position = 0;
                finished.store(repeat == Repeat::no, std::memory_order_release);
            }
        }
        std::fill(block.begin(), block.end(), 0.0f);
    }

    [[nodiscard]] bool isFinished() const noexcept override { return finished.load(std::memory_order_acquire); }

private:
    const std::shared_ptr<const SoundClip> held;
    const SoundClip& clip;
    const Repeat repeat;
    size_t position = 0;  ///< audio region only
    std::atomic<bool> finished { false };
};

} // namespace mw
