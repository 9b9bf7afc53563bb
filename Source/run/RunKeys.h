#pragma once

#include "KeyDecoder.h"

#include <mw_lab/mw_lab.h>

#include <functional>
#include <string>

namespace mw::run
{

/** What single keys do to a run. A key sets a parameter or queues a command at once, so that it acts with the next block.
    Control thread. */
class RunKeys
{
public:
    /** Which keys there are. */
    enum class Set
    {
        mixer,  ///< all of cli::keyHelp()
        calls   ///< choose, hang up, quit, help
    };

    /** @param engine the run's @param digit times and levels of digits that are typed; its sequence is not used
        @param quit asked for by `q` */
    RunKeys(Engine& engine, Set set, const DtmfSettings& digit, std::function<void()> quit);

    void press(const Key& key);

    /** Channel of the chosen leg, −1 when there is none. */
    [[nodiscard]] int chosenChannel() const;

    /** Whether the help is to be shown. */
    [[nodiscard]] bool showsHelp() const noexcept { return help; }

    /** What the last key did, or what is missing yet: "leg 3 muted", "mute leg: 1_". */
    [[nodiscard]] const std::string& message() const noexcept { return said; }

private:
    void pressCharacter(char c);
    void pressForMute(const Key& key);
    void startDigit(char digit);
    void toggleMute(int channel);
    void changeLegGain(double byDb);
    void move(int by);
    [[nodiscard]] const CallInfo* chosenCall(const std::vector<CallInfo>& calls) const;

    Engine& engine;
    Set set;
    DtmfSettings digit;
    std::function<void()> quit;
    LegId chosen = 0;
    bool help = false;
    bool muting = false;       ///< `m` was pressed, its number is being typed
    std::string muteNumber;
    std::string said;
};

} // namespace mw::run
