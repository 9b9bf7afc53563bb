#pragma once

#include "LegDevice.h"

namespace mw
{

/** The driver under which JUCE's AudioDeviceManager lists and opens a LegDevice: addAudioDeviceType(), then
    setCurrentAudioDeviceType(LegDeviceType::typeName). It has one device, with inputs and outputs together. Control thread. */
class LegDeviceType final : public juce::AudioIODeviceType
{
public:
    static constexpr const char* typeName = "Milliwatt legs";
    static constexpr const char* deviceName = "Milliwatt legs";

    /** @param configForDevices given to each device made */
    explicit LegDeviceType(LegDevice::Config configForDevices);

    void scanForDevices() override {}
    juce::StringArray getDeviceNames(bool wantInputNames) const override;
    int getDefaultDeviceIndex(bool forInput) const override;
    int getIndexOfDevice(juce::AudioIODevice* device, bool asInput) const override;
    bool hasSeparateInputsAndOutputs() const override { return false; }

    /** @returns a LegDevice that the caller owns; null for a name that is not ours. */
    juce::AudioIODevice* createDevice(const juce::String& outputDeviceName, const juce::String& inputDeviceName) override;

private:
    LegDevice::Config config;
};

} // namespace mw
