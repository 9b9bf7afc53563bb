#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

namespace mw
{

/** A call that rings and waits for a person. Message thread. */
class IncomingCard final : public juce::Component
{
public:
    static constexpr int height = 72;

    IncomingCard(MonitorModel& modelToShow, const CallInfo& callOfIt);

    [[nodiscard]] LegId leg() const noexcept { return number; }
    void answer();
    void reject(int sipCode, const char* reason);

    void paint(juce::Graphics&) override;
    void resized() override;
    void mouseDown(const juce::MouseEvent&) override { model.select(number); }

private:
    MonitorModel& model;
    const LegId number;
    const juce::String name, uri;
    juce::TextButton answerButton { "Answer" }, busyButton { "Busy" }, declineButton { "Decline" };
};

} // namespace mw
