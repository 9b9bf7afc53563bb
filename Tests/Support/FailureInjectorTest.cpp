#include "FailureInjector.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <new>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace mw::test
{

namespace
{
// Behind the compiler's back, which may otherwise leave out a new whose delete it sees.
int* take(int value)
{
    auto* memory = new int(value);
    asm("" : : "g"(memory) : "memory");
    return memory;
}

template <typename Call>
void expectFailsOnce(Resource what, int error, Call call)
{
    const FailureInjector injector(what, 2);
    const auto first = call();
    EXPECT_GE(first, 0) << "the first is untouched";
    ::close(first);
    EXPECT_FALSE(injector.hasFailed());
    errno = 0;
    EXPECT_EQ(call(), -1);
    EXPECT_EQ(errno, error);
    EXPECT_TRUE(injector.hasFailed());
    const auto third = call();
    EXPECT_GE(third, 0) << "the nth alone fails";
    ::close(third);
    EXPECT_EQ(injector.uses(), 3u);
}
} // namespace

TEST(FailureInjector, TheNthAllocationThrows)
{
    const std::unique_ptr<int> before(take(1));
    {
        const FailureInjector injector(Resource::memory, 2, { .onlyThisThread = true });
        const std::unique_ptr<int> first(take(1));
        EXPECT_THROW(delete take(2), std::bad_alloc);
        const std::unique_ptr<int> third(take(3));
        EXPECT_EQ(*third, 3);
    }
    const std::unique_ptr<int> after(take(4));
    EXPECT_EQ(*after, 4);
}

TEST(FailureInjector, FromTheNthOnAllFail)
{
    auto thrown = 0;
    {
        const FailureInjector injector(Resource::memory, 1, { .onlyThisThread = true },
                                       Extent::fromThenOn);
        for (int i = 0; i < 3; ++i)
        {
            try
            {
                delete take(i);
            }
            catch (const std::bad_alloc&)
            {
                ++thrown;
            }
        }
    }
    EXPECT_EQ(thrown, 3);
}

TEST(FailureInjector, ThreadsAreRefusedWithEagain)
{
    const FailureInjector injector(Resource::thread, 1);
    try
    {
        std::thread([] {}).join();
        ADD_FAILURE() << "a thread was made";
    }
    catch (const std::system_error& failure)
    {
        EXPECT_EQ(failure.code().value(), EAGAIN);
    }
    std::thread([] {}).join();
}

TEST(FailureInjector, EveryKindOfDescriptorIsRefused)
{
    expectFailsOnce(Resource::descriptor, EMFILE, [] { return ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0); });
    expectFailsOnce(Resource::descriptor, EMFILE, [] { return ::epoll_create1(EPOLL_CLOEXEC); });
    expectFailsOnce(Resource::descriptor, EMFILE, [] { return ::epoll_create(1); });
    expectFailsOnce(Resource::descriptor, EMFILE, [] { return ::eventfd(0, EFD_CLOEXEC); });
    expectFailsOnce(Resource::descriptor, EMFILE, [] { return ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC); });
    expectFailsOnce(Resource::descriptor, EMFILE, [] { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); });
    expectFailsOnce(Resource::descriptor, EMFILE, [] {
        int ends[2] = { -1, -1 };
        if (::pipe(ends) != 0)
            return -1;
        ::close(ends[1]);
        return ends[0];
    });
}

TEST(FailureInjector, AnAddressADatagramAndAWatchAreRefused)
{
    const auto fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto epoll = ::epoll_create1(EPOLL_CLOEXEC);
    {
        int ends[2] = { -1, -1 };
        ASSERT_EQ(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends), 0);
        const FailureInjector injector(Resource::datagram, 1);
        EXPECT_EQ(::sendto(ends[0], "x", 1, 0, nullptr, 0), -1);
        EXPECT_EQ(errno, EPERM);
        EXPECT_EQ(::sendto(ends[0], "x", 1, 0, nullptr, 0), 1);
        ::close(ends[0]);
        ::close(ends[1]);
    }
    {
        const FailureInjector injector(Resource::address, 1);
        EXPECT_EQ(::listen(fd, 1), -1);
        EXPECT_EQ(errno, EADDRNOTAVAIL);
    }
    {
        const FailureInjector injector(Resource::watch, 1);
        epoll_event event {};
        EXPECT_EQ(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), -1);
        EXPECT_EQ(errno, ENOSPC);
        EXPECT_EQ(::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
    }
    ::close(epoll);
    ::close(fd);
}

TEST(FailureInjector, FilesAreRefusedAndTheDiskIsFull)
{
    char path[] = "/tmp/mw-injector-XXXXXX";
    const auto fd = ::mkstemp(path);
    ASSERT_GE(fd, 0);
    {
        const FailureInjector injector(Resource::file, 1);
        EXPECT_FALSE(std::ofstream(path).is_open());
        EXPECT_TRUE(injector.hasFailed());
        EXPECT_TRUE(std::ifstream(path).is_open()) << "reading is not meant";
    }
    {
        const FailureInjector injector(Resource::disk, 1);
        EXPECT_EQ(::write(fd, "x", 1), -1);
        EXPECT_EQ(errno, ENOSPC);
        EXPECT_EQ(::write(fd, "x", 1), 1);
    }
    {
        const FailureInjector injector(Resource::disk, 1, {}, Extent::fromThenOn);
        std::ofstream stream(path);
        stream << "text" << std::flush;
        EXPECT_FALSE(stream.good());
    }
    ::close(fd);
    ::unlink(path);
}

TEST(FailureInjector, ARoleAndAThreadAreTakenApart)
{
    const FailureInjector injector(Resource::thread, 1, { .role = ThreadRole::recorder });
    std::thread([] {}).join();
    EXPECT_EQ(injector.uses(), 0u) << "this thread has another role";
    const ScopedThreadRole recorder(ThreadRole::recorder);
    EXPECT_THROW(std::thread([] {}).join(), std::system_error);
}

} // namespace mw::test
