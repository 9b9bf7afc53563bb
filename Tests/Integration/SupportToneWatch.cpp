#include "SupportToneWatch.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <sstream>

namespace
{

/** Solves the normal equations of the same tones again and again: their matrix depends on the window's length alone. */
class ToneFit
{
public:
    ToneFit(const std::vector<double>& frequenciesHz, int rateHz, size_t windowToUse) : window(windowToUse)
    {
        for (const auto frequency : frequenciesHz)
            for (const bool sine : { false, true })
            {
                auto& row = basis.emplace_back(window);
                for (size_t i = 0; i < window; ++i)
                {
                    const auto phase = 2.0 * std::numbers::pi * frequency * static_cast<double>(i) / rateHz;
                    row[i] = sine ? std::sin(phase) : std::cos(phase);
                }
            }
        // Cholesky: symmetric and positive, as long as the tones are different ones.
        const auto count = basis.size();
        lower.assign(count, std::vector<double>(count));
        for (size_t i = 0; i < count; ++i)
            for (size_t j = 0; j <= i; ++j)
            {
                double sum = dot(basis[i], basis[j]);
                for (size_t k = 0; k < j; ++k)
                    sum -= lower[i][k] * lower[j][k];
                lower[i][j] = i == j ? std::sqrt(sum) : sum / lower[j][j];
            }
    }

    /** @returns cosine and sine part of each tone; `rest` becomes what they do not explain */
    std::vector<double> operator()(std::span<const float> samples, std::vector<double>& rest) const
    {
        const auto count = basis.size();
        rest.assign(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(window));
        std::vector<double> parts(count);
        for (size_t i = 0; i < count; ++i)
        {
            parts[i] = dot(basis[i], rest);
            for (size_t k = 0; k < i; ++k)
                parts[i] -= lower[i][k] * parts[k];
            parts[i] /= lower[i][i];
        }
        for (size_t i = count; i-- > 0;)
        {
            for (size_t k = i + 1; k < count; ++k)
                parts[i] -= lower[k][i] * parts[k];
            parts[i] /= lower[i][i];
        }
        for (size_t i = 0; i < count; ++i)
            for (size_t n = 0; n < window; ++n)
                rest[n] -= parts[i] * basis[i][n];
        return parts;
    }

private:
    static double dot(const std::vector<double>& a, const std::vector<double>& b)
    {
        double sum = 0.0;
        for (size_t i = 0; i < a.size(); ++i)
            sum += a[i] * b[i];
        return sum;
    }

    size_t window;
    std::vector<std::vector<double>> basis, lower;
};

} // namespace

ToneWatch::Verdict ToneWatch::judge(std::span<const float> samples) const
{
    const auto millisecond = static_cast<size_t>(rateHz / 1000), window = 100 * millisecond;
    const ToneFit fit(frequenciesHz, rateHz, window);
    Verdict verdict;
    const auto bad = [&verdict, this](size_t at) {
        if (verdict.firstBadS < 0.0)
            verdict.firstBadS = static_cast<double>(at) / rateHz;
    };

    std::vector<double> rest, phases;
    for (size_t at = 0; at + window <= samples.size(); at += window)
    {
        const auto parts = fit(samples.subspan(at, window), rest);
        bool windowIsGood = true;
        for (size_t tone = 0; tone < frequenciesHz.size(); ++tone)
        {
            // Of cos(2πft + phase).
            const auto phase = std::atan2(-parts[2 * tone + 1], parts[2 * tone]);
            const auto error = std::abs(std::hypot(parts[2 * tone], parts[2 * tone + 1]) / amplitude - 1.0);
            verdict.worstAmplitude = std::max(verdict.worstAmplitude, error);
            windowIsGood = windowIsGood && error <= amplitudeTolerance;
            if (at == 0)
            {
                phases.push_back(phase);
                continue;
            }
            const auto expected = phases[tone] + 2.0 * std::numbers::pi * frequenciesHz[tone] * static_cast<double>(window) / rateHz;
            const auto slip = std::abs(std::remainder(phase - expected, 2.0 * std::numbers::pi));
            verdict.worstPhaseRad = std::max(verdict.worstPhaseRad, slip);
            windowIsGood = windowIsGood && slip <= phaseToleranceRad;
            phases[tone] = phase;
        }
        if (! windowIsGood)
        {
            ++verdict.badWindows;
            bad(at);
        }
        for (size_t begin = 0; begin < window; begin += millisecond)
        {
            double sum = 0.0;
            for (size_t i = begin; i < begin + millisecond; ++i)
                sum += rest[i] * rest[i];
            const auto rms = std::sqrt(sum / static_cast<double>(millisecond));
            verdict.worstRest = std::max(verdict.worstRest, rms);
            ++verdict.milliseconds;
            if (rms > restLimit)
            {
                ++verdict.badMilliseconds;
                bad(at + begin);
            }
        }
    }
    return verdict;
}

std::string ToneWatch::Verdict::text() const
{
    std::ostringstream out;
    out << milliseconds << " ms looked at, " << badMilliseconds << " of them with a gap, " << badWindows
        << " windows of 100 ms with a broken tone; greatest rest " << worstRest << ", amplitude error " << worstAmplitude
        << ", phase step " << worstPhaseRad << " rad";
    if (firstBadS >= 0.0)
        out << "; first at " << firstBadS << " s";
    return out.str();
}
