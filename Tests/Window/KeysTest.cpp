#include "LiveWindow.h"

#include <mw_monitor/detail/MatrixGrid.h>
#include <mw_monitor/detail/TimePlot.h>
#include <mw_monitor/session/KeyTable.h>

#include <map>
#include <set>

using namespace mw;

/** Every line of the overlay of keys is pressed at the X server, during live calls, and does what the line says. */
class KeysOfTheWindow : public LiveWindow
{
protected:
    using Check = std::function<void()>;

    void focus(juce::Component& component)
    {
        component.grabKeyboardFocus();
        pump(20);
    }

    /** Each call presses one key. */
    void press(const std::string& key) { keys({ key }); }

    LegId strangerRings(const std::string& user)
    {
        engine().setAnswersAutomatically(false);
        callsUs(user, "silence");
        LegId leg = 0;
        EXPECT_TRUE(until([&] {
            for (const auto& call : engine().calls())
                if (call.peerName == user && call.state == CallState::incoming)
                    leg = call.leg;
            return leg != 0;
        }));
        pump(100);
        return leg;
    }

    CallState stateOf(LegId leg) { return engine().call(leg)->state; }

    char digitNow()
    {
        char digit = 0;
        EXPECT_TRUE(until([&] { return (digit = engine().snapshot().mixer.dtmfDigit) != 0; }));
        return digit;
    }

    /** A window of this name opens; it is closed again. */
    void expectDialog(const std::string& key, const juce::String& title)
    {
        press(key);
        const juce::Component::SafePointer<juce::Component> dialog(&dialogCalled(title));
        press("Escape");
        EXPECT_TRUE(until([&] { return dialog == nullptr || ! dialog->isShowing(); })) << title;
        backToWindow();
    }

    void addEverywhere()
    {
        checks["Everywhere: ?  F1"] = [this] {
            for (const auto* key : { "question", "F1" })
            {
                press(key);
                EXPECT_NE(findShowing(view(), "Keys of the window"), nullptr) << key;
                press(key);
                EXPECT_EQ(findShowing(view(), "Keys of the window"), nullptr) << key;
            }
        };
        checks["Everywhere: Tab  Shift+Tab"] = [this] {
            auto* before = juce::Component::getCurrentlyFocusedComponent();
            press("Tab");
            auto* next = juce::Component::getCurrentlyFocusedComponent();
            EXPECT_NE(next, before);
            press("Tab");
            press("shift+Tab");
            EXPECT_EQ(juce::Component::getCurrentlyFocusedComponent(), next);
        };
        checks["Everywhere: Ctrl+O"] = [this] { expectDialog("ctrl+o", "Open a session"); };
        checks["Everywhere: Ctrl+S"] = [this] { expectDialog("ctrl+s", "Save the session"); };
        checks["Everywhere: Ctrl+Shift+S"] = [this] { expectDialog("ctrl+shift+s", "Save the session"); };
        checks["Everywhere: Ctrl+Z"] = [this] {
            focus(named<StripList>("Strips of the calls"));
            model().select(alice);
            press("minus");
            EXPECT_EQ(gain(), -1.0);
            press("ctrl+z");
            EXPECT_EQ(gain(), 0.0);
        };
        checks["Everywhere: Ctrl+Y  Ctrl+Shift+Z"] = [this] {
            press("ctrl+y");
            EXPECT_EQ(gain(), -1.0);
            press("ctrl+z");
            press("ctrl+shift+z");
            EXPECT_EQ(gain(), -1.0);
            press("ctrl+z");
        };
        checks["Everywhere: Ctrl+R"] = [this] {
            press("ctrl+r");
            EXPECT_TRUE(view().tools().recordings().isRecording());
            press("ctrl+r");
            EXPECT_FALSE(view().tools().recordings().isRecording());
        };
        checks["Everywhere: Ctrl+L"] = [this] {
            press("ctrl+l");
            EXPECT_TRUE(until([] { return itemCalled("no sound device") != nullptr || itemCalled("The mix") != nullptr; }));
            press("Escape");
        };
        checks["Everywhere: Ctrl+T"] = [this] {
            press("ctrl+t");
            EXPECT_EQ(view().theme(), Theme::light);
            press("ctrl+t");
            EXPECT_EQ(view().theme(), Theme::dark);
        };
        checks["Everywhere: Ctrl++  Ctrl+−  Ctrl+0"] = [this] {
            press("ctrl+plus");
            press("ctrl+plus");
            EXPECT_EQ(view().scale(), 150);
            press("ctrl+minus");
            EXPECT_EQ(view().scale(), 125);
            press("ctrl+0");
            EXPECT_EQ(view().scale(), 100);
        };
        checks["Everywhere: Ctrl+Q"] = [this] {
            EXPECT_EQ(quits, 0);
            press("ctrl+q");
            EXPECT_EQ(quits, 1);
        };
    }

    void addCalls()
    {
        checks["Calls: d"] = [this] {
            press("d");
            EXPECT_TRUE(named("Address to call").hasKeyboardFocus(true));
            press("Escape");
            EXPECT_FALSE(named("Address to call").hasKeyboardFocus(true));
        };
        checks["Calls: a"] = [this] {
            const auto leg = strangerRings("erin");
            press("a");
            EXPECT_TRUE(until([&] { return stateOf(leg) == CallState::established; }));
            model().select(leg);
        };
        checks["Calls: h"] = [this] {
            const auto leg = model().selected();
            for (const auto held : { true, false })
            {
                press("h");
                EXPECT_TRUE(until([&] { return engine().call(leg)->onHold == held; })) << held;
            }
        };
        checks["Calls: x  b"] = [this] {
            for (const auto* key : { "x", "b" })
            {
                callsUs(std::string("end") + key, "silence");
                engine().setAnswersAutomatically(true);
                const auto leg = legOf(std::string("end") + key);
                EXPECT_TRUE(until([&] { return model().call(leg) != nullptr; }));
                model().select(leg);
                press(key);
                EXPECT_TRUE(until([&] { return stateOf(leg) == CallState::closed; })) << key;
            }
        };
    }

    void addStrips()
    {
        checks["Strips: Left Right  Home End"] = [this] {
            auto& list = named<StripList>("Strips of the calls");
            const auto& order = list.order();
            ASSERT_GE(order.size(), 2u);
            press("End");
            EXPECT_EQ(model().selected(), order.back());
            press("Home");
            EXPECT_EQ(model().selected(), order.front());
            press("Right");
            EXPECT_EQ(model().selected(), order[1]);
            press("Left");
            EXPECT_EQ(model().selected(), order[0]);
        };
        checks["Strips: +  −"] = [this] {
            model().select(alice);
            press("plus");
            EXPECT_EQ(gain(), 1.0);
            press("minus");
            EXPECT_EQ(gain(), 0.0);
        };
        checks["Strips: m  s"] = [this] {
            const auto& strip = engine().mixer().parameters().strips[static_cast<size_t>(engine().call(alice)->channel)];
            model().select(alice);
            for (const auto wanted : { true, false })
            {
                press("m");
                EXPECT_EQ(strip.mute->get(), wanted);
                press("s");
                EXPECT_EQ(strip.solo->get(), wanted);
            }
        };
        checks["Strips: Enter"] = [this] {
            press("Return");
            EXPECT_TRUE(until([] { return itemCalled("Hang up (X)") != nullptr; }));
            press("Escape");
            EXPECT_TRUE(until([] { return itemCalled("Hang up (X)") == nullptr; }));
        };
        checks["Strips: /"] = [this] {
            press("slash");
            EXPECT_TRUE(named("Filter of the strips").hasKeyboardFocus(true));
            EXPECT_EQ(named<juce::TextEditor>("Filter of the strips").getText(), "");
            press("Escape");
        };
        checks["Strips: c  u"] = [this] {
            const auto wide = named("Strip 1").getWidth();
            press("c");
            EXPECT_LT(named("Strip 1").getWidth(), wide);
            press("c");
            EXPECT_EQ(named("Strip 1").getWidth(), wide);
            press("u");
            EXPECT_TRUE(model().showsDbfs());
            press("u");
            EXPECT_FALSE(model().showsDbfs());
        };
        checks["Strips: r"] = [this] {
            engine().mixer().setOutputGainDb(20.0);
            MixerCommand tone;
            tone.kind = MixerCommand::Kind::setTone;
            tone.levelDbm0 = 3.0;
            EXPECT_TRUE(model().send(tone));
            letPass(0.5);
            const auto clipped = [this] { return engine().snapshot().mixer.master.clipLatched; };
            EXPECT_TRUE(until(clipped));
            engine().mixer().setOutputGainDb(0.0);
            tone.levelDbm0 = silenceDb;
            EXPECT_TRUE(model().send(tone));
            letPass(0.5);
            press("r");
            EXPECT_TRUE(until([&] { return ! clipped(); }));
        };
    }

    void addDtmfAndDetails()
    {
        checks["DTMF: 0–9  *  #"] = [this] {
            for (const auto& [key, digit] : std::vector<std::pair<std::string, char>> { { "0", '0' }, { "5", '5' }, { "9", '9' }, { "asterisk", '*' }, { "numbersign", '#' } })
            {
                desk::xdotool({ "keydown", key });
                EXPECT_EQ(digitNow(), digit);
                letPass(0.3);
                EXPECT_EQ(digitNow(), digit) << "as long as it is held";
                desk::xdotool({ "keyup", key });
                EXPECT_TRUE(until([this] { return engine().snapshot().mixer.dtmfDigit == 0; })) << key;
            }
        };
        checks["DTMF: A–D"] = [this] {
            focus(named("Digit 1"));
            for (const auto digit : std::string("ABCD"))
            {
                desk::xdotool({ "keydown", std::string(1, static_cast<char>(digit + ('a' - 'A'))) });
                EXPECT_EQ(digitNow(), digit);
                desk::xdotool({ "keyup", std::string(1, static_cast<char>(digit + ('a' - 'A'))) });
                EXPECT_TRUE(until([this] { return engine().snapshot().mixer.dtmfDigit == 0; })) << digit;
            }
        };
        const auto plot = [this]() -> TimePlot& {
            named<DetailPanel>("Details").show("Level");
            auto& found = named<TimePlot>("Level");
            focus(found);
            return found;
        };
        const auto time = [this]() -> TimeView& { return named<DetailPanel>("Details").time(); };
        checks["Details: Left Right"] = [=, this] {
            plot();
            const auto now = time().toNs();
            press("Left");
            EXPECT_LT(time().toNs(), now);
            const auto then = time().toNs();
            press("Right");
            EXPECT_GT(time().toNs(), then);
            time().reset();
        };
        checks["Details: +  −"] = [=, this] {
            plot();
            const auto span = [&] { return time().toNs() - time().fromNs(); };
            const auto before = span();
            press("plus");
            EXPECT_LT(span(), before);
            press("minus");
            EXPECT_EQ(span(), before);
        };
        checks["Details: Space"] = [=, this] {
            plot();
            press("space");
            EXPECT_TRUE(time().isPaused());
            press("space");
            EXPECT_FALSE(time().isPaused());
        };
        checks["Details: Ctrl+C  Ctrl+P"] = [=, this] {
            plot();
            press("ctrl+c");
            EXPECT_TRUE(juce::SystemClipboard::getTextFromClipboard().startsWith("time [s],"));
            expectDialog("ctrl+p", "Save the plots as a picture");
        };
        checks["Details: Arrows  Enter  Del"] = [this] {
            named<DetailPanel>("Details").show("Who hears whom");
            auto& grid = named<MatrixGrid>("Who hears whom");
            grid.choose({ 0, 0 });
            focus(grid);
            press("Right");
            press("Down");
            press("Left");
            EXPECT_EQ(grid.chosenCell(), (MatrixGrid::Place { 1, 0 }));
            press("Up");
            press("Right");
            EXPECT_EQ(grid.chosenCell(), (MatrixGrid::Place { 0, 1 }));
            press("Return");
            type("-3");
            press("Return");
            EXPECT_TRUE(grid.isCellSet({ 0, 1 }));
            press("Delete");
            EXPECT_FALSE(grid.isCellSet({ 0, 1 }));
        };
    }

    double gain() { return engine().mixer().stripGainDb(engine().call(alice)->channel); }

    std::map<std::string, Check> checks;  ///< by "group: keys", as the table has them
    LegId alice = 0;
    int quits = 0;
};

TEST_F(KeysOfTheWindow, EachLineOfTheTableIsObeyed)
{
    MonitorActions actions;
    actions.quit = [this] { ++quits; };
    open(std::move(actions));
    view().tools().setRecordingFolder(juce::File(juceText(file("takes").string())));
    callsUs("alice", "tone:1004@-20");
    alice = legOf("alice");
    callsUs("bob", "tone:440@-30");
    legOf("bob");
    addEverywhere();
    addCalls();
    addStrips();
    addDtmfAndDetails();
    size_t pressed = 0;
    for (const auto& line : keyTable)
    {
        const auto name = std::string(line.group) + ": " + std::string(line.keys);
        SCOPED_TRACE(name);
        if (! checks.contains(name))
        {
            ADD_FAILURE() << "no test presses this key";
            continue;
        }
        focus(line.group == "Strips" ? named("Strips of the calls") : static_cast<juce::Component&>(view()));
        checks.at(name)();
        ++pressed;
    }
    EXPECT_EQ(pressed, keyTable.size());
}
