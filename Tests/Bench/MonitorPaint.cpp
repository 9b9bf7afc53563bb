// What a picture of the window costs the message thread, with many legs: prints one line of figures a number of legs.
// usage: monitor_paint [LEGS…]     under an X server; Scripts/bench monitor calls it

#include "../mw_monitor/MonitorBench.h"

#include <JuceHeader.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <numbers>
#include <span>
#include <string>

namespace
{
/** Processor time of this thread [s]. */
double spent()
{
    timespec now {};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

void measure(int legCount)
{
    using namespace mw::test;
    constexpr int pictures = 150;
    MonitorBench bench(std::max(legCount, 16));
    for (int i = 0; i < legCount; ++i)
    {
        const auto leg = bench.legs->ring("sip:agent-" + std::to_string(i) + "@10.0.0.1");
        // A voice of 8 known samples, whose level changes with each packet.
        bench.legs->setVoice(leg, [i](std::span<uint8_t> octets, uint64_t first) {
            const auto level = 2000.0 + 1500.0 * std::sin(static_cast<double>(first) / 3000.0 + i);
            std::array<uint8_t, 8> turn {};
            for (size_t n = 0; n < turn.size(); ++n)
            {
                const auto sample = level * std::sin(std::numbers::pi * static_cast<double>(n) / 4.0);
                turn[n] = FakePcmuCodec::encodeSample(static_cast<int16_t>(sample));
            }
            for (size_t n = 0; n < octets.size(); ++n)
                octets[n] = turn[n % turn.size()];
        });
    }
    bench.run(1.0);
    MonitorBench::pump(200);
    auto* const peer = bench.view->getPeer();
    double looking = 0.0, painting = 0.0;
    for (int picture = 0; picture < pictures; ++picture)
    {
        // Media as by its own thread: of three pictures two are 40 ms apart, one 20 ms.
        for (int tick = 0; tick < 1 + (picture % 3 != 0 ? 1 : 0); ++tick)
        {
            bench.legs->pump();
            bench.engine->handleEvents();
            bench.engine->runTick();
            bench.clock->advanceNs(20'000'000);
        }
        // Without a media thread the look searches the sound for digits, too, which is a thread of its own otherwise: a look
        // before takes that, and what changed in the meters is painted afterwards.
        bench.view->model().look();
        const auto before = spent();
        bench.view->model().look();
        const auto looked = spent();
        peer->performAnyPendingRepaintsNow();
        painting += spent() - looked;
        looking += looked - before;
        MonitorBench::pump(15);  // until the X server has told that it took the picture
    }
    std::printf("%d %.3f %.3f\n", legCount, 1e3 * looking / pictures, 1e3 * painting / pictures);
    std::fflush(stdout);
}
} // namespace

int main(int argc, char** argv)
{
    const juce::ScopedJuceInitialiser_GUI juceRuns;
    if (const auto there = mw::MonitorWindow::checkDisplay(); ! there)
        return std::fprintf(stderr, "monitor_paint: %s\n", there.error().message().c_str()), 3;
    if (argc < 2)
        return std::fprintf(stderr, "monitor_paint: say for how many legs\n"), 2;
    for (int i = 1; i < argc; ++i)
        measure(std::atoi(argv[i]));
    return 0;
}
