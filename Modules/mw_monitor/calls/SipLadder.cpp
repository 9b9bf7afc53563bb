#include "SipLadder.h"

#include "../look/Figures.h"
#include "../look/Layout.h"
#include "../look/Shapes.h"
#include "CallText.h"

#include <algorithm>

namespace mw
{

namespace
{
constexpr int timeColumn = 80, sideMargin = 24, arrowSize = 7;

/** The lifelines' places in an area. */
std::pair<int, int> lifelines(juce::Rectangle<int> area)
{
    return { area.getX() + timeColumn + sideMargin, area.getRight() - sideMargin };
}
} // namespace

SipLadder::SipLadder(MonitorModel& modelToShow) : model(modelToShow)
{
    setTitle("SIP messages");
    canvas.setTitle("Ladder of SIP messages");
    canvas.setWantsKeyboardFocus(true);
    viewport.setViewedComponent(&canvas, false);
    viewport.setScrollBarsShown(true, false);
    text.setTitle("Message text");
    text.setIndents(layout::grid, layout::half);
    text.setMultiLine(true, false);
    text.setReadOnly(true);
    text.setCaretVisible(false);
    text.setScrollbarsShown(true);
    text.setFont(juce::Font(juce::Font::getDefaultMonospacedFontName(), layout::smallText, juce::Font::plain));
    text.setIndents(layout::grid, layout::half);
    copyButton.setTitle("Copy the message");
    copyButton.setTooltip("Copies the text of the chosen message");
    copyButton.onClick = [this] { juce::SystemClipboard::copyTextToClipboard(text.getText()); };
    copyAllButton.setTitle("Copy all messages");
    copyAllButton.setTooltip("Copies all messages of the call, in order, each with its time");
    copyAllButton.onClick = [this] {
        juce::String all;
        for (int row = 0; row < rows(); ++row)
            all << rowText(row) << "\n" << arrows[static_cast<size_t>(row)].text << "\n";
        juce::SystemClipboard::copyTextToClipboard(all);
    };
    for (auto* button : { &copyButton, &copyAllButton })
        setButtonStyle(*button, ButtonStyle::quiet);
    for (auto* child : std::initializer_list<juce::Component*> { &viewport, &text, &copyButton, &copyAllButton })
        addAndMakeVisible(child);
    model.addView(*this);
    refresh();
}

SipLadder::~SipLadder() { model.removeView(*this); }

// ---- content -----------------------------------------------------------------------------------------------------------------

void SipLadder::modelChanged()
{
    if (leg != model.selected() || number != model.engine().messageNumber())
        refresh();
}

SipLadder::Arrow SipLadder::arrowOf(const SignallingMessage& message, int64_t firstNs)
{
    Arrow arrow;
    arrow.sent = message.sent;
    arrow.atSeconds = static_cast<double>(message.timeNs - firstNs) * 1e-9;
    const auto line = juceText(message.startLine);
    arrow.isAnswer = line.startsWith("SIP/2.0 ");
    arrow.status = arrow.isAnswer ? line.substring(8, 11).getIntValue() : 0;
    arrow.label = arrow.isAnswer ? line.substring(8) : juceText(message.method);
    if (arrow.isAnswer && message.method != "INVITE")
        arrow.label << " (" << juceText(message.method) << ")";
    const auto bodyAt = message.text.find("\r\n\r\n");
    arrow.hasSdp = bodyAt != std::string::npos && message.text.find("v=0", bodyAt) == bodyAt + 4;
    arrow.text = juceText(message.text).replace("\r\n", "\n");
    if (message.cut)
        arrow.text << "\n[cut: the message is longer than " << static_cast<int>(SignallingMessage::longestText) << " octets]";
    return arrow;
}

void SipLadder::refresh()
{
    const auto isOther = leg != model.selected();
    leg = model.selected();
    number = model.engine().messageNumber();
    const auto messages = leg != 0 ? model.engine().messages(leg) : std::vector<SignallingMessage>();
    const auto wasAtEnd = viewport.getViewPositionY() + viewport.getHeight() >= canvas.getHeight() - rowHeight;
    const auto former = arrows.size();
    arrows.clear();
    for (size_t i = 0; i < messages.size(); ++i)
    {
        arrows.push_back(arrowOf(messages[i], messages.front().timeNs));
        arrows.back().again = std::any_of(messages.begin(), messages.begin() + static_cast<std::ptrdiff_t>(i), [&](const auto& earlier) {
            return earlier.sent == messages[i].sent && earlier.text == messages[i].text;
        });
    }
    peer = messages.empty() ? juce::String() : juceText(messages.back().peer) + " " + juceText(messages.back().transport);
    if (isOther)
        chosen = -1;
    if (chosen >= rows())
        chosen = rows() - 1;
    if (chosen < 0 && rows() > 0)
        chosen = 0;
    resized();
    if (! isOther && wasAtEnd && arrows.size() > former)
        viewport.setViewPosition(0, std::max(canvas.getHeight() - viewport.getHeight(), 0));
    showChosen();
    repaint();
}

juce::String SipLadder::rowText(int row) const
{
    if (row < 0 || row >= rows())
        return {};
    const auto& arrow = arrows[static_cast<size_t>(row)];
    return figures::of(arrow.atSeconds, 3) + " s " + juce::String::fromUTF8(arrow.sent ? "→ " : "← ") + arrow.label + (arrow.hasSdp ? " (SDP)" : "")
         + (arrow.again ? " (again)" : "");
}

void SipLadder::choose(int row)
{
    if (row < 0 || row >= rows())
        return;
    chosen = row;
    const auto top = headHeight + row * rowHeight;
    if (top < viewport.getViewPositionY() + headHeight)
        viewport.setViewPosition(0, std::max(top - headHeight, 0));
    else if (top + rowHeight > viewport.getViewPositionY() + viewport.getHeight())
        viewport.setViewPosition(0, top + rowHeight - viewport.getHeight());
    showChosen();
    canvas.repaint();
}

void SipLadder::showChosen()
{
    const auto wanted = chosen >= 0 && chosen < rows() ? arrows[static_cast<size_t>(chosen)].text : juce::String();
    if (text.getText() != wanted)
    {
        text.setText(wanted, false);
        text.moveCaretToTop(false);
    }
    text.setVisible(rows() > 0);
    copyButton.setVisible(rows() > 0);
    copyAllButton.setVisible(rows() > 0);
    copyButton.setEnabled(wanted.isNotEmpty());
    copyAllButton.setEnabled(rows() > 0);
}

juce::String SipLadder::emptyText() const
{
    if (leg == 0)
        return "Select a call to see its SIP messages.";
    return "No SIP message of this call was seen: it began before the window was opened, or its messages were forgotten.";
}

// ---- drawing -----------------------------------------------------------------------------------------------------------------

void SipLadder::lookAndFeelChanged() { text.applyColourToAllText(Look::of(*this).text); }

void SipLadder::resized()
{
    auto area = getLocalBounds().reduced(layout::grid, layout::half);
    const auto textWidth = std::clamp(area.getWidth() * 48 / 100, 240, 640);
    auto right = area.removeFromRight(textWidth);
    area.removeFromRight(layout::grid);
    auto buttons = right.removeFromTop(24);
    copyAllButton.setBounds(buttons.removeFromRight(72));
    buttons.removeFromRight(layout::half);
    copyButton.setBounds(buttons.removeFromRight(56));
    right.removeFromTop(layout::half);
    text.setBounds(right);
    viewport.setBounds(area);
    canvas.setSize(viewport.getMaximumVisibleWidth(), std::max(headHeight + rows() * rowHeight + layout::grid, viewport.getHeight()));
}

void SipLadder::paint(juce::Graphics& g) { g.fillAll(Look::of(*this).surface); }

void SipLadder::Canvas::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    const auto clip = g.getClipBounds();
    if (owner.arrows.empty())
    {
        g.setColour(p.quiet);
        g.setFont(layout::bodyFont());
        g.drawFittedText(owner.emptyText(), getLocalBounds().removeFromTop(56), juce::Justification::centredLeft, 3);
        return;
    }
    const auto [ours, theirs] = lifelines(getLocalBounds());
    auto head = getLocalBounds().removeFromTop(headHeight);
    g.setFont(layout::strongFont());
    g.setColour(p.text);
    g.drawText("Milliwatt", head.withX(ours - 40).withWidth(96), juce::Justification::centredLeft, true);
    const auto* call = owner.model.call(owner.leg);
    const auto name = call != nullptr ? nameOf(*call) : juce::String("peer");
    g.drawText(name, head.withLeft(ours + 64), juce::Justification::centredRight, true);
    g.setColour(p.line);
    for (const auto x : { ours, theirs })
        g.fillRect(x, headHeight, 1, getHeight() - headHeight);
    const auto first = std::max((clip.getY() - headHeight) / rowHeight, 0);
    for (int row = first; row < owner.rows() && headHeight + row * rowHeight < clip.getBottom(); ++row)
        paintArrow(g, owner.arrows[static_cast<size_t>(row)], { 0, headHeight + row * rowHeight, getWidth(), rowHeight }, row == owner.chosen);
    Look::drawFocus(g, *this, getLocalBounds().toFloat());
}

void SipLadder::Canvas::paintArrow(juce::Graphics& g, const Arrow& arrow, juce::Rectangle<int> area, bool isChosen) const
{
    const auto& p = Look::of(*this);
    const auto [ours, theirs] = lifelines(area);
    if (isChosen)
    {
        g.setColour(p.raised);
        g.fillRoundedRectangle(area.toFloat().reduced(0.0f, 1.0f), layout::corner);
        g.setColour(p.accent);
        g.fillRoundedRectangle(area.toFloat().reduced(0.0f, 4.0f).withWidth(3.0f), 1.5f);
        g.setColour(p.line);
        g.fillRect(ours, area.getY(), 1, area.getHeight());
        g.fillRect(theirs, area.getY(), 1, area.getHeight());
    }
    g.setColour(p.quiet);
    g.setFont(layout::smallFont());
    g.drawText(figures::of(arrow.atSeconds, 3) + " s", area.withWidth(timeColumn - layout::grid).withTrimmedLeft(layout::half),
               juce::Justification::centredRight);

    const auto colour = ! arrow.isAnswer ? p.accent : arrow.status < 200 ? p.waiting : arrow.status < 300 ? p.good : p.bad;
    const auto y = static_cast<float>(area.getBottom()) - 7.0f;
    const auto from = static_cast<float>(arrow.sent ? ours : theirs), to = static_cast<float>(arrow.sent ? theirs : ours);
    const auto back = arrow.sent ? -1.0f : 1.0f;
    g.setColour(colour);
    g.drawLine(from, y, to + back * static_cast<float>(arrowSize), y, 1.5f);
    juce::Path tip;
    tip.addTriangle(to, y, to + back * arrowSize, y - 4.0f, to + back * arrowSize, y + 4.0f);
    g.fillPath(tip);

    const auto& label = arrow.label;
    const auto signWidth = arrow.status >= 300 ? 16 : 0;
    juce::String rest;
    rest << (arrow.hasSdp ? "  SDP" : "") << (arrow.again ? "  again" : "");
    const auto bold = layout::bodyFont();
    const auto between = juce::Rectangle<int>(ours + layout::grid, area.getY(), theirs - ours - 2 * layout::grid, rowHeight - 9);
    const auto restWidth = rest.isEmpty() ? 0 : layout::smallFont().getStringWidth(rest) + 2;
    const auto labelWidth = std::min(bold.getStringWidth(label) + 2, between.getWidth() - restWidth - signWidth);
    auto centred = between.withSizeKeepingCentre(signWidth + labelWidth + restWidth, between.getHeight());
    if (signWidth > 0)
        drawShape(g, Shape::warning, centred.removeFromLeft(signWidth).toFloat().getCentre().translated(-2.0f, 0.0f), 9.0f);
    g.setFont(bold);
    g.setColour(p.text);
    g.drawText(label, centred.removeFromLeft(labelWidth), juce::Justification::centredLeft, true);
    g.setFont(layout::smallFont());
    g.setColour(p.quiet);
    g.drawText(rest, centred, juce::Justification::centredLeft, false);
}

void SipLadder::Canvas::mouseDown(const juce::MouseEvent& event)
{
    if (isShowing())
        grabKeyboardFocus();
    if (event.y >= headHeight)
        owner.choose((event.y - headHeight) / rowHeight);
}

bool SipLadder::Canvas::keyPressed(const juce::KeyPress& key)
{
    if (key == juce::KeyPress::downKey)
        return owner.choose(owner.chosen + 1), true;
    if (key == juce::KeyPress::upKey)
        return owner.choose(owner.chosen - 1), true;
    if (key == juce::KeyPress('c', juce::ModifierKeys::commandModifier, 0))
        return owner.copyButton.triggerClick(), true;
    return false;
}

} // namespace mw
