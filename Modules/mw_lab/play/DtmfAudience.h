#pragma once

#include "../Engine.h"

namespace mw
{

/** Who hears the DTMF strip: everybody as the mixer's mode says, or one leg alone. One leg alone takes a cell of the
    who-hears-whom matrix on each channel, so that a leg that comes later does not hear it either; they are cleared when
    everybody hears it again, or when this goes. Control thread. */
class DtmfAudience
{
public:
    /** @param engineToUse must outlive this */
    explicit DtmfAudience(Engine& engineToUse) : engine(engineToUse) {}
    ~DtmfAudience();
    DtmfAudience(const DtmfAudience&) = delete;
    DtmfAudience& operator=(const DtmfAudience&) = delete;

    /** @returns an error when there is no such call, or the mixer has no room for so many cells, and then everybody hears it */
    [[nodiscard]] Result<void> only(LegId leg);

    /** Harmless when it is so already. */
    void everybody();

    /** The leg that alone hears it; 0: everybody. A leg that is over gives its place to everybody, with the next call of this. */
    [[nodiscard]] LegId leg();

private:
    Engine& engine;
    LegId alone = 0;
};

} // namespace mw
