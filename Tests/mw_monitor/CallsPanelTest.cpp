#include "Gestures.h"
#include "MonitorBench.h"

#include <mw_monitor/calls/SipLadder.h>

namespace mw::test
{
namespace
{

class CallsPanelBench : public ::testing::Test
{
protected:
    template <typename Type>
    Type& named(const juce::String& title)
    {
        auto* found = MonitorBench::find<Type>(*bench.view, title);
        if (found == nullptr)
            throw std::runtime_error("there is no '" + title.toStdString() + "'");
        return *found;
    }

    CallsPanel& panel() { return named<CallsPanel>("Calls"); }
    MonitorModel& model() { return bench.view->model(); }

    void typeAndReturn(const juce::String& text)
    {
        auto& editor = named<juce::TextEditor>("Address to call");
        editor.setText(text, true);
        editor.keyPressed(juce::KeyPress(juce::KeyPress::returnKey));
        MonitorBench::pump();
        bench.run(0.04);
    }

    juce::String rowOf(const juce::String& name)
    {
        for (int row = 0; row < panel().rows(); ++row)
            if (panel().rowText(row).startsWith(name + ","))
                return panel().rowText(row);
        return "no row of " + name;
    }

    MonitorBench bench { 64 };
};

TEST_F(CallsPanelBench, ReturnDialsAndTheHistoryKeepsTheLastTwentyOnce)
{
    typeAndReturn("bob@example.com");
    ASSERT_EQ(bench.engine->calls().size(), 1u);
    EXPECT_EQ(bench.engine->calls()[0].peerUri, "sip:bob@example.com");
    EXPECT_EQ(model().selected(), bench.engine->calls()[0].leg);
    EXPECT_TRUE(named<juce::TextEditor>("Address to call").getText().isEmpty());
    for (int i = 0; i < 22; ++i)
        typeAndReturn("sip:" + juce::String(i) + "@example.com");
    typeAndReturn("sip:5@example.com");
    const auto& past = panel().dialBox().history().all();
    ASSERT_EQ(past.size(), 20u);
    EXPECT_EQ(past[0], "sip:5@example.com");
    EXPECT_EQ(past[1], "sip:21@example.com");
    EXPECT_EQ(std::count(past.begin(), past.end(), "sip:5@example.com"), 1);
    EXPECT_EQ(past.back(), "sip:2@example.com");

    auto& editor = named<juce::TextEditor>("Address to call");
    editor.keyPressed(juce::KeyPress(juce::KeyPress::upKey));
    editor.keyPressed(juce::KeyPress(juce::KeyPress::upKey));
    EXPECT_EQ(editor.getText(), "sip:21@example.com");
    editor.keyPressed(juce::KeyPress(juce::KeyPress::downKey));
    EXPECT_EQ(editor.getText(), "sip:5@example.com");
}

TEST_F(CallsPanelBench, AWrongAddressIsMarkedWithTheReasonAndNotDialled)
{
    auto& fault = named<juce::Label>("Why the address cannot be called");
    for (const auto& [typedText, why] : { std::pair { "bob smith@example.com", "the space at position 4" }, { "sip:", "the host is missing" },
                                          { "bob@host:99999", "the port must be a number" } })
    {
        typeAndReturn(typedText);
        EXPECT_TRUE(fault.getText().contains(why)) << fault.getText();
        EXPECT_GT(fault.getHeight(), 0);
    }
    EXPECT_TRUE(bench.engine->calls().empty());
    named<juce::TextEditor>("Address to call").setText("bob@host", true);
    MonitorBench::pump();
    EXPECT_TRUE(fault.getText().isEmpty()) << "it goes with its cause";
}

TEST_F(CallsPanelBench, AnIncomingCallIsAnsweredOrRejectedAsThePersonSays)
{
    named<juce::ToggleButton>("Answer automatically").setToggleState(false, juce::dontSendNotification);
    named<juce::ToggleButton>("Answer automatically").onClick();
    EXPECT_FALSE(bench.engine->answersAutomatically());
    const auto alice = bench.call("sip:alice@example.com"), bob = bench.call("sip:bob@example.com"), carol = bench.call("sip:carol@example.com");
    bench.run(0.04);
    EXPECT_EQ(bench.engine->call(alice)->state, CallState::incoming);
    named<juce::TextButton>("Answer alice").onClick();
    named<juce::TextButton>("Reject bob as busy").onClick();
    named<juce::TextButton>("Decline carol").onClick();
    bench.run(0.04);
    EXPECT_EQ(bench.engine->call(alice)->state, CallState::established);
    EXPECT_EQ(bench.legs->rejectedWith(bob), 486);
    EXPECT_EQ(bench.legs->rejectedWith(carol), 603);
    EXPECT_EQ(MonitorBench::find<juce::TextButton>(*bench.view, "Answer alice"), nullptr) << "its card is gone";
    EXPECT_TRUE(rowOf("alice").contains(juce::String::fromUTF8("in call · PCMU/8000"))) << rowOf("alice");
    EXPECT_TRUE(rowOf("bob").contains(juce::String::fromUTF8("failed · 486 Busy Here"))) << rowOf("bob");

    const auto dave = bench.call("sip:dave@example.com");
    bench.run(0.04);
    EXPECT_TRUE(bench.view->keyPressed(typed('a')));
    bench.run(0.04);
    EXPECT_EQ(bench.engine->call(dave)->state, CallState::established) << "a answers the one that rings";
}

TEST_F(CallsPanelBench, HoldResumeHangUpAndDialAgainReachTheEngine)
{
    const auto alice = bench.call("sip:alice@example.com"), bob = bench.call("sip:bob@example.com");
    bench.run(0.04);
    model().select(bob);
    auto& hold = named<juce::TextButton>("Hold or resume the selected call");
    hold.onClick();
    bench.run(0.04);
    EXPECT_TRUE(bench.legs->isOnHold(bob));
    EXPECT_FALSE(bench.legs->isOnHold(alice));
    EXPECT_EQ(hold.getButtonText(), "Resume");
    EXPECT_TRUE(rowOf("bob").contains("on hold")) << rowOf("bob");
    EXPECT_TRUE(bench.view->keyPressed(typed('h')));
    bench.run(0.04);
    EXPECT_FALSE(bench.legs->isOnHold(bob));

    EXPECT_TRUE(bench.view->keyPressed(typed('x')));
    bench.run(0.04);
    EXPECT_EQ(bench.engine->call(bob)->state, CallState::closed);
    EXPECT_TRUE(rowOf("bob").contains("ended")) << rowOf("bob");
    named<juce::TextButton>("Dial the selected call's address again").onClick();
    bench.run(0.04);
    const auto again = bench.engine->call(model().selected());
    ASSERT_TRUE(again.has_value());
    EXPECT_NE(again->leg, bob);
    EXPECT_EQ(again->peerUri, "sip:bob@example.com");
    EXPECT_TRUE(again->outgoing);
    model().select(alice);
    named<juce::TextButton>("Hang up the selected call").onClick();
    bench.run(0.04);
    EXPECT_EQ(bench.engine->call(alice)->state, CallState::closed);
}

TEST_F(CallsPanelBench, StatesAndReasonsOfEndsAreShownInWords)
{
    bench.legs->setDialResult("sip:nobody@example.com", { FakeLegFactory::DialResult::Kind::rejects, 404, "Not Found" });
    bench.legs->setDialResult("sip:slow@example.com", { FakeLegFactory::DialResult::Kind::staysRinging, 0, "" });
    typeAndReturn("nobody@example.com");
    typeAndReturn("slow@example.com");
    const auto lost = bench.call("sip:lost@example.com"), held = bench.call("sip:held@example.com");
    bench.run(2.5);
    bench.legs->peerHangsUp(lost, 0, "RTP timeout (no packets for 10 s)", true);
    bench.legs->peerHolds(held, true);
    bench.run(0.04);
    EXPECT_TRUE(rowOf("sip:nobody@example.com").contains(juce::String::fromUTF8("failed · 404 Not Found"))) << rowOf("sip:nobody@example.com");
    EXPECT_TRUE(rowOf("sip:slow@example.com").contains("ringing"));
    EXPECT_TRUE(rowOf("lost").contains("RTP timeout (no packets for 10 s)")) << rowOf("lost");
    EXPECT_TRUE(rowOf("lost").endsWith("0:02")) << rowOf("lost");
    EXPECT_TRUE(rowOf("held").contains("holds us"));
}

TEST_F(CallsPanelBench, ARowSelectsItsCallAndTheListFollowsTheModel)
{
    const auto alice = bench.call("sip:alice@example.com"), bob = bench.call("sip:bob@example.com");
    bench.run(0.04);
    auto& list = named<juce::ListBox>("List of calls");
    list.selectRow(1);
    EXPECT_EQ(model().selected(), bob);
    model().select(alice);
    EXPECT_EQ(list.getSelectedRow(), 0);
    bench.view->keyPressed(typed('d'));
    EXPECT_TRUE(bench.view->isShowing());
}

class SipLadderBench : public CallsPanelBench
{
protected:
    SipLadderBench()
    {
        ladder.setSize(900, 260);
        look.setTheme(Theme::dark);
        ladder.setLookAndFeel(&look);
    }
    ~SipLadderBench() override { ladder.setLookAndFeel(nullptr); }

    Look look;
    SipLadder ladder { bench.view->model() };
};

TEST_F(SipLadderBench, ShowsTheMessagesOfTheSelectedCall)
{
    const auto alice = bench.legs->ring("sip:alice@example.com");
    bench.legs->passMessage(alice, false, "INVITE sip:us@192.0.2.2 SIP/2.0", "INVITE", "\r\nCall-ID: 1\r\n\r\nv=0\r\nm=audio 4000 RTP/AVP 0\r\n");
    bench.run(0.02);
    bench.legs->passMessage(alice, true, "SIP/2.0 180 Ringing", "INVITE");
    bench.run(0.5);
    bench.legs->passMessage(alice, true, "SIP/2.0 200 OK", "INVITE");
    bench.legs->passMessage(alice, true, "SIP/2.0 200 OK", "INVITE");
    bench.legs->passMessage(alice, false, "ACK sip:us@192.0.2.2 SIP/2.0", "ACK");
    const auto bob = bench.call("sip:bob@example.com");
    bench.legs->passMessage(bob, true, "BYE sip:bob@example.com SIP/2.0", "BYE");
    bench.legs->passMessage(bob, false, "SIP/2.0 481 Call/Transaction Does Not Exist", "BYE");
    bench.run(0.04);
    EXPECT_EQ(ladder.rows(), 0) << "none is selected";
    model().select(alice);
    const auto left = juce::String::fromUTF8("←"), right = juce::String::fromUTF8("→");
    ASSERT_EQ(ladder.rows(), 5);
    EXPECT_EQ(ladder.rowText(0), "0.000 s " + left + " INVITE (SDP)");
    EXPECT_EQ(ladder.rowText(1), "0.020 s " + right + " 180 Ringing");
    EXPECT_EQ(ladder.rowText(2), "0.520 s " + right + " 200 OK");
    EXPECT_EQ(ladder.rowText(3), "0.520 s " + right + " 200 OK (again)");
    EXPECT_EQ(ladder.rowText(4), "0.520 s " + left + " ACK");

    auto& text = *MonitorBench::find<juce::TextEditor>(ladder, "Message text");
    EXPECT_TRUE(text.getText().startsWith("INVITE sip:us@192.0.2.2 SIP/2.0\nCall-ID: 1")) << text.getText();
    EXPECT_TRUE(text.isReadOnly());
    auto& canvas = *MonitorBench::find(ladder, "Ladder of SIP messages");
    canvas.mouseDown(mouseIn(canvas, { 300.0f, 28.0f + 28.0f * 4.0f + 5.0f }));
    EXPECT_EQ(ladder.chosenRow(), 4);
    EXPECT_TRUE(text.getText().startsWith("ACK "));
    canvas.keyPressed(juce::KeyPress(juce::KeyPress::upKey));
    EXPECT_TRUE(text.getText().startsWith("SIP/2.0 200 OK"));

    model().select(bob);
    ASSERT_EQ(ladder.rows(), 2);
    EXPECT_TRUE(ladder.rowText(1).endsWith(left + " 481 Call/Transaction Does Not Exist (BYE)")) << ladder.rowText(1);
    bench.legs->peerHangsUp(bob);
    bench.run(0.04);
    EXPECT_EQ(ladder.rows(), 2) << "of an ended call too";
    const auto picture = ladder.createComponentSnapshot(ladder.getLocalBounds());
    EXPECT_EQ(picture.getWidth(), 900);
}

TEST_F(SipLadderBench, ForeignTextIsMadeReadable)
{
    const auto alice = bench.call("sip:alice@example.com");
    bench.legs->passMessage(alice, false, "INVITE \xff\xfe SIP/2.0", "INVITE");
    bench.run(0.04);
    model().select(alice);
    ASSERT_EQ(ladder.rows(), 1);
    EXPECT_TRUE(MonitorBench::find<juce::TextEditor>(ladder, "Message text")->getText().contains(juce::String::fromUTF8("\xef\xbf\xbd")));
}

} // namespace
} // namespace mw::test
