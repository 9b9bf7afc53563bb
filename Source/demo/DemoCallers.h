#pragma once

#include "../run/ChildProcess.h"

#include <juce_core/juce_core.h>

#include <array>
#include <string>

namespace mw::demo
{

/** The window's "Try the demo": three `milliwatt source` processes that call a running mixer and talk, whistle and dial, again
    and again. They end with their calls, or with this object. Control thread. */
class DemoCallers
{
public:
    ~DemoCallers();

    /** @param mixerUri where the mixer listens: "sip:milliwatt@0.0.0.0:5060" is called on loopback
        @returns an error when the speech is not installed or a process cannot be started; then none runs */
    [[nodiscard]] Result<void> start(const std::string& mixerUri);

private:
    [[nodiscard]] Result<void> launch(run::ChildProcess& caller, const std::string& name, const std::string& what, const std::string& mixerUri);

    std::array<run::ChildProcess, 3> callers;
    juce::File folder;  ///< of the speech and the logs
};

} // namespace mw::demo
