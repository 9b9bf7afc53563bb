#include "HeardLevels.h"
#include "LiveWindow.h"

#include <Integration/SupportDtmf.h>
#include <mw_monitor/dtmf/DtmfPanel.h>

#include <algorithm>

using namespace mw;

/** The DTMF panel during a live call: digits by mouse and keys, read at the far end by our sink and by multimon-ng. */
class DtmfControls : public LiveWindow
{
protected:
    static constexpr const char* keypad = "123A456B789C*0#D";

    /** A field of numbers: one click opens it. */
    void number(const juce::String& title, const std::string& text)
    {
        click(title);
        keys({ "ctrl+a" });
        type(text);
        keys({ "Return" });
    }

    /** What the sink read in-band: all digits of its call, as objects. */
    static const juce::Array<juce::var>& digitsOf(const juce::var& report) { return *report["calls"][0]["digitList"].getArray(); }

    static std::string multimonOf(const juce::var& report)
    {
        return dtmf::readByMultimon(report["calls"][0]["recording"].toString().toStdString());
    }

    static std::string text(const juce::var& value) { return value.toString().toStdString(); }

    /** Somebody to dial by this name. */
    LegId dialSink(const std::string& name)
    {
        const auto port = sinkCalled(name).sipPort();
        return dial("sip:" + name + "@127.0.0.1:" + std::to_string(port));
    }
};

TEST_F(DtmfControls, KeypadAndKeyboardSoundInOrder)
{
    open();
    dialSink("ear");
    letPass(0.3);
    std::string expected;
    for (const auto digit : std::string(keypad))
    {
        click("Digit " + juce::String::charToString(static_cast<juce::juce_wchar>(digit)));
        letPass(0.22);
        expected += digit;
    }
    view().grabKeyboardFocus();
    for (const auto* key : { "1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "asterisk", "numbersign" })
    {
        keys({ key });
        letPass(0.22);
    }
    expected += "1234567890*#";
    // Held, by the mouse and by a key: it sounds as long.
    moveTo(named("Digit 6"));
    desk::xdotool({ "mousedown", "1" });
    letPass(0.8);
    desk::xdotool({ "mouseup", "1" });
    pump();
    letPass(0.3);
    view().grabKeyboardFocus();
    desk::xdotool({ "keydown", "9" });
    letPass(0.8);
    desk::xdotool({ "keyup", "9" });
    pump();
    letPass(0.3);
    expected += "69";
    // A-D by keys while the panel has the focus.
    click("Digit 1");
    letPass(0.3);
    for (const auto* key : { "a", "b", "c", "d" })
    {
        keys({ key });
        letPass(0.25);
    }
    expected += "1ABCD";
    const auto report = reportOf("ear");
    EXPECT_EQ(text(report["calls"][0]["digits"]), expected);
    // No digit follows itself; a machine that stood still may have torn a held one in two for multimon-ng.
    auto read = multimonOf(report);
    read.erase(std::unique(read.begin(), read.end()), read.end());
    EXPECT_EQ(read, expected);
    const auto& digits = digitsOf(report);
    ASSERT_EQ(static_cast<size_t>(digits.size()), expected.size());
    for (int i = 28; i < 30; ++i)
        EXPECT_NEAR(static_cast<double>(digits[i]["endS"]) - static_cast<double>(digits[i]["startS"]), 0.8, 0.25) << "held";
    HeardLevels::row("Digit 1 … Digit D", "each clicked; keys 0–9 * # and, with the panel's focus, A–D", "report and multimon-ng read " + expected);
    HeardLevels::row("Digit 6, key 9", "held for 0.8 s", "heard as long");
}

TEST_F(DtmfControls, SequenceWithTimesLevelsTwistLoopAndGap)
{
    open();
    dialSink("ear");
    letPass(0.3);
    number("DTMF on time", "60");
    number("DTMF off time", "90");
    number("DTMF low-group level", "-15");
    number("DTMF twist", "3");
    click("DTMF sequence");
    type("159D");
    keys({ "Return" });
    letPass(1.0);
    type("x");
    EXPECT_FALSE(named<juce::Button>("Play the sequence").isEnabled()) << "x is no digit";
    keys({ "Return" });
    click("Play the sequence");
    letPass(0.5);
    keys({ "ctrl+a" });
    click("DTMF sequence");
    keys({ "ctrl+a" });
    type("42");
    click("Loop");
    number("DTMF gap between rounds", "300");
    click("Play the sequence");
    letPass(2.2);  // 300 ms of digits and 300 ms of gap a round
    click("Stop DTMF");
    letPass(1.0);
    click("Loop");
    // The field by its arrow keys and its menu; the strip's fader and switches.
    click("DTMF low-group level", 1, 3);
    choose(juce::String::fromUTF8("Back to −11.0"));
    click("DTMF twist", 1, 3);
    choose("Back to 2.0");
    click("DTMF sequence");
    keys({ "ctrl+a" });
    type("7");
    keys({ "Return" });
    letPass(0.5);
    auto& fader = named<juce::Slider>("Gain of strip DTMF");
    drag(fader, { 0.5f, fader.getPositionOfValue(fader.getValue()) / static_cast<float>(fader.getHeight()) }, { 0, 24 });
    const auto draggedDb = fader.getValue();
    EXPECT_LT(draggedDb, -1.0);
    click("DTMF sequence");
    keys({ "ctrl+a" });
    type("9");
    keys({ "Return" });
    letPass(0.5);
    typeInto("Typed gain of strip DTMF", "-6");
    click("DTMF sequence");
    keys({ "ctrl+a" });
    type("8");
    keys({ "Return" });
    letPass(0.5);
    click("DTMF on");
    click("Play the sequence");
    letPass(0.5);
    click("DTMF on");
    letPass(0.2);
    click("Mute strip DTMF");
    click("Play the sequence");
    letPass(0.5);
    click("Mute strip DTMF");
    letPass(0.2);
    click("Play the sequence");
    letPass(0.5);
    click("Digits sent and heard");
    EXPECT_NE(named<juce::ListBox>("Digits sent and heard").getModel()->getNumRows(), 0);

    const auto report = reportOf("ear");
    const auto read = text(report["calls"][0]["digits"]);
    ASSERT_GE(read.size(), 4u + 6u + 4u) << read;
    EXPECT_EQ(read.substr(0, 10), "159D424242") << "159D, nothing while x stood there, three rounds of 42 at least";
    EXPECT_EQ(read.substr(read.size() - 4), "7988");
    // Stop ends a digit where it stands: what is left of it is too short for a digit of Q.24, not for multimon-ng.
    const auto stranger = multimonOf(report);
    EXPECT_EQ(stranger.substr(0, 10), read.substr(0, 10));
    EXPECT_EQ(stranger.substr(stranger.size() - 4), "7988");
    const auto& digits = digitsOf(report);
    const auto at = [&digits](int i, const char* what) { return static_cast<double>(digits[i][what]); };
    for (int i = 0; i < 4; ++i)
    {
        EXPECT_NEAR(at(i, "lowDbm0"), -15.0, 0.1) << i;
        EXPECT_NEAR(at(i, "highDbm0"), -12.0, 0.1) << i;
        EXPECT_NEAR(at(i, "endS") - at(i, "startS"), 0.058, 0.004) << i;
    }
    EXPECT_NEAR(at(1, "startS") - at(0, "startS"), 0.150, 0.003);
    EXPECT_NEAR(at(6, "startS") - at(4, "startS"), 0.600, 0.005) << "two digits of 150 ms and the gap";
    const auto last = digits.size() - 1;
    EXPECT_NEAR(at(last - 3, "lowDbm0"), -11.0, 0.1);
    EXPECT_NEAR(at(last - 3, "highDbm0"), -9.0, 0.1);
    EXPECT_NEAR(at(last - 2, "lowDbm0"), -11.0 + draggedDb, 0.1);
    EXPECT_NEAR(at(last - 2, "highDbm0"), -9.0 + draggedDb, 0.1);
    EXPECT_NEAR(at(last - 1, "lowDbm0"), -17.0, 0.1);
    EXPECT_NEAR(at(last - 1, "highDbm0"), -15.0, 0.1);
    for (const auto& [control, how, heard] : std::vector<std::array<std::string, 3>> {
             { "DTMF sequence", "159D typed, Return", "report and multimon-ng read " + read.substr(0, 4) },
             { "DTMF sequence", "an x typed: marked, does not play", "nothing" },
             { "DTMF on time, DTMF off time", "60 and 90 typed", "digits of 60 ms every 150 ms" },
             { "DTMF low-group level, DTMF twist", "−15 and 3 typed; right click, Back to …", "−15.0/−12.0 dBm0, then −11.0/−9.0 dBm0" },
             { "Loop, DTMF gap between rounds, Play the sequence, Stop DTMF", "clicked, 300 typed", "42 again and again every 600 ms, until Stop" },
             { "Gain of strip DTMF", "dragged down 24 px", "quieter by as much as it says" },
             { "Typed gain of strip DTMF", "typed −6", "−17.0/−15.0 dBm0" },
             { "DTMF on, Mute strip DTMF", "clicked, played, clicked again", "nothing, then the digits again" } })
        HeardLevels::row(control, how, heard);
}

TEST_F(DtmfControls, WhoGetsTheDigitsAndHow)
{
    open();
    dialSink("ear");
    dialSink("other");
    letPass(0.3);
    const auto press = [this](const char* digit) {
        click(juce::String("Digit ") + digit);
        letPass(0.25);
    };
    press("1");
    choose("Who gets the digits", "sip:ear@");
    press("2");
    choose("How digits are sent", "telephone-event");
    press("3");
    press("4");
    choose("How digits are sent", "SIP INFO");
    press("5");
    choose("Who gets the digits", "everybody");
    press("6");
    choose("How digits are sent", "in-band");
    press("7");

    // The line of a strip's menu.
    choose("Menu of strip 2", juce::String::fromUTF8("Send digits"));
    type("42x");
    EXPECT_FALSE(named<juce::Button>("Send the digits").isEnabled()) << "x is no digit";
    keys({ "BackSpace" });
    click("Send the digits");
    letPass(0.6);
    choose("How digits are sent to the call", "SIP INFO");
    click("Digits to send");
    keys({ "ctrl+a" });
    type("9");
    keys({ "Return" });
    letPass(0.4);
    click("Close the digits' line");
    EXPECT_EQ(findShowing(view(), "Digits to send"), nullptr);
    letPass(0.2);

    const auto ear = reportOf("ear"), other = reportOf("other");
    EXPECT_EQ(text(ear["calls"][0]["digits"]), "127");
    EXPECT_EQ(text(other["calls"][0]["digits"]), "17");
    EXPECT_EQ(multimonOf(ear), "127");
    EXPECT_EQ(multimonOf(other), "17");
    EXPECT_EQ(text(ear["calls"][0]["digitsReceived"]), "3456");
    EXPECT_EQ(text(other["calls"][0]["digitsReceived"]), "6429");
    HeardLevels::row("Who gets the digits", "everybody, or one call chosen", "only the chosen call heard 2");
    HeardLevels::row("How digits are sent", "in-band, telephone-event and SIP INFO chosen", "in-band 127; received as events and INFO 3456");
    HeardLevels::row("Menu of strip 2, Digits to send, How digits are sent to the call, Send the digits, Close the digits' line",
                     "42 typed and clicked, 9 typed as SIP INFO, Return", "that call alone received 42 and 9");
}
