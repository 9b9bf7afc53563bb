#include "DetailBench.h"

#include <mw_monitor/detail/LogPage.h>

#include <gtest/gtest.h>

namespace mw::test
{
namespace
{

TEST(LogPage, ShowsWhatHappenedInOrderAndFiltersIt)
{
    DetailBench bench;
    const auto alice = bench.call("sip:alice@example.com");
    bench.run(1.0);
    bench.call("sip:bob@example.com");
    bench.legs->peerSendsDtmf(alice, '7');
    bench.run(1.0);
    bench.legs->peerHangsUp(alice, 486, "Busy Here", true);
    bench.run(0.2);
    ASSERT_TRUE(bench.detail().show("Log"));
    auto* page = MonitorBench::find<LogPage>(bench.detail(), "Log page");
    ASSERT_NE(page, nullptr);

    const auto newest = page->rows();
    ASSERT_GE(newest.size(), 7);
    EXPECT_TRUE(newest[0].contains("\talice\talice failed: 486 Busy Here")) << newest[0];
    EXPECT_TRUE(newest[newest.size() - 1].contains("alice calls")) << newest[newest.size() - 1];

    DetailBench::click(*MonitorBench::find<juce::TextButton>(bench.detail(), "Newest first"));
    auto oldest = page->rows();
    ASSERT_EQ(oldest.size(), newest.size());
    for (int i = 0; i < oldest.size(); ++i)
        EXPECT_EQ(oldest[i], newest[newest.size() - 1 - i]);
    bench.view->model().note(LogEntry::Weight::bad, "something new");
    bench.run(0.1);
    EXPECT_TRUE(page->rows()[page->rows().size() - 1].endsWith("\tsomething new"));

    auto* filter = MonitorBench::find<juce::TextEditor>(bench.detail(), "Filter of the log");
    ASSERT_NE(filter, nullptr);
    filter->setText("BOB", true);
    MonitorBench::pump();
    const auto only = page->rows();
    ASSERT_GE(only.size(), 2);
    for (const auto& row : only)
        EXPECT_TRUE(row.containsIgnoreCase("bob")) << row;
    filter->setText("digit 7", true);
    MonitorBench::pump();
    EXPECT_EQ(page->rows().size(), 1);
    bench.legs->peerSendsDtmf(2, '7');
    bench.run(0.1);
    EXPECT_EQ(page->rows().size(), 2) << "new lines are filtered as they come";

    DetailBench::click(*MonitorBench::find<juce::TextButton>(bench.detail(), "Copy the log"));
    EXPECT_EQ(juce::SystemClipboard::getTextFromClipboard(), page->rows().joinIntoString("\n") + "\n");
}

TEST(LogPage, OutlivesLinesThatTheLogForgot)
{
    DetailBench bench;
    ASSERT_TRUE(bench.detail().show("Log"));
    auto* page = MonitorBench::find<LogPage>(bench.detail(), "Log page");
    auto& model = bench.view->model();
    for (size_t i = 0; i < MonitorModel::logLength + 500; ++i)
        model.note(LogEntry::Weight::note, "line " + std::to_string(i));
    bench.run(0.1);
    const auto rows = page->rows();
    EXPECT_EQ(rows.size(), static_cast<int>(MonitorModel::logLength));
    EXPECT_TRUE(rows[0].endsWith("line 2499")) << rows[0];
    EXPECT_TRUE(rows[rows.size() - 1].endsWith("line 500")) << rows[rows.size() - 1];
}

} // namespace
} // namespace mw::test
