#include "WelcomePanel.h"

#include "../look/Layout.h"

namespace mw
{

namespace
{
constexpr int buttonWidth = 72, rowGap = layout::grid;
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
    };
    last.setButtonText("Continue last session: " + offers.lastSummary);
    last.setTitle("Continue last session");
    last.setTooltip("Calls its legs, and sets gains, digits and layout as they were");
    last.onClick = [this] { offers.continueLast(); };

    auto rows = 2;
    for (auto* each : std::initializer_list<juce::Component*> { &address, &copy, &uri, &dial })
        addAndMakeVisible(each);
    if (offers.tryDemo != nullptr)
        ++rows, addAndMakeVisible(demo);
    if (offers.continueLast != nullptr)
        ++rows, addAndMakeVisible(last);
    setSize(400, rows * layout::controlHeight + (rows - 1) * rowGap);
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
    auto area = getLocalBounds();
    const auto row = [&area] {
        auto next = area.removeFromTop(layout::controlHeight);
        area.removeFromTop(rowGap);
        return next;
    };
    auto first = row();
    copy.setBounds(first.removeFromRight(buttonWidth));
    first.removeFromRight(rowGap);
    address.setBounds(first);
    auto second = row();
    dial.setBounds(second.removeFromRight(buttonWidth));
    second.removeFromRight(rowGap);
    uri.setBounds(second);
    if (demo.isVisible())
        demo.setBounds(row());
    if (last.isVisible())
        last.setBounds(row());
}

void WelcomePanel::modelChanged()
{
    const auto text = juceText(model.snapshot().localUri);
    if (text != address.getText())
        address.setText(text, false);
}

void WelcomePanel::call()
{
    if (uri.getText().trim().isEmpty())
        return uri.grabKeyboardFocus();
    if (offers.dial(uri.getText()))
        uri.clear();
}

} // namespace mw
