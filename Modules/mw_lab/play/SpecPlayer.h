#pragma once

#include "../Roles.h"
#include "ClipSource.h"

#include <memory>

namespace mw
{

/** What plays a spec in the player strip. Loads files and makes sweeps and noise, so it takes memory and time; control thread.
    @param spec whose digits have their timing and level already
    @returns null for what other strips play: silence, and a tone or digits without a length of their own; an error that names what
    cannot be played at this rate, or would clip, and the remedy */
[[nodiscard]] Result<std::shared_ptr<BlockSource>> makeSpecPlayer(const PlaySpec& spec, int sampleRateHz, Law law, Repeat repeat);

} // namespace mw
