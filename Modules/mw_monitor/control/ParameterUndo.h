#pragma once

#include <juce_data_structures/juce_data_structures.h>
#include <mw_lab/mw_lab.h>

#include <functional>
#include <map>
#include <vector>

namespace mw
{

/** Makes one undo step of each gesture on a mixer's parameter, whoever makes it: JUCE's attachments announce gestures, but leave
    it to others to remember values. What a remote control or a new call sets is no gesture and not undone.

    A strip's channel is given to the next call when its own is over: a step on a former call is then passed over, so that undo
    never moves the fader of somebody else. Message thread. */
class ParameterUndo final : private juce::AudioProcessorListener
{
public:
    /** @param callOn the call on a channel now, 0 for none. All three outlive this. */
    ParameterUndo(MixerProcessor& mixerToWatch, juce::UndoManager& undoToUse, std::function<LegId(int channel)> callOn);
    ~ParameterUndo() override;

    /** Sets a parameter as one gesture. @param value 0…1 */
    static void setAsGesture(juce::AudioProcessorParameter& parameter, float value);

private:
    class Move;
    void audioProcessorParameterChanged(juce::AudioProcessor*, int, float) override {}
    void audioProcessorChanged(juce::AudioProcessor*, const ChangeDetails&) override {}
    void audioProcessorParameterChangeGestureBegin(juce::AudioProcessor*, int index) override;
    void audioProcessorParameterChangeGestureEnd(juce::AudioProcessor*, int index) override;

    MixerProcessor& mixer;
    juce::UndoManager& undo;
    const std::function<LegId(int)> callOnChannel;
    std::vector<int> channels;      ///< of each parameter; -1: of no leg
    std::map<int, float> begun;     ///< value at the beginning of the gestures that are under way
};

} // namespace mw
