#include "DtmfMeasurement.h"

#include "../report/Numbers.h"
#include "DigitComparison.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace mw
{

namespace
{
constexpr double leastDigitSnrDb = 20.0;     ///< of what is taken for a digit that something is wrong with
constexpr double digitLevelMarginDb = 0.3;   ///< what a codec adds to levels and twist
} // namespace

DtmfMeasurement::DtmfMeasurement(int sampleRateHz, Law law, DtmfStandard standardToKeep)
    : rateHz(sampleRateHz), standard(standardToKeep), second(sampleRateHz, standardToKeep)
{
    DtmfReceiver::Config config;
    config.law = law;
    config.standard = standard;
    meter.prepare(sampleRateHz, config);
    config.standard = DtmfStandard::none;
    wide.prepare(sampleRateHz, config);
}

void DtmfMeasurement::process(std::span<const float> block, const SoundTime&)
{
    meter.process(block);
    wide.process(block);
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
    while (wide.take(reading))
        if (wideDigits.size() < DetailTable::mostRows && reading.snrDb >= leastDigitSnrDb)
            wideDigits.push_back(reading);
}

void DtmfMeasurement::addDigitFaults(FigureSet& figures) const
{
    const auto limits = acceptanceOf(standard);
    const auto asked = " (" + std::string(nameOf(standard)) + " asks receivers to accept ";
    DetailTable table { "digit faults", { { "digit", "" }, { "start", "s" }, { "fault", "" }, { "value", "" }, { "unit", "" }, { "beyond", "" }, { "what", "" } }, {}, 0 };
    uint64_t count = 0;
    for (const auto& digit : wideDigits)
    {
        const auto before = table.rows.size() + table.rowsLeftOut;
        /** @param beyond by how much the value is out of the limits, 0 or less: it is not */
        const auto check = [&](const char* fault, double value, const char* unit, double beyond, double margin, const std::string& what) {
            if (beyond > margin)
                table.add({ std::string(1, digit.digit), digit.startSample / rateHz, std::string(fault), value, std::string(unit), beyond, what + ")" });
        };
        check("short digit", digit.durationMs, "ms", limits.onMs - digit.durationMs, 1.0,
              "it lasted " + fixedText(digit.durationMs, 1) + " ms" + asked + fixedText(limits.onMs, 0) + " ms and more");
        if (digit.pauseBeforeMs.has_value())
            check("short pause", *digit.pauseBeforeMs, "ms", limits.pauseMs - *digit.pauseBeforeMs, 1.0,
                  "the pause before it lasted " + fixedText(*digit.pauseBeforeMs, 1) + " ms" + asked + fixedText(limits.pauseMs, 0) + " ms and more");
        check("twist", digit.twistDb, "dB", std::max(digit.twistDb - limits.mostTwistDb, limits.leastTwistDb - digit.twistDb), digitLevelMarginDb,
              "its twist was " + fixedText(digit.twistDb, 1) + " dB" + asked + fixedText(limits.leastTwistDb, 0) + " to " + fixedText(limits.mostTwistDb, 0) + " dB");
        const auto worst = std::abs(digit.lowErrorPercent()) > std::abs(digit.highErrorPercent()) ? digit.lowErrorPercent() : digit.highErrorPercent();
        check("digit frequency", worst, "%", std::abs(worst) - limits.frequencyPercent, 0.1,
              "a tone was off by " + fixedText(worst, 2) + " %" + asked + "±" + fixedText(limits.frequencyPercent, 1) + " %");
        const auto lowest = std::min(digit.lowDbm0, digit.highDbm0), highest = std::max(digit.lowDbm0, digit.highDbm0);
        const auto isTooLoud = highest > limits.highestDbm0 + digitLevelMarginDb;
        check("digit level", isTooLoud ? highest : lowest, "dBm0", std::max(highest - limits.highestDbm0, limits.lowestDbm0 - lowest), digitLevelMarginDb,
              "a tone had " + fixedText(isTooLoud ? highest : lowest, 1) + " dBm0" + asked + fixedText(limits.lowestDbm0, 0) + " to " + fixedText(limits.highestDbm0, 0) + " dBm0");
        count += table.rows.size() + table.rowsLeftOut > before ? 1u : 0u;
    }
    figures.set("dtmf.nonconforming", count, { "", "what looks like a digit, beyond what " + std::string(nameOf(standard)) + " obliges receivers to accept", "the whole call", "" });
    figures.setTable(std::move(table));
}

void DtmfMeasurement::finish(FigureSet& figures)
{
    meter.flush();
    wide.flush();
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
    addDigitFaults(figures);
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
