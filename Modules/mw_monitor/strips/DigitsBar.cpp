#include "DigitsBar.h"

#include "../look/Layout.h"
#include "CallLook.h"

namespace mw
{

DigitsBar::DigitsBar(MonitorModel& modelToSteer) : model(modelToSteer)
{
    digits.setTitle("Digits to send");
    digits.setTooltip("0-9 A-D * # and , for a pause. Return sends, Escape closes");
    digits.setTextToShowWhenEmpty("123#", juce::Colours::grey);
    digits.setFont(layout::bodyFont());
    digits.onTextChange = [this] { check(); };
    digits.onReturnKey = [this] { sendThem(); };
    digits.onEscapeKey = [this] { close(); };
    method.setTitle("How digits are sent to the call");
    method.setTooltip("RFC 4733 telephone-event, or application/dtmf-relay in SIP INFO");
    method.addItem("telephone-event", 1);
    method.addItem("SIP INFO", 2);
    method.setSelectedId(1, juce::dontSendNotification);
    go.setTitle("Send the digits");
    setButtonStyle(go, ButtonStyle::accent);
    go.onClick = [this] { sendThem(); };
    cancel.setTitle("Close the digits' line");
    setButtonStyle(cancel, ButtonStyle::quiet);
    cancel.onClick = [this] { close(); };
    for (auto* label : { &whom, &wrong })
    {
        label->setFont(layout::smallFont());
        label->setMinimumHorizontalScale(1.0f);
        label->setBorderSize({ 0, 12, 0, 0 });
    }
    wrong.setTitle("What is wrong with the digits");
    for (auto* part : std::initializer_list<juce::Component*> { &whom, &digits, &method, &go, &cancel, &wrong })
        addAndMakeVisible(part);
    whom.setBorderSize({ 0, 0, 0, layout::half });
    digits.setJustification(juce::Justification::centredLeft);
    digits.setIndents(layout::grid, 0);
    setTitle("Digits to a call");
}

void DigitsBar::ask(LegId leg)
{
    const auto* call = model.call(leg);
    if (call == nullptr)
        return;
    target = leg;
    whom.setText("To " + juceText(call->peerName.empty() ? call->peerUri : call->peerName), juce::dontSendNotification);
    digits.clear();
    check();
    if (onChange)
        onChange();
    digits.grabKeyboardFocus();
}

void DigitsBar::close()
{
    target = 0;
    if (onChange)
        onChange();
}

void DigitsBar::check()
{
    const auto& p = Look::of(*this);
    const auto parsed = DtmfSequence::parse(digits.getText().toStdString());
    sequence = parsed ? parsed.value() : DtmfSequence {};
    digits.setColour(juce::TextEditor::textColourId, parsed ? p.text : p.bad);
    digits.applyColourToAllText(parsed ? p.text : p.bad);
    wrong.setColour(juce::Label::textColourId, p.bad);
    wrong.setText(parsed ? juce::String() : juceText(parsed.error().why), juce::dontSendNotification);
    go.setEnabled(sequence.length > 0);
    repaint();
}

void DigitsBar::sendThem()
{
    if (sequence.length == 0 || model.call(target) == nullptr)
        return;
    const DtmfSettings times;
    model.engine().sendDtmf(target, sequence, method.getSelectedId() == 2 ? DtmfMethod::sipInfo : DtmfMethod::telephoneEvent, times.onMs, times.offMs);
    model.note(LogEntry::Weight::note, "digits " + std::string(sequence.text()) + " sent by " + method.getText().toStdString(), target);
    digits.selectAll();
}

void DigitsBar::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.surface);
    g.setColour(p.line);
    g.fillRect(getLocalBounds().removeFromBottom(1));
    if (wrong.getText().isNotEmpty())
        drawState(g, juce::Rectangle<int>(wrong.getX(), getHeight() / 2 - 4, 8, 8).toFloat(), StateShape::triangle, p.bad);
}

void DigitsBar::resized()
{
    auto area = getLocalBounds().reduced(layout::grid, (height - layout::controlHeight) / 2);
    const auto narrow = getWidth() < 560;
    whom.setBounds(area.removeFromLeft(narrow ? 64 : 104));
    digits.setBounds(area.removeFromLeft(narrow ? 88 : 136));
    area.removeFromLeft(layout::half);
    method.setBounds(area.removeFromLeft(narrow ? 104 : 144));
    area.removeFromLeft(layout::half);
    go.setBounds(area.removeFromLeft(56));
    area.removeFromLeft(layout::half);
    cancel.setBounds(area.removeFromLeft(56));
    wrong.setBounds(area.withTrimmedLeft(layout::half));
}

} // namespace mw
