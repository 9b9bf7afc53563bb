#include "DtmfOscillator.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace mw
{

namespace
{
constexpr std::string_view dtmfKeypad = "123A456B789C*0#D";

/** ms × mHz in one sample. */
constexpr uint64_t msMilliHzPerSample = 1'000'000;
} // namespace

DtmfTones dtmfTonesOf(char digit) noexcept
{
    const auto at = dtmfKeypad.find(digit);
    if (at == std::string_view::npos)
        return {};
    return { dtmfLowGroupHz[at / 4], dtmfHighGroupHz[at % 4] };
}

char dtmfDigitAt(int row, int column) noexcept
{
    return row >= 0 && row < 4 && column >= 0 && column < 4 ? dtmfKeypad[static_cast<size_t>(row * 4 + column)] : '\0';
}

bool DtmfOscillator::prepare(double sampleRateHz)
{
    if (! isUsableSampleRate(sampleRateHz))
        return false;

    rateHz = sampleRateHz;
    rateMilliHz = static_cast<uint64_t>(std::llround(sampleRateHz * 1000.0));
    const auto edgeLength = static_cast<size_t>(std::lround(sampleRateHz * edgeMs / 1000.0));
    edge.resize(edgeLength);
    for (size_t i = 0; i < edgeLength; ++i)
        edge[i] = 0.5 - 0.5 * std::cos(std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(edgeLength));
    tail.assign(edgeLength, 0.0);
    tailAt = tailLeft = 0;
    segment = Segment::none;
    soundingDigit = 0;
    startedDigits = 0;
    return true;
}

bool DtmfOscillator::play(const DtmfSettings& settings) noexcept
{
    if (rateMilliHz == 0 || ! settings.isValid())
        return false;

    fadeOut();
    playing = settings;
    lowAmplitude = sineAmplitudeFromDbm0(settings.lowDbm0, settings.law);
    highAmplitude = sineAmplitudeFromDbm0(settings.lowDbm0 + settings.twistDb, settings.law);
    remainder = msMilliHzPerSample / 2;  // boundaries are rounded to the nearest sample
    beginSequence();
    return true;
}

void DtmfOscillator::stop() noexcept
{
    if (rateMilliHz == 0)
        return;
    fadeOut();
    segment = Segment::none;
}

void DtmfOscillator::release(int leastMs) noexcept
{
    if (segment != Segment::on)
    {
        segment = Segment::none;
        return;
    }
    const auto least = (static_cast<uint64_t>(std::max(leastMs, 0)) * rateMilliHz + msMilliHzPerSample / 2) / msMilliHzPerSample;
    segmentLength = std::min(segmentLength, std::max({ least, segmentAt + edge.size(), 2 * uint64_t { edge.size() } }));
    playing.sequence.length = static_cast<uint16_t>(symbolIndex + 1);
    playing.loop = false;
}

/** Puts the rest of the digit that sounds, faded out, on top of what earlier ones left. */
void DtmfOscillator::fadeOut() noexcept
{
    if (segment != Segment::on || segmentAt == 0)
        return;

    const auto length = edge.size();
    const auto formerLeft = tailLeft;
    tailLeft = std::max(formerLeft, static_cast<size_t>(std::min<uint64_t>(length, segmentLength - segmentAt)));
    for (size_t i = 0; i < tailLeft; ++i)
    {
        auto& slot = tail[(tailAt + i) % length];
        if (i >= formerLeft)
            slot = 0.0;
        if (segmentAt < segmentLength)
            slot += voiceSample(segmentAt++) * edge[length - 1 - i];
    }
}

void DtmfOscillator::beginSequence() noexcept
{
    symbolIndex = 0;
    if (playing.sequence.length == 0)
        segment = Segment::none;
    else
        beginSymbol();
}

void DtmfOscillator::beginSymbol() noexcept
{
    const auto symbol = playing.sequence.symbols[symbolIndex];
    if (symbol == ',')
    {
        beginSegment(Segment::off, playing.onMs + playing.offMs);
        return;
    }
    const auto tones = dtmfTonesOf(symbol);
    low.setFrequency(tones.lowHz, rateHz);
    high.setFrequency(tones.highHz, rateHz);
    low.restart();
    high.restart();
    beginSegment(Segment::on, playing.onMs);
}

void DtmfOscillator::beginSegment(Segment next, int durationMs) noexcept
{
    segment = next;
    segmentAt = 0;
    remainder += static_cast<uint64_t>(durationMs) * rateMilliHz;
    segmentLength = remainder / msMilliHzPerSample;
    remainder %= msMilliHzPerSample;
}

void DtmfOscillator::nextSegment() noexcept
{
    if (segment == Segment::on)
    {
        beginSegment(Segment::off, playing.offMs);
        return;
    }
    if (segment == Segment::off && ++symbolIndex < playing.sequence.length)
    {
        beginSymbol();
        return;
    }
    if (segment == Segment::off && playing.loop)
    {
        beginSegment(Segment::gap, playing.gapMs);
        return;
    }
    if (segment == Segment::gap)
        beginSequence();
    else
        segment = Segment::none;
}

/** Sample `at` of the digit that sounds; moves the phases on. */
double DtmfOscillator::voiceSample(uint64_t at) noexcept
{
    auto sample = lowAmplitude * low.sine() + highAmplitude * high.sine();
    low.advance();
    high.advance();
    if (at < edge.size())
        sample *= edge[at];
    if (const auto left = segmentLength - 1 - at; left < edge.size())
        sample *= edge[left];
    return sample;
}

double DtmfOscillator::nextSample() noexcept
{
    double sample = 0.0;
    if (tailLeft > 0)
    {
        sample = tail[tailAt];
        tailAt = (tailAt + 1) % tail.size();
        --tailLeft;
    }
    if (segment == Segment::on)
    {
        if (segmentAt == 0)
        {
            ++startedDigits;
            soundingDigit = playing.sequence.symbols[symbolIndex];
        }
        sample += voiceSample(segmentAt);
    }
    return sample;
}

template <typename Write>
void DtmfOscillator::run(size_t frames, Write write) noexcept
{
    for (size_t i = 0; i < frames;)
    {
        while (segment != Segment::none && segmentAt == segmentLength)
            nextSegment();
        if (segment != Segment::on)
            soundingDigit = 0;

        auto count = frames - i;
        if (segment != Segment::none)
            count = static_cast<size_t>(std::min<uint64_t>(count, segmentLength - segmentAt));
        for (const auto end = i + count; i < end; ++i)
        {
            write(i, static_cast<float>(segment == Segment::on || tailLeft > 0 ? nextSample() : 0.0));
            if (segment != Segment::none)
                ++segmentAt;
        }
    }
    // A sequence whose last off time has just gone by is over now, not with the next block.
    while (segment != Segment::none && segmentAt == segmentLength)
        nextSegment();
}

void DtmfOscillator::render(std::span<float> block) noexcept
{
    run(block.size(), [block](size_t i, float sample) { block[i] = sample; });
}

void DtmfOscillator::add(std::span<float> block) noexcept
{
    run(block.size(), [block](size_t i, float sample) { block[i] += sample; });
}

void DtmfOscillator::skip(uint64_t samples) noexcept
{
    const auto fromTail = std::min<uint64_t>(samples, tailLeft);
    if (fromTail > 0)
    {
        tailAt = (tailAt + static_cast<size_t>(fromTail)) % tail.size();
        tailLeft -= static_cast<size_t>(fromTail);
    }
    while (samples > 0 && segment != Segment::none)
    {
        while (segment != Segment::none && segmentAt == segmentLength)
            nextSegment();
        if (segment == Segment::none)
            break;
        const auto count = std::min(samples, segmentLength - segmentAt);
        soundingDigit = 0;
        if (segment == Segment::on && count > 0)
        {
            if (segmentAt == 0)
                ++startedDigits;
            soundingDigit = playing.sequence.symbols[symbolIndex];
            low.advance(count);
            high.advance(count);
        }
        segmentAt += count;
        samples -= count;
    }
    if (samples > 0)
        soundingDigit = 0;
    while (segment != Segment::none && segmentAt == segmentLength)
        nextSegment();
}

} // namespace mw
