#include "ParameterUndo.h"

#include <utility>

namespace mw
{

class ParameterUndo::Move final : public juce::UndoableAction
{
public:
    Move(ParameterUndo& ownerToUse, int indexToMove, float before, float after)
        : owner(ownerToUse), index(indexToMove), from(before), to(after), channel(owner.channels[static_cast<size_t>(index)]), leg(callNow())
    {
    }

    bool perform() override { return set(to); }
    bool undo() override { return set(from); }
    int getSizeInUnits() override { return 1; }

private:
    [[nodiscard]] LegId callNow() const { return channel >= 0 ? owner.callOnChannel(channel) : 0; }

    bool set(float value) const
    {
        auto* parameter = owner.mixer.getParameters().getReference(index);
        if (callNow() == leg && parameter->getValue() != value)
            parameter->setValueNotifyingHost(value);
        return true;
    }

    ParameterUndo& owner;
    const int index;
    const float from, to;
    const int channel;
    const LegId leg;
};

ParameterUndo::ParameterUndo(MixerProcessor& mixerToWatch, juce::UndoManager& undoToUse, std::function<LegId(int)> callOn)
    : mixer(mixerToWatch), undo(undoToUse), callOnChannel(std::move(callOn)), channels(static_cast<size_t>(mixer.getParameters().size()), -1)
{
    const auto& strips = mixer.parameters().strips;
    for (int channel = 0; channel < mixer.maxLegs(); ++channel)
    {
        const auto& strip = strips[static_cast<size_t>(channel)];
        for (const juce::AudioProcessorParameter* parameter : std::initializer_list<juce::AudioProcessorParameter*> { strip.gain, strip.mute, strip.solo })
            channels[static_cast<size_t>(parameter->getParameterIndex())] = channel;
    }
    mixer.addListener(this);
}

ParameterUndo::~ParameterUndo() { mixer.removeListener(this); }

void ParameterUndo::setAsGesture(juce::AudioProcessorParameter& parameter, float value)
{
    parameter.beginChangeGesture();
    parameter.setValueNotifyingHost(value);
    parameter.endChangeGesture();
}

void ParameterUndo::audioProcessorParameterChangeGestureBegin(juce::AudioProcessor*, int index)
{
    begun[index] = mixer.getParameters().getReference(index)->getValue();
}

void ParameterUndo::audioProcessorParameterChangeGestureEnd(juce::AudioProcessor*, int index)
{
    const auto found = begun.find(index);
    if (found == begun.end())
        return;
    const auto before = found->second;
    begun.erase(found);
    const auto* parameter = mixer.getParameters().getReference(index);
    const auto after = parameter->getValue();
    if (before == after)
        return;
    undo.beginNewTransaction(parameter->getName(64));
    undo.perform(new Move(*this, index, before, after));
}

} // namespace mw
