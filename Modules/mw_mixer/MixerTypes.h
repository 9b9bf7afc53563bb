#pragma once

#include <mw_signal/mw_signal.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mw
{

/** Who hears whom. */
enum class MixMode : uint8_t
{
    conference,  ///< all hear all but themselves
    funnel,      ///< source legs are summed into the sink legs; the sinks' sound goes back to the sources if asked
    matrix       ///< only the cells that were set
};

/** A leg's part in funnel mode. */
enum class LegRole : uint8_t { source, sink };

/** Sources that live in the processor; each is a strip like a leg and heard as the mode says (in conference: by every leg). */
enum class HouseStrip : uint8_t { dtmf, tone, player };
inline constexpr int houseStripCount = 3;

/** Gains of strips and outputs [dB]: silenceDb (minus infinity) or minGainDb…maxGainDb. */
inline constexpr double minGainDb = -60.0, maxGainDb = 20.0;

/** Something to be done at the start of the next block: a plain value through the command queue. */
struct MixerCommand
{
    enum class Kind : uint8_t
    {
        playDtmf,      ///< `dtmf` replaces what plays; an empty sequence stops it
        stopDtmf,      ///< fades out the digit that plays
        setTone,       ///< house tone: `frequencyHz`, `levelDbm0`; silenceDb turns it off
        setMode,       ///< `mode`, `funnelReturn`
        setLegRole,    ///< `leg`, `role`
        setCell,       ///< `leg` hears `from` (strip index, house strips follow the legs) at `gainDb`, whatever the mode says
        clearCell,     ///< `leg` hears `from` as the mode says again
        setTrim,       ///< strip `leg` (house strips follow the legs), `gainDb`
        setLegActive,  ///< `leg`, `active`: an inactive leg costs nothing and is heard by none
        resetMeters,   ///< clears peak holds and clip latches; counters stay
        pressDtmf,     ///< a key is pressed: as playDtmf, for one digit that ends with releaseDtmf
        releaseDtmf    ///< a key is let go: the digit that sounds ends, when it lasted `dtmf.onMs` or at once
    };

    Kind kind = Kind::stopDtmf;
    DtmfSettings dtmf {};
    double frequencyHz = 1000.0;
    double levelDbm0 = silenceDb;
    double gainDb = 0.0;
    int leg = 0;
    int from = 0;
    MixMode mode = MixMode::conference;
    LegRole role = LegRole::source;
    bool active = false;
    bool funnelReturn = false;
    uint64_t id = 0;         ///< given back in CommandDone
};

/** When a command took effect. */
struct CommandDone
{
    uint64_t id = 0;
    MixerCommand::Kind kind = MixerCommand::Kind::stopDtmf;
    uint64_t samplePosition = 0;  ///< first sample of the block that it took effect in
};

/** One meter's reading; linear values at full scale = 1.0. */
struct MeterReading
{
    float rms = 0.0f;          ///< 300 ms integration (IEC 60268-18 convention)
    float peak = 0.0f;         ///< sample peak, falling 20 dB in 1.7 s
    float peakHold = 0.0f;     ///< highest sample of the last 20 s
    bool clipLatched = false;  ///< a clipped sample came since the last resetMeters
    uint64_t clippedSamples = 0;  ///< samples at or above full scale, since start (of a leg: since it became active)
};

/** One strip and, when it is a leg, its output. */
struct StripRow
{
    int index = 0;                ///< leg 0…maxLegs−1, then the house strips in order
    float gainDb = 0.0f;          ///< what it is multiplied by as the ramp stands now: its gain, for legs × master in, mute and solo [dB]
    bool muted = false;
    bool soloed = false;
    LegRole role = LegRole::source;
    MeterReading in;              ///< after trim, before the fader
    MeterReading out;             ///< what the leg is sent; zero for house strips
    uint64_t limitedSamples = 0;  ///< samples of the output that the limiter changed, since it became active
};

/** The rest of a mixer snapshot. */
struct MixerHeader
{
    uint64_t samplePosition = 0;  ///< samples processed since prepareToPlay
    double sampleRateHz = 0.0;
    int blockFrames = 0;
    MixMode mode = MixMode::conference;
    int activeLegs = 0;
    char dtmfDigit = 0;           ///< the digit that sounds now, 0 when none
    uint32_t dtmfDigitsPlayed = 0;  ///< digits begun since start
    uint64_t commandsTaken = 0;
    uint64_t commandsRefused = 0; ///< the command queue was full or a value out of range
    uint64_t stampsLost = 0;      ///< CommandDone stamps that nobody took in time
    uint64_t nonFiniteInputs = 0; ///< samples that were not finite numbers, or beyond ±10^6, and were taken as 0
    MeterReading master;          ///< the whole mix after the output gain
    uint64_t masterLimitedSamples = 0;
    uint64_t legsLimitedSamples = 0;  ///< samples that the limiters of all legs changed since start, of ended legs too
    uint64_t tapDroppedSamples = 0;   ///< samples that no reader of a tap (recorder, analysis) took in time, since start
};

/** Where samples can be tapped. */
struct TapPoint
{
    enum class Kind : uint8_t
    {
        legIn,   ///< as received, before the fader
        legOut,  ///< as sent, after the limiter
        mix      ///< the whole mix after output gain and limiter
    };
    Kind kind = Kind::mix;
    int leg = 0;
    bool operator==(const TapPoint&) const = default;
};

/** Who listens at a tap: each point carries one of each. */
enum class TapUse : uint8_t
{
    role,    ///< what the run is for: the role's recording or analysis
    record,  ///< recordings that a person starts and stops
    listen,  ///< a sound card
    watch,   ///< digits in a window
    spectrum, ///< spectrum and waveform in a window
    flight   ///< a flight recorder
};
inline constexpr size_t tapUseCount = 6;

} // namespace mw
