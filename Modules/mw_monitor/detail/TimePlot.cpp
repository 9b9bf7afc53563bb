#include "TimePlot.h"

#include "../look/Layout.h"

#include <algorithm>
#include <cmath>

namespace mw
{

namespace
{
constexpr int legendRow = 18;
} // namespace

TimePlot::TimePlot(MonitorModel& modelToShow, TimeView& viewToShare, PlotSpec specToShow)
    : model(modelToShow), view(viewToShare), spec(std::move(specToShow)), axisHigh(spec.high)
{
    setTitle(spec.title);
    setTooltip(spec.tooltip);
    setWantsKeyboardFocus(true);
    setOpaque(true);
}

// ---- what is shown -------------------------------------------------------------------------------------------------------------

void TimePlot::refresh()
{
    const Seen now { view.steered(), model.logNumber(), model.snapshot().callsVersion, model.selected(), model.showsDbfs() };
    if (now == seen)
    {
        const auto isEarly = shownLines.size() > manyLines && model.steps() - stepDrawn < historyHz;
        if (view.number() == viewSeen || isEarly)
            return;
    }
    seen = now;
    viewSeen = view.number();
    stepDrawn = model.steps();
    gatherLines();
    dirty = true;
    repaint();
}

void TimePlot::lookAndFeelChanged()
{
    gatherLines();
    dirty = true;
    repaint();
}

void TimePlot::gatherLines()
{
    shownLines = spec.lines(Look::of(*this));
    growAxis();
}

void TimePlot::growAxis()
{
    const auto first = std::max<int64_t>(1, stepAt(view.fromNs())), last = std::min(stepAt(view.toNs()),
            static_cast<int64_t>(model.steps()));
    auto highest = -std::numeric_limits<float>::infinity();
    hasValues = false;
    for (const auto& line : shownLines)
    {
        for (auto step = first; step <= last; ++step)
        {
            const auto value = valueAt(line, static_cast<uint64_t>(step));
            hasValues = hasValues || ! std::isnan(value);
            if (value > highest)
                highest = value;
        }
        for (size_t age = 0; line.values != nullptr && ! everMeasured && age < line.values->size(); ++age)
            everMeasured = ! std::isnan(line.values->at(age));
    }
    const auto wanted = spec.grows && static_cast<double>(highest) > spec.high ? roundUp(static_cast<double>(highest) * 1.05)
            : spec.high;
    axisHigh = wanted;
}

float TimePlot::valueAt(const PlotLine& line, uint64_t step) noexcept
{
    if (line.values == nullptr || step > *line.lastStep)
        return Series::nothing;
    const auto age = *line.lastStep - step;
    return age < line.values->size() ? line.values->at(static_cast<size_t>(age)) + line.offset : Series::nothing;
}

int64_t TimePlot::stepAt(int64_t timeNs) const noexcept
{
    const auto back = static_cast<double>(model.lastStepNs() - timeNs) / static_cast<double>(historyStepNs);
    return static_cast<int64_t>(model.steps()) - std::llround(back);
}

int64_t TimePlot::timeOfStep(int64_t step) const noexcept
{
    return model.lastStepNs() - (static_cast<int64_t>(model.steps()) - step) * historyStepNs;
}

// ---- where it is shown -----------------------------------------------------------------------------------------------------------

juce::Rectangle<int> TimePlot::legendArea() const
{
    return getLocalBounds().removeFromRight(getWidth() >= 560 ? 184
            : 144).withTrimmedLeft(layout::grid).withTrimmedTop(plotTopSpace - 6).withTrimmedBottom(4).withTrimmedRight(4);
}

juce::Rectangle<int> TimePlot::plotArea() const
{
    return getLocalBounds().withTrimmedLeft(plotAxisWidth).withRight(legendArea().getX() - layout::grid).withTrimmedTop(plotTopSpace).withTrimmedBottom(plotAxisHeight);
}

PlotMapping TimePlot::valueMapping() const
{
    const auto area = plotArea().toDouble();
    return { spec.low, axisHigh, area.getBottom(), area.getY() };
}

float TimePlot::xOf(int64_t timeNs) const
{
    const auto area = plotArea().toDouble();
    return static_cast<float>(area.getX() + static_cast<double>(timeNs - view.fromNs()) / static_cast<double>(view.spanNs()) * area.getWidth());
}

int64_t TimePlot::timeAt(float x) const
{
    const auto area = plotArea().toDouble();
    return view.fromNs() + std::llround((static_cast<double>(x) - area.getX()) / area.getWidth() * static_cast<double>(view.spanNs()));
}

float TimePlot::yOf(double value) const { return static_cast<float>(valueMapping().pixel(std::max(value, spec.low))); }

// ---- events ------------------------------------------------------------------------------------------------------------------------

std::vector<TimePlot::ShownEvent> TimePlot::events() const
{
    std::vector<ShownEvent> shown;
    const auto& log = model.log();
    auto number = model.logNumber() - log.size();
    for (const auto& entry : log)
    {
        ++number;
        if (entry.mark != LogEntry::Mark::none && entry.timeNs >= view.fromNs() && entry.timeNs <= view.toNs())
            shown.push_back({ &entry, number, xOf(entry.timeNs) });
    }
    return shown;
}

std::optional<TimePlot::ShownEvent> TimePlot::eventNear(juce::Point<float> position) const
{
    if (position.y > static_cast<float>(plotTopSpace + 8))
        return {};
    std::optional<ShownEvent> nearest;
    for (const auto& event : events())
        if (std::abs(event.x - position.x) <= 6.0f && (! nearest
                || std::abs(event.x - position.x) < std::abs(nearest->x - position.x)))
            nearest = event;
    return nearest;
}

const PlotLine* TimePlot::legendLineAt(juce::Point<int> position) const
{
    const auto area = legendArea();
    if (! area.contains(position))
        return nullptr;
    const auto rows = static_cast<size_t>(area.getHeight() / legendRow),
            row = static_cast<size_t>((position.y - area.getY()) / legendRow);
    const auto isRest = shownLines.size() > rows && row + 1 == rows;
    return row < shownLines.size() && ! isRest ? &shownLines[row] : nullptr;
}

// ---- mouse and keys --------------------------------------------------------------------------------------------------------------

void TimePlot::setHover(std::optional<juce::Point<int>> position)
{
    if (position == hover)
        return;
    hover = position;
    repaint();
}

void TimePlot::mouseMove(const juce::MouseEvent& event)
{
    const auto* line = legendLineAt(event.getPosition());
    const auto canClick = (line != nullptr && line->leg != 0) || eventNear(event.position);
    setMouseCursor(canClick ? juce::MouseCursor::PointingHandCursor : juce::MouseCursor::NormalCursor);
    if (plotArea().withTop(0).contains(event.getPosition()))
        setHover(event.getPosition());
    else
        setHover({});
}

void TimePlot::mouseExit(const juce::MouseEvent&) { setHover({}); }

void TimePlot::mouseDown(const juce::MouseEvent& event)
{
    bandFrom = bandTo = panFrom = {};
    if (event.mods.isPopupMenu())
    {
        if (onMenu)
            onMenu();
        return;
    }
    if (const auto* line = legendLineAt(event.getPosition()); line != nullptr && line->leg != 0)
        return model.select(line->leg == model.selected() ? 0 : line->leg);
    if (const auto hit = eventNear(event.position))
        return view.markEvent(hit->number == view.markedEvent() ? 0 : hit->number), refresh();
    if (! plotArea().contains(event.getPosition()))
        return;
    (event.mods.isShiftDown() || event.mods.isMiddleButtonDown() ? panFrom : bandFrom) = event.x;
}

void TimePlot::mouseDrag(const juce::MouseEvent& event)
{
    const auto area = plotArea();
    if (panFrom)
    {
        view.pan(timeAt(static_cast<float>(*panFrom)) - timeAt(static_cast<float>(event.x)));
        panFrom = event.x;
        return refresh();
    }
    if (! bandFrom)
        return;
    bandTo = std::clamp(event.x, area.getX(), area.getRight());
    setHover(event.getPosition().withX(*bandTo));
    repaint();
}

void TimePlot::mouseUp(const juce::MouseEvent&)
{
    if (bandFrom && bandTo && std::abs(*bandTo - *bandFrom) > 4)
        view.show(timeAt(static_cast<float>(*bandFrom)), timeAt(static_cast<float>(*bandTo)));
    bandFrom = bandTo = panFrom = {};
    refresh();
    repaint();
}

void TimePlot::mouseDoubleClick(const juce::MouseEvent& event)
{
    if (! plotArea().contains(event.getPosition()))
        return;
    view.reset();
    refresh();
}

void TimePlot::mouseWheelMove(const juce::MouseEvent& event, const juce::MouseWheelDetails& wheel)
{
    if (! plotArea().contains(event.getPosition()))
        return;
    if (std::abs(wheel.deltaX) > std::abs(wheel.deltaY))
        view.pan(-std::llround(static_cast<double>(wheel.deltaX) * 0.5 * static_cast<double>(view.spanNs())));
    else
        view.zoom(std::pow(0.4, static_cast<double>(wheel.deltaY)), timeAt(event.position.x));
    refresh();
}

bool TimePlot::keyPressed(const juce::KeyPress& key)
{
    const auto centre = (view.fromNs() + view.toNs()) / 2;
    if (key.getTextCharacter() == '+')
        view.zoom(0.5, centre);
    else if (key.getTextCharacter() == '-')
        view.zoom(2.0, centre);
    else if (key == juce::KeyPress::leftKey)
        view.pan(-view.spanNs() / 8);
    else if (key == juce::KeyPress::rightKey)
        view.pan(view.spanNs() / 8);
    else if (key == juce::KeyPress::spaceKey)
        view.setPaused(! view.isPaused());
    else if (key == juce::KeyPress::homeKey)
        view.reset();
    else
        return false;
    refresh();
    return true;
}

// ---- reading -----------------------------------------------------------------------------------------------------------------------

juce::String TimePlot::valueText(float value) const { return figures::of(static_cast<double>(value), spec.decimals); }

juce::StringArray TimePlot::readingsAt(int64_t timeNs) const
{
    juce::StringArray readings;
    const auto step = stepAt(timeNs);
    readings.add(runningTime(timeOfStep(step) - model.startNs()));
    for (const auto& line : shownLines)
    {
        const auto value = step > 0 ? valueAt(line, static_cast<uint64_t>(step)) : Series::nothing;
        if (! std::isnan(value))
            readings.add(line.name + "  " + valueText(value) + " " + spec.unit());
    }
    return readings;
}

} // namespace mw
