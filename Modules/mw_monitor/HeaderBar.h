#pragma once

#include "look/Look.h"
#include "model/MonitorModel.h"

namespace mw
{

/** The line at the top: mode, rate and block, address, lateness of the ticks, load, running time. Message thread. */
class HeaderBar final : public juce::Component, private MonitorModel::View
{
public:
    static constexpr int height = 40;

    explicit HeaderBar(MonitorModel& modelToShow);
    ~HeaderBar() override;

    /** Menus between address and timing; they outlive this or go with it. */
    void setTools(juce::Component& toolsToShow, int width);

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    void modelChanged() override;
    void say();

    /** Whether there is no room for words that say nothing new. */
    [[nodiscard]] bool isNarrow() const { return getWidth() < 1280; }

    MonitorModel& model;
    juce::Label title, address, timing, clock;
    juce::Component* tools = nullptr;
    int toolsWidth = 0;
    uint64_t stepSeen = 0;  ///< of the model
};

} // namespace mw
