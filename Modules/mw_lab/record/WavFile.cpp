#include "WavFile.h"

#include "WholeFile.h"

#include <JuceCompat.h>

#include <algorithm>
#include <cmath>

#include <unistd.h>

namespace mw
{

namespace
{
constexpr size_t wavPieceFrames = 4096;
constexpr double wavHeaderEverySeconds = 2.0;

Error cannotWriteWav(const juce::File& file, const std::string& why)
{
    return Error { ExitCode::environment, "write the recording " + file.getFullPathName().toStdString(), why,
                   "choose a folder that exists, is writable and has room" };
}
} // namespace

WavFile::WavFile(const juce::File& file, int sampleRateHz) : target(file), rate(sampleRateHz) { piece.resize(wavPieceFrames); }

WavFile::~WavFile() { close(); }

Result<std::unique_ptr<WavFile>> WavFile::create(const juce::File& file, int sampleRateHz)
{
    auto fileStream = std::make_unique<juce::FileOutputStream>(file);
    if (fileStream->failedToOpen())
        return cannotWriteWav(file, fileStream->getStatus().getErrorMessage().toStdString());
    if (! fileStream->setPosition(0) || (file.getSize() > 0 && fileStream->truncate().failed()))
        return cannotWriteWav(file, "it cannot be emptied");

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
    std::unique_ptr<WavFile> result(new WavFile(file, sampleRateHz));
    result->stream = fileStream.get();
    std::unique_ptr<juce::OutputStream> output = std::move(fileStream);
    juce::WavAudioFormat format;
    result->writer = juceCompat::createWriter(format, output, sampleRateHz, 1, 16);
    if (result->writer == nullptr)
        return cannotWriteWav(file, "no WAV writer for " + std::to_string(sampleRateHz) + " Hz");
    unfinished.isFinished = true;
    return result;
}

void WavFile::append(std::span<const float> samples)
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
    if (writer != nullptr && static_cast<double>(written - headerAt) >= wavHeaderEverySeconds * rate)
    {
        headerAt = written;
        writer->flush();
        if (stream->getStatus().failed())
            fail(stream->getStatus());
    }
}

void WavFile::fail(const juce::Result& status)
{
    if (! failure.has_value())
        failure = cannotWriteWav(target, status.failed() ? status.getErrorMessage().toStdString() : "the system took no more data");
}

void WavFile::close()
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
    stream = nullptr;
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
