#include "Accuracy.h"
#include "Signals.h"

namespace mw::accuracy
{

namespace
{

void level(Section& section)
{
    section.say("Sines of 404, 1004 and 2804 Hz over whole periods, and white noise of known power switched on and off, at 8, 16 and 48 kHz. The active "
                "speech level of noise that is on for 1 s and off for 2 s is the noise's level over the active time: on time, hangover and what "
                "smoothing adds; P.56 lets instruments differ by ±1 dB.");
    auto& rms = section.promise("sine, −60…+3 dBm0", "RMS level", "dB", 0.01);
    auto& peak = section.promise("sine, −60…+3 dBm0", "peak", "dB", 0.05);
    auto& steady = section.promise("sine, −60…+3 dBm0, without a pause", "active speech level", "dB", 0.2);
    auto& dc = section.promise("sine and a constant of 0.01", "DC, of full scale", "", 1e-5);
    auto& talking = section.promise("noise, 1 s on, 2 s off", "active speech level of the time that was active", "dB", 0.3);
    auto& silent = section.promise("noise of −55 dBm0 in the pauses", "noise in the pauses", "dB", 0.5);

    std::mt19937 random(5);
    for (const auto rateHz : { 8000.0, 16000.0, 48000.0 })
    {
        for (double dbm0 = -60.0; dbm0 <= 3.0; dbm0 += section.isQuick() ? 21.0 : 3.0)
            for (const auto hz : { 404.0, 1004.0, 2804.0 })
            {
                auto sound = silence(5.0, rateHz);
                addSine(sound, rateHz, hz, dbm0, 0.0, 5.0);
                LevelStatistics statistics;
                ActiveSpeechLevel speech;
                statistics.prepare(rateHz, {});
                speech.prepare(rateHz);
                inBlocks(sound, 700, random, [&](std::span<const float> block, size_t) {
                    statistics.process(block);
                    speech.process(block);
                });
                rms.take(dbm0FromRms(statistics.figures().rms, Law::mu) - dbm0);
                peak.take(dbFromGain(statistics.figures().peak / sineAmplitudeFromDbm0(dbm0, Law::mu)));
                if (const auto reading = speech.reading())
                    steady.take(reading->levelDbm0(Law::mu) - dbm0);
                else
                    steady.miss("");
                if (dbm0 > -5.0)
                    continue;
                statistics.prepare(rateHz, {});
                for (auto& sample : sound)
                    sample += 0.01f;
                statistics.process(sound);
                dc.take(statistics.figures().dc - 0.01);
            }

        for (const auto dbm0 : { -10.0, -20.0, -30.0 })
        {
            auto sound = silence(section.isQuick() ? 15.0 : 60.0, rateHz);
            std::normal_distribution<double> loud(0.0, rmsFromDbm0(dbm0, Law::mu)), quiet(0.0, rmsFromDbm0(-55.0, Law::mu));
            double energy = 0.0;
            for (size_t i = 0; i < sound.size(); ++i)
            {
                const auto second = static_cast<size_t>(static_cast<double>(i) / rateHz);
                sound[i] = static_cast<float>(second % 3 == 0 ? loud(random) : quiet(random));
                energy += static_cast<double>(sound[i]) * static_cast<double>(sound[i]);
            }
            ActiveSpeechLevel speech;
            speech.prepare(rateHz);
            speech.process(sound);
            const auto reading = speech.reading();
            const auto pauses = speech.pauses();
            if (! reading.has_value() || ! pauses.has_value())
            {
                talking.miss("");
                silent.miss("");
                continue;
            }
            // All energy over the active time, which lasts longer than the noise by hangover and smoothing: between 0.2 and 0.4 s a burst.
            const auto active = energy / (reading->activity * static_cast<double>(sound.size()));
            talking.take(reading->levelDbm0(Law::mu) - dbm0FromRms(std::sqrt(active), Law::mu));
            if (reading->activity < 1.2 / 3.0 || reading->activity > 1.4 / 3.0)
                section.broken("activity of noise that is on for 1 of 3 s: " + shown(reading->activity));
            silent.take(dbm0FromRms(pauses->rms, Law::mu) + 55.0);
        }
    }
}

const Registered registeredLevel("level", level);
} // namespace

} // namespace mw::accuracy
