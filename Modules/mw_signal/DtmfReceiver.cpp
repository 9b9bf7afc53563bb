#include "DtmfReceiver.h"

#include "DtmfOscillator.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mw
{

namespace
{

constexpr double receiverHopMs = 2.0;
constexpr double halfAmplitudePower = 0.25;

/** With less than this share of the power the pair counts as absent, however strong it is (quiet background only). */
constexpr double presentToneShare = 0.3;

/** Frames in a row that a pair must lead before it is followed, or takes over from another. */
constexpr int framesToOpen = 2, framesToTakeOver = 5;

/** Distance of the flanks from the tone [window bins]: just outside the main lobe, where a Hann window is 32 dB down. */
constexpr double flankBins = 2.5;

constexpr double nominalHz(int tone) noexcept
{
    return tone < 4 ? dtmfLowGroupHz[tone & 3] : dtmfHighGroupHz[tone & 3];
}

double powerOf(std::complex<float> amplitude) noexcept { return static_cast<double>(std::norm(amplitude)) / 2.0; }

/** Amplitude response of a Hann window, `bins` beside the frequency it is tuned to. */
double hannResponse(double bins) noexcept
{
    if (std::abs(bins) < 1e-6)
        return 1.0;
    if (std::abs(std::abs(bins) - 1.0) < 1e-6)
        return 0.5;
    const auto angle = std::numbers::pi * bins;
    return std::sin(angle) / angle / (1.0 - bins * bins);
}

double powerDb(double ratio) noexcept { return ratio > 0.0 ? 10.0 * std::log10(ratio) : silenceDb; }

} // namespace

std::string_view nameOf(DtmfStandard standard) noexcept
{
    switch (standard)
    {
        case DtmfStandard::q24UnitedStates: return "ITU-T Q.24, US column";
        case DtmfStandard::q24Ntt: return "ITU-T Q.24, NTT column";
        case DtmfStandard::none: return "no standard";
    }
    return "";
}

DtmfReceiver::Limits DtmfReceiver::limitsOf(const Config& config) noexcept
{
    Limits limits;
    limits.windowMs = 16.0;
    limits.minOnMs = 31.5;
    limits.bridgedMs = 20.0;
    limits.frequencyTolerance = 0.025;
    limits.minLevelDbm0 = -27.0;
    limits.minTwistDb = -9.0;
    limits.maxTwistDb = 5.0;
    limits.minToneShare = 0.9;
    limits.minGroupDb = 0.0;
    limits.minCoherence = 0.95;
    limits.steadyPower = 0.5;
    limits.maxSwingDb = 4.0;

    if (config.standard == DtmfStandard::q24Ntt)
    {
        limits.minOnMs = 32.0;
        limits.frequencyTolerance = 0.024;
        limits.minLevelDbm0 = -26.0;
        limits.minTwistDb = -6.0;
        limits.maxTwistDb = 6.0;
    }
    if (config.standard == DtmfStandard::none)
    {
        limits.windowMs = 12.0;
        limits.minOnMs = 18.0;
        limits.frequencyTolerance = 0.045;
        limits.minLevelDbm0 = -45.0;
        limits.minTwistDb = -15.0;
        limits.maxTwistDb = 15.0;
    }
    if (config.background == DtmfBackground::mixed)
    {
        limits.windowMs = 40.0;
        limits.minOnMs = 62.0;
        limits.bridgedMs = 25.0;
        limits.minToneShare = 0.0;
        limits.minGroupDb = 4.0;
        limits.minFlankDb = 12.0;
        limits.minCoherence = 0.999;
        limits.steadyPower = halfAmplitudePower;
        limits.frequencyTolerance = 0.018;
    }
    return limits;
}

bool DtmfReceiver::prepare(double sampleRateHz, const Config& config)
{
    if (! isUsableSampleRate(sampleRateHz))
        return false;

    rateHz = sampleRateHz;
    settings = config;
    limits = limitsOf(config);
    hop = static_cast<size_t>(std::lround(sampleRateHz * receiverHopMs / 1000.0));
    windowLength = static_cast<size_t>(std::lround(sampleRateHz * limits.windowMs / 1000.0));
    reach = (windowLength + 2 * hop - 1) / (2 * hop);
    minTonePower = std::pow(rmsFromDbm0(limits.minLevelDbm0 - 4.0, config.law), 2.0);

    shape.resize(windowLength);
    correlators.resize(windowLength * 16);
    windowSum = 0.0;
    for (size_t i = 0; i < windowLength; ++i)
    {
        const auto at = static_cast<double>(i) + 0.5;
        const auto weight = 0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * at / static_cast<double>(windowLength));
        shape[i] = static_cast<float>(weight);
        windowSum += weight;
        for (int tone = 0; tone < 8; ++tone)
        {
            const auto angle = 2.0 * std::numbers::pi * nominalHz(tone) * static_cast<double>(i) / sampleRateHz;
            correlators[i * 16 + static_cast<size_t>(tone)] = static_cast<float>(weight * std::cos(angle));
            correlators[i * 16 + 8 + static_cast<size_t>(tone)] = static_cast<float>(-weight * std::sin(angle));
        }
    }
    recent.resize(windowLength * 2);
    history.resize(historyLength);
    steadyFlanks.resize(historyLength);
    position = frames = 0;
    queueAt = queued = 0;
    lost = 0;
    lastEndSample = 0.0;
    forgetSound();
    return true;
}

void DtmfReceiver::forgetSound() noexcept
{
    std::fill(recent.begin(), recent.end(), 0.0f);
    std::fill(history.begin(), history.end(), Frame {});
    recentAt = windowLength;
    untilFrame = hop;
    track = {};
    rivalLow = rivalHigh = -1;
    rivalRun = 0;
}

void DtmfReceiver::process(std::span<const float> block) noexcept
{
    if (hop == 0)
        return;
    while (! block.empty())
    {
        if (recentAt == recent.size())
        {
            std::copy(recent.end() - static_cast<std::ptrdiff_t>(windowLength), recent.end(), recent.begin());
            recentAt = windowLength;
        }
        const auto count = std::min({ block.size(), untilFrame, recent.size() - recentAt });
        for (size_t i = 0; i < count; ++i)
            recent[recentAt + i] = std::isfinite(block[i]) ? block[i] : 0.0f;
        block = block.subspan(count);
        recentAt += count;
        position += count;
        untilFrame -= count;
        if (untilFrame == 0)
        {
            untilFrame = hop;
            analyse();
            follow();
            ++frames;
        }
    }
}

void DtmfReceiver::flush() noexcept
{
    if (hop == 0)
        return;
    const auto end = position;
    const std::array<float, 64> silence {};
    const auto samples = windowLength + static_cast<size_t>((limits.bridgedMs / receiverHopMs + 3.0) * static_cast<double>(hop));
    for (size_t fed = 0; fed < samples; fed += silence.size())
        process(silence);
    position = end;
    lastEndSample = std::min(lastEndSample, static_cast<double>(end));
    forgetSound();
}

bool DtmfReceiver::take(DtmfDetection& detection) noexcept
{
    if (queued == 0)
        return false;
    detection = queue[queueAt];
    queueAt = (queueAt + 1) % queueLength;
    --queued;
    return true;
}

char DtmfReceiver::candidate() const noexcept
{
    return track.open && track.below == 0 ? dtmfDigitAt(track.low.index, track.high.index - 4) : '\0';
}

/** The frame that ends with the sample fed last. */
void DtmfReceiver::analyse() noexcept
{
    const auto* samples = recent.data() + (recentAt - windowLength);
    std::array<float, 16> sums {};
    float squares = 0.0f;
    for (size_t i = 0; i < windowLength; ++i)
    {
        const auto sample = samples[i];
        const auto* row = correlators.data() + i * 16;
        for (size_t j = 0; j < 16; ++j)
            sums[j] += sample * row[j];
        squares += sample * sample * shape[i];
    }

    auto& frame = history[frames & (historyLength - 1)];
    const auto scale = static_cast<float>(2.0 / windowSum);
    for (size_t tone = 0; tone < 8; ++tone)
        frame.tones[tone] = { sums[tone] * scale, sums[tone + 8] * scale };
    frame.power = squares / static_cast<float>(windowSum);
    frame.centre = static_cast<double>(position) - static_cast<double>(windowLength) / 2.0;
}

/** The strongest tone of each group, if they look like a digit. */
bool DtmfReceiver::findPair(const Frame& frame, int& low, int& high) const noexcept
{
    double powers[2] = {}, seconds[2] = {};
    int best[2] = { 0, 4 };
    for (int tone = 0; tone < 8; ++tone)
    {
        const auto group = tone / 4;
        const auto power = powerOf(frame.tones[static_cast<size_t>(tone)]);
        if (power > powers[group])
        {
            seconds[group] = powers[group];
            powers[group] = power;
            best[group] = tone;
        }
        else
            seconds[group] = std::max(seconds[group], power);
    }
    low = best[0];
    high = best[1];

    if (powers[0] < minTonePower || powers[1] < minTonePower)
        return false;
    const auto lead = std::pow(10.0, limits.minGroupDb / 10.0);
    if (powers[0] < lead * seconds[0] || powers[1] < lead * seconds[1])
        return false;
    const auto twistDb = powerDb(powers[1] / powers[0]);
    if (twistDb < limits.minTwistDb - 4.0 || twistDb > limits.maxTwistDb + 4.0)
        return false;
    return powers[0] + powers[1] >= 0.5 * limits.minToneShare * static_cast<double>(frame.power);
}

/** How far up the pair that is followed stands in a frame: the lesser of its tones' powers over their highest, 0…1. */
double DtmfReceiver::envelope(uint64_t number) const noexcept
{
    const auto& frame = frameAt(number);
    const auto low = powerOf(frame.tones[static_cast<size_t>(track.low.index)]);
    const auto high = powerOf(frame.tones[static_cast<size_t>(track.high.index)]);
    if (limits.minToneShare > 0.0 && low + high < presentToneShare * static_cast<double>(frame.power))
        return 0.0;
    return std::min(low / track.low.highest, high / track.high.highest);
}

/** Where the amplitude crosses one half between two neighbouring frames [samples]. */
double DtmfReceiver::crossing(uint64_t lower, uint64_t upper) const noexcept
{
    const auto below = std::sqrt(envelope(lower)), above = std::sqrt(envelope(upper));
    const auto part = above > below ? std::clamp((0.5 - below) / (above - below), 0.0, 1.0) : 0.5;
    return frameAt(lower).centre + (frameAt(upper).centre - frameAt(lower).centre) * part;
}

/** Whether the window of a frame lies wholly inside the digit and touches no drop-out. */
bool DtmfReceiver::isSteady(uint64_t number) const noexcept
{
    for (auto i = number - reach; i <= number + reach; ++i)
        if (envelope(i) < limits.steadyPower)
            return false;
    return true;
}

void DtmfReceiver::openTrack(int low, int high) noexcept
{
    track = {};
    track.open = true;
    track.low.index = low;
    track.high.index = high;
    track.openFrame = frames;
    for (uint64_t back = 0; back <= std::min<uint64_t>(frames, framesToTakeOver); ++back)
        updateHighest(frames - back);
}

void DtmfReceiver::updateHighest(uint64_t number) noexcept
{
    for (auto* tone : { &track.low, &track.high })
        tone->highest = std::max({ tone->highest, powerOf(frameAt(number).tones[static_cast<size_t>(tone->index)]), 1e-20 });
}

/** Finds pairs of tones, follows one at a time, and decides when it has ended. */
void DtmfReceiver::follow() noexcept
{
    int low = 0, high = 0;
    const auto hit = findPair(frameAt(frames), low, high);

    if (hit && ! (track.open && low == track.low.index && high == track.high.index))
    {
        rivalRun = low == rivalLow && high == rivalHigh ? rivalRun + 1 : 1;
        rivalLow = low;
        rivalHigh = high;
        if (rivalRun >= (track.open ? framesToTakeOver : framesToOpen))
        {
            if (track.open)
                closeTrack();
            openTrack(low, high);
            rivalRun = 0;
        }
    }
    else
        rivalRun = 0;

    if (! track.open)
        return;

    updateHighest(frames);
    if (limits.minFlankDb > 0.0)
        steadyFlanks[frames & (historyLength - 1)] = { static_cast<float>(flankPower(track.low.index)),
                                                       static_cast<float>(flankPower(track.high.index)) };

    if (envelope(frames) >= halfAmplitudePower)
        track.below = 0;
    else if (++track.below == 1)
        track.endSample = frames > 0 ? crossing(frames, frames - 1) : 0.0;

    if (frames >= track.openFrame + reach && frames >= 2 * reach)
    {
        const auto middle = frames - reach;
        if (isSteady(middle))
        {
            track.powerSum += static_cast<double>(frameAt(middle).power);
            collect(track.low, middle);
            collect(track.high, middle);
            ++track.steadyFrames;
            track.lastSteady = middle;
        }
    }
    if (! track.startKnown && frames == track.openFrame + 2 * reach)
        locateStart();
    if (static_cast<double>(track.below) * receiverHopMs >= limits.bridgedMs)
        closeTrack();
}

/** Takes a steady frame into the averages of a tone. */
void DtmfReceiver::collect(Tone& tone, uint64_t number) noexcept
{
    const auto index = static_cast<size_t>(tone.index);
    const auto now = frameAt(number).tones[index];
    const auto power = powerOf(now);
    tone.sum += power;
    tone.least = track.steadyFrames == 0 ? power : std::min(tone.least, power);
    tone.most = std::max(tone.most, power);
    tone.flankSum += static_cast<double>(steadyFlanks[number & (historyLength - 1)][tone.index < 4 ? 0 : 1]);
    if (track.steadyFrames > 0 && track.lastSteady + 1 == number)
    {
        const auto turn = std::complex<double>(now) * std::conj(std::complex<double>(frameAt(number - 1).tones[index]));
        tone.turn += turn;
        tone.turnLength += std::abs(turn);
    }
}

/** Power beside a tone, at the quieter side: a neighbour on one side does no harm. */
double DtmfReceiver::flankPower(int tone) const noexcept
{
    const auto* samples = recent.data() + (recentAt - windowLength);
    const auto spacingHz = flankBins * rateHz / static_cast<double>(windowLength);
    double quieter = 0.0;
    for (const auto side : { -1.0, 1.0 })
    {
        const auto step = std::polar(1.0, -2.0 * std::numbers::pi * (nominalHz(tone) + side * spacingHz) / rateHz);
        std::complex<double> turn = 1.0, sum {};
        for (size_t i = 0; i < windowLength; ++i)
        {
            sum += static_cast<double>(samples[i] * shape[i]) * turn;
            turn = { turn.real() * step.real() - turn.imag() * step.imag(), turn.real() * step.imag() + turn.imag() * step.real() };
        }
        const auto power = 2.0 * std::norm(sum) / (windowSum * windowSum);
        quieter = side < 0.0 ? power : std::min(quieter, power);
    }
    return quieter;
}

/** Goes back from the strongest frame to where the amplitude rose through one half, over drop-outs short enough. */
void DtmfReceiver::locateStart() noexcept
{
    track.startKnown = true;
    auto strongest = track.openFrame;
    for (auto i = track.openFrame; i <= frames; ++i)
        if (envelope(i) > envelope(strongest))
            strongest = i;

    const auto oldest = frames >= historyLength ? frames - historyLength + 1 : 0;
    const auto bridged = static_cast<uint64_t>(limits.bridgedMs / receiverHopMs);
    auto first = strongest;
    for (auto i = strongest; i > oldest && strongest - i < historyLength / 2; --i)
    {
        if (frameAt(i - 1).centre < lastEndSample || first - i > bridged)
            break;
        if (envelope(i - 1) >= halfAmplitudePower)
            first = i - 1;
    }
    track.startSample = first > oldest ? crossing(first - 1, first) : frameAt(first).centre;
    track.startSample = std::max({ track.startSample, lastEndSample, 0.0 });
}

void DtmfReceiver::closeTrack() noexcept
{
    if (! track.startKnown)
        locateStart();
    if (track.below == 0)
        track.endSample = frameAt(frames).centre;
    DtmfDetection detection;
    if (judge(detection))
    {
        deliver(detection);
        lastEndSample = track.endSample;
    }
    track.open = false;
}

double DtmfReceiver::measuredHz(const Tone& tone) const noexcept
{
    const auto nominal = nominalHz(tone.index);
    const auto hopSeconds = static_cast<double>(hop) / rateHz;
    const auto turned = tone.turn * std::polar(1.0, -2.0 * std::numbers::pi * nominal * hopSeconds);
    return nominal + std::arg(turned) / (2.0 * std::numbers::pi * hopSeconds);
}

double DtmfReceiver::measuredDbm0(const Tone& tone, double frequencyHz) const noexcept
{
    const auto bins = (frequencyHz - nominalHz(tone.index)) * static_cast<double>(windowLength) / rateHz;
    const auto rms = std::sqrt(tone.sum / static_cast<double>(track.steadyFrames)) / std::max(hannResponse(bins), 0.1);
    return dbm0FromRms(rms, settings.law);
}

bool DtmfReceiver::keepsLimits(const Tone& tone, double frequencyHz, double levelDbm0) const noexcept
{
    const auto nominal = nominalHz(tone.index);
    if (std::abs(frequencyHz - nominal) > limits.frequencyTolerance * nominal || levelDbm0 < limits.minLevelDbm0)
        return false;
    if (std::abs(tone.turn) < limits.minCoherence * tone.turnLength || powerDb(tone.most / tone.least) > limits.maxSwingDb)
        return false;
    return limits.minFlankDb <= 0.0 || powerDb(tone.sum / std::max(tone.flankSum, 1e-20)) >= limits.minFlankDb;
}

bool DtmfReceiver::judge(DtmfDetection& detection) const noexcept
{
    constexpr uint64_t leastSteadyFrames = 3;
    if (track.steadyFrames < leastSteadyFrames)
        return false;
    if ((track.endSample - track.startSample) * 1000.0 / rateHz < limits.minOnMs)
        return false;

    detection.digit = dtmfDigitAt(track.low.index, track.high.index - 4);
    detection.startSample = static_cast<uint64_t>(std::llround(track.startSample));
    detection.endSample = static_cast<uint64_t>(std::llround(std::max(track.endSample, track.startSample)));
    detection.lowHz = measuredHz(track.low);
    detection.highHz = measuredHz(track.high);
    detection.lowDbm0 = measuredDbm0(track.low, detection.lowHz);
    detection.highDbm0 = measuredDbm0(track.high, detection.highHz);
    detection.twistDb = detection.highDbm0 - detection.lowDbm0;
    const auto tonePower = std::pow(rmsFromDbm0(detection.lowDbm0, settings.law), 2.0)
                         + std::pow(rmsFromDbm0(detection.highDbm0, settings.law), 2.0);
    detection.toneShare = std::min(1.0, tonePower * static_cast<double>(track.steadyFrames) / std::max(track.powerSum, 1e-20));

    return keepsLimits(track.low, detection.lowHz, detection.lowDbm0) && keepsLimits(track.high, detection.highHz, detection.highDbm0)
        && detection.twistDb >= limits.minTwistDb && detection.twistDb <= limits.maxTwistDb
        && detection.toneShare >= limits.minToneShare;
}

void DtmfReceiver::deliver(const DtmfDetection& detection) noexcept
{
    if (queued == queueLength)
    {
        ++lost;
        return;
    }
    queue[(queueAt + queued) % queueLength] = detection;
    ++queued;
}

} // namespace mw
