#pragma once

#include "../model/MonitorModel.h"
#include "../look/Look.h"

#include <functional>
#include <memory>

namespace mw
{

/** Mute or solo: a letter, and a shape when it is on (a bar for muted, a dot for soloed). Message thread. */
class SwitchButton final : public juce::Button
{
public:
    enum class Kind { mute, solo };

    SwitchButton(MonitorModel& modelToSteer, Kind kindToShow);

    /** @param of "strip 3" */
    void attach(juce::AudioParameterBool& parameterToSwitch, const juce::String& of);

    void mouseDown(const juce::MouseEvent&) override;

private:
    void paintButton(juce::Graphics&, bool over, bool down) override;

    MonitorModel& model;
    const Kind kind;
    juce::AudioParameterBool* parameter = nullptr;
    std::unique_ptr<juce::ButtonParameterAttachment> attachment;
};

} // namespace mw
