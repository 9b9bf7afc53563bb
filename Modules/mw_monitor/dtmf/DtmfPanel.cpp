#include "DtmfPanel.h"

#include "../look/Figures.h"
#include "../look/Layout.h"

#include <algorithm>

namespace mw
{

namespace
{
constexpr int everybodyId = 1, firstLegId = 16;  // of the boxes' items; LegIds follow
constexpr int gap = layout::half;
constexpr int64_t holdAgainNs = 9'000'000'000;   // before the longest digit of the oscillator is over
constexpr int leastLogHeight = 72;

constexpr int idOf(LegId leg) { return leg == 0 ? everybodyId : firstLegId + static_cast<int>(leg); }

juce::String shownName(const CallInfo& call) { return juceText(call.peerName.empty() ? call.peerUri : call.peerName); }

/** The digit that a key types, 0 when it is none. */
char digitOf(const juce::KeyPress& key, bool lettersToo)
{
    if (key.getModifiers().isCommandDown() || key.getModifiers().isAltDown())
        return 0;
    const auto typed = juce::CharacterFunctions::toUpperCase(key.getTextCharacter());
    const auto isOurs = juce::String("0123456789*#").containsChar(typed) || (lettersToo && typed >= 'A' && typed <= 'D');
    return isOurs && typed != 0 ? static_cast<char>(typed) : char { 0 };
}
} // namespace

DtmfPanel::DtmfPanel(MonitorModel& modelToShow)
    : model(modelToShow),
      audience(model.engine()),
      onMs("on", "DTMF on time", "ms", { DtmfSettings::minOnMs, DtmfSettings::maxOnMs, 1, 100, 0, 200 }),
      offMs("off", "DTMF off time", "ms", { DtmfSettings::minOffMs, DtmfSettings::maxOffMs, 1, 100, 0, 200 }),
      lowLevel("low", "DTMF low-group level", "dBm0", { DtmfSettings::minLowDbm0, DtmfSettings::maxLowDbm0, 0.1, -11.0, 1 }),
      twist("twist", "DTMF twist", "dB", { -DtmfSettings::maxTwistDb, DtmfSettings::maxTwistDb, 0.1, 2.0, 1 }),
      gapMs("gap", "DTMF gap between rounds", "ms", { 0, DtmfSettings::maxGapMs, 10, 1000, 0, 1000 }),
      log(model)
{
    setTitle("DTMF");
    setOpaque(true);
    for (size_t i = 0; i < keys.size(); ++i)
    {
        keys[i] = std::make_unique<DigitKey>(dtmfDigitAt(static_cast<int>(i / 4), static_cast<int>(i % 4)));
        keys[i]->onPress = [this](char digit) { press(digit); };
        keys[i]->onRelease = [this](char) { release(); };
        addAndMakeVisible(*keys[i]);
    }
    for (size_t i = 0; i < frequencies.size(); ++i)
    {
        auto& label = frequencies[i];
        label.setText(juce::String(i < 4 ? dtmfLowGroupHz[i] : dtmfHighGroupHz[i - 4], 0), juce::dontSendNotification);
        label.setFont(layout::smallFont());
        label.setJustificationType(i < 4 ? juce::Justification::centredLeft : juce::Justification::centred);
        label.setBorderSize({});
        label.setInterceptsMouseClicks(false, false);
        addAndMakeVisible(label);
    }
    editor.onTextChange = [this] { showFault(); };
    editor.onReturnKey = [this] { play(); };
    message.setTitle("What is wrong with the DTMF sequence");

    loop.setTitle("Loop");
    loop.setTooltip("Begins again after the gap, until it is stopped");
    whom.setTitle("Who gets the digits");
    whom.setTooltip("Who gets the digits: everybody, or one call alone");
    how.setTitle("How digits are sent");
    how.setTooltip("In-band: as sound. telephone-event: RFC 4733. SIP INFO: application/dtmf-relay");
    for (const auto way : { DigitEntry::Way::inBand, DigitEntry::Way::telephoneEvent, DigitEntry::Way::sipInfo })
        how.addItem(nameOf(way), static_cast<int>(way) + 1);
    whom.onChange = how.onChange = [this] { targetChosen(); };

    playButton.setButtonText("Play");
    setButtonSign(playButton, Shape::right);
    playButton.setTitle("Play the sequence");
    playButton.setTooltip("Plays the sequence (Return in its field)");
    playButton.onClick = [this] { play(); };
    setButtonStyle(playButton, ButtonStyle::accent);
    stopButton.setButtonText("Stop");
    stopButton.setTitle("Stop DTMF");
    stopButton.setTooltip("Fades out the digit that sounds, and ends the sequence");
    stopButton.onClick = [this] { stop(); };
    logButton.setTitle("Show the log of digits");
    logButton.setTooltip("The log of digits instead of the keypad");
    logButton.setClickingTogglesState(true);
    logButton.onClick = [this] { setShowsLog(logButton.getToggleState()); };
    setButtonStyle(logButton, ButtonStyle::quiet);

    for (auto* child : std::initializer_list<juce::Component*> { &editor, &message, &onMs, &offMs, &lowLevel, &twist, &gapMs, &loop, &whom,
                                                                 &how, &playButton, &stopButton, &logButton, &log })
        addAndMakeVisible(child);
    setFocusContainerType(FocusContainerType::none);
    showTargets();
    how.setSelectedId(1, juce::dontSendNotification);
    for (auto* field : { &onMs, &offMs })
        field->onValueChange = [this] { showFault(); };
    showFault();
    model.addView(*this);
    showWhatWasPlayed();
}

DtmfPanel::~DtmfPanel() { model.removeView(*this); }

// ---- what is shown -----------------------------------------------------------------------------------------------------------

void DtmfPanel::paint(juce::Graphics& g)
{
    const auto& p = Look::of(*this);
    g.fillAll(p.surface);
    g.setColour(p.text);
    g.setFont(layout::strongFont());
    g.drawText("DTMF", juce::Rectangle<int>(layout::grid, layout::half, 96, 24), juce::Justification::centredLeft);
}

void DtmfPanel::lookAndFeelChanged()
{
    const auto& p = Look::of(*this);
    for (auto& label : frequencies)
        label.setColour(juce::Label::textColourId, p.quiet);
    editor.applyColourToAllText(p.text);
    editor.setTextToShowWhenEmpty("digits, for example 1234,56#", p.quiet);
    showFault();
}

void DtmfPanel::layOutKeypad(juce::Rectangle<int> area)
{
    constexpr int rowLabel = 28, columnLabel = 14;
    auto header = area.removeFromTop(columnLabel);
    const auto keyWidth = (area.getWidth() - rowLabel - 3 * gap) / 4, keyHeight = (area.getHeight() - 3 * gap) / 4;
    for (int i = 0; i < 4; ++i)
    {
        const auto x = area.getX() + rowLabel + i * (keyWidth + gap), y = area.getY() + i * (keyHeight + gap);
        frequencies[static_cast<size_t>(i)].setBounds(area.getX(), y, rowLabel, keyHeight);
        frequencies[static_cast<size_t>(4 + i)].setBounds(x, header.getY(), keyWidth, columnLabel);
        for (int row = 0; row < 4; ++row)
            keys[static_cast<size_t>(row * 4 + i)]->setBounds(x, area.getY() + row * (keyHeight + gap), keyWidth, keyHeight);
    }
}

void DtmfPanel::resized()
{
    auto area = getLocalBounds().reduced(layout::grid, layout::half);
    auto title = area.removeFromTop(24);
    constexpr int fieldHeight = 24, controlHeight = 26, messageHeight = 16;
    constexpr int fixedHeight = 2 * gap + controlHeight + messageHeight + 3 * fieldHeight + 2 * gap + 2 * controlHeight + 3 * gap;
    constexpr int leastKeypad = 14 + 4 * 26 + 3 * gap, mostKeypad = 14 + 4 * 44 + 3 * gap;
    const auto spare = area.getHeight() - fixedHeight;
    logFits = spare - leastLogHeight >= leastKeypad;
    const auto keypadHeight = std::clamp(logFits ? std::min(spare - leastLogHeight, spare * 6 / 10) : spare, leastKeypad, mostKeypad);
    logButton.setVisible(! logFits);
    logButton.setBounds(title.removeFromRight(48).reduced(0, 1));
    const auto onlyLog = logOnly && ! logFits;
    for (auto* child : getChildren())
        if (child != &logButton)
            child->setVisible(child == &log ? logFits || onlyLog : ! onlyLog);
    if (onlyLog)
        return log.setBounds(area);

    layOutKeypad(area.removeFromTop(keypadHeight));
    area.removeFromTop(2 * gap);
    editor.setBounds(area.removeFromTop(controlHeight));
    message.setBounds(area.removeFromTop(messageHeight));
    const auto half = (area.getWidth() - gap) / 2;
    const auto pair = [&](juce::Component& left, juce::Component& right, int height) {
        auto row = area.removeFromTop(height);
        left.setBounds(row.removeFromLeft(half));
        row.removeFromLeft(gap);
        right.setBounds(row);
        area.removeFromTop(gap);
    };
    pair(onMs, offMs, fieldHeight);
    pair(lowLevel, twist, fieldHeight);
    pair(gapMs, loop, fieldHeight);
    pair(whom, how, controlHeight);
    pair(playButton, stopButton, controlHeight);
    if (logFits)
        log.setBounds(area.withTrimmedTop(gap));
}

void DtmfPanel::setShowsLog(bool shows)
{
    logOnly = shows;
    logButton.setButtonText(shows ? "Keys" : "Log");
    resized();
}

void DtmfPanel::showFault()
{
    const auto fault = editor.fault();
    const auto parsed = editor.sequence();
    auto text = fault;
    if (fault.isEmpty())
    {
        const auto symbols = static_cast<int>(parsed.value().length);
        text = symbols == 0 ? juce::String()
                            : juce::String(symbols) + (symbols == 1 ? " symbol, " : " symbols, ")
                                  + figures::of(symbols * (onMs.getValue() + offMs.getValue()) / 1000.0, 1) + " s";
    }
    message.say(text, fault.isNotEmpty());
    message.setTooltip(fault);
    playButton.setEnabled(fault.isEmpty() && parsed.value().length > 0);
    editor.repaint();
}

void DtmfPanel::modelChanged()
{
    if (const auto now = model.snapshot().mixer.dtmfDigit; now != sounding)
    {
        sounding = now;
        for (auto& key : keys)
            key->setSounding(sounding != 0 && key->getName()[0] == static_cast<juce::juce_wchar>(sounding));
    }
    if (held && chosen.way == DigitEntry::Way::inBand && model.engine().clock().nowNs() - held->sentNs >= holdAgainNs)
        sendHeld(model.engine().clock().nowNs());
    // A window that lost the keyboard is not told that the key went up.
    if (held && held->key && held->hadFocus && getPeer() != nullptr && ! getPeer()->isFocused())
        release();
    if (chosen.leg != 0 && (model.call(chosen.leg) == nullptr || model.call(chosen.leg)->state == CallState::closed))
    {
        model.note(LogEntry::Weight::note, "The call that got the DTMF digits is over: they go to everybody, in-band");
        setTarget({});
    }
    showTargets();
    showWhatWasPlayed();
    log.refresh();
}

/** A session or a fader box may have played a sequence: it stands here as if it had been typed. */
void DtmfPanel::showWhatWasPlayed()
{
    const auto& played = model.engine().houseSounds().dtmf;
    const auto same = played.sequence.text() == lastPlayed.sequence.text() && played.onMs == lastPlayed.onMs && played.offMs == lastPlayed.offMs
                   && played.gapMs == lastPlayed.gapMs && played.lowDbm0 == lastPlayed.lowDbm0 && played.twistDb == lastPlayed.twistDb
                   && played.loop == lastPlayed.loop;
    if (same)
        return;
    lastPlayed = played;
    setSettings(played);
}

// ---- whom --------------------------------------------------------------------------------------------------------------------

void DtmfPanel::showTargets()
{
    if (whom.isPopupActive())
        return;
    std::vector<std::pair<LegId, juce::String>> now { { LegId { 0 }, "everybody" } };
    for (const auto* call : model.openCalls())
        if (call->state == CallState::established || call->state == CallState::held)
            now.emplace_back(call->leg, shownName(*call));
    if (now != shownTargets)
    {
        whom.clear(juce::dontSendNotification);
        for (const auto& [leg, name] : now)
            whom.addItem(name, idOf(leg));
        shownTargets = std::move(now);
        whom.setSelectedId(idOf(chosen.leg), juce::dontSendNotification);
    }
}

void DtmfPanel::targetChosen()
{
    const auto id = whom.getSelectedId();
    Target wanted;
    wanted.leg = id >= firstLegId ? static_cast<LegId>(id - firstLegId) : 0;
    wanted.way = static_cast<DigitEntry::Way>(std::max(how.getSelectedId(), 1) - 1);
    setTarget(wanted);
}

void DtmfPanel::setTarget(const Target& wanted)
{
    release();
    chosen = wanted;
    showTargets();
    whom.setSelectedId(idOf(chosen.leg), juce::dontSendNotification);
    how.setSelectedId(static_cast<int>(chosen.way) + 1, juce::dontSendNotification);
    applyTarget();
    const auto inBand = chosen.way == DigitEntry::Way::inBand;
    for (auto* field : std::initializer_list<juce::Component*> { &lowLevel, &twist, &gapMs, &loop, &stopButton })
        field->setEnabled(inBand);
}

void DtmfPanel::applyTarget()
{
    if (chosen.leg == 0 || chosen.way != DigitEntry::Way::inBand)
        return audience.everybody();
    if (const auto alone = audience.only(chosen.leg); ! alone)
        model.note(LogEntry::Weight::bad, alone.error().message());
}

std::vector<LegId> DtmfPanel::receivers() const
{
    if (chosen.leg != 0)
        return { chosen.leg };
    std::vector<LegId> all;
    for (const auto* call : model.openCalls())
        if (call->state == CallState::established || call->state == CallState::held)
            all.push_back(call->leg);
    return all;
}

// ---- playing -----------------------------------------------------------------------------------------------------------------

DtmfSettings DtmfPanel::settings() const
{
    DtmfSettings result;
    if (const auto parsed = editor.sequence())
        result.sequence = parsed.value();
    result.onMs = juce::roundToInt(onMs.getValue());
    result.offMs = juce::roundToInt(offMs.getValue());
    result.gapMs = juce::roundToInt(gapMs.getValue());
    result.lowDbm0 = lowLevel.getValue();
    result.twistDb = twist.getValue();
    result.loop = loop.getToggleState();
    result.law = model.engine().config().mixer.law;
    return result;
}

void DtmfPanel::setSettings(const DtmfSettings& settings)
{
    const auto digits = juceText(settings.sequence.text());
    if (editor.getText().toUpperCase() != digits)
        editor.setText(digits, false);
    onMs.setValue(settings.onMs, juce::dontSendNotification);
    offMs.setValue(settings.offMs, juce::dontSendNotification);
    gapMs.setValue(settings.gapMs, juce::dontSendNotification);
    lowLevel.setValue(settings.lowDbm0, juce::dontSendNotification);
    twist.setValue(settings.twistDb, juce::dontSendNotification);
    loop.setToggleState(settings.loop, juce::dontSendNotification);
    showFault();
}

void DtmfPanel::noteSent(const std::string& digits, double durationMs, int64_t timeNs)
{
    const auto now = settings();
    const auto inBand = chosen.way == DigitEntry::Way::inBand;
    model.noteDigits({ .timeNs = timeNs, .leg = chosen.leg, .sent = true, .way = chosen.way, .digits = digits,
                       .lowDbm0 = inBand ? now.lowDbm0 : DigitEntry::unknown, .highDbm0 = inBand ? now.lowDbm0 + now.twistDb : DigitEntry::unknown,
                       .durationMs = durationMs });
    log.refresh();
}

void DtmfPanel::press(char digit)
{
    release();
    const auto nowNs = model.engine().clock().nowNs();
    if (chosen.way == DigitEntry::Way::inBand)
    {
        held = Held { digit, nowNs, nowNs, std::nullopt, getPeer() != nullptr && getPeer()->isFocused() };
        return sendHeld(nowNs);
    }
    const auto now = settings();
    const auto method = chosen.way == DigitEntry::Way::sipInfo ? DtmfMethod::sipInfo : DtmfMethod::telephoneEvent;
    for (const auto leg : receivers())
        model.engine().sendDtmf(leg, DtmfSequence::parse({ &digit, 1 }).value(), method, now.onMs, now.offMs);
    noteSent({ digit }, now.onMs, nowNs);
}

void DtmfPanel::sendHeld(int64_t nowNs)
{
    MixerCommand command;
    command.kind = MixerCommand::Kind::pressDtmf;
    command.dtmf = settings();
    command.dtmf.sequence = DtmfSequence::parse({ &held->digit, 1 }).value();
    command.dtmf.onMs = DtmfSettings::maxOnMs;
    command.dtmf.loop = false;
    held->sentNs = nowNs;  // the very time of the press, the first time: release() asks
    model.send(command);
}

void DtmfPanel::release()
{
    if (! held)
        return;
    const auto was = *std::exchange(held, std::nullopt);
    const auto nowNs = model.engine().clock().nowNs();
    MixerCommand command;
    command.kind = MixerCommand::Kind::releaseDtmf;
    // Sent again and again, it lasted its time already.
    command.dtmf.onMs = was.sentNs == was.sinceNs ? juce::roundToInt(onMs.getValue()) : 0;
    model.send(command);
    noteSent({ was.digit }, std::max(static_cast<double>(nowNs - was.sinceNs) * 1e-6, onMs.getValue()), was.sinceNs);
}

void DtmfPanel::play()
{
    const auto parsed = editor.sequence();
    if (! parsed || parsed.value().length == 0)
        return;
    release();
    const auto now = settings();
    const auto nowNs = model.engine().clock().nowNs();
    if (chosen.way == DigitEntry::Way::inBand)
    {
        MixerCommand command;
        command.kind = MixerCommand::Kind::playDtmf;
        command.dtmf = now;
        if (! model.send(command))
            return;
    }
    else
    {
        const auto method = chosen.way == DigitEntry::Way::sipInfo ? DtmfMethod::sipInfo : DtmfMethod::telephoneEvent;
        for (const auto leg : receivers())
            model.engine().sendDtmf(leg, now.sequence, method, now.onMs, now.offMs);
    }
    noteSent(std::string(now.sequence.text()), now.onMs, nowNs);
}

void DtmfPanel::stop()
{
    held.reset();
    MixerCommand command;
    command.kind = MixerCommand::Kind::stopDtmf;
    model.send(command);
}

// ---- keyboard ----------------------------------------------------------------------------------------------------------------

bool DtmfPanel::takeKey(const juce::KeyPress& key)
{
    const auto digit = digitOf(key, hasKeyboardFocus(true));
    if (digit == 0)
        return false;
    if (held && held->key && held->digit == digit)
        return true;  // the keyboard repeats it
    press(digit);
    if (held)
        held->key = key;
    return true;
}

bool DtmfPanel::takeKeyState()
{
    if (! held || ! held->key || held->key->isCurrentlyDown())
        return false;
    release();
    return true;
}

} // namespace mw
