#pragma once

#include "Engine.h"
#include "flight/FlightConfig.h"
#include "measure/FigureExpectation.h"
#include "pilot/PilotSpec.h"
#include "report/ReportFiles.h"

#include <juce_core/juce_core.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** How a role ended. */
struct RoleOutcome
{
    ExitCode code = ExitCode::passed;
    std::string verdict;          ///< one line for a person: "passed: 3 of 3 expectations held"
    std::vector<std::string> lines;  ///< the parts of the verdict, one expectation or failure each
};

/** A run with a purpose: mixer, source or sink. Control thread only; it lives on JUCE's message loop. */
class Role
{
public:
    virtual ~Role() = default;

    /** Checks, opens files, starts the engine, dials. On an error nothing is left running and no file is left behind empty. */
    [[nodiscard]] virtual Result<void> start() = 0;

    /** Ends the calls with BYE, closes files, writes reports. Idempotent. @param interrupted by a signal or the user's quit */
    virtual RoleOutcome finish(bool interrupted) = 0;

    /** True once the role is done by itself (duration over, file played, calls ended); then finish() is to be called. */
    [[nodiscard]] virtual bool isDone() const = 0;

    /** Called when isDone() becomes true, from within the role: finish() has to wait for a later message. What it throws for
        want of memory is lost, so isDone() is to be looked at now and then as well. */
    virtual void setWhenDone(std::function<void()> call) = 0;

    [[nodiscard]] virtual Engine& engine() = 0;

    /** Does what is due by the engine's clock: a line of metrics, a timeout, the end of what is played. The role's own timer
        calls it (10 or 20 Hz) on a message loop; a test without one calls it by hand. With Engine::Config::runMediaThread false
        files are written and sound is analysed in here as well, so that manual time needs no other thread. */
    virtual void poll() {}
};

/** `milliwatt mixer` */
struct MixerRoleConfig
{
    Engine::Config engine;

    /** A leg to call, with its part and its strip. */
    struct Leg
    {
        std::string uri;
        MixerState::Strip strip;       ///< part, gain, trim, mute, solo
        bool operator==(const Leg&) const = default;
    };
    std::vector<Leg> legs;             ///< called first, in order
    std::vector<std::string> dial;     ///< URIs to call as sources
    std::vector<std::string> sinks;    ///< URIs to call as sinks
    MixMode mode = MixMode::conference;
    bool funnelReturn = false;
    struct Cell { int listener = 0; int speaker = 0; double gainDb = 0.0; };  ///< strip indices: channels, house strips behind them
    std::vector<Cell> cells;           ///< who hears whom in spite of the mode
    double gainInDb = 0.0;
    double dtmfGainDb = 0.0;           ///< of the DTMF strip, in place of its gain in `house`
    double outputGainDb = 0.0;
    bool dtmfOn = true;
    std::array<MixerState::Strip, houseStripCount> house;  ///< strips of DTMF, tone and player
    double toneHz = 1000.0, toneDbm0 = silenceDb;          ///< the tone strip's sound [Hz, dBm0]
    std::optional<DtmfSettings> dtmf;  ///< played from the first established call on
    juce::File record;                 ///< WAV of the mix; File() for none
    juce::File metrics;                ///< JSONL, one snapshot a second; File() for none
    double metricsIntervalS = 1.0;
    juce::File log;                    ///< JSONL, what it is told and what happens to it (MixerLog); File() for none
    FlightConfig flight;               ///< a folder of everything for each call
    double durationS = 0.0;            ///< 0: until interrupted
};
std::unique_ptr<Role> makeMixerRole(const MixerRoleConfig& config, LegFactory& factory);

/** What a source plays: `FILE.wav`, `tone:HZ@DBM0`, `two-tone:HZ+HZ@DBM0`, `multi-tone:HZ,HZ,…@DBM0`, `sweep:HZ-HZ@DBM0/SECONDS`,
    `noise:white|pink|p50@DBM0`, `comfort-noise@DBM0`, `dtmf:SEQ`, `silence`; `/SECONDS` after any but a file and digits is its length. Several
    one after the other: with `;` between them, or `@LIST`, a file with one a line. */
struct PlaySpec
{
    enum class Kind { file, tone, dtmf, silence, multiTone, sweep, noise, list };
    Kind kind = Kind::silence;
    juce::File file;
    double frequencyHz = 1000.0;            ///< of a tone; where a sweep begins [Hz]
    double toHz = 1000.0;                   ///< where a sweep ends [Hz]
    std::vector<double> frequenciesHz;      ///< of a multi-tone [Hz]
    NoiseColour colour = NoiseColour::white;
    double levelDbm0 = -10.0;               ///< RMS, of several tones that of their sum [dBm0]
    double seconds = 0.0;                   ///< length; 0: it has one of its own, or no end [s]
    DtmfSettings dtmf;
    std::vector<PlaySpec> list;             ///< no lists in it

    /** Whether it has an end when it is not repeated. */
    [[nodiscard]] bool ends() const noexcept;

    /** Whether the strips of digits and tone play it, or none, in place of the player's: digits, a tone or silence without a length. */
    [[nodiscard]] bool isOfAnotherStrip() const noexcept;

    /** @returns an error that names what is wrong, of a list also the item or the line, and shows the forms. */
    [[nodiscard]] static Result<PlaySpec> parse(const std::string& text);
};

/** `milliwatt source`. A callee that never answers is given up by the leg factory (SipConfig::answerTimeoutMs). */
struct SourceRoleConfig
{
    Engine::Config engine;
    std::string callUri;
    int count = 1;                     ///< calls made to the URI at once
    PlaySpec play;
    bool repeat = false;
    PilotSpec pilot;                   ///< added to what is played, the same in every call; number 0: none
    PilotNames pilotNames;             ///< of the pilots that may be heard
    std::vector<FigureExpectation> expectations;  ///< on what comes back, of each call
    ReportFiles reports;               ///< what was measured of what comes back, in several forms
    juce::File record;                 ///< WAV of what is heard (of the first call; -2, -3 … for others)
    FlightConfig flight;               ///< a folder of everything for each call
    double durationS = 0.0;            ///< 0: until played once (file, dtmf), or until interrupted (tone, silence, repeat)
};
std::unique_ptr<Role> makeSourceRole(const SourceRoleConfig& config, LegFactory& factory);

/** `milliwatt sink` */
struct SinkRoleConfig
{
    Engine::Config engine;
    std::optional<DtmfSequence> expectDtmf;   ///< digits heard in-band, in this order and no other
    DtmfStandard dtmfStandard = DtmfStandard::q24UnitedStates;  ///< by which in-band digits are accepted
    struct Level { double dbm0 = 0.0, toleranceDb = 0.5; };
    std::optional<Level> expectLevel;         ///< RMS while there is sound [dBm0]
    struct Tone { double hz = 1000.0, toleranceHz = 1.0; };
    std::optional<Tone> expectTone;
    double minSeconds = 0.0;                  ///< sound that must have arrived at least [s]
    std::vector<FigureExpectation> expectations;  ///< on figures by their paths
    PilotNames pilotNames;                    ///< of the pilots that may be heard
    juce::File reference;                     ///< what the callers play, for `score.*`; File() for none
    ReportFiles reports;                      ///< what was measured and decided, in several forms
    juce::File mixerLog;                      ///< of a mixer on this machine (MixerLog), for `commands.*` and causes of breaks; File() for none
    juce::File record;                        ///< WAV of what was received; File() for none
    FlightConfig flight;                      ///< a folder of everything for each call
    double durationS = 0.0;                   ///< 0: until the calls have ended (at least one) or interrupted
    double firstCallTimeoutS = 0.0;           ///< 0: waits for ever
    int calls = 1;                            ///< ends by itself when this many calls have come and gone
};
std::unique_ptr<Role> makeSinkRole(const SinkRoleConfig& config, LegFactory& factory);

} // namespace mw
