#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

namespace mw
{

/** Values from any thread to the one that empties it, in order. It locks, so it is for the sip and control threads and
    never for media or the audio region.

    Lock order: its mutex is a leaf; nothing is called while it is held. */
template <typename T>
class Mailbox
{
public:
    /** Any thread but media. @returns true when the box was empty, that is, when its owner wants to be woken. */
    bool post(T value)
    {
        const std::scoped_lock lock(mutex);
        waiting.push_back(std::move(value));
        return waiting.size() == 1;
    }

    /** Owner thread. Takes all that waits. */
    [[nodiscard]] std::vector<T> takeAll()
    {
        const std::scoped_lock lock(mutex);
        return std::exchange(waiting, {});
    }

private:
    std::mutex mutex;  ///< guards `waiting`
    std::vector<T> waiting;
};

} // namespace mw
