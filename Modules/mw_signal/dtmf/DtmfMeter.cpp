#include "DtmfMeter.h"

#include "../DtmfOscillator.h"
#include "../Spectrum.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace mw
{

namespace
{

constexpr double meterPieceMs = 10.0;    ///< the receiver is asked this often [ms]
constexpr double meterEdgeMs = 4.0;      ///< left out at each end of what is measured [ms]
constexpr double meterSearchMs = 8.0;    ///< an edge lies within this of where the receiver saw it [ms]
constexpr double meterEdgeFitMs = 30.0;  ///< of the digit, to place an edge [ms]
constexpr double meterLeastMs = 12.0;    ///< a shorter steady part is not measured [ms]
constexpr double meterBestSnrDb = 120.0;
constexpr size_t meterTransformSize = 8192;

double errorPercent(double measuredHz, double nominalHz) noexcept { return 100.0 * (measuredHz - nominalHz) / nominalHz; }

/** Solves a symmetric positive system in place (Cholesky). @returns false when it is not positive */
template <size_t Size>
bool solveSymmetric(std::array<std::array<double, Size>, Size>& matrix, std::array<double, Size>& right, size_t size) noexcept
{
    for (size_t i = 0; i < size; ++i)
    {
        for (size_t j = 0; j <= i; ++j)
        {
            auto sum = matrix[i][j];
            for (size_t k = 0; k < j; ++k)
                sum -= matrix[i][k] * matrix[j][k];
            if (i != j)
                matrix[i][j] = sum / matrix[j][j];
            else if (sum <= 0.0)
                return false;
            else
                matrix[i][i] = std::sqrt(sum);
        }
    }
    for (size_t i = 0; i < size; ++i)
    {
        for (size_t k = 0; k < i; ++k)
            right[i] -= matrix[i][k] * right[k];
        right[i] /= matrix[i][i];
    }
    for (size_t i = size; i-- > 0;)
    {
        for (size_t k = i + 1; k < size; ++k)
            right[i] -= matrix[k][i] * right[k];
        right[i] /= matrix[i][i];
    }
    return true;
}

} // namespace

double DtmfReading::lowErrorPercent() const noexcept { return errorPercent(lowHz, dtmfTonesOf(digit).lowHz); }

double DtmfReading::highErrorPercent() const noexcept { return errorPercent(highHz, dtmfTonesOf(digit).highHz); }

double DtmfMeter::Fit::at(double sample) const noexcept
{
    const auto low = lowStep * (sample - middle), high = highStep * (sample - middle);
    return cosLow * std::cos(low) + sinLow * std::sin(low) + cosHigh * std::cos(high) + sinHigh * std::sin(high) + constant;
}

bool DtmfMeter::prepare(double sampleRateHz, const DtmfReceiver::Config& config)
{
    if (! receiver.prepare(sampleRateHz, config))
        return false;
    rateHz = sampleRateHz;
    law = config.law;
    pieceLength = static_cast<size_t>(sampleRateHz * meterPieceMs / 1000.0);
    recent.assign(static_cast<size_t>(sampleRateHz * (longestMs + 200.0) / 1000.0), 0.0f);
    transform.resize(meterTransformSize);
    queue.resize(DtmfReceiver::queueLength);
    fed = lost = 0;
    queueAt = queued = 0;
    lastEnd.reset();
    return true;
}

void DtmfMeter::process(std::span<const float> block) noexcept
{
    if (pieceLength == 0)
        return;
    while (! block.empty())
    {
        const auto piece = block.first(std::min(block.size(), pieceLength));
        block = block.subspan(piece.size());
        for (const auto sample : piece)
            recent[fed++ % recent.size()] = std::isfinite(sample) ? sample : 0.0f;
        receiver.process(piece);
        takeDetections();
    }
}

void DtmfMeter::flush() noexcept
{
    receiver.flush();
    takeDetections();
}

bool DtmfMeter::take(DtmfReading& reading) noexcept
{
    if (queued == 0)
        return false;
    reading = queue[queueAt];
    queueAt = (queueAt + 1) % queue.size();
    --queued;
    return true;
}

void DtmfMeter::takeDetections() noexcept
{
    for (DtmfDetection detection; receiver.take(detection);)
        measure(detection);
}

/** A sample that was fed; silence before the first and after the last. */
double DtmfMeter::sampleAt(int64_t at) const noexcept
{
    return at < 0 || at >= static_cast<int64_t>(fed) ? 0.0 : static_cast<double>(recent[static_cast<uint64_t>(at) % recent.size()]);
}

/** Least squares from the fit's frequencies on; amplitudes are found anew, frequencies if asked. */
bool DtmfMeter::solve(Fit& fit, int64_t begin, int64_t end, bool frequenciesToo) const noexcept
{
    constexpr size_t most = 7;
    fit.middle = static_cast<double>(begin + end - 1) / 2.0;
    const auto half = static_cast<double>(end - begin) / 2.0;
    for (int round = 0; round < (frequenciesToo ? 12 : 1); ++round)
    {
        // Columns: cosines, sines and the constant; from the second round on also the two frequencies, scaled to the stretch.
        const size_t size = round == 0 ? 5 : most;
        std::array<std::array<double, most>, most> matrix {};
        std::array<double, most> right {};
        double squares = 0.0;
        for (auto i = begin; i < end; ++i)
        {
            const auto t = static_cast<double>(i) - fit.middle;
            const auto cl = std::cos(fit.lowStep * t), sl = std::sin(fit.lowStep * t);
            const auto ch = std::cos(fit.highStep * t), sh = std::sin(fit.highStep * t);
            const std::array<double, most> column { cl, sl, ch, sh, 1.0, (fit.sinLow * cl - fit.cosLow * sl) * t / half,
                                                    (fit.sinHigh * ch - fit.cosHigh * sh) * t / half };
            const auto sample = sampleAt(i);
            squares += sample * sample;
            for (size_t row = 0; row < size; ++row)
            {
                right[row] += column[row] * sample;
                for (size_t at = 0; at <= row; ++at)
                    matrix[row][at] += column[row] * column[at];
            }
        }
        auto solution = right;
        if (! solveSymmetric(matrix, solution, size))
            return false;
        fit.cosLow = solution[0];
        fit.sinLow = solution[1];
        fit.cosHigh = solution[2];
        fit.sinHigh = solution[3];
        fit.constant = solution[4];
        if (round == 0)
            continue;
        // A step of more than half a cycle over the stretch would leave the valley that the search stands in.
        const auto stepLow = std::clamp(solution[5], -1.5, 1.5) / half, stepHigh = std::clamp(solution[6], -1.5, 1.5) / half;
        fit.lowStep += stepLow;
        fit.highStep += stepHigh;
        if (std::abs(stepLow) + std::abs(stepHigh) < 1e-12)
            break;
    }
    double rest = 0.0;
    for (auto i = begin; i < end; ++i)
    {
        const auto left = sampleAt(i) - fit.at(static_cast<double>(i));
        rest += left * left;
    }
    fit.restPower = rest / static_cast<double>(end - begin);
    return true;
}

/** Narrows a stretch to the longest part of it in which the sound does not drop out. */
void DtmfMeter::steadyPart(int64_t& begin, int64_t& end) const noexcept
{
    const auto length = static_cast<int64_t>(rateHz * 5.0 / 1000.0);  // longer than the slowest beat of a digit, 268 Hz
    const auto powerOf = [this, length](int64_t from) {
        double sum = 0.0;
        for (auto i = from; i < from + length; ++i)
            sum += sampleAt(i) * sampleAt(i);
        return sum;
    };
    double highest = 0.0;
    for (auto at = begin; at + length <= end; at += length)
        highest = std::max(highest, powerOf(at));
    int64_t bestBegin = begin, bestEnd = begin, runBegin = begin;
    for (auto at = begin; at + length <= end; at += length)
    {
        if (powerOf(at) < 0.3 * highest)
            runBegin = at + length;
        else if (at + length - runBegin > bestEnd - bestBegin)
        {
            bestBegin = runBegin;
            bestEnd = at + length;
        }
    }
    if (end - bestEnd < length && bestEnd > begin)
        bestEnd = end;
    begin = bestBegin;
    end = bestEnd;
}

/** Where the sound is best told by silence on one side and the digit's tones on the other [samples]. */
double DtmfMeter::edgeNear(double guess, double from, double to, double lowStep, double highStep, bool isStart) const noexcept
{
    const auto samplesOf = [this](double ms) { return rateHz * ms / 1000.0; };
    const auto begin = static_cast<int64_t>(isStart ? from : std::max(from, to - samplesOf(meterEdgeFitMs)));
    const auto end = static_cast<int64_t>(isStart ? std::min(to, from + samplesOf(meterEdgeFitMs)) : to);
    Fit fit;
    fit.lowStep = lowStep;
    fit.highStep = highStep;
    if (end - begin < static_cast<int64_t>(samplesOf(meterLeastMs)) || ! solve(fit, begin, end, false))
        return guess;

    // Each sample that is taken from the silence to the digit changes the error by (x − tones)² − x².
    const auto first = static_cast<int64_t>(guess - samplesOf(meterSearchMs)), last = static_cast<int64_t>(guess + samplesOf(meterSearchMs));
    double sum = 0.0, best = 0.0;
    auto bestAt = first;
    for (auto i = first; i <= last; ++i)
    {
        const auto sample = sampleAt(i), tones = fit.at(static_cast<double>(i)) - fit.constant;
        const auto change = (sample - tones) * (sample - tones) - sample * sample;
        sum += isStart ? -change : change;
        if (sum < best)
        {
            best = sum;
            bestAt = i + 1;
        }
    }
    return static_cast<double>(bestAt);
}

/** The highest component of what the tones leave. */
void DtmfMeter::findUnwanted(const Fit& fit, int64_t begin, int64_t end, DtmfReading& reading) noexcept
{
    const auto length = std::min<int64_t>(end - begin, static_cast<int64_t>(transform.size()));
    std::fill(transform.begin(), transform.end(), std::complex<double> {});
    double weights = 0.0;
    for (int64_t i = 0; i < length; ++i)
    {
        const auto weight = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(length));
        weights += weight;
        transform[static_cast<size_t>(i)] = weight * (sampleAt(begin + i) - fit.at(static_cast<double>(begin + i)));
    }
    fourierTransform(transform);
    size_t best = 1;
    for (size_t bin = 1; bin < transform.size() / 2; ++bin)
        if (std::norm(transform[bin]) > std::norm(transform[best]))
            best = bin;
    const auto power = 2.0 * std::norm(transform[best]) / (weights * weights);
    const auto tones = (fit.cosLow * fit.cosLow + fit.sinLow * fit.sinLow + fit.cosHigh * fit.cosHigh + fit.sinHigh * fit.sinHigh) / 2.0;
    reading.unwantedHz = static_cast<double>(best) * rateHz / static_cast<double>(transform.size());
    reading.unwantedDb = std::max(-meterBestSnrDb, 10.0 * std::log10(std::max(power, 1e-30) / std::max(tones, 1e-30)));
}

void DtmfMeter::measure(const DtmfDetection& detection) noexcept
{
    const auto samplesOf = [this](double ms) { return rateHz * ms / 1000.0; };
    DtmfReading reading;
    reading.digit = detection.digit;
    reading.startSample = static_cast<double>(detection.startSample);
    reading.endSample = static_cast<double>(detection.endSample);
    reading.lowHz = detection.lowHz;
    reading.highHz = detection.highHz;
    reading.lowDbm0 = detection.lowDbm0;
    reading.highDbm0 = detection.highDbm0;
    reading.snrDb = 10.0 * std::log10(detection.toneShare / std::max(1.0 - detection.toneShare, 1e-12));

    const auto oldest = reading.endSample - samplesOf(longestMs);
    const auto from = std::max(reading.startSample + samplesOf(meterEdgeMs), oldest), to = reading.endSample - samplesOf(meterEdgeMs);
    auto begin = static_cast<int64_t>(std::ceil(from)), end = static_cast<int64_t>(to);
    steadyPart(begin, end);
    const auto radians = 2.0 * std::numbers::pi / rateHz;
    Fit fit;
    fit.lowStep = radians * detection.lowHz;
    fit.highStep = radians * detection.highHz;
    // First over a short stretch around the middle, in which the receiver's estimate is well inside half a cycle.
    const auto middle = (begin + end) / 2, near = static_cast<int64_t>(samplesOf(50.0));
    if (end - begin >= static_cast<int64_t>(samplesOf(meterLeastMs)) && solve(fit, std::max(begin, middle - near), std::min(end, middle + near), true)
        && solve(fit, begin, end, true) && std::abs(fit.lowStep / radians - detection.lowHz) < 0.02 * detection.lowHz
        && std::abs(fit.highStep / radians - detection.highHz) < 0.02 * detection.highHz)
    {
        const auto lowPower = (fit.cosLow * fit.cosLow + fit.sinLow * fit.sinLow) / 2.0;
        const auto highPower = (fit.cosHigh * fit.cosHigh + fit.sinHigh * fit.sinHigh) / 2.0;
        reading.lowHz = fit.lowStep / radians;
        reading.highHz = fit.highStep / radians;
        reading.lowDbm0 = dbm0FromRms(std::sqrt(lowPower), law);
        reading.highDbm0 = dbm0FromRms(std::sqrt(highPower), law);
        reading.snrDb = std::min(meterBestSnrDb, 10.0 * std::log10((lowPower + highPower) / std::max(fit.restPower, 1e-30)));
        reading.measuredMs = 1000.0 * static_cast<double>(end - begin) / rateHz;
        findUnwanted(fit, begin, end, reading);
        reading.endSample = edgeNear(reading.endSample, from, to, fit.lowStep, fit.highStep, false);
        reading.startIsExact = reading.startSample > oldest;
        if (reading.startIsExact)
            reading.startSample = edgeNear(reading.startSample, from, to, fit.lowStep, fit.highStep, true);
    }
    reading.startSample = std::max({ reading.startSample, lastEnd.value_or(0.0), 0.0 });
    reading.endSample = std::clamp(reading.endSample, reading.startSample, std::max(reading.startSample, static_cast<double>(fed)));
    reading.twistDb = reading.highDbm0 - reading.lowDbm0;
    reading.durationMs = 1000.0 * (reading.endSample - reading.startSample) / rateHz;
    if (lastEnd.has_value())
        reading.pauseBeforeMs = 1000.0 * (reading.startSample - *lastEnd) / rateHz;
    lastEnd = reading.endSample;

    if (queued == queue.size())
    {
        ++lost;
        return;
    }
    queue[(queueAt + queued) % queue.size()] = reading;
    ++queued;
}

} // namespace mw
