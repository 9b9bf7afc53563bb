#pragma once

#include "../Engine.h"
#include "../report/JuceText.h"

#include <juce_core/juce_core.h>

namespace mw
{

/** What a person calls the peer, as a part of a file's name: its user or host, at most 32 letters, digits, dots, underscores and
    hyphens; never empty. */
[[nodiscard]] inline juce::String peerFileName(const CallInfo& call)
{
    constexpr int longest = 32;
    auto name = juceText(call.peerUri).fromFirstOccurrenceOf(":", false, false);
    if (name.contains("@"))
        name = name.upToFirstOccurrenceOf("@", false, false);
    name = name.upToFirstOccurrenceOf(";", false, false);
    juce::String safe;
    for (auto at = name.getCharPointer(); ! at.isEmpty() && safe.length() < longest; ++at)
        safe += juce::CharacterFunctions::isLetterOrDigit(*at) || *at == '.' || *at == '_' || *at == '-' ? *at : static_cast<juce::juce_wchar>('_');
    return safe.isEmpty() ? juce::String("unknown") : safe;
}

} // namespace mw
