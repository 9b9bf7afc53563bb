#include "LiveWindow.h"
#include "TouchedControls.h"

#include <mw_monitor/detail/DetailPanel.h>

using namespace mw;

/** Docs/Monitor-controls.md against the window: a control that is added and never moved during a call is found here. */
class ControlsTable : public LiveWindow
{
};

TEST_F(ControlsTable, NamesEveryControlOfTheWindow)
{
    open();
    std::set<std::string> seen;
    const auto look = [&] { seen.merge(touched::inSight(view())); };
    look();  // an empty window
    callsUs("alice", "tone:1004@-20");
    legOf("alice");
    dial(sinkCalled("ear").uri());
    letPass(0.3);
    for (const auto& tab : named<DetailPanel>("Details").tabNames())
    {
        click(tab + " tab");
        look();
    }
    choose("Menu of strip 2", juce::String::fromUTF8("Send digits"));
    look();
    click("Close the digits' line");
    click("Keys");
    look();
    keys({ "Escape" });
    click("Answer automatically");
    callsUs("carol", "tone:1004@-20");
    ASSERT_TRUE(until([this] { return findShowing(view(), "Answer carol") != nullptr; }));
    look();
    EXPECT_GT(seen.size(), 60u) << "the window is seen";
    const auto listed = touched::ofTheTable();
    for (const auto& title : seen)
        EXPECT_TRUE(listed.contains(title)) << "'" << title << "' is in the window, and no hand has touched it during a call";
    EXPECT_EQ(static_cast<int>(reportOf("ear")["calls"].size()), 1);
}
