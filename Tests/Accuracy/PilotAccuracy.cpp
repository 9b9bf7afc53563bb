#include "Accuracy.h"
#include "Signals.h"

namespace mw::accuracy
{

namespace
{
constexpr int64_t beginNs = 987'654'321'012'345;

void addPilot(std::vector<float>& sound, double rateHz, int number, double levelDbm0, double delayMs, double ppm = 0.0)
{
    PilotSource source;
    source.prepare(rateHz);
    source.set(number, levelDbm0);
    const auto block = static_cast<size_t>(rateHz / 100.0);
    for (size_t at = 0; at < sound.size(); at += block)
        source.add(std::span(sound).subspan(at, std::min(block, sound.size() - at)),
                   beginNs + std::llround(static_cast<double>(at) / rateHz * 1e9 * (1.0 + ppm * 1e-6) - delayMs * 1e6));
}

PilotReceiver listenTo(const std::vector<float>& sound, double rateHz, std::mt19937& random)
{
    PilotReceiver receiver;
    receiver.prepare(rateHz);
    inBlocks(sound, 1000, random, [&](std::span<const float> block, size_t at) {
        receiver.process(block, beginNs + std::llround(static_cast<double>(at) / rateHz * 1e9));
    });
    receiver.finish();
    return receiver;
}

void take(Row& level, Row& delay, const PilotReceiver& receiver, int number, double levelDbm0, double delayMs)
{
    const auto summary = receiver.summary(number);
    if (! summary.levelDbm0.has_value() || ! summary.delayP50Ms.has_value())
    {
        level.miss("(pilot " + std::to_string(number) + ")");
        delay.miss("(pilot " + std::to_string(number) + ")");
        return;
    }
    level.take(*summary.levelDbm0 - levelDbm0);
    delay.take(*summary.delayP50Ms - delayMs);
}

void pilot(Section& section)
{
    section.say("Pilots as they are sent, delayed, in blocks of any length; 8 s unless said. Through calls and codecs: Docs/Metrics.md, Pilots.");
    std::mt19937 random(3);
    {
        auto& level = section.promise("clean, −70…−20 dBm0, 0…900 ms, 8, 16 and 48 kHz", "level", "dB", 0.2);
        auto& delay = section.promise("clean, −70…−20 dBm0, 0…900 ms, 8, 16 and 48 kHz", "one-way delay", "ms", 0.5);
        int number = 1;
        for (const auto rateHz : { 8000.0, 16000.0, 48000.0 })
            for (const auto delayMs : section.isQuick() ? std::vector<double> { 33.3, 900.0 } : std::vector<double> { 0.0, 1.0, 33.3, 250.0, 500.0, 777.7, 900.0 })
                for (const auto dbm0 : { -20.0, -45.0, -70.0 })
                {
                    number = number % PilotPlan::pilotCount + 1;
                    auto sound = silence(section.isQuick() ? 4.0 : 8.0, rateHz);
                    addPilot(sound, rateHz, number, dbm0, delayMs);
                    take(level, delay, listenTo(sound, rateHz, random), number, dbm0, delayMs);
                }
    }
    {
        auto& level = section.promise("64 at once, −30 dBm0", "level", "dB", 0.2);
        auto& delay = section.promise("64 at once, −30 dBm0", "one-way delay", "ms", 0.5);
        auto sound = silence(12.0, 8000.0);
        for (int number = 1; number <= PilotPlan::pilotCount; ++number)
            addPilot(sound, 8000.0, number, -30.0, 7.0 * number);
        const auto receiver = listenTo(sound, 8000.0, random);
        for (int number = 1; number <= PilotPlan::pilotCount; ++number)
            take(level, delay, receiver, number, -30.0, 7.0 * number);
    }
    for (const auto above : { 0.0, 10.0, 15.0, 20.0 })
    {
        const auto condition = "white noise " + shown(above) + " dB louder";
        auto& level = section.finding(condition, "level", "dB");
        auto& delay = section.promise(condition, "one-way delay", "ms", 0.5);
        for (int trial = 0; trial < (section.isQuick() ? 3 : 20); ++trial)
        {
            auto sound = silence(12.0, 8000.0);
            addPilot(sound, 8000.0, 1 + trial, -45.0, 60.0);
            addNoise(sound, -45.0 + above, random);
            take(level, delay, listenTo(sound, 8000.0, random), 1 + trial, -45.0, 60.0);
        }
    }
    {
        auto& drift = section.promise("−100…+100 ppm, a minute, noise 20 dB below", "drift", "ppm", 5.0);
        for (const auto ppm : section.isQuick() ? std::vector<double> { 50.0 } : std::vector<double> { -100.0, -50.0, -5.0, 0.0, 5.0, 50.0, 100.0 })
        {
            auto sound = silence(60.0, 8000.0);
            addPilot(sound, 8000.0, 12, -40.0, 100.0, ppm);
            addNoise(sound, -60.0, random);
            if (const auto read = listenTo(sound, 8000.0, random).summary(12).driftPpm)
                drift.take(*read - ppm);
            else
                drift.miss("");
        }
    }
    {
        auto& none = section.promise("noise without a pilot", "pilots that were heard", "", 0.0);
        auto sound = silence(section.isQuick() ? 30.0 : 600.0, 8000.0);
        addNoise(sound, -20.0, random);
        none.take(static_cast<double>(listenTo(sound, 8000.0, random).readings.size()));
    }
}

const Registered registeredPilot("pilot", pilot);
} // namespace

} // namespace mw::accuracy
