#include <mw_core/mw_core.h>

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstring>
#include <thread>

#include <pthread.h>

using mw::OwnedThread;
using mw::ThreadRole;

TEST(OwnedThread, RunsUnderItsRoleAndIsJoined)
{
    std::atomic<bool> ran { false };
    std::atomic<ThreadRole> role { ThreadRole::unnamed };
    OwnedThread thread;
    EXPECT_FALSE(thread.isRunning());
    ASSERT_TRUE(thread.start("mw-test", ThreadRole::recorder, [&] {
        role = mw::currentThreadRole();
        ran = true;
    }).ok());
    EXPECT_TRUE(thread.isRunning());
    thread.join();
    EXPECT_FALSE(thread.isRunning());
    EXPECT_TRUE(ran.load());
    EXPECT_EQ(role.load(), ThreadRole::recorder);
    thread.join();  // harmless
    EXPECT_EQ(mw::currentThreadRole(), ThreadRole::unnamed) << "the role belongs to that thread alone";
}

TEST(OwnedThread, Finding07_TheOwnersEndWaitsForTheThread)
{
    for (int round = 0; round < 20; ++round)
    {
        std::atomic<bool> finished { false };
        {
            OwnedThread thread;
            ASSERT_TRUE(thread.start("mw-test", ThreadRole::media, [&finished] {
                std::this_thread::yield();
                finished = true;
            }).ok());
        }
        EXPECT_TRUE(finished.load());
    }
}

TEST(OwnedThread, CanBeStartedAgain)
{
    OwnedThread thread;
    std::atomic<int> runs { 0 };
    for (int round = 1; round <= 5; ++round)
    {
        ASSERT_TRUE(thread.start("mw-test", ThreadRole::sip, [&runs] { ++runs; }).ok());
        if (round % 2 == 0)
            thread.join();  // otherwise start() joins the former one
    }
    thread.join();
    EXPECT_EQ(runs.load(), 5);
}

TEST(OwnedThread, ALongNameIsCutNotRefused)
{
    OwnedThread thread;
    mw::ManualClock clock;
    ASSERT_TRUE(thread.start("a name of more than fifteen characters", ThreadRole::media, [&clock] { clock.sleepUntilNs(1); }).ok());
    EXPECT_FALSE(thread.requestRealtime(-7)) << "no such priority";
    clock.advanceNs(1);
    thread.join();
    EXPECT_FALSE(thread.requestRealtime(10)) << "not running";
}

TEST(OwnedThread, SignalsForTheProcessPassItByAndItsOwnFaultsDoNot)
{
    const auto maskHere = [] {
        sigset_t mask;
        EXPECT_EQ(::pthread_sigmask(SIG_SETMASK, nullptr, &mask), 0);
        return mask;
    };
    const auto before = maskHere();
    ASSERT_EQ(::sigismember(&before, SIGINT), 0) << "a signal must find this thread";
    sigset_t there;
    ::sigemptyset(&there);
    OwnedThread thread;
    ASSERT_TRUE(thread.start("mw-test", ThreadRole::media, [&] { there = maskHere(); }).ok());
    thread.join();
    for (const auto number : { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCONT, SIGCHLD, SIGALRM, SIGWINCH, SIGUSR1 })
        EXPECT_EQ(::sigismember(&there, number), 1) << ::strsignal(number);
    for (const auto number : { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS, SIGPIPE, SIGPROF })
        EXPECT_EQ(::sigismember(&there, number), 0) << ::strsignal(number);
    const auto after = maskHere();
    for (int number = 1; number < SIGRTMIN; ++number)
        EXPECT_EQ(::sigismember(&after, number), ::sigismember(&before, number)) << ::strsignal(number);
}

TEST(ThreadRole, ScopesNestAndGiveBackTheFormerRole)
{
    const auto outside = mw::currentThreadRole();
    {
        const mw::ScopedThreadRole media(ThreadRole::media);
        EXPECT_EQ(mw::currentThreadRole(), ThreadRole::media);
        {
            const mw::ScopedThreadRole region(ThreadRole::audioRegion);
            EXPECT_EQ(mw::currentThreadRole(), ThreadRole::audioRegion);
        }
        EXPECT_EQ(mw::currentThreadRole(), ThreadRole::media);
    }
    EXPECT_EQ(mw::currentThreadRole(), outside);
    EXPECT_STREQ(mw::nameOf(ThreadRole::audioRegion), "audio region");
    for (const auto role : { ThreadRole::unnamed, ThreadRole::control, ThreadRole::sip, ThreadRole::media, ThreadRole::mediaWorker, ThreadRole::recorder })
        EXPECT_STRNE(mw::nameOf(role), "?");
}
