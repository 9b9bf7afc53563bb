#include <mw_core/mw_core.h>

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

using mw::Mailbox;
using mw::SampleFifo;
using mw::SpscQueue;

TEST(SpscQueue, KeepsOrderAndRefusesWhenFull)
{
    SpscQueue<int> queue(3);
    EXPECT_EQ(queue.capacity(), 4u) << "rounded up to a power of two";
    int value = -1;
    EXPECT_FALSE(queue.pop(value));
    for (int round = 0; round < 5; ++round)  // across the end of the ring
    {
        for (int i = 0; i < 4; ++i)
            EXPECT_TRUE(queue.push(round * 10 + i));
        EXPECT_FALSE(queue.push(99)) << "nothing is overwritten";
        EXPECT_EQ(queue.size(), 4u);
        for (int i = 0; i < 4; ++i)
        {
            ASSERT_TRUE(queue.pop(value));
            EXPECT_EQ(value, round * 10 + i);
        }
        EXPECT_EQ(queue.size(), 0u);
    }
    EXPECT_GE(SpscQueue<int>(0).capacity(), 1u);
}

TEST(SpscQueue, Finding18_EveryValueArrivesOnceInOrderAndWhole)
{
    struct Value
    {
        uint64_t number, twice, inverse;
    };
    constexpr uint64_t count = 50000;
    SpscQueue<Value> queue(64);
    std::thread producer([&] {
        for (uint64_t i = 0; i < count;)
        {
            if (queue.push({ i, 2 * i, ~i }))
                ++i;
            else
                std::this_thread::yield();
        }
    });
    uint64_t expected = 0, wrong = 0;
    while (expected < count)
    {
        Value value {};
        if (! queue.pop(value))
        {
            std::this_thread::yield();
            continue;
        }
        wrong += value.number == expected && value.twice == 2 * expected && value.inverse == ~expected ? 0 : 1;
        ++expected;
    }
    producer.join();
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(queue.size(), 0u);
}

TEST(SampleFifo, TakesABlockWholeOrNotAndCountsWhatItDropped)
{
    SampleFifo fifo(8);
    std::vector<float> block(5);
    std::iota(block.begin(), block.end(), 1.0f);
    EXPECT_TRUE(fifo.write(block));
    EXPECT_FALSE(fifo.write(block)) << "5 do not fit into the 3 left";
    EXPECT_EQ(fifo.droppedSamples(), 5u);
    EXPECT_EQ(fifo.available(), 5u);
    std::vector<float> out(7, -1.0f);
    EXPECT_EQ(fifo.read(out), 5u);
    EXPECT_EQ(out, (std::vector<float> { 1, 2, 3, 4, 5, -1, -1 }));
    EXPECT_EQ(fifo.read(out), 0u);
    EXPECT_TRUE(fifo.write(block)) << "across the end of the ring";
    EXPECT_EQ(fifo.read(std::span(out).first(2)), 2u);
    EXPECT_EQ(fifo.read(std::span(out).subspan(2)), 3u);
    EXPECT_EQ(out, (std::vector<float> { 1, 2, 3, 4, 5, -1, -1 }));
}

TEST(SampleFifo, Finding18_SamplesCrossThreadsInOrder)
{
    constexpr size_t total = 100000;
    SampleFifo fifo(1024);
    std::thread writer([&] {
        std::vector<float> block;
        for (size_t at = 0; at < total;)
        {
            block.resize(std::min<size_t>(1 + at % 333, total - at));
            for (size_t i = 0; i < block.size(); ++i)
                block[i] = static_cast<float>(at + i);
            if (fifo.write(block))
                at += block.size();
            else
                std::this_thread::yield();
        }
    });
    std::vector<float> block(257);
    size_t at = 0, wrong = 0;
    while (at < total)
    {
        const auto count = fifo.read(block);
        for (size_t i = 0; i < count; ++i)
            wrong += block[i] == static_cast<float>(at + i) ? 0 : 1;
        at += count;
        if (count == 0)
            std::this_thread::yield();
    }
    writer.join();
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(fifo.available(), 0u);
}

TEST(Mailbox, SaysWhenItsOwnerWantsToBeWoken)
{
    Mailbox<std::string> box;
    EXPECT_TRUE(box.takeAll().empty());
    EXPECT_TRUE(box.post("first"));
    EXPECT_FALSE(box.post("second")) << "the owner was told already";
    EXPECT_EQ(box.takeAll(), (std::vector<std::string> { "first", "second" }));
    EXPECT_TRUE(box.takeAll().empty());
    EXPECT_TRUE(box.post("third"));
}

TEST(Mailbox, LosesNothingFromSeveralThreads)
{
    constexpr int posters = 4, each = 5000;
    Mailbox<std::pair<int, int>> box;
    std::atomic<int> wakes { 0 }, finished { 0 };
    std::vector<std::thread> threads;
    for (int poster = 0; poster < posters; ++poster)
        threads.emplace_back([&, poster] {
            for (int i = 0; i < each; ++i)
                wakes += box.post({ poster, i }) ? 1 : 0;
            ++finished;
        });

    std::vector<int> next(posters, 0);
    int emptied = 0, wrong = 0;
    for (bool last = false; ! last;)
    {
        last = finished.load() == posters;
        const auto letters = box.takeAll();
        emptied += letters.empty() ? 0 : 1;
        for (const auto& [poster, number] : letters)
            wrong += number == next[static_cast<size_t>(poster)]++ ? 0 : 1;
    }
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(wrong, 0) << "each sender's letters stay in order";
    EXPECT_EQ(next, std::vector<int>(posters, each));
    EXPECT_EQ(wakes.load(), emptied) << "one wake-up for each time there was something to take";
}
