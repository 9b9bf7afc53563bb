#include <mw_core/mw_core.h>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

using mw::LatestRows;
using mw::LatestValue;

namespace
{

/** Every field follows from `number`, so any mixture of two writes shows. */
struct Head
{
    uint64_t number = 0;
    uint32_t rows = 0;
    std::array<uint64_t, 5> echo {};
    uint8_t odd = 0;
};

struct Row
{
    uint64_t number = 0;
    uint32_t index = 0;
    uint64_t product = 0;
};

Head headOf(uint64_t number, uint32_t rows)
{
    Head head;
    head.number = number;
    head.rows = rows;
    for (size_t i = 0; i < head.echo.size(); ++i)
        head.echo[i] = number * 0x9e3779b97f4a7c15u + i;
    head.odd = static_cast<uint8_t>(number);
    return head;
}

bool isWhole(const Head& head, const std::vector<Row>& rows)
{
    if (rows.size() != head.rows || head.odd != static_cast<uint8_t>(head.number))
        return false;
    for (size_t i = 0; i < head.echo.size(); ++i)
        if (head.echo[i] != head.number * 0x9e3779b97f4a7c15u + i)
            return false;
    for (size_t i = 0; i < rows.size(); ++i)
        if (rows[i].number != head.number || rows[i].index != i || rows[i].product != head.number * (i + 3))
            return false;
    return true;
}

} // namespace

TEST(LatestRows, NothingIsPublishedAtFirst)
{
    const LatestRows<Head, Row> latest(4);
    Head head;
    head.number = 77;
    std::vector<Row> rows(2);
    EXPECT_EQ(latest.read(head, rows), 0u);
    EXPECT_EQ(head.number, 77u) << "untouched";
    EXPECT_EQ(rows.size(), 2u);
}

TEST(LatestRows, ReadsTheLastAndCountsFromOne)
{
    LatestRows<Head, Row> latest(3);
    Head head;
    std::vector<Row> rows;
    for (uint64_t number = 1; number <= 5; ++number)
    {
        std::vector<Row> made;
        for (uint32_t i = 0; i < number % 4; ++i)
            made.push_back({ number, i, number * (i + 3) });
        latest.publish(headOf(number, static_cast<uint32_t>(made.size())), made);
        EXPECT_EQ(latest.read(head, rows), number);
        EXPECT_TRUE(isWhole(head, rows));
    }
    EXPECT_EQ(latest.read(head, rows), 5u) << "reading does not consume";
}

TEST(LatestRows, RowsBeyondTheMaximumAreLeftOut)
{
    LatestRows<Head, Row> latest(2);
    latest.publish({}, std::vector<Row>(9));
    Head head;
    std::vector<Row> rows;
    EXPECT_EQ(latest.read(head, rows), 1u);
    EXPECT_EQ(rows.size(), 2u);
}

TEST(LatestRows, Finding14_ASnapshotIsNeverTornUnderSeveralReaders)
{
    // The writer goes on until every reader has met many different snapshots, so that they did overlap; on a machine too busy
    // to run them side by side it gives up after a bounded number of writes.
    constexpr uint64_t meetings = 500, mostWrites = 100000;
    constexpr size_t readers = 3;
    LatestRows<Head, Row> latest(16);
    std::atomic<bool> done { false };
    std::atomic<size_t> satisfied { 0 };
    std::atomic<uint64_t> lastWritten { 0 }, torn { 0 }, backwards { 0 }, mislabelled { 0 }, missedLast { 0 };

    std::vector<std::thread> threads;
    for (size_t i = 0; i < readers; ++i)
        threads.emplace_back([&] {
            Head head;
            std::vector<Row> rows;
            uint64_t last = 0, different = 0;
            for (bool finalRound = false; ! finalRound;)
            {
                finalRound = done.load(std::memory_order_acquire);  // one more read after the last write
                const auto number = latest.read(head, rows);
                if (number == 0)
                    continue;
                torn += isWhole(head, rows) ? 0 : 1;
                mislabelled += number == head.number ? 0 : 1;
                backwards += number < last ? 1 : 0;
                if (number != last && ++different == meetings)
                    ++satisfied;
                last = number;
            }
            missedLast += last == lastWritten.load() ? 0 : 1;
        });

    std::vector<Row> rows;
    for (uint64_t number = 1; number <= mostWrites && satisfied.load() < readers; ++number)
    {
        rows.resize(number % 17);
        for (uint32_t i = 0; i < rows.size(); ++i)
            rows[i] = { number, i, number * (i + 3) };
        latest.publish(headOf(number, static_cast<uint32_t>(rows.size())), rows);
        lastWritten = number;
        // Writes without a gap would leave a reader no time for a whole read; the product writes once a tick.
        for (uint64_t gap = 0; gap < 1000 && satisfied.load() < readers; ++gap)
            continue;
    }
    done.store(true, std::memory_order_release);
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(torn, 0u);
    EXPECT_EQ(mislabelled, 0u);
    EXPECT_EQ(backwards, 0u);
    EXPECT_EQ(missedLast, 0u);
}

TEST(LatestValue, IsOneStructWithoutRows)
{
    LatestValue<std::array<char, 13>> latest;
    std::array<char, 13> value {};
    EXPECT_EQ(latest.read(value), 0u);
    latest.publish({ "twelve chars" });
    EXPECT_EQ(latest.read(value), 1u);
    EXPECT_STREQ(value.data(), "twelve chars");
}
