#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mw
{

/** Why the playout gave out something else than the next packet's sound. */
enum class PlayoutCause : uint8_t
{
    lost,         ///< packets that had not come when it was their turn; made up. Some may have come later: see `late`
    dry,          ///< nothing was left, and the stream had not gone on yet
    late,         ///< nothing was left, and what came next was late
    senderPause,  ///< the sender's timestamps left this time out, its sequence did not: silence
    timeBase,     ///< the sender's timestamps went on elsewhere
    undecodable,  ///< a payload that the codec refused; made up
    backlog,      ///< sound was dropped, since more waited than is allowed
    shrink,       ///< a packet was dropped to lessen the delay (adaptive depth)
    stall         ///< this machine gave blocks up: they were never asked for
};

/** One such occasion. A plain value. */
struct PlayoutAction
{
    int64_t startNs = 0;        ///< engine clock of the first sample that was made up, or of the first behind what was dropped [ns]
    int64_t lengthNs = 0;       ///< of what was made up, in place of other sound; 0 where sound was dropped [ns]
    int64_t firstSequence = 0;  ///< extended; of `lost` alone
    uint16_t packets = 0;       ///< that were missing
    uint16_t late = 0;          ///< of these: came after their turn
    PlayoutCause cause = PlayoutCause::lost;
};

/** What a Playout did in place of playing, in the order of time: the first `capacity` occasions, further ones are counted. Media thread,
    until it has let go of the leg. Takes memory in the constructor only. */
class PlayoutLog
{
public:
    explicit PlayoutLog(size_t capacity) : kept(capacity) {}

    /** Notes an occasion; one that goes on where the former of the same cause ended is the same. */
    void add(const PlayoutAction& action) noexcept;

    /** What ran dry last is now known to be something else. @param missing packets from `firstSequence` on that had not come */
    void explainDry(PlayoutCause cause, int64_t firstSequence, int64_t missing) noexcept;

    /** A packet that was missing came after its turn. */
    void cameLate(int64_t sequence) noexcept;

    [[nodiscard]] std::span<const PlayoutAction> actions() const noexcept { return { kept.data(), used }; }

    /** How many there were beyond the capacity. */
    [[nodiscard]] uint64_t leftOut() const noexcept { return beyond; }

private:
    std::vector<PlayoutAction> kept;
    size_t used = 0;
    uint64_t beyond = 0;
    bool lastIsKept = false;  ///< whether the newest occasion is the last of `kept`
};

} // namespace mw
