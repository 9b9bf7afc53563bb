#include <mw_core/mw_core.h>

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>
#include <vector>

using mw::Mailbox;
using mw::SampleFifo;
using mw::SamplePlace;
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

TEST(SampleFifo, TellsPlaceAndTimeOfWhatIsReadAlsoAcrossWhatDidNotFit)
{
    SampleFifo fifo(32, 8000.0);  // 125 µs a sample
    const std::vector<float> block(8, 0.5f);
    constexpr int64_t at = 1'000'000'000, blockNs = 1'000'000;
    EXPECT_TRUE(fifo.write(block, at));
    EXPECT_TRUE(fifo.write(block, at + blockNs));      // follows on
    EXPECT_TRUE(fifo.write(block, at + 5 * blockNs));  // time was given up before it
    EXPECT_TRUE(fifo.write(block, at + 6 * blockNs));
    EXPECT_FALSE(fifo.write(block, at + 7 * blockNs)) << "full";

    std::vector<float> out(64);
    SamplePlace place;
    EXPECT_EQ(fifo.read(std::span(out).first(3), place), 3u);
    EXPECT_EQ(place.sample, 0u);
    EXPECT_EQ(place.timeNs, at);
    EXPECT_EQ(fifo.read(out, place), 13u) << "no read reaches across a mark";
    EXPECT_EQ(place.sample, 3u);
    EXPECT_EQ(place.timeNs, at + 375'000);
    EXPECT_EQ(fifo.read(out, place), 16u);
    EXPECT_EQ(place.sample, 16u);
    EXPECT_EQ(place.timeNs, at + 5 * blockNs);
    EXPECT_EQ(fifo.read(out, place), 0u);

    EXPECT_TRUE(fifo.write(block, at + 8 * blockNs));
    EXPECT_TRUE(fifo.write(block)) << "of unknown time";
    EXPECT_EQ(fifo.read(out, place), 8u);
    EXPECT_EQ(place.sample, 40u) << "what did not fit is counted";
    EXPECT_EQ(place.timeNs, at + 8 * blockNs);
    EXPECT_EQ(fifo.read(out, place), 8u);
    EXPECT_EQ(place.sample, 48u);
    EXPECT_EQ(place.timeNs, 0);
    EXPECT_TRUE(fifo.write(block, at));
    EXPECT_TRUE(fifo.write(block, at));
    EXPECT_EQ(fifo.read(out), 16u) << "who does not ask for the place reads on";
}

TEST(SampleFifo, Finding18_PlaceAndTimeCrossThreadsWithTheirSamples)
{
    // Each sample's value tells the time it was written with; the writer loses blocks and time now and then.
    constexpr size_t blocks = 20000;
    SampleFifo fifo(4096, 8000.0);
    std::thread writer([&] {
        int64_t timeNs = 125'000;
        uint64_t sample = 0;
        std::vector<float> block;
        for (size_t n = 0; n < blocks; ++n)
        {
            block.resize(1 + n % 97);
            for (size_t i = 0; i < block.size(); ++i)
                block[i] = static_cast<float>((static_cast<uint64_t>(timeNs / 125'000) + i) % 1'000'003);
            fifo.write(block, timeNs);
            sample += block.size();
            timeNs += static_cast<int64_t>(block.size() + (n % 13 == 0 ? 1000 : 0)) * 125'000;
            if (n % 7 == 0)
                std::this_thread::yield();
        }
        while (! fifo.write(std::vector<float> { -1.0f }))
            std::this_thread::yield();
    });
    std::vector<float> block(256);
    size_t wrong = 0;
    uint64_t nextSample = 0;
    for (bool last = false; ! last;)
    {
        SamplePlace place;
        const auto count = fifo.read(block, place);
        if (count == 0)
        {
            std::this_thread::yield();
            continue;
        }
        last = block[count - 1] < 0.0f;
        wrong += place.sample >= nextSample ? 0 : 1;
        nextSample = place.sample + count;
        for (size_t i = 0; i < count && ! last; ++i)
            wrong += block[i] == static_cast<float>((static_cast<uint64_t>(place.timeNs / 125'000) + i) % 1'000'003) ? 0 : 1;
    }
    writer.join();
    EXPECT_EQ(wrong, 0u);
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
