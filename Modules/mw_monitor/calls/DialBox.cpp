#include "DialBox.h"

#include "../look/Layout.h"
#include "../look/Menus.h"

namespace mw
{

namespace
{
constexpr int faultHeight = 32;

/** An arrow that points down. */
juce::Path chevron(juce::Rectangle<float> area)
{
    juce::Path path;
    const auto centre = area.getCentre();
    path.startNewSubPath(centre.x - 4.0f, centre.y - 2.0f);
    path.lineTo(centre.x, centre.y + 2.0f);
    path.lineTo(centre.x + 4.0f, centre.y - 2.0f);
    return path;
}
} // namespace

DialBox::DialBox(MonitorModel& modelToShow) : model(modelToShow)
{
    editor.setTitle("Address to call");
    editor.setTooltip("sip:user@host, user@host or host:port; Return calls it, up and down go through what was dialled (key d)");
    editor.setFont(layout::bodyFont());
    editor.setJustification(juce::Justification::centredLeft);
    editor.setIndents(layout::grid, 0);
    editor.onReturnKey = [this] { dial(editor.getText()); };
    editor.onEscapeKey = [this] {
        showFault({});
        // The panels above want no focus, and would give it back to what is below them.
        for (auto* above = getParentComponent(); above != nullptr; above = above->getParentComponent())
            if (above->getWantsKeyboardFocus())
                return above->grabKeyboardFocus();
    };
    editor.onTextChange = [this] {
        if (fault.getText().isEmpty())
            return;
        const auto checked = dialUri(editor.getText().toStdString());
        showFault(checked ? juce::String() : juceText(checked.error().why));
    };
    past.setTitle("Dialled before");
    past.setTooltip("Addresses that were dialled before, the latest first");
    past.onClick = [this] { showHistory(); };
    call.setButtonText("Dial");
    call.setTitle("Dial");
    call.setTooltip("Calls the address (Return)");
    call.onClick = [this] { dial(editor.getText()); };
    setButtonStyle(call, ButtonStyle::accent);
    fault.setTitle("Why the address cannot be called");
    for (auto* child : std::initializer_list<juce::Component*> { &editor, &past, &call, &fault })
        addAndMakeVisible(child);
}

bool DialBox::Editor::keyPressed(const juce::KeyPress& key)
{
    if (key == juce::KeyPress::upKey)
        return owner.recall(1), true;
    if (key == juce::KeyPress::downKey)
        return owner.recall(-1), true;
    return TextEditor::keyPressed(key);
}

bool DialBox::dial(const juce::String& typed)
{
    const auto uri = dialUri(typed.toStdString());
    if (! uri)
        return showFault(juceText(uri.error().why)), false;
    if (const auto kept = dialled.add(uri.value()); ! kept)
        model.note(LogEntry::Weight::bad, kept.error().message());
    recalled = -1;
    const auto leg = model.engine().dial(uri.value());
    if (! leg)
    {
        model.note(LogEntry::Weight::bad, leg.error().message());
        return showFault(juceText(leg.error().why)), false;
    }
    showFault({});
    editor.clear();
    model.look();
    model.select(leg.value());
    return true;
}

void DialBox::focusEditor()
{
    editor.grabKeyboardFocus();
    editor.selectAll();
}

void DialBox::recall(int step)
{
    const auto count = static_cast<int>(dialled.all().size());
    recalled = std::clamp(recalled + step, -1, count - 1);
    editor.setText(recalled >= 0 ? juceText(dialled.all()[static_cast<size_t>(recalled)]) : juce::String(), true);
    editor.moveCaretToEnd();
}

void DialBox::showHistory()
{
    juce::PopupMenu menu;
    if (dialled.all().empty())
        menu.addItem("nothing was dialled yet", false, false, {});
    for (const auto& uri : dialled.all())
        menu.addItem(juceText(uri), [safe = SafePointer(this), uri] {
            if (safe != nullptr)
                safe->dial(juceText(uri));
        });
    showMenu(menu, past, juce::PopupMenu::Options().withTargetComponent(&past).withMinimumWidth(getWidth()));
}

void DialBox::showFault(const juce::String& text)
{
    const auto was = wantedHeight();
    fault.say(text, true);
    fault.setTooltip(text);
    repaint();
    if (was != wantedHeight() && onHeightChange)
        onHeightChange();
}

int DialBox::wantedHeight() const { return layout::controlHeight + (fault.getText().isEmpty() ? 0 : faultHeight); }

void DialBox::lookAndFeelChanged()
{
    const auto& p = Look::of(*this);
    editor.applyColourToAllText(p.text);
    editor.setTextToShowWhenEmpty("sip:user@host", p.quiet);
}

void DialBox::resized()
{
    auto area = getLocalBounds();
    auto row = area.removeFromTop(layout::controlHeight);
    call.setBounds(row.removeFromRight(56));
    row.removeFromRight(layout::half);
    past.setBounds(row.removeFromRight(24));
    row.removeFromRight(layout::half);
    editor.setBounds(row);
    fault.setBounds(area);
}

void DialBox::paintOverChildren(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.setColour(p.quiet);
    g.strokePath(chevron(past.getBounds().toFloat()), juce::PathStrokeType(1.5f));
    if (fault.getText().isEmpty())
        return;
    g.setColour(p.bad);
    g.drawRoundedRectangle(editor.getBounds().toFloat().reduced(0.5f), layout::corner, 1.5f);
}

} // namespace mw
