#pragma once

#include <juce_audio_formats/juce_audio_formats.h>
#include <mw_legs/mw_legs.h>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace mw
{

/** A mono 16-bit WAV file that grows. A sample k/32768 is written as k exactly, others are rounded to the nearest. Its header
    is brought up to date every two seconds of sound, so that a crash leaves a file that can be played.
    Any single thread at a time. */
class WavFile
{
public:
    /** Creates the file or replaces its content. @returns an error that names the file and the system's reason */
    [[nodiscard]] static Result<std::unique_ptr<WavFile>> create(const juce::File& file, int sampleRateHz);

    ~WavFile();

    /** Appends samples (full scale = 1.0). After a failure nothing more is written. */
    void append(std::span<const float> samples);

    /** Writes the header and closes. Idempotent. */
    void close();

    [[nodiscard]] const juce::File& file() const noexcept { return target; }
    [[nodiscard]] uint64_t frames() const noexcept { return written; }
    [[nodiscard]] double seconds() const noexcept { return static_cast<double>(written) / rate; }

    /** What went wrong: the disk is full, the file went away. */
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return failure; }

private:
    WavFile(const juce::File& file, int sampleRateHz);
    void fail(const juce::Result& status);

    juce::File target;
    int rate;
    juce::FileOutputStream* stream = nullptr;  ///< owned by the writer
    std::unique_ptr<juce::AudioFormatWriter> writer;
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
