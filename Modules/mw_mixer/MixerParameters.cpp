#include "MixerParameters.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace mw
{

namespace
{
constexpr float closedFaderDb = static_cast<float>(minGainDb) - 0.1f;  ///< stored for minus infinity
constexpr double stepsPerDb = 1000.0;
constexpr int parameterVersionHint = 1;
constexpr const char* houseNames[houseStripCount] = { "dtmf", "tone", "player" };


float storedFromDb(double gainDb) noexcept
{
    const auto kept = keptGainDb(gainDb);
    return kept >= minGainDb ? static_cast<float>(kept) : closedFaderDb;  // a host's NaN closes the fader
}

juce::NormalisableRange<float> gainRange()
{
    return { closedFaderDb, static_cast<float>(maxGainDb),
             [](float low, float high, float part) {
                 return storedFromDb(double { low } + (double { high } - double { low }) * double { part });
             },
             [](float low, float high, float value) {
                 return static_cast<float>((double { value } - double { low }) / (double { high } - double { low }));
             },
             [](float, float, float value) { return storedFromDb(double { value }); } };
}

float gainFromText(const juce::String& text)
{
    const auto trimmed = text.trim().toLowerCase();
    if (trimmed.startsWith("-inf") || trimmed == "off")
        return closedFaderDb;
    return storedFromDb(trimmed.getDoubleValue());
}

juce::AudioParameterFloatAttributes gainAttributes()
{
    return juce::AudioParameterFloatAttributes()
        .withStringFromValueFunction([](float value, int length) {
            const auto text = GainParameter::textOf(GainParameter::dbOfRaw(value));
            return length > 0 ? text.substring(0, length) : text;
        })
        .withValueFromStringFunction(gainFromText);
}
} // namespace

double keptGainDb(double gainDb) noexcept
{
    const auto rounded = std::round(std::min(gainDb, maxGainDb) * stepsPerDb) / stepsPerDb;
    return rounded < minGainDb ? silenceDb : rounded + 0.0;  // no minus zero
}

GainParameter::GainParameter(const juce::String& parameterId, const juce::String& shownName, ParameterChanges& changesToNote)
    : AudioParameterFloat(juce::ParameterID { parameterId, parameterVersionHint }, shownName, gainRange(), 0.0f, gainAttributes()), changes(changesToNote)
{
}

bool GainParameter::setDb(double gainDb)
{
    if (std::isnan(gainDb))
        return false;
    setValueNotifyingHost(convertTo0to1(storedFromDb(gainDb)));
    return true;
}

double GainParameter::getDb() const noexcept { return dbOfRaw(get()); }

double GainParameter::dbOfRaw(float stored) noexcept { return keptGainDb(double { stored }); }

juce::String GainParameter::textOf(double gainDb)
{
    return gainDb < minGainDb ? juce::String("-inf dB") : juce::String(gainDb, 1) + " dB";
}

juce::String stripName(int index, int maxLegs)
{
    return index < maxLegs ? juce::String(index) : juce::String(houseNames[index - maxLegs]);
}

int stripFromName(const juce::String& name, int maxLegs)
{
    for (int i = 0; i < houseStripCount; ++i)
        if (name == houseNames[i])
            return maxLegs + i;
    if (name.isEmpty() || name.length() > 4 || ! name.containsOnly("0123456789"))
        return -1;
    const auto index = name.getIntValue();
    return index < maxLegs && name == juce::String(index) ? index : -1;
}

MixerParameters::MixerParameters(juce::AudioProcessor& processor, int maxLegs)
{
    const auto gain = [this](auto& group, const juce::String& id, const juce::String& name) {
        auto made = std::make_unique<GainParameter>(id, name, changes);
        auto* const parameter = made.get();
        group.addChild(std::move(made));
        return parameter;
    };
    const auto onOff = [this](auto& group, const juce::String& id, const juce::String& name, bool initially) {
        auto made = std::make_unique<SwitchParameter>(juce::ParameterID { id, parameterVersionHint }, name, initially, changes);
        auto* const parameter = made.get();
        group.addChild(std::move(made));
        return parameter;
    };

    auto master = std::make_unique<juce::AudioProcessorParameterGroup>("master", "Master", " ");
    masterIn = gain(*master, "masterInGain", "Master in gain");
    dtmf = gain(*master, "dtmfGain", "DTMF gain");
    output = gain(*master, "outputGain", "Output gain");
    dtmfOn = onOff(*master, "dtmfOn", "DTMF on", true);
    processor.addParameterGroup(std::move(master));

    const auto count = maxLegs + houseStripCount;
    strips.resize(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i)
    {
        const auto id = "strip/" + stripName(i, maxLegs);
        const auto name = i < maxLegs ? "Leg " + juce::String(i + 1) : stripName(i, maxLegs);
        auto group = std::make_unique<juce::AudioProcessorParameterGroup>(id, name, " ");
        auto& strip = strips[static_cast<size_t>(i)];
        const bool isDtmf = i == maxLegs + static_cast<int>(HouseStrip::dtmf);
        strip.gain = isDtmf ? dtmf : gain(*group, id + "/gain", name + " gain");
        strip.mute = onOff(*group, id + "/mute", name + " mute", false);
        strip.solo = onOff(*group, id + "/solo", name + " solo", false);
        processor.addParameterGroup(std::move(group));
    }
}

} // namespace mw
