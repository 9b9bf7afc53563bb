#pragma once

#include "Background.h"
#include "RecordingFile.h"

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace mw
{

/** Writes a tap of the mixer into a sound file: the audio region fills a SampleFifo, the recorder thread empties it. What the
    thread was too slow for is missing from the file and counted. Control thread. */
class Recorder final : private juce::TimeSliceClient
{
public:
    static constexpr int bufferSeconds = 10;  ///< how long the disk may stall before samples are lost [s]

    /** Opens the file. @returns an error that names the file and the system's reason */
    [[nodiscard]] static Result<std::unique_ptr<Recorder>> create(const juce::File& file, int sampleRateHz, Background& background,
                                                             RecordingFormat format = RecordingFormat::wav);

    ~Recorder() override;

    /** What is to be given to MixerProcessor::setTap(). */
    [[nodiscard]] const std::shared_ptr<SampleFifo>& fifo() const noexcept { return samples; }

    /** Writes what still waits and closes the file. To be called when the mixer no longer fills the fifo. Idempotent. */
    void finish();

    /** finish(), and removes the file: for a start that failed. */
    void discard();

    // ---- at any time ----------------------------------------------------------------------------------------------------

    /** As of the recorder thread's last look. */
    [[nodiscard]] double secondsSoFar() const noexcept { return static_cast<double>(framesSoFar.load(std::memory_order_relaxed)) / rate; }
    [[nodiscard]] int64_t octetsSoFar() const noexcept { return bytesSoFar.load(std::memory_order_relaxed); }

    /** Whether nothing more is written, since the file took no more: finish() then tells why. */
    [[nodiscard]] bool hasFailed() const noexcept { return failed.load(std::memory_order_relaxed); }

    // ---- after finish() -------------------------------------------------------------------------------------------------
    [[nodiscard]] const juce::File& file() const noexcept { return wav->file(); }
    [[nodiscard]] double seconds() const noexcept { return wav->seconds(); }
    [[nodiscard]] uint64_t droppedSamples() const noexcept { return samples->droppedSamples(); }
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return wav->error(); }

private:
    Recorder(std::unique_ptr<RecordingFile> file, int sampleRateHz, Background& background);
    int useTimeSlice() override;
    void drain();

    std::unique_ptr<RecordingFile> wav;
    std::shared_ptr<SampleFifo> samples;
    std::vector<float> piece;
    Background& background;
    const int rate;
    std::atomic<uint64_t> framesSoFar { 0 };
    std::atomic<int64_t> bytesSoFar { 0 };
    std::atomic<bool> failed { false };
    bool finished = false;  ///< control thread
};

} // namespace mw
