#include "RealTimeGuard.h"

#include <mw_core/mw_core.h>

#include <gtest/gtest-spi.h>

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <functional>
#include <memory>
#include <mutex>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <shared_mutex>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <syslog.h>
#include <thread>
#include <time.h>
#include <unistd.h>
#include <vector>

namespace mw::test
{

namespace
{
/** What the guard says first about a piece of code in the audio region. */
std::string violationOf(const std::function<void()>& code)
{
    const WantedViolations violations;
    {
        const ScopedThreadRole role(ThreadRole::audioRegion);
        code();
    }
    EXPECT_EQ(violations.count() == 0, violations.first().empty());
    return violations.first();
}

/** Keeps the compiler from removing a pair of new and delete, and from knowing what a pointer points at. */
template <typename T>
T* keep(T* pointer)
{
    asm volatile("" : "+r"(pointer) : : "memory");
    return pointer;
}

void expectCall(const char* expected, const std::function<void()>& code)
{
    EXPECT_EQ(violationOf(code), RealTimeGuard::watchesCalls() ? expected : "") << expected;
}

/** For what the sanitizers own. */
void expectAllocatorCall(const char* expected, const std::function<void()>& code)
{
    EXPECT_EQ(violationOf(code), RealTimeGuard::watchesAllocator() ? expected : "") << expected;
}

/** Two connected descriptors, closed at the end. */
class Pair
{
public:
    explicit Pair(bool sockets)
    {
        const auto made = sockets ? ::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, ends.data())
                                  : ::pipe2(ends.data(), O_CLOEXEC);
        EXPECT_EQ(made, 0);
    }
    ~Pair()
    {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    Pair(const Pair&) = delete;
    Pair& operator=(const Pair&) = delete;

    std::array<int, 2> ends { -1, -1 };
};

const timespec past { 1, 0 };      ///< a deadline that has gone by
const timespec shortest { 0, 1 };  ///< a duration
} // namespace

TEST(RealTimeGuard, CatchesOperatorNewAndDeleteInEveryBuild)
{
    int* one = nullptr;
    EXPECT_EQ(violationOf([&] { one = keep(new int(1)); }), "memory: operator new");
    EXPECT_EQ(violationOf([&] { delete one; }), "memory: operator delete");
    struct alignas(128) Wide { char bytes[128]; };
    Wide* wide = nullptr;
    EXPECT_EQ(violationOf([&] { wide = keep(new Wide[2]); }), "memory: operator new");
    EXPECT_EQ(reinterpret_cast<uintptr_t>(wide) % 128, 0u);
    EXPECT_EQ(violationOf([&] { delete[] wide; }), "memory: operator delete");
    EXPECT_EQ(violationOf([] { const std::vector<float> samples(1000); keep(samples.data()); }), "memory: operator new");
    EXPECT_EQ(violationOf([&] { delete keep(new (std::nothrow) int(2)); }), "memory: operator new");
}

TEST(RealTimeGuard, CatchesTheMallocFamily)
{
    void* memory = nullptr;
    expectAllocatorCall("memory: malloc", [&] { memory = keep(std::malloc(10)); });
    expectAllocatorCall("memory: realloc", [&] { memory = keep(std::realloc(memory, 100)); });
    expectAllocatorCall("memory: reallocarray", [&] { memory = keep(::reallocarray(memory, 20, 20)); });
    expectAllocatorCall("memory: free", [&] { std::free(memory); });
    expectAllocatorCall("memory: calloc", [&] { memory = keep(std::calloc(3, 4)); });
    std::free(memory);
    expectAllocatorCall("memory: posix_memalign", [&] { EXPECT_EQ(::posix_memalign(&memory, 64, 64), 0); });
    std::free(memory);
    expectAllocatorCall("memory: aligned_alloc", [&] { memory = keep(std::aligned_alloc(256, 256)); });
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % 256, 0u);
    std::free(memory);
    char* text = nullptr;
    const auto* const words = keep("some words");
    expectCall("memory: strdup", [&] { text = keep(::strdup(words)); });
    EXPECT_STREQ(text, "some words");
    std::free(text);
    expectCall("memory: strndup", [&] { text = keep(::strndup(words, 4)); });
    EXPECT_STREQ(text, "some");
    std::free(text);
    expectCall("memory: sbrk", [] { keep(::sbrk(0)); });
}

TEST(RealTimeGuard, CatchesMutexes)
{
    std::mutex mutex;
    expectCall("lock: pthread_mutex_lock", [&] { mutex.lock(); });
    mutex.unlock();
    expectCall("lock: pthread_mutex_trylock", [&] { EXPECT_TRUE(mutex.try_lock()); });
    mutex.unlock();
    pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
    expectCall("lock: pthread_mutex_timedlock", [&] { EXPECT_EQ(::pthread_mutex_timedlock(&plain, &past), 0); });
    ::pthread_mutex_unlock(&plain);
}

TEST(RealTimeGuard, CatchesReadWriteAndSpinLocksSemaphoresAndBarriers)
{
    std::shared_mutex shared;
    expectCall("lock: pthread_rwlock_wrlock", [&] { shared.lock(); });
    shared.unlock();
    expectCall("lock: pthread_rwlock_rdlock", [&] { shared.lock_shared(); });
    shared.unlock_shared();
    expectCall("lock: pthread_rwlock_trywrlock", [&] { EXPECT_TRUE(shared.try_lock()); });
    shared.unlock();
    expectCall("lock: pthread_rwlock_tryrdlock", [&] { EXPECT_TRUE(shared.try_lock_shared()); });
    shared.unlock_shared();
    pthread_rwlock_t plain = PTHREAD_RWLOCK_INITIALIZER;
    expectCall("lock: pthread_rwlock_timedrdlock", [&] { EXPECT_EQ(::pthread_rwlock_timedrdlock(&plain, &past), 0); });
    ::pthread_rwlock_unlock(&plain);
    expectCall("lock: pthread_rwlock_timedwrlock", [&] { EXPECT_EQ(::pthread_rwlock_timedwrlock(&plain, &past), 0); });
    ::pthread_rwlock_unlock(&plain);
    ::pthread_rwlock_destroy(&plain);

    pthread_spinlock_t spin;
    ASSERT_EQ(::pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE), 0);
    expectCall("lock: pthread_spin_lock", [&] { ::pthread_spin_lock(&spin); });
    ::pthread_spin_unlock(&spin);
    expectCall("lock: pthread_spin_trylock", [&] { EXPECT_EQ(::pthread_spin_trylock(&spin), 0); });
    ::pthread_spin_unlock(&spin);
    ::pthread_spin_destroy(&spin);

    sem_t semaphore;
    ASSERT_EQ(::sem_init(&semaphore, 0, 2), 0);
    expectCall("lock: sem_wait", [&] { EXPECT_EQ(::sem_wait(&semaphore), 0); });
    expectCall("lock: sem_trywait", [&] { EXPECT_EQ(::sem_trywait(&semaphore), 0); });
    expectCall("lock: sem_post", [&] { EXPECT_EQ(::sem_post(&semaphore), 0); });
    expectCall("lock: sem_timedwait", [&] { EXPECT_EQ(::sem_timedwait(&semaphore, &past), 0); });
    ::sem_destroy(&semaphore);

    pthread_barrier_t barrier;
    ASSERT_EQ(::pthread_barrier_init(&barrier, nullptr, 1), 0);
    expectCall("lock: pthread_barrier_wait", [&] { EXPECT_EQ(::pthread_barrier_wait(&barrier), PTHREAD_BARRIER_SERIAL_THREAD); });
    ::pthread_barrier_destroy(&barrier);
}

TEST(RealTimeGuard, CatchesConditionVariablesStaticsAndFutexes)
{
    std::mutex mutex;
    std::condition_variable wake;
    expectAllocatorCall("lock: pthread_cond_signal", [&] { wake.notify_one(); });
    expectAllocatorCall("lock: pthread_cond_broadcast", [&] { wake.notify_all(); });
    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
    ::pthread_mutex_lock(&plain);
    expectAllocatorCall("lock: pthread_cond_timedwait",
                        [&] { EXPECT_EQ(::pthread_cond_timedwait(&condition, &plain, &past), ETIMEDOUT); });
    ::pthread_mutex_unlock(&plain);

    expectAllocatorCall("lock: __cxa_guard_acquire", [] {
        static const auto made = ::getpid();
        EXPECT_GT(made, 0);
    });

    std::atomic<int> value { 1 };
    std::thread other([&] { value.wait(1); });
    EXPECT_EQ(violationOf([&] {
                  value.store(2);
                  value.wait(1);  // returns at once: no system call, nothing to catch
              }),
              "");
    value.notify_all();
    other.join();
    expectAllocatorCall("wait: syscall(futex)", [&] { ::syscall(SYS_futex, &value, 129 /* wake */, 1, nullptr, nullptr, 0); });
    expectAllocatorCall("system: syscall", [] { ::syscall(-1L, 0L, 0L, 0L, 0L, 0L, 0L); });
}

TEST(RealTimeGuard, CatchesWaiting)
{
    const Pair pipe(false);
    pollfd polled { pipe.ends[0], POLLIN, 0 };
    timeval none { 0, 0 };
    const timespec noTime { 0, 0 };
    expectCall("wait: poll", [&] { EXPECT_EQ(::poll(&polled, 1, 0), 0); });
    expectCall("wait: ppoll", [&] { EXPECT_EQ(::ppoll(&polled, 1, &noTime, nullptr), 0); });
    expectCall("wait: select", [&] { EXPECT_EQ(::select(0, nullptr, nullptr, nullptr, &none), 0); });
    expectCall("wait: pselect", [&] { EXPECT_EQ(::pselect(0, nullptr, nullptr, nullptr, &noTime, nullptr), 0); });
    const auto epoll = ::epoll_create1(EPOLL_CLOEXEC);
    epoll_event event {};
    expectCall("wait: epoll_wait", [&] { EXPECT_EQ(::epoll_wait(epoll, &event, 1, 0), 0); });
    expectCall("wait: epoll_pwait", [&] { EXPECT_EQ(::epoll_pwait(epoll, &event, 1, 0, nullptr), 0); });
    ::close(epoll);
    expectCall("wait: nanosleep", [] { ::nanosleep(&shortest, nullptr); });
    expectCall("wait: clock_nanosleep", [] { ::clock_nanosleep(CLOCK_MONOTONIC, 0, &shortest, nullptr); });
    expectCall("wait: usleep", [] { ::usleep(1); });
    expectCall("wait: sleep", [] { ::sleep(0); });
    expectCall("wait: sched_yield", [] { std::this_thread::yield(); });
    expectCall("wait: waitpid", [] { EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1); });
    pthread_t other {};
    expectCall("system: pthread_create",
               [&] { EXPECT_EQ(::pthread_create(&other, nullptr, [](void*) -> void* { return nullptr; }, nullptr), 0); });
    expectCall("wait: pthread_join", [&] { EXPECT_EQ(::pthread_join(other, nullptr), 0); });
}

TEST(RealTimeGuard, CatchesSockets)
{
    const Pair pair(true);
    std::array<char, 8> bytes { "sound" };
    iovec part { bytes.data(), bytes.size() };
    msghdr message {};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    mmsghdr messages { message, 0 };
    const auto give = [&] { EXPECT_EQ(::send(pair.ends[1], bytes.data(), bytes.size(), 0), 8); };
    expectCall("network: send", give);
    expectCall("network: recv", [&] { EXPECT_EQ(::recv(pair.ends[0], bytes.data(), bytes.size(), 0), 8); });
    expectCall("network: sendto", [&] { EXPECT_EQ(::sendto(pair.ends[1], bytes.data(), 8, 0, nullptr, 0), 8); });
    expectCall("network: recvfrom", [&] { EXPECT_EQ(::recvfrom(pair.ends[0], bytes.data(), 8, 0, nullptr, nullptr), 8); });
    expectCall("network: sendmsg", [&] { EXPECT_EQ(::sendmsg(pair.ends[1], &message, 0), 8); });
    expectCall("network: recvmsg", [&] { EXPECT_EQ(::recvmsg(pair.ends[0], &message, 0), 8); });
    expectCall("network: sendmmsg", [&] { EXPECT_EQ(::sendmmsg(pair.ends[1], &messages, 1, 0), 1); });
    expectCall("network: recvmmsg", [&] { EXPECT_EQ(::recvmmsg(pair.ends[0], &messages, 1, 0, nullptr), 1); });
    int fd = -1, on = 1;
    expectCall("network: socket", [&] { fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); });
    expectCall("network: setsockopt", [&] { EXPECT_EQ(::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0); });
    const sockaddr nowhere { AF_UNIX, {} };
    expectCall("network: bind", [&] { EXPECT_EQ(::bind(fd, &nowhere, sizeof nowhere), -1); });
    expectCall("network: connect", [&] { EXPECT_EQ(::connect(fd, &nowhere, 2), -1); });
    expectCall("network: accept", [&] { EXPECT_EQ(::accept(fd, nullptr, nullptr), -1); });
    expectCall("network: accept4", [&] { EXPECT_EQ(::accept4(fd, nullptr, nullptr, 0), -1); });
    expectCall("network: shutdown", [&] { EXPECT_EQ(::shutdown(fd, SHUT_RDWR), -1); });
    ::close(fd);
}

TEST(RealTimeGuard, CatchesDescriptors)
{
    const Pair pipe(false);
    std::array<char, 8> bytes { "sound" };
    iovec part { bytes.data(), bytes.size() };
    expectCall("file: write", [&] { EXPECT_EQ(::write(pipe.ends[1], bytes.data(), 8), 8); });
    expectCall("file: read", [&] { EXPECT_EQ(::read(pipe.ends[0], bytes.data(), 8), 8); });
    expectCall("file: writev", [&] { EXPECT_EQ(::writev(pipe.ends[1], &part, 1), 8); });
    expectCall("file: readv", [&] { EXPECT_EQ(::readv(pipe.ends[0], &part, 1), 8); });
    int waiting = 0;
    expectCall("file: ioctl", [&] { EXPECT_EQ(::ioctl(pipe.ends[0], FIONREAD, &waiting), 0); });

    const auto timer = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    uint64_t ticks = 0;
    const itimerspec never {};
    expectCall("system: timerfd_settime", [&] { EXPECT_EQ(::timerfd_settime(timer, 0, &never, nullptr), 0); });
    expectCall("file: read", [&] { EXPECT_EQ(::read(timer, &ticks, sizeof ticks), -1); });
    ::close(timer);
    const auto event = ::eventfd(0, EFD_CLOEXEC);
    expectCall("file: eventfd_write", [&] { EXPECT_EQ(::eventfd_write(event, 3), 0); });
    expectCall("file: eventfd_read", [&] { EXPECT_EQ(::eventfd_read(event, &ticks), 0); });
    EXPECT_EQ(ticks, 3u);

    int copy = -1;
    expectCall("file: dup", [&] { copy = ::dup(event); });
    expectCall("file: close", [&] { EXPECT_EQ(::close(copy), 0); });
    EXPECT_NE(violationOf([&] { EXPECT_GE(::fcntl(event, F_GETFD), 0); }).empty(), RealTimeGuard::watchesCalls())
        << "fcntl or fcntl64";
    ::close(event);
}

TEST(RealTimeGuard, CatchesFiles)
{
    // Which of two names is called depends on the width of file offsets: both are watched.
    const auto isOneOf = [](const std::string& found, const char* plain, const char* wide) {
        if (! RealTimeGuard::watchesCalls())
            return found.empty();
        return found == std::string("file: ") + plain || found == std::string("file: ") + wide;
    };
    int fd = -1;
    EXPECT_PRED3(isOneOf, violationOf([&] { fd = ::open("/dev/zero", O_RDWR | O_CLOEXEC); }), "open", "open64");
    ASSERT_GE(fd, 0);
    int other = -1;
    EXPECT_PRED3(isOneOf, violationOf([&] { other = ::openat(AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC); }), "openat",
                 "openat64");
    ::close(other);
    EXPECT_PRED3(isOneOf, violationOf([&] { other = ::creat("/dev/null", 0600); }), "creat", "creat64");
    ::close(other);
    std::array<char, 8> bytes {};
    EXPECT_PRED3(isOneOf, violationOf([&] { EXPECT_EQ(::pread(fd, bytes.data(), 8, 0), 8); }), "pread", "pread64");
    EXPECT_PRED3(isOneOf, violationOf([&] { EXPECT_EQ(::pwrite(fd, bytes.data(), 8, 0), 8); }), "pwrite", "pwrite64");
    struct stat state {};
    EXPECT_PRED3(isOneOf, violationOf([&] { EXPECT_EQ(::stat("/dev/zero", &state), 0); }), "stat", "stat64");
    EXPECT_PRED3(isOneOf, violationOf([&] { EXPECT_EQ(::lstat("/dev/zero", &state), 0); }), "lstat", "lstat64");
    EXPECT_PRED3(isOneOf, violationOf([&] { EXPECT_EQ(::fstat(fd, &state), 0); }), "fstat", "fstat64");
    EXPECT_PRED3(isOneOf, violationOf([&] { ::lseek(fd, 0, SEEK_SET); }), "lseek", "lseek64");
    void* mapped = nullptr;
    EXPECT_PRED3(isOneOf, violationOf([&] { mapped = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0); }),
                 "mmap", "mmap64");
    ASSERT_NE(mapped, MAP_FAILED);
    expectCall("file: madvise", [&] { EXPECT_EQ(::madvise(mapped, 4096, MADV_NORMAL), 0); });
    expectCall("file: mprotect", [&] { EXPECT_EQ(::mprotect(mapped, 4096, PROT_READ), 0); });
    expectCall("file: munmap", [&] { EXPECT_EQ(::munmap(mapped, 4096), 0); });
    ::close(fd);
    expectCall("file: access", [] { EXPECT_EQ(::access("/dev/null", R_OK), 0); });
    expectCall("file: unlink", [] { EXPECT_EQ(::unlink(""), -1); });
    expectCall("file: rename", [] { EXPECT_EQ(std::rename("", ""), -1); });
    expectCall("file: mkdir", [] { EXPECT_EQ(::mkdir("", 0700), -1); });

    std::FILE* file = nullptr;
    EXPECT_PRED3(isOneOf, violationOf([&] { file = std::fopen("/dev/zero", "r"); }), "fopen", "fopen64");
    ASSERT_NE(file, nullptr);
    expectCall("file: fread", [&] { EXPECT_EQ(std::fread(bytes.data(), 1, 8, file), 8u); });
    expectCall("file: fflush", [&] { std::fflush(file); });
    expectCall("file: fclose", [&] { std::fclose(file); });
    DIR* folder = nullptr;
    expectCall("file: opendir", [&] { folder = ::opendir("/"); });
    ASSERT_NE(folder, nullptr);
    ::closedir(folder);
}

TEST(RealTimeGuard, CatchesPrintingAndLogging)
{
    // What the compiler makes of a print (puts, putc, a checked variant) is its choice; the kind is the same.
    const auto isLog = [](const std::string& found) {
        return RealTimeGuard::watchesCalls() ? found.starts_with("log: ") : found.empty();
    };
    std::FILE* const sink = std::fopen("/dev/null", "w");
    ASSERT_NE(sink, nullptr);
    const auto* const format = keep("%d digits\n");
    expectCall("log: fwrite", [&] { EXPECT_EQ(std::fwrite(format, 1, 3, keep(sink)), 3u); });
    EXPECT_PRED1(isLog, violationOf([&] { std::fputs(format, sink); }));
    EXPECT_PRED1(isLog, violationOf([&] { std::fputc('x', sink); }));
    EXPECT_PRED1(isLog, violationOf([&] { std::fprintf(sink, "%d digits\n", 3); }));
    EXPECT_PRED1(isLog, violationOf([&] { ::dprintf(::fileno(sink), "%d digits\n", 3); }));
    std::fclose(sink);
    EXPECT_PRED1(isLog, violationOf([] { std::printf("%s", keep("")); }));
    EXPECT_PRED1(isLog, violationOf([] { ::syslog(LOG_DEBUG | LOG_USER, "%s", "a test of the guard of the audio region"); }));
    ::closelog();
}

TEST(RealTimeGuard, CountsInTheAudioRegionOnly)
{
    const WantedViolations violations;
    const auto outside = std::make_unique<std::vector<int>>(100);
    keep(outside->data());
    {
        const ScopedThreadRole role(ThreadRole::media);
        const std::vector<int> media(100);
        keep(media.data());
    }
    {
        const ScopedThreadRole role(ThreadRole::audioRegion);
        std::array<float, 64> onTheStack {};
        keep(onTheStack.data());
    }
    EXPECT_EQ(violations.count(), 0);
    EXPECT_EQ(violations.first(), "");
}

TEST(RealTimeGuard, CountsEveryThreadsViolations)
{
    const WantedViolations violations;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([] {
            const ScopedThreadRole role(ThreadRole::audioRegion);
            for (int round = 0; round < 100; ++round)
                delete keep(new int(round));
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(violations.count(), 4 * 100 * 2);
}

TEST(RealTimeGuard, ATestWithAViolationFails)
{
    const auto& info = *::testing::UnitTest::GetInstance()->current_test_info();
    RealTimeListener listener;
    listener.OnTestStart(info);
    {
        const ScopedThreadRole role(ThreadRole::audioRegion);
        delete keep(new int(1));
    }
    EXPECT_EQ(RealTimeGuard::count(), 2);
    EXPECT_NONFATAL_FAILURE(listener.OnTestEnd(info), "2 time(s); first memory: operator new");
    listener.OnTestStart(info);  // each test starts at zero
    EXPECT_EQ(RealTimeGuard::count(), 0);
    listener.OnTestEnd(info);
}

} // namespace mw::test
