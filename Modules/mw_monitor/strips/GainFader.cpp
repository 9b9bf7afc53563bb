#include "GainFader.h"

#include "../control/GainTaper.h"

#include <mw_lab/mw_lab.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace mw
{

namespace
{
constexpr double coarseStepDb = 0.1, fineStepDb = 0.01;
constexpr float fineShare = 0.1f;
constexpr std::array ticks { 20.0, 10.0, -10.0, -20.0, -40.0, -60.0 };

double snapped(double value, double step) { return std::round(value / step) * step; }
} // namespace

GainFader::GainFader() : Slider(LinearVertical, NoTextBox)
{
    setSliderSnapsToMousePosition(false);
    setScrollWheelEnabled(false);  // the wheel scrolls the list
    setVelocityModeParameters(1.0, 1, 0.0, false);
    setWantsKeyboardFocus(true);
    setMouseClickGrabsKeyboardFocus(true);
}

double GainFader::gainDb() const { return GainParameter::dbOfRaw(static_cast<float>(getValue())); }

void GainFader::moveTo(double gainDb)
{
    const ScopedDragNotification gesture(*this);
    setValue(keptGainDb(gainDb) < minGainDb ? getMinimum() : keptGainDb(gainDb), juce::sendNotificationSync);
}

void GainFader::moveBy(double byDb)
{
    const auto now = gainDb();
    moveTo(now >= minGainDb ? now + byDb : byDb > 0.0 ? minGainDb : now);
}

double GainFader::proportionOfLengthToValue(double proportion)
{
    const auto gain = GainTaper::gainDbAt(proportion);
    return gain < minGainDb ? getMinimum() : gain;
}

double GainFader::valueToProportionOfLength(double value) { return GainTaper::travelOf(value); }

double GainFader::snapValue(double attempted, DragMode mode)
{
    return mode == notDragging || attempted < minGainDb ? attempted : snapped(attempted, fine ? fineStepDb : coarseStepDb);
}

void GainFader::paint(juce::Graphics& g)
{
    g.setColour(Look::of(*this).off.withAlpha(0.6f));
    const auto centre = static_cast<float>(getWidth()) * 0.5f;
    for (const auto tick : ticks)
        g.fillRect(centre - 6.0f, std::floor(getPositionOfValue(tick)), 12.0f, 1.0f);
    Slider::paint(g);
}

void GainFader::mouseDown(const juce::MouseEvent& e)
{
    if (e.mods.isPopupMenu())
    {
        if (onMenu)
            onMenu();
        return;
    }
    lastAt = virtualAt = e.position;
    Slider::mouseDown(e);
}

void GainFader::mouseDrag(const juce::MouseEvent& e)
{
    if (e.mods.isPopupMenu())
        return;
    fine = e.mods.isShiftDown() || e.mods.isCtrlDown();
    virtualAt += (e.position - lastAt) * (fine ? fineShare : 1.0f);
    lastAt = e.position;
    Slider::mouseDrag(e.withNewPosition(virtualAt));
}

void GainFader::mouseUp(const juce::MouseEvent& e)
{
    if (! e.mods.isPopupMenu())
        Slider::mouseUp(e);
    fine = false;
}

void GainFader::mouseDoubleClick(const juce::MouseEvent&) { moveTo(0.0); }

bool GainFader::keyPressed(const juce::KeyPress& key)
{
    const auto step = key.getModifiers().isShiftDown() ? coarseStepDb : 1.0;
    if (key.isKeyCode(juce::KeyPress::upKey))
        return moveBy(step), true;
    if (key.isKeyCode(juce::KeyPress::downKey))
        return moveBy(-step), true;
    return false;
}

} // namespace mw
