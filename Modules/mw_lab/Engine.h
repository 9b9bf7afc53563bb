#pragma once

#include <mw_legs/mw_legs.h>
#include <mw_mixer/mw_mixer.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
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
    bool onHold = false;         ///< we asked for the call to be on hold; `held` is the peer's hold of us
    std::string tag;             ///< who dialled it: the role's mark ("sink", "dial")
    std::string digitsReceived;  ///< by telephone-event or INFO
};

/** Settings of a run by name; the unit stands in the name: "maxBacklogMs". */
using RunSettings = std::vector<std::pair<std::string, double>>;

/** Everything about a run at one moment: the one snapshot that table, JSON, reports and windows are views of. */
struct EngineSnapshot
{
    uint64_t number = 0;           ///< of the mixer's block that it shows; 0 before the first block
    int64_t timeNs = 0;            ///< engine clock [ns]
    int64_t runningNs = 0;         ///< since Engine::start(), until stop() [ns]
    Law law = Law::mu;             ///< what 0 dBm0 means
    RunSettings settings;          ///< as Engine::Config has them
    std::string role;              ///< likewise; of a source and a sink the mode of the mixer says nothing to anybody
    int maxLegs = 0;
    std::string localUri;          ///< where peers call, after stop() where they called; empty before the first start
    bool realtimePriority = false; ///< whether the media thread has SCHED_FIFO
    MixerHeader mixer;
    std::vector<StripRow> strips;
    TickStats ticks;
    std::vector<LegRow> legs;      ///< transport, by channel
    uint64_t callsVersion = 0;     ///< another one when a call came, went or changed
    std::vector<CallInfo> calls;   ///< all calls of this run that are not over, and the last `Config::closedCallsKept`
    std::vector<std::pair<LegId, LegMediaStats>> endedMedia; ///< transport of the ended ones among them, as of their end
    uint64_t callsTotal = 0;       ///< calls that took a channel, in this run
    uint64_t callsFailed = 0;      ///< of these: not established, or broken afterwards
    uint64_t legsRefused = 0;      ///< incoming calls that found no channel (486)
    FactoryFigures signalling;     ///< of the leg factory
    uint64_t commandsWaiting = 0;  ///< commands that found the mixer's queue full and wait for room
    LegMediaStats mediaTotals;     ///< counters of all legs of this run together, of ended ones too
    uint64_t snapshotGaps = 0;     ///< ticks of the device without a block of the mixer, or blocks without a tick
    uint64_t snapshotStalls = 0;   ///< times that no tick came for a second (or 20 blocks)
    uint64_t eventsLost = 0;       ///< events of the legs for which there was no memory, since the engine was made

    [[nodiscard]] const StripRow* strip(int index) const noexcept;
    [[nodiscard]] const LegRow* transport(int channel) const noexcept;
};

/** What the house strips were last told to play. */
struct HouseSounds
{
    DtmfSettings dtmf;
    bool dtmfWasStopped = true;   ///< control thread; by stopDtmf or an empty sequence, or none was ever sent; a sequence that came to its end was not
    double toneHz = 1000.0, toneDbm0 = silenceDb;
};

/** Device, processor and legs joined; the owner of a run. All members: control thread (JUCE's message loop, or a test's
    thread that calls handleEvents()).

        factory ─ LegEvent (its thread) → Mailbox → handleEvents() → channels, ports of the device, commands of the mixer
        device (media thread) → MixerCallback (audio region) → MixerProcessor::process

    A call takes the lowest free channel when it is dialled or rings, and gives it back when it is over and the media thread
    has let go of its port. A new call finds gain 0 dB, trim 0 dB, no mute, no solo and the role `source` on its channel;
    cells of the matrix belong to the channel and stay.

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
        RunSettings settings;          ///< what was set elsewhere (jitter buffer, timeouts), to be shown in every report
        bool answerAutomatically = true;  ///< at first, see setAnswersAutomatically()
        bool runMediaThread = true;    ///< false: runTick() by hand (manual clock)
        bool realtimePriority = true;
        int workers = 0;               ///< threads that help with decoding and encoding when it is much, see TickWorkers
        std::shared_ptr<Clock> clock;  ///< null: real
        size_t closedCallsKept = 200;  ///< ended calls that snapshots and metrics still tell of
        int hangUpGraceMs = 2000;      ///< how long shutdown waits for answers to BYE
        std::string refusalReason = "Busy Here";
        std::string role;              ///< "mixer", "source" or "sink", shown with every snapshot; empty: none
    };

    Engine(const Config& config, LegFactory& factory);

    /** Stops; listeners are told nothing any more, since what they stand on may be gone already. */
    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /** Opens the device, starts it, begins to listen. On an error nothing is left running, and it can be tried again.
        The list of calls and the counters begin anew. */
    [[nodiscard]] Result<void> start();

    /** Ends everything in the order above; bounded by hangUpGraceMs, also while calls keep arriving. Listeners are told of
        the end of every call. Harmless when it is not running. */
    void stop();
    [[nodiscard]] bool isRunning() const noexcept;

    [[nodiscard]] const Config& config() const noexcept;
    [[nodiscard]] MixerProcessor& mixer() noexcept;
    [[nodiscard]] LegDevice& device() noexcept;

    /** The clock of all times here. Any thread. */
    [[nodiscard]] const Clock& clock() const noexcept;
    [[nodiscard]] std::string localUri() const;

    /** Calls a URI; it takes a channel at once. @param tag the caller's mark @returns an error when no channel is free. */
    [[nodiscard]] Result<LegId> dial(const std::string& uri, const std::string& tag = {});
    /** Whether incoming calls are answered as they come. Those that ring already go on ringing. */
    void setAnswersAutomatically(bool automatically);
    [[nodiscard]] bool answersAutomatically() const noexcept;

    void answer(LegId leg);
    void reject(LegId leg, int sipCode, const std::string& reason);
    void hangUp(LegId leg);
    void hold(LegId leg, bool onHold);
    void sendDtmf(LegId leg, const DtmfSequence& digits, DtmfMethod method, int onMs, int offMs);

    /** A call's part in funnel mode. It is sent to the mixer as command() does. @returns an error when there is no such call */
    [[nodiscard]] Result<void> setRole(LegId leg, LegRole role);

    /** Sends a command to the mixer, behind those that wait. While the mixer's queue is full it waits its turn and is not lost
        (EngineSnapshot::commandsWaiting); so that a command may be given before start().
        @returns an error when the mixer refused a value; it is counted there (MixerHeader::commandsRefused) */
    [[nodiscard]] Result<void> command(const MixerCommand& command);

    /** As of the commands that were taken by command(). */
    [[nodiscard]] const HouseSounds& houseSounds() const noexcept;

    [[nodiscard]] std::optional<CallInfo> call(LegId leg) const;
    [[nodiscard]] std::vector<CallInfo> calls() const;
    [[nodiscard]] EngineSnapshot snapshot() const;

    /** Brings what moves with every tick up to date in a snapshot: its times, the mixer's header, the ticks, and the strips of `channels` and
        of the house, all of one block. The other strips, transport, calls and totals stay as they were taken. For who looks often at few
        of many legs: what is not read costs neither this thread nor the media thread anything.
        @returns false when legs came, went or changed since: then snapshot() is due, and what `taken` holds is of no use */
    [[nodiscard]] bool renew(EngineSnapshot& taken, std::span<const int> channels) const;

    /** Transport of a call, ports that re-INVITEs replaced included: as of the last tick, or as of its end while it is still in the list.
        Nothing before media. */
    [[nodiscard]] std::optional<LegMediaStats> mediaStats(LegId leg) const;

    /** All that is known of an ended call's stream, while it is in the list. Nothing while it lasts, or if it had no media. */
    [[nodiscard]] std::optional<TransportReport> transportReport(LegId leg) const;

    // ---- signalling messages --------------------------------------------------------------------------------------------

    /** From now on the calls' signalling messages are kept, or no more; what was kept stays until its call leaves the list. Off
        at first. */
    void keepMessages(bool keep);

    /** The last MessageLog::mostOfOneCall (200) messages of a call in the list, oldest first. */
    [[nodiscard]] std::vector<SignallingMessage> messages(LegId leg) const;

    /** Messages of all calls kept so far: counts on with each. */
    [[nodiscard]] uint64_t messageNumber() const;

    /** Before start(): packets of all calls are copied into this from then on; null, as at first: they are not. */
    void setPacketTrace(std::shared_ptr<PacketTrace> trace);

    /** Called on the control thread after the engine's own handling of every event; for roles and windows. */
    using Listener = std::function<void(const LegEvent&, const CallInfo&)>;

    /** A listener may call everything here but start() and stop(). CallInfo is the call as it stood after the event; a call
        that was refused for want of a channel comes as `incoming` with channel −1 and state closed. @returns its number */
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
