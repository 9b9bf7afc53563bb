#include "DtmfMeasurement.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace mw
{

DtmfMeasurement::DtmfMeasurement(int sampleRateHz, Law law) : rateHz(sampleRateHz)
{
    DtmfReceiver::Config config;
    config.law = law;
    meter.prepare(sampleRateHz, config);
}

void DtmfMeasurement::process(std::span<const float> block, const SoundTime&)
{
    meter.process(block);
    takeAll();
}

void DtmfMeasurement::takeAll()
{
    DtmfReading reading;
    while (meter.take(reading))
        if (digits.size() < DetailTable::mostRows)
            digits.push_back(reading);
        else
            ++leftOut;
}

void DtmfMeasurement::finish(FigureSet& figures)
{
    meter.flush();
    takeAll();

    constexpr std::string_view each = "each digit, its steady part", none = "no digit was heard";
    constexpr std::string_view method = "least squares of two sines over digits accepted to ITU-T Q.24 (US column)";
    figures.set("dtmf.count", static_cast<uint64_t>(digits.size()) + leftOut, { "", "ITU-T Q.24, US column, quiet background", "the whole call", "exact" });

    /** The most of a figure over all digits. */
    const auto most = [&](auto&& of) {
        std::optional<double> result;
        for (const auto& digit : digits)
            if (const std::optional<double> value = of(digit))
                result = std::max(result.value_or(*value), *value);
        return result;
    };
    const auto least = [&](auto&& of) {
        const auto negated = most([&of](const DtmfReading& digit) -> std::optional<double> {
            const std::optional<double> value = of(digit);
            return value.has_value() ? std::optional<double>(-*value) : std::nullopt;
        });
        return negated.has_value() ? std::optional<double>(-*negated) : std::nullopt;
    };
    figures.set("dtmf.worst_frequency_percent", most([](const DtmfReading& digit) {
        return std::max(std::abs(digit.lowErrorPercent()), std::abs(digit.highErrorPercent()));
    }), none, { "%", method, each, "±0.01 % in a clean signal" });
    const FigureKind level { "dBm0", method, each, "±0.1 dB in a clean signal" }, twist { "dB", "high minus low tone", each, "±0.1 dB in a clean signal" };
    figures.set("dtmf.lowest_dbm0", least([](const DtmfReading& digit) { return std::min(digit.lowDbm0, digit.highDbm0); }), none, level);
    figures.set("dtmf.highest_dbm0", most([](const DtmfReading& digit) { return std::max(digit.lowDbm0, digit.highDbm0); }), none, level);
    figures.set("dtmf.least_twist_db", least([](const DtmfReading& digit) { return digit.twistDb; }), none, twist);
    figures.set("dtmf.most_twist_db", most([](const DtmfReading& digit) { return digit.twistDb; }), none, twist);
    const FigureKind length { "ms", "between points of half amplitude", each, "±1 ms" };
    figures.set("dtmf.shortest_ms", least([](const DtmfReading& digit) { return digit.durationMs; }), none, length);
    figures.set("dtmf.longest_ms", most([](const DtmfReading& digit) { return digit.durationMs; }), none, length);
    figures.set("dtmf.shortest_pause_ms", least([](const DtmfReading& digit) { return digit.pauseBeforeMs; }), "there were less than two digits", length);
    figures.set("dtmf.lowest_snr_db", least([](const DtmfReading& digit) { return digit.snrDb; }), none,
                { "dB", "both tones over all else", each, "at most 120 dB are told" });

    DetailTable table { "digits",
                        { { "digit", "" }, { "start", "s" }, { "end", "s" }, { "duration", "ms" }, { "pause before", "ms" }, { "low", "Hz" }, { "high", "Hz" },
                          { "low error", "%" }, { "high error", "%" }, { "low", "dBm0" }, { "high", "dBm0" }, { "twist", "dB" }, { "SNR", "dB" },
                          { "highest unwanted", "Hz" }, { "highest unwanted", "dB" } },
                        {}, leftOut };
    for (const auto& digit : digits)
        table.add({ std::string(1, digit.digit), digit.startSample / rateHz, digit.endSample / rateHz, digit.durationMs,
                    digit.pauseBeforeMs.has_value() ? Figure::Value(*digit.pauseBeforeMs) : Figure::Value(), digit.lowHz, digit.highHz,
                    digit.lowErrorPercent(), digit.highErrorPercent(), digit.lowDbm0, digit.highDbm0, digit.twistDb, digit.snrDb, digit.unwantedHz,
                    digit.unwantedDb });
    figures.setTable(std::move(table));
}

} // namespace mw
