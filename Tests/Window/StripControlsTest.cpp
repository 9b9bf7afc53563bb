#include "HeardLevels.h"
#include "LiveWindow.h"

#include <mw_monitor/strips/TypedField.h>

#include <cmath>

using namespace mw;

/** Faders and switches during a live call: alice speaks a tone of −20 dBm0, bob one of −30 dBm0; a sink that the window called
    records what it hears. */
class StripControls : public LiveWindow
{
protected:
    static constexpr double aliceDbm0 = -20.0, bobDbm0 = -30.0;
    static constexpr auto byDegrees = HeardLevels::Way::byDegrees;

    static double sum(double one, double other) { return 10.0 * std::log10(std::pow(10.0, one / 10.0) + std::pow(10.0, other / 10.0)); }

    /** What a gain's field says [dB]. */
    double saidGain(const juce::String& field)
    {
        const auto gain = gainFromTyped(named<TypedField>(field).getText());
        EXPECT_TRUE(gain.has_value()) << named<TypedField>(field).getText();
        return gain.value_or(silenceDb);
    }

    /** Lets a level stand, so that it is heard. */
    void hear(const juce::String& control, const std::string& how, double dbm0, HeardLevels::Way way = HeardLevels::Way::atOnce)
    {
        levels.expect(control.toStdString(), how, std::isinf(dbm0) ? HeardLevels::silent : dbm0, way);
        letPass(1.0);  // so long that a machine which stands still for a moment leaves enough of it on either side
    }

    /** Every way to move a fader whose gain acts on a sound of this level. It ends at 0 dB. */
    void moveFader(const juce::String& of, double dbm0)
    {
        const auto fader = "Gain of " + of, field = "Typed gain of " + of;
        const auto heard = [&](const std::string& how, HeardLevels::Way way = HeardLevels::Way::atOnce) {
            hear(fader, how, dbm0 + saidGain(field), way);
        };
        const auto before = saidGain(field);
        // The thumb of 0 dB stands where the fader's taper puts it.
        auto& slider = named<juce::Slider>(fader);
        const auto thumb = juce::Point<float>(0.5f, slider.getPositionOfValue(slider.getValue()) / static_cast<float>(slider.getHeight()));
        drag(slider, thumb, { 0, 40 });
        const auto coarse = saidGain(field);
        EXPECT_LT(coarse, before - 2.0) << fader;
        heard("dragged down 40 px", byDegrees);
        keys({ "Up", "Up" });
        EXPECT_NEAR(saidGain(field), coarse + 2.0, 0.011) << fader;
        heard("key Up, twice: +2 dB", byDegrees);
        keys({ "shift+Down", "shift+Down", "shift+Down", "shift+Down", "shift+Down" });
        EXPECT_NEAR(saidGain(field), coarse + 1.5, 0.011) << fader;
        heard("Shift+Down, five times: −0.5 dB", byDegrees);
        click(slider, 2);
        EXPECT_EQ(saidGain(field), 0.0) << fader;
        heard("double click: 0 dB");
        drag(slider, thumb, { 0, 40 }, "shift");
        EXPECT_LT(saidGain(field), -0.2) << fader;
        EXPECT_GT(saidGain(field), (coarse - before) / 5.0) << fader << ": ten times as fine";
        heard("dragged down 40 px with Shift: fine", byDegrees);
        keys({ "ctrl+z" });
        EXPECT_EQ(saidGain(field), 0.0) << fader;
        heard("Ctrl+Z");
        keys({ "ctrl+y" });
        EXPECT_LT(saidGain(field), -0.2) << fader;
        heard("Ctrl+Y");
        typeInto(field, "-12.5");
        EXPECT_EQ(saidGain(field), -12.5);
        hear(field, "typed −12.5", dbm0 - 12.5);
        typeInto(field, "99");
        EXPECT_EQ(slider.getValue(), -12.5);
        EXPECT_EQ(named<TypedField>(field).getText(), "99") << "it stands there, marked as wrong";
        hear(field, "typed 99: refused, nothing changes", dbm0 - 12.5);
        typeInto(field, "-inf");
        hear(field, "typed -inf", silenceDb);
        typeInto(field, "3 dB");
        hear(field, "typed 3 dB", dbm0 + 3.0);
        choose(fader, "Set to 0 dB", 3);
        EXPECT_EQ(saidGain(field), 0.0);
        heard("right click, Set to 0 dB");
    }

    void compare()
    {
        const auto report = expectHeard(levels, "ear");
        EXPECT_EQ(static_cast<int>(report["incidents"]["lostPackets"]), 0);
    }

    HeardLevels levels;
};

TEST_F(StripControls, FaderAndSwitchesOfALeg)
{
    open();
    callsUs("alice", "tone:1004@-20");
    legOf("alice");
    auto& ear = sinkCalled("ear");
    dial(ear.uri());
    hear("Dial", "address typed, Return", aliceDbm0);
    moveFader("strip 1", aliceDbm0);
    click("Mute strip 1");
    hear("Mute strip 1", "clicked", silenceDb);
    click("Mute strip 1");
    hear("Mute strip 1", "clicked again", aliceDbm0);
    desk::xdotool({ "click", "5" });  // the wheel scrolls the strips, and moves no fader
    hear("Gain of strip 1", "wheel: the list's, nothing changes", aliceDbm0);

    callsUs("bob", "tone:440@-30");
    legOf("bob");
    hear("Strip 3", "bob calls", sum(aliceDbm0, bobDbm0));
    click("Solo strip 3");
    hear("Solo strip 3", "clicked", bobDbm0);
    click("Solo strip 3");
    hear("Solo strip 3", "clicked again", sum(aliceDbm0, bobDbm0));

    // Keys and the menu of a strip.
    click(named("Strip 1"), 1);
    keys({ "m" });
    hear("Strips of the calls", "key m", bobDbm0);
    keys({ "m", "s" });
    hear("Strips of the calls", "keys m, s", aliceDbm0);
    keys({ "minus", "minus" });
    hear("Strips of the calls", "key −, twice", aliceDbm0 - 2.0, byDegrees);
    keys({ "plus", "plus", "plus", "plus" });
    hear("Strips of the calls", "key +, four times", aliceDbm0 + 2.0, byDegrees);
    choose("Menu of strip 1", "Reset gain to 0 dB");
    hear("Menu of strip 1", "Reset gain to 0 dB", aliceDbm0);
    keys({ "s" });
    hear("Strips of the calls", "key s", sum(aliceDbm0, bobDbm0));
    choose("Menu of strip 3", "Hang up");
    hear("Menu of strip 3", "Hang up", aliceDbm0);
    compare();
}

TEST_F(StripControls, MasterAndTone)
{
    open();
    callsUs("alice", "tone:1004@-20");
    legOf("alice");
    dial(sinkCalled("ear").uri());
    hear("Dial", "address typed, Return", aliceDbm0);
    moveFader("all that comes in", aliceDbm0);
    moveFader("all outputs", aliceDbm0);
    click("Mute strip 1");
    hear("Mute strip 1", "clicked", silenceDb);

    click("Tone on");
    hear("Tone on", "clicked", -10.0);
    moveFader("strip TONE", -10.0);
    typeInto("Level of the tone", "-17");
    hear("Level of the tone", "typed −17", -17.0);
    typeInto("Level of the tone", "9");
    hear("Level of the tone", "typed 9: refused, nothing changes", -17.0);
    typeInto("Frequency of the tone", "441");
    hear("Frequency of the tone", "typed 441", -17.0);
    click("Mute strip TONE");
    hear("Mute strip TONE", "clicked", silenceDb);
    click("Mute strip TONE");
    hear("Mute strip TONE", "clicked again", -17.0);
    click("Mute strip 1");
    hear("Mute strip 1", "clicked again", sum(aliceDbm0, -17.0));
    click("Solo strip TONE");
    hear("Solo strip TONE", "clicked", -17.0);
    click("Solo strip TONE");
    hear("Solo strip TONE", "clicked again", sum(aliceDbm0, -17.0));
    click("Tone on");
    hear("Tone on", "clicked again", aliceDbm0);
    click("Solo strip DTMF");
    hear("Solo strip DTMF", "clicked: nobody else is heard", silenceDb);
    click("Solo strip DTMF");
    hear("Solo strip DTMF", "clicked again", aliceDbm0);
    compare();
    auto found = false;
    const auto report = json(file("ear.json"));
    for (const auto& tone : *report["calls"][0]["tones"].getArray())
        found = found || std::abs(static_cast<double>(tone["hz"]) - 441.0) < 1.0;
    EXPECT_TRUE(found) << juce::JSON::toString(report["calls"][0]["tones"]);
    HeardLevels::row("Frequency of the tone", "typed 441", "the report names a tone of 441 Hz");
}
