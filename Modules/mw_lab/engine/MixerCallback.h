#pragma once

#include <juce_audio_devices/juce_audio_devices.h>
#include <mw_mixer/mw_mixer.h>

namespace mw
{

/** The device's callback that runs the mixer, and nothing else: juce::AudioProcessorPlayer would take two locks a block. */
class MixerCallback final : public juce::AudioIODeviceCallback
{
public:
    explicit MixerCallback(MixerProcessor& processorToRun) noexcept : processor(processorToRun) {}

    /** Audio region. The device gives maxLegs channels each way, as the processor expects them, and the tick's time. */
    void audioDeviceIOCallbackWithContext(const float* const* inputs, int, float* const* outputs, int, int frames,
                                          const juce::AudioIODeviceCallbackContext& context) override
    {
        processor.process(inputs, outputs, frames, context.hostTimeNs == nullptr ? 0 : static_cast<int64_t>(*context.hostTimeNs));
    }

    /** Control thread, before the first block. */
    void audioDeviceAboutToStart(juce::AudioIODevice* device) override
    {
        processor.setNonRealtime(false);
        processor.prepareToPlay(device->getCurrentSampleRate(), device->getCurrentBufferSizeSamples());
    }

    /** Control thread, after the last block. */
    void audioDeviceStopped() override { processor.releaseResources(); }

private:
    MixerProcessor& processor;
};

} // namespace mw
