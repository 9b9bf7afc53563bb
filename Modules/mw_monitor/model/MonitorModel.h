#pragma once

#include "../control/ParameterUndo.h"
#include "../control/RemoteControl.h"
#include "DigitLog.h"
#include "History.h"

#include <juce_data_structures/juce_data_structures.h>
#include <juce_events/juce_events.h>
#include <mw_lab/mw_lab.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mw
{

/** Something that happened, for log and plots. */
struct LogEntry
{
    enum class Weight { note, good, bad };

    /** What plots over time mark. */
    enum class Mark { none, established, ended, digit };
    int64_t timeNs = 0;  ///< engine clock [ns]
    Weight weight = Weight::note;
    LegId leg = 0;       ///< 0: of the run
    std::string text;    ///< UTF-8, one line
    Mark mark = Mark::none;
};

/** The house tone. */
struct ToneSetting
{
    bool on = false;
    double frequencyHz = 1000.0;
    double levelDbm0 = -10.0;
};

/** What the window shows: the engine's snapshot, with histories and a log; and what is chosen in the window. The run and the strips in
    sight are looked at 30 times a second; all of it with each step of the histories, and when a call came, went or changed. Views are
    told after each look. It takes nothing from the audio or sip thread but Engine's snapshot and listener, and changes nothing but by
    Engine's commands and the mixer's parameters. Message thread. */
class MonitorModel final : private juce::Timer
{
public:
    static constexpr int looksPerSecond = 30;
    static constexpr int quietLooksPerSecond = 10;  ///< while there is no call and nothing sounds
    static constexpr size_t logLength = 2000;

    class View
    {
    public:
        virtual ~View() = default;

        /** The snapshot is new. Repaint only what changed. */
        virtual void modelChanged() = 0;
    };

    /** @param engine must outlive this */
    explicit MonitorModel(Engine& engineToShow);
    ~MonitorModel() override;

    [[nodiscard]] Engine& engine() const noexcept { return bench; }
    [[nodiscard]] const EngineSnapshot& snapshot() const noexcept { return latest; }
    [[nodiscard]] juce::UndoManager& undoManager() noexcept { return undo; }

    /** MIDI controllers and OSC. */
    [[nodiscard]] RemoteControl& remote() noexcept { return remoteControl; }

    /** The player strip's file. */
    [[nodiscard]] Player& player() noexcept { return filePlayer; }

    void addView(View& view);
    void removeView(View& view);

    /** One look, now; the timer does it otherwise. */
    void look();

    // ---- reading ------------------------------------------------------------------------------------------------------

    /** A call in the snapshot, or null. */
    [[nodiscard]] const CallInfo* call(LegId leg) const noexcept;

    /** The call that is on a channel now, or null. */
    [[nodiscard]] const CallInfo* callOnChannel(int channel) const noexcept;

    /** Calls that are not over, in the order of their channels. */
    [[nodiscard]] std::vector<const CallInfo*> openCalls() const;

    /** Null before the leg's first step. Kept until the run forgets the call. */
    [[nodiscard]] const LegHistory* history(LegId leg) const noexcept;
    [[nodiscard]] const RunHistory& runHistory() const noexcept { return run; }

    /** Engine time at which the run began [ns]: zero of the running time. */
    [[nodiscard]] int64_t startNs() const noexcept { return latest.timeNs - latest.runningNs; }

    /** Steps of the histories so far, one every 1/historyHz s: time that no look came counts too. */
    [[nodiscard]] uint64_t steps() const noexcept { return stepCount; }

    /** Engine time of the latest step [ns]. */
    [[nodiscard]] int64_t lastStepNs() const noexcept { return stepNs; }

    /** Newest last. */
    [[nodiscard]] const std::deque<LogEntry>& log() const noexcept { return entries; }

    /** Counts on with each entry. */
    [[nodiscard]] uint64_t logNumber() const noexcept { return entryCount; }

    /** Digits that legs sent, by whatever way, and those that the window sent. */
    [[nodiscard]] const DigitLog& digits() const noexcept { return digitLog; }

    /** Enters digits that the window sent. */
    void noteDigits(DigitEntry entry) { digitLog.add(std::move(entry)); }

    /** A level as the window shows it: dBm0, or dBFS where that was chosen. @param rms full scale = 1.0 */
    [[nodiscard]] double shownLevel(double rms) const noexcept;
    [[nodiscard]] const char* levelUnit() const noexcept { return inDbfs ? "dBFS" : "dBm0"; }

    // ---- steering -----------------------------------------------------------------------------------------------------

    /** The leg whose details are shown; 0 for none. */
    [[nodiscard]] LegId selected() const noexcept { return chosen; }
    void select(LegId leg);

    void showDbfs(bool dbfs);
    [[nodiscard]] bool showsDbfs() const noexcept { return inDbfs; }

    /** The channels whose strips are to be up to date at every look; those of the others are as of the latest step. */
    void setInSight(std::vector<int> channels) { inSight = std::move(channels); }

    /** Adds a line to the log, and says it in the footer. */
    void note(LogEntry::Weight weight, std::string text, LegId leg = 0, LogEntry::Mark mark = LogEntry::Mark::none);

    /** As of the last command, whoever gave it; a tone that is off keeps its level here. */
    [[nodiscard]] ToneSetting tone() const noexcept;

    /** Sets the house tone. @returns false when the mixer refused it, which is noted; then nothing changed */
    bool setTone(const ToneSetting& setting);

    /** Sends a command; a refusal is noted. @returns whether it was taken */
    bool send(const MixerCommand& command);

private:
    void timerCallback() override { look(); }
    void lookOften(bool often);
    void heard(const LegEvent& event, const CallInfo& call);
    void step();
    void playDigits(const DtmfSequence& digits);
    void skipSteps(int64_t count);
    void addLegStep(const LegRow& row);
    void listen();
    void tellViews();

    struct Leg
    {
        LegHistory history;
        uint64_t expected = 0, missing = 0;  ///< packets as of the last step
    };

    Engine& bench;
    int listener = -1;
    EngineSnapshot latest;
    juce::UndoManager undo;
    ParameterUndo gestures;
    RemoteControl remoteControl;
    Player filePlayer;
    double toneLevelDbm0 = ToneSetting {}.levelDbm0;  ///< when it is on again
    DigitWatch digitWatch;
    DigitLog digitLog;
    std::vector<View*> views;
    std::vector<int> inSight;
    std::map<LegId, std::unique_ptr<Leg>> legs;
    RunHistory run;
    std::deque<LogEntry> entries;
    uint64_t entryCount = 0, stepCount = 0;
    int64_t stepNs = 0;
    LegId chosen = 0;
    bool inDbfs = false, looksOften = true;
};

} // namespace mw
