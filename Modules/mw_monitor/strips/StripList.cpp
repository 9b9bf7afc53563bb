#include "StripList.h"

#include "../look/Layout.h"

#include <algorithm>

namespace mw
{

StripList::StripList(MonitorModel& modelToShow, StripActions& actionsToUse) : model(modelToShow), actions(actionsToUse)
{
    setTitle("Strips of the calls");
    setWantsKeyboardFocus(true);
    setMouseClickGrabsKeyboardFocus(true);
    content.addMouseListener(&chooser, true);
    scroller.setViewedComponent(&content, false);
    scroller.setScrollBarsShown(false, true);
    scroller.setScrollBarThickness(scrollBarHeight);
    scroller.setWantsKeyboardFocus(false);
    addAndMakeVisible(scroller);
}

StripList::~StripList() { content.removeMouseListener(&chooser); }

void StripList::Chooser::mouseDown(const juce::MouseEvent& e)
{
    auto* strip = dynamic_cast<LegStrip*>(e.originalComponent);
    const auto onStripItself = strip != nullptr;
    if (strip == nullptr)
        strip = e.originalComponent->findParentComponentOfClass<LegStrip>();
    if (strip == nullptr)
        return;
    list.model.select(strip->leg());
    if (! onStripItself)
        return;
    list.grabKeyboardFocus();
    if (e.mods.isPopupMenu())
        strip->showMenu();
}

void StripList::setFilter(const juce::String& text)
{
    wanted.filter = text;
    reorder();
}

void StripList::setSort(StripSort sort)
{
    wanted.sort = sort;
    reorder();
}

void StripList::setCompact(bool narrow)
{
    if (std::exchange(compact, narrow) == narrow)
        return;
    for (auto& strip : pool)
        strip->setCompact(compact);
    resized();
}

/** Changes when a call comes, goes, moves or changes its state. */
uint64_t StripList::signature() const
{
    uint64_t hash = 14695981039346656037u;
    for (const auto& call : model.snapshot().calls)
        for (const auto part : { static_cast<uint64_t>(call.leg), static_cast<uint64_t>(call.state), static_cast<uint64_t>(call.channel + 1),
                                 static_cast<uint64_t>(call.codec.size()) })
            hash = (hash ^ part) * 1099511628211u;
    return hash;
}

void StripList::update()
{
    const auto calls = signature();
    const auto newStep = std::exchange(stepSeen, model.steps()) != model.steps();
    // What is sorted by a measure moves once a second at most: strips must be caught by the mouse.
    const auto byMeasure = wanted.sort == StripSort::level || wanted.sort == StripSort::loss;
    if (std::exchange(callsSeen, calls) != calls || (byMeasure && newStep && model.steps() % historyHz == 0))
        reorder();
    for (auto& strip : pool)
        if (strip->isVisible())
            strip->update(newStep);
}

void StripList::reorder()
{
    auto next = wanted.of(model, shown);
    if (next != shown)
        shown = std::move(next);
    resized();
}

void StripList::resized()
{
    scroller.setBounds(getLocalBounds());
    const auto width = compact ? layout::compactStripWidth : layout::stripWidth;
    content.setSize(std::max(1, static_cast<int>(shown.size()) * width), std::max(0, getHeight() - scrollBarHeight));
    placeStrips();
}

void StripList::placeStrips()
{
    const auto width = compact ? layout::compactStripWidth : layout::stripWidth;
    const auto count = static_cast<int>(shown.size());
    const auto from = std::clamp(scroller.getViewPositionX() / width, 0, count);
    const auto to = std::clamp((scroller.getViewPositionX() + getWidth() + width - 1) / width, from, count);

    // A strip whose call stays in sight keeps it; the others are free for the calls that came into sight.
    std::vector<LegStrip*> places(static_cast<size_t>(to - from), nullptr);
    std::vector<LegStrip*> unused;
    for (auto& strip : pool)
    {
        const auto found = std::find(shown.begin() + from, shown.begin() + to, strip->leg());
        if (strip->isVisible() && found != shown.begin() + to)
            places[static_cast<size_t>(found - shown.begin() - from)] = strip.get();
        else
            unused.push_back(strip.get());
    }
    for (size_t i = 0; i < places.size(); ++i)
    {
        const auto* call = model.call(shown[static_cast<size_t>(from) + i]);
        if (call == nullptr)
            continue;
        if (places[i] == nullptr && unused.empty())
        {
            pool.push_back(std::make_unique<LegStrip>(model, actions));
            pool.back()->setCompact(compact);
            content.addChildComponent(*pool.back());
            unused.push_back(pool.back().get());
        }
        if (places[i] == nullptr)
        {
            places[i] = unused.back();
            unused.pop_back();
        }
        places[i]->assign(*call);
        places[i]->setBounds((from + static_cast<int>(i)) * width, 0, width, content.getHeight());
        places[i]->setVisible(true);
    }
    for (auto* strip : unused)
        strip->setVisible(false);

    std::vector<int> channels;
    for (const auto& strip : pool)
        if (strip->isVisible())
            channels.push_back(strip->channel());
    model.setInSight(std::move(channels));
}

LegStrip* StripList::stripOf(LegId leg) const
{
    for (const auto& strip : pool)
        if (strip->isVisible() && strip->leg() == leg)
            return strip.get();
    return nullptr;
}

void StripList::choose(LegId leg)
{
    model.select(leg);
    const auto found = std::find(shown.begin(), shown.end(), leg);
    if (found == shown.end())
        return;
    const auto width = compact ? layout::compactStripWidth : layout::stripWidth;
    const auto left = static_cast<int>(found - shown.begin()) * width;
    auto x = scroller.getViewPositionX();
    x = std::clamp(x, left + width - getWidth(), left);
    scroller.setViewPosition(std::max(0, x), 0);
}

const CallInfo* StripList::chosenCall() const
{
    const auto found = std::find(shown.begin(), shown.end(), model.selected());
    return found != shown.end() ? model.call(*found) : shown.empty() ? nullptr : model.call(shown.front());
}

bool StripList::keyPressed(const juce::KeyPress& key)
{
    const auto mods = key.getModifiers();
    if (mods.isCtrlDown() || mods.isAltDown() || shown.empty())
        return false;
    const auto at = std::find(shown.begin(), shown.end(), model.selected());
    const auto place = at != shown.end() ? static_cast<int>(at - shown.begin()) : -1;
    const auto go = [this](int to) {
        choose(shown[static_cast<size_t>(std::clamp(to, 0, static_cast<int>(shown.size()) - 1))]);
        return true;
    };
    using juce::KeyPress;
    if (key.isKeyCode(KeyPress::rightKey) || key.isKeyCode(KeyPress::downKey))
        return go(place + 1);
    if (key.isKeyCode(KeyPress::leftKey) || key.isKeyCode(KeyPress::upKey))
        return go(place < 0 ? 0 : place - 1);
    if (key.isKeyCode(KeyPress::homeKey))
        return go(0);
    if (key.isKeyCode(KeyPress::endKey))
        return go(static_cast<int>(shown.size()) - 1);
    const auto* call = chosenCall();
    if (call == nullptr || call->channel < 0)
        return false;
    if (key.isKeyCode(KeyPress::returnKey))
    {
        choose(call->leg);
        if (auto* strip = stripOf(call->leg))
            strip->showMenu();
        return true;
    }
    const auto typed = key.getTextCharacter() != 0 ? key.getTextCharacter() : static_cast<juce::juce_wchar>(key.getKeyCode());
    // Capital A to D are digits of the keypad.
    return (typed < 'A' || typed > 'D') && steer(*call, juce::CharacterFunctions::toLowerCase(typed));
}

bool StripList::steer(const CallInfo& call, juce::juce_wchar key)
{
    const auto& strip = model.engine().mixer().parameters().strips[static_cast<size_t>(call.channel)];
    const auto turn = [](juce::AudioParameterBool& parameter) { ParameterUndo::setAsGesture(parameter, parameter.get() ? 0.0f : 1.0f); };
    switch (key)
    {
        case 'm': turn(*strip.mute); break;
        case 's': turn(*strip.solo); break;
        case '+':
        case '=': changeGain(call, 1.0); break;
        case '-': changeGain(call, -1.0); break;
        case '0': ParameterUndo::setAsGesture(*strip.gain, strip.gain->convertTo0to1(0.0f)); break;
        case 'x':
        case 'b': model.engine().hangUp(call.leg); break;
        case 'd': actions.askDigits(call.leg); break;
        case 'r':
        {
            MixerCommand command;
            command.kind = MixerCommand::Kind::resetMeters;
            model.send(command);
            break;
        }
        default: return false;
    }
    if (model.selected() != call.leg)
        choose(call.leg);
    return true;
}

void StripList::changeGain(const CallInfo& call, double byDb)
{
    auto& gain = *model.engine().mixer().parameters().strips[static_cast<size_t>(call.channel)].gain;
    const auto now = gain.getDb();
    const auto next = now >= minGainDb ? now + byDb : byDb > 0.0 ? minGainDb : now;
    gain.beginChangeGesture();
    gain.setDb(next);
    gain.endChangeGesture();
}

void StripList::paint(juce::Graphics& g) { g.fillAll(Look::of(*this).surface); }

void StripList::paintOverChildren(juce::Graphics& g)
{
    if (hasKeyboardFocus(false))
        Look::drawFocus(g, *this, getLocalBounds().withTrimmedBottom(scrollBarHeight).toFloat());
}

} // namespace mw
