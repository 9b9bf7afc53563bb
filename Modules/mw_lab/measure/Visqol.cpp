#include "Visqol.h"

#include "../play/SoundFile.h"
#include "../record/RecordingFile.h"

#include <juce_core/juce_core.h>

namespace mw
{

namespace visqol
{
namespace
{
constexpr int speechRateHz = 16000, longestMs = 60'000;

juce::File programIn(const std::string& folders)
{
    for (const auto& folder : juce::StringArray::fromTokens(juce::String(folders), ":", {}))
        if (juce::File::isAbsolutePath(folder))
            if (const auto file = juce::File(folder).getChildFile("visqol"); file.existsAsFile())
                return file;
    return {};
}

Result<void> write(const juce::File& file, std::span<const float> samples, int rateHz)
{
    auto made = RecordingFile::create(file, rateHz);
    if (! made)
        return made.error();
    made.value()->append(samples);
    made.value()->close();
    if (const auto& error = made.value()->error(); error.has_value())
        return *error;
    return {};
}

/** visqol reads only files whose first chunk is the format; JUCE writes a place holder before it, which is taken out. */
Result<void> putFormatFirst(const juce::File& file)
{
    juce::MemoryBlock octets;
    constexpr size_t header = 12, chunkHead = 8;
    if (! file.loadFileAsData(octets) || octets.getSize() < header + chunkHead)
        return Error { ExitCode::environment, "read " + file.getFullPathName().toStdString(), "it cannot be read back", "" };
    auto* data = static_cast<char*>(octets.getData());
    if (juce::String(data + header, 4) == "JUNK")
    {
        octets.removeSection(header, chunkHead + juce::ByteOrder::littleEndianInt(data + header + 4));
        const auto size = juce::ByteOrder::swapIfBigEndian(static_cast<juce::uint32>(octets.getSize() - chunkHead));
        octets.copyFrom(&size, 4, sizeof(size));
    }
    return file.replaceWithData(octets.getData(), octets.getSize())
               ? Result<void>()
               : Result<void>(Error { ExitCode::environment, "write " + file.getFullPathName().toStdString(), "the disk took no more", "" });
}

/** At the rate that is wanted, whatever it comes at. */
Result<void> writeSpeech(const juce::File& file, std::span<const float> samples, int rateHz)
{
    if (auto written = write(file, samples, rateHz); ! written)
        return written;
    if (rateHz != speechRateHz)
    {
        auto converted = loadSoundFile(file, speechRateHz);
        if (! converted)
            return converted.error();
        if (auto written = write(file, converted.value().samples, speechRateHz); ! written)
            return written;
    }
    return putFormatFirst(file);
}
} // namespace
} // namespace visqol

std::string programFolders() { return juce::SystemStats::getEnvironmentVariable("PATH", {}).toStdString(); }

VisqolAnswer askVisqol(std::span<const float> reference, std::span<const float> sound, int rateHz, const std::string& folders)
{
    const auto program = visqol::programIn(folders);
    if (program == juce::File())
        return { {}, "no program visqol is on the PATH" };
    const juce::TemporaryFile sent(".wav"), came(".wav");
    for (const auto& [file, samples] : { std::pair { sent.getFile(), reference }, std::pair { came.getFile(), sound } })
        if (const auto written = visqol::writeSpeech(file, samples, rateHz); ! written)
            return { {}, written.error().message() };

    juce::ChildProcess child;
    if (! child.start(juce::StringArray { program.getFullPathName(), "--use_speech_mode", "--reference_file", sent.getFile().getFullPathName(),
                                          "--degraded_file", came.getFile().getFullPathName() }))
        return { {}, "visqol could not be started" };
    if (! child.waitForProcessToFinish(visqol::longestMs))
    {
        child.kill();
        return { {}, "visqol took longer than a minute" };
    }
    const auto said = child.readAllProcessOutput();
    const auto score = said.fromFirstOccurrenceOf("MOS-LQO:", false, false).trim();
    if (child.getExitCode() != 0 || score.isEmpty() || ! juce::CharacterFunctions::isDigit(score[0]))
        return { {}, "visqol gave no MOS-LQO, exit code " + std::to_string(child.getExitCode()) + ": " + said.trim().getLastCharacters(200).toStdString() };
    return { score.getDoubleValue(), {} };
}

} // namespace mw
