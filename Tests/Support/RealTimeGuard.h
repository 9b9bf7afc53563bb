#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace mw::test
{

/** What the audio region may not do. */
enum class RealTimeKind : uint8_t
{
    memory,   ///< takes memory or gives it back
    lock,     ///< mutex, read-write lock, spin lock, semaphore, condition variable, barrier, first use of a static
    wait,     ///< sleeps, polls, yields, joins, waits on a futex
    network,  ///< a socket
    file,     ///< a descriptor, a file, a mapping
    log,      ///< prints or logs
    system    ///< any other call of the system: threads, timers, syscall()
};

[[nodiscard]] const char* nameOf(RealTimeKind kind) noexcept;

/** One watched function. */
struct RealTimeCall
{
    RealTimeKind kind;
    const char* function;
};

/** Counts what must not happen in the audio region, in every test program.

    Linking Support into a program interposes the functions listed in RealTimeGuard*.cpp. A call counts only when
    mw::currentThreadRole() of the calling thread is ThreadRole::audioRegion, so everything else goes on as ever. The listener
    below starts every test at zero and fails it when it ends with a violation of any of its threads, so that whatever test
    runs a processor, a device or an engine runs it under the guard.

    Sanitizer builds: the sanitizers own the allocator, and condition variables have two layouts, of which they know one. So
    there operator new and delete stand for the malloc family, and condition variables, statics and syscall() are not watched;
    all else is. With clang's statically linked runtimes operator new and delete are all that is watched. */
class RealTimeGuard
{
public:
    /** Violations of the running test so far, of all threads. */
    [[nodiscard]] static int count() noexcept;

    /** The first of them as "kind: function", "memory: malloc" for example; empty when there was none. */
    [[nodiscard]] static std::string first();

    /** Whether malloc and its family, condition variables, statics and syscall() are watched in this build. */
    [[nodiscard]] static bool watchesAllocator() noexcept;

    /** Whether the other functions are. operator new and delete always are. */
    [[nodiscard]] static bool watchesCalls() noexcept;

    /** Starts counting from zero. Nothing is counted before the first call. For the listener. */
    static void begin() noexcept;
};

/** For tests of the guard, and of code that is not ours: while it lives, violations are counted here and do not fail the test.
    The test asserts on them instead. One at a time. */
class WantedViolations
{
public:
    WantedViolations() noexcept;
    ~WantedViolations();
    WantedViolations(const WantedViolations&) = delete;
    WantedViolations& operator=(const WantedViolations&) = delete;

    [[nodiscard]] int count() const noexcept;
    [[nodiscard]] std::string first() const;
};

/** Fails every test in which the audio region did what it may not. */
class RealTimeListener : public ::testing::EmptyTestEventListener
{
public:
    void OnTestStart(const ::testing::TestInfo&) override;
    void OnTestEnd(const ::testing::TestInfo&) override;
};

} // namespace mw::test
