#pragma once

#include "PilotSpec.h"

#include <mw_mixer/mw_mixer.h>

#include <cassert>
#include <memory>
#include <span>
#include <utility>

namespace mw
{

/** A pilot in the mixer's player strip, added to what another player plays there, or alone. It is phase-locked to the engine's
    clock: where the time of a block is not known, there is no pilot in it. It never finishes; whoever waits for the other player's
    end asks that one. */
class PilotPlayer final : public BlockSource
{
public:
    /** Control thread. @param soundToCarry what it is added to, may be null @param sampleRateHz 8000…192000 */
    PilotPlayer(std::shared_ptr<BlockSource> soundToCarry, const PilotSpec& spec, double sampleRateHz, Law law) : sound(std::move(soundToCarry))
    {
        [[maybe_unused]] const auto isSet = pilot.prepare(sampleRateHz) && pilot.set(spec.number, spec.levelDbm0, law);
        assert(isSet);
    }

    void render(std::span<float> block, int64_t timeNs) noexcept override
    {
        if (sound != nullptr && ! sound->isFinished())
            sound->render(block, timeNs);
        else
            std::fill(block.begin(), block.end(), 0.0f);
        if (timeNs != 0)
            pilot.add(block, timeNs);
    }

    [[nodiscard]] bool isFinished() const noexcept override { return false; }

private:
    const std::shared_ptr<BlockSource> sound;
    PilotSource pilot;  ///< audio region, once it is played
};

} // namespace mw
