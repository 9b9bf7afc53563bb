#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

#include <functional>

namespace mw
{

/** A line for typing digits that are sent to one call by telephone-event or SIP INFO. A wrong character is named as it is
    typed. Message thread. */
class DigitsBar final : public juce::Component
{
public:
    static constexpr int height = 40;

    explicit DigitsBar(MonitorModel& modelToSteer);

    /** Opens it for a call and takes the keyboard. */
    void ask(LegId leg);

    /** The call it is open for; 0 when it is closed. */
    [[nodiscard]] LegId leg() const noexcept { return target; }
    void close();

    /** Told when it opens or closes. */
    std::function<void()> onChange;

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    void check();
    void sendThem();

    MonitorModel& model;
    LegId target = 0;
    DtmfSequence sequence;
    juce::Label whom, wrong;
    juce::TextEditor digits;
    juce::ComboBox method;
    juce::TextButton go { "Send" }, cancel { "Close" };
};

} // namespace mw
