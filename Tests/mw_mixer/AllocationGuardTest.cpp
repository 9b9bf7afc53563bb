#include "MixerBench.h"

#include <Support/AllocationGuard.h>

#include <gtest/gtest.h>

#include <condition_variable>
#include <fcntl.h>
#include <functional>
#include <mutex>
#include <poll.h>
#include <random>
#include <thread>
#include <time.h>
#include <unistd.h>

namespace mw::test
{

namespace
{
/** Name of the first violation that a piece of code makes in the audio region. */
std::string violationOf(const std::function<void()>& code)
{
    AudioRegionViolations::reset();
    {
        const ScopedThreadRole role(ThreadRole::audioRegion);
        code();
    }
    const auto first = AudioRegionViolations::first();
    EXPECT_EQ(AudioRegionViolations::count() == 0, first.empty());
    return first;
}

/** Keeps the compiler from removing a pair of new and delete. */
template <typename T>
void keep(T* pointer)
{
    asm volatile("" : : "g"(pointer) : "memory");
}
} // namespace

TEST(AllocationGuard, CatchesOperatorNewAndDelete)
{
    int* one = nullptr;
    EXPECT_EQ(violationOf([&] { one = new int(1); keep(one); }), "operator new");
    EXPECT_EQ(violationOf([&] { delete one; }), "operator delete");
    struct alignas(128) Wide { char bytes[128]; };
    Wide* wide = nullptr;
    EXPECT_EQ(violationOf([&] { wide = new Wide[2]; keep(wide); }), "operator new");
    EXPECT_EQ(reinterpret_cast<uintptr_t>(wide) % 128, 0u);
    EXPECT_EQ(violationOf([&] { delete[] wide; }), "operator delete");
    EXPECT_EQ(violationOf([] { std::vector<float> samples(1000); keep(samples.data()); }), "operator new");
}

TEST(AllocationGuard, CatchesMallocWhereTheBuildLetsIt)
{
    void* memory = nullptr;
    const auto expected = [](const char* name) { return AudioRegionViolations::hooksMalloc() ? name : ""; };
    EXPECT_EQ(violationOf([&] { memory = std::malloc(10); keep(memory); }), expected("malloc"));
    EXPECT_EQ(violationOf([&] { memory = std::realloc(memory, 100); keep(memory); }), expected("realloc"));
    EXPECT_EQ(violationOf([&] { std::free(memory); }), expected("free"));
    EXPECT_EQ(violationOf([&] { memory = std::calloc(3, 4); keep(memory); }), expected("calloc"));
    std::free(memory);
    EXPECT_EQ(violationOf([&] { EXPECT_EQ(::posix_memalign(&memory, 64, 64), 0); }), expected("posix_memalign"));
    std::free(memory);
}

TEST(AllocationGuard, CatchesLocks)
{
    std::mutex mutex;
    const auto expected = [](const char* name) { return AudioRegionViolations::hooksLocks() ? name : ""; };
    EXPECT_EQ(violationOf([&] { mutex.lock(); }), expected("pthread_mutex_lock"));
    mutex.unlock();
    EXPECT_EQ(violationOf([&] { EXPECT_TRUE(mutex.try_lock()); }), expected("pthread_mutex_trylock"));
    mutex.unlock();
    juce::CriticalSection section;
    EXPECT_EQ(violationOf([&] { const juce::ScopedLock lock(section); }), expected("pthread_mutex_lock"));
}

TEST(AllocationGuard, CatchesConditionVariablesWhereTheBuildLetsIt)
{
    std::mutex mutex;
    std::condition_variable wake;
    const auto expected = [](const char* name) { return AudioRegionViolations::hooksMalloc() ? name : ""; };
    EXPECT_EQ(violationOf([&] { wake.notify_one(); }), expected("pthread_cond_signal"));
    EXPECT_EQ(violationOf([&] { wake.notify_all(); }), expected("pthread_cond_broadcast"));

    pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
    pthread_mutex_t plain = PTHREAD_MUTEX_INITIALIZER;
    ::pthread_mutex_lock(&plain);
    const timespec past { 1, 0 };
    EXPECT_EQ(violationOf([&] { EXPECT_EQ(::pthread_cond_timedwait(&condition, &plain, &past), ETIMEDOUT); }),
              expected("pthread_cond_timedwait"));
    ::pthread_mutex_unlock(&plain);
}

TEST(AllocationGuard, CatchesSystemCalls)
{
    const auto expected = [](const char* name) { return AudioRegionViolations::hooksLocks() ? name : ""; };
    int ends[2] = { -1, -1 };
    ASSERT_EQ(::pipe(ends), 0);
    char byte = 'x';
    EXPECT_EQ(violationOf([&] { EXPECT_EQ(::write(ends[1], &byte, 1), 1); }), expected("write"));
    EXPECT_EQ(violationOf([&] { EXPECT_EQ(::read(ends[0], &byte, 1), 1); }), expected("read"));
    pollfd polled { ends[0], POLLIN, 0 };
    EXPECT_EQ(violationOf([&] { EXPECT_EQ(::poll(&polled, 1, 0), 0); }), expected("poll"));
    ::close(ends[0]);
    ::close(ends[1]);
    int fd = -1;
    EXPECT_EQ(violationOf([&] { fd = ::open("/dev/null", O_RDONLY); }), expected("open"));
    EXPECT_GE(fd, 0);
    ::close(fd);
    const timespec shortest { 0, 1 };
    EXPECT_EQ(violationOf([&] { ::nanosleep(&shortest, nullptr); }), expected("nanosleep"));
    EXPECT_EQ(violationOf([&] { ::clock_nanosleep(CLOCK_MONOTONIC, 0, &shortest, nullptr); }), expected("clock_nanosleep"));
    std::FILE* const sink = std::fopen("/dev/null", "w");
    ASSERT_NE(sink, nullptr);
    EXPECT_EQ(violationOf([&] { EXPECT_EQ(std::fwrite(&byte, 1, 1, sink), 1u); }), expected("fwrite"));
    std::fclose(sink);
}

TEST(AllocationGuard, CatchesFutexWaitsWhereTheBuildLetsIt)
{
    std::atomic<int> value { 1 };
    std::thread other([&] { value.wait(1); });
    const auto first = violationOf([&] {
        value.store(2);
        value.wait(1);  // returns at once: no system call, nothing to catch
    });
    EXPECT_EQ(first, "");
    value.notify_all();
    other.join();
    const auto* const expected = AudioRegionViolations::hooksMalloc() ? "syscall" : "";
    EXPECT_EQ(violationOf([] { ::syscall(-1L, 0L, 0L, 0L, 0L, 0L, 0L); }), expected);
}

TEST(AllocationGuard, CountsInTheAudioRegionOnly)
{
    AudioRegionViolations::reset();
    std::vector<int> outside(100);
    keep(outside.data());
    {
        const ScopedThreadRole role(ThreadRole::media);
        std::vector<int> media(100);
        keep(media.data());
    }
    {
        const ScopedThreadRole role(ThreadRole::audioRegion);
        std::array<float, 64> onTheStack {};
        keep(onTheStack.data());
    }
    EXPECT_EQ(AudioRegionViolations::count(), 0);
    EXPECT_EQ(AudioRegionViolations::first(), "");
}

TEST(MixerRegion, NeitherAllocatesNorLocksNorCallsTheSystemInAHundredThousandBlocks)
{
    MixerBench bench(8, 8000.0, 40, 2.0);
    std::mt19937 random(20);
    const auto in = talkers(8, 128, 32767);
    auto out = in;
    const auto fifo = std::make_shared<SampleFifo>(256);
    const auto pick = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
    bench.mixer.setTap({}, fifo);

    AudioRegionViolations::reset();
    for (int block = 0; block < 100000; ++block)
    {
        if (pick(8) == 0)
        {
            const auto leg = pick(8), strip = pick(8 + houseStripCount);
            switch (pick(16))
            {
                case 0: bench.activate(leg, pick(3) != 0); break;
                case 1: bench.setMode(static_cast<MixMode>(pick(3)), pick(2) == 0); break;
                case 2: bench.setRole(leg, pick(2) == 0 ? LegRole::sink : LegRole::source); break;
                case 3: bench.setCell(leg, strip, -30.0 + pick(40)); break;
                case 4: bench.clearCell(leg, strip); break;
                case 5: bench.setTrim(strip, -30.0 + pick(40)); break;
                case 6: bench.play("159D#,", 10, 10, true); break;
                case 7: bench.setTone(300.0 + pick(3000), -20.0); break;
                case 8: bench.mixer.setStripGainDb(strip, -70.0 + pick(90)); break;
                case 9: bench.mixer.setStripMuted(strip, pick(2) == 0); break;
                case 10: bench.mixer.setStripSoloed(strip, pick(4) == 0); break;
                case 11: bench.mixer.setOutputGainDb(-20.0 + pick(40)); break;
                case 12: bench.mixer.setPlayer(pick(2) == 0 ? std::make_shared<ConstantSource>(0.1f) : nullptr); break;
                case 13: bench.mixer.setTap({ TapPoint::Kind::legOut, leg }, pick(2) == 0 ? fifo : nullptr); break;
                case 14: bench.mixer.post(bench.command(MixerCommand::Kind::resetMeters)); break;
                default: (void) bench.mixer.takeDone(); break;
            }
        }
        bench.run(in, 0, out, 1 + pick(64));  // also more than was prepared
        ASSERT_EQ(AudioRegionViolations::count(), 0) << AudioRegionViolations::first() << " in block " << block;
    }
    EXPECT_GT(bench.header().samplePosition, 3000000u);
    EXPECT_GT(bench.header().commandsTaken, 1000u);
}

} // namespace mw::test
