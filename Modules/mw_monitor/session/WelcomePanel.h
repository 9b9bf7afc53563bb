#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

#include <functional>

namespace mw
{

/** What can be done while there is no call: be called, call, try the demo, go on with the last session. Message thread. */
class WelcomePanel final : public juce::Component, private MonitorModel::View
{
public:
    struct Offers
    {
        std::function<bool(const juce::String&)> dial;  ///< calls an address as typed; false: it was not dialled, which was said
        std::function<Result<void>()> tryDemo;       ///< null: not offered
        std::function<void()> continueLast;          ///< null: there is none
        juce::String lastSummary;                    ///< "3 legs, conference"
    };

    WelcomePanel(MonitorModel& modelToUse, Offers offersToMake);
    ~WelcomePanel() override;

    void resized() override;

private:
    void modelChanged() override;
    void lookAndFeelChanged() override;
    void call();

    MonitorModel& model;
    const Offers offers;
    juce::TextEditor address, uri;
    bool demoHasCalled = false;  ///< since it was tried: a call was seen
    juce::TextButton copy { "Copy" }, dial { "Call" }, demo { "Try the demo" }, last;
};

} // namespace mw
