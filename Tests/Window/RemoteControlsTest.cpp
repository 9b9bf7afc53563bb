#include "HeardLevels.h"
#include "LiveWindow.h"

#include <juce_osc/juce_osc.h>

#include <cmath>

using namespace mw;

/** The menus through which a fader box takes over, during a live call: alice speaks a tone of −20 dBm0, a sink that the window
    called records what it hears. OSC comes as real datagrams. There is no MIDI device on the machines that test this: what a
    device would send is given to MidiLearn where JUCE's inputs give it. */
class RemoteControls : public LiveWindow
{
protected:
    void SetUp() override
    {
        LiveWindow::SetUp();
        open();
        callsUs("alice", "tone:1004@-20");
        legOf("alice");
        dial(sinkCalled("ear").uri());
        hear("Dial", "address typed, Return", -20.0);
    }

    void TearDown() override
    {
        LiveWindow::TearDown();
        // The search for MIDI inputs made ALSA read its configuration; JUCE gives it back with a type of sound cards.
        const std::unique_ptr<juce::AudioIODeviceType> cards(juce::AudioIODeviceType::createAudioIODeviceType_ALSA());
    }

    void hear(const std::string& control, const std::string& how, double dbm0)
    {
        levels.expect(control, how, dbm0);
        letPass(1.0);
    }

    void compareAll()
    {
        expectHeard(levels, "ear");
    }

    [[nodiscard]] MidiLearn& midi() { return model().remote().midi; }

    /** Opens the menu of a fader, looks whether there is such an item, and closes it. */
    [[nodiscard]] bool offers(const juce::String& fader, const juce::String& item)
    {
        click(fader, 1, 3);
        const auto found = until([&] { return itemCalled(item) != nullptr; }, std::chrono::milliseconds(500));
        keys({ "Escape" });
        return found;
    }

    /** A controller of the box is moved. */
    void moveController(int controller, int value)
    {
        midi().handle(juce::MidiMessage::controllerEvent(1, controller, value));
        pump(100);
    }

    double gainOfStrip1() { return named<juce::Slider>("Gain of strip 1").getValue(); }

    /** A datagram of OSC to the port that the window listens on. */
    void send(const juce::String& address, float value)
    {
        juce::OSCSender sender;
        ASSERT_TRUE(sender.connect("127.0.0.1", OscControl::usualPort));
        ASSERT_TRUE(sender.send(address, value));
        pump(150);
    }

    HeardLevels levels;
};

TEST_F(RemoteControls, OfMidiLearn)
{
    const juce::String fader = "Gain of strip 1";
    choose(fader, "Learn MIDI control", 3);
    EXPECT_FALSE(midi().learning().isEmpty());
    choose(fader, "Stop learning", 3);
    EXPECT_TRUE(midi().learning().isEmpty());
    moveController(7, 20);
    EXPECT_EQ(gainOfStrip1(), 0.0) << "nothing was learnt";

    choose(fader, "Learn MIDI control", 3);
    moveController(7, 80);
    const auto learnt = gainOfStrip1();
    EXPECT_LT(learnt, -1.0);
    hear("Gain of strip 1", "right click, Learn MIDI control; controller 7 moved to 80", -20.0 + learnt);
    moveController(7, 60);
    const auto lower = gainOfStrip1();
    EXPECT_LT(lower, learnt - 1.0);
    hear("Gain of strip 1", "controller 7 moved to 60", -20.0 + lower);
    moveController(8, 127);
    EXPECT_EQ(gainOfStrip1(), lower) << "another controller moves nothing";

    EXPECT_TRUE(offers(fader, "Forget MIDI 1/7"));
    choose(fader, "Forget MIDI 1/7", 3);
    EXPECT_FALSE(offers(fader, "Forget MIDI 1/7"));
    moveController(7, 127);
    hear("Gain of strip 1", "right click, Forget MIDI 1/7; controller 7 moved to 127: nothing changes", -20.0 + lower);
    choose(fader, "Set to 0 dB", 3);
    hear("Gain of strip 1", "right click, Set to 0 dB", -20.0);
    compareAll();
}

TEST_F(RemoteControls, OfOsc)
{
    const auto listen = "Listen for OSC on 127.0.0.1:" + juce::String(OscControl::usualPort);
    send("/strip/1/gain", -9.0f);
    EXPECT_EQ(gainOfStrip1(), 0.0) << "nobody listens yet";
    choose("Session", listen);
    ASSERT_EQ(model().remote().osc.port(), OscControl::usualPort) << (model().log().empty() ? "" : model().log().back().text);

    choose("Gain of strip 1", "Copy OSC address", 3);
    const auto address = juce::SystemClipboard::getTextFromClipboard();
    EXPECT_EQ(address, "/strip/1/gain");
    send(address, -6.0f);
    hear("Listen for OSC, Copy OSC address", "chosen; −6 sent to /strip/1/gain", -26.0);
    send("/strip/1/mute", 1.0f);
    hear("Listen for OSC", "1 sent to /strip/1/mute", HeardLevels::silent);
    send("/strip/1/mute", 0.0f);
    hear("Listen for OSC", "0 sent to /strip/1/mute", -26.0);
    send("/master/out", -4.0f);
    hear("Listen for OSC", "−4 sent to /master/out", -30.0);
    send("/no/such/fader", 3.0f);
    EXPECT_EQ(model().remote().osc.figures().wrong, 1u);
    hear("Listen for OSC", "a wrong address: nothing changes", -30.0);

    choose("Session", listen);
    EXPECT_EQ(model().remote().osc.port(), 0);
    send(address, 3.0f);
    hear("Listen for OSC", "chosen again: off, 3 sent, nothing changes", -30.0);
    compareAll();
}
