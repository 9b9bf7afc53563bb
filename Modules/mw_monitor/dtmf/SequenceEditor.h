#pragma once

#include "../look/Look.h"

#include <mw_lab/mw_lab.h>

namespace mw
{

/** The digits to be played, as text. A character that is none is marked as it is typed, and said with its position. Message
    thread. */
class SequenceEditor final : public juce::TextEditor
{
public:
    SequenceEditor();

    /** What stands there, or the reason why it cannot be played. */
    [[nodiscard]] Result<DtmfSequence> sequence() const { return DtmfSequence::parse(getText().toStdString()); }

    /** Where the first wrong character is, counting from 0; −1 when there is none. */
    [[nodiscard]] int wrongAt() const;

    /** The reason for a person: "'x' at position 3 is no DTMF digit"; empty when there is nothing wrong. */
    [[nodiscard]] juce::String fault() const;

    void paintOverChildren(juce::Graphics&) override;
};

} // namespace mw
