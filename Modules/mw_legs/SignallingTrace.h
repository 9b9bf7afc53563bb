#pragma once

#include "PacketTrace.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mw
{

/** One signalling message of a call, as it went over the wire. */
struct SignallingMessage
{
    static constexpr size_t longestText = 8192;  ///< [octets]; what is longer is cut, and says so

    uint32_t leg = 0;         ///< the call's number, LegId
    int64_t timeNs = 0;       ///< engine clock [ns]
    bool sent = false;        ///< by us; otherwise received
    bool cut = false;         ///< the text was longer
    std::string transport;    ///< "UDP"
    std::string peer;         ///< address and port it went to or came from
    PacketEnd from, to;       ///< both ends, as plain values
    std::string startLine;    ///< "INVITE sip:bob@example.com SIP/2.0", "SIP/2.0 200 OK"
    std::string method;       ///< of the request, or that the answer is for: "INVITE"
    std::string text;         ///< all of it, of any encoding
};

/** Messages on their way from the thread of the signalling to control, bounded: while nobody takes them, later ones are
    dropped and counted. It costs one atomic read a message while it is off.

    Lock order: its mutex is a leaf. Not for the media thread. */
class SignallingTrace
{
public:
    static constexpr size_t mostWaiting = 2048;  ///< messages

    /** Any thread. Turned off, what waits is forgotten. */
    void setOn(bool on)
    {
        wanted.store(on, std::memory_order_relaxed);
        if (on)
            return;
        const std::scoped_lock lock(mutex);
        waiting.clear();
    }

    /** Any thread. */
    [[nodiscard]] bool isOn() const noexcept { return wanted.load(std::memory_order_relaxed); }

    /** Any thread but media. @throws std::bad_alloc, and then nothing was taken and it is for the caller to count */
    void post(SignallingMessage message)
    {
        const std::scoped_lock lock(mutex);
        if (waiting.size() < mostWaiting)
            waiting.push_back(std::move(message));
        else
            countLost();
    }

    /** Any thread: a message that could not be posted. */
    void countLost(uint64_t messages = 1) noexcept { lostMessages.fetch_add(messages, std::memory_order_relaxed); }

    /** Any thread but media: all that waits, in order. */
    [[nodiscard]] std::vector<SignallingMessage> takeAll()
    {
        const std::scoped_lock lock(mutex);
        return std::exchange(waiting, {});
    }

    /** Any thread. */
    [[nodiscard]] uint64_t lost() const noexcept { return lostMessages.load(std::memory_order_relaxed); }

private:
    std::atomic<bool> wanted { false };
    std::atomic<uint64_t> lostMessages { 0 };
    std::mutex mutex;  ///< guards `waiting`
    std::vector<SignallingMessage> waiting;
};

} // namespace mw
