#include "DtmfMeasurement.h"

#include "DigitComparison.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace mw
{

DtmfMeasurement::DtmfMeasurement(int sampleRateHz, Law law, DtmfStandard standardToKeep)
    : rateHz(sampleRateHz), standard(standardToKeep), second(sampleRateHz, standardToKeep)
{
    DtmfReceiver::Config config;
    config.law = law;
    config.standard = standard;
    meter.prepare(sampleRateHz, config);
}

void DtmfMeasurement::process(std::span<const float> block, const SoundTime&)
{
    meter.process(block);
    second.process(block);
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
    const auto accepted = std::string(nameOf(standard));
    const auto method = "least squares of two sines over digits accepted to " + accepted, limits = accepted + ", quiet background";
    figures.set("dtmf.count", static_cast<uint64_t>(digits.size()) + leftOut, { "", limits, "the whole call", "exact" });

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
    compare(figures);
}

void DtmfMeasurement::compare(FigureSet& figures)
{
    const FigureKind heard { "", "libspandsp, at 8 kHz, from −42 dBm0 a tone", "the whole call", "" };
    const FigureKind apart { "", "ours against libspandsp: not heard by one, or another digit", "the whole call", "digits lined up to 30 ms" };
    if (! second.isUsable())
    {
        constexpr std::string_view why = "libspandsp needs a rate that is a multiple of 8 kHz";
        figures.setNotMeasured("dtmf.second_opinion_digits", why, heard);
        figures.setNotMeasured("dtmf.disagreements", why, apart);
        return;
    }
    second.flush();

    std::string text;
    std::vector<TimedDigit> ours, others;
    for (const auto& digit : digits)
        ours.push_back({ digit.digit, digit.startSample / rateHz, digit.endSample / rateHz });
    for (const auto& digit : second.digits())
    {
        text += digit.digit;
        others.push_back({ digit.digit, digit.startS, digit.endS });
    }
    const auto disagreements = compareDigits(ours, others);
    figures.set("dtmf.second_opinion_digits", std::move(text), heard);
    figures.set("dtmf.disagreements", static_cast<uint64_t>(disagreements.size()), apart);

    DetailTable table { "dtmf disagreements", { { "at", "s" }, { "ours", "" }, { "second opinion", "" }, { "what", "" } }, {}, 0 };
    for (const auto& each : disagreements)
        table.add({ each.atS, each.ours == 0 ? Figure::Value() : Figure::Value(std::string(1, each.ours)),
                    each.second == 0 ? Figure::Value() : Figure::Value(std::string(1, each.second)), each.what() });
    figures.setTable(std::move(table));
}

} // namespace mw
