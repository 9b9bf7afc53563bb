#include "WelcomePanel.h"

#include "../look/Layout.h"

namespace mw
{

namespace
{
constexpr int buttonWidth = 72, rowGap = layout::grid, narrowPanel = 280;
}

WelcomePanel::WelcomePanel(MonitorModel& modelToUse, Offers offersToMake) : model(modelToUse), offers(std::move(offersToMake))
{
    setTitle("What to do first");
    address.setReadOnly(true);
    address.setTitle("Our address");
    address.setTooltip("Call this address from any SIP phone");
    uri.setTitle("Address to call");
    uri.setTooltip("A SIP address; Enter calls it");
    uri.onReturnKey = [this] { call(); };
    copy.setTitle("Copy our address");
    copy.setTooltip("Put our address on the clipboard");
    copy.onClick = [this] { juce::SystemClipboard::copyTextToClipboard(address.getText()); };
    dial.setTitle("Call the address");
    dial.setTooltip("Call it (Enter)");
    dial.onClick = [this] { call(); };
    demo.setTitle("Try the demo");
    demo.setTooltip("Three callers on this machine: speech, a tone and digits");
    setButtonStyle(demo, ButtonStyle::accent);
    demo.onClick = [this] {
        if (const auto tried = offers.tryDemo(); ! tried)
            return model.note(LogEntry::Weight::bad, tried.error().message());
        demo.setEnabled(false);
        demo.setButtonText(juce::String::fromUTF8("The demo calls…"));
        demoHasCalled = false;
    };
    last.setButtonText("Continue last session: " + offers.lastSummary);
    last.setTitle("Continue last session");
    last.setTooltip("Calls its legs, and sets gains, digits and layout as they were");
    last.onClick = [this] { offers.continueLast(); };

    for (auto* each : std::initializer_list<juce::Component*> { &address, &copy, &uri, &dial })
        addAndMakeVisible(each);
    if (offers.tryDemo != nullptr)
        addAndMakeVisible(demo);
    if (offers.continueLast != nullptr)
        addAndMakeVisible(last);
    for (auto* editor : { &address, &uri })
    {
        editor->setJustification(juce::Justification::centredLeft);
        editor->setIndents(layout::grid, 0);
    }
    setSize(400, layout::controlHeight);
    model.addView(*this);
    lookAndFeelChanged();
}

WelcomePanel::~WelcomePanel() { model.removeView(*this); }

void WelcomePanel::lookAndFeelChanged()
{
    for (auto* editor : { &address, &uri })
    {
        editor->applyFontToAllText(layout::bodyFont());
        editor->applyColourToAllText(Look::of(*this).text);
    }
    uri.setTextToShowWhenEmpty("sip:somebody@somewhere", Look::of(*this).quiet);
    modelChanged();
}

void WelcomePanel::resized()
{
    // Where there is little room a button stands below its field.
    const auto narrow = getWidth() < narrowPanel;
    const auto rows = (narrow ? 4 : 2) + (demo.isVisible() ? 1 : 0) + (last.isVisible() ? 1 : 0);
    setSize(getWidth(), rows * layout::controlHeight + (rows - 1) * rowGap);
    auto area = getLocalBounds();
    const auto row = [&area] {
        auto next = area.removeFromTop(layout::controlHeight);
        area.removeFromTop(rowGap);
        return next;
    };
    for (auto [field, button] : { std::pair<juce::TextEditor*, juce::TextButton*> { &address, &copy }, { &uri, &dial } })
    {
        auto first = row();
        button->setBounds(narrow ? row() : first.removeFromRight(buttonWidth));
        if (! narrow)
            first.removeFromRight(rowGap);
        field->setBounds(first);
    }
    address.moveCaretToTop(false);
    if (demo.isVisible())
        demo.setBounds(row());
    if (last.isVisible())
        last.setBounds(row());
}

void WelcomePanel::modelChanged()
{
    const auto isCalled = ! model.openCalls().empty();
    demoHasCalled = demoHasCalled || isCalled;
    if (! demo.isEnabled() && demoHasCalled && ! isCalled)
    {
        demo.setEnabled(true);
        demo.setButtonText(demo.getTitle());
    }
    const auto text = juceText(model.snapshot().localUri);
    if (text != address.getText())
    {
        address.setText(text, false);
        address.moveCaretToTop(false);
    }
}

void WelcomePanel::call()
{
    if (uri.getText().trim().isEmpty())
        return uri.grabKeyboardFocus();
    if (offers.dial(uri.getText()))
        uri.clear();
}

} // namespace mw
