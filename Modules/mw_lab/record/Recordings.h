#pragma once

#include "../Engine.h"
#include "Recorder.h"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mw
{

/** Recordings that a person starts and stops while the engine runs, beside the role's own. Each is the mix, one leg, or all legs
    as tracks: one file a leg in a folder, and legs that come later get a file too. What goes wrong with one file ends that file
    alone. Files are written by a thread "recorder", which ends with this object; so does every recording. Control thread. */
class Recordings final
{
public:
    enum class What
    {
        mix,     ///< after output gain and limiter
        legIn,   ///< as received, before the fader
        legOut,  ///< what a leg is sent
        allIn,
        allOut
    };
    struct Request
    {
        What what = What::mix;
        LegId leg = 0;                                   ///< of legIn and legOut
        RecordingFormat format = RecordingFormat::wav;
        juce::File target;                               ///< the file; of all legs the folder, which is made where it is missing
    };
    struct Track
    {
        LegId leg = 0;                 ///< 0: the mix
        juce::File file;
        double seconds = 0.0;          ///< written
        int64_t octets = 0;
        uint64_t droppedSamples = 0;   ///< for which the disk was too slow
        bool isRunning = true;         ///< control thread
        std::optional<Error> error;
    };
    struct Recording
    {
        int number = 0;
        Request request;
        int64_t startedNs = 0, endedNs = 0;  ///< engine clock [ns]; 0: it runs
        std::vector<Track> tracks;

        [[nodiscard]] int64_t octets() const noexcept;
        [[nodiscard]] uint64_t droppedSamples() const noexcept;
    };

    explicit Recordings(Engine& engineToRecord);
    ~Recordings();
    Recordings(const Recordings&) = delete;
    Recordings& operator=(const Recordings&) = delete;

    /** @returns the recording's number, or an error: a file that cannot be made, a leg that is not there, a point that is being
        recorded already. Then no file is left behind. */
    [[nodiscard]] Result<int> start(const Request& request);

    /** Closes its files. Harmless for one that has ended. */
    void stop(int number);
    void stopAll();

    /** Those of this run, in order; ended ones too. */
    [[nodiscard]] std::vector<Recording> list() const;
    [[nodiscard]] bool isRecording() const noexcept;

    /** Ends what has failed. To be called a few times a second. With Engine::Config::runMediaThread false the files are written
        in here. */
    void poll();

    /** What went wrong since the last call, one line each. */
    [[nodiscard]] std::vector<std::string> takeTroubles();

    /** "leg-03-alice.wav", and "leg-03-alice-at-00h12m41s.wav" of a leg that came later. @param channel from 0
        @param laterS since the recording's start [s], 0: from its start on */
    [[nodiscard]] static juce::String trackName(int channel, const CallInfo& call, RecordingFormat format, double laterS);

private:
    struct Open
    {
        TapPoint point;
        size_t recording = 0, track = 0;  ///< places in the lists
        std::unique_ptr<Recorder> recorder;
    };

    void heard(const LegEvent& event, const CallInfo& call);
    [[nodiscard]] Result<void> open(size_t recording, TapPoint point, LegId leg, const juce::File& file);
    [[nodiscard]] Result<void> openLeg(size_t recording, const CallInfo& call, bool later);
    void close(Open& entry);
    void closeWhere(const std::function<bool(const Open&)>& matches);
    [[nodiscard]] int64_t nowNs() const { return engine.snapshot().timeNs; }

    Engine& engine;
    Background background;
    int listener = 0;
    std::vector<Recording> recordings;
    std::vector<std::unique_ptr<Open>> running;  ///< control thread
    std::vector<std::string> troubles;
};

} // namespace mw
