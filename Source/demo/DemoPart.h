#pragma once

#include "../run/ChildProcess.h"

#include <juce_core/juce_core.h>

#include <string>
#include <vector>

namespace mw::demo
{

/** One of the demo's processes: the same program with another command. Control thread. */
struct DemoPart
{
    std::string name;
    run::ChildProcess process;

    /** @param folder in which NAME.log takes what it says @param arguments without the program's path @param showsItself on our terminal */
    [[nodiscard]] Result<void> launch(const juce::File& folder, const std::vector<std::string>& arguments, bool showsItself);

    /** ": " and the last line of its log, since the cause stands there; empty when it said nothing. */
    [[nodiscard]] std::string lastWords(const juce::File& folder) const;

    /** "NAME ended with exit code 3: LAST WORDS", with that exit code as ours. Once it has ended. */
    [[nodiscard]] Error ending(const juce::File& folder);
};

} // namespace mw::demo
