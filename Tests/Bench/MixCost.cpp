// What a mixer's block costs, all legs talking in conference: prints one line of figures a number of legs.
// usage: mix_cost [--gains] [--muted] [--kernel | --naive] FRAMES LEGS… | --about     Scripts/bench mix calls it, also under callgrind
//   FRAMES        blocks of 20 ms at 16 kHz that each number of legs is mixed for
//   --gains       −3 dB in and −1 dB out, in place of unity
//   --muted       all legs but the first two are muted
//   --kernel      in place of the processor its arithmetic alone, between samples of 16 bits: the legs' conversion to float, meters, the bus with a
//                 gain in and a gain out, the limiters' check, SendPath's conversion back
//   --naive       in place of the processor a mixer that adds all others anew for each leg, in float, without meters
//   --about       says by which compiler it was made and which version of the loops this processor runs, and does nothing else
// The line: legs, ns a leg and frame of what is measured, ns that a copy of the same sound takes (the medians of all blocks).
// callgrind counts mixCostBlock(), of which the first call, where legs begin, is made under another name.

#include "../mw_mixer/MixerBench.h"

#include <mw_legs/mw_legs.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace mw::bench
{
using Clock = std::chrono::steady_clock;
constexpr double rateHz = 16000.0;
constexpr size_t blockFrames = 320;

struct Wish
{
    bool gains = false, muted = false, kernel = false, naive = false;
    int frames = 0;
};

/** What mixes a block. */
class Mixer
{
public:
    virtual ~Mixer() = default;
    virtual void mix() noexcept = 0;
};

/** The whole processor: strips, meters, limiters, snapshot. */
class WholeProcessor final : public Mixer
{
public:
    WholeProcessor(const Wish& wish, const test::Channels& in, test::Channels& out)
        : bench(static_cast<int>(in.size()), rateHz, blockFrames)
    {
        bench.activateAll();
        bench.mixer.setMasterInGainDb(wish.gains ? -3.0 : 0.0);
        bench.mixer.setOutputGainDb(wish.gains ? -1.0 : 0.0);
        for (int leg = 2; wish.muted && leg < static_cast<int>(in.size()); ++leg)
            bench.mixer.setStripMuted(leg, true);
        for (size_t i = 0; i < in.size(); ++i)
        {
            reads.push_back(in[i].data());
            writes.push_back(out[i].data());
        }
    }

    void mix() noexcept override { bench.mixer.process(reads.data(), writes.data(), blockFrames); }

private:
    test::MixerBench bench;
    std::vector<const float*> reads;
    std::vector<float*> writes;
};

/** The arithmetic alone, from 16 bits to 16 bits. */
class Kernel final : public Mixer
{
public:
    Kernel(const Wish& wish, const test::Channels& in, test::Channels& out) : sounds(in), outputs(out), legs(in.size())
    {
        const auto inGain = static_cast<float>(wish.gains ? gainFromDb(-3.0) : 1.0);
        outGain = wish.gains ? gainFromDb(-1.0) : 1.0;
        bus.prepare(blockFrames);
        for (size_t i = 0; i < legs.size(); ++i)
        {
            auto& leg = legs[i];
            leg.inMeter.prepare(rateHz);
            leg.outMeter.prepare(rateHz);
            leg.limiter.prepare(rateHz);
            leg.received.resize(blockFrames);
            leg.sent.resize(blockFrames);
            pcm16FromFloat(in[i], leg.received);
            parts.push_back({ sounds[i], inGain });
        }
    }

    void mix() noexcept override
    {
        for (size_t i = 0; i < legs.size(); ++i)
        {
            floatFromPcm16(legs[i].received, sounds[i]);
            if (! legs[i].inMeter.processUnclipped(sounds[i]))
                legs[i].inMeter.process(sounds[i]);
        }
        bus.begin(blockFrames);
        bus.addAll(parts);
        for (size_t i = 0; i < legs.size(); ++i)
        {
            auto& leg = legs[i];
            auto& out = outputs[i];
            if (! bus.mixMinus(parts[i].strip, parts[i].linearGain, out, outGain, leg.outMeter))
            {
                leg.limiter.process(out);
                leg.outMeter.process(out);
            }
            leg.clipped += pcm16FromFloat(out, leg.sent);
        }
    }

private:
    struct Leg
    {
        LevelMeter inMeter, outMeter;
        Limiter limiter;
        std::vector<int16_t> received, sent;
        uint64_t clipped = 0;
    };
    test::Channels sounds;
    test::Channels& outputs;
    std::vector<Leg> legs;
    std::vector<MixBus::Part> parts;
    MixBus bus;
    double outGain = 1.0;
};

class Naive final : public Mixer
{
public:
    Naive(const test::Channels& in, test::Channels& out) : inputs(in), outputs(out) {}

    void mix() noexcept override
    {
        for (size_t leg = 0; leg < inputs.size(); ++leg)
        {
            auto* const out = outputs[leg].data();
            std::fill_n(out, blockFrames, 0.0f);
            for (size_t from = 0; from < inputs.size(); ++from)
                for (size_t i = 0; from != leg && i < blockFrames; ++i)
                    out[i] += 0.7f * inputs[from][i];
        }
    }

private:
    const test::Channels& inputs;
    test::Channels& outputs;
};

double median(std::vector<double>& values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double spentNs(Clock::time_point since) { return std::chrono::duration<double, std::nano>(Clock::now() - since).count(); }

/** What callgrind counts, by this name. */
[[gnu::noinline]] void mixCostBlock(Mixer& mixer) noexcept { mixer.mix(); }

void measure(const Wish& wish, int legs)
{
    // So quiet that the limiter has nothing to do: what it does to an overload is not the cost of a mix.
    const auto in = test::talkers(legs, blockFrames, 20000 / std::max(legs, 1) + 1);
    test::Channels out(in.size(), test::Channel(blockFrames));
    std::unique_ptr<Mixer> mixer;
    if (wish.kernel)
        mixer = std::make_unique<Kernel>(wish, in, out);
    else if (wish.naive)
        mixer = std::make_unique<Naive>(in, out);
    else
        mixer = std::make_unique<WholeProcessor>(wish, in, out);

    mixer->mix();
    std::vector<double> mixing, copying;
    for (int i = 0; i < wish.frames; ++i)
    {
        auto since = Clock::now();
        mixCostBlock(*mixer);
        mixing.push_back(spentNs(since) / legs);
        since = Clock::now();
        for (size_t leg = 0; leg < in.size(); ++leg)
            std::memcpy(out[leg].data(), in[leg].data(), sizeof(float) * blockFrames);
        copying.push_back(spentNs(since) / legs);
    }
    std::printf("%d %.1f %.1f\n", legs, median(mixing), median(copying));
    std::fflush(stdout);
}

void tellAbout()
{
#if defined(__clang__)
    std::printf("clang %d, ", __clang_major__);
#else
    std::printf("gcc %d, ", __GNUC__);
#endif
#if MW_HAS_VECTOR_CLONES
    std::puts(__builtin_cpu_supports("x86-64-v3") ? "x86-64-v3" : "default");
#else
    std::puts("default");
#endif
}
} // namespace mw::bench

int main(int argc, char** argv)
{
    mw::bench::Wish wish;
    int at = 1;
    for (; at < argc && argv[at][0] == '-'; ++at)
    {
        const std::string_view option(argv[at]);
        if (option == "--about")
            return mw::bench::tellAbout(), 0;
        wish.gains = wish.gains || option == "--gains";
        wish.muted = wish.muted || option == "--muted";
        wish.kernel = wish.kernel || option == "--kernel";
        wish.naive = wish.naive || option == "--naive";
    }
    wish.frames = at < argc ? std::atoi(argv[at++]) : 0;
    if (wish.frames < 1 || at == argc)
        return std::fprintf(stderr, "mix_cost: say for how many blocks, and for how many legs\n"), 2;
    for (; at < argc; ++at)
        mw::bench::measure(wish, std::atoi(argv[at]));
    return 0;
}
