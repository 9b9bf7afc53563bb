#include <mw_mixer/mw_mixer.h>

#include <mw_mixer/graph/Handover.h>

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace mw::test
{

namespace
{
/** Knows whether it is alive, and how many are. */
class Watched
{
public:
    explicit Watched(std::atomic<int>& countAlive) : alive(countAlive) { alive.fetch_add(1); }
    ~Watched()
    {
        mark = 0;
        alive.fetch_sub(1);
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

    [[nodiscard]] bool isWhole() const { return mark == 0x5ca1ab1e; }

private:
    uint32_t mark = 0x5ca1ab1e;
    std::atomic<int>& alive;
};
} // namespace

TEST(Handover, Finding12_ABlockKeepsWhatItBeganWithAndNeedNotLookAgain)
{
    std::atomic<int> alive { 0 };
    Handover<Watched> handover;
    handover.publish(std::make_unique<Watched>(alive));
    {
        const Handover<Watched>::Access block(handover);
        auto* const object = block.get();
        ASSERT_NE(object, nullptr);
        handover.publish(std::make_unique<Watched>(alive));
        handover.publish(nullptr);  // control may take everything away in the middle of the block
        handover.collect();
        EXPECT_EQ(block.get(), object) << "the block's object is the block's to its end";
        EXPECT_TRUE(object->isWhole());
        EXPECT_EQ(alive.load(), 2);
        EXPECT_EQ(handover.retiredCount(), 2u);
    }
    EXPECT_EQ(alive.load(), 2) << "the audio region frees nothing";
    handover.collect();
    EXPECT_EQ(alive.load(), 0);
    {
        const Handover<Watched>::Access block(handover);
        EXPECT_EQ(block.get(), nullptr);
    }
    handover.publish(std::make_unique<Watched>(alive));
    handover.publish(std::make_unique<Watched>(alive));
    EXPECT_EQ(alive.load(), 1) << "outside a block the former one is freed at once";
}

TEST(Handover, Finding12_NoBlockMeetsAFreedObjectWhileControlReplacesIt)
{
    // Goes on until control has often replaced an object in the middle of a block: the two did overlap.
    constexpr uint64_t meetings = 300;
    std::atomic<int> alive { 0 };
    std::atomic<bool> stopping { false };
    std::atomic<uint64_t> broken { 0 }, empty { 0 }, full { 0 };
    {
        Handover<Watched> handover;
        std::thread audio([&] {
            while (! stopping.load())
            {
                const Handover<Watched>::Access block(handover);
                const auto* const object = block.get();
                if (object == nullptr)
                {
                    empty.fetch_add(1);
                    continue;
                }
                for (int use = 0; use < 200; ++use)
                    broken += object->isWhole() && block.get() == object ? 0u : 1u;
                full.fetch_add(1);
            }
        });
        uint64_t inTheMiddle = 0;
        for (uint64_t round = 0; (inTheMiddle < meetings || empty.load() == 0 || full.load() == 0) && round < 20'000'000; ++round)
        {
            handover.publish(round % 3 == 2 ? nullptr : std::make_unique<Watched>(alive));
            inTheMiddle += handover.retiredCount() > 0 ? 1 : 0;
            if (round % 64 == 63)
                std::this_thread::yield();
        }
        stopping.store(true);
        audio.join();
        EXPECT_EQ(broken.load(), 0u);
        EXPECT_GE(inTheMiddle, meetings) << "what a block used was not kept for it";
        handover.collect();
        EXPECT_EQ(handover.retiredCount(), 0u);
        EXPECT_LE(alive.load(), 1);
    }
    EXPECT_EQ(alive.load(), 0);
}

} // namespace mw::test
