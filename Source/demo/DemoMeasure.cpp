#include "DemoMeasure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <numbers>
#include <string_view>

namespace mw::demo
{

namespace
{
constexpr Law law = Law::mu;

double median(std::vector<double> values)
{
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

double meanSquare(std::span<const float> x)
{
    double sum = 0.0;
    for (const auto sample : x)
        sum += static_cast<double>(sample) * static_cast<double>(sample);
    return x.empty() ? 0.0 : sum / static_cast<double>(x.size());
}

/** Least squares of a few basis signals against a recording: normal equations, solved by elimination with pivots.
    @param columns the basis, each as long as x @returns the coefficients; empty when the basis is degenerate */
std::vector<double> leastSquares(std::span<const float> x, const std::vector<std::vector<double>>& columns)
{
    const auto n = columns.size();
    std::vector<std::vector<double>> a(n, std::vector<double>(n + 1, 0.0));
    for (size_t i = 0; i < n; ++i)
    {
        for (size_t j = i; j < n; ++j)
        {
            double sum = 0.0;
            for (size_t k = 0; k < x.size(); ++k)
                sum += columns[i][k] * columns[j][k];
            a[i][j] = a[j][i] = sum;
        }
        for (size_t k = 0; k < x.size(); ++k)
            a[i][n] += columns[i][k] * static_cast<double>(x[k]);
    }

    for (size_t i = 0; i < n; ++i)
    {
        const auto pivot = std::max_element(a.begin() + static_cast<std::ptrdiff_t>(i), a.end(),
                                            [i](const auto& p, const auto& q) { return std::abs(p[i]) < std::abs(q[i]); });
        std::swap(a[i], *pivot);
        if (std::abs(a[i][i]) < 1e-12)
            return {};
        for (size_t row = 0; row < n; ++row)
        {
            if (row == i)
                continue;
            const auto factor = a[row][i] / a[i][i];
            for (size_t j = i; j <= n; ++j)
                a[row][j] -= factor * a[i][j];
        }
    }
    std::vector<double> result(n);
    for (size_t i = 0; i < n; ++i)
        result[i] = a[i][n] / a[i][i];
    return result;
}

void addTone(std::vector<std::vector<double>>& columns, size_t length, double frequencyHz, double sampleRateHz)
{
    std::vector<double> cosine(length), sine(length);
    const auto step = 2.0 * std::numbers::pi * frequencyHz / sampleRateHz;
    for (size_t k = 0; k < length; ++k)
    {
        cosine[k] = std::cos(step * static_cast<double>(k));
        sine[k] = std::sin(step * static_cast<double>(k));
    }
    columns.push_back(std::move(cosine));
    columns.push_back(std::move(sine));
}

/** Amplitudes of tones fitted together to x. @returns one a frequency, empty when they cannot be told apart */
std::vector<std::complex<double>> fitTones(std::span<const float> x, std::span<const double> frequenciesHz, double sampleRateHz)
{
    std::vector<std::vector<double>> columns;
    for (const auto frequency : frequenciesHz)
        addTone(columns, x.size(), frequency, sampleRateHz);
    const auto found = leastSquares(x, columns);
    std::vector<std::complex<double>> amplitudes;
    for (size_t i = 0; i + 1 < found.size(); i += 2)
        amplitudes.emplace_back(found[i], -found[i + 1]);
    return amplitudes;
}

double levelOfAmplitude(double amplitude) { return dbm0FromRms(amplitude / std::numbers::sqrt2, law); }

size_t samplesOf(double seconds, double sampleRateHz) { return static_cast<size_t>(std::lround(seconds * sampleRateHz)); }

// Q.23: rows are low-group, columns high-group frequencies [Hz].
constexpr std::array<double, 4> lowHz { 697.0, 770.0, 852.0, 941.0 }, highHz { 1209.0, 1336.0, 1477.0, 1633.0 };
constexpr std::array<std::string_view, 4> keypad { "123A", "456B", "789C", "*0#D" };

/** Which digit a window holds: its strongest pair, when the pair makes up most of what is not the steady tone. */
char digitOf(std::span<const float> window, double sampleRateHz, double besideHz)
{
    constexpr double leastDbm0 = -30.0, leastShare = 0.7;
    const auto total = meanSquare(window);
    if (dbm0FromRms(std::sqrt(total), law) < leastDbm0)
        return 0;

    const auto power = [&](double frequency) {
        const auto fitted = fitTones(window, std::array { frequency }, sampleRateHz);
        return fitted.empty() ? 0.0 : std::norm(fitted[0]) / 2.0;
    };
    const auto strongest = [&](const std::array<double, 4>& group) {
        std::array<double, 4> powers {};
        std::transform(group.begin(), group.end(), powers.begin(), power);
        return static_cast<size_t>(std::max_element(powers.begin(), powers.end()) - powers.begin());
    };
    const auto row = strongest(lowHz), column = strongest(highHz);
    const auto together = fitTones(window, std::array { lowHz[row], highHz[column], besideHz }, sampleRateHz);
    if (together.empty())
        return 0;
    const auto low = std::norm(together[0]) / 2.0, high = std::norm(together[1]) / 2.0, beside = std::norm(together[2]) / 2.0;
    const auto rest = std::max(total - beside, 1e-12);
    const auto twistIsSane = low < 10.0 * high && high < 10.0 * low;
    return (low + high) / rest > leastShare && twistIsSane ? keypad[row][column] : '\0';
}
} // namespace

std::optional<ToneFound> findTone(std::span<const float> recording, double sampleRateHz, double frequencyHz)
{
    constexpr double windowS = 0.1, leastSeconds = 0.5, leastShare = 0.995, leastDbm0 = -60.0;
    const auto length = samplesOf(windowS, sampleRateHz);
    std::vector<double> levels, frequencies;
    std::optional<std::complex<double>> before;

    for (size_t at = 0; at + length <= recording.size(); at += length)
    {
        const auto window = recording.subspan(at, length);
        const auto total = meanSquare(window);
        const auto fitted = fitTones(window, std::array { frequencyHz }, sampleRateHz);
        const auto amplitude = fitted.empty() ? 0.0 : std::abs(fitted[0]);
        const auto level = levelOfAmplitude(amplitude);
        if (total <= 0.0 || amplitude * amplitude / 2.0 / total < leastShare || level < leastDbm0)
        {
            before.reset();
            continue;
        }
        levels.push_back(level);
        if (before)
        {
            // The phase at frequencyHz would have moved on by a known angle; the rest is the difference in frequency.
            const auto expected = std::polar(1.0, 2.0 * std::numbers::pi * frequencyHz * static_cast<double>(length) / sampleRateHz);
            const auto turned = std::arg(fitted[0] / *before / expected);
            frequencies.push_back(frequencyHz + turned / (2.0 * std::numbers::pi * static_cast<double>(length) / sampleRateHz));
        }
        before = fitted[0];
    }
    const auto seconds = static_cast<double>(levels.size()) * windowS;
    if (seconds < leastSeconds || frequencies.empty())
        return std::nullopt;
    return ToneFound { seconds, median(levels), median(frequencies) };
}

std::vector<DigitFound> findDigits(std::span<const float> recording, double sampleRateHz, int onMs, double besideHz)
{
    constexpr double windowS = 0.03, stepS = 0.01;
    const auto length = samplesOf(windowS, sampleRateHz), step = samplesOf(stepS, sampleRateHz);
    const auto leastWindows = std::max(1, static_cast<int>((onMs / 2.0 / 1000.0 - windowS) / stepS) + 1);

    std::vector<DigitFound> found;
    const auto measure = [&](char digit, size_t first, size_t last) {
        // The middle of the windows that hold it, so that neither edge is in it.
        const auto middle = (first + last) / 2;
        const auto half = std::max<size_t>(1, (last - first) / 2 / step) * step / 2;
        const auto from = middle > half ? middle - half : 0;
        const auto window = recording.subspan(from, std::min(length + 2 * half, recording.size() - from));
        for (size_t row = 0; row < keypad.size(); ++row)
            if (const auto column = keypad[row].find(digit); column != std::string_view::npos)
            {
                const auto fitted = fitTones(window, std::array { lowHz[row], highHz[column], besideHz }, sampleRateHz);
                if (! fitted.empty())
                    found.push_back({ digit, static_cast<double>(first) / sampleRateHz, levelOfAmplitude(std::abs(fitted[0])),
                                      levelOfAmplitude(std::abs(fitted[1])) });
            }
    };

    char current = 0;
    size_t first = 0, last = 0;
    int windows = 0;
    for (size_t at = 0; at + length <= recording.size(); at += step)
    {
        const auto digit = digitOf(recording.subspan(at, length), sampleRateHz, besideHz);
        if (digit == current && digit != 0)
        {
            last = at;
            ++windows;
            continue;
        }
        if (current != 0 && windows >= leastWindows)
            measure(current, first, last);
        current = digit;
        first = last = at;
        windows = 1;
    }
    if (current != 0 && windows >= leastWindows)
        measure(current, first, last);
    return found;
}

std::optional<SoundFound> findSound(std::span<const float> recording, std::span<const float> sent, double sampleRateHz, double besideHz)
{
    constexpr double partS = 0.5, leastPartDbm0 = -40.0, mostForeign = 0.01;
    constexpr size_t thinning = 4;  // the search runs at a quarter of the rate
    const auto length = samplesOf(partS, sampleRateHz);
    const auto thinned = [](std::span<const float> x) {
        std::vector<float> result(x.size() / thinning);
        for (size_t i = 0; i < result.size(); ++i)
            result[i] = x[i * thinning] + x[i * thinning + 1] + x[i * thinning + 2] + x[i * thinning + 3];
        return result;
    };

    // The steady tone would drown what is looked for: it is taken out of a copy, window by window.
    std::vector<float> clean(recording.begin(), recording.end());
    const auto window = samplesOf(0.1, sampleRateHz);
    for (size_t at = 0; at + window <= clean.size(); at += window)
    {
        const auto piece = std::span<float>(clean).subspan(at, window);
        const auto tone = fitTones(piece, std::array { besideHz }, sampleRateHz);
        if (tone.empty())
            continue;
        const auto turn = std::polar(1.0, 2.0 * std::numbers::pi * besideHz / sampleRateHz);
        auto phasor = tone[0];
        for (auto& sample : piece)
        {
            sample -= static_cast<float>(phasor.real());
            phasor *= turn;
        }
    }
    const auto sparse = thinned(clean);

    struct Fit { double gain = 0.0, foreign = 1.0; size_t at = 0; };
    const auto fitAt = [&](std::span<const float> part, size_t at) {
        Fit fit { 0.0, 1.0, at };
        if (at + part.size() > recording.size())
            return fit;
        const auto heard = recording.subspan(at, part.size());
        std::vector<std::vector<double>> columns { std::vector<double>(part.begin(), part.end()) };
        addTone(columns, part.size(), besideHz, sampleRateHz);
        const auto solved = leastSquares(heard, columns);
        if (solved.empty())
            return fit;
        double foreign = 0.0;
        for (size_t k = 0; k < part.size(); ++k)
        {
            const auto rest = static_cast<double>(heard[k]) - solved[0] * columns[0][k] - solved[1] * columns[1][k] - solved[2] * columns[2][k];
            foreign += rest * rest;
        }
        fit.gain = solved[0];
        fit.foreign = foreign / static_cast<double>(part.size()) / std::max(solved[0] * solved[0] * meanSquare(part), 1e-15);
        return fit;
    };

    /** Place in the recording that is most like a part: normalised correlation at the lower rate, then each sample around. */
    const auto search = [&](std::span<const float> part, size_t from, size_t to) {
        const auto pattern = thinned(part);
        double best = 0.0;
        size_t bestAt = from / thinning;
        for (auto lag = from / thinning; lag <= to / thinning && lag + pattern.size() <= sparse.size(); ++lag)
        {
            float dot = 0.0f, energy = 1e-9f;
            for (size_t k = 0; k < pattern.size(); ++k)
            {
                dot += pattern[k] * sparse[lag + k];
                energy += sparse[lag + k] * sparse[lag + k];
            }
            const auto score = dot > 0.0f ? static_cast<double>(dot) * static_cast<double>(dot) / static_cast<double>(energy) : 0.0;
            if (score > best)
            {
                best = score;
                bestAt = lag;
            }
        }
        Fit result;
        const auto centre = bestAt * thinning;
        for (auto at = centre > thinning ? centre - thinning : 0; at <= centre + thinning; ++at)
            if (const auto fit = fitAt(part, at); fit.gain > 0.0 && fit.foreign < result.foreign)
                result = fit;
        return result;
    };

    SoundFound found;
    double sentPower = 0.0, heardPower = 0.0;
    std::optional<size_t> delay;
    int parts = 0;
    for (size_t at = 0; at + length <= sent.size(); at += length)
    {
        const auto part = sent.subspan(at, length);
        if (dbm0FromRms(std::sqrt(meanSquare(part)), law) < leastPartDbm0)
            continue;

        Fit fit;
        if (delay)
            fit = fitAt(part, at + *delay);
        if (! delay || fit.foreign > mostForeign)
        {
            // Near the place where it is due when that is known (a frame may have slipped), otherwise anywhere.
            const auto slack = samplesOf(0.2, sampleRateHz);
            const auto due = at + delay.value_or(0);
            const auto from = delay ? (due > slack ? due - slack : 0) : size_t { 0 };
            fit = search(part, from, delay ? due + slack : recording.size());
        }
        if (fit.gain <= 0.0 || fit.foreign > mostForeign)
            continue;
        if (! delay)
            found.delayS = (static_cast<double>(fit.at) - static_cast<double>(at)) / sampleRateHz;
        if (fit.at >= at)
            delay = fit.at - at;
        const auto power = meanSquare(part);
        sentPower += power;
        heardPower += power * fit.gain * fit.gain;
        ++parts;
    }
    if (parts == 0)
        return std::nullopt;
    found.seconds = parts * partS;
    found.sentDbm0 = dbm0FromRms(std::sqrt(sentPower / parts), law);
    found.heardDbm0 = dbm0FromRms(std::sqrt(heardPower / parts), law);
    return found;
}

} // namespace mw::demo
