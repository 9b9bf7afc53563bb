// The long form of the virtual soak as a program: prints a row for each drift, and what does not hold.
#include "VirtualSoak.h"

#include <JuceHeader.h>

#include <chrono>
#include <cstdio>
#include <cstring>

namespace
{

void printRows(const mw::test::VirtualSoak::Result& result)
{
    std::printf("%10s %9s %22s %12s %10s %10s %10s %8s %8s %8s %8s %6s %11s\n", "drift ppm", "settled s", "delay ms, least…most", "greatest step",
                "dropped or", "ratio err.", "ratio err.", "slew", "lost and", "late,", "gaps", "marks", "wraps: peer");
    std::printf("%10s %9s %22s %11s %10s %10s %10s %8s %8s %8s %8s %6s %11s\n", "", "", "", "ms", "doubled", "mean ppm", "most ppm", "ppm/s", "concealed",
                "underrun", "heard", "", "seq./time");
    for (const auto& row : result.rows)
        std::printf("%+10.0f %9.0f %11.3f…%-9.3f %12.4f %10llu %+10.4f %10.3f %8.3f %8llu %8llu %8llu %6llu %7llu/%llu\n", row.driftPpm, row.settledAfterS,
                    row.heard.leastMs, row.heard.mostMs, row.heard.greatestStepMs, static_cast<unsigned long long>(row.droppedOrDoubled()),
                    row.meanRatioErrorPpm, row.greatestRatioErrorPpm, row.greatestSlewPpm,
                    static_cast<unsigned long long>(row.after.lost - row.before.lost),
                    static_cast<unsigned long long>(row.after.late - row.before.late + row.after.underruns - row.before.underruns),
                    static_cast<unsigned long long>(row.heard.silent), static_cast<unsigned long long>(row.heard.marks),
                    static_cast<unsigned long long>(row.sequenceWraps), static_cast<unsigned long long>(row.timestampWraps));
}

} // namespace

int main(int argc, char** argv)
{
    mw::test::VirtualSoak::Options options;
    options.seconds = 86400.0;
    for (int i = 1; i + 1 < argc; i += 2)
    {
        if (std::strcmp(argv[i], "--seconds") == 0)
            options.seconds = std::atof(argv[i + 1]);
        else if (std::strcmp(argv[i], "--seed") == 0)
            options.seed = static_cast<uint64_t>(std::atoll(argv[i + 1]));
        else
            argc = 0;
    }
    if (argc % 2 == 0 || options.seconds < 300.0)
    {
        std::fprintf(stderr, "usage: virtual_soak [--seconds N] [--seed N]   N seconds of media, 300 or more; default 86400 from seed 1\n");
        return 2;
    }

    const juce::ScopedJuceInitialiser_GUI juceRuns;
    const auto begun = std::chrono::steady_clock::now();
    const auto elapsed = [begun] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count(); };
    options.progress = [&](double seconds) { std::fprintf(stderr, "virtual: %.0f h of media after %.0f s\n", seconds / 3600.0, elapsed()); };
    const auto result = mw::test::VirtualSoak(options).run();

    printRows(result);
    std::printf("DTMF at the start and at the end: %s, %s; %zu octets each, %s; digits of %.2f to %.2f ms\n", result.first.digits.c_str(),
                result.last.digits.c_str(), result.last.octets.size(), result.first.octets == result.last.octets ? "identical" : "NOT identical",
                result.last.shortestMs, result.last.longestMs);
    std::printf("memory: heap %zu → %zu octets, resident %zu → %zu KiB (after a tenth → at the end)\n", result.heapEarly, result.heapLate,
                result.residentEarly / 1024, result.residentLate / 1024);
    std::printf("%.2f h of media, %zu legs, %llu ticks in %.1f s; hash 0x%016llx\n", options.seconds / 3600.0, result.rows.size(),
                static_cast<unsigned long long>(result.ticks), elapsed(), static_cast<unsigned long long>(result.hash));
    const auto faults = result.faults();
    for (const auto& fault : faults)
        std::printf("FAULT: %s\n", fault.c_str());
    return faults.empty() ? 0 : 1;
}
