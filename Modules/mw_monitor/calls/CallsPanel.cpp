#include "CallsPanel.h"

#include "../look/Layout.h"
#include "../look/Menus.h"

#include <algorithm>

namespace mw
{

CallsPanel::CallsPanel(MonitorModel& modelToShow) : model(modelToShow), dial(modelToShow)
{
    setTitle("Calls");
    setOpaque(true);
    dial.onHeightChange = [this] { resized(); };
    automatic.setTitle("Answer automatically");
    automatic.setTooltip("Incoming calls are answered as they come; otherwise they ring here");
    automatic.onClick = [this] { model.engine().setAnswersAutomatically(automatic.getToggleState()); };
    list.setModel(this);
    list.setRowHeight(rowHeight);
    list.setTitle("List of calls");
    holdButton.setTitle("Hold or resume the selected call");
    holdButton.onClick = [this] { primaryAction(); };
    hangUpButton.setButtonText("Hang up");
    hangUpButton.setTitle("Hang up the selected call");
    hangUpButton.setTooltip("Hangs up the selected call (x or b)");
    hangUpButton.onClick = [this] { model.engine().hangUp(model.selected()); };
    setButtonStyle(hangUpButton, ButtonStyle::danger);
    againButton.setButtonText("Dial again");
    againButton.setTitle("Dial the selected call's address again");
    againButton.setTooltip("Calls the selected call's address once more");
    againButton.onClick = [this] { dialAgain(model.selected()); };
    count.setTitle("How many calls there are");
    count.setFont(layout::smallFont());
    count.setBorderSize({});
    count.setJustificationType(juce::Justification::centredRight);
    for (auto* child : std::initializer_list<juce::Component*> { &dial, &automatic, &list, &holdButton, &hangUpButton, &againButton, &count })
        addAndMakeVisible(child);
    model.addView(*this);
    modelChanged();
}

CallsPanel::~CallsPanel() { model.removeView(*this); }

void CallsPanel::lookAndFeelChanged() { count.setColour(juce::Label::textColourId, Look::of(*this).quiet); }

// ---- what is shown -----------------------------------------------------------------------------------------------------------

void CallsPanel::modelChanged()
{
    const auto& now = model.snapshot();
    if (automatic.getToggleState() != model.engine().answersAutomatically())
        automatic.setToggleState(model.engine().answersAutomatically(), juce::dontSendNotification);

    // What rows say changes with the calls' states and once a second.
    uint64_t shape = now.calls.size();
    for (const auto& call : now.calls)
        shape = shape * 1099511628211u + call.leg * 64u + static_cast<uint64_t>(call.state) * 8u + (call.onHold ? 4u : 0u) + (call.codec.empty() ? 0u : 2u);
    const auto second = now.timeNs / 1'000'000'000;
    if (shape != shownShape || second != shownSecond)
    {
        shownShape = shape;
        shownSecond = second;
        showCards();
        showRows();
    }
    showSelection();
}

void CallsPanel::showCards()
{
    std::vector<const CallInfo*> ringing;
    for (const auto& call : model.snapshot().calls)
        if (call.state == CallState::incoming && ringing.size() < mostCards)
            ringing.push_back(&call);
    const auto same = ringing.size() == cards.size()
                   && std::equal(cards.begin(), cards.end(), ringing.begin(), [](const auto& card, const auto* call) { return card->leg() == call->leg; });
    if (same)
        return;
    std::vector<std::unique_ptr<IncomingCard>> next;
    for (const auto* call : ringing)
    {
        const auto known = std::find_if(cards.begin(), cards.end(), [call](const auto& card) { return card != nullptr && card->leg() == call->leg; });
        next.push_back(known != cards.end() ? std::move(*known) : std::make_unique<IncomingCard>(model, *call));
        addAndMakeVisible(*next.back());
    }
    cards = std::move(next);
    resized();
}

void CallsPanel::showRows()
{
    const auto& now = model.snapshot();
    std::vector<Row> rows;
    const auto add = [&](const CallInfo& call) {
        rows.push_back({ call.leg, markOf(call).shape, call.state == CallState::closed, nameOf(call), detailOf(call), durationOf(call, now.timeNs) });
    };
    const auto hasCard = [this](LegId leg) { return std::any_of(cards.begin(), cards.end(), [leg](const auto& card) { return card->leg() == leg; }); };
    const auto open = model.openCalls();
    for (const auto* call : open)
        if (! hasCard(call->leg))
            add(*call);
    for (auto call = now.calls.rbegin(); call != now.calls.rend(); ++call)
        if (call->state == CallState::closed)
            add(*call);

    const auto sameLegs = std::equal(rows.begin(), rows.end(), shown.begin(), shown.end(), [](const Row& a, const Row& b) { return a.leg == b.leg; });
    const auto former = std::exchange(shown, std::move(rows));
    if (sameLegs)
    {
        for (size_t i = 0; i < shown.size(); ++i)
            if (! (shown[i] == former[i]))
                list.repaintRow(static_cast<int>(i));
    }
    else
    {
        list.updateContent();
        list.repaint();
        repaint();
    }
    const auto talking = std::count_if(open.begin(), open.end(), [](const auto* call) { return call->state == CallState::established || call->state == CallState::held; });
    count.setText(open.empty() ? juce::String("no calls") : juce::String(talking) + " of " + juce::String(open.size()) + " in call", juce::dontSendNotification);
}

void CallsPanel::showSelection()
{
    const auto row = std::find_if(shown.begin(), shown.end(), [this](const Row& each) { return each.leg == model.selected(); });
    const auto wanted = row != shown.end() && model.selected() != 0 ? static_cast<int>(row - shown.begin()) : -1;
    if (list.getSelectedRow() != wanted)
    {
        const juce::ScopedValueSetter<bool> selecting(isSelecting, true);
        if (wanted < 0)
            list.deselectAllRows();
        else
            list.selectRow(wanted);
    }
    const auto* call = chosen();
    const auto isOpen = call != nullptr && call->state != CallState::closed;
    const auto rings = isOpen && call->state == CallState::incoming;
    const auto canHold = isOpen && (call->state == CallState::established || call->state == CallState::held);
    holdButton.setButtonText(rings ? "Answer" : canHold && call->onHold ? "Resume" : "Hold");
    holdButton.setTooltip(rings ? "Answers the selected call (a)" : "Puts the selected call on hold, or takes it back (h)");
    holdButton.setEnabled(rings || canHold);
    hangUpButton.setEnabled(isOpen);
    againButton.setEnabled(call != nullptr && ! call->peerUri.empty());
}

void CallsPanel::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.surface);
    g.setColour(p.text);
    g.setFont(layout::strongFont());
    g.drawText("Calls", juce::Rectangle<int>(layout::grid, layout::half, 96, 24), juce::Justification::centredLeft);
    if (! shown.empty() || ! cards.empty())
        return;
    g.setColour(p.quiet);
    g.setFont(layout::smallFont());
    const auto& uri = model.snapshot().localUri;
    g.drawFittedText(uri.empty() ? juce::String("Dial an address above.") : "Dial an address above, or call\n" + juceText(uri),
                     list.getBounds().removeFromTop(48), juce::Justification::topLeft, 3);
}

void CallsPanel::resized()
{
    auto area = getLocalBounds().reduced(layout::grid, layout::half);
    count.setBounds(area.removeFromTop(24).withTrimmedLeft(72));
    dial.setBounds(area.removeFromTop(dial.wantedHeight()));
    automatic.setBounds(area.removeFromTop(28));
    for (auto& card : cards)
    {
        card->setBounds(area.removeFromTop(IncomingCard::height));
        area.removeFromTop(layout::half);
    }
    auto row = area.removeFromBottom(layout::controlHeight);
    area.removeFromBottom(layout::half);
    const auto width = (row.getWidth() - 2 * layout::half) / 3;
    holdButton.setBounds(row.removeFromLeft(width));
    row.removeFromLeft(layout::half);
    hangUpButton.setBounds(row.removeFromLeft(width));
    row.removeFromLeft(layout::half);
    againButton.setBounds(row);
    list.setBounds(area);
}

juce::String CallsPanel::rowText(int row) const
{
    if (row < 0 || row >= rows())
        return {};
    const auto& each = shown[static_cast<size_t>(row)];
    return each.name + ", " + each.detail + (each.time.isEmpty() ? juce::String() : ", " + each.time);
}

juce::String CallsPanel::getTooltipForRow(int row)
{
    if (row < 0 || row >= rows())
        return {};
    const auto* call = model.call(shown[static_cast<size_t>(row)].leg);
    return call == nullptr ? juce::String() : juceText(call->peerUri) + "\n" + detailOf(*call);
}

void CallsPanel::paintListBoxItem(int row, juce::Graphics& g, int width, int height, bool selected)
{
    if (row < 0 || row >= rows())
        return;
    const auto& p = Look::of(*this);
    const auto& each = shown[static_cast<size_t>(row)];
    auto area = juce::Rectangle<int>(width, height);
    if (selected)
    {
        g.setColour(p.raised);
        g.fillRoundedRectangle(area.reduced(0, 1).toFloat(), layout::corner);
        g.setColour(p.accent);
        g.fillRoundedRectangle(area.reduced(0, 4).withWidth(3).toFloat(), 1.5f);
    }
    area = area.reduced(layout::grid, layout::half);
    drawMark(g, each.shape, p, area.removeFromLeft(16).removeFromTop(16).toFloat());
    auto upper = area.removeFromTop(17);
    g.setFont(layout::bodyFont());
    g.setColour(p.quiet);
    g.drawText(each.time, upper.removeFromRight(56), juce::Justification::centredRight, true);
    g.setColour(each.isOver ? p.quiet : p.text);
    g.drawText(each.name, upper, juce::Justification::centredLeft, true);
    g.setFont(layout::smallFont());
    g.setColour(each.shape == CallMark::Shape::triangle ? p.bad : p.quiet);
    g.drawText(each.detail, area, juce::Justification::centredLeft, true);
}

// ---- what is done ------------------------------------------------------------------------------------------------------------

const CallInfo* CallsPanel::chosen() const { return model.selected() != 0 ? model.call(model.selected()) : nullptr; }

void CallsPanel::selectedRowsChanged(int lastRow)
{
    if (! isSelecting && lastRow >= 0 && lastRow < rows())
        model.select(shown[static_cast<size_t>(lastRow)].leg);
}

void CallsPanel::listBoxItemClicked(int row, const juce::MouseEvent& event)
{
    if (row >= 0 && row < rows() && event.mods.isPopupMenu())
        showMenu(shown[static_cast<size_t>(row)].leg);
}

void CallsPanel::listBoxItemDoubleClicked(int row, const juce::MouseEvent&)
{
    if (row >= 0 && row < rows() && shown[static_cast<size_t>(row)].isOver)
        dialAgain(shown[static_cast<size_t>(row)].leg);
}

void CallsPanel::showMenu(LegId leg)
{
    const auto* call = model.call(leg);
    if (call == nullptr)
        return;
    const auto then = [safe = SafePointer(this), leg](void (CallsPanel::*what)(LegId)) {
        return [safe, leg, what] {
            if (safe != nullptr)
                (safe->*what)(leg);
        };
    };
    const auto isOpen = call->state != CallState::closed;
    juce::PopupMenu menu;
    menu.addSectionHeader(nameOf(*call));
    if (call->state == CallState::incoming)
        menu.addItem("Answer", then(&CallsPanel::answer));
    menu.addItem(call->onHold ? "Resume" : "Hold", call->state == CallState::established || call->state == CallState::held, false, then(&CallsPanel::toggleHold));
    menu.addItem("Hang up", isOpen, false, [safe = SafePointer(this), leg] {
        if (safe != nullptr)
            safe->model.engine().hangUp(leg);
    });
    menu.addSeparator();
    menu.addItem("Dial again", ! call->peerUri.empty(), false, then(&CallsPanel::dialAgain));
    menu.addItem("Copy the address", [uri = juceText(call->peerUri)] { juce::SystemClipboard::copyTextToClipboard(uri); });
    mw::showMenu(menu, *this, juce::PopupMenu::Options().withTargetComponent(this).withMousePosition());
}

void CallsPanel::answer(LegId leg)
{
    model.engine().answer(leg);
    model.select(leg);
}

void CallsPanel::toggleHold(LegId leg)
{
    const auto call = model.engine().call(leg);
    if (call && (call->state == CallState::established || call->state == CallState::held))
        model.engine().hold(leg, ! call->onHold);
}

void CallsPanel::dialAgain(LegId leg)
{
    if (const auto call = model.engine().call(leg); call)
        dial.dial(juceText(call->peerUri));
}

void CallsPanel::primaryAction()
{
    const auto* call = chosen();
    if (call == nullptr)
        return;
    if (call->state == CallState::incoming)
        answer(call->leg);
    else
        toggleHold(call->leg);
}

bool CallsPanel::takeKey(const juce::KeyPress& key)
{
    if (key.getModifiers().isCommandDown() || key.getModifiers().isAltDown())
        return false;
    const auto* call = chosen();
    switch (juce::CharacterFunctions::toLowerCase(key.getTextCharacter()))
    {
        case 'd': dial.focusEditor(); return true;
        case 'a':
            if (call != nullptr && call->state == CallState::incoming)
                answer(call->leg);
            else if (! cards.empty())
                answer(cards.front()->leg());
            return true;
        case 'x':
        case 'b':
            if (call != nullptr)
                model.engine().hangUp(call->leg);
            return true;
        case 'h':
            if (call != nullptr)
                toggleHold(call->leg);
            return true;
        default: return false;
    }
}

} // namespace mw
