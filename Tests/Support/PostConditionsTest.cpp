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

} // namespace mw::test
