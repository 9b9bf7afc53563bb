#include "SoundFile.h"

#include "FlacLength.h"
#include "SoundOnlyStream.h"

#include <juce_audio_formats/juce_audio_formats.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <samplerate.h>
#include <string>
#include <utility>
#include <vector>

namespace mw
{

namespace
{

constexpr const char* soundFileForms = "give a WAV, AIFF or FLAC file, for example made by: sox FILE -b 16 NEW.wav";

Error cannotPlay(const juce::File& file, ExitCode code, const std::string& why, const std::string& remedy)
{
    return Error { code, "play the file " + file.getFullPathName().toStdString(), why, remedy };
}

/** What a RIFF or IFF file says about its sound chunk and what there is of it; JUCE's readers pad what is missing with
    silence, which a bench must not send unnoticed. */
struct Chunks
{
    bool haveSound = false;
    int64_t announced = 0, present = 0;  ///< of the sound [octets]
    std::vector<int64_t> others;         ///< where the names of those stand that tell nothing of the sound
};

/** @returns nothing when it is neither kind of file */
std::optional<Chunks> chunksOf(juce::InputStream& stream)
{
    stream.setPosition(0);
    char head[12] {};
    if (stream.read(head, 12) != 12)
        return std::nullopt;
    const auto is = [](const char* at, const char* name) { return std::equal(name, name + 4, at); };
    const auto rf64 = is(head, "RF64");
    const auto riff = (rf64 || is(head, "RIFF")) && is(head + 8, "WAVE");
    const auto iff = is(head, "FORM") && (is(head + 8, "AIFF") || is(head + 8, "AIFC"));
    if (! riff && ! iff)
        return std::nullopt;

    Chunks chunks;
    const auto size = stream.getTotalLength();
    int64_t wideLength = 0;  // of an RF64 file's sound, which does not fit the chunk's own 32 bits
    for (int64_t position = 12; position + 8 <= size;)
    {
        stream.setPosition(position);
        char name[4] {};
        stream.read(name, 4);
        auto length = int64_t { static_cast<uint32_t>(riff ? stream.readInt() : stream.readIntBigEndian()) };
        if (rf64 && is(name, "ds64"))
        {
            stream.readInt64();  // of the whole file
            wideLength = stream.readInt64();
        }
        if (is(name, riff ? "data" : "SSND"))
        {
            if (rf64 && wideLength > 0)
                length = wideLength;
            if (! std::exchange(chunks.haveSound, true))
            {
                chunks.announced = length;
                chunks.present = std::min<int64_t>(length, size - position - 8);
            }
        }
        else if (! is(name, riff ? "fmt " : "COMM") && ! is(name, riff ? "ds64" : "FVER"))
            chunks.others.push_back(position);
        if (length > size)
            break;
        position += 8 + length + (length & 1);
    }
    return chunks;
}

std::unique_ptr<juce::AudioFormatReader> readerFor(std::unique_ptr<juce::InputStream> stream)
{
    juce::AudioFormatManager formats;
    formats.registerFormat(new juce::WavAudioFormat(), true);
    formats.registerFormat(new juce::AiffAudioFormat(), false);
    formats.registerFormat(new juce::FlacAudioFormat(), false);
    return std::unique_ptr<juce::AudioFormatReader>(formats.createReaderFor(std::move(stream)));
}

/** Opens and checks; the header only, except for the size of the sound in it. */
Result<std::unique_ptr<juce::AudioFormatReader>> openSoundFile(const juce::File& file)
{
    if (! file.exists())
        return cannotPlay(file, ExitCode::environment, "no such file", "check the name");
    if (file.isDirectory())
        return cannotPlay(file, ExitCode::environment, "it is a folder", "name a file");

    auto stream = std::make_unique<juce::FileInputStream>(file);
    if (stream->failedToOpen())
        return cannotPlay(file, ExitCode::environment, stream->getStatus().getErrorMessage().toStdString(), "check its permissions");
    if (stream->getTotalLength() == 0)
        return cannotPlay(file, ExitCode::wrongUse, "the file is empty", soundFileForms);

    const auto chunks = chunksOf(*stream);
    if (chunks.has_value() && chunks->present < chunks->announced)
        return cannotPlay(file, ExitCode::wrongUse,
                          "it is truncated: its header announces " + std::to_string(chunks->announced) + " octets of sound, "
                              + std::to_string(chunks->present) + " are there",
                          "copy it again, or mend it with: sox --ignore-length FILE NEW.wav");

    stream->setPosition(0);
    auto reader = chunks.has_value() ? readerFor(std::make_unique<SoundOnlyStream>(std::move(stream), chunks->others))
                                     : readerFor(std::move(stream));
    if (reader == nullptr || reader->sampleRate <= 0.0 || reader->numChannels == 0)
        return cannotPlay(file, ExitCode::wrongUse, "its format is not supported", soundFileForms);
    if (reader->lengthInSamples <= 0)
        return cannotPlay(file, ExitCode::wrongUse, "it holds no sound", soundFileForms);
    if (static_cast<double>(reader->lengthInSamples) > maxSoundFileSeconds * reader->sampleRate)
        return cannotPlay(file, ExitCode::wrongUse,
                          "it is longer than " + std::to_string(static_cast<int>(maxSoundFileSeconds)) + " s", "cut it");
    return reader;
}

Result<std::vector<float>> resampled(const juce::File& file, std::vector<float> samples, double fromHz, int toHz)
{
    if (fromHz == toHz || samples.empty())
        return samples;

    std::vector<float> converted(static_cast<size_t>(std::ceil(static_cast<double>(samples.size()) * toHz / fromHz)) + 16);
    SRC_DATA data {};
    data.data_in = samples.data();
    data.input_frames = static_cast<long>(samples.size());
    data.data_out = converted.data();
    data.output_frames = static_cast<long>(converted.size());
    data.src_ratio = toHz / fromHz;
    if (const auto problem = src_simple(&data, SRC_SINC_BEST_QUALITY, 1); problem != 0)
        return cannotPlay(file, ExitCode::wrongUse, std::string("its rate of ") + std::to_string(fromHz) + " Hz cannot be converted: "
                                                        + src_strerror(problem), "convert it with sox");
    converted.resize(static_cast<size_t>(data.output_frames_gen));
    return converted;
}

} // namespace

Result<void> checkSoundFile(const juce::File& file)
{
    if (auto opened = openSoundFile(file); ! opened)
        return opened.error();
    return {};
}

Result<SoundClip> loadSoundFile(const juce::File& file, int sampleRateHz)
{
    auto opened = openSoundFile(file);
    if (! opened)
        return opened.error();
    auto& reader = *opened.value();
    if (reader.getFormatName().startsWithIgnoreCase("FLAC"))
        if (const auto frames = decodableFlacFrames(file); frames < reader.lengthInSamples)
            return cannotPlay(file, ExitCode::wrongUse,
                              "it is truncated: its header announces " + std::to_string(reader.lengthInSamples)
                                  + " frames of sound, " + std::to_string(frames) + " can be decoded", "copy it again");
    const auto channels = static_cast<int>(reader.numChannels);

    std::vector<float> mono(static_cast<size_t>(reader.lengthInSamples));
    // A header may name 65535 channels: the memory of a piece is bounded, not its length.
    constexpr int pieceSamples = 1 << 18;
    const auto pieceFrames = std::clamp(pieceSamples / channels, 1, 65536);
    juce::AudioBuffer<float> piece(channels, pieceFrames);
    for (int64_t at = 0; at < reader.lengthInSamples; at += pieceFrames)
    {
        const auto count = static_cast<int>(std::min<int64_t>(pieceFrames, reader.lengthInSamples - at));
        if (! reader.read(piece.getArrayOfWritePointers(), channels, at, count))
            return cannotPlay(file, ExitCode::environment, "it cannot be read to its end", "copy it again");
        for (int i = 0; i < count; ++i)
        {
            auto sum = 0.0;
            for (int channel = 0; channel < channels; ++channel)
                sum += static_cast<double>(piece.getSample(channel, i));
            // Float files can hold anything; the resampler would smear what is no number over its neighbours.
            constexpr double mostSample = 1e6;
            if (! (std::abs(sum) <= mostSample * channels))
                return cannotPlay(file, ExitCode::wrongUse, "sample " + std::to_string(at + i) + " of it is no number that can be sound", soundFileForms);
            mono[static_cast<size_t>(at + i)] = static_cast<float>(sum / channels);
        }
    }

    auto converted = resampled(file, std::move(mono), reader.sampleRate, sampleRateHz);
    if (! converted)
        return converted.error();
    return SoundClip { std::move(converted.value()), sampleRateHz };
}

} // namespace mw
