// What juce::AudioIODevice asks of a LegDevice: its names, rates and sizes, its life on the control thread.
#include "LegDeviceImpl.h"

#include <algorithm>
#include <array>

namespace mw
{

namespace
{
constexpr std::array<int, 4> deviceRatesHz { 8000, 16000, 32000, 48000 };
constexpr std::array<int, 6> deviceBlocksMs { 5, 10, 20, 30, 40, 60 };
constexpr int defaultBlockMs = 20;

bool isDeviceRate(double sampleRate) noexcept
{
    return std::ranges::any_of(deviceRatesHz, [=](int rate) { return static_cast<double>(rate) == sampleRate; });
}

bool isDeviceBlock(int rateHz, int frames) noexcept
{
    return std::ranges::any_of(deviceBlocksMs, [=](int ms) { return rateHz / 1000 * ms == frames; });
}

juce::StringArray legChannelNames(int count)
{
    juce::StringArray names;
    for (int i = 1; i <= count; ++i)
        names.add("Leg " + juce::String(i));
    return names;
}
} // namespace

juce::String LegDevice::Impl::open(const juce::BigInteger& wantedInputs, const juce::BigInteger& wantedOutputs, double sampleRate,
                                   int bufferSize)
{
    if (config.maxLegs != maxLegs)
        return "cannot open the legs: " + juce::String(config.maxLegs) + " legs are out of range (choose 1 to " + juce::String(mostLegs) + ")";
    if (! isDeviceRate(sampleRate))
        return "cannot open the legs at " + juce::String(sampleRate) + " Hz: not a rate of the engine (choose 8000, 16000, 32000 or 48000)";
    const auto rate = static_cast<int>(sampleRate);
    if (! isDeviceBlock(rate, bufferSize))
        return "cannot open the legs with blocks of " + juce::String(bufferSize) + " frames at " + juce::String(rate)
             + " Hz: not 5, 10, 20, 30, 40 or 60 ms";
    if (wantedInputs.getHighestBit() >= maxLegs || wantedOutputs.getHighestBit() >= maxLegs)
        return "cannot open the legs: a channel above " + juce::String(maxLegs) + " was asked for";

    inputs = wantedInputs;
    outputs = wantedOutputs;
    rateHz = rate;
    blockFrames = bufferSize;
    try
    {
        prepareBuffers();
    }
    catch (const std::bad_alloc&)
    {
        return "cannot open the legs: no memory for " + juce::String(maxLegs) + " channels";
    }
    opened = true;
    return {};
}

void LegDevice::Impl::prepareBuffers()
{
    const auto samples = static_cast<size_t>(maxLegs) * static_cast<size_t>(blockFrames);
    inputSamples.assign(samples, 0.0f);
    outputSamples.assign(samples, 0.0f);
    std::ranges::fill(sounding, uint8_t { 0 });
    inputPointers.clear();
    outputPointers.clear();
    for (int channel = 0; channel < maxLegs; ++channel)
    {
        if (inputs[channel])
            inputPointers.push_back(inputOf(channel));
        if (outputs[channel])
            outputPointers.push_back(outputOf(channel));
    }
}

// ---- LegDevice: juce::AudioIODevice -------------------------------------------------------------------------------------------

juce::StringArray LegDevice::getOutputChannelNames() { return legChannelNames(impl->maxLegs); }
juce::StringArray LegDevice::getInputChannelNames() { return legChannelNames(impl->maxLegs); }

juce::Array<double> LegDevice::getAvailableSampleRates()
{
    juce::Array<double> rates;
    for (const auto rate : deviceRatesHz)
        rates.add(rate);
    return rates;
}

juce::Array<int> LegDevice::getAvailableBufferSizes()
{
    // While it is closed the rate is open too, and so every size at any rate is on the list; open() refuses what does not fit.
    juce::SortedSet<int> sizes;
    for (const auto rate : deviceRatesHz)
        if (! impl->opened || rate == impl->rateHz)
            for (const auto ms : deviceBlocksMs)
                sizes.add(rate / 1000 * ms);
    juce::Array<int> list;
    for (const auto size : sizes)
        list.add(size);
    return list;
}

int LegDevice::getDefaultBufferSize() { return (impl->opened ? impl->rateHz : 48000) / 1000 * defaultBlockMs; }

juce::String LegDevice::open(const juce::BigInteger& inputs, const juce::BigInteger& outputs, double sampleRate, int bufferSize)
{
    close();
    impl->lastError = impl->open(inputs, outputs, sampleRate, bufferSize);
    return impl->lastError;
}

void LegDevice::close()
{
    stop();
    impl->opened = false;
}

bool LegDevice::isOpen() { return impl->opened; }

void LegDevice::start(juce::AudioIODeviceCallback* callback)
{
    stop();
    if (callback == nullptr)
        return;
    if (! impl->opened)
    {
        impl->lastError = "cannot start the legs: the device is not open";
        return;
    }
    auto isPrepared = false;
    try
    {
        callback->audioDeviceAboutToStart(this);
        isPrepared = true;
        impl->lastError = impl->start(callback, runsOwnThread);
    }
    catch (const std::bad_alloc&)
    {
        impl->callback = nullptr;
        impl->lastError = "cannot start the legs: no memory";
    }
    impl->started = impl->lastError.isEmpty();
    if (! impl->started && isPrepared)
        callback->audioDeviceStopped();
}

void LegDevice::stop()
{
    auto* former = impl->callback;
    impl->stop();
    if (std::exchange(impl->started, false) && former != nullptr)
        former->audioDeviceStopped();
}

bool LegDevice::isPlaying() { return impl->started; }
juce::String LegDevice::getLastError() { return impl->lastError; }
int LegDevice::getCurrentBufferSizeSamples() { return impl->opened ? impl->blockFrames : 0; }
double LegDevice::getCurrentSampleRate() { return impl->opened ? impl->rateHz : 0.0; }
int LegDevice::getCurrentBitDepth() { return 16; }
juce::BigInteger LegDevice::getActiveOutputChannels() const { return impl->opened ? impl->outputs : juce::BigInteger(); }
juce::BigInteger LegDevice::getActiveInputChannels() const { return impl->opened ? impl->inputs : juce::BigInteger(); }

int LegDevice::getOutputLatencyInSamples()
{
    double latencyMs = 0.0;
    for (const auto& row : impl->current->rows)
        latencyMs = std::max(latencyMs, row.port->outputLatencyMs());
    return juce::roundToInt(latencyMs * getCurrentSampleRate() / 1000.0);
}

int LegDevice::getInputLatencyInSamples()
{
    double latencyMs = 0.0;
    for (const auto& row : impl->current->rows)
        latencyMs = std::max(latencyMs, row.port->inputLatencyMs());
    return juce::roundToInt(latencyMs * getCurrentSampleRate() / 1000.0);
}

int LegDevice::getXRunCount() const noexcept { return impl->started ? impl->xruns.load(std::memory_order_relaxed) : -1; }

} // namespace mw
