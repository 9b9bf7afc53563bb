#pragma once

#include "look/Look.h"
#include "model/MonitorModel.h"

namespace mw
{

/** The line at the bottom: what happened last, the counters that should be 0, and what is reached by a click. Message thread. */
class FooterBar final : public juce::Component, private MonitorModel::View
{
public:
    static constexpr int height = 32;

    explicit FooterBar(MonitorModel& modelToShow);
    ~FooterBar() override;

    void paint(juce::Graphics&) override;
    void resized() override;

    /** At the right, in order: the overlay of keys, the theme. */
    juce::TextButton keys { "? keys" }, theme;

private:
    void modelChanged() override;
    void lookAndFeelChanged() override;

    /** A line that begins with the warning sign while it is bad: drawn, for most fonts have none. */
    class Line final : public juce::Label
    {
    public:
        void say(const juce::String& text, bool isBad);
        void paint(juce::Graphics&) override;

    private:
        bool bad = false;
    };

    MonitorModel& model;
    Line latest, incidents;
    uint64_t shownEntry = 0;
};

} // namespace mw
