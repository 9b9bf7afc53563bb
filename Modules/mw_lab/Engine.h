#pragma once

#include <mw_legs/mw_legs.h>
#include <mw_mixer/mw_mixer.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** One call in the engine's list. */
enum class CallState { incoming, dialling, ringing, established, held, closed };

struct CallInfo
{
    LegId leg = 0;
    int channel = -1;            ///< strip of the mixer, -1 while (or after) it has none
    std::string peerUri, peerName;
    bool outgoing = false;
    CallState state = CallState::dialling;
    std::string codec;           ///< "PCMU/8000", empty before media
    int ptimeMs = 0;
    int64_t startedNs = 0, establishedNs = 0, closedNs = 0;  ///< engine clock [ns], 0: not yet
    int sipCode = 0;             ///< of the end
    std::string reason;          ///< of the end
    bool failed = false;
    std::string tag;             ///< who dialled it: the role's mark ("sink", "dial")
    std::string digitsReceived;  ///< by telephone-event or INFO
};

/** Everything about a run at one moment: the one snapshot that table, JSON, reports and windows are views of. */
struct EngineSnapshot
{
    uint64_t number = 0;
    int64_t timeNs = 0;
    MixerHeader mixer;
    std::vector<StripRow> strips;
    TickStats ticks;
    std::vector<LegRow> legs;      ///< transport, by channel
    std::vector<CallInfo> calls;   ///< all calls of this run that are not over, and the last `Config::closedCallsKept`
    uint64_t callsTotal = 0, callsFailed = 0, legsRefused = 0;

    [[nodiscard]] const StripRow* strip(int index) const noexcept;
    [[nodiscard]] const LegRow* transport(int channel) const noexcept;
};

/** Device, processor and legs joined; the owner of a run. All members: control thread (JUCE's message loop, or a test's
    thread that calls handleEvents()).

    Shutdown: refuse new legs → hang up → detach from the media thread → stop the device → join → free. It can be followed by
    start() again. */
class Engine
{
public:
    struct Config
    {
        int sampleRateHz = 16000;      ///< 8000, 16000, 32000, 48000
        int blockMs = 20;              ///< tick: 5, 10, 20, 30, 40 or 60
        MixerProcessor::Config mixer;  ///< maxLegs, law, …
        bool answerAutomatically = true;
        bool runMediaThread = true;    ///< false: runTick() by hand (manual clock)
        bool realtimePriority = true;
        std::shared_ptr<Clock> clock;  ///< null: real
        size_t closedCallsKept = 1000;
        int hangUpGraceMs = 2000;      ///< how long shutdown waits for answers to BYE
        std::string refusalReason = "Busy Here";
    };

    Engine(const Config& config, LegFactory& factory);
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /** Opens the device, starts it, begins to listen. On an error nothing is left running. */
    [[nodiscard]] Result<void> start();
    void stop();
    [[nodiscard]] bool isRunning() const noexcept;

    [[nodiscard]] const Config& config() const noexcept;
    [[nodiscard]] MixerProcessor& mixer() noexcept;
    [[nodiscard]] LegDevice& device() noexcept;
    [[nodiscard]] std::string localUri() const;

    /** Calls a URI; it takes a channel at once. @param tag the caller's mark @returns an error when no channel is free. */
    [[nodiscard]] Result<LegId> dial(const std::string& uri, const std::string& tag = {});
    void answer(LegId leg);
    void reject(LegId leg, int sipCode, const std::string& reason);
    void hangUp(LegId leg);
    void hold(LegId leg, bool onHold);
    void sendDtmf(LegId leg, const DtmfSequence& digits, DtmfMethod method, int onMs, int offMs);

    [[nodiscard]] std::optional<CallInfo> call(LegId leg) const;
    [[nodiscard]] std::vector<CallInfo> calls() const;
    [[nodiscard]] EngineSnapshot snapshot() const;

    /** Called on the control thread after the engine's own handling of every event; for roles and windows. */
    using Listener = std::function<void(const LegEvent&, const CallInfo&)>;
    int addListener(Listener listener);
    void removeListener(int listener);

    /** Handles what the factory reported; done by the message loop, and by hand in tests without one. */
    void handleEvents();

    /** With runMediaThread false: one block of media in the calling thread. */
    void runTick();

private:
    struct Impl;
    std::unique_ptr<Impl> impl;
};

} // namespace mw
