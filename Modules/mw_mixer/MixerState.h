#pragma once

#include "MixerTypes.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mw
{

/** Everything that a saved mixer holds: faders, mode, roles, trims and cells; not which legs are active, for they are calls.
    A plain value of the control threads. Gains are kept gains (see keptGainDb). */
struct MixerState
{
    static constexpr int version = 1;
    static constexpr size_t maxBytes = size_t { 16 } << 20;  ///< of the text; a full one is below 8 MiB

    struct Strip
    {
        double gainDb = 0.0;
        bool muted = false, soloed = false;
        double trimDb = 0.0;
        LegRole role = LegRole::source;  ///< legs only
        bool operator==(const Strip&) const = default;
    };

    /** Defaults for a mixer of a size. */
    explicit MixerState(int maxLegs);

    int legCount = 0;
    double masterInGainDb = 0.0, outputGainDb = 0.0;
    bool dtmfOn = true;
    MixMode mode = MixMode::conference;
    bool funnelReturn = false;
    std::vector<Strip> strips;                         ///< legs, then house strips; the DTMF strip's gain is dtmfGain
    std::map<std::pair<int, int>, double> cells;       ///< (hearing leg, strip) → gain [dB]

    bool operator==(const MixerState&) const = default;

    /** As text: one line "milliwatt-mixer-state VERSION BYTES CRC32", then as many bytes of JSON. Only what differs from the
        defaults is written for strips. */
    [[nodiscard]] std::string encode() const;

    /** Reads it back for a mixer of `maxLegs` legs. Size, version, checksum, nesting, every type, range and index are checked.
        @returns the state whole, or what is wrong with the text (wrong use) */
    [[nodiscard]] static Result<MixerState> decode(const void* data, size_t bytes, int maxLegs);
};

} // namespace mw
