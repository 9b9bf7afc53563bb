#pragma once

#include <mw_mixer/mw_mixer.h>

#include <deque>

namespace mw
{

/** Commands on their way to the mixer, in order. What finds its queue full waits here instead of being lost, since a leg that
    is never activated is a dead leg. Control thread. */
class CommandOutbox
{
public:
    explicit CommandOutbox(MixerProcessor& mixerToCommand) noexcept : mixer(mixerToCommand) {}

    /** To be sent by the next flush(). */
    void add(const MixerCommand& command) { commands.push_back(command); }

    /** Sends what the mixer has room for.
        @returns false when the mixer refused one of them for its values; that one is dropped, and the mixer has counted it */
    bool flush()
    {
        auto allTaken = true;
        for (; ! commands.empty() && mixer.hasRoomForCommand(); commands.pop_front())
            allTaken = mixer.post(commands.front()) != 0 && allTaken;
        return allTaken;
    }

    [[nodiscard]] size_t waiting() const noexcept { return commands.size(); }

private:
    MixerProcessor& mixer;
    std::deque<MixerCommand> commands;
};

} // namespace mw
