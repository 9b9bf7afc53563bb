#include "StripsPanel.h"

#include "../look/Layout.h"

namespace mw
{

namespace
{
constexpr int narrowPanel = 760;  ///< below it the house strips are compact [px]
constexpr int fewStrips = 3;      ///< where not even these would be in sight, strips are compact without being told
}

StripsPanel::StripsPanel(MonitorModel& modelToShow)
    : model(modelToShow),
      actions { .choose = [this](LegId leg) { strips.choose(leg); }, .askDigits = [this](LegId leg) { digits.ask(leg); } },
      digits(modelToShow), strips(modelToShow, actions), empty(modelToShow), dtmf(modelToShow, HouseStrip::dtmf), tone(modelToShow, HouseStrip::tone),
      player(modelToShow, HouseStrip::player), master(modelToShow)
{
    setTitle("Strips");
    setOpaque(true);
    filter.setTitle("Filter of the strips");
    filter.setTooltip("Shows strips whose name, URI, codec or state has this text; #3 is strip 3 (/)");
    filter.setFont(layout::bodyFont());
    filter.setJustification(juce::Justification::centredLeft);
    filter.setIndents(layout::grid, 0);
    filter.onTextChange = [this] {
        strips.setFilter(filter.getText());
        modelChanged();
    };
    filter.onEscapeKey = [this] {
        filter.setText({}, true);  // clear() would tell nobody
        strips.grabKeyboardFocus();
    };
    filter.onReturnKey = [this] { strips.grabKeyboardFocus(); };
    sort.setTitle("Order of the strips");
    sort.setTooltip("Order of the strips");
    for (const auto& [name, order] : { std::pair { "by channel", StripSort::channel }, std::pair { "by level", StripSort::level },
                                       std::pair { "by loss", StripSort::loss }, std::pair { "by state", StripSort::state } })
        sort.addItem(name, static_cast<int>(order) + 1);
    sort.setSelectedId(1, juce::dontSendNotification);
    sort.onChange = [this] { strips.setSort(static_cast<StripSort>(sort.getSelectedId() - 1)); };
    compact.setTitle("Compact strips");
    compact.setTooltip("Narrow strips: more of them in sight (C)");
    compact.setClickingTogglesState(true);
    compact.onClick = [this] { resized(); };
    unit.setTitle("Unit of the levels");
    unit.setTooltip("dBm0 or dBFS (a full-scale sine is 0 dBFS) (U)");
    unit.onClick = [this] { model.showDbfs(! model.showsDbfs()); };
    clear.setTitle("Clear clip lamps and peak holds");
    clear.setTooltip("Clears the clip lamps and peak holds of all meters (R)");
    clear.onClick = [this] {
        MixerCommand command;
        command.kind = MixerCommand::Kind::resetMeters;
        model.send(command);
    };
    count.setTitle("How many strips are shown");
    count.setFont(layout::smallFont());
    count.setJustificationType(juce::Justification::centredRight);
    count.setMinimumHorizontalScale(1.0f);
    digits.onChange = [this] {
        resized();
        if (digits.leg() == 0)
            strips.grabKeyboardFocus();
    };
    for (auto* part : std::initializer_list<juce::Component*> { &filter, &sort, &compact, &unit, &clear, &count, &strips, &dtmf, &tone, &player, &master })
        addAndMakeVisible(part);
    addChildComponent(digits);
    addChildComponent(empty);
    model.addView(*this);
    modelChanged();
}

StripsPanel::~StripsPanel() { model.removeView(*this); }

void StripsPanel::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.surface);
    g.setColour(p.line);
    g.fillRect(0, toolbarHeight - 1, getWidth(), 1);
    g.fillRect(dtmf.getX() - 1, toolbarHeight, 1, getHeight() - toolbarHeight);
}

void StripsPanel::lookAndFeelChanged()
{
    const auto& p = Look::of(*this);
    filter.setTextToShowWhenEmpty("Filter", p.quiet);
    filter.applyColourToAllText(p.text);
    count.setColour(juce::Label::textColourId, p.quiet);
    repaint();
}

void StripsPanel::resized()
{
    auto area = getLocalBounds();
    auto tools = area.removeFromTop(toolbarHeight).reduced(layout::grid, (toolbarHeight - layout::controlHeight) / 2);
    const auto narrow = getWidth() < narrowPanel;
    const auto place = [&tools](juce::Component& tool, int width) {
        const auto fits = width <= tools.getWidth();
        tool.setVisible(fits);
        tool.setBounds(tools.removeFromLeft(fits ? width : 0));
        tools.removeFromLeft(fits ? layout::grid : 0);
    };
    place(filter, narrow ? 88 : 160);
    place(sort, 112);
    place(compact, 80);
    place(unit, 56);
    if (! narrow)
        place(clear, 96);
    clear.setVisible(! narrow && clear.getWidth() > 0);
    count.setBounds(tools);
    digits.setVisible(digits.leg() != 0);
    if (digits.leg() != 0)
        digits.setBounds(area.removeFromTop(DigitsBar::height));

    auto house = area.withTrimmedBottom(StripList::scrollBarHeight);
    master.setBounds(house.removeFromRight(MasterStrip::width));
    const auto width = narrow ? layout::compactStripWidth : layout::stripWidth;
    for (auto* strip : { &player, &tone, &dtmf })
    {
        // Calls come first: what has no room beside two of them is seen again in a wider window.
        const auto fits = house.getWidth() >= width + 2 * layout::compactStripWidth;
        strip->setCompact(narrow);
        strip->setVisible(fits);
        strip->setBounds(house.removeFromRight(fits ? width : 0));
    }
    area.setRight(house.getRight() - 1);
    strips.setCompact(compact.getToggleState() || area.getWidth() < fewStrips * layout::stripWidth);
    strips.setBounds(area);
    empty.setBounds(area);
    modelChanged();
}

void StripsPanel::modelChanged()
{
    const auto refresh = std::exchange(stepSeen, model.steps()) != model.steps();
    strips.update();
    for (auto* strip : { &dtmf, &tone, &player })
        strip->update(refresh);
    master.update(refresh);
    empty.setVisible(strips.order().empty());
    if (digits.leg() != 0 && (model.call(digits.leg()) == nullptr || model.call(digits.leg())->state == CallState::closed))
        digits.close();
    updateToolbar();
}

void StripsPanel::updateToolbar()
{
    unit.setButtonText(model.levelUnit());
    const auto all = std::count_if(model.snapshot().calls.begin(), model.snapshot().calls.end(),
                                   [](const CallInfo& call) { return call.state != CallState::closed && call.channel >= 0; });
    const auto shown = static_cast<std::ptrdiff_t>(strips.order().size());
    constexpr int wordsNeed = 72;
    count.setText(all == 0       ? juce::String()
                  : shown == all ? juce::String(static_cast<int>(all)) + (count.getWidth() < wordsNeed ? "" : all == 1 ? " strip" : " strips")
                                 : juce::String(static_cast<int>(shown)) + " of " + juce::String(static_cast<int>(all)),
                  juce::dontSendNotification);
    if (empty.isVisible())
        empty.show(all > 0 ? filter.getText().trim() : juce::String());
}

bool StripsPanel::keyPressed(const juce::KeyPress& key)
{
    const auto mods = key.getModifiers();
    if (mods.isCtrlDown() || mods.isAltDown())
        return false;
    switch (key.getTextCharacter())
    {
        case '/': filter.grabKeyboardFocus(); return true;
        case 'c': compact.triggerClick(); return true;
        case 'u': unit.triggerClick(); return true;
        case 'r': clear.triggerClick(); return true;
        default: return false;
    }
}

} // namespace mw
