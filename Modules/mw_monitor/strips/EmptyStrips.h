#pragma once

#include "../look/Look.h"
#include "../model/MonitorModel.h"

#include <memory>

namespace mw
{

/** What stands where strips would be: what to do first, or that the filter hides them all. Message thread. */
class EmptyStrips final : public juce::Component
{
public:
    explicit EmptyStrips(MonitorModel& modelToShow);

    /** A component below the sentence, as high as it is now; null for none. */
    void setContent(std::unique_ptr<juce::Component> contentToShow);

    /** @param filter what hides the strips that there are; empty: there are none */
    void show(const juce::String& filter);

    void paint(juce::Graphics&) override;
    void resized() override;

private:
    MonitorModel& model;
    juce::String headline, hint;
    std::unique_ptr<juce::Component> content;
};

} // namespace mw
