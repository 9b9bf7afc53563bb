#pragma once

#include "Desk.h"
#include "HeardLevels.h"

#include <Integration/SupportBench.h>
#include <mw_monitor/mw_monitor.h>
#include <mw_sip/mw_sip.h>

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

/** The monitor's window over an engine with the real SIP stack, its calls to other processes, and a person's hands: what they do
    goes through the X server to the window. All of it in the test's thread, whose message loop runs while something is
    awaited. The engine runs at 8 kHz and calls
    carry L16: a level differs by what the window did, not by a codec. */
class LiveWindow : public Bench
{
protected:
    static constexpr int rateHz = 8000;

    void SetUp() override;
    void TearDown() override;

    /** Opens the window, once the test has set its actions. */
    void open(mw::MonitorActions actions = {});

    // ---- what is there ---------------------------------------------------------------------------------------------------------

    [[nodiscard]] mw::MonitorView& view() { return window->view(); }
    [[nodiscard]] mw::MonitorModel& model() { return window->view().model(); }
    [[nodiscard]] mw::Engine& engine() { return *bench; }

    /** The component of this title that is in sight. Throws when there is none. */
    template <typename Type = juce::Component>
    [[nodiscard]] Type& named(const juce::String& title)
    {
        if (auto* found = findShowing<Type>(view(), title))
            return *found;
        throw std::runtime_error("there is no '" + title.toStdString() + "' in sight");
    }

    template <typename Type = juce::Component>
    [[nodiscard]] static Type* findShowing(juce::Component& below, const juce::String& title)
    {
        for (auto* child : below.getChildren())
        {
            if (! child->isShowing())
                continue;
            if (child->getTitle() == title)
                if (auto* found = dynamic_cast<Type*>(child))
                    return found;
            if (auto* found = findShowing<Type>(*child, title))
                return found;
        }
        return nullptr;
    }

    // ---- hands -----------------------------------------------------------------------------------------------------------------

    void moveTo(juce::Component& component, juce::Point<float> part = { 0.5f, 0.5f });
    void click(juce::Component& component, int times = 1, int button = 1);
    void click(const juce::String& title, int times = 1, int button = 1) { click(named(title), times, button); }

    /** Presses the mouse there, moves it so far, lets it go. @param modifier "shift", "ctrl" or empty: held meanwhile */
    void drag(juce::Component& component, juce::Point<float> part, juce::Point<int> by, const std::string& modifier = {});

    void keys(const std::vector<std::string>& names);
    void type(const std::string& text);

    /** Double click, all that stands there is replaced, Return. */
    void typeInto(const juce::String& title, const std::string& text);

    /** Clicks the item of the menu that is open whose text begins so. */
    void choose(const juce::String& item);

    /** A click on a box or button that opens a menu, and on an item of it. @param button 3 for the menus of the right button */
    void choose(const juce::String& title, const juce::String& item, int button = 1);

    /** Waits for a window of this name of the test's own process, and lets the keys go to it. */
    [[nodiscard]] juce::Component& dialogCalled(const juce::String& name);

    /** The keys go to the monitor's window again. */
    void backToWindow();

    /** The item's component in an open menu, or null. */
    [[nodiscard]] static juce::Component* itemCalled(const juce::String& text);

    // ---- time ------------------------------------------------------------------------------------------------------------------

    static void pump(int ms = 40) { juce::MessageManager::getInstance()->runDispatchLoopUntil(ms); }

    /** Runs the message loop until it holds. False when the deadline passed first. */
    [[nodiscard]] static bool until(const std::function<bool()>& holds, std::chrono::milliseconds within = deadline::start);

    /** Lets the engine mix so much, in its own time. */
    void letPass(double seconds);

    // ---- who is at the other end -----------------------------------------------------------------------------------------------

    /** `milliwatt source` that calls us. @param what as after --play */
    Milliwatt& callsUs(const std::string& user, const std::string& what, const std::vector<std::string>& more = {});

    /** `milliwatt sink` for us to call, that records and reports: NAME.wav, NAME.json. */
    ListeningProgram& sinkCalled(const std::string& name, const std::vector<std::string>& more = {});

    /** Types an address into the dial box, and waits for the call. */
    mw::LegId dial(const std::string& uri);

    /** The call of this user, established or held; throws when there is none in time. */
    mw::LegId legOf(const std::string& user);

    /** Hangs all up and reads a sink's report when it has ended. */
    [[nodiscard]] juce::var reportOf(const std::string& name);

    /** The same, and compares its first recording with what was expected. A silence between two steps is a fault, unless this
        program or the sink counted that the machine stood still. @returns the report */
    juce::var expectHeard(const HeardLevels& levels, const std::string& name);

    std::unique_ptr<mw::LegFactory> factory;
    std::unique_ptr<mw::Engine> bench;
    std::unique_ptr<mw::MonitorWindow> window;
    std::string xWindow;

private:
    std::vector<std::unique_ptr<Milliwatt>> sources;
    std::map<std::string, std::unique_ptr<ListeningProgram>> sinks;
};
