// What a mixer's block costs, all legs talking in conference: prints one line of figures a number of legs.
// usage: mix_cost [--gains] [--muted] FRAMES LEGS…     Scripts/bench mix calls it, also under callgrind
//   FRAMES        blocks of 20 ms at 16 kHz that each number of legs is mixed for
//   --gains       −3 dB in and −1 dB out, in place of unity
//   --muted       all legs but the first two are muted
// The line: legs, ns a leg and frame of MixerProcessor::process, ns that a copy of the same sound takes (the medians of all blocks).

#include "../mw_mixer/MixerBench.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

namespace
{
using Clock = std::chrono::steady_clock;
constexpr double rateHz = 16000.0;
constexpr int blockFrames = 320;

double median(std::vector<double>& values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double spentNs(Clock::time_point since) { return std::chrono::duration<double, std::nano>(Clock::now() - since).count(); }

struct Wish
{
    bool gains = false, muted = false;
    int frames = 0;
};

void measure(const Wish& wish, int legs)
{
    mw::test::MixerBench bench(legs, rateHz, blockFrames);
    bench.activateAll();
    bench.mixer.setMasterInGainDb(wish.gains ? -3.0 : 0.0);
    bench.mixer.setOutputGainDb(wish.gains ? -1.0 : 0.0);
    for (int leg = 2; wish.muted && leg < legs; ++leg)
        bench.mixer.setStripMuted(leg, true);

    // So quiet that the limiter has nothing to do: what it does to an overload is not the cost of a mix.
    const auto in = mw::test::talkers(legs, blockFrames, 20000 / std::max(legs, 1) + 1);
    mw::test::Channels out(static_cast<size_t>(legs), mw::test::Channel(blockFrames));
    std::vector<const float*> reads;
    std::vector<float*> writes;
    for (size_t i = 0; i < in.size(); ++i)
    {
        reads.push_back(in[i].data());
        writes.push_back(out[i].data());
    }

    std::vector<double> mixing, copying;
    for (int i = 0; i < wish.frames; ++i)
    {
        auto since = Clock::now();
        bench.mixer.process(reads.data(), writes.data(), blockFrames);
        mixing.push_back(spentNs(since) / legs);
        since = Clock::now();
        for (size_t leg = 0; leg < in.size(); ++leg)
            std::memcpy(writes[leg], reads[leg], sizeof(float) * blockFrames);
        copying.push_back(spentNs(since) / legs);
    }
    std::printf("%d %.1f %.1f\n", legs, median(mixing), median(copying));
    std::fflush(stdout);
}
} // namespace

int main(int argc, char** argv)
{
    Wish wish;
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; ++at)
    {
        wish.gains = wish.gains || std::string_view(argv[at]) == "--gains";
        wish.muted = wish.muted || std::string_view(argv[at]) == "--muted";
    }
    wish.frames = at < argc ? std::atoi(argv[at++]) : 0;
    if (wish.frames < 1 || at == argc)
        return std::fprintf(stderr, "mix_cost: say for how many blocks, and for how many legs\n"), 2;
    for (; at < argc; ++at)
        measure(wish, std::atoi(argv[at]));
    return 0;
}
