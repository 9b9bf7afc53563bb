#include "EngineBench.h"

#include <gmock/gmock.h>

namespace mw::lab_test
{

using ::testing::HasSubstr;
using ::testing::IsEmpty;

namespace
{
/** The first channel of a sound file as 16-bit samples, by JUCE's readers. */
std::vector<int> readSound(const juce::File& file)
{
    juce::AudioFormatManager formats;
    formats.registerBasicFormats();
    const std::unique_ptr<juce::AudioFormatReader> reader(formats.createReaderFor(file));
    if (reader == nullptr)
        return {};
    std::vector<int> samples(static_cast<size_t>(reader->lengthInSamples));
    int* channels[] = { samples.data(), nullptr };
    reader->read(channels, 1, 0, static_cast<int>(samples.size()), false);
    for (auto& sample : samples)
        sample >>= 16;
    return samples;
}

std::vector<int> decoded(const std::vector<uint8_t>& octets)
{
    std::vector<int> samples;
    for (const auto octet : octets)
        samples.push_back(muLawDecode(octet));
    return samples;
}

bool contains(const std::vector<int>& in, const std::vector<int>& what)
{
    return ! what.empty() && std::search(in.begin(), in.end(), what.begin(), what.end()) != in.end();
}
} // namespace

class RecordingsBench : public EngineBench
{
protected:
    void SetUp() override
    {
        make();
        ASSERT_TRUE(engine->start().ok());
        recordings = std::make_unique<Recordings>(*engine);
    }
    void TearDown() override
    {
        recordings.reset();
        engine->stop();
    }
    void run(int ticks)
    {
        for (int i = 0; i < ticks; ++i)
        {
            steps(1);
            recordings->poll();
        }
    }
    std::unique_ptr<Recordings> recordings;
    TestFolder folder;
};

TEST_F(RecordingsBench, TheMixAndALegAreWrittenSampleForSampleInBothFormats)
{
    for (const auto format : { RecordingFormat::wav, RecordingFormat::flac })
    {
        const auto ending = format == RecordingFormat::wav ? ".wav" : ".flac";
        const auto octets = randomOctets(8000, 3);
        const auto leg = legs.ring("sip:alice@x", octets);
        run(2);
        const auto mix = recordings->start({ Recordings::What::mix, 0, format, folder.file(juce::String("mix") + ending) });
        const auto one = recordings->start({ Recordings::What::legIn, leg, format, folder.file(juce::String("alice") + ending) });
        ASSERT_TRUE(mix.ok()) << mix.error().message();
        ASSERT_TRUE(one.ok()) << one.error().message();
        EXPECT_TRUE(recordings->isRecording());
        run(75);
        recordings->stop(mix.value());
        recordings->stop(one.value());
        EXPECT_FALSE(recordings->isRecording());

        for (const auto& recording : recordings->list())
        {
            ASSERT_EQ(recording.tracks.size(), 1u);
            const auto& track = recording.tracks.front();
            EXPECT_FALSE(track.error.has_value());
            EXPECT_EQ(track.droppedSamples, 0u);
            EXPECT_NEAR(track.seconds, 1.5, 0.03);
            EXPECT_EQ(track.octets, track.file.getSize());
            // What came in during the first ticks was before the recording.
            const auto said = decoded(octets);
            EXPECT_TRUE(contains(readSound(track.file), std::vector<int>(said.begin() + 800, said.end()))) << track.file.getFileName();
        }
        EXPECT_EQ(readSound(folder.file(juce::String("mix") + ending)).size(), 12000u);
        legs.peerHangsUp(leg);
        run(2);
    }
}

TEST_F(RecordingsBench, WhatALegIsSentIsRecordedToo)
{
    const auto octets = randomOctets(8000, 4);
    const auto talker = legs.ring("sip:alice", octets), listener = legs.ring("sip:bob");
    run(2);
    ASSERT_TRUE(recordings->start({ Recordings::What::legOut, listener, RecordingFormat::wav, folder.file("bob.wav") }).ok());
    ASSERT_TRUE(recordings->start({ Recordings::What::legOut, talker, RecordingFormat::wav, folder.file("alice.wav") }).ok());
    run(75);
    recordings->stopAll();
    const auto said = decoded(octets);
    EXPECT_TRUE(contains(readSound(folder.file("bob.wav")), std::vector<int>(said.begin() + 800, said.end())));
    EXPECT_EQ(readSound(folder.file("alice.wav")), std::vector<int>(12000, 0)) << "nobody is sent his own voice";
}

TEST_F(RecordingsBench, AllLegsBecomeTracksAndLaterOnesToo)
{
    const auto alice = randomOctets(8000, 5), bob = randomOctets(8000, 6);
    const auto first = legs.ring("sip:alice@x;transport=tcp", alice);
    run(2);
    const auto all = recordings->start({ Recordings::What::allIn, 0, RecordingFormat::flac, folder.file("all") });
    ASSERT_TRUE(all.ok()) << all.error().message();
    run(100);
    legs.ring("sip:b/../ob@y", bob);
    run(75);
    legs.peerHangsUp(first);
    run(25);
    auto now = recordings->list().front();
    ASSERT_EQ(now.tracks.size(), 2u);
    EXPECT_FALSE(now.tracks[0].isRunning);
    EXPECT_TRUE(now.tracks[1].isRunning);
    EXPECT_GT(now.tracks[1].seconds, 1.5);
    EXPECT_EQ(now.endedNs, 0);
    recordings->stop(all.value());
    now = recordings->list().front();
    EXPECT_NEAR(static_cast<double>(now.endedNs - now.startedNs) * 1e-9, 4.0, 0.1);
    EXPECT_EQ(now.tracks[0].file.getFileName(), "leg-01-alice.flac");
    EXPECT_EQ(now.tracks[1].file.getFileName(), "leg-02-b_.._ob-at-00h00m02s.flac");
    EXPECT_EQ(now.tracks[1].file.getParentDirectory(), folder.file("all"));
    const auto said = decoded(alice);
    EXPECT_TRUE(contains(readSound(now.tracks[0].file), std::vector<int>(said.begin() + 800, said.end())));
    EXPECT_TRUE(contains(readSound(now.tracks[1].file), decoded(bob)));
    EXPECT_THAT(recordings->takeTroubles(), IsEmpty());
}

TEST_F(RecordingsBench, WhatCannotBeWrittenIsAnErrorAndTheRestGoesOn)
{
    const auto leg = legs.ring("sip:alice", randomOctets(8000, 7));
    run(2);
    const auto missing = recordings->start({ Recordings::What::mix, 0, RecordingFormat::wav, folder.file("no/such/a.wav") });
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().code, ExitCode::environment);
    EXPECT_THAT(missing.error().message(), HasSubstr("a.wav"));
    EXPECT_FALSE(recordings->start({ Recordings::What::legIn, 99, RecordingFormat::wav, folder.file("none.wav") }).ok());
    EXPECT_FALSE(folder.file("none.wav").exists());
    EXPECT_TRUE(recordings->list().empty());

    ASSERT_TRUE(recordings->start({ Recordings::What::legIn, leg, RecordingFormat::wav, folder.file("good.wav") }).ok());
    const auto twice = recordings->start({ Recordings::What::allIn, 0, RecordingFormat::wav, folder.file("all") });
    ASSERT_FALSE(twice.ok());
    EXPECT_THAT(twice.error().message(), HasSubstr("leg 1: it is being recorded already"));
    EXPECT_EQ(folder.file("all").getNumberOfChildFiles(juce::File::findFiles), 0);

    const auto full = recordings->start({ Recordings::What::mix, 0, RecordingFormat::wav, juce::File("/dev/full") });
    if (full.ok())
    {
        run(150);
        const auto list = recordings->list();
        ASSERT_TRUE(list[1].tracks[0].error.has_value());
        EXPECT_NE(list[1].endedNs, 0);
        const auto troubles = recordings->takeTroubles();
        ASSERT_EQ(troubles.size(), 1u);
        EXPECT_THAT(troubles[0], HasSubstr("No space left on device"));
        EXPECT_EQ(list[0].endedNs, 0) << "the other recording goes on";
    }
    recordings->stopAll();
    EXPECT_GT(readSound(folder.file("good.wav")).size(), 0u);
}

TEST_F(RecordingsBench, AFileCanBePlayedWhenTheProgramIsKilledMeanwhile)
{
    const auto octets = randomOctets(32000, 8);
    legs.ring("sip:alice", octets);
    run(2);
    ASSERT_TRUE(recordings->start({ Recordings::What::mix, 0, RecordingFormat::wav, folder.file("mix.wav") }).ok());
    run(225);
    ASSERT_TRUE(folder.file("mix.wav").copyFileTo(folder.file("killed.wav")));
    const auto said = decoded(octets);
    const auto read = readSound(folder.file("killed.wav"));
    EXPECT_GE(read.size(), 32000u) << "no more than two seconds of 4.5 may be missing";
    EXPECT_TRUE(contains(read, std::vector<int>(said.begin() + 800, said.begin() + 24000)));
}

TEST_F(RecordingsBench, TheEndOfTheObjectClosesEveryFile)
{
    legs.ring("sip:alice", randomOctets(8000, 9));
    run(2);
    ASSERT_TRUE(recordings->start({ Recordings::What::allOut, 0, RecordingFormat::wav, folder.file("all") }).ok());
    run(50);
    recordings.reset();
    EXPECT_EQ(readSound(folder.file("all").getChildFile("leg-01-alice.wav")).size(), 8000u);
}

} // namespace mw::lab_test
