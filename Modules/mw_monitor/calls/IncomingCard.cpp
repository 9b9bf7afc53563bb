#include "IncomingCard.h"

#include "../look/Layout.h"
#include "CallText.h"

namespace mw
{

IncomingCard::IncomingCard(MonitorModel& modelToShow, const CallInfo& callOfIt)
    : model(modelToShow), number(callOfIt.leg), name(nameOf(callOfIt)), uri(juceText(callOfIt.peerUri))
{
    setTitle(name + " calls");
    answerButton.setTitle("Answer " + name);
    answerButton.setTooltip("Answers (key a)");
    answerButton.onClick = [this] { answer(); };
    setButtonStyle(answerButton, ButtonStyle::accent);
    busyButton.setTitle("Reject " + name + " as busy");
    busyButton.setTooltip("Rejects with 486 Busy Here");
    busyButton.onClick = [this] { reject(486, "Busy Here"); };
    declineButton.setTitle("Decline " + name);
    declineButton.setTooltip("Rejects with 603 Decline");
    declineButton.onClick = [this] { reject(603, "Decline"); };
    setButtonStyle(declineButton, ButtonStyle::danger);
    for (auto* button : { &answerButton, &busyButton, &declineButton })
        addAndMakeVisible(button);
}

void IncomingCard::answer()
{
    model.engine().answer(number);
    model.select(number);
}

void IncomingCard::reject(int sipCode, const char* reason) { model.engine().reject(number, sipCode, reason); }

void IncomingCard::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    const auto area = getLocalBounds().toFloat();
    g.setColour(p.background);
    g.fillRoundedRectangle(area, layout::corner);
    g.setColour(p.waiting);
    g.fillRoundedRectangle(area.withWidth(3.0f), 1.5f);
    auto text = getLocalBounds().reduced(layout::grid, layout::half).removeFromTop(32);
    drawMark(g, CallMark::Shape::half, p, text.removeFromLeft(16).removeFromTop(16).toFloat());
    g.setColour(p.text);
    g.setFont(layout::strongFont());
    g.drawText(name + " calls", text.removeFromTop(17), juce::Justification::centredLeft, true);
    g.setColour(p.quiet);
    g.setFont(layout::smallFont());
    g.drawText(uri, text, juce::Justification::centredLeft, true);
}

void IncomingCard::resized()
{
    auto row = getLocalBounds().reduced(layout::grid, layout::half).removeFromBottom(24);
    const auto width = (row.getWidth() - 2 * layout::half) / 3;
    answerButton.setBounds(row.removeFromLeft(width));
    row.removeFromLeft(layout::half);
    busyButton.setBounds(row.removeFromLeft(width));
    row.removeFromLeft(layout::half);
    declineButton.setBounds(row);
}

} // namespace mw
