#include "LabBench.h"

#include <JuceCompat.h>

#include <JuceCompat.h>
#include <mw_lab/play/ClipSource.h>
#include <mw_lab/record/Recorder.h>

#include <gtest/gtest.h>

#include <random>

namespace mw::lab_test
{

namespace
{

std::vector<int16_t> noise(size_t count, uint32_t seed)
{
    std::mt19937 random(seed);
    std::vector<int16_t> samples(count);
    for (auto& sample : samples)
        sample = static_cast<int16_t>(random());
    return samples;
}

std::string problemOf(const std::string& text)
{
    const auto parsed = PlaySpec::parse(text);
    EXPECT_FALSE(parsed.ok()) << text;
    return parsed.ok() ? std::string() : parsed.error().message();
}

#define EXPECT_CONTAINS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

} // namespace

// ---- PlaySpec ----------------------------------------------------------------------------------------------------------------

TEST(PlaySpec, TakesItsFourForms)
{
    const auto tone = PlaySpec::parse("tone:1004.5@-13.25");
    ASSERT_TRUE(tone.ok());
    EXPECT_EQ(tone.value().kind, PlaySpec::Kind::tone);
    EXPECT_DOUBLE_EQ(tone.value().frequencyHz, 1004.5);
    EXPECT_DOUBLE_EQ(tone.value().levelDbm0, -13.25);
    EXPECT_DOUBLE_EQ(PlaySpec::parse("tone:440").value().levelDbm0, -10.0);

    const auto dtmf = PlaySpec::parse("dtmf:12,a*#");
    ASSERT_TRUE(dtmf.ok());
    EXPECT_EQ(dtmf.value().kind, PlaySpec::Kind::dtmf);
    EXPECT_EQ(dtmf.value().dtmf.sequence.text(), "12,A*#");
    EXPECT_EQ(PlaySpec::parse("dtmf:").value().dtmf.sequence.length, 0);
    EXPECT_EQ(PlaySpec::parse("silence").value().kind, PlaySpec::Kind::silence);

    const TestFolder folder;
    writeWav(folder.file("a.wav"), { { 1, 2, 3 } }, 8000);
    const auto file = PlaySpec::parse(folder.file("a.wav").getFullPathName().toStdString());
    ASSERT_TRUE(file.ok()) << file.error().message();
    EXPECT_EQ(file.value().kind, PlaySpec::Kind::file);
    EXPECT_EQ(file.value().file, folder.file("a.wav"));
}

TEST(PlaySpec, NamesTheWrongPart)
{
    EXPECT_CONTAINS(problemOf("tone:abc@-10"), "the frequency 'abc' is not a number");
    EXPECT_CONTAINS(problemOf("tone:@-10"), "the frequency '' is not a number");
    EXPECT_CONTAINS(problemOf("tone:1000@loud"), "the level 'loud' is not a number");
    EXPECT_CONTAINS(problemOf("tone:1000@"), "the level '' is not a number");
    EXPECT_CONTAINS(problemOf("tone:1000Hz@-10"), "the frequency '1000Hz' is not a number");
    EXPECT_CONTAINS(problemOf("tone:nan@-10"), "the frequency 'nan'");
    EXPECT_CONTAINS(problemOf("tone:5@-10"), "20…20000 Hz");
    EXPECT_CONTAINS(problemOf("tone:1000@12"), "−70…+3.17 dBm0");
    EXPECT_CONTAINS(problemOf("tone:1000@-10"
                              "e"), "the level '-10e'");
    EXPECT_CONTAINS(problemOf(""), "nothing is named");
    EXPECT_CONTAINS(problemOf("ton:1000"), "no such file");
    EXPECT_CONTAINS(problemOf("ton:1000"), "tone:HZ@DBM0");
}

TEST(PlaySpec, Finding21_AWrongDtmfCharacterIsNamedWithItsPlace)
{
    const auto problem = problemOf("dtmf:12X4");
    EXPECT_CONTAINS(problem, "X");
    EXPECT_CONTAINS(problem, "3");
    EXPECT_EQ(PlaySpec::parse("dtmf:12X4").error().code, ExitCode::wrongUse);
}

TEST(PlaySpec, BadFilesAreRefusedWithCauseAndCode)
{
    const TestFolder folder;
    const auto codeOf = [](const juce::File& file) { return PlaySpec::parse(file.getFullPathName().toStdString()).error().code; };
    const auto textOf = [](const juce::File& file) { return problemOf(file.getFullPathName().toStdString()); };

    EXPECT_CONTAINS(textOf(folder.file("missing.wav")), "no such file");
    EXPECT_EQ(codeOf(folder.file("missing.wav")), ExitCode::environment);
    EXPECT_CONTAINS(textOf(folder.folder), "it is a folder");
    EXPECT_EQ(codeOf(folder.folder), ExitCode::environment);

    folder.file("empty.wav").create();
    EXPECT_CONTAINS(textOf(folder.file("empty.wav")), "empty");
    EXPECT_EQ(codeOf(folder.file("empty.wav")), ExitCode::wrongUse);

    folder.file("text.wav").replaceWithText("this is not sound at all, however long it may become in the end");
    EXPECT_CONTAINS(textOf(folder.file("text.wav")), "format is not supported");
    EXPECT_EQ(codeOf(folder.file("text.wav")), ExitCode::wrongUse);

    writeWav(folder.file("nothing.wav"), { {} }, 8000);
    EXPECT_CONTAINS(textOf(folder.file("nothing.wav")), "no sound");

    writeWav(folder.file("whole.wav"), { noise(1000, 1) }, 8000);
    juce::MemoryBlock whole;
    ASSERT_TRUE(folder.file("whole.wav").loadFileAsData(whole));
    folder.file("cut.wav").replaceWithData(whole.getData(), whole.getSize() - 500);
    EXPECT_CONTAINS(textOf(folder.file("cut.wav")), "truncated: its header announces 2000 octets of sound, 1500 are there");
    EXPECT_EQ(codeOf(folder.file("cut.wav")), ExitCode::wrongUse);
    for (size_t length = 1; length < whole.getSize(); length += 7)
    {
        folder.file("cut.wav").replaceWithData(whole.getData(), length);
        EXPECT_FALSE(checkSoundFile(folder.file("cut.wav")).ok()) << length << " octets of a WAV file were taken as a whole one";
    }
}

// What a header announces was believed, and memory taken for it.
TEST(SoundFile, HeadersThatPromiseTooMuchAreRefused)
{
    const TestFolder folder;
    const auto problem = [&](const std::string& octets) {
        const auto file = folder.file("a.wav");
        EXPECT_TRUE(file.replaceWithData(octets.data(), octets.size()));
        const auto loaded = loadSoundFile(file, 8000);
        return loaded.ok() ? std::string() : loaded.error().message();
    };
    const auto number = [](uint64_t value, int octets) {
        std::string text;
        for (int i = 0; i < octets; ++i)
            text += static_cast<char>(i < 8 ? value >> 8 * i : 0);
        return text;
    };
    const auto format = [&](uint64_t kind, uint64_t channels, uint64_t bits) {
        return "fmt " + number(16, 4) + number(kind, 2) + number(channels, 2) + number(8000, 4)
             + number(8000 * channels * bits / 8, 4) + number(channels * bits / 8 % 65536, 2) + number(bits, 2);
    };
    const std::string sound(3200, 'a');
    const auto wave = [&](const std::string& chunks) { return "RIFF" + number(4 + chunks.size(), 4) + "WAVE" + chunks; };
    const auto data = "data" + number(sound.size(), 4) + sound;

    EXPECT_EQ(problem(wave(format(1, 1, 16) + data)), "");
    EXPECT_CONTAINS(problem("RF64" + number(0xffffffff, 4) + "WAVEds64" + number(28, 4) + number(uint64_t { 1 } << 40, 8)
                            + number(uint64_t { 1 } << 40, 8) + number(0, 8) + number(0, 4) + format(1, 1, 16) + "data" + number(0xffffffff, 4) + sound),
                    "announces 1099511627776 octets of sound, 3200 are there");
    // Cue points, markers and XML that JUCE would believe for minutes: they tell nothing of the sound and are not shown to it.
    const auto cue = "cue " + number(4, 4) + number(0xfffffff0, 4);
    const auto nested = std::string(60000, '<');
    EXPECT_EQ(problem(wave(cue + format(1, 1, 16) + "smpl" + number(36, 4) + std::string(36, '\xff') + data + "axml" + number(nested.size(), 4) + nested)), "");
    const auto big = [&](uint64_t value, int octets) { auto text = number(value, octets); return std::string(text.rbegin(), text.rend()); };
    const auto iff = "COMM" + big(18, 4) + big(1, 2) + big(1600, 4) + big(16, 2) + big(0x400bfa0000000000, 8) + big(0, 2)
                   + "MARK" + big(2, 4) + "\xff\xff" + "SSND" + big(sound.size() + 8, 4) + big(0, 8) + sound;
    EXPECT_EQ(problem("FORM" + big(4 + iff.size(), 4) + "AIFF" + iff), "");

    // A mean over 1600 channels, in pieces that are no larger for it.
    EXPECT_EQ(problem(wave(format(1, 1600, 8) + data)), "");

    for (const auto bits : { 0x7fc00000u, 0xff800000u, 0x7149f2cau })  // not a number, minus infinity, 10^30
        EXPECT_CONTAINS(problem(wave(format(3, 1, 32) + "data" + number(8, 4) + number(0, 4) + number(bits, 4))), "sample 1 of it is no number");
}

// ---- sound files -------------------------------------------------------------------------------------------------------------

TEST(SoundFile, AMonoFileAtTheEnginesRateComesOutSampleForSample)
{
    const TestFolder folder;
    const auto samples = noise(150000, 3);
    writeWav(folder.file("a.wav"), { samples }, 16000);
    const auto loaded = loadSoundFile(folder.file("a.wav"), 16000);
    ASSERT_TRUE(loaded.ok()) << loaded.error().message();
    ASSERT_EQ(loaded.value().samples.size(), samples.size());
    for (size_t i = 0; i < samples.size(); ++i)
        ASSERT_EQ(loaded.value().samples[i] * 32768.0f, static_cast<float>(samples[i])) << i;
}

TEST(SoundFile, ChannelsAreFoldedByTheirMean)
{
    const TestFolder folder;
    writeWav(folder.file("a.wav"), { { 1000, -2000, 30000 }, { 3000, 2000, 30000 } }, 8000);
    const auto loaded = loadSoundFile(folder.file("a.wav"), 8000);
    ASSERT_TRUE(loaded.ok());
    EXPECT_EQ(loaded.value().samples, (std::vector<float> { 2000 / 32768.0f, 0.0f, 30000 / 32768.0f }));
}

TEST(SoundFile, ResamplingKeepsLevelFrequencyAndLength)
{
    const TestFolder folder;
    for (const auto from : { 8000, 11025, 22050, 44100, 48000 })
    {
        const auto wave = sine(1000.0, -10.0, 2.0, from);
        std::vector<int16_t> samples;
        for (const auto sample : wave)
            samples.push_back(static_cast<int16_t>(std::lrint(sample * 32768.0f)));
        writeWav(folder.file("a.wav"), { samples }, from);
        for (const auto to : { 8000, 16000, 48000 })
        {
            const auto loaded = loadSoundFile(folder.file("a.wav"), to);
            ASSERT_TRUE(loaded.ok());
            const auto& clip = loaded.value().samples;
            EXPECT_NEAR(static_cast<double>(clip.size()), 2.0 * to, 3.0) << from << " to " << to;
            const auto middle = std::span(clip).subspan(static_cast<size_t>(to / 2), static_cast<size_t>(to));
            EXPECT_NEAR(levelAt(middle, 1000.0, to), -10.0, 0.02) << from << " to " << to;
        }
    }
}

TEST(SoundFile, AiffAndFlacAreRead)
{
    const TestFolder folder;
    const auto samples = noise(5000, 9);
    juce::AudioBuffer<float> buffer(1, static_cast<int>(samples.size()));
    for (size_t i = 0; i < samples.size(); ++i)
        buffer.setSample(0, static_cast<int>(i), samples[i] / 32768.0f);
    const auto write = [&](juce::AudioFormat& format, const juce::File& file) {
        std::unique_ptr<juce::OutputStream> stream = std::make_unique<juce::FileOutputStream>(file);
        const auto writer = juceCompat::createWriter(format, stream, 8000.0, 1, 16);
        ASSERT_NE(writer, nullptr);
        writer->writeFromAudioSampleBuffer(buffer, 0, buffer.getNumSamples());
    };
    juce::AiffAudioFormat aiff;
    juce::FlacAudioFormat flac;
    write(aiff, folder.file("a.aiff"));
    write(flac, folder.file("a.flac"));
    for (const auto* name : { "a.aiff", "a.flac" })
    {
        const auto loaded = loadSoundFile(folder.file(name), 8000);
        ASSERT_TRUE(loaded.ok()) << name << ": " << loaded.error().message();
        ASSERT_EQ(loaded.value().samples.size(), samples.size()) << name;
        for (size_t i = 0; i < samples.size(); ++i)
            ASSERT_NEAR(loaded.value().samples[i] * 32768.0f, static_cast<float>(samples[i]), 1.01f) << name << " " << i;
    }
    // The FLAC file that is cut comes from an encoder other than JUCE's, with the length in its header.
    writeWav(folder.file("b.wav"), { samples }, 8000);
    juce::ChildProcess sox;
    ASSERT_TRUE(sox.start(juce::StringArray { "sox", folder.file("b.wav").getFullPathName(), folder.file("b.flac").getFullPathName() }));
    sox.readAllProcessOutput();
    EXPECT_TRUE(loadSoundFile(folder.file("b.flac"), 8000).ok());
    for (const auto* name : { "a.aiff", "b.flac" })
    {
        juce::MemoryBlock whole;
        ASSERT_TRUE(folder.file(name).loadFileAsData(whole));
        folder.file("cut").replaceWithData(whole.getData(), whole.getSize() * 2 / 3);
        const auto checked = loadSoundFile(folder.file("cut"), 8000);
        ASSERT_FALSE(checked.ok()) << name;
        EXPECT_CONTAINS(checked.error().message(), "truncated");
    }
}

TEST(ClipSource, PlaysOnceOrRepeatsWhateverTheBlocks)
{
    SoundClip clip;
    for (int i = 1; i <= 1000; ++i)
        clip.samples.push_back(static_cast<float>(i));
    std::mt19937 random(4);
    for (const auto repeat : { Repeat::no, Repeat::yes })
    {
        ClipSource source(clip, repeat);
        std::vector<float> played;
        while (played.size() < 3000)
        {
            std::vector<float> block(1 + random() % 700, -1.0f);
            EXPECT_EQ(source.isFinished(), repeat == Repeat::no && played.size() >= 1000u);
            source.render(block, 0);
            played.insert(played.end(), block.begin(), block.end());
        }
        for (size_t i = 0; i < played.size(); ++i)
            ASSERT_EQ(played[i], i < 1000 || repeat == Repeat::yes ? static_cast<float>(i % 1000 + 1) : 0.0f) << i;
    }
    EXPECT_TRUE(ClipSource(SoundClip {}, Repeat::yes).isFinished());
}

// ---- recordings --------------------------------------------------------------------------------------------------------------

TEST(RecordingFile, WritesSixteenBitSamplesExactly)
{
    const TestFolder folder;
    std::vector<float> samples;
    for (int value = -32768; value <= 32767; ++value)
        samples.push_back(static_cast<float>(value) / 32768.0f);
    samples.insert(samples.end(), { 1.0f, 2.0f, -3.0f, 0.4f / 32768.0f, 0.6f / 32768.0f, -0.6f / 32768.0f });
    {
        auto file = RecordingFile::create(folder.file("a.wav"), 8000);
        ASSERT_TRUE(file.ok()) << file.error().message();
        for (size_t at = 0; at < samples.size(); at += 1111)
            file.value()->append(std::span<const float>(samples).subspan(at, std::min<size_t>(1111, samples.size() - at)));
        file.value()->close();
        EXPECT_FALSE(file.value()->error().has_value());
        EXPECT_EQ(file.value()->frames(), samples.size());
    }
    int rate = 0;
    const auto read = readWav(folder.file("a.wav"), rate);
    EXPECT_EQ(rate, 8000);
    ASSERT_EQ(read.size(), samples.size());
    for (int i = 0; i < 65536; ++i)
        ASSERT_EQ(read[static_cast<size_t>(i)], i - 32768);
    EXPECT_EQ((std::vector<int>(read.end() - 6, read.end())), (std::vector<int> { 32767, 32767, -32768, 0, 1, -1 }));
}

TEST(RecordingFile, ALongerFormerFileIsReplacedWhole)
{
    const TestFolder folder;
    writeWav(folder.file("a.wav"), { noise(50000, 1) }, 48000);
    auto file = RecordingFile::create(folder.file("a.wav"), 16000);
    ASSERT_TRUE(file.ok());
    const std::vector<float> block(100, 0.25f);
    file.value()->append(block);
    file.value()->close();
    int rate = 0;
    EXPECT_EQ(readWav(folder.file("a.wav"), rate), std::vector<int>(100, 8192));
    EXPECT_EQ(rate, 16000);
    EXPECT_LT(folder.file("a.wav").getSize(), 1000);
}

TEST(RecordingFile, WhatCannotBeWrittenNamesFileAndReason)
{
    const TestFolder folder;
    const auto missing = RecordingFile::create(folder.file("no/such/folder/a.wav"), 8000);
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().code, ExitCode::environment);
    EXPECT_CONTAINS(missing.error().message(), "no/such/folder/a.wav");
    EXPECT_CONTAINS(missing.error().message(), "No such file or directory");

    EXPECT_CONTAINS(checkWritable(folder.folder, "the recording").error().message(), "it is a folder");
    EXPECT_CONTAINS(checkWritable(folder.file("no/a.wav"), "the recording").error().message(), "does not exist");
    EXPECT_TRUE(checkWritable(folder.file("a.wav"), "the recording").ok());
    EXPECT_FALSE(folder.file("a.wav").exists()) << "a check has made a file";
}

TEST(RecordingFile, AFullDiskIsReportedOnceWithItsReason)
{
    auto file = RecordingFile::create(juce::File("/dev/full"), 8000);
    if (file.ok())
    {
        const std::vector<float> block(100000, 0.1f);
        file.value()->append(block);
        file.value()->append(block);
        file.value()->close();
        ASSERT_TRUE(file.value()->error().has_value());
        EXPECT_CONTAINS(file.value()->error()->message(), "/dev/full");
        EXPECT_CONTAINS(file.value()->error()->message(), "No space left on device");
    }
    else
        EXPECT_CONTAINS(file.error().message(), "/dev/full");
}

TEST(Recorder, WritesAllThatWasTappedAndCountsWhatDidNotFit)
{
    const TestFolder folder;
    for (const auto mode : { Background::Mode::byHand, Background::Mode::ownThread })
    {
        Background background(mode);
        auto recorder = Recorder::create(folder.file("a.wav"), 8000, background);
        ASSERT_TRUE(recorder.ok());
        auto& fifo = *recorder.value()->fifo();
        const auto samples = noise(60000, 5);
        std::vector<float> block;
        for (size_t at = 0; at < samples.size(); at += 160)
        {
            block.assign(160, 0.0f);
            for (size_t i = 0; i < 160; ++i)
                block[i] = samples[at + i] / 32768.0f;
            ASSERT_TRUE(fifo.write(block));
        }
        recorder.value()->finish();
        EXPECT_EQ(recorder.value()->droppedSamples(), 0u);
        EXPECT_DOUBLE_EQ(recorder.value()->seconds(), 7.5);
        int rate = 0;
        const auto read = readWav(folder.file("a.wav"), rate);
        EXPECT_EQ(read, std::vector<int>(samples.begin(), samples.end()));
    }

    Background background(Background::Mode::byHand);
    auto recorder = Recorder::create(folder.file("b.wav"), 8000, background);
    ASSERT_TRUE(recorder.ok());
    const std::vector<float> second(8000, 0.5f);
    int refused = 0;
    for (int i = 0; i < 30; ++i)
        refused += recorder.value()->fifo()->write(second) ? 0 : 1;
    recorder.value()->finish();
    EXPECT_GT(refused, 0);
    EXPECT_EQ(recorder.value()->droppedSamples(), static_cast<uint64_t>(refused) * 8000u);
    EXPECT_DOUBLE_EQ(recorder.value()->seconds(), 30.0 - refused);
}

TEST(Recorder, NumbersTheFilesOfSeveralCalls)
{
    const juce::File file("/x/y/call.one.wav");
    EXPECT_EQ(numberedFile(file, 1), file);
    EXPECT_EQ(numberedFile(file, 2), juce::File("/x/y/call.one-2.wav"));
    EXPECT_EQ(numberedFile(file, 12), juce::File("/x/y/call.one-12.wav"));
}

} // namespace mw::lab_test
