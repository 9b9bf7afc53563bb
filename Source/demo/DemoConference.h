#pragma once

#include "DemoPart.h"
#include "DemoVerdict.h"

#include <array>
#include <string>

namespace mw::demo
{

/** The demo's first part: three sources with a pilot each in a conference, each of which measures whom it hears. Speech, tone and digits
    have calls of their own behind it, since what is recognised sample by sample must be clean of pilots. Control thread. */
class DemoConference
{
public:
    /** Starts the mixer. @param filesToWrite where the reports go */
    [[nodiscard]] Result<void> start(const DemoFiles& filesToWrite);

    /** Goes on with what is due; to be called some 20 times a second after start().
        @returns whether it is over and every report is written; an error when one of its processes ended badly or took too long */
    [[nodiscard]] Result<bool> advance();

    /** To all of its processes. */
    void signal(int number) noexcept;
    [[nodiscard]] bool isRunning();

private:
    enum class Stage { mixerStarts, gathers, listens, ends, over };

    void enter(Stage next);
    [[nodiscard]] double secondsInStage() const;
    [[nodiscard]] Result<void> callTheMixer(const std::string& uri);
    [[nodiscard]] int established() const;
    [[nodiscard]] std::array<DemoPart*, 4> allParts() { return { &mixer, &sources[0], &sources[1], &sources[2] }; }

    DemoFiles files;
    DemoPart mixer { "conference", {} };
    std::array<DemoPart, 3> sources;
    Stage stage = Stage::over;
    juce::uint32 stageMs = 0;
};

} // namespace mw::demo
