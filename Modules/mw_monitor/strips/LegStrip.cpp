#include "LegStrip.h"

#include "../look/Figures.h"
#include "StripColours.h"
#include "StripMenu.h"

#include <cmath>

namespace mw
{

namespace
{
constexpr double tooMuchLossPercent = 1.0;
constexpr int digitsShown = 4;
}

void DotsButton::paintButton(juce::Graphics& g, bool over, bool down)
{
    const auto& p = Look::of(*this);
    const auto area = getLocalBounds().toFloat();
    if (over || down)
    {
        g.setColour(p.raised.contrasting(0.06f));
        g.fillRoundedRectangle(area, layout::corner);
    }
    g.setColour(over ? p.text : p.quiet);
    for (const auto at : { -5.0f, 0.0f, 5.0f })
        g.fillEllipse(juce::Rectangle<float>(3.0f, 3.0f).withCentre(area.getCentre().translated(at, 0.0f)));
    Look::drawFocus(g, *this, area);
}

LegStrip::LegStrip(MonitorModel& modelToShow, StripActions& actionsToUse)
    : model(modelToShow), actions(actionsToUse), parts(modelToShow, *this, StripParts::Output::yes)
{
    setOpaque(true);
    addAndMakeVisible(level);
    addAndMakeVisible(more);
    more.setTooltip("Hang up, hold, digits, details (Return)");
    more.onClick = [this] { showMenu(); };
    setFocusContainerType(FocusContainerType::focusContainer);
}

void LegStrip::assign(const CallInfo& call)
{
    if (shownLeg == call.leg && shownChannel == call.channel)
        return;
    shownLeg = call.leg;
    shownChannel = call.channel;
    const auto of = "strip " + juce::String(call.channel + 1);
    setTitle("Strip " + juce::String(call.channel + 1));
    more.setTitle("Menu of " + of);
    parts.attach(call.channel, of);
    update(true);
}

void LegStrip::setCompact(bool narrow)
{
    if (compact == narrow)
        return;
    compact = narrow;
    resized();
    repaint();
}

void LegStrip::update(bool refresh)
{
    const auto* call = model.call(shownLeg);
    if (call == nullptr)
        return;
    const auto* row = model.snapshot().strip(shownChannel);
    parts.show(row, refresh);
    if (std::exchange(chosen, model.selected() == shownLeg) != (model.selected() == shownLeg))
        repaint();
    updateTexts(*call, row);
    if (! refresh)
        return;
    updateFigures();
    const auto* history = model.history(shownLeg);
    level.show(history != nullptr ? &history->levelIn : nullptr, overloadDbm0(model.snapshot().law));
}

void LegStrip::updateTexts(const CallInfo& call, const StripRow* row)
{
    using Style = StripLines<rowCount>::Style;
    auto next = lookOf(call.state);
    if (call.onHold && (call.state == CallState::established || call.state == CallState::held))
        next = { StateShape::half, compact ? "hold" : "on hold", &Palette::waiting };
    if (next.word != state.word)
    {
        state = next;
        repaint(0, 0, getWidth(), layout::grid + StripMetrics::line);
    }
    auto codec = juceText(call.codec);
    if (compact)
        codec = codec.upToFirstOccurrenceOf("/", false, false);
    if (model.snapshot().mixer.mode == MixMode::funnel && row != nullptr)
        codec = (row->role == LegRole::sink ? "sink " : "source ") + codec.upToFirstOccurrenceOf("/", false, false);
    lines.set(stateRow, state.word, Style::quiet);
    lines.set(nameRow, juce::String(call.channel + 1) + "  " + juceText(call.peerName.empty() ? call.peerUri : call.peerName), Style::strong);
    // What the name says already leaves room for the host.
    const auto uri = juceText(call.peerUri).fromFirstOccurrenceOf("sip:", false, true);
    lines.set(uriRow, uri.startsWith(juceText(call.peerName) + "@") ? uri.fromFirstOccurrenceOf("@", true, false) : uri, Style::quiet);
    lines.set(codecRow, codec.isEmpty() ? juce::String::fromUTF8("—") : codec, Style::quiet);
    setHelpText(juceText(call.peerUri));
}

/** The last ones that the leg sent by whatever way, oldest first. */
juce::String LegStrip::digitsHeard() const
{
    juce::String heard;
    const auto& entries = model.digits().entries();
    for (auto entry = entries.rbegin(); entry != entries.rend() && heard.length() < digitsShown; ++entry)
        if (entry->leg == shownLeg && ! entry->sent)
            heard = juceText(entry->digits) + heard;
    return heard.getLastCharacters(digitsShown);
}

void LegStrip::updateFigures()
{
    using Style = StripLines<rowCount>::Style;
    const auto* transport = model.snapshot().transport(shownChannel);
    const auto measured = transport != nullptr && transport->media.playout.packets > 0;
    const auto nothing = juce::String::fromUTF8("—");
    const auto loss = measured ? lossPercentOf(transport->media.playout) : std::numeric_limits<double>::quiet_NaN();
    lines.set(lossRow, measured ? figures::of(loss, 1) + " %" : nothing, loss >= tooMuchLossPercent ? Style::wrong : Style::plain);
    lines.set(jitterRow, measured ? figures::of(transport->media.playout.jitterMs, 1) + " ms" : nothing, Style::plain);
    lines.set(bufferRow, measured ? figures::of(transport->media.playout.depthMs, 0) + " ms" : nothing, Style::plain);
    const auto heard = digitsHeard();
    lines.set(digitRow, heard.isEmpty() ? nothing : heard, Style::plain);
}

void LegStrip::resized()
{
    const auto metrics = StripMetrics::of(getHeight());
    auto area = getLocalBounds().withTrimmedRight(1).reduced(compact ? layout::half : layout::grid, layout::grid);
    const auto whole = area;
    auto top = area.removeFromTop(StripMetrics::line);
    more.setVisible(! compact);
    if (! compact)
        more.setBounds(top.removeFromRight(20));
    lines.place(stateRow, top.withTrimmedLeft(14));
    lines.place(nameRow, area.removeFromTop(StripMetrics::nameLine));
    const auto hasLong = metrics.header > layout::grid + StripMetrics::line + StripMetrics::nameLine;
    lines.place(uriRow, hasLong ? area.removeFromTop(StripMetrics::line) : juce::Rectangle<int>());
    lines.place(codecRow, hasLong ? area.removeFromTop(StripMetrics::line) : juce::Rectangle<int>());
    area.removeFromTop(layout::half);
    auto extra = area.removeFromBottom(metrics.extra);
    parts.layOut(area.withTrimmedBottom(layout::grid), compact);
    layOutFigures(extra);
    update(true);
}

void LegStrip::layOutFigures(juce::Rectangle<int> area)
{
    // The picture of the last half minute needs a line and a half; what has no room is left out from the end.
    constexpr auto pictureHeight = StripMetrics::line + layout::grid;
    const auto hasPicture = area.getHeight() >= 2 * StripMetrics::line + pictureHeight + layout::half;
    level.setVisible(hasPicture);
    if (hasPicture)
    {
        level.setBounds(area.removeFromBottom(pictureHeight));
        area.removeFromBottom(layout::half);
    }
    // A narrow strip has room for their first letters.
    const std::pair<Row, juce::String> rows[] { { lossRow, "loss" }, { jitterRow, "jitter" }, { bufferRow, "buffer" }, { digitRow, "digit" } };
    for (const auto& [row, label] : rows)
        lines.place(row, area.getHeight() >= StripMetrics::line ? area.removeFromTop(StripMetrics::line) : juce::Rectangle<int>(),
                    compact ? label.substring(0, 1).toUpperCase() : label, juce::Justification::centredRight);
}

juce::PopupMenu LegStrip::menu() const { return stripMenu(model, actions, shownLeg); }

void LegStrip::showMenu()
{
    auto shown = menu();
    showMenuBeside(shown, compact ? static_cast<juce::Component&>(*this) : more);
}

void LegStrip::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(chosen ? chosenBackground(p) : p.surface);
    g.setColour(p.line);
    g.fillRect(getWidth() - 1, 0, 1, getHeight());
    if (chosen)
    {
        g.setColour(p.accent);
        g.fillRect(0, 0, getWidth() - 1, 3);
    }
    const auto left = compact ? layout::half : layout::grid;
    drawState(g, juce::Rectangle<int>(left, layout::grid + 3, 10, 10).toFloat(), state.shape, p.*state.colour);
    lines.paint(g, p);
}

} // namespace mw
