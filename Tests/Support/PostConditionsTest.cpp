#include "PostConditions.h"

#include <gtest/gtest-spi.h>

#include <condition_variable>
#include <fcntl.h>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace mw::test
{

namespace
{
// A thread that waits until it is told to end.
class Waiter
{
public:
    Waiter()
        : thread([this] {
              std::unique_lock lock(mutex);
              wake.wait(lock, [this] { return done; });
          })
    {
    }

    ~Waiter()
    {
        {
            const std::scoped_lock lock(mutex);
            done = true;
        }
        wake.notify_one();
        thread.join();
    }

private:
    std::mutex mutex;
    std::condition_variable wake;
    bool done = false;
    std::thread thread;
};
} // namespace

TEST(PostConditions, NothingTakenIsNothingLeft)
{
    EXPECT_EQ(describeLeftovers(ProcessState::now(), ProcessState::now()), "");
}

TEST(PostConditions, AnOpenDescriptorIsNamed)
{
    const auto before = ProcessState::now();
    const auto fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    const auto text = describeLeftovers(before, ProcessState::now());
    ::close(fd);
    EXPECT_NE(text.find("/dev/null"), std::string::npos) << text;
    EXPECT_EQ(describeLeftovers(before, ProcessState::now()), "");
}

TEST(PostConditions, ADescriptorClosedThatWasNotOnesOwnIsSeen)
{
    const auto fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    ASSERT_GE(fd, 0);
    const auto before = ProcessState::now();
    ::close(fd);
    const auto text = describeLeftovers(before, ProcessState::now());
    EXPECT_NE(text.find("-" + std::to_string(fd) + " /dev/null"), std::string::npos) << text;
}

TEST(PostConditions, AThreadLeftBehindFailsTheTest)
{
    PostConditions watch(std::chrono::milliseconds(20));
    const auto& info = *::testing::UnitTest::GetInstance()->current_test_info();
    watch.OnTestStart(info);
    {
        const Waiter waiter;
        EXPECT_NONFATAL_FAILURE(watch.OnTestEnd(info), "1 thread(s) left behind");
    }
    // The joined thread may stand in /proc for a moment longer; a patient watch then finds nothing.
    PostConditions patient;
    patient.OnTestStart(info);
    patient.OnTestEnd(info);
}

TEST(PostConditions, MemoryLeftBehindFailsTheTest)
{
    PostConditions watch(std::chrono::milliseconds(20));
    const auto& info = *::testing::UnitTest::GetInstance()->current_test_info();
    watch.OnTestStart(info);
    // What the leak check must not find: the addresses are kept inverted, and the thread that saw them is gone with its stack.
    std::vector<uintptr_t> hidden(HeapCount::isCounted() ? 2500 : 3);
    std::thread([&hidden] {
        for (auto& each : hidden)
            each = ~reinterpret_cast<uintptr_t>(new char[64]);
    }).join();
#if defined(__SANITIZE_THREAD__)
    watch.OnTestEnd(info);  // ThreadSanitizer has no leak check; the other presets have
#else
    EXPECT_NONFATAL_FAILURE(watch.OnTestEnd(info), HeapCount::isCounted() ? "the heap grew by 2" : "LeakSanitizer has listed");
#endif
    for (const auto each : hidden)
        delete[] reinterpret_cast<char*>(~each);
}

TEST(PostConditions, OneBlockMoreIsCounted)
{
    const auto before = HeapCount::now();
    auto* const block = new char[100];
    asm("" : : "g"(block) : "memory");  // or the compiler leaves out both
    const auto during = HeapCount::now();
    delete[] block;
    const auto after = HeapCount::now();
    EXPECT_EQ(during.blocks - before.blocks, HeapCount::isCounted() ? 1 : 0);
    EXPECT_GE(during.bytes - before.bytes, HeapCount::isCounted() ? 100 : 0);
    EXPECT_EQ(after.blocks, before.blocks);
    EXPECT_EQ(after.bytes, before.bytes);
    EXPECT_EQ(describeHeapGrowth({ 5, 100 }, { 7, 200 }, { 2, 100 }), "");
    EXPECT_NE(describeHeapGrowth({ 5, 100 }, { 8, 200 }, { 2, 100 }).find("3 blocks"), std::string::npos);
    EXPECT_NE(describeHeapGrowth({ 5, 100 }, { 7, 201 }, { 2, 100 }).find("101 bytes"), std::string::npos);
}

} // namespace mw::test
