#include "EmptyStrips.h"

#include "../look/Layout.h"

namespace mw
{

namespace
{
constexpr int textHeight = 64, contentWidth = 400;
}

EmptyStrips::EmptyStrips(MonitorModel& modelToShow) : model(modelToShow)
{
    setTitle("No strips");
    show({});
}

void EmptyStrips::setContent(std::unique_ptr<juce::Component> contentToShow)
{
    content = std::move(contentToShow);
    contentHeight = content != nullptr ? content->getHeight() : 0;
    if (content != nullptr)
        addAndMakeVisible(*content);
    resized();
}

void EmptyStrips::show(const juce::String& filter)
{
    const auto uri = juceText(model.snapshot().localUri);
    const auto nextHeadline = filter.isNotEmpty() ? "No call matches " + filter.quoted() : juce::String("No call yet");
    const auto nextHint = filter.isNotEmpty() ? juce::String("Escape in the filter shows all strips")
                        : uri.isEmpty()       ? juce::String("Dial a SIP address at the left")
                                              : "Call " + uri + " from any phone, or dial one at the left";
    if (nextHeadline == headline && nextHint == hint)
        return;
    headline = nextHeadline;
    hint = nextHint;
    setDescription(headline + ". " + hint);
    repaint();
}

void EmptyStrips::resized()
{
    if (content == nullptr)
        return;
    const auto height = std::min(contentHeight, std::max(0, getHeight() - textHeight));
    content->setBounds(getLocalBounds().withSizeKeepingCentre(std::min(contentWidth, getWidth() - 2 * layout::grid), height).translated(0, textHeight / 2));
}

void EmptyStrips::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    const auto below = content != nullptr ? content->getHeight() : 0;
    auto area = getLocalBounds().reduced(layout::grid, 0).withSizeKeepingCentre(getWidth() - 2 * layout::grid, textHeight).translated(0, -below / 2);
    g.setColour(p.text);
    g.setFont(layout::titleFont());
    g.drawText(headline, area.removeFromTop(28), juce::Justification::centred, true);
    g.setColour(p.quiet);
    g.setFont(layout::bodyFont());
    g.drawFittedText(hint, area, juce::Justification::centredTop, 2, 1.0f);
}

} // namespace mw
