#include "LabBench.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace mw::lab_test
{
namespace
{

/** A mixer whose only leg hears the player. */
class PlayerTest : public ::testing::Test
{
protected:
    static constexpr int rateHz = 8000, frames = 80;

    PlayerTest()
    {
        mixer.prepareToPlay(rateHz, frames);
        MixerCommand listen;
        listen.kind = MixerCommand::Kind::setLegActive;
        listen.active = true;
        mixer.post(listen);
        render(1);
    }

    std::vector<float> render(int blocks)
    {
        std::vector<float> heard;
        for (int i = 0; i < blocks; ++i)
        {
            std::vector<float> in(frames, 0.0f), out(frames, 0.0f);
            const float* ins[] = { in.data() };
            float* outs[] = { out.data() };
            mixer.process(ins, outs, frames);
            heard.insert(heard.end(), out.begin(), out.end());
        }
        return heard;
    }

    /** Waits until the file was read, and takes it. */
    Result<void> awaitFile()
    {
        auto taken = player.poll();
        for (int i = 0; i < 2000 && taken.ok() && player.state() == Player::State::loading; ++i)
        {
            juce::Thread::sleep(5);  // sleeps: the player is polled, as a window does it
            taken = player.poll();
        }
        return taken;
    }

    static int loudSamples(const std::vector<float>& heard)
    {
        return static_cast<int>(std::count_if(heard.begin(), heard.end(), [](float sample) { return sample > 0.2f; }));
    }

    const TestFolder folder;
    MixerProcessor mixer { MixerProcessor::Config { .maxLegs = 1 } };
    Player player { mixer, rateHz };
};

TEST_F(PlayerTest, PlaysAFileOnceFromItsFirstSampleToItsLast)
{
    writeWav(folder.file("a.wav"), { std::vector<int16_t>(200, 8192) }, rateHz);
    EXPECT_EQ(player.state(), Player::State::empty);
    ASSERT_TRUE(player.load(folder.file("a.wav")).ok());
    EXPECT_EQ(player.state(), Player::State::loading);
    ASSERT_TRUE(awaitFile().ok());
    EXPECT_EQ(player.state(), Player::State::playing);
    EXPECT_DOUBLE_EQ(player.seconds(), 0.025);
    EXPECT_EQ(loudSamples(render(10)), 200);
    ASSERT_TRUE(player.poll().ok());
    EXPECT_EQ(player.state(), Player::State::stopped);
    EXPECT_EQ(loudSamples(render(10)), 0);

    player.play();
    EXPECT_EQ(loudSamples(render(1)), frames) << "again, from the beginning";
    player.stop();
    EXPECT_EQ(loudSamples(render(10)), 0);
    player.setRepeat(Repeat::yes);
    player.play();
    EXPECT_EQ(loudSamples(render(10)), 10 * frames);
    ASSERT_TRUE(player.poll().ok());
    EXPECT_EQ(player.state(), Player::State::playing);
}

TEST_F(PlayerTest, SaysOnceWhyAFileCannotBePlayedAndPlaysTheNext)
{
    folder.file("b.wav").replaceWithText("this is no sound");
    ASSERT_TRUE(player.load(folder.file("b.wav")).ok());
    const auto failed = awaitFile();
    ASSERT_FALSE(failed.ok());
    EXPECT_NE(failed.error().message().find("b.wav"), std::string::npos) << failed.error().message();
    EXPECT_EQ(player.state(), Player::State::empty);
    EXPECT_TRUE(player.poll().ok());
    player.play();
    EXPECT_EQ(player.state(), Player::State::empty) << "there is nothing to play";

    writeWav(folder.file("c.wav"), { std::vector<int16_t>(400, 8192) }, rateHz);
    writeWav(folder.file("d.wav"), { std::vector<int16_t>(160, 8192) }, rateHz);
    ASSERT_TRUE(player.load(folder.file("c.wav")).ok());
    ASSERT_TRUE(player.load(folder.file("d.wav")).ok()) << "who changes their mind is not made to wait for both";
    ASSERT_TRUE(awaitFile().ok());
    EXPECT_EQ(player.file(), folder.file("d.wav"));
    EXPECT_EQ(loudSamples(render(10)), 160);
}

} // namespace
} // namespace mw::lab_test
