#include "Gestures.h"
#include "MonitorBench.h"

#include <cmath>

namespace mw::test
{
namespace
{

const std::string keypad = "123A456B789C*0#D";

class DtmfPanelBench : public ::testing::Test
{
protected:
    DtmfPanelBench() { bench.engine->mixer().setTap({ TapPoint::Kind::mix, 0 }, mix); }

    DtmfPanel& panel() { return *MonitorBench::find<DtmfPanel>(*bench.view, "DTMF"); }
    DigitKey& key(char digit)
    {
        return *MonitorBench::find<DigitKey>(*bench.view, juce::String("Digit ") + juce::String::charToString(static_cast<juce::juce_wchar>(digit)));
    }
    template <typename Type>
    Type& named(const juce::String& title)
    {
        auto* found = MonitorBench::find<Type>(*bench.view, title);
        if (found == nullptr)
            throw std::runtime_error("there is no '" + title.toStdString() + "'");
        return *found;
    }

    /** Digits in what was tapped of the mix since the last call. */
    std::vector<DtmfDetection> readMix()
    {
        std::vector<float> samples(mix->available());
        mix->read(samples);
        return detect(samples, 16000.0);
    }

    static std::vector<DtmfDetection> detect(std::span<const float> samples, double rateHz)
    {
        DtmfReceiver receiver;
        receiver.prepare(rateHz);
        std::vector<DtmfDetection> all;
        DtmfDetection next;
        for (size_t at = 0; at < samples.size(); at += 1000)
        {
            receiver.process(samples.subspan(at, std::min<size_t>(1000, samples.size() - at)));
            while (receiver.take(next))
                all.push_back(next);
        }
        receiver.flush();
        while (receiver.take(next))
            all.push_back(next);
        return all;
    }

    static std::string textOf(const std::vector<DtmfDetection>& all)
    {
        std::string text;
        for (const auto& each : all)
            text += each.digit;
        return text;
    }

    std::vector<float> heardBy(LegId leg)
    {
        std::vector<float> samples;
        for (const auto& packet : bench.legs->heard(leg))
            for (const auto octet : packet.payload)
                samples.push_back(static_cast<float>(FakePcmuCodec::decodeSample(octet)) / 32768.0f);
        return samples;
    }

    static double milliseconds(const DtmfDetection& digit, double rateHz = 16000.0)
    {
        return 1000.0 * static_cast<double>(digit.endSample - digit.startSample) / rateHz;
    }

    std::shared_ptr<SampleFifo> mix = std::make_shared<SampleFifo>(16000 * 30);
    MonitorBench bench { 8 };
};

TEST_F(DtmfPanelBench, EveryKeyOfTheKeypadIsHeardInTheMixInOrder)
{
    for (const auto digit : keypad)
    {
        pressMouse(key(digit));
        bench.run(0.16);
        EXPECT_EQ(bench.view->model().snapshot().mixer.dtmfDigit, digit);
        releaseMouse(key(digit));
        bench.run(0.1);
        EXPECT_EQ(bench.view->model().snapshot().mixer.dtmfDigit, 0);
    }
    EXPECT_EQ(textOf(readMix()), keypad);
    EXPECT_EQ(bench.view->model().digits().entries().size(), keypad.size());
}

TEST_F(DtmfPanelBench, EveryDigitOfTheKeyboardIsHeardInTheMixInOrder)
{
    for (const auto digit : std::string("1234567890*#"))
    {
        EXPECT_TRUE(bench.view->keyPressed(typed(digit)));
        bench.run(0.12);
        EXPECT_TRUE(bench.view->keyPressed(typed(digit))) << "the keyboard repeats a held key";
        bench.run(0.04);
        EXPECT_TRUE(bench.view->keyStateChanged(false));
        bench.run(0.1);
    }
    EXPECT_EQ(textOf(readMix()), "1234567890*#");
}

TEST_F(DtmfPanelBench, AHeldKeySoundsAsLongAsItIsHeldAndAShortOneForTheOnTime)
{
    for (const auto held : { 0.02, 0.1, 0.4, 1.5, 12.0 })
    {
        pressMouse(key('6'));
        for (auto left = held; left > 0.001; left -= std::min(left, 0.5))
            bench.run(std::min(left, 0.5));
        releaseMouse(key('6'));
        bench.run(0.3);
        const auto heard = readMix();
        ASSERT_EQ(textOf(heard), "6") << held;
        EXPECT_NEAR(milliseconds(heard[0]), std::max(held * 1000.0, 100.0), 20.5) << "a block";
    }
    // Down and up again inside one block: a click of a machine.
    pressMouse(key('3'));
    releaseMouse(key('3'));
    bench.run(0.3);
    const auto heard = readMix();
    ASSERT_EQ(textOf(heard), "3");
    EXPECT_NEAR(milliseconds(heard[0]), 98.0, 5.0) << "at half amplitude";
}

TEST_F(DtmfPanelBench, AWrongCharacterIsMarkedWithItsPositionAsItIsTyped)
{
    auto& editor = named<SequenceEditor>("DTMF sequence");
    auto& message = named<juce::Label>("What is wrong with the DTMF sequence");
    auto& play = named<juce::TextButton>("Play the sequence");
    EXPECT_FALSE(play.isEnabled()) << "nothing to play";
    for (const auto character : std::string("12x"))
        editor.insertTextAtCaret(juce::String::charToString(static_cast<juce::juce_wchar>(character)));
    MonitorBench::pump();  // a field tells of its changes by a message
    EXPECT_EQ(editor.wrongAt(), 2);
    EXPECT_TRUE(message.getText().contains("character 'x' at position 3 is no DTMF digit")) << message.getText();
    EXPECT_FALSE(play.isEnabled());
    editor.onReturnKey();
    bench.run(0.3);
    EXPECT_TRUE(readMix().empty()) << "it does not play";

    const auto write = [&editor](const juce::String& text) {
        editor.setText(text, true);
        MonitorBench::pump();
    };
    write(juce::String::fromUTF8("1é"));
    EXPECT_EQ(editor.wrongAt(), 1);
    EXPECT_TRUE(message.getText().contains("position 2"));
    write(juce::String::repeatedString("1", 129));
    EXPECT_TRUE(message.getText().contains("it has 129 characters, at most 128"));
    write("12,3d");
    EXPECT_EQ(editor.wrongAt(), -1);
    EXPECT_TRUE(message.getText().contains("5 symbols, 1.0 s")) << message.getText();
    EXPECT_TRUE(play.isEnabled());
}

TEST_F(DtmfPanelBench, ASequencePlaysWithItsTimesAndLevelsAndStops)
{
    named<SequenceEditor>("DTMF sequence").setText("159D", true);
    named<NumberField>("DTMF on time").setValue(60.0, juce::sendNotificationSync);
    named<NumberField>("DTMF off time").setValue(90.0, juce::sendNotificationSync);
    named<NumberField>("DTMF low-group level").setValue(-15.0, juce::sendNotificationSync);
    named<NumberField>("DTMF twist").setValue(3.0, juce::sendNotificationSync);
    named<juce::TextButton>("Play the sequence").onClick();
    bench.run(1.0);
    const auto heard = readMix();
    ASSERT_EQ(textOf(heard), "159D");
    for (const auto& digit : heard)
    {
        EXPECT_NEAR(digit.lowDbm0, -15.0, 0.1);
        EXPECT_NEAR(digit.highDbm0, -12.0, 0.1);
        EXPECT_NEAR(milliseconds(digit), 58.0, 3.0);
    }
    EXPECT_NEAR(static_cast<double>(heard[1].startSample - heard[0].startSample) / 16.0, 150.0, 1.0);

    named<juce::ToggleButton>("Loop").setToggleState(true, juce::sendNotificationSync);
    named<NumberField>("DTMF gap between rounds").setValue(200.0, juce::sendNotificationSync);
    named<juce::TextButton>("Play the sequence").onClick();
    bench.run(2.0);
    named<juce::TextButton>("Stop DTMF").onClick();
    bench.run(0.2);
    EXPECT_EQ(textOf(readMix()).substr(0, 8), "159D159D");
    bench.run(1.0);
    EXPECT_TRUE(readMix().empty());
}

TEST_F(DtmfPanelBench, InBandForOneLegIsHeardByThatLegAndByNoOther)
{
    const auto alice = bench.call("sip:alice@example.com"), bob = bench.call("sip:bob@example.com");
    bench.run(0.1);
    auto& whom = named<juce::ComboBox>("Who gets the digits");
    ASSERT_EQ(whom.getNumItems(), 3);
    EXPECT_EQ(whom.getItemText(2), "bob");
    whom.setSelectedItemIndex(2, juce::sendNotificationSync);
    const auto later = bench.call("sip:later@example.com");
    bench.run(0.2);
    for (const auto leg : { alice, bob, later })
        bench.legs->forgetHeard(leg);
    named<SequenceEditor>("DTMF sequence").setText("147*", true);
    named<juce::TextButton>("Play the sequence").onClick();
    bench.run(1.0);
    EXPECT_EQ(textOf(detect(heardBy(bob), 8000.0)), "147*");
    for (const auto leg : { alice, later })
        for (const auto sample : heardBy(leg))
            ASSERT_LT(std::abs(sample), 0.001f) << "below -60 dB";

    whom.setSelectedItemIndex(0, juce::sendNotificationSync);
    bench.run(0.1);
    for (const auto leg : { alice, bob, later })
        bench.legs->forgetHeard(leg);
    pressMouse(key('8'));
    bench.run(0.2);
    releaseMouse(key('8'));
    bench.run(0.2);
    for (const auto leg : { alice, bob, later })
        EXPECT_EQ(textOf(detect(heardBy(leg), 8000.0)), "8");
}

TEST_F(DtmfPanelBench, ATargetThatHangsUpGivesTheDigitsBackToTheMix)
{
    const auto alice = bench.call("sip:alice@example.com"), bob = bench.call("sip:bob@example.com");
    bench.run(0.1);
    panel().setTarget({ bob, DigitEntry::Way::inBand });
    bench.legs->peerHangsUp(bob);
    bench.run(0.1);
    EXPECT_EQ(panel().target(), DtmfPanel::Target {});
    bench.legs->forgetHeard(alice);
    pressMouse(key('2'));
    bench.run(0.2);
    releaseMouse(key('2'));
    bench.run(0.2);
    EXPECT_EQ(textOf(detect(heardBy(alice), 8000.0)), "2");
}

TEST_F(DtmfPanelBench, EventsAndInfoReachTheFactoryWithTheirTimes)
{
    const auto alice = bench.call("sip:alice@example.com"), bob = bench.call("sip:bob@example.com");
    bench.run(0.1);
    named<NumberField>("DTMF on time").setValue(70.0, juce::sendNotificationSync);
    named<NumberField>("DTMF off time").setValue(40.0, juce::sendNotificationSync);
    named<SequenceEditor>("DTMF sequence").setText("12,#", true);
    named<juce::ComboBox>("Who gets the digits").setSelectedItemIndex(1, juce::sendNotificationSync);
    auto& how = named<juce::ComboBox>("How digits are sent");
    how.setSelectedItemIndex(1, juce::sendNotificationSync);
    named<juce::TextButton>("Play the sequence").onClick();
    how.setSelectedItemIndex(2, juce::sendNotificationSync);
    pressMouse(key('A'));
    releaseMouse(key('A'));
    bench.run(0.3);

    const auto& sent = bench.legs->dtmfSentTo(alice);
    ASSERT_EQ(sent.size(), 2u);
    EXPECT_EQ(sent[0].digits, "12#") << "a pause is for sound alone";
    EXPECT_EQ(sent[0].method, DtmfMethod::telephoneEvent);
    EXPECT_EQ(sent[0].onMs, 70);
    EXPECT_EQ(sent[0].offMs, 40);
    EXPECT_EQ(sent[1].digits, "A");
    EXPECT_EQ(sent[1].method, DtmfMethod::sipInfo);
    EXPECT_TRUE(bench.legs->dtmfSentTo(bob).empty());
    EXPECT_TRUE(readMix().empty()) << "no sound of them";

    named<juce::ComboBox>("Who gets the digits").setSelectedItemIndex(0, juce::sendNotificationSync);
    pressMouse(key('4'));
    releaseMouse(key('4'));
    EXPECT_EQ(bench.legs->dtmfSentTo(alice).back().digits, "4");
    EXPECT_EQ(bench.legs->dtmfSentTo(bob).back().digits, "4");
}

TEST_F(DtmfPanelBench, WhatASessionPlaysStandsInTheFieldsAndAPressedKeyDoesNot)
{
    MixerCommand play;
    play.kind = MixerCommand::Kind::playDtmf;
    play.dtmf.sequence = DtmfSequence::parse("42,D").value();
    play.dtmf.onMs = 55;
    play.dtmf.twistDb = -1.5;
    ASSERT_TRUE(bench.engine->command(play).ok());
    bench.run(0.1);
    EXPECT_EQ(named<SequenceEditor>("DTMF sequence").getText(), "42,D");
    EXPECT_EQ(panel().settings().onMs, 55);
    EXPECT_EQ(panel().settings().twistDb, -1.5);
    pressMouse(key('9'));
    bench.run(0.2);
    releaseMouse(key('9'));
    bench.run(0.1);
    EXPECT_EQ(named<SequenceEditor>("DTMF sequence").getText(), "42,D");
    EXPECT_EQ(panel().settings().onMs, 55);
    EXPECT_EQ(bench.engine->houseSounds().dtmf.sequence.text(), "42,D") << "nor in a session that is saved now";
    EXPECT_TRUE(bench.engine->houseSounds().dtmfWasStopped);
}

TEST_F(DtmfPanelBench, TheLogTellsWhatWasSentAndHeard)
{
    const auto alice = bench.call("sip:alice@example.com");
    bench.run(0.3);
    auto oscillator = std::make_shared<DtmfOscillator>();
    ASSERT_TRUE(oscillator->prepare(8000.0));
    DtmfSettings said;
    said.sequence = DtmfSequence::parse("7").value();
    said.lowDbm0 = -9.0;
    said.twistDb = 1.0;
    ASSERT_TRUE(oscillator->play(said));
    bench.legs->setVoice(alice, [oscillator](std::span<uint8_t> octets, uint64_t) {
        std::vector<float> samples(octets.size());
        oscillator->render(samples);
        for (size_t i = 0; i < octets.size(); ++i)
            octets[i] = FakePcmuCodec::encodeSample(static_cast<int16_t>(std::lround(samples[i] * 32767.0f)));
    });
    for (int look = 0; look < 20; ++look)
        bench.run(0.04);
    auto& list = *MonitorBench::find<juce::ListBox>(*bench.view, "Digits sent and heard");
    auto& log = *dynamic_cast<DigitList*>(list.getParentComponent());
    const auto heard = log.rowText(0);
    EXPECT_TRUE(heard.startsWith("heard from alice in-band: 7, ")) << heard;
    EXPECT_TRUE(heard.contains(juce::String::fromUTF8("−9.0 / −8.0 dBm0"))) << heard;
    const auto entry = bench.view->model().digits().entries().back();
    EXPECT_NEAR(entry.durationMs, 98.0, 8.0);
    EXPECT_NEAR(entry.lowHz, 852.0, 2.0);

    bench.legs->peerSendsDtmf(alice, '#', DtmfMethod::sipInfo);
    bench.run(0.04);
    EXPECT_TRUE(log.rowText(0).startsWith("heard from alice SIP INFO: #, ")) << log.rowText(0);
    EXPECT_TRUE(log.rowText(0).endsWith("100 ms")) << log.rowText(0);

    pressMouse(key('5'));
    bench.run(0.3);
    releaseMouse(key('5'));
    EXPECT_TRUE(log.rowText(0).startsWith("sent to the mix in-band: 5, ")) << log.rowText(0);
    EXPECT_TRUE(log.rowText(0).endsWith(juce::String::fromUTF8("−11.0 / −9.0 dBm0 · 300 ms"))) << log.rowText(0);
}

TEST_F(DtmfPanelBench, EveryControlIsReachableAtEverySize)
{
    for (const auto& size : { std::pair { 1024, 640 }, { 1440, 900 }, { 1920, 1200 } })
    {
        bench.view->setSize(size.first, size.second);
        const auto area = panel().getLocalBounds();
        std::vector<juce::Component*> seen;
        for (auto* child : panel().getChildren())
        {
            if (! child->isVisible() || child->getBounds().isEmpty())
                continue;
            EXPECT_TRUE(area.contains(child->getBounds())) << child->getTitle() << " at " << size.first;
            for (auto* other : seen)
                EXPECT_FALSE(other->getBounds().intersects(child->getBounds())) << child->getTitle() << " over " << other->getTitle();
            seen.push_back(child);
        }
        EXPECT_GE(key('5').getHeight(), 24);
        auto& logButton = named<juce::TextButton>("Show the log of digits");
        auto& list = *MonitorBench::find<juce::ListBox>(*bench.view, "Digits sent and heard");
        if (logButton.isVisible())
        {
            logButton.setToggleState(true, juce::dontSendNotification);
            logButton.onClick();
            EXPECT_TRUE(list.isShowing());
            EXPECT_GE(list.getHeight(), 200);
            logButton.setToggleState(false, juce::dontSendNotification);
            logButton.onClick();
        }
        else
        {
            EXPECT_TRUE(list.isShowing());
            EXPECT_GE(list.getHeight(), 64);
        }
        EXPECT_TRUE(key('5').isShowing());
    }
}

} // namespace
} // namespace mw::test
