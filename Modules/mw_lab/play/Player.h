#pragma once

#include "ClipSource.h"

#include <juce_core/juce_core.h>

#include <memory>

namespace mw
{

/** A sound file in the mixer's player strip, for a window: it is read on a thread of its own ("player"), so that a long file
    holds nobody up, and begins to play when it is there. Control thread; poll() takes what was read. */
class Player
{
public:
    enum class State
    {
        empty,    ///< no file, or the last one could not be read
        loading,
        stopped,  ///< a file is there, by whichever way it ended
        playing
    };

    /** @param mixerToFeed outlives this @param sampleRateHz the engine's */
    Player(MixerProcessor& mixerToFeed, int sampleRateHz);

    /** Waits for a file that is being read, and leaves the strip silent. */
    ~Player();

    /** Reads a file and then plays it. While another is being read, that one is awaited and forgotten.
        @returns an error when no thread could be started */
    [[nodiscard]] Result<void> load(const juce::File& file);

    /** Plays the file from its beginning. Harmless without one. */
    void play();
    void stop();

    /** From the next play() on, and of what plays now: from its beginning. */
    void setRepeat(Repeat repeatIt);
    [[nodiscard]] Repeat repeat() const noexcept { return repeats; }

    /** Takes the file that was read, and sees whether it was played. @returns why it could not be read, once */
    [[nodiscard]] Result<void> poll();

    [[nodiscard]] State state() const noexcept { return now; }

    /** The file that is there or being read; File() for none. */
    [[nodiscard]] const juce::File& file() const noexcept { return chosen; }

    /** Length of the file [s], 0 without one. */
    [[nodiscard]] double seconds() const noexcept;

private:
    MixerProcessor& mixer;
    const int rateHz;
    juce::File chosen;
    State now = State::empty;
    Repeat repeats = Repeat::no;
    std::shared_ptr<const SoundClip> clip;
    std::shared_ptr<ClipSource> source;
    Mailbox<Result<SoundClip>> loaded;
    OwnedThread loader;  // the last member: it is joined before what it writes to goes
};

} // namespace mw
