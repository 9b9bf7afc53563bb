#include "MonitorBench.h"

#include <juce_osc/juce_osc.h>

#include <cmath>

namespace mw::test
{
namespace
{

/** Lets the message loop run until something is so, for at most two seconds. */
template <typename Condition>
bool eventually(Condition isSo)
{
    for (int i = 0; i < 200 && ! isSo(); ++i)
        MonitorBench::pump(10);
    return isSo();
}

class Remote : public ::testing::Test
{
protected:
    MixerProcessor& mixer() { return bench.engine->mixer(); }
    RemoteControl& remote() { return bench.view->model().remote(); }
    const std::deque<LogEntry>& log() { return bench.view->model().log(); }
    void midi(int channel, int controller, int value)
    {
        remote().midi.handle(juce::MidiMessage::controllerEvent(channel, controller, value));
        MonitorBench::pump();
    }

    MonitorBench bench { 8 };
};

TEST(GainTaper, GivesTheUsefulGainsMostOfTheTravelAndTurnsBackExactly)
{
    EXPECT_EQ(GainTaper::gainDbAt(0.0), silenceDb);
    EXPECT_EQ(GainTaper::gainDbAt(std::nan("")), silenceDb);
    EXPECT_EQ(GainTaper::gainDbAt(1.0), maxGainDb);
    EXPECT_EQ(GainTaper::gainDbAt(2.0), maxGainDb);
    EXPECT_EQ(GainTaper::travelOf(silenceDb), 0.0);
    EXPECT_GT(GainTaper::travelOf(10.0) - GainTaper::travelOf(-20.0), 0.6);
    double former = -1.0;
    for (double gainDb = minGainDb; gainDb <= maxGainDb; gainDb += 0.5)
    {
        const auto travel = GainTaper::travelOf(gainDb);
        EXPECT_GT(travel, former);
        EXPECT_NEAR(GainTaper::gainDbAt(travel), gainDb, 1e-9);
        former = travel;
    }
}

TEST_F(Remote, MidiControllerMovesWhatLearntItAndNothingElse)
{
    midi(1, 7, 0);
    EXPECT_EQ(mixer().stripGainDb(2), 0.0) << "nothing was learnt yet";

    EXPECT_FALSE(remote().midi.learn("strip/99/gain"));
    ASSERT_TRUE(remote().midi.learn("strip/2/gain"));
    remote().midi.handle(juce::MidiMessage::noteOn(1, 60, 1.0f));
    MonitorBench::pump();
    EXPECT_EQ(remote().midi.learning(), "strip/2/gain") << "a key is no controller";

    midi(3, 21, 127);
    EXPECT_EQ(remote().midi.learning(), "");
    ASSERT_TRUE(remote().midi.bindingOf("strip/2/gain").has_value());
    EXPECT_EQ(remote().midi.bindingOf("strip/2/gain")->name(), "MIDI 3/21");
    EXPECT_EQ(mixer().stripGainDb(2), maxGainDb);
    EXPECT_NE(log().back().text.find("/strip/3/gain"), std::string::npos) << log().back().text;

    midi(3, 21, 0);
    EXPECT_EQ(mixer().stripGainDb(2), silenceDb);
    midi(3, 22, 100);
    midi(4, 21, 100);
    EXPECT_EQ(mixer().stripGainDb(2), silenceDb) << "another controller, another channel";
    for (int value = 0; value <= 127; ++value)
    {
        midi(3, 21, value);
        EXPECT_NEAR(mixer().stripGainDb(2) == silenceDb ? 0.0 : GainTaper::travelOf(mixer().stripGainDb(2)), value / 127.0, 0.02);
    }
    for (const auto channel : { 0, 1, 3 })
        EXPECT_EQ(mixer().stripGainDb(channel), 0.0);
}

TEST_F(Remote, MidiControllerOfASwitchIsOnFromTheMiddle)
{
    ASSERT_TRUE(remote().midi.learn("strip/0/mute"));
    midi(1, 1, 63);
    EXPECT_FALSE(mixer().isStripMuted(0));
    midi(1, 1, 64);
    EXPECT_TRUE(mixer().isStripMuted(0));
    midi(1, 1, 0);
    EXPECT_FALSE(mixer().isStripMuted(0));
}

TEST_F(Remote, AControllerMovesOneParameterAndAParameterHasOneController)
{
    for (const auto* id : { "strip/0/gain", "strip/1/gain" })
    {
        ASSERT_TRUE(remote().midi.learn(id));
        midi(1, 7, 10);
    }
    EXPECT_FALSE(remote().midi.bindingOf("strip/0/gain").has_value()) << "the controller went to the other";
    ASSERT_TRUE(remote().midi.learn("strip/1/gain"));
    midi(1, 8, 10);
    ASSERT_EQ(remote().midi.all().size(), 1u);
    EXPECT_EQ(remote().midi.all()[0].controller, 8);
    remote().midi.forget("strip/1/gain");
    EXPECT_TRUE(remote().midi.all().empty());
}

TEST_F(Remote, MidiBindingsComeBackFromASessionAndWrongOnesAreRefusedWhole)
{
    ASSERT_TRUE(remote().midi.learn("masterInGain"));
    midi(16, 127, 64);
    const auto text = juce::JSON::toString(remote().toVar());
    remote().midi.forgetAll();

    const auto back = remote().fromVar(juce::JSON::parse(text));
    ASSERT_TRUE(back.ok()) << back.error().message();
    ASSERT_EQ(remote().midi.all().size(), 1u);
    midi(16, 127, 0);
    EXPECT_EQ(mixer().masterInGainDb(), silenceDb);

    for (const auto* wrong : { R"({"midi":5})", R"({"midi":[{"channel":0,"controller":1,"parameter":"masterInGain"}]})",
                               R"({"midi":[{"channel":17,"controller":1,"parameter":"masterInGain"}]})",
                               R"({"midi":[{"channel":1,"controller":128,"parameter":"masterInGain"}]})",
                               R"({"midi":[{"channel":1.5,"controller":1,"parameter":"masterInGain"}]})",
                               R"({"midi":[{"channel":1,"controller":1}]})", R"({"midi":["x"]})",
                               R"({"midi":[{"channel":1,"controller":1,"parameter":"outputGain"},null]})" })
    {
        EXPECT_FALSE(remote().fromVar(juce::JSON::parse(wrong)).ok()) << wrong;
        ASSERT_EQ(remote().midi.all().size(), 1u) << wrong;
        EXPECT_EQ(remote().midi.all()[0].parameterId, "masterInGain") << wrong;
    }
    EXPECT_TRUE(remote().fromVar({}).ok());
    EXPECT_TRUE(remote().midi.all().empty());
}

TEST_F(Remote, OscIsOffUntilAskedAndThenMovesEveryKindOfParameter)
{
    EXPECT_EQ(remote().osc.port(), 0);
    const auto listening = remote().osc.listen(0);
    ASSERT_TRUE(listening.ok()) << listening.error().message();
    ASSERT_GT(remote().osc.port(), 0);
    juce::OSCSender sender;
    ASSERT_TRUE(sender.connect("127.0.0.1", remote().osc.port()));

    sender.send("/strip/3/gain", -6.5f);
    sender.send("/strip/3/mute", 1);
    sender.send("/strip/tone/solo", 1.0f);
    sender.send("/master/in", -3);
    sender.send("/master/out", -std::numeric_limits<float>::infinity());
    juce::OSCBundle bundle;
    bundle.addElement(juce::OSCMessage("/dtmf/gain", 2.0f));
    sender.send(bundle);
    sender.send("/dtmf/play", juce::String("12#"));
    ASSERT_TRUE(eventually([this] { return remote().osc.figures().taken == 7; })) << remote().osc.figures().taken;
    EXPECT_EQ(mixer().stripGainDb(2), -6.5);
    EXPECT_TRUE(mixer().isStripMuted(2));
    EXPECT_TRUE(mixer().isStripSoloed(mixer().indexOf(HouseStrip::tone)));
    EXPECT_EQ(mixer().masterInGainDb(), -3.0);
    EXPECT_EQ(mixer().outputGainDb(), silenceDb);
    EXPECT_EQ(mixer().dtmfGainDb(), 2.0);
    bench.run(1.0);
    EXPECT_EQ(bench.view->model().snapshot().mixer.dtmfDigitsPlayed, 3u);
    EXPECT_EQ(remote().osc.figures().wrong, 0u);

    remote().osc.close();
    EXPECT_EQ(remote().osc.port(), 0);
    sender.send("/strip/3/gain", 0.0f);
    MonitorBench::pump(50);
    EXPECT_EQ(mixer().stripGainDb(2), -6.5);
}

TEST_F(Remote, WrongOscIsCountedSaidAndHarmless)
{
    ASSERT_TRUE(remote().osc.listen(0).ok());
    juce::OSCSender sender;
    ASSERT_TRUE(sender.connect("127.0.0.1", remote().osc.port()));
    sender.send("/strip/0/gain", -6.0f);     // strips count from 1
    sender.send("/strip/9/gain", -6.0f);     // beyond the legs
    sender.send("/strip/1/gain", juce::String("-6"));
    sender.send("/strip/1/gain", -6.0f, -7.0f);
    sender.send("/strip/1/gain");
    sender.send("/strip/1/gain", std::nanf(""));
    sender.send("/strip/1/gain", 20.5f);
    sender.send("/dtmf/play", 5);
    sender.send("/dtmf/play", juce::String("12X"));
    sender.send("/dtmf/play", juce::String::repeatedString("1", 500));
    sender.send("/" + juce::String::repeatedString("a", 500), 1.0f);
    juce::DatagramSocket raw;
    const char noOsc[] = "this is no OSC";
    raw.write("127.0.0.1", remote().osc.port(), noOsc, sizeof(noOsc));
    ASSERT_TRUE(eventually([this] { return remote().osc.figures().wrong == 12; })) << remote().osc.figures().wrong;
    EXPECT_EQ(remote().osc.figures().taken, 0u);
    EXPECT_EQ(mixer().stripGainDb(0), 0.0);
    ASSERT_FALSE(log().empty());
    EXPECT_EQ(log().back().weight, LogEntry::Weight::bad);
    EXPECT_NE(log().back().text.find("OSC"), std::string::npos);
    EXPECT_NE(log().back().text.find("wrong messages so far"), std::string::npos);

    sender.send("/strip/1/gain", -6.0f);
    EXPECT_TRUE(eventually([this] { return mixer().stripGainDb(0) == -6.0; })) << "it goes on";
}

TEST_F(Remote, AnOscPortThatIsTakenIsAnErrorAndLeavesItOff)
{
    juce::DatagramSocket holder;
    ASSERT_TRUE(holder.bindToPort(0, "127.0.0.1"));
    ASSERT_TRUE(remote().osc.listen(0).ok());
    const auto taken = remote().osc.listen(holder.getBoundPort());
    ASSERT_FALSE(taken.ok());
    EXPECT_EQ(taken.error().code, ExitCode::environment);
    EXPECT_EQ(remote().osc.port(), 0);
    EXPECT_FALSE(remote().osc.listen(70000).ok());
    EXPECT_FALSE(remote().osc.listen(0, "no.such.host.invalid").ok());
}

TEST_F(Remote, OscPortIsPartOfTheSession)
{
    ASSERT_TRUE(remote().osc.listen(0).ok());
    const auto port = remote().osc.port();
    const auto saved = juce::JSON::parse(juce::JSON::toString(remote().toVar()));
    ASSERT_TRUE(remote().fromVar({}).ok());
    EXPECT_EQ(remote().osc.port(), 0);
    ASSERT_TRUE(remote().fromVar(saved).ok());
    EXPECT_EQ(remote().osc.port(), port);
    EXPECT_FALSE(remote().fromVar(juce::JSON::parse(R"({"osc":{"port":0}})")).ok());
    EXPECT_FALSE(remote().fromVar(juce::JSON::parse(R"({"osc":{"port":"x"}})")).ok());
}

TEST_F(Remote, AGestureIsOneUndoStepAndTheGainOfAFormerCallIsLeftAlone)
{
    auto& undo = bench.view->model().undoManager();
    const auto alice = bench.call("sip:alice@example.com");
    auto& gain = *mixer().parameters().strips[0].gain;
    gain.beginChangeGesture();
    for (const auto gainDb : { -1.0, -2.0, -12.0 })
        gain.setDb(gainDb);
    gain.endChangeGesture();
    ParameterUndo::setAsGesture(*mixer().parameters().strips[0].mute, 1.0f);
    gain.beginChangeGesture();
    gain.endChangeGesture();

    EXPECT_TRUE(undo.undo());
    EXPECT_FALSE(mixer().isStripMuted(0));
    EXPECT_EQ(mixer().stripGainDb(0), -12.0);
    EXPECT_TRUE(undo.undo());
    EXPECT_EQ(mixer().stripGainDb(0), 0.0) << "the whole way of the fader is one step";
    EXPECT_FALSE(undo.canUndo()) << "a touch that moves nothing is no step";
    EXPECT_TRUE(undo.redo());
    EXPECT_EQ(mixer().stripGainDb(0), -12.0);

    bench.legs->peerHangsUp(alice);
    bench.run(0.1);
    bench.call("sip:bob@example.com");
    mixer().setStripGainDb(0, 3.0);
    undo.undo();
    EXPECT_EQ(mixer().stripGainDb(0), 3.0) << "bob is on alice's channel";
}

TEST(RemoteControl, OscIsTurnedOnAndOffFromTheSessionMenu)
{
    MonitorBench bench;
    auto& osc = bench.view->model().remote().osc;
    const auto choose = [&] {
        const auto menu = bench.view->tools().sessionMenu();
        for (juce::PopupMenu::MenuItemIterator items(menu); items.next();)
            if (auto& item = items.getItem(); item.text == "Listen for OSC on 127.0.0.1:9000")
            {
                EXPECT_EQ(item.isTicked, osc.port() != 0);
                item.action();
                return true;
            }
        return false;
    };
    EXPECT_EQ(osc.port(), 0);
    ASSERT_TRUE(choose());
    EXPECT_EQ(osc.port(), OscControl::usualPort);
    ASSERT_TRUE(choose());
    EXPECT_EQ(osc.port(), 0);
}

} // namespace
} // namespace mw::test
