#include "PanelDivider.h"

#include "Layout.h"

namespace mw
{

PanelDivider::PanelDivider(Side sideOfPanel, const juce::String& title, std::function<int()> sizeNow, std::function<void(int)> resize,
                           std::function<void()> reset)
    : side(sideOfPanel), size(std::move(sizeNow)), setSize(std::move(resize)), restore(std::move(reset))
{
    setTitle(title);
    setTooltip(title + ": drag it, or move it by the arrow keys; a double click gives it back");
    setMouseCursor(side == Side::below ? juce::MouseCursor::UpDownResizeCursor : juce::MouseCursor::LeftRightResizeCursor);
    setWantsKeyboardFocus(true);
}

void PanelDivider::paint(juce::Graphics& g)
{
    if (! isMouseOverOrDragging() && ! hasKeyboardFocus(false))
        return;
    g.setColour(Look::of(*this).accent);
    const auto area = getLocalBounds();
    g.fillRect(side == Side::below ? area.withSizeKeepingCentre(getWidth(), 3) : area.withSizeKeepingCentre(3, getHeight()));
}

void PanelDivider::mouseDown(const juce::MouseEvent&) { sizeAtDown = size(); }

void PanelDivider::mouseDrag(const juce::MouseEvent& event)
{
    if (event.mods.isPopupMenu())
        return;
    // The line itself moves under the mouse: distances count on what does not.
    auto* still = getParentComponent();
    const auto moved = event.getEventRelativeTo(still).getPosition() - still->getLocalPoint(nullptr, event.getMouseDownScreenPosition());
    setSize(sizeAtDown + (side == Side::left ? moved.x : side == Side::right ? -moved.x : -moved.y));
}

bool PanelDivider::keyPressed(const juce::KeyPress& key)
{
    using juce::KeyPress;
    const auto isUpright = side != Side::below;
    const auto forward = key.isKeyCode(isUpright ? KeyPress::rightKey : KeyPress::downKey);
    const auto back = key.isKeyCode(isUpright ? KeyPress::leftKey : KeyPress::upKey);
    if (! forward && ! back)
        return false;
    setSize(size() + (forward == (side == Side::left) ? layout::grid : -layout::grid));
    return true;
}

} // namespace mw
