#include "DemoSpeech.h"

#include <mw_lab/mw_lab.h>

#include <JuceCompat.h>

#include <algorithm>
#include <cmath>

namespace mw::demo
{

namespace
{
constexpr const char* promptFolder = "/usr/share/asterisk/sounds/en_US_f_Allison";
constexpr const char* packageName = "asterisk-core-sounds-en-wav";
constexpr const char* prompts[] = { "demo-congrats.wav", "demo-instruct.wav" };  ///< some 100 s together
constexpr int speechRateHz = 8000;

Error noSpeech(const std::string& why)
{
    return { ExitCode::environment, "find recorded speech for the demo", why,
             std::string("install it: apt-get install ") + packageName };
}

Result<void> writeWav(const std::vector<float>& samples, const juce::File& target)
{
    const auto failed = [&target] {
        return Error { ExitCode::environment, "write " + target.getFullPathName().toStdString(), "the file cannot be created or the disk is full", {} };
    };
    target.deleteFile();
    std::unique_ptr<juce::OutputStream> stream = target.createOutputStream();
    if (stream == nullptr)
        return failed();
    juce::WavAudioFormat format;
    const auto writer = juceCompat::createWriter(format, stream, speechRateHz, 1, 16);
    if (writer == nullptr)
        return failed();
    const float* channels[] = { samples.data() };
    if (! writer->writeFromFloatArrays(channels, 1, static_cast<int>(samples.size())) || ! writer->flush())
        return failed();
    return {};
}
} // namespace

Result<Recording> readRecording(const juce::File& file)
{
    const auto name = file.getFullPathName().toStdString();
    juce::WavAudioFormat format;
    auto stream = file.createInputStream();
    if (stream == nullptr)
        return Error { ExitCode::environment, "read " + name, "the file is missing or cannot be opened", {} };
    const std::unique_ptr<juce::AudioFormatReader> reader(format.createReaderFor(stream.release(), true));
    if (reader == nullptr || reader->numChannels < 1)
        return Error { ExitCode::environment, "read " + name, "it is not a WAV file", {} };

    const auto frames = static_cast<int>(reader->lengthInSamples);
    juce::AudioBuffer<float> buffer(static_cast<int>(reader->numChannels), frames);
    if (frames > 0 && ! reader->read(&buffer, 0, frames, 0, true, true))
        return Error { ExitCode::environment, "read " + name, "it ends too early", {} };
    const auto* first = buffer.getReadPointer(0);
    return Recording { std::vector<float>(first, first + frames), reader->sampleRate };
}

Result<std::vector<float>> writeSpeech(double seconds, double levelDbm0, const juce::File& target)
{
    const juce::File folder(promptFolder);
    if (! folder.isDirectory())
        return noSpeech("the folder " + std::string(promptFolder) + " is missing");

    const auto wanted = static_cast<size_t>(seconds * speechRateHz);
    std::vector<float> speech;
    for (const auto* prompt : prompts)
    {
        if (speech.size() >= wanted)
            break;
        const auto recording = readRecording(folder.getChildFile(prompt));
        if (! recording)
            return noSpeech(recording.error().message());
        if (recording.value().sampleRateHz != speechRateHz)
            return noSpeech(std::string(prompt) + " is not an 8 kHz recording");
        const auto& samples = recording.value().samples;
        speech.insert(speech.end(), samples.begin(), samples.end());
    }
    if (speech.size() < wanted)
        return noSpeech("the prompts are shorter than " + std::to_string(static_cast<int>(seconds)) + " s");
    speech.resize(wanted);

    // The floor of ActiveLevel is absolute, so what counts as sound moves with the gain; three rounds settle it.
    for (int round = 0; round < 3; ++round)
    {
        ActiveLevel meter(speechRateHz, Law::mu);
        meter.process(speech);
        const auto level = meter.levelDbm0();
        if (! level)
            return noSpeech("the prompts are silent");
        const auto gain = static_cast<float>(gainFromDb(levelDbm0 - *level));
        for (auto& sample : speech)
            sample = std::clamp(sample * gain, -1.0f, 1.0f);
    }

    if (auto written = writeWav(speech, target); ! written)
        return written.error();
    return speech;
}

} // namespace mw::demo
