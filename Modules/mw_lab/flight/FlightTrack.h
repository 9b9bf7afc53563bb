#pragma once

#include "../record/Background.h"
#include "../record/RecordingFile.h"

#include <mw_mixer/mw_mixer.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mw
{

/** One direction of a call's sound with its place in time: the audio region fills a SampleFifo, the recorder thread empties it into a
    file, or into memory of which the last seconds are kept. Sample k stands at startNs() + k / rate: where sound is missing (a stall, a
    disk that was too slow) there is silence, and it is counted. Made and finished on the control thread. */
class FlightTrack final : private juce::TimeSliceClient
{
public:
    static constexpr int bufferSeconds = 10;  ///< how long the disk may stall before sound is missed [s]

    /** @param file is made now; File(): the last seconds are kept in memory
        @param keepS how many of them [s] */
    [[nodiscard]] static Result<std::unique_ptr<FlightTrack>> create(const juce::File& file, RecordingFormat format, double keepS, int sampleRateHz,
                                                                     Background& background);
    ~FlightTrack() override;

    /** What is to be given to MixerProcessor::setTap(). */
    [[nodiscard]] const std::shared_ptr<SampleFifo>& fifo() const noexcept { return samples; }

    /** Takes what still waits and closes the file. To be called when the mixer no longer fills the fifo. Idempotent. */
    void finish();

    // ---- after finish() -------------------------------------------------------------------------------------------------

    /** Writes what is kept in memory. @returns an error that names the file and the system's reason */
    [[nodiscard]] Result<void> writeKept(const juce::File& file, RecordingFormat format);

    /** Of the first sample that was written or kept, engine clock [ns]; 0: there is none. */
    [[nodiscard]] int64_t startNs() const noexcept;
    [[nodiscard]] double seconds() const noexcept { return static_cast<double>(storedFrames()) / rate; }

    /** Samples that are missing and stand as silence. */
    [[nodiscard]] uint64_t missingSamples() const noexcept { return missing; }
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return failure; }

private:
    FlightTrack(std::unique_ptr<RecordingFile> file, double keepS, int sampleRateHz, Background& background);
    int useTimeSlice() override;
    void drain();
    void store(std::span<const float> block);
    void fillGapBefore(int64_t timeNs);
    [[nodiscard]] uint64_t storedFrames() const noexcept;

    std::unique_ptr<RecordingFile> sound;  ///< null: in memory
    std::vector<int16_t> ring;
    Background& background;
    const int rate;
    std::shared_ptr<SampleFifo> samples;
    std::vector<float> piece;
    uint64_t frames = 0, missing = 0;  ///< since the first sample
    int64_t firstNs = 0;
    std::optional<Error> failure;
    bool finished = false;  ///< control thread
};

} // namespace mw
