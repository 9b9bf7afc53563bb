#pragma once

#include "../model/MonitorModel.h"

#include <functional>
#include <optional>

namespace mw
{

/** The session that the window works with: opens and saves it, and keeps the last one. Message thread. */
class SessionKeeper final
{
public:
    /** What the window adds to a session, and takes from it: its layout, the sequence that stands in the editor. */
    struct Window
    {
        std::function<void(Session&)> capture;
        std::function<void(const Session&)> apply;
    };

    /** @param lastSessionFile where the last session is read from and kept; File() for nowhere */
    SessionKeeper(MonitorModel& modelToUse, Window windowToUse, const juce::File& lastSessionFile);

    /** Sets engine and window up like the file. @returns an error, and then nothing changed; it stands in the log too */
    Result<void> open(const juce::File& file);

    /** Likewise, of the last session. */
    Result<void> continueLast();

    Result<void> saveTo(const juce::File& file);

    /** Keeps engine and window as the last session. */
    Result<void> saveLast();

    /** Where the session stands that was opened or saved last; File() for none. */
    [[nodiscard]] const juce::File& file() const noexcept { return current; }

    /** The last session as it was found when the window opened. */
    [[nodiscard]] const std::optional<Session>& last() const noexcept { return found; }

    [[nodiscard]] Session capture();

private:
    Result<void> apply(const Session& session);
    Result<void> noted(Result<void> result, const std::string& done);

    MonitorModel& model;
    const Window window;
    const juce::File lastFile;
    juce::File current;
    std::optional<Session> found;
};

} // namespace mw
