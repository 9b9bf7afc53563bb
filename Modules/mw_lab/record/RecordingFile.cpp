#include "RecordingFile.h"

#include "WholeFile.h"

#include <JuceCompat.h>

#include <algorithm>
#include <cmath>

#include <unistd.h>

namespace mw
{

namespace
{
constexpr size_t filePieceFrames = 4096;
constexpr double headerEverySeconds = 2.0;

Error cannotRecord(const juce::File& file, const std::string& why)
{
    return Error { ExitCode::environment, "write the recording " + file.getFullPathName().toStdString(), why,
                   "choose a folder that exists, is writable and has room" };
}
/** What a writer is given in place of the file: it deletes its stream, and says nothing of what went wrong with it at the end. */
class LentStream final : public juce::OutputStream
{
public:
    explicit LentStream(juce::FileOutputStream& lender) : target(lender) {}
    void flush() override { target.flush(); }
    bool setPosition(juce::int64 position) override { return target.setPosition(position); }
    juce::int64 getPosition() override { return target.getPosition(); }
    bool write(const void* data, size_t bytes) override { return target.write(data, bytes); }

private:
    juce::FileOutputStream& target;
};

std::unique_ptr<juce::AudioFormat> audioFormatOf(RecordingFormat format)
{
    if (format == RecordingFormat::flac)
        return std::make_unique<juce::FlacAudioFormat>();
    return std::make_unique<juce::WavAudioFormat>();
}
} // namespace

RecordingFile::RecordingFile(const juce::File& file, int sampleRateHz) : target(file), rate(sampleRateHz) { piece.resize(filePieceFrames); }

RecordingFile::~RecordingFile() { close(); }

Result<std::unique_ptr<RecordingFile>> RecordingFile::create(const juce::File& file, int sampleRateHz, RecordingFormat format)
{
    auto fileStream = std::make_unique<juce::FileOutputStream>(file);
    if (fileStream->failedToOpen())
        return cannotRecord(file, fileStream->getStatus().getErrorMessage().toStdString());
    if (! fileStream->setPosition(0) || (file.getSize() > 0 && fileStream->truncate().failed()))
        return cannotRecord(file, "it cannot be emptied");

    // Whatever is wanting from here on, no empty file is left behind.
    struct Unfinished
    {
        const juce::File& file;
        bool isFinished = false;  // control thread
        ~Unfinished()
        {
            if (! isFinished)
                deleteRegularFile(file);
        }
    } unfinished { file };
    std::unique_ptr<RecordingFile> result(new RecordingFile(file, sampleRateHz));
    result->stream = std::move(fileStream);
    std::unique_ptr<juce::OutputStream> output = std::make_unique<LentStream>(*result->stream);
    const auto audioFormat = audioFormatOf(format);
    result->writer = juceCompat::createWriter(*audioFormat, output, sampleRateHz, 1, 16);
    if (result->writer == nullptr)
        return cannotRecord(file, "no writer for " + std::to_string(sampleRateHz) + " Hz");
    result->octetsWritten = result->stream->getPosition();
    unfinished.isFinished = true;
    return result;
}

void RecordingFile::append(std::span<const float> samples)
{
    while (! samples.empty() && writer != nullptr && ! failure.has_value())
    {
        const auto count = std::min(samples.size(), piece.size());
        for (size_t i = 0; i < count; ++i)
        {
            // The writer keeps the upper 16 of 32 bits, so rounding is done here.
            const auto rounded = std::lrint(std::clamp(samples[i], -1.0f, 1.0f) * 32768.0f);
            piece[i] = static_cast<int>(std::clamp<long>(rounded, -32768, 32767)) * 65536;
        }
        const int* channels[] = { piece.data(), nullptr };
        if (! writer->write(channels, static_cast<int>(count)))
            return fail(stream->getStatus());
        written += count;
        samples = samples.subspan(count);
    }
    if (writer != nullptr)
        octetsWritten = std::max(octetsWritten, static_cast<int64_t>(stream->getPosition()));
    if (writer != nullptr && static_cast<double>(written - headerAt) >= headerEverySeconds * rate)
    {
        headerAt = written;
        writer->flush();   // a WAV's header; FLAC knows no such thing
        stream->flush();
        if (stream->getStatus().failed())
            fail(stream->getStatus());
    }
}

void RecordingFile::fail(const juce::Result& status)
{
    if (! failure.has_value())
        failure = cannotRecord(target, status.failed() ? status.getErrorMessage().toStdString() : "the system took no more data");
}

void RecordingFile::close()
{
    if (writer == nullptr)
        return;
    if (! failure.has_value())
    {
        writer->flush();
        stream->flush();
        if (stream->getStatus().failed())
            fail(stream->getStatus());
    }
    writer.reset();
    stream->flush();
    if (stream->getStatus().failed())
        fail(stream->getStatus());
    stream.reset();
    octetsWritten = std::max(octetsWritten, static_cast<int64_t>(target.getSize()));  // the end of a FLAC goes back to its header
}

Result<void> checkWritable(const juce::File& file, const std::string& what)
{
    const auto cannot = [&](const std::string& why, const std::string& remedy) {
        return Error { ExitCode::environment, "write " + what + " " + file.getFullPathName().toStdString(), why, remedy };
    };
    if (file.isDirectory())
        return cannot("it is a folder", "name a file");
    if (! file.getParentDirectory().isDirectory())
        return cannot("the folder " + file.getParentDirectory().getFullPathName().toStdString() + " does not exist", "create it");
    const auto& existing = file.exists() ? file : file.getParentDirectory();
    if (::access(existing.getFullPathName().toRawUTF8(), W_OK) != 0)
        return cannot("permission denied", "choose a file that you may write");
    return {};
}

juce::File numberedFile(const juce::File& file, int number)
{
    if (number <= 1 || file == juce::File())
        return file;
    return file.getSiblingFile(file.getFileNameWithoutExtension() + "-" + juce::String(number) + file.getFileExtension());
}

} // namespace mw
