#include "EmptyStrips.h"

#include "../look/Layout.h"

namespace mw
{

namespace
{
constexpr int textHeight = 96, contentWidth = 400;
}

EmptyStrips::EmptyStrips(MonitorModel& modelToShow) : model(modelToShow)
{
    setTitle("No strips");
    show({});
}

void EmptyStrips::setContent(std::unique_ptr<juce::Component> contentToShow)
{
    content = std::move(contentToShow);
    if (content != nullptr)
        addAndMakeVisible(*content);
    resized();
}

void EmptyStrips::show(const juce::String& filter)
{
    const auto uri = juceText(model.snapshot().localUri);
    const auto nextHeadline = filter.isNotEmpty() ? "No call matches " + filter.quoted() : juce::String("No call yet");
    const auto nextHint = filter.isNotEmpty() ? juce::String("Escape in the filter shows all strips")
                        : uri.isEmpty()       ? juce::String("Dial a SIP address")
                        : content != nullptr  ? juce::String("Call this address from any SIP phone, or dial one")
                                              : "Call " + uri + " from any SIP phone, or dial one at the left";
    if (nextHeadline == headline && nextHint == hint)
        return;
    if (content != nullptr)
        content->setVisible(filter.isEmpty());
    headline = nextHeadline;
    hint = nextHint;
    setDescription(headline + ". " + hint + (filter.isEmpty() ? ": " + uri : juce::String()));
    repaint();
}

void EmptyStrips::resized()
{
    if (content == nullptr)
        return;
    // The content says by its height how much it needs at this width.
    const auto width = std::min(contentWidth, getWidth() - 2 * layout::grid);
    content->setSize(width, content->getHeight());
    const auto height = content->getHeight(), top = (getHeight() - textHeight - height) / 2;
    content->setTopLeftPosition((getWidth() - width) / 2, std::max(top, layout::grid) + textHeight);
}

void EmptyStrips::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    const auto below = content != nullptr && content->isVisible() ? content->getHeight() : 0;
    auto area = getLocalBounds().withSizeKeepingCentre(getWidth() - 2 * layout::grid, textHeight).translated(0, -below / 2);
    area.setY(std::max(area.getY(), layout::grid));
    g.setColour(p.text);
    g.setFont(layout::titleFont());
    g.drawText(headline, area.removeFromTop(32), juce::Justification::centred, true);
    g.setColour(p.quiet);
    g.setFont(layout::bodyFont());
    g.drawFittedText(hint, area.withTrimmedBottom(layout::grid), juce::Justification::centredTop, 3, 1.0f);
}

} // namespace mw
