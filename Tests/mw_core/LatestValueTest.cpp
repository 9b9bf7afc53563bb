#include <mw_core/mw_core.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <span>
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

TEST(LatestRows, SomeRowsAreRenewedAndTheOthersStay)
{
    LatestRows<Head, Row> latest(4);
    Head head;
    std::vector<Row> rows(3);
    EXPECT_EQ(latest.renew(head, rows, {}), 0u) << "nothing was published yet";
    const auto publish = [&latest](uint64_t number, uint32_t count) {
        std::vector<Row> made;
        for (uint32_t i = 0; i < count; ++i)
            made.push_back({ number, i, number * (i + 3) });
        latest.publish(headOf(number, count), made);
    };
    publish(1, 3);
    ASSERT_EQ(latest.read(head, rows), 1u);
    publish(2, 3);
    constexpr std::array<size_t, 1> middle { 1 };
    EXPECT_EQ(latest.renew(head, rows, middle), 2u);
    EXPECT_EQ(head.number, 2u);
    EXPECT_EQ(rows[0].number, 1u);
    EXPECT_EQ(rows[1].number, 2u);
    EXPECT_EQ(rows[2].number, 1u);
    for (const auto count : { 2u, 4u })
    {
        publish(3, count);
        EXPECT_EQ(latest.renew(head, rows, middle), 0u) << "rows came or went";
    }
}

namespace
{

constexpr size_t detectorRows = 64;

/** The mistake that the detector has to find: the same words, written and read without a sequence number. Atomic, so that it
    is no undefined behaviour but only torn. */
class UnguardedRows
{
public:
    void publish(const Head& head, std::span<const Row> rows) noexcept
    {
        store(0, head.number);
        for (size_t i = 0; i < rows.size(); ++i)
        {
            store(1 + 2 * i, rows[i].number);
            store(2 + 2 * i, rows[i].product);
        }
        count.store(rows.size(), std::memory_order_relaxed);
    }

    uint64_t read(Head& head, std::vector<Row>& rows) const
    {
        rows.resize(count.load(std::memory_order_relaxed));
        head = headOf(words[0].load(std::memory_order_relaxed), static_cast<uint32_t>(rows.size()));
        for (uint32_t i = 0; i < rows.size(); ++i)
            rows[i] = { words[1 + 2 * i].load(std::memory_order_relaxed), i, words[2 + 2 * i].load(std::memory_order_relaxed) };
        return head.number;
    }

private:
    void store(size_t at, uint64_t value) noexcept { words[at].store(value, std::memory_order_relaxed); }

    std::array<std::atomic<uint64_t>, 1 + 2 * detectorRows> words {};
    std::atomic<size_t> count { 0 };
};

/** One thread writes a self-checking pattern, three read it. Each read is known to have met a write, or not: the writer says
    when it begins one and when it has ended it. Goes on until `isEnough` of what was seen, however busy the machine is. */
struct TornReadDetector
{
    struct Seen
    {
        std::atomic<uint64_t> overlaps { 0 };     ///< reads during which a write was under way, and that read a snapshot
        std::atomic<uint64_t> torn { 0 }, backwards { 0 }, mislabelled { 0 }, missedLast { 0 };
    };
    static constexpr size_t readers = 3;

    template <typename Latest, typename Enough>
    void run(Latest& latest, Enough isEnough)
    {
        std::atomic<bool> done { false };
        std::atomic<uint64_t> begun { 0 }, ended { 0 };
        std::vector<std::thread> threads;
        for (auto& own : seen)
            threads.emplace_back([&] {
                Head head;
                std::vector<Row> rows;
                uint64_t last = 0;
                for (bool finalRound = false; ! finalRound;)
                {
                    finalRound = done.load(std::memory_order_acquire);  // one more read after the last write
                    const auto endedBefore = ended.load();
                    const auto number = latest.read(head, rows);
                    const auto begunAfter = begun.load();
                    if (number == 0)
                        continue;
                    own.torn += isWhole(head, rows) ? 0 : 1;
                    own.mislabelled += number == head.number ? 0 : 1;
                    own.backwards += number < last ? 1 : 0;
                    // A write that had begun by the end of the read and had not ended at its start was under way in between.
                    own.overlaps += begunAfter > endedBefore ? 1 : 0;
                    last = number;
                }
                own.missedLast += last == ended.load() ? 0 : 1;
            });

        std::vector<Row> rows;
        for (uint64_t number = 1; ! isEnough(); ++number)
        {
            rows.resize(1 + number % detectorRows);
            for (uint32_t i = 0; i < rows.size(); ++i)
                rows[i] = { number, i, number * (i + 3) };
            const auto head = headOf(number, static_cast<uint32_t>(rows.size()));
            begun.store(number);
            latest.publish(head, rows);
            ended.store(number);
            // Writes without a gap would leave a reader no time for a whole read; the product writes once a tick.
            for (uint64_t gap = 0; gap < number % 4096; ++gap)
                static_cast<void>(begun.load());
        }
        done.store(true, std::memory_order_release);
        for (auto& thread : threads)
            thread.join();
    }

    std::array<Seen, readers> seen;
};

constexpr uint64_t meetings = 500;  ///< of each reader with a write

} // namespace

TEST(LatestRows, Finding14_NoReadIsTornThoughEachReaderMeetsFiveHundredWrites)
{
    LatestRows<Head, Row> latest(detectorRows);
    TornReadDetector detector;
    detector.run(latest, [&] {
        return std::all_of(detector.seen.begin(), detector.seen.end(), [](const auto& own) { return own.overlaps.load() >= meetings; });
    });
    for (const auto& own : detector.seen)
    {
        EXPECT_EQ(own.torn.load(), 0u);
        EXPECT_EQ(own.mislabelled.load(), 0u);
        EXPECT_EQ(own.backwards.load(), 0u);
        EXPECT_EQ(own.missedLast.load(), 0u);
    }
}

namespace
{
/** Always as many rows, so that each read but the first may be a renewal. */
class RenewedRows
{
public:
    void publish(const Head& head, std::span<const Row> rows) noexcept
    {
        std::copy(rows.begin(), rows.end(), padded.begin());
        latest.publish(head, padded);
    }

    uint64_t read(Head& head, std::vector<Row>& rows) const
    {
        std::array<size_t, detectorRows> places {};
        for (size_t i = 0; i < places.size(); ++i)
            places[i] = i;
        rows.resize(detectorRows);
        const auto number = latest.renew(head, rows, places);
        rows.resize(head.rows);
        return number;
    }

private:
    std::array<Row, detectorRows> padded {};
    LatestRows<Head, Row> latest { detectorRows };
};
} // namespace

TEST(LatestRows, Finding14_NoRenewalIsTornEither)
{
    RenewedRows latest;
    TornReadDetector detector;
    detector.run(latest, [&] {
        return std::all_of(detector.seen.begin(), detector.seen.end(), [](const auto& own) { return own.overlaps.load() >= meetings; });
    });
    for (const auto& own : detector.seen)
    {
        EXPECT_EQ(own.torn.load(), 0u);
        EXPECT_EQ(own.mislabelled.load(), 0u);
        EXPECT_EQ(own.backwards.load(), 0u);
        EXPECT_EQ(own.missedLast.load(), 0u);
    }
}

TEST(LatestRows, Finding14_TheDetectorFindsTornReadsWhereThereIsNoGuard)
{
    UnguardedRows latest;
    TornReadDetector detector;
    detector.run(latest, [&] {
        return std::any_of(detector.seen.begin(), detector.seen.end(), [](const auto& own) { return own.torn.load() >= 10; });
    });
    const auto torn = std::max({ detector.seen[0].torn.load(), detector.seen[1].torn.load(), detector.seen[2].torn.load() });
    EXPECT_GE(torn, 10u);
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
