#include "StripsBench.h"

#include <mw_monitor/strips/DigitsBar.h>
#include <mw_monitor/strips/StripColours.h>

namespace mw::test
{
namespace
{

class Strips : public ::testing::Test, protected StripsBench
{
};

TEST_F(Strips, AFaderChangesWhatAnotherLegHearsByJustThatMuch)
{
    const auto alice = bench.call("sip:alice@example.com"), bob = bench.call("sip:bob@example.com");
    speak(alice, -10.0);
    bench.run(3.0);
    EXPECT_NEAR(levelOut(bob), -10.0, 0.1);
    auto& fader = *find<GainFader>("Gain of strip 1");
    for (const auto gainDb : { -6.0, 3.0, -20.5, 0.0 })
    {
        fader.moveTo(gainDb);
        EXPECT_DOUBLE_EQ(mixer().stripGainDb(0), gainDb);
        bench.run(3.0);
        EXPECT_NEAR(levelOut(bob), -10.0 + gainDb, 0.1) << gainDb;
    }
    fader.moveTo(-61.0);
    bench.run(10.0);
    EXPECT_EQ(mixer().stripGainDb(0), silenceDb);
    EXPECT_LT(levelOut(bob), -80.0);
    EXPECT_EQ(find<TypedField>("Typed gain of strip 1")->getText(), juce::String::fromUTF8("−∞ dB"));

    fader.moveTo(0.0);
    find<juce::Button>("Mute strip 1")->setToggleState(true, juce::sendNotificationSync);
    bench.run(10.0);
    EXPECT_LT(levelOut(bob), -80.0);
    find<juce::Button>("Mute strip 1")->setToggleState(false, juce::sendNotificationSync);
    find<GainFader>("Gain of all outputs")->moveTo(-4.0);
    find<GainFader>("Gain of all that comes in")->moveTo(-3.0);
    bench.run(3.0);
    EXPECT_NEAR(levelOut(bob), -17.0, 0.1);
    find<juce::Button>("Solo strip 2")->setToggleState(true, juce::sendNotificationSync);
    bench.run(10.0);
    EXPECT_LT(levelOut(bob), -80.0) << "only bob is heard now, and nobody hears himself";
}

TEST_F(Strips, EveryWayOfMovingAGainIsOneUndoStep)
{
    bench.call("sip:alice@example.com");
    auto& fader = *find<GainFader>("Gain of strip 1");
    const auto press = [this](int key, int mods) { return bench.view->keyPressed(juce::KeyPress(key, juce::ModifierKeys(mods), 0)); };
    constexpr auto ctrl = juce::ModifierKeys::commandModifier, shift = juce::ModifierKeys::shiftModifier;

    drag(fader, { 0.0f, 10.0f, 25.0f, 40.0f }, {});
    const auto dragged = mixer().stripGainDb(0);
    EXPECT_LT(dragged, -3.0);
    type("Typed gain of strip 1", "-12");
    list().keyPressed(juce::KeyPress('m'));
    EXPECT_TRUE(mixer().isStripMuted(0));

    EXPECT_TRUE(press('z', ctrl));
    EXPECT_FALSE(mixer().isStripMuted(0));
    EXPECT_FALSE(find<juce::Button>("Mute strip 1")->getToggleState()) << "the button follows";
    EXPECT_TRUE(press('z', ctrl));
    EXPECT_EQ(mixer().stripGainDb(0), dragged);
    EXPECT_TRUE(press('z', ctrl));
    EXPECT_EQ(mixer().stripGainDb(0), 0.0);
    EXPECT_EQ(fader.gainDb(), 0.0);
    EXPECT_FALSE(press('z', ctrl));
    EXPECT_TRUE(press('z', ctrl | shift));
    EXPECT_EQ(mixer().stripGainDb(0), dragged);
}

TEST_F(Strips, AFaderIsFineWithShiftAndGoesToUnityOnADoubleClick)
{
    bench.call("sip:alice@example.com");
    auto& fader = *find<GainFader>("Gain of strip 1");
    drag(fader, { 0.0f, 30.0f }, {});
    const auto coarse = mixer().stripGainDb(0);
    fader.moveTo(0.0);
    drag(fader, { 0.0f, 30.0f }, juce::ModifierKeys::shiftModifier);
    EXPECT_NEAR(mixer().stripGainDb(0), coarse / 10.0, 0.06);
    EXPECT_LT(mixer().stripGainDb(0), 0.0);
    fader.mouseDoubleClick(eventAt(fader, {}, {}));
    EXPECT_EQ(mixer().stripGainDb(0), 0.0);

    EXPECT_TRUE(fader.keyPressed(juce::KeyPress(juce::KeyPress::upKey)));
    EXPECT_EQ(mixer().stripGainDb(0), 1.0);
    EXPECT_TRUE(fader.keyPressed(juce::KeyPress(juce::KeyPress::downKey, juce::ModifierKeys::shiftModifier, 0)));
    EXPECT_NEAR(mixer().stripGainDb(0), 0.9, 1e-9);
    const auto before = mixer().stripGainDb(0);
    fader.mouseDown(eventAt(fader, { 4.0f, 4.0f }, {}));
    fader.mouseUp(eventAt(fader, { 4.0f, 4.0f }, {}));
    EXPECT_EQ(mixer().stripGainDb(0), before) << "a click on the rail moves nothing";
}

TEST_F(Strips, ATypedGainIsTakenInEveryUsualForm)
{
    bench.call("sip:alice@example.com");
    const std::pair<const char*, double> forms[] { { "-6", -6.0 }, { "−6 dB", -6.0 }, { "+3", 3.0 }, { "2,5", 2.5 }, { " -0.25 db ", -0.25 }, { "20", 20.0 },
                                                   { "-60", -60.0 }, { "-inf", silenceDb }, { "−∞ dB", silenceDb }, { "0", 0.0 } };
    for (const auto& [typed, gainDb] : forms)
    {
        type("Typed gain of strip 1", typed);
        EXPECT_EQ(mixer().stripGainDb(0), gainDb) << typed;
        EXPECT_FALSE(find<TypedField>("Typed gain of strip 1")->isWrong()) << typed;
    }
}

TEST_F(Strips, AWrongGainIsMarkedAndSaidAndChangesNothing)
{
    bench.call("sip:alice@example.com");
    type("Typed gain of strip 1", "-6");
    auto& field = *find<TypedField>("Typed gain of strip 1");
    for (const auto* typed : { "", "abc", "20.5", "-60.5", "inf", "+inf", "nan", "1e1", "--6", "-6-", "6 dBm0", "0x10", "-", ".", "1 2",
                               "99999999999999999999999999999999" })
    {
        const auto entries = bench.view->model().logNumber();
        type("Typed gain of strip 1", typed);
        EXPECT_EQ(mixer().stripGainDb(0), -6.0) << typed;
        EXPECT_TRUE(field.isWrong()) << typed;
        EXPECT_EQ(field.getText(), typed);
        EXPECT_EQ(bench.view->model().logNumber(), entries + 1) << typed;
        EXPECT_EQ(bench.view->model().log().back().weight, LogEntry::Weight::bad);
    }
    find<GainFader>("Gain of strip 1")->moveTo(-7.0);
    EXPECT_FALSE(field.isWrong());
    EXPECT_EQ(field.getText(), juce::String::fromUTF8("−7.0 dB"));
}

TEST_F(Strips, TheClipLampStaysLitUntilItIsClicked)
{
    const auto alice = bench.call("sip:alice@example.com");
    auto& lamp = *find<LevelHead>("Clip lamp of strip 1");
    speak(alice, 0.0);
    bench.run(1.0);
    EXPECT_FALSE(lamp.isLit()) << "0 dBm0 does not clip";
    // G.711's largest value lies a little below full scale: the trim lifts it over.
    MixerCommand trim;
    trim.kind = MixerCommand::Kind::setTrim;
    trim.gainDb = 12.0;
    ASSERT_TRUE(bench.view->model().send(trim));
    bench.run(1.0);
    EXPECT_TRUE(lamp.isLit());
    bench.legs->setVoice(alice, nullptr);
    bench.run(5.0);
    EXPECT_TRUE(lamp.isLit());
    lamp.triggerClick();
    MonitorBench::pump();
    bench.run(0.1);
    EXPECT_FALSE(lamp.isLit());
    EXPECT_FALSE(bench.view->model().snapshot().strip(0)->in.clipLatched);
}

TEST_F(Strips, AMeterEndsAtTheMarkOfItsLevelAndTurnsItsHueAtMinusNine)
{
    const auto alice = bench.call("sip:alice@example.com");
    auto& meter = *find<MeterBar>("Meter in of strip 1");
    auto* marks = marksBeside(meter);
    ASSERT_NE(marks, nullptr);
    const auto& p = Palette::of(Theme::dark);
    const auto rowsOf = [&meter](juce::Colour colour) {
        const auto picture = meter.createComponentSnapshot(meter.getLocalBounds());
        int rows = 0;
        for (int y = 0; y < picture.getHeight(); ++y)
            rows += picture.getPixelAt(1, y) == colour ? 1 : 0;
        return rows;
    };
    for (const auto dbfs : { false, true })
    {
        bench.view->model().showDbfs(dbfs);
        const auto shift = dbfs ? -3.17 : 0.0;
        EXPECT_TRUE(find<LevelHead>("Clip lamp of strip 1")->getTooltip().contains(dbfs ? "[dBFS]" : "[dBm0]"));
        for (const auto level : { -10.0, -20.0, -40.0, -5.0 })
        {
            speak(alice, level);
            bench.run(25.0);
            EXPECT_NEAR(meter.barHeight(), marks->heightOf(level + shift), 1.0) << level;
            const auto turn = marks->heightOf(-9.0 + shift);
            constexpr auto holdLine = 2;  // lies upon the bar's end
            EXPECT_NEAR(rowsOf(p.meter), std::min(meter.barHeight(), turn), holdLine) << level;
            EXPECT_NEAR(rowsOf(p.meterHot), std::max(0, meter.barHeight() - turn), holdLine) << level;
            EXPECT_NEAR(meter.holdHeight(), meter.barHeight(), 1.0) << "a steady sine's peak, as the level of a sine";
        }
    }
    speak(alice, -20.0);
    bench.run(1.0);
    const auto held = meter.holdHeight();
    bench.legs->setVoice(alice, nullptr);
    bench.run(5.0);
    EXPECT_EQ(meter.holdHeight(), held) << "held for 20 s";
    EXPECT_EQ(meter.barHeight(), 0);
    bench.run(20.0);
    EXPECT_LT(meter.holdHeight(), held);
}

TEST_F(Strips, KeysChooseSteerAndHangUpTheChosenStrip)
{
    std::vector<LegId> legs;
    for (const auto* name : { "sip:a@x", "sip:b@x", "sip:c@x" })
        legs.push_back(bench.call(name));
    auto& model = bench.view->model();
    const auto press = [this](const juce::KeyPress& key) { return list().keyPressed(key); };
    const auto type = [&press](char c) { return press(juce::KeyPress(c, juce::ModifierKeys(), static_cast<juce::juce_wchar>(c))); };
    EXPECT_TRUE(press(juce::KeyPress(juce::KeyPress::rightKey)));
    EXPECT_EQ(model.selected(), legs[0]);
    EXPECT_TRUE(press(juce::KeyPress(juce::KeyPress::downKey)));
    EXPECT_EQ(model.selected(), legs[1]);
    EXPECT_TRUE(type('m'));
    EXPECT_TRUE(mixer().isStripMuted(1));
    EXPECT_TRUE(type('S'));
    EXPECT_TRUE(mixer().isStripSoloed(1));
    for (const auto key : { '+', '+', '=', '-' })
        EXPECT_TRUE(type(key));
    EXPECT_EQ(mixer().stripGainDb(1), 2.0);
    EXPECT_TRUE(type('0'));
    EXPECT_EQ(mixer().stripGainDb(1), 0.0);
    mixer().setStripGainDb(1, -60.0);
    type('-');
    EXPECT_EQ(mixer().stripGainDb(1), silenceDb);
    type('-');
    EXPECT_EQ(mixer().stripGainDb(1), silenceDb);
    type('+');
    EXPECT_EQ(mixer().stripGainDb(1), -60.0);
    EXPECT_FALSE(type('B')) << "a digit of the keypad";
    EXPECT_FALSE(type('5'));
    EXPECT_FALSE(press(juce::KeyPress('z', juce::ModifierKeys::commandModifier, 'z')));
    EXPECT_EQ(mixer().stripGainDb(0), 0.0);
    EXPECT_FALSE(mixer().isStripMuted(0));

    EXPECT_TRUE(press(juce::KeyPress(juce::KeyPress::endKey)));
    EXPECT_EQ(model.selected(), legs[2]);
    EXPECT_TRUE(press(juce::KeyPress(juce::KeyPress::rightKey)));
    EXPECT_EQ(model.selected(), legs[2]) << "there is none behind the last";
    EXPECT_TRUE(type('x'));
    bench.run(0.1);
    EXPECT_EQ(bench.engine->call(legs[2])->state, CallState::closed);
    EXPECT_EQ(list().order(), (std::vector<LegId> { legs[0], legs[1] }));
    EXPECT_TRUE(press(juce::KeyPress(juce::KeyPress::homeKey)));
    EXPECT_EQ(model.selected(), legs[0]);
}

TEST_F(Strips, TheMenuDoesWhatItsItemsSay)
{
    const auto alice = bench.call("sip:alice@example.com");
    auto* strip = find<LegStrip>("Strip 1");
    ASSERT_NE(strip, nullptr);
    mixer().setStripGainDb(0, -9.0);
    EXPECT_TRUE(choose(strip->menu(), "Reset gain"));
    EXPECT_EQ(mixer().stripGainDb(0), 0.0);
    EXPECT_TRUE(choose(strip->menu(), "Show details"));
    EXPECT_EQ(bench.view->model().selected(), alice);
    EXPECT_FALSE(choose(strip->menu(), "Part: sink")) << "only in a funnel";
    EXPECT_FALSE(choose(strip->menu(), "Resume"));
    EXPECT_TRUE(choose(strip->menu(), "Hold"));
    bench.run(0.1);
    EXPECT_TRUE(bench.engine->call(alice)->onHold);
    EXPECT_TRUE(choose(strip->menu(), "Resume"));
    bench.run(0.1);
    EXPECT_FALSE(bench.engine->call(alice)->onHold);

    MixerCommand funnel;
    funnel.kind = MixerCommand::Kind::setMode;
    funnel.mode = MixMode::funnel;
    ASSERT_TRUE(bench.view->model().send(funnel));
    bench.run(0.1);
    EXPECT_TRUE(choose(strip->menu(), "Part: sink"));
    bench.run(0.1);
    EXPECT_EQ(bench.view->model().snapshot().strip(0)->role, LegRole::sink);

    EXPECT_TRUE(choose(strip->menu(), "Hang up"));
    bench.run(0.1);
    EXPECT_EQ(bench.engine->call(alice)->state, CallState::closed);
    EXPECT_EQ(strip->menu().getNumItems(), 0);
}

TEST_F(Strips, DigitsAreSentAsTypedAndAWrongCharacterIsNamedBeforeThat)
{
    const auto alice = bench.call("sip:alice@example.com");
    ASSERT_TRUE(choose(find<LegStrip>("Strip 1")->menu(), "Send digits"));
    auto& digits = *find<juce::TextEditor>("Digits to send");
    auto& send = *find<juce::Button>("Send the digits");
    EXPECT_TRUE(digits.isShowing());
    EXPECT_FALSE(send.isEnabled());
    digits.setText("12x4", true);
    MonitorBench::pump();
    EXPECT_TRUE(find<juce::Label>("What is wrong with the digits")->getText().containsChar('x'));
    EXPECT_FALSE(send.isEnabled());
    digits.setText("12A#", true);
    MonitorBench::pump();
    EXPECT_EQ(find<juce::Label>("What is wrong with the digits")->getText(), "");
    send.triggerClick();
    MonitorBench::pump();
    EXPECT_EQ(bench.legs->digitsSentTo(alice), "12A#");
    bench.legs->peerHangsUp(alice);
    bench.run(0.1);
    EXPECT_FALSE(digits.isShowing()) << "nobody is there to send to";
}

TEST_F(Strips, TheToneIsHeardAtTheLevelThatWasTypedAndAWrongOneChangesNothing)
{
    const auto alice = bench.call("sip:alice@example.com");
    type("Level of the tone", "-20 dBm0");
    type("Frequency of the tone", "440");
    find<juce::Button>("Tone on")->triggerClick();
    MonitorBench::pump();
    bench.run(3.0);
    EXPECT_NEAR(levelOut(alice), -20.0, 0.1);
    for (const auto* typed : { "0", "8000.5", "x", "-5", "" })
    {
        type("Frequency of the tone", typed);
        EXPECT_TRUE(find<TypedField>("Frequency of the tone")->isWrong()) << typed;
        EXPECT_EQ(bench.engine->houseSounds().toneHz, 440.0);
    }
    for (const auto* typed : { "4", "-71", "loud" })
    {
        type("Level of the tone", typed);
        EXPECT_TRUE(find<TypedField>("Level of the tone")->isWrong()) << typed;
        EXPECT_EQ(bench.engine->houseSounds().toneDbm0, -20.0);
    }
    find<juce::Button>("Tone on")->triggerClick();
    MonitorBench::pump();
    bench.run(10.0);
    EXPECT_LT(levelOut(alice), -80.0);
    EXPECT_EQ(bench.view->model().tone().levelDbm0, -20.0) << "kept until it is on again";
}

TEST_F(Strips, EveryFaderAndSwitchOffersMidiAndItsOscAddress)
{
    auto& model = bench.view->model();
    const auto& parameters = mixer().parameters();
    const std::pair<juce::RangedAudioParameter*, const char*> addresses[] {
        { parameters.strips[2].gain, "/strip/3/gain" }, { parameters.strips[2].mute, "/strip/3/mute" },
        { parameters.masterIn, "/master/in" },          { parameters.output, "/master/out" },
        { parameters.dtmf, "/dtmf/gain" },              { parameters.strips[static_cast<size_t>(mixer().indexOf(HouseStrip::tone))].solo, "/strip/tone/solo" },
    };
    for (const auto& [parameter, address] : addresses)
    {
        juce::PopupMenu menu;
        addRemoteItems(menu, model, *parameter);
        ASSERT_TRUE(choose(menu, "Copy OSC address: " + juce::String(address))) << address;
        ASSERT_TRUE(choose(menu, "Learn MIDI control"));
        EXPECT_EQ(model.remote().midi.learning(), parameter->getParameterID());
        EXPECT_FALSE(choose(menu, "Forget MIDI"));
        model.remote().midi.handle(juce::MidiMessage::controllerEvent(2, 30, 64));
        MonitorBench::pump();
        juce::PopupMenu after;
        addRemoteItems(after, model, *parameter);
        EXPECT_TRUE(choose(after, "Forget MIDI 2/30"));
        EXPECT_FALSE(model.remote().midi.bindingOf(parameter->getParameterID()).has_value());
    }
}

TEST_F(Strips, TextIsReadableOnAStripThatIsChosen)
{
    for (const auto theme : { Theme::dark, Theme::light })
    {
        const auto& p = Palette::of(theme);
        for (const auto text : { p.text, p.quiet, p.bad, p.good, p.waiting })
            EXPECT_GE(contrastOf(text, chosenBackground(p)), 4.5) << text.toString();
        EXPECT_GE(contrastOf(p.background, p.bad), 4.5) << "the letter of a mute that is on";
        EXPECT_GE(contrastOf(p.background, p.waiting), 4.5) << "the letter of a solo that is on";
    }
}

TEST_F(Strips, AnEmptyPanelSaysWhatToDoAndOffersAPlace)
{
    auto& empty = *find<juce::Component>("No strips");
    EXPECT_TRUE(empty.isShowing());
    EXPECT_TRUE(empty.getDescription().contains("sip:fake@127.0.0.1:5060")) << empty.getDescription();
    auto offered = std::make_unique<juce::Component>();
    offered->setTitle("offered");
    offered->setSize(300, 80);
    find<StripsPanel>("Strips")->setEmptyContent(std::move(offered));
    EXPECT_TRUE(find<juce::Component>("offered")->isShowing());
    EXPECT_EQ(find<juce::Component>("offered")->getHeight(), 80);
    bench.call("sip:alice@example.com");
    EXPECT_FALSE(empty.isShowing());
    find<juce::TextEditor>("Filter of the strips")->setText("nobody", true);
    MonitorBench::pump();
    EXPECT_TRUE(empty.isShowing());
    EXPECT_TRUE(empty.getDescription().contains("nobody"));
}

TEST_F(Strips, TheSparklineShowsTheLastHalfMinute)
{
    const auto alice = bench.call("sip:alice@example.com");
    speak(alice, -10.0);
    for (int i = 0; i < 50; ++i)
        bench.run(0.2);
    const auto* history = bench.view->model().history(alice);
    ASSERT_NE(history, nullptr);
    auto* strip = find<LegStrip>("Strip 1");
    juce::Component* line = nullptr;
    for (auto* child : strip->getChildren())
        if (dynamic_cast<Sparkline*>(child) != nullptr)
            line = child;
    ASSERT_NE(line, nullptr);
    const auto picture = line->createComponentSnapshot(line->getLocalBounds());
    const auto isLit = [&picture](int x) { return picture.getPixelAt(x, picture.getHeight() - 1) == Palette::of(Theme::dark).meter; };
    EXPECT_TRUE(isLit(picture.getWidth() - 1)) << "now";
    EXPECT_TRUE(isLit(picture.getWidth() * 3 / 4)) << "7 s ago";
    EXPECT_FALSE(isLit(picture.getWidth() / 2)) << "15 s ago there was no call";
}

TEST_F(Strips, CallsComeFirstWhereThereIsLittleRoom)
{
    bench.call("sip:alice@example.com");
    for (const auto& [width, height, house] : { std::tuple { 1440, 900, true }, std::tuple { 823, 514, false }, std::tuple { 720, 450, false } })
    {
        bench.view->setSize(width, height);
        bench.run(0.1);
        EXPECT_GE(list().getWidth(), 2 * layout::compactStripWidth) << width;
        auto* fader = find<GainFader>("Gain of strip 1");
        ASSERT_NE(fader, nullptr) << width;
        EXPECT_GE(fader->getScreenBounds().getX(), list().getScreenX()) << width;
        EXPECT_LE(fader->getScreenBounds().getRight(), list().getScreenBounds().getRight()) << width;
        auto* player = find<GainFader>("Gain of strip PLAYER");
        ASSERT_NE(player, nullptr);
        EXPECT_EQ(player->isShowing(), house) << width;
    }
}

} // namespace
} // namespace mw::test
