#include "LegDeviceType.h"

namespace mw
{

LegDeviceType::LegDeviceType(LegDevice::Config configForDevices)
    : juce::AudioIODeviceType(typeName), config(std::move(configForDevices))
{
}

juce::StringArray LegDeviceType::getDeviceNames(bool) const { return { deviceName }; }

int LegDeviceType::getDefaultDeviceIndex(bool) const { return 0; }

int LegDeviceType::getIndexOfDevice(juce::AudioIODevice* device, bool) const
{
    return dynamic_cast<LegDevice*>(device) != nullptr ? 0 : -1;
}

juce::AudioIODevice* LegDeviceType::createDevice(const juce::String& outputDeviceName, const juce::String& inputDeviceName)
{
    if (outputDeviceName != deviceName && inputDeviceName != deviceName)
        return nullptr;
    return std::make_unique<LegDevice>(config).release();  // JUCE's interface hands ownership over as a plain pointer
}

} // namespace mw
