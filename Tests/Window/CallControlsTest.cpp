#include "HeardLevels.h"
#include "LiveWindow.h"

#include <mw_monitor/detail/MatrixGrid.h>

#include <cmath>

using namespace mw;

/** Calls made, taken, held and ended by the window's controls; who hears whom. */
class CallControls : public LiveWindow
{
protected:
    static constexpr double aliceDbm0 = -20.0, bobDbm0 = -30.0, silent = HeardLevels::silent;

    static double sum(double one, double other) { return 10.0 * std::log10(std::pow(10.0, one / 10.0) + std::pow(10.0, other / 10.0)); }

    void hear(const std::string& control, const std::string& how, double dbm0)
    {
        levels.expect(control, how, dbm0);
        letPass(1.0);  // so long that a machine which stands still for a moment leaves enough of it on either side
    }

    std::optional<CallInfo> callOf(const std::string& user)
    {
        std::optional<CallInfo> found;
        for (const auto& call : engine().calls())
            if (call.peerName == user || call.peerUri.find("sip:" + user + "@") == 0)
                found = call;
        return found;
    }

    bool waitFor(const std::string& user, CallState state)
    {
        return until([&] { return callOf(user) && callOf(user)->state == state; });
    }

    /** The middle of a row of the calls' list. */
    void clickRow(int row, int times = 1, int button = 1)
    {
        auto& list = named<juce::ListBox>("List of calls");
        const auto at = list.getRowPosition(row, true).toFloat().getCentre();
        moveTo(list, { at.x / static_cast<float>(list.getWidth()), at.y / static_cast<float>(list.getHeight()) });
        desk::xdotool({ "click", "--repeat", std::to_string(times), "--delay", "60", std::to_string(button) });
        pump(100);
    }

    HeardLevels levels;
};

TEST_F(CallControls, DialHoldHangUpAndDialAgain)
{
    open();
    callsUs("alice", "tone:1004@-20");
    const auto alice = legOf("alice");
    auto& ear = sinkCalled("ear", { "--calls", "4" });
    const auto uri = ear.uri();

    type("d");
    EXPECT_TRUE(named<juce::TextEditor>("Address to call").hasKeyboardFocus(true)) << "key d";
    keys({ "Escape" });
    dial(uri);
    hear("Address to call", "typed, Return", aliceDbm0);
    const auto held = [&](bool wanted) { return until([&] { return callOf("bench")->onHold == wanted; }); };
    click("Hold or resume the selected call");
    EXPECT_TRUE(held(true));
    hear("Hold or resume the selected call", "clicked", silent);
    click("Hold or resume the selected call");
    EXPECT_TRUE(held(false));
    hear("Hold or resume the selected call", "clicked again", aliceDbm0);
    view().grabKeyboardFocus();
    keys({ "h" });
    EXPECT_TRUE(held(true));
    hear("List of calls", "key h", silent);
    keys({ "h" });
    EXPECT_TRUE(held(false));
    hear("List of calls", "key h again", aliceDbm0);
    choose("Menu of strip 2", "Hold");
    EXPECT_TRUE(held(true));
    hear("Menu of strip 2", "Hold", silent);
    choose("Menu of strip 2", "Resume");
    EXPECT_TRUE(held(false));
    hear("Menu of strip 2", "Resume", aliceDbm0);
    click("Hang up the selected call");
    EXPECT_TRUE(waitFor("bench", CallState::closed));

    click("Dial the selected call's address again");
    EXPECT_TRUE(waitFor("bench", CallState::established));
    letPass(1.0);
    view().grabKeyboardFocus();
    keys({ "x" });
    EXPECT_TRUE(waitFor("bench", CallState::closed));
    choose("Dialled before", juceText(uri));
    EXPECT_TRUE(waitFor("bench", CallState::established));
    letPass(1.0);
    choose("Menu of strip 2", "Hang up");
    EXPECT_TRUE(waitFor("bench", CallState::closed));
    click("Address to call");
    keys({ "Up" });
    EXPECT_EQ(named<juce::TextEditor>("Address to call").getText(), juceText(uri)) << "the history";
    click("Dial");
    EXPECT_TRUE(waitFor("bench", CallState::established));
    letPass(1.0);
    clickRow(0);
    EXPECT_EQ(model().selected(), alice);
    clickRow(1, 1, 3);
    choose("Hang up");
    EXPECT_TRUE(waitFor("bench", CallState::closed));

    const auto report = expectHeard(levels, "ear");
    ASSERT_EQ(report["calls"].size(), 4);
    for (int i = 1; i < 4; ++i)
    {
        // A busy machine breaks a second of sound here and there: it holds less of the tone then, never more.
        const auto heardDbm0 = static_cast<double>(report["calls"][i]["toneDbm0"]);
        EXPECT_LT(heardDbm0, aliceDbm0 + 0.1) << i;
        EXPECT_GT(heardDbm0, aliceDbm0 - 3.0) << i;
        EXPECT_EQ(report["calls"][i]["reason"].toString(), "ended by the peer");
    }
    HeardLevels::row("Hang up the selected call; key x; Menu of strip 2 and the menu of a row of List of calls, Hang up", "clicked, pressed, chosen",
                     "four calls ended by BYE");
    HeardLevels::row("Dial the selected call's address again, Dialled before, Dial with key Up", "clicked, chosen", "three more calls came");
}

TEST_F(CallControls, CallsThatRingAreAnsweredOrRejected)
{
    open();
    click("Answer automatically");
    EXPECT_FALSE(engine().answersAutomatically());
    auto& carol = callsUs("carol", "tone:1004@-20", { "--duration", "2" });
    EXPECT_TRUE(waitFor("carol", CallState::incoming));
    EXPECT_TRUE(until([this] { return findShowing(view(), "Answer carol") != nullptr; }));
    click("Answer carol");
    EXPECT_TRUE(waitFor("carol", CallState::established));
    auto& dave = callsUs("dave", "silence");
    EXPECT_TRUE(until([this] { return findShowing(view(), "Reject dave as busy") != nullptr; }));
    click("Reject dave as busy");
    EXPECT_TRUE(until([&] { return ! dave.process().isRunning(); }));
    EXPECT_EQ(dave.finish(), 4) << dave.log();
    EXPECT_NE(dave.log().find("486"), std::string::npos) << dave.log();
    auto& erin = callsUs("erin", "silence");
    EXPECT_TRUE(until([this] { return findShowing(view(), "Decline erin") != nullptr; }));
    click("Decline erin");
    EXPECT_TRUE(until([&] { return ! erin.process().isRunning(); }));
    EXPECT_NE(erin.log().find("603"), std::string::npos) << erin.log();
    callsUs("frank", "silence");
    EXPECT_TRUE(waitFor("frank", CallState::incoming));
    EXPECT_TRUE(until([this] { return findShowing(view(), "Answer frank") != nullptr; }));
    view().grabKeyboardFocus();
    keys({ "a" });
    EXPECT_TRUE(waitFor("frank", CallState::established));
    click("Answer automatically");
    callsUs("grace", "silence");
    EXPECT_TRUE(waitFor("grace", CallState::established)) << "by itself again";
    EXPECT_TRUE(until([&] { return ! carol.process().isRunning(); }));
    EXPECT_EQ(carol.finish(), 0) << carol.log();
    HeardLevels::row("Answer automatically", "clicked off and on", "calls ring, then are answered by themselves");
    HeardLevels::row("Answer carol; key a", "clicked, pressed", "the caller talks");
    HeardLevels::row("Reject dave as busy, Decline erin", "clicked", "the callers got 486 and 603");
}

TEST_F(CallControls, WhoHearsWhom)
{
    open();
    callsUs("alice", "tone:1004@-20");
    legOf("alice");
    callsUs("bob", "tone:440@-30");
    legOf("bob");
    dial(sinkCalled("ear").uri());
    hear("Address to call", "typed, Return", sum(aliceDbm0, bobDbm0));
    click("Who hears whom tab");
    auto& grid = named<MatrixGrid>("Who hears whom");
    const auto place = [&grid](int row, int column) {
        const auto area = grid.cellBounds({ row, column }).toFloat();
        return juce::Point<float>(area.getCentreX() / static_cast<float>(grid.getWidth()), area.getCentreY() / static_cast<float>(grid.getHeight()));
    };
    const auto press = [&](int row, int column, int times = 1, int button = 1) {
        moveTo(grid, place(row, column));
        desk::xdotool({ "click", "--repeat", std::to_string(times), "--delay", "60", std::to_string(button) });
        pump(100);
    };
    // The sink's row is the third, alice speaks in column 1.
    press(2, 0);
    type("-6");
    keys({ "Return" });
    hear("Who hears whom, a cell", "chosen, −6 typed, Return", sum(aliceDbm0 - 6.0, bobDbm0));
    press(2, 1, 2);
    keys({ "ctrl+a" });
    type("-inf");
    keys({ "Return" });
    hear("Who hears whom, a cell", "double click, -inf", aliceDbm0 - 6.0);
    press(2, 0, 1, 3);
    choose("0 dB");
    hear("Who hears whom, a cell", "right click, 0 dB", aliceDbm0);
    keys({ "Right", "Delete" });
    hear("Who hears whom, a cell", "keys Right, Del: as the mode says", sum(aliceDbm0, bobDbm0));
    keys({ "ctrl+z" });
    hear("Who hears whom, a cell", "Ctrl+Z", aliceDbm0);
    keys({ "ctrl+y" });
    hear("Who hears whom, a cell", "Ctrl+Y", sum(aliceDbm0, bobDbm0));
    press(2, 0);
    keys({ "Delete" });
    click("Mode: matrix");
    hear("Mode: matrix", "clicked: no cell is set", silent);
    press(2, 1, 1, 3);
    choose(juce::String::fromUTF8("−6 dB"));
    hear("Who hears whom, a cell", "right click, −6 dB", bobDbm0 - 6.0);
    keys({ "Delete" });
    click("Mode: funnel");
    hear("Mode: funnel", "clicked: nobody is a sink", silent);
    const auto role = grid.cellBounds({ 2, 0 }).translated(-60, 0).withWidth(52).toFloat().getCentre();  // at the end of the row's name
    moveTo(grid, { role.x / static_cast<float>(grid.getWidth()), role.y / static_cast<float>(grid.getHeight()) });
    desk::xdotool({ "click", "1" });
    hear("Who hears whom, the role of a row", "clicked: sink", sum(aliceDbm0, bobDbm0));
    choose("Menu of strip 3", "Part: source");
    hear("Menu of strip 3", "Part: source", silent);
    choose("Menu of strip 2", "Part: sink");
    click("Funnel return");
    hear("Funnel return", "clicked, bob a sink: his sound comes back to the sources", bobDbm0);
    click("Funnel return");
    hear("Funnel return", "clicked again", silent);
    click("Mode: conference");
    hear("Mode: conference", "clicked", sum(aliceDbm0, bobDbm0));
    expectHeard(levels, "ear");
}

TEST_F(CallControls, TheEmptyWindowCopiesOurAddressAndCalls)
{
    open();
    click("Copy our address");
    EXPECT_EQ(juce::SystemClipboard::getTextFromClipboard().toStdString(), engine().localUri());
    click("Our address");
    keys({ "ctrl+a", "ctrl+c" });
    EXPECT_EQ(juce::SystemClipboard::getTextFromClipboard().toStdString(), engine().localUri());
    auto& ear = sinkCalled("ear");
    auto* address = findShowing<juce::TextEditor>(named("What to do first"), "Address to call");
    ASSERT_NE(address, nullptr);
    click(*address);
    type(ear.uri());
    click("Call the address");
    EXPECT_TRUE(waitFor("bench", CallState::established));
    click("Tone on");
    hear("Address to call, Call the address, Tone on", "in the empty window: typed, clicked; the tone on", -10.0);
    expectHeard(levels, "ear");
    HeardLevels::row("Copy our address, Our address", "clicked; marked and copied by keys", "our address on the clipboard");
}
