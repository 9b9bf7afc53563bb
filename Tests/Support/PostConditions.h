#pragma once

#include "HeapCount.h"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

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

/** What one test may leave on the heap. A program's first test makes what libraries keep for good: the C++ library's locales and
    exception memory, JUCE's singletons and message queue, OpenSSL's tables, the stacks of ended threads that the C library keeps
    for the next one, gtest's own results. Measured over all tests, each in a process of its own: PostConditions.cpp. */
struct HeapAllowance
{
    long blocks;
    long bytes;
};

/** Says what grew beyond the allowance, or nothing. */
[[nodiscard]] std::string describeHeapGrowth(const HeapCount& before, const HeapCount& after, const HeapAllowance& allowance);

/** After every test, fails it unless threads and descriptors are back to what they were before its fixture was made, the heap too
    (in release up to what libraries keep for good; with AddressSanitizer by its leak check, to the byte), and whatever else
    a program counts. Threads may take a moment to vanish from /proc after they were joined, so it looks again until the patience is over.

    The state is taken at each test's own start: what a suite sets up for all its tests (SetUpTestSuite) is not counted. */
class PostConditions : public ::testing::EmptyTestEventListener
{
public:
    /** @param patienceMs how long a leftover may last after the test's end [ms] */
    explicit PostConditions(std::chrono::milliseconds patienceMs = std::chrono::seconds(2)) : patience(patienceMs) {}

    /** Makes every library thread that would otherwise appear during some test appear now; to be called once by main(). */
    static void settle();

    /** Has a number watched that must be the same after a test as before it, "blocks of libre" for example. To be called before
        the first test. @param read any thread, when nothing runs */
    static void watch(const std::string& name, std::function<long()> read);

    void OnTestStart(const ::testing::TestInfo&) override;
    void OnTestEnd(const ::testing::TestInfo&) override;

private:
    void checkHeap() const;

    std::chrono::milliseconds patience;
    ProcessState before;
    HeapCount heapBefore;
    std::vector<long> numbersBefore;
};

} // namespace mw::test
