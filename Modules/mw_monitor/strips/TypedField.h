#pragma once

#include "../look/Look.h"

#include <functional>
#include <optional>

namespace mw
{

/** A value that can be typed: one click, or Tab, opens it. What is not taken stays there, marked, until the value changes or it
    is opened again. Message thread. */
class TypedField final : public juce::Label
{
public:
    TypedField();

    /** The value as text; takes away what was wrong when it differs from the last one. */
    void show(const juce::String& text);

    /** Given what was typed; false when it is wrong, and then nothing was changed. */
    std::function<bool(const juce::String& typed)> onTyped;

    [[nodiscard]] bool isWrong() const noexcept { return wrong; }

    void paint(juce::Graphics&) override;

private:
    juce::TextEditor* createEditorComponent() override;
    void take();

    juce::String value;
    bool wrong = false;
};

/** A number with a real or an ASCII minus sign, a point or a comma, and perhaps its unit behind it; nothing else. */
[[nodiscard]] std::optional<double> numberFromTyped(const juce::String& typed, const juce::String& unit);

/** A gain as people type it: "-6", "−6,5 dB", "-inf", "−∞". @returns nothing unless it is silence or within −60…+20 dB */
[[nodiscard]] std::optional<double> gainFromTyped(const juce::String& typed);

} // namespace mw
