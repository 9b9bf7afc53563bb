#pragma once

#include "FailureInjector.h"
#include "PostConditions.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <thread>

namespace mw::test
{

/** Fails the test unless a process holds what it held before, once threads that were joined have left /proc. */
inline void expectNothingLeft(const ProcessState& before, const std::string& where)
{
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    auto left = describeLeftovers(before, ProcessState::now());
    while (! left.empty() && std::chrono::steady_clock::now() < deadline)
    {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));  // sleeps: nobody is told when a thread has left /proc
        left = describeLeftovers(before, ProcessState::now());
    }
    EXPECT_EQ(left, "") << where;
}

/** An error that a person can use: what failed and why, in words. */
inline void expectSays(const Error& error, const std::string& where)
{
    EXPECT_FALSE(error.what.empty()) << where;
    EXPECT_FALSE(error.why.empty()) << where << ": '" << error.what << "' failed without a cause";
    EXPECT_NE(error.code, ExitCode::passed) << where;
}

/** How a sweep went: how often the attempt was made to fail, and how often it came through all the same. */
struct Swept
{
    uint64_t refused = 0;   ///< attempts that said an error
    uint64_t survived = 0;  ///< attempts that did without what failed
};

/** Lets the 1st, 2nd, 3rd… use of a resource fail until an attempt uses it less often than that. After each: the attempt
    either says what failed and why, or worked; and threads and descriptors are what they were.

    @param prepare called before each attempt, without injector
    @param attempt returns Result<void>; called with the injector alive
    @param undo    called after each attempt that worked, without injector */
template <typename Prepare, typename Attempt, typename Undo>
Swept sweep(Resource what, Whose whose, Prepare prepare, Attempt attempt, Undo undo)
{
    Swept result;
    for (uint64_t nth = 1;; ++nth)
    {
        const auto where = "use " + std::to_string(nth);
        SCOPED_TRACE(where);
        prepare();
        const auto before = ProcessState::now();
        auto failed = false;
        const auto outcome = [&]() -> Result<void> {
            const FailureInjector injector(what, nth, whose);
            auto tried = attempt();
            failed = injector.hasFailed();
            return tried;
        }();
        if (outcome.ok())
            undo();
        expectNothingLeft(before, where);
        if (! failed)
        {
            EXPECT_TRUE(outcome.ok()) << where << " came never, and yet: " << outcome.error().message();
            return result;
        }
        if (outcome.ok())
        {
            ++result.survived;
        }
        else
        {
            ++result.refused;
            expectSays(outcome.error(), where);
        }
        if (::testing::Test::HasFailure())
            return result;
    }
}

} // namespace mw::test
