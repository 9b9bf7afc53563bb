// What librem's mixer (aumix) costs, all legs talking, beside ours: Scripts/bench mix runs it under callgrind, which counts aumix_thread().
// usage: aumix_cost FRAMES LEGS
//   FRAMES        blocks of 20 ms at 16 kHz
// aumix mixes in a thread of its own that looks at the clock each 4 ms. Here its sleep and its clock are replaced (the linker's --wrap): it wakes up
// once for each block, and 20 ms have gone by. Exit code 1: a leg did not hear the sum of the others.

extern "C"
{
#include <re.h>
#include <rem_aubuf.h>
#include <rem_aumix.h>
}

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <semaphore>
#include <vector>

namespace
{
constexpr uint32_t rateHz = 16000, blockMs = 20;
constexpr size_t blockFrames = rateHz * blockMs / 1000;

std::counting_semaphore<> arrived { 0 }, mayGoOn { 0 };
std::atomic<uint64_t> timeMs { 1000 };

/** Lets aumix mix a block, and waits until it has. */
void oneBlock()
{
    timeMs += blockMs;
    mayGoOn.release();
    arrived.acquire();
}

struct Leg
{
    aumix_source* source = nullptr;
    std::vector<int16_t> sound = std::vector<int16_t>(blockFrames), heard = std::vector<int16_t>(blockFrames);
};

void hear(const int16_t* samples, size_t count, void* leg)
{
    auto& heard = static_cast<Leg*>(leg)->heard;
    heard.assign(samples, samples + count);
}
} // namespace

extern "C"
{
uint64_t __wrap_tmr_jiffies() { return timeMs; }

int __wrap_usleep(unsigned)
{
    arrived.release();
    mayGoOn.acquire();
    return 0;
}
}

int main(int argc, char** argv)
{
    const auto frames = argc == 3 ? std::atoi(argv[1]) : 0;
    const auto count = argc == 3 ? std::atoi(argv[2]) : 0;
    aumix* mixer = nullptr;
    if (frames < 1 || count < 2 || aumix_alloc(&mixer, rateHz, 1, blockMs) != 0)
        return std::fprintf(stderr, "aumix_cost: say for how many blocks, and for how many legs\n"), 2;

    std::mt19937 random(1);
    std::uniform_int_distribution<int> sample(-20000 / count - 1, 20000 / count + 1);
    std::vector<Leg> legs(static_cast<size_t>(count));
    for (auto& leg : legs)
    {
        for (auto& value : leg.sound)
            value = static_cast<int16_t>(sample(random));
        if (aumix_source_alloc(&leg.source, mixer, hear, &leg) != 0)
            return 2;
        for (int block = 0; block < 8; ++block)  // it begins with six in store
            aumix_source_put(leg.source, leg.sound.data(), blockFrames);
        aumix_source_enable(leg.source, true);
        if (&leg == legs.data())
            arrived.acquire();  // the first alone wakes it up; the others come while it sleeps
    }
    for (int i = 0; i < frames; ++i)
    {
        for (auto& leg : legs)
            aumix_source_put(leg.source, leg.sound.data(), blockFrames);
        oneBlock();
    }

    auto isRight = true;
    for (size_t i = 0; i < blockFrames; ++i)
    {
        int sum = 0;
        for (const auto& leg : legs)
            sum += leg.sound[i];
        for (const auto& leg : legs)
            isRight = isRight && leg.heard[i] == sum - leg.sound[i];
    }
    std::printf("%d %s\n", count, isRight ? "heard the others" : "did not hear the others");
    std::fflush(stdout);
    std::_Exit(isRight ? 0 : 1);  // its thread sleeps in our hands
}
