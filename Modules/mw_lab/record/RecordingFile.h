#pragma once

#include <juce_audio_formats/juce_audio_formats.h>
#include <mw_legs/mw_legs.h>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mw
{

enum class RecordingFormat { wav, flac };

/** A mono 16-bit WAV or FLAC file that grows. A sample k/32768 is written as k exactly, others are rounded to the nearest. Every
    two seconds of sound all of it goes to the disk and a WAV's header is brought up to date, so that a crash leaves a file that
    can be played (a FLAC of unknown length, which players take as a stream). Any single thread at a time. */
class RecordingFile
{
public:
    /** Creates the file or replaces its content. @returns an error that names the file and the system's reason */
    [[nodiscard]] static Result<std::unique_ptr<RecordingFile>> create(const juce::File& file, int sampleRateHz,
                                                                  RecordingFormat format = RecordingFormat::wav);

    ~RecordingFile();

    /** Appends samples (full scale = 1.0). After a failure nothing more is written. */
    void append(std::span<const float> samples);

    /** Writes the header and closes. Idempotent. */
    void close();

    [[nodiscard]] const juce::File& file() const noexcept { return target; }
    [[nodiscard]] uint64_t frames() const noexcept { return written; }

    /** Octets written so far; a FLAC's last part of a second is still in the encoder. */
    [[nodiscard]] int64_t octets() const noexcept { return octetsWritten; }
    [[nodiscard]] double seconds() const noexcept { return static_cast<double>(written) / rate; }

    /** What went wrong: the disk is full, the file went away. */
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return failure; }

private:
    RecordingFile(const juce::File& file, int sampleRateHz);
    void fail(const juce::Result& status);

    juce::File target;
    int rate;
    std::unique_ptr<juce::FileOutputStream> stream;   ///< outlives the writer, whose end writes too
    std::unique_ptr<juce::AudioFormatWriter> writer;
    int64_t octetsWritten = 0;
    std::vector<int> piece;
    uint64_t written = 0, headerAt = 0;
    std::optional<Error> failure;
};

/** Whether a file can be written, without touching it. @param what "the recording", "the report"
    @returns an error that names the file, the reason and a remedy */
[[nodiscard]] Result<void> checkWritable(const juce::File& file, const std::string& what);

/** "FILE.wav", "FILE-2.wav", …: the file of the number-th call, counting from 1. */
[[nodiscard]] juce::File numberedFile(const juce::File& file, int number);

} // namespace mw
