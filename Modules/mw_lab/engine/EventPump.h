#pragma once

#include <juce_events/juce_events.h>
#include <mw_legs/mw_legs.h>

#include <functional>
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

    /** Any thread but media. */
    void post(LegEvent event)
    {
        if (mailbox.post(std::move(event)))
            triggerAsyncUpdate();
    }

    /** Control thread. */
    [[nodiscard]] std::vector<LegEvent> takeAll() { return mailbox.takeAll(); }

private:
    void handleAsyncUpdate() override { handler(); }

    Mailbox<LegEvent> mailbox;
    std::function<void()> handler;
};

} // namespace mw
