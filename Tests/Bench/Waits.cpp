#include "Waits.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

namespace mw::bench
{

namespace
{
using namespace std::chrono_literals;
constexpr auto step = 20ms;
constexpr double toldFromMs = 5.0;

std::string schedstatOf(pid_t process, const std::string& threadName)
{
    for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task"))
    {
        std::string name;
        std::getline(std::ifstream(task.path() / "comm"), name);
        if (name == threadName)
            return task.path() / "schedstat";
    }
    throw std::runtime_error("process " + std::to_string(process) + " has no thread " + threadName);
}

/** Second figure of schedstat: runnable and not running [ms]. */
double waitedMs(const std::string& file)
{
    double ran = 0.0, waited = 0.0;
    std::ifstream(file) >> ran >> waited;
    return waited * 1e-6;
}

/** Of all cores together, as far as the hypervisor tells [ms]. */
double stolenMs()
{
    std::ifstream file("/proc/stat");
    std::string word;
    double ticks = 0.0;
    file >> word;
    for (int field = 0; field < 8; ++field)  // user nice system idle iowait irq softirq steal
        file >> ticks;
    return ticks * 1000.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}
} // namespace

Waits::Waits(pid_t process, const std::string& threadName)
    : name(threadName), schedstat(schedstatOf(process, threadName)), watcher([this] { watch(); })
{
}

Waits::~Waits()
{
    ends = true;
    watcher.join();
}

void Waits::watch() const
{
    const auto begin = std::chrono::steady_clock::now();
    auto waited = waitedMs(schedstat), stolen = stolenMs();
    auto before = begin;
    while (! ends.load())
    {
        std::this_thread::sleep_for(step);  // sleeps: it looks at /proc now and then
        const auto now = std::chrono::steady_clock::now();
        const auto waitedNow = waitedMs(schedstat), stolenNow = stolenMs();
        const auto lateMs = std::chrono::duration<double, std::milli>(now - before - step).count();
        if (waitedNow - waited > toldFromMs || stolenNow - stolen > toldFromMs)
            std::fprintf(stderr, "call_cost: after %.1f s, within %.0f ms: %s waited %.1f ms for a core, the hypervisor took %.0f ms, this watcher was %.1f ms late\n",
                         std::chrono::duration<double>(now - begin).count(), std::chrono::duration<double, std::milli>(now - before).count(), name.c_str(),
                         waitedNow - waited, stolenNow - stolen, std::max(0.0, lateMs));
        waited = waitedNow;
        stolen = stolenNow;
        before = now;
    }
}

} // namespace mw::bench
