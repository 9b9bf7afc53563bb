#pragma once

#include <juce_events/juce_events.h>
#include <mw_legs/mw_legs.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <new>
#include <utility>
#include <vector>

namespace mw
{

/** Brings the factory's events to the control thread: posted on any thread but media, taken by the message loop (or by hand
    with takeAll()). Waiting events are woken for once, not once each. */
class EventPump final : private juce::AsyncUpdater
{
public:
    /** @param handler called on the message loop when events wait */
    explicit EventPump(std::function<void()> handlerToCall) : handler(std::move(handlerToCall)) {}
    ~EventPump() override { cancelPendingUpdate(); }

    /** Any thread but media. An event for which there is no memory is lost, and counted: it is called from places that know
        no exceptions. */
    void post(LegEvent event) noexcept
    {
        try
        {
            if (mailbox.post(std::move(event)))
                triggerAsyncUpdate();
        }
        catch (const std::bad_alloc&)
        {
            lostEvents.fetch_add(1, std::memory_order_relaxed);
        }
    }

    /** Any thread. */
    [[nodiscard]] uint64_t lost() const noexcept { return lostEvents.load(std::memory_order_relaxed); }

    /** Control thread. */
    [[nodiscard]] std::vector<LegEvent> takeAll() { return mailbox.takeAll(); }

private:
    void handleAsyncUpdate() override { handler(); }

    Mailbox<LegEvent> mailbox;
    std::function<void()> handler;
    std::atomic<uint64_t> lostEvents { 0 };
};

} // namespace mw
