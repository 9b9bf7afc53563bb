#include "Accuracy.h"

#include <mw_signal/GapSignals.h>

#include <functional>

namespace mw::accuracy
{

namespace
{
enum class Carried { asFloat, l16, mu, a };
constexpr std::array carriers { Carried::asFloat, Carried::l16, Carried::mu, Carried::a };

void carry(std::vector<float>& sound, Carried by)
{
    if (by == Carried::l16)
        signaltest::throughL16(sound);
    else if (by != Carried::asFloat)
        signaltest::throughG711(sound, by == Carried::mu ? Law::mu : Law::a);
}

ToneGapDetector heard(const std::vector<float>& sound, double rateHz)
{
    ToneGapDetector detector;
    detector.prepare(rateHz, {});
    detector.process(sound);
    return detector;
}

using Break = std::function<signaltest::MadeGap(std::vector<float>&, double rateHz, double startS, double ms)>;

/** One break of each length at random moments, over rates, tones, levels and carriers. */
void sweep(Section& section, const std::string& what, const std::vector<double>& lengthsMs, const std::vector<double>& tonesHz, const Break& breakIt)
{
    auto& start = section.promise(what, "start", "ms", 0.5);
    auto& length = section.promise(what, "duration", "ms", 0.5);
    auto& kind = section.promise(what, "not found alone, or of another kind", "", 0.0);
    std::mt19937 random(71);
    std::uniform_real_distribution<double> when(0.6, 1.2), phase(0.0, 6.28);
    for (const auto rateHz : section.isQuick() ? std::vector { 8000.0 } : std::vector { 8000.0, 16000.0, 48000.0 })
        for (const auto hz : tonesHz)
            for (const auto by : carriers)
                for (const auto ms : lengthsMs)
                    for (int again = 0; again < (section.isQuick() ? 1 : 5); ++again)
                    {
                        auto sound = signaltest::sine(rateHz, hz, sineAmplitudeFromDbm0(-13.0, Law::mu), 2.0, phase(random));
                        const auto made = breakIt(sound, rateHz, when(random), ms);
                        carry(sound, by);
                        const auto detector = heard(sound, rateHz);
                        const auto right = detector.count() == 1 && detector.gaps().front().kind == made.kind;
                        kind.take(right ? 0.0 : 1.0);
                        if (! right)
                            continue;
                        start.take(1000.0 * (detector.gaps().front().startS - made.startS));
                        length.take(detector.gaps().front().durationMs - made.durationMs);
                    }
}

void gap(Section& section)
{
    section.say("A steady tone of −13 dBm0, broken once at a random moment, as float, as 16-bit samples and through G.711 (both laws), at 8, 16 and 48 kHz.");
    using namespace signaltest;
    const std::vector<double> tones { 300.0, 440.0, 1004.0, 3000.0 };
    sweep(section, "silence of 1…200 ms", { 1.0, 1.5, 2.0, 3.0, 5.0, 20.0, 200.0 }, tones,
          [](auto& sound, double rateHz, double startS, double ms) { return attenuate(sound, rateHz, startS, ms, 0.0f); });
    sweep(section, "10 dB weaker for 3…150 ms", { 3.0, 8.0, 20.0, 150.0 }, { 1020.0 },
          [](auto& sound, double rateHz, double startS, double ms) { return attenuate(sound, rateHz, startS, ms, 0.316f); });
    sweep(section, "0.6…30 ms left out", { 0.625, 1.25, 5.125, 20.0, 30.0 }, { 1020.0 },
          [](auto& sound, double rateHz, double startS, double ms) { return cutOut(sound, rateHz, startS, ms); });
    sweep(section, "10…30 ms played twice", { 10.0, 20.0, 30.0 }, { 1015.0 },
          [](auto& sound, double rateHz, double startS, double ms) { return repeatLast(sound, rateHz, startS, ms); });

    auto& alarms = section.promise("whole tone, a minute, steps of ±6 dB, noise 20 dB below", "gaps that were none", "", 0.0);
    std::mt19937 random(73);
    for (const auto rateHz : { 8000.0, 16000.0 })
        for (const auto by : carriers)
        {
            auto sound = sine(rateHz, 1004.0, sineAmplitudeFromDbm0(-13.0, Law::mu), section.isQuick() ? 10.0 : 60.0);
            std::normal_distribution<double> noise(0.0, rmsFromDbm0(-33.0, Law::mu));
            for (size_t i = 0; i < sound.size(); ++i)
                sound[i] = (static_cast<size_t>(static_cast<double>(i) / rateHz) % 4 < 2 ? 1.0f : 0.5f) * sound[i] + static_cast<float>(noise(random));
            carry(sound, by);
            alarms.take(static_cast<double>(heard(sound, rateHz).count()));
        }
}

const Registered registeredGap("gap", gap);
} // namespace

} // namespace mw::accuracy
