#include "DetailBench.h"

#include <mw_monitor/detail/LatenessHistogram.h>
#include <mw_monitor/detail/PlotColours.h>
#include <mw_monitor/detail/PlotPage.h>

#include <gtest/gtest.h>

namespace mw::test
{
namespace
{

constexpr int64_t second = TimeView::second;

TEST(PlotScale, TicksAreRoundAndInside)
{
    const auto texts = [](const std::vector<PlotTick>& ticks) {
        juce::StringArray all;
        for (const auto& tick : ticks)
            all.add(tick.text);
        return all.joinIntoString(" ");
    };
    EXPECT_EQ(texts(valueTicks(0.0, 2.0, 5)), "0.0 0.5 1.0 1.5 2.0");
    EXPECT_EQ(texts(valueTicks(-60.0, 5.0, 5)), juce::String::fromUTF8("−60 −40 −20 0"));
    EXPECT_EQ(texts(valueTicks(0.0, 0.02, 4)), "0.00 0.01 0.02");
    EXPECT_EQ(texts(timeTicks(62 * second, 122 * second, 2 * second, 5)), "01:00 01:15 01:30 01:45 02:00");
    EXPECT_EQ(texts(timeTicks(0, second, 0, 6)), "00:00.0 00:00.2 00:00.4 00:00.6 00:00.8 00:01.0");
    EXPECT_EQ(texts(timeTicks(3599 * second, 3601 * second, 0, 3)), "59:59 1:00:00 1:00:01");
}

TEST(PlotColours, StandOutFromTheSurfaceInBothThemes)
{
    for (const auto theme : { Theme::dark, Theme::light })
        for (size_t i = 0; i < 8; ++i)
            EXPECT_GE(contrastOf(plotColour(Palette::of(theme), i), Palette::of(theme).surface), 3.0) << i;
}

TEST(TimeView, FollowsPausesZoomsAndPans)
{
    TimeView view;
    view.setNow(1000 * second);
    EXPECT_EQ(view.toNs(), 1000 * second);
    EXPECT_EQ(view.spanNs(), 60 * second);
    view.zoom(0.5, 980 * second);
    EXPECT_EQ(view.toNs(), 1000 * second) << "following: the end stays";
    EXPECT_EQ(view.fromNs(), 970 * second);
    view.setNow(1000 * second, 990 * second);
    EXPECT_EQ(view.fromNs(), 990 * second) << "a young run begins at the left";
    EXPECT_EQ(view.toNs(), 1020 * second);
    view.setNow(1000 * second);

    view.setPaused(true);
    view.setNow(1010 * second);
    EXPECT_EQ(view.toNs(), 1000 * second) << "the view stands while data go on";
    view.zoom(0.5, 980 * second);
    EXPECT_EQ(view.fromNs(), 975 * second) << "what is under the pointer stays there";
    EXPECT_EQ(view.toNs(), 990 * second);
    view.pan(-5 * second);
    EXPECT_EQ(view.toNs(), 985 * second);
    view.pan(10'000 * second);
    EXPECT_EQ(view.toNs(), 1010 * second) << "not beyond the latest step";
    view.pan(-10'000 * second);
    EXPECT_EQ(view.fromNs(), 410 * second) << "not before what is kept";

    view.show(905 * second, 900 * second);
    EXPECT_EQ(view.fromNs(), 900 * second);
    EXPECT_EQ(view.toNs(), 905 * second);
    view.zoom(1e-9, 902 * second);
    EXPECT_EQ(view.spanNs(), TimeView::leastSpanNs);
    view.zoom(1e9, 902 * second);
    EXPECT_EQ(view.spanNs(), TimeView::mostSpanNs);
    view.reset();
    EXPECT_FALSE(view.isPaused());
    EXPECT_EQ(view.toNs(), 1010 * second);
    EXPECT_EQ(view.spanNs(), 60 * second);
}

/** Columns of the plot in which a line's colour is seen within 2 px of a height. */
juce::Array<int> columnsWith(TimePlot& plot, juce::Colour colour, float y)
{
    const auto image = plot.createComponentSnapshot(plot.getLocalBounds(), true, 1.0f);
    juce::Array<int> columns;
    for (int x = plot.plotArea().getX(); x < plot.plotArea().getRight(); ++x)
        for (int dy = -2; dy <= 2; ++dy)
        {
            const auto seen = image.getPixelAt(x, juce::roundToInt(y) + dy);
            const auto differs = [](int a, int b) { return std::abs(a - b) > 40; };
            if (! differs(seen.getRed(), colour.getRed()) && ! differs(seen.getGreen(), colour.getGreen())
                    && ! differs(seen.getBlue(), colour.getBlue()))
            {
                columns.addIfNotAlreadyThere(x);
                break;
            }
        }
    return columns;
}

TEST(TimePlot, DrawsAKnownSeriesWhereTheAxesSay)
{
    DetailBench bench;
    const auto alice = bench.call("sip:alice@example.com"), bob = bench.call("sip:bob@example.com");
    bench.speak(alice, 1000.0, -10.0);
    bench.speak(bob, 700.0, -14.0);  // so that the mix is not alice's line again
    auto* plot = MonitorBench::find<TimePlot>(bench.detail(), "Level");
    ASSERT_NE(plot, nullptr);
    const auto area = plot->plotArea().toFloat();
    EXPECT_FLOAT_EQ(plot->yOf(-60.0), area.getBottom());
    EXPECT_FLOAT_EQ(plot->yOf(5.0), area.getY());
    EXPECT_FLOAT_EQ(plot->yOf(silenceDb), area.getBottom()) << "silence lies on the floor";

    bench.live(10.0);
    const auto begin = bench.view->model().lastStepNs() - 8 * second, end = bench.view->model().lastStepNs();
    bench.legs->peerHangsUp(alice);
    bench.live(10.0);
    auto& time = bench.detail().time();
    EXPECT_FLOAT_EQ(plot->xOf(time.toNs()), area.getRight());
    EXPECT_FLOAT_EQ(plot->xOf(time.fromNs()), area.getX());

    const auto colour = plotColour(Palette::of(Theme::dark), alice - 1);
    const auto columns = columnsWith(*plot, colour, plot->yOf(-10.0));
    ASSERT_FALSE(columns.isEmpty());
    EXPECT_NEAR(columns.getLast(), plot->xOf(end), 2.0) << "it ends with the call";
    EXPECT_LE(columns.getFirst(), plot->xOf(begin) + 1.0f);
    EXPECT_GE(columns.size(), juce::roundToInt(plot->xOf(end) - plot->xOf(begin)) - 12)
            << "without holes, but for marks of events";
    EXPECT_TRUE(columnsWith(*plot, colour, plot->yOf(-20.0)).size() < 8) << "and nowhere else but where it rose";
}

TEST(TimePlot, ReadsEveryLineUnderThePointerWithItsUnit)
{
    DetailBench bench;
    const auto alice = bench.call("sip:alice@example.com"), bob = bench.call("sip:bob@example.com");
    bench.speak(alice, 1000.0, -10.0);
    bench.speak(bob, 700.0, -20.0);
    bench.live(3.0);
    auto* plot = MonitorBench::find<TimePlot>(bench.detail(), "Level");
    auto& model = bench.view->model();
    auto readings = plot->readingsAt(model.lastStepNs() - second / 20);
    EXPECT_EQ(readings[0], runningTime(model.lastStepNs() - model.startNs())) << "the nearest step";
    EXPECT_TRUE(readings.contains(juce::String::fromUTF8("alice  −10.0 dBm0"))) << readings.joinIntoString("|");
    EXPECT_TRUE(readings.contains(juce::String::fromUTF8("bob  −20.0 dBm0"))) << readings.joinIntoString("|");
    EXPECT_EQ(readings.size(), 4) << "and the mix";

    model.select(bob);
    EXPECT_EQ(plot->lines()[0].name, "bob received") << "the selected leg comes first";
    EXPECT_EQ(plot->lines()[1].name, "bob sent");
    readings = plot->readingsAt(model.lastStepNs());
    EXPECT_TRUE(readings.contains(juce::String::fromUTF8("bob sent  −10.0 dBm0"))) << "it hears alice: "
            << readings.joinIntoString("|");
    model.showDbfs(true);
    EXPECT_TRUE(plot->readingsAt(model.lastStepNs()).contains(juce::String::fromUTF8("bob received  −23.2 dBFS")))
            << plot->readingsAt(model.lastStepNs()).joinIntoString("|");
    EXPECT_EQ(plot->readingsAt(model.lastStepNs() - 3600 * second).size(), 1) << "nothing was measured then";
}

TEST(TimePlot, WhatIsReadInAPauseStaysWhatItWas)
{
    DetailBench bench;
    const auto alice = bench.call("sip:alice@example.com");
    bench.speak(alice, 1000.0, -10.0);
    bench.live(3.0);
    auto* plot = MonitorBench::find<TimePlot>(bench.detail(), "Level");
    const auto then = bench.view->model().lastStepNs();
    bench.detail().time().setPaused(true);
    const auto before = plot->readingsAt(then).joinIntoString("|");
    ASSERT_TRUE(before.contains(juce::String::fromUTF8("alice  −10.0 dBm0"))) << before;
    bench.speak(alice, 1000.0, -30.0);
    bench.live(4.0);
    EXPECT_EQ(plot->readingsAt(then).joinIntoString("|"), before) << "the run went on by four seconds";
}

TEST(TimePlot, ManyLinesAreShownAsTheyAreThoughTheyAreDrawnSeldom)
{
    DetailBench bench(80);
    std::vector<LegId> callers;
    for (size_t i = 0; i < TimePlot::manyLines + 2; ++i)
        callers.push_back(bench.legs->ring("sip:caller" + std::to_string(i) + "@example.com"));
    bench.live(1.0);
    auto* plot = MonitorBench::find<TimePlot>(bench.detail(), "Level");
    EXPECT_EQ(plot->lines().size(), callers.size() + 1) << "and the mix";
    auto& model = bench.view->model();
    model.select(callers.front());
    bench.speak(callers.front(), 1000.0, -20.0);
    for (int look = 0; look < 12; ++look)
    {
        bench.live(0.2);
        const auto end = plot->xOf(model.lastStepNs());
        const auto columns = columnsWith(*plot, plot->lines().front().colour, plot->yOf(static_cast<double>(model.history(callers.front())->levelIn.at(0))));
        ASSERT_FALSE(columns.isEmpty()) << look;
        EXPECT_NEAR(columns.getLast(), end, 2.0) << "whoever paints it has the latest step";
    }
    bench.legs->peerHangsUp(callers.back());
    bench.call("sip:another@example.com");
    bench.live(1.0);
    const auto& lines = plot->lines();
    EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const PlotLine& line) { return line.name == "another"; })) << "a call that comes is there within a second";
}

TEST(TimePlot, LateLooksLeaveGapsThatLastAsLongAsTheyDid)
{
    DetailBench bench;
    const auto alice = bench.call("sip:alice@example.com");
    bench.speak(alice, 1000.0, -10.0);
    bench.live(2.0);
    const auto& model = bench.view->model();
    const auto steps = model.steps();
    const auto then = model.lastStepNs();
    bench.run(5.0);  // one look after five seconds
    EXPECT_EQ(model.steps(), steps + 25);
    EXPECT_EQ(model.lastStepNs(), then + 5 * second);
    const auto& history = *model.history(alice);
    EXPECT_FALSE(std::isnan(history.levelIn.at(0)));
    for (size_t age = 1; age < 25; ++age)
        EXPECT_TRUE(std::isnan(history.levelIn.at(age))) << age;
    EXPECT_NEAR(history.levelIn.at(25), -10.0f, 0.1f) << "what was measured before stays at its time";
    EXPECT_TRUE(std::isnan(model.runHistory().loadPercent.at(24)));
}

TEST(TimePlot, WheelDragAndKeysMoveTheViewThatAllPlotsShare)
{
    DetailBench bench;
    bench.call("sip:alice@example.com");
    bench.live(30.0);
    ASSERT_TRUE(bench.detail().show("Jitter & loss"));
    auto* jitter = MonitorBench::find<TimePlot>(bench.detail(), "Jitter");
    auto* loss = MonitorBench::find<TimePlot>(bench.detail(), "Loss");
    auto& time = bench.detail().time();
    const auto centre = jitter->plotArea().toFloat().getCentre();
    juce::MouseWheelDetails wheel {};
    wheel.deltaY = 0.5f;
    jitter->mouseWheelMove(DetailBench::mouse(*jitter, centre), wheel);
    EXPECT_LT(time.spanNs(), 60 * second);
    EXPECT_FALSE(time.isPaused());
    EXPECT_FLOAT_EQ(loss->xOf(time.fromNs()), loss->plotArea().toFloat().getX()) << "the other plot shows the same time";

    // A drag shows what it covered, and the view stands.
    time.reset();
    const auto from = bench.view->model().lastStepNs() - 20 * second, to = from + 10 * second;
    const auto left = centre.withX(jitter->xOf(from)), right = centre.withX(jitter->xOf(to));
    jitter->mouseDown(DetailBench::mouse(*jitter, left));
    jitter->mouseDrag(DetailBench::mouse(*jitter, right));
    jitter->mouseUp(DetailBench::mouse(*jitter, right));
    EXPECT_TRUE(time.isPaused());
    EXPECT_NEAR(static_cast<double>(time.fromNs()), static_cast<double>(from), 2e8);
    EXPECT_NEAR(static_cast<double>(time.toNs()), static_cast<double>(to), 2e8);
    auto* pause = bench.inFront<juce::TextButton>("Pause plots");
    bench.live(1.0);
    EXPECT_TRUE(pause->getToggleState());
    EXPECT_NEAR(static_cast<double>(time.toNs()), static_cast<double>(to), 2e8) << "data go on, the view stands";

    // Shift pans.
    const auto before = time.toNs();
    const auto shift = juce::ModifierKeys(juce::ModifierKeys::leftButtonModifier | juce::ModifierKeys::shiftModifier);
    loss->mouseDown(DetailBench::mouse(*loss, loss->plotArea().toFloat().getCentre(), shift));
    loss->mouseDrag(DetailBench::mouse(*loss, loss->plotArea().toFloat().getCentre().translated(40.0f, 0.0f), shift));
    loss->mouseUp(DetailBench::mouse(*loss, loss->plotArea().toFloat().getCentre(), shift));
    EXPECT_LT(time.toNs(), before);

    EXPECT_TRUE(loss->keyPressed(juce::KeyPress(juce::KeyPress::homeKey)));
    EXPECT_FALSE(time.isPaused());
    EXPECT_TRUE(loss->keyPressed(juce::KeyPress('+', {}, '+')));
    EXPECT_EQ(time.spanNs(), 30 * second);
    EXPECT_TRUE(loss->keyPressed(juce::KeyPress(juce::KeyPress::spaceKey)));
    EXPECT_TRUE(time.isPaused());
    DetailBench::click(*bench.inFront<juce::TextButton>("Reset plots"));
    EXPECT_FALSE(time.isPaused());
    EXPECT_EQ(time.spanNs(), 60 * second);
}

TEST(TimePlot, AnEventThatIsClickedIsMarkedInAllPlots)
{
    DetailBench bench;
    const auto alice = bench.call("sip:alice@example.com");
    bench.live(5.0);
    bench.legs->peerSendsDtmf(alice, '5');
    bench.live(5.0);
    const auto& model = bench.view->model();
    uint64_t digit = 0;
    int64_t when = 0;
    auto number = model.logNumber() - model.log().size();
    for (const auto& entry : model.log())
    {
        ++number;
        if (entry.mark == LogEntry::Mark::digit)
        {
            digit = number;
            when = entry.timeNs;
        }
    }
    ASSERT_NE(digit, 0u);
    auto* level = MonitorBench::find<TimePlot>(bench.detail(), "Level");
    const auto at = juce::Point<float>(level->xOf(when) + 2.0f, level->plotArea().toFloat().getY());
    level->mouseDown(DetailBench::mouse(*level, at));
    level->mouseUp(DetailBench::mouse(*level, at));
    EXPECT_EQ(bench.detail().time().markedEvent(), digit);

    // The other plots carry it at the same time: an accented line through the whole height.
    ASSERT_TRUE(bench.detail().show("Delay"));
    auto* delay = MonitorBench::find<TimePlot>(bench.detail(), "Jitter buffer");
    const auto image = delay->createComponentSnapshot(delay->getLocalBounds(), true, 1.0f);
    const auto seen = image.getPixelAt(juce::roundToInt(delay->xOf(when)), delay->plotArea().getY() + 20);
    EXPECT_EQ(seen.toString(), Palette::of(Theme::dark).accent.toString());
    level->mouseDown(DetailBench::mouse(*level, at));
    EXPECT_EQ(bench.detail().time().markedEvent(), 0u) << "a second click takes it away";
}

TEST(PlotPage, CopiesWhatIsShownAsCsv)
{
    DetailBench bench;
    bench.call("sip:alice@example.com");
    const auto bob = bench.call("sip:\"Bob, the builder\"@example.com");
    ASSERT_NE(bob, 0u);
    bench.speak(1, 1000.0, -10.0);
    bench.live(3.0);
    ASSERT_TRUE(bench.detail().show("Jitter & loss"));
    auto& time = bench.detail().time();
    const auto& model = bench.view->model();
    time.show(model.lastStepNs() - 2 * second, model.lastStepNs());
    auto* page = MonitorBench::find<PlotPage>(bench.detail(), "Jitter and loss page");
    page->refresh();

    const auto quoted = [](juce::String text) { return text.containsAnyOf(",\"") ? "\"" + text.replace("\"", "\"\"") + "\""
            : text; };
    const auto name = juceText(model.call(bob)->peerName.empty() ? model.call(bob)->peerUri : model.call(bob)->peerName);
    juce::String expected = "time [s],alice jitter [ms]," + quoted(name + " jitter [ms]") + ",alice loss [%]," + quoted(name + " loss [%]") + "\n";
    for (int step = 10; step >= 0; --step)
        expected << juce::String(static_cast<double>(model.lastStepNs() - model.startNs() - step * second / 5) * 1e-9, 1)
                << ",0.000,,0.000,0.000\n";
    EXPECT_EQ(page->csv(), expected) << "bob never sent a packet: no jitter was measured";

    DetailBench::click(*bench.inFront<juce::TextButton>("Copy plots as CSV"));
    EXPECT_EQ(juce::SystemClipboard::getTextFromClipboard(), expected);

    // Silence and gaps, in the levels.
    ASSERT_TRUE(bench.detail().show("Level"));
    auto* level = MonitorBench::find<PlotPage>(bench.detail(), "Level page");
    juce::StringArray lines;
    lines.addLines(level->csv());
    EXPECT_TRUE(lines[0].startsWith("time [s],mix level [dBm0],alice level [dBm0],")) << lines[0];
    EXPECT_TRUE(lines[1].endsWith(",-inf")) << lines[1];
}

TEST(PlotPage, SavesAPictureAtTwiceItsSize)
{
    DetailBench bench;
    bench.call("sip:alice@example.com");
    bench.live(1.0);
    auto* page = MonitorBench::find<PlotPage>(bench.detail(), "Level page");
    const juce::TemporaryFile file(".png");
    ASSERT_TRUE(page->savePicture(file.getFile()).ok());
    const auto picture = juce::ImageFileFormat::loadFrom(file.getFile());
    ASSERT_TRUE(picture.isValid());
    EXPECT_EQ(picture.getWidth(), 2 * page->getWidth());
    EXPECT_EQ(picture.getHeight(), 2 * page->getHeight());
    EXPECT_EQ(picture.getPixelAt(3, 3).toString(), Palette::of(Theme::dark).surface.toString());

    const auto refused = page->savePicture(juce::File("/proc/no/such/place.png"));
    ASSERT_FALSE(refused.ok());
    EXPECT_NE(refused.error().message().find("/proc/no/such/place.png"), std::string::npos);
}

TEST(LatenessHistogram, ShowsTheSnapshotsCounts)
{
    DetailBench bench;
    bench.call("sip:alice@example.com");
    ASSERT_TRUE(bench.detail().show("Tick lateness"));
    bench.live(2.0);
    auto* histogram = MonitorBench::find<LatenessHistogram>(bench.detail(), "Histogram of tick lateness");
    ASSERT_NE(histogram, nullptr);
    const auto& ticks = bench.view->model().snapshot().ticks;
    uint64_t all = 0;
    for (size_t bin = 0; bin < LatenessHistogram::binCount; ++bin)
    {
        EXPECT_EQ(histogram->countShown(bin), ticks.latenessHistogram[bin]) << bin;
        EXPECT_EQ(histogram->barOf(bin).isEmpty(), ticks.latenessHistogram[bin] == 0) << bin;
        all += histogram->countShown(bin);
    }
    EXPECT_EQ(all, ticks.ticks);
    EXPECT_GT(all, 0u);
    EXPECT_EQ(histogram->readingOf(0),
            juce::String::fromUTF8("up to 20 µs: ") + juce::String(histogram->countShown(0)) + " ticks");
    EXPECT_TRUE(histogram->readingOf(6).startsWith(juce::String::fromUTF8("640 µs … 1.28 ms: "))) << histogram->readingOf(6);
    EXPECT_TRUE(histogram->readingOf(15).contains("and later"));
}

} // namespace
} // namespace mw::test
