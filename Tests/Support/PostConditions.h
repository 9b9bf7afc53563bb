#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <string>

namespace mw::test
{

/** What a process holds that a test must give back: its threads by name and its open descriptors by what they point to.
    Read from /proc/self. */
struct ProcessState
{
    std::map<std::string, int> threads;    ///< how many threads bear a name (as in /proc/self/task/N/comm)
    std::map<int, std::string> descriptors; ///< descriptor → target ("socket:[4711]", "/tmp/x.wav")

    [[nodiscard]] static ProcessState now();
};

/** Says what a process holds more, or less, than before.

    Threads that end late are no fault of the test that is running, so fewer threads are fine; fewer descriptors are not: the
    test closed one that was not its own. Threads which a library starts once and keeps for the life of the process are left
    out; PostConditions.cpp lists them.
    @returns an empty text when nothing is left behind. */
[[nodiscard]] std::string describeLeftovers(const ProcessState& before, const ProcessState& after);

/** After every test, fails it unless threads and descriptors are back to what they were before its fixture was made.
    Threads may take a moment to vanish from /proc after they were joined, so it looks again until the patience is over.

    The state is taken at each test's own start: what a suite sets up for all its tests (SetUpTestSuite) is not counted. */
class PostConditions : public ::testing::EmptyTestEventListener
{
public:
    /** @param patienceMs how long a leftover may last after the test's end [ms] */
    explicit PostConditions(std::chrono::milliseconds patienceMs = std::chrono::seconds(2)) : patience(patienceMs) {}

    /** Makes every library thread that would otherwise appear during some test appear now; to be called once by main(). */
    static void settle();

    void OnTestStart(const ::testing::TestInfo&) override;
    void OnTestEnd(const ::testing::TestInfo&) override;

private:
    std::chrono::milliseconds patience;
    ProcessState before;
};

} // namespace mw::test
