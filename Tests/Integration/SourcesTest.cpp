#include "SupportBench.h"
#include "SupportWav.h"

#include <mw_core/mw_core.h>

#include <cmath>

using namespace std::chrono_literals;

/** What a source plays, heard at the far end of a real call. */
class Sources : public Bench
{
protected:
    static double dbm0Of(std::span<const float> samples)
    {
        auto power = 0.0;
        for (const auto sample : samples)
            power += static_cast<double>(sample) * static_cast<double>(sample);
        return mw::dbm0FromRms(std::sqrt(power / static_cast<double>(samples.size())), mw::Law::mu);
    }
};

TEST_F(Sources, NoiseAndASweepOfOneListArriveAtTheirLevels)
{
    // A busy machine is no fault of the sound's: the jitter buffer is deep.
    ListeningProgram sink(folder(), "sink", { "--codecs", "PCMU", "--rate", "8000", "--jitter-buffer", "200", "--max-backlog", "1000", "--record", "sink.wav",
                                              "--expect-level", "-20±0.2", "--report", "sink.json", "--calls", "1" });
    Milliwatt source(folder(), { "source", "--call", sink.uri(), "--codecs", "PCMU", "--rate", "8000", "--play",
                                 "noise:white@-20/2; sweep:200-3400@-20/2" });
    EXPECT_EQ(source.finish(), 0) << source.log();
    EXPECT_EQ(sink.finish(), 0) << sink.log();

    const auto wav = WavFile::read(file("sink.wav"));
    const auto loud = std::ranges::find_if(wav.samples, [](float sample) { return std::abs(sample) > 0.01f; });
    const auto begin = static_cast<double>(loud - wav.samples.begin()) / wav.rateHz;
    EXPECT_NEAR(dbm0Of(wav.part(begin + 0.05, begin + 1.95)), -20.0, 0.2) << "noise";
    EXPECT_NEAR(dbm0Of(wav.part(begin + 2.05, begin + 3.95)), -20.0, 0.2) << "sweep";
    // Noise changes its sign some 4000 times a second in both; a sweep begins with 400 and ends with 6800 changes.
    const auto changes = [&](double from, double to) {
        const auto part = wav.part(begin + from, begin + to);
        auto count = 0;
        for (size_t i = 1; i < part.size(); ++i)
            count += (part[i - 1] < 0.0f) != (part[i] < 0.0f) ? 1 : 0;
        return count / (to - from);
    };
    EXPECT_NEAR(changes(0.1, 1.9), 4000.0, 200.0);
    EXPECT_LT(changes(2.05, 2.25), 800.0);
    EXPECT_GT(changes(3.75, 3.95), 5000.0);
}
