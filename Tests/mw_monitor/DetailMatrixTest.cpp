#include "DetailBench.h"

#include <mw_monitor/detail/MatrixGrid.h>
#include <mw_monitor/detail/RoutingActions.h>

#include <gtest/gtest.h>

namespace mw::test
{
namespace
{

class MatrixTest : public ::testing::Test
{
protected:
    /** A cell of −6 dB is nearly one segment of the µ law, so the second quantisation rounds much the same way all over. */
    static constexpr double toleranceDb = 0.15;

    void SetUp() override
    {
        alice = bench.call("sip:alice@example.com");
        bob = bench.call("sip:bob@example.com");
        carol = bench.call("sip:carol@example.com");
        bench.speak(alice, 1004.0, -10.0);
        bench.run(0.5);
        ASSERT_TRUE(bench.detail().show("Who hears whom"));
        grid = MonitorBench::find<MatrixGrid>(bench.detail(), "Who hears whom");
        ASSERT_NE(grid, nullptr);
        grid->refresh();
    }

    /** Types into the cell and presses Enter. */
    void type(MatrixGrid::Place place, const juce::String& text)
    {
        grid->choose(place);
        ASSERT_TRUE(grid->keyPressed(juce::KeyPress(text[0], {}, text[0])));
        auto* editor = MonitorBench::find<juce::TextEditor>(*grid, "Gain of the cell");
        ASSERT_NE(editor, nullptr);
        EXPECT_EQ(editor->getText(), text.substring(0, 1)) << "what opened it is in it";
        editor->setText(text);
        editor->onReturnKey();
    }

    DetailBench bench;
    LegId alice = 0, bob = 0, carol = 0;
    MatrixGrid* grid = nullptr;
};

TEST_F(MatrixTest, HasARowForEachLegAndAColumnForEachStrip)
{
    ASSERT_EQ(grid->rowCount(), 3);
    ASSERT_EQ(grid->columnCount(), 6);
    EXPECT_EQ(grid->rowName(1), "bob");
    EXPECT_EQ(grid->columnName(0), "alice");
    EXPECT_EQ(grid->columnName(3), "DTMF");
    EXPECT_EQ(grid->cellText({ 1, 0 }), "0.0");
    EXPECT_EQ(grid->cellText({ 1, 1 }), juce::String::fromUTF8("−∞")) << "none hears itself";
    EXPECT_FALSE(grid->isCellSet({ 1, 0 }));
    EXPECT_EQ(grid->describe({ 1, 0 }), "bob hears alice at 0.0 dB");
    bench.legs->peerHangsUp(alice);
    bench.run(0.2);
    EXPECT_EQ(grid->rowCount(), 2);
    EXPECT_EQ(grid->rowName(0), "bob");
}

TEST_F(MatrixTest, ATypedGainIsWhatTheListenerHears)
{
    EXPECT_NEAR(bench.heardLevel(bob), -10.0, toleranceDb);
    type({ 1, 0 }, "-6");
    EXPECT_EQ(grid->cellText({ 1, 0 }), juce::String::fromUTF8("−6.0"));
    EXPECT_TRUE(grid->isCellSet({ 1, 0 }));
    EXPECT_EQ(grid->describe({ 1, 0 }),
            juce::String::fromUTF8("bob hears alice at −6.0 dB, set by hand; the mode says at 0.0 dB"));
    EXPECT_NEAR(bench.heardLevel(bob), -16.0, toleranceDb);
    EXPECT_NEAR(bench.heardLevel(carol), -10.0, toleranceDb) << "only bob's cell";

    type({ 1, 0 }, "-inf");
    EXPECT_EQ(grid->cellText({ 1, 0 }), juce::String::fromUTF8("−∞"));
    EXPECT_LT(bench.heardLevel(bob), -60.0);

    auto& undo = bench.view->model().undoManager();
    EXPECT_TRUE(undo.undo());
    EXPECT_NEAR(bench.heardLevel(bob), -16.0, toleranceDb);
    EXPECT_TRUE(undo.undo());
    bench.run(0.1);
    EXPECT_FALSE(grid->isCellSet({ 1, 0 }));
    EXPECT_NEAR(bench.heardLevel(bob), -10.0, toleranceDb);
    EXPECT_FALSE(undo.canUndo()) << "a step each";
    EXPECT_TRUE(undo.redo());
    EXPECT_NEAR(bench.heardLevel(bob), -16.0, toleranceDb);

    grid->choose({ 1, 0 });
    EXPECT_TRUE(grid->keyPressed(juce::KeyPress(juce::KeyPress::deleteKey)));
    EXPECT_FALSE(grid->isCellSet({ 1, 0 }));
    EXPECT_NEAR(bench.heardLevel(bob), -10.0, toleranceDb) << "as the mode says again";
    EXPECT_TRUE(undo.undo());
    EXPECT_NEAR(bench.heardLevel(bob), -16.0, toleranceDb);
}

TEST_F(MatrixTest, WrongGainsAreRefusedAndStayInTheField)
{
    const auto lines = bench.view->model().logNumber();
    type({ 1, 0 }, "-6x");
    EXPECT_FALSE(grid->isCellSet({ 1, 0 }));
    EXPECT_EQ(bench.view->model().logNumber(), lines + 1);
    EXPECT_NE(MonitorBench::find<juce::TextEditor>(*grid, "Gain of the cell"), nullptr);
    for (const auto* wrong : { "", "-", "21", "-60.1", "nan", "1e1", "--3", "6 6", "0x10", "inf" })
        EXPECT_FALSE(gainFromText(wrong)) << wrong;
    EXPECT_EQ(gainFromText(juce::String::fromUTF8("−6,5 dB")), -6.5);
    EXPECT_EQ(gainFromText("+20"), 20.0);
    EXPECT_EQ(gainFromText(".5"), 0.5);
    EXPECT_EQ(gainFromText(" 0 "), 0.0);
    EXPECT_EQ(gainFromText(juce::String::fromUTF8("−∞")), silenceDb);
    EXPECT_EQ(gainFromText("-INF dB"), silenceDb);
    EXPECT_EQ(gainFromText("off"), silenceDb);
}

TEST_F(MatrixTest, TheModeIsSwitchedAndUndone)
{
    type({ 2, 0 }, "0");
    auto* matrix = MonitorBench::find<juce::TextButton>(bench.detail(), "Mode: matrix");
    ASSERT_NE(matrix, nullptr);
    DetailBench::click(*matrix);
    EXPECT_TRUE(matrix->getToggleState());
    EXPECT_EQ(grid->cellText({ 1, 0 }), juce::String::fromUTF8("−∞"));
    EXPECT_LT(bench.heardLevel(bob), -60.0);
    EXPECT_NEAR(bench.heardLevel(carol), -10.0, toleranceDb) << "its cell is set";
    EXPECT_TRUE(bench.view->model().undoManager().undo());
    EXPECT_NEAR(bench.heardLevel(bob), -10.0, toleranceDb);
    EXPECT_FALSE(matrix->getToggleState());

    DetailBench::click(*MonitorBench::find<juce::TextButton>(bench.detail(), "Mode: funnel"));
    EXPECT_EQ(grid->cellText({ 1, 0 }), juce::String::fromUTF8("−∞")) << "sources hear nobody";
    ASSERT_TRUE(changeRole(bench.view->model(), 1, LegRole::sink));
    bench.run(0.1);
    EXPECT_EQ(grid->cellText({ 1, 0 }), "0.0");
    EXPECT_NEAR(bench.heardLevel(bob), -10.0, toleranceDb);
    auto* comesBack = MonitorBench::find<juce::ToggleButton>(bench.detail(), "Funnel return");
    ASSERT_TRUE(comesBack->isEnabled());
    EXPECT_EQ(grid->cellText({ 0, 1 }), juce::String::fromUTF8("−∞"));
    DetailBench::click(*comesBack);
    EXPECT_EQ(grid->cellText({ 0, 1 }), "0.0");
    EXPECT_EQ(grid->cellText({ 2, 1 }), "0.0");
}

TEST_F(MatrixTest, IsSteeredByMouseAndKeys)
{
    const auto at = grid->cellBounds({ 0, 1 }).toFloat().getCentre();
    grid->mouseDown(DetailBench::mouse(*grid, at));
    EXPECT_EQ(grid->chosenCell(), (MatrixGrid::Place { 0, 1 }));
    EXPECT_TRUE(grid->keyPressed(juce::KeyPress(juce::KeyPress::downKey)));
    EXPECT_TRUE(grid->keyPressed(juce::KeyPress(juce::KeyPress::rightKey)));
    EXPECT_EQ(grid->chosenCell(), (MatrixGrid::Place { 1, 2 }));
    grid->mouseDown(DetailBench::mouse(*grid, { 40.0f, static_cast<float>(grid->cellBounds({ 2, 0 }).getCentreY()) }));
    EXPECT_EQ(bench.view->model().selected(), carol) << "a click on a name selects the leg";
}

TEST(MatrixGrid, ABigOneScrollsUnderFixedNamesAndPaintsOnlyWhatIsSeen)
{
    DetailBench bench(64);
    for (int i = 0; i < 64; ++i)
        bench.call("sip:leg" + std::to_string(i) + "@example.com");
    ASSERT_TRUE(bench.detail().show("Who hears whom"));
    auto* grid = MonitorBench::find<MatrixGrid>(bench.detail(), "Who hears whom");
    ASSERT_EQ(grid->rowCount(), 64);
    ASSERT_EQ(grid->columnCount(), 67);
    EXPECT_FALSE(grid->getLocalBounds().contains(grid->cellBounds({ 63, 66 })));
    grid->choose({ 63, 66 });
    EXPECT_TRUE(grid->getLocalBounds().contains(grid->cellBounds({ 63, 66 }))) << "what is chosen is scrolled to";
    const auto scrolled = grid->createComponentSnapshot(grid->getLocalBounds(), true, 1.0f);
    grid->choose({ 0, 0 });
    const auto first = grid->createComponentSnapshot(grid->getLocalBounds(), true, 1.0f);
    EXPECT_TRUE(grid->getLocalBounds().contains(grid->cellBounds({ 0, 0 })));
    auto differs = 0;
    for (int x = 8; x < 160; ++x)
        for (int y = 30; y < 60; ++y)
            differs += scrolled.getPixelAt(x, y) != first.getPixelAt(x, y) ? 1 : 0;
    EXPECT_GT(differs, 20) << "the names scrolled along";
}

} // namespace
} // namespace mw::test
