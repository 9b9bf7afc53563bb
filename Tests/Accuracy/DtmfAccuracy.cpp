#include "Accuracy.h"
#include "Signals.h"

#include <algorithm>
#include <array>
#include <string>

namespace mw::accuracy
{

namespace
{
constexpr std::array lowNominal { 697.0, 770.0, 852.0, 941.0 }, highNominal { 1209.0, 1336.0, 1477.0, 1633.0 };
constexpr std::string_view keypad = "123A456B789C*0#D";

struct SentDigit
{
    char digit = 0;
    double lowHz = 0.0, highHz = 0.0, lowDbm0 = 0.0, highDbm0 = 0.0, fromS = 0.0, toS = 0.0;
};

/** Every key once, each off by `errorPercent` (the high tone by as much the other way). */
std::vector<SentDigit> keysOf(double lengthMs, double errorPercent, double twistDb, double rateHz)
{
    std::vector<SentDigit> sent;
    auto at = 0.1003;
    for (size_t i = 0; i < keypad.size(); ++i)
    {
        SentDigit one;
        one.digit = keypad[i];
        one.lowHz = lowNominal[i / 4] * (1.0 + errorPercent / 100.0);
        one.highHz = highNominal[i % 4] * (1.0 - errorPercent / 100.0);
        one.lowDbm0 = -12.0 - twistDb / 2.0;
        one.highDbm0 = -12.0 + twistDb / 2.0;
        // Edges on whole samples: what a sampled signal can tell exactly.
        one.fromS = std::ceil(at * rateHz) / rateHz;
        one.toS = std::ceil((at + lengthMs / 1000.0) * rateHz) / rateHz;
        sent.push_back(one);
        at += lengthMs / 1000.0 + 0.0707;
    }
    return sent;
}

struct DtmfRows
{
    Row &hz, &level, &twist, &edges;
};

void measureDigits(double rateHz, double lengthMs, double errorPercent, double twistDb, std::optional<double> snrDb, unsigned seed, DtmfRows rows)
{
    std::mt19937 random(seed);
    const auto sent = keysOf(lengthMs, errorPercent, twistDb, rateHz);
    auto sound = silence(sent.back().toS + 0.3, rateHz);
    for (const auto& each : sent)
    {
        addSine(sound, rateHz, each.lowHz, each.lowDbm0, each.fromS, each.toS, 0.3);
        addSine(sound, rateHz, each.highHz, each.highDbm0, each.fromS, each.toS, 1.1);
    }
    if (snrDb.has_value())
        addNoise(sound, std::min(sent[0].lowDbm0, sent[0].highDbm0) - *snrDb, random);

    DtmfMeter meter;
    meter.prepare(rateHz, {});
    std::vector<DtmfReading> heard;
    DtmfReading reading;
    const auto takeAll = [&] {
        while (meter.take(reading))
            heard.push_back(reading);
    };
    inBlocks(sound, 500, random, [&](std::span<const float> block, size_t) {
        meter.process(block);
        takeAll();
    });
    meter.flush();
    takeAll();

    for (size_t i = 0; i < sent.size(); ++i)
    {
        if (heard.size() != sent.size() || heard[i].digit != sent[i].digit)
        {
            for (auto* row : { &rows.hz, &rows.level, &rows.twist, &rows.edges })
                row->miss("(digit " + std::string(1, sent[i].digit) + " at " + shown(rateHz) + " Hz)");
            continue;
        }
        const auto& one = heard[i];
        rows.hz.take(100.0 * (one.lowHz / sent[i].lowHz - 1.0));
        rows.hz.take(100.0 * (one.highHz / sent[i].highHz - 1.0));
        rows.level.take(one.lowDbm0 - sent[i].lowDbm0);
        rows.level.take(one.highDbm0 - sent[i].highDbm0);
        rows.twist.take(one.twistDb - twistDb);
        rows.edges.take(1000.0 * (one.startSample / rateHz - sent[i].fromS));
        rows.edges.take(1000.0 * (one.endSample / rateHz - sent[i].toS));
    }
}

void dtmf(Section& section)
{
    section.say("Every key of the pad, exact and 1.4 % off (the two tones in opposite directions), twist −6, 0 and +3 dB, around −12 dBm0, at 8, 16 and "
                "48 kHz, hard edges, in blocks of any length. Noise is white, 15 dB below the weaker tone over the whole band, and then sets the limit "
                "itself: what was found there is no promise but for the edges.");
    for (const auto& [snr, words] : { std::pair<std::optional<double>, std::string> { std::nullopt, "clean" }, { 15.0, "15 dB SNR" } })
        for (const auto lengthMs : { 40.0, 100.0, 500.0 })
        {
            const auto condition = words + ", " + shown(lengthMs) + " ms";
            const auto clean = ! snr.has_value();
            const auto row = [&](const std::string& what, const std::string& unit, double bound) -> Row& {
                return clean || unit == "ms" ? section.promise(condition, what, unit, bound) : section.finding(condition, what, unit);
            };
            auto& hz = row("frequency of a tone", "%", 0.01);
            auto& level = row("level of a tone", "dB", 0.1);
            auto& twist = row("twist", "dB", 0.1);
            auto& edges = row("start and end", "ms", 1.0);
            unsigned seed = 1;
            for (const auto rateHz : { 8000.0, 16000.0, 48000.0 })
                for (const auto errorPercent : { 0.0, 1.4, -1.4 })
                    for (const auto twistDb : { -6.0, 0.0, 3.0 })
                        if (! section.isQuick() || (rateHz < 10000.0 && (errorPercent != 0.0) == (twistDb != 0.0)))
                            measureDigits(rateHz, lengthMs, errorPercent, twistDb, snr, seed++, { hz, level, twist, edges });
        }
}

const Registered registeredDtmf("dtmf", dtmf);
} // namespace

} // namespace mw::accuracy
