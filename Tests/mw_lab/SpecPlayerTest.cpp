#include "LabBench.h"

#include <mw_lab/play/PlaylistSource.h>
#include <mw_lab/play/SpecPlayer.h>

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

using ::testing::AllOf;
using ::testing::HasSubstr;

namespace mw::lab_test
{

namespace
{

PlaySpec specOf(const std::string& text)
{
    const auto parsed = PlaySpec::parse(text);
    EXPECT_TRUE(parsed.ok()) << parsed.error().message();
    return parsed.ok() ? parsed.value() : PlaySpec {};
}

std::string faultOf(const std::string& text)
{
    const auto parsed = PlaySpec::parse(text);
    EXPECT_FALSE(parsed.ok()) << text;
    return parsed.ok() ? std::string() : parsed.error().message();
}

std::vector<float> heard(BlockSource& source, size_t samples, size_t block = 160)
{
    std::vector<float> sound(samples, 1.0f);
    for (size_t at = 0; at < samples; at += block)
        source.render(std::span(sound).subspan(at, std::min(block, samples - at)), 0);
    return sound;
}

std::shared_ptr<BlockSource> playerOf(const std::string& text, Repeat repeat = Repeat::no)
{
    auto made = makeSpecPlayer(specOf(text), 8000, Law::mu, repeat);
    EXPECT_TRUE(made.ok()) << made.error().message();
    return made.ok() ? made.value() : nullptr;
}

/** A source that tells how often it was asked, one sample each. */
class CountingSource final : public BlockSource
{
public:
    void render(std::span<float> block, int64_t) noexcept override
    {
        for (auto& sample : block)
            sample = static_cast<float>(++count);
    }
    [[nodiscard]] bool isFinished() const noexcept override { return false; }

private:
    int count = 0;
};

} // namespace

TEST(PlayForms, TakesSignalsWithLevelAndLength)
{
    const auto two = specOf("two-tone:697+1209@-13");
    EXPECT_EQ(two.kind, PlaySpec::Kind::multiTone);
    EXPECT_EQ(two.frequenciesHz, (std::vector<double> { 697.0, 1209.0 }));
    EXPECT_DOUBLE_EQ(two.levelDbm0, -13.0);
    EXPECT_FALSE(two.ends());

    const auto many = specOf("multi-tone:300,1000,3400/2.5");
    EXPECT_EQ(many.frequenciesHz.size(), 3u);
    EXPECT_DOUBLE_EQ(many.levelDbm0, -10.0);
    EXPECT_DOUBLE_EQ(many.seconds, 2.5);
    EXPECT_TRUE(many.ends());

    const auto sweep = specOf("sweep:3400-200@-16/4");
    EXPECT_EQ(sweep.kind, PlaySpec::Kind::sweep);
    EXPECT_DOUBLE_EQ(sweep.frequencyHz, 3400.0);
    EXPECT_DOUBLE_EQ(sweep.toHz, 200.0);

    EXPECT_EQ(specOf("noise:white").colour, NoiseColour::white);
    EXPECT_EQ(specOf("noise:pink@-30").colour, NoiseColour::pink);
    EXPECT_EQ(specOf("noise:p50@-26/10").colour, NoiseColour::p50);
    EXPECT_DOUBLE_EQ(specOf("noise:white").levelDbm0, -20.0);
    EXPECT_DOUBLE_EQ(specOf("comfort-noise").levelDbm0, -65.0);
    EXPECT_DOUBLE_EQ(specOf("comfort-noise@-70/3").levelDbm0, -70.0);
    EXPECT_TRUE(specOf("silence/1").ends());
    EXPECT_TRUE(specOf("tone:1000@-10/1").ends());
    EXPECT_FALSE(specOf("tone:1000@-10").ends());
}

TEST(PlayForms, NamesTheWrongPartAndTheRemedy)
{
    EXPECT_THAT(faultOf("two-tone:697@-10"), HasSubstr("two-tone takes 2, as in two-tone:697+1209@-10"));
    EXPECT_THAT(faultOf("two-tone:697+x@-10"), HasSubstr("the frequency 'x' is not a number of Hz"));
    EXPECT_THAT(faultOf("multi-tone:300,,400"), HasSubstr("the frequency '' is not a number of Hz"));
    EXPECT_THAT(faultOf("multi-tone:300,30000"), HasSubstr("20…20000 Hz"));
    EXPECT_THAT(faultOf("sweep:100-3400@-10"), HasSubstr("its length is missing, as in sweep:100-3400@-10/4"));
    EXPECT_THAT(faultOf("sweep:100@-10/4"), HasSubstr("from where to where is missing"));
    EXPECT_THAT(faultOf("sweep:100-3400/601"), HasSubstr("0.01…600 s"));
    EXPECT_THAT(faultOf("noise:blue@-10"), HasSubstr("there is no noise 'blue', only white, pink and p50"));
    EXPECT_THAT(faultOf("noise:pink@-91"), HasSubstr("−90…+3.17 dBm0"));
    EXPECT_THAT(faultOf("comfort-noise@quiet"), HasSubstr("the level 'quiet' is not a number of dBm0"));
    EXPECT_THAT(faultOf("silence@-60"), HasSubstr("comfort-noise@-65"));
    EXPECT_THAT(faultOf("noise:white/soon"), HasSubstr("the length 'soon' is not a number of seconds"));
    EXPECT_THAT(faultOf("tone:1000/0"), HasSubstr("0.01…604800 s"));
}

TEST(PlayForms, TakesListsFromTheLineAndFromAFile)
{
    const auto list = specOf("tone:1000@-10/2; silence/0.5 ;noise:pink@-30");
    EXPECT_EQ(list.kind, PlaySpec::Kind::list);
    ASSERT_EQ(list.list.size(), 3u);
    EXPECT_EQ(list.list[1].kind, PlaySpec::Kind::silence);
    EXPECT_FALSE(list.ends());

    EXPECT_THAT(faultOf("tone:1000@-10/2; noise:blue"), AllOf(HasSubstr("item 2 of the list"), HasSubstr("'blue'")));
    EXPECT_THAT(faultOf("tone:1000; silence/1"), AllOf(HasSubstr("item 1 of the list"), HasSubstr("it never ends"), HasSubstr("tone:1000/2")));
    EXPECT_THAT(faultOf("silence/1;"), AllOf(HasSubstr("item 2 of the list"), HasSubstr("nothing is named")));

    const TestFolder folder;
    writeWav(folder.file("a.wav"), { { 1, 2, 3 } }, 8000);
    folder.file("list.txt").replaceWithText("# what is played\n\n a.wav \ndtmf:12\r\nsilence/1\n");
    const auto path = folder.file("list.txt").getFullPathName().toStdString();
    const auto fromFile = specOf("@" + path);
    ASSERT_EQ(fromFile.list.size(), 3u);
    EXPECT_EQ(fromFile.list[0].file, folder.file("a.wav")) << "beside the list";
    EXPECT_TRUE(fromFile.ends());
    folder.file("list.txt").replaceWithText("silence/1\n\nnoise:blue\n");
    EXPECT_THAT(faultOf("@" + path), AllOf(HasSubstr("line 3 of " + path), HasSubstr("'blue'")));
    folder.file("list.txt").replaceWithText("# nothing\n");
    EXPECT_THAT(faultOf("@" + path), HasSubstr("the list is empty"));
    EXPECT_THAT(faultOf("@" + path + "x"), HasSubstr("no such file"));
    EXPECT_EQ(PlaySpec::parse("@" + path + "x").error().code, ExitCode::environment);
}

TEST(SpecPlayer, PlaysEachSignalAtItsLevelForItsLength)
{
    for (const std::string form : { "two-tone:697+1209@-23/2", "multi-tone:300,700,1100,1500@-23/2", "sweep:200-3400@-23/2", "noise:white@-23/2", "comfort-noise@-23/2" })
    {
        const auto player = playerOf(form);
        ASSERT_NE(player, nullptr);
        const auto sound = heard(*player, 16000);
        EXPECT_NEAR(levelOf(std::span(sound).subspan(80, 15840)), -23.0, 0.15) << form;
        EXPECT_TRUE(player->isFinished()) << form;
        EXPECT_EQ(heard(*player, 160), std::vector<float>(160, 0.0f)) << form;
    }
    // A period of these is long: what is heard of it for some seconds has not all of its power.
    for (const std::string form : { "noise:pink@-23", "noise:p50@-23" })
    {
        const auto player = playerOf(form);
        EXPECT_NEAR(levelOf(heard(*player, 131072)), -23.0, 0.05) << form;
        EXPECT_FALSE(player->isFinished()) << form;
    }
}

TEST(SpecPlayer, LeavesToOtherStripsWhatTheyPlay)
{
    for (const std::string form : { "tone:1000@-10", "dtmf:123", "silence" })
        EXPECT_EQ(playerOf(form), nullptr) << form;
    for (const std::string form : { "tone:1000@-10/1", "dtmf:1; dtmf:2", "silence/1" })
        EXPECT_NE(playerOf(form), nullptr) << form;
}

TEST(SpecPlayer, GoesThroughAListToTheSampleAndAgain)
{
    const TestFolder folder;
    writeWav(folder.file("a.wav"), { { 8192, 16384, -8192 } }, 8000);
    const auto text = folder.file("a.wav").getFullPathName().toStdString() + "; silence/0.01; tone:1000@-10/0.1";
    const auto once = playerOf(text), again = playerOf(text, Repeat::yes);
    const auto sound = heard(*once, 1000, 7), twice = heard(*again, 1766, 100);
    EXPECT_EQ((std::vector<float> { sound.begin(), sound.begin() + 4 }), (std::vector<float> { 0.25f, 0.5f, -0.25f, 0.0f }));
    EXPECT_TRUE(std::all_of(sound.begin() + 3, sound.begin() + 83, [](float sample) { return sample == 0.0f; }));
    EXPECT_NEAR(levelOf(std::span(sound).subspan(83 + 100, 600)), -10.0, 0.1);
    EXPECT_TRUE(once->isFinished());
    EXPECT_FALSE(again->isFinished());
    EXPECT_TRUE(std::equal(twice.begin(), twice.begin() + 883, sound.begin()));
    EXPECT_EQ(twice[883], 0.25f);
    EXPECT_EQ(twice[884], 0.5f);
}

TEST(SpecPlayer, DigitsOfAListHaveTheirTiming)
{
    auto spec = specOf("dtmf:12; silence/1");
    spec.list[0].dtmf.onMs = 60;
    spec.list[0].dtmf.offMs = 40;
    const auto made = makeSpecPlayer(spec, 8000, Law::mu, Repeat::no);
    ASSERT_TRUE(made.ok()) << made.error().message();
    const auto sound = heard(*made.value(), 1600 + 8000);
    EXPECT_GT(levelOf(std::span(sound).subspan(0, 480)), -20.0);
    EXPECT_EQ(levelOf(std::span(sound).subspan(480, 320)), silenceDb);
    EXPECT_GT(levelOf(std::span(sound).subspan(800, 480)), -20.0);
    EXPECT_TRUE(made.value()->isFinished());
}

TEST(SpecPlayer, RefusesWhatWouldClipOrIsTooHighForTheRate)
{
    const auto fault = [](const std::string& text) {
        const auto made = makeSpecPlayer(specOf(text), 8000, Law::mu, Repeat::no);
        EXPECT_FALSE(made.ok()) << text;
        return made.ok() ? std::string() : made.error().message();
    };
    EXPECT_THAT(fault("noise:white@0"), AllOf(HasSubstr("of full scale and would be clipped"), HasSubstr("give at most −")));
    EXPECT_THAT(fault("two-tone:697+1209@1"), HasSubstr("give at most 0.1 dBm0"));
    EXPECT_THAT(fault("multi-tone:1000,5000"), AllOf(HasSubstr("a tone of 5000.0 Hz"), HasSubstr("raise the rate")));
    EXPECT_THAT(fault("sweep:100-8000/1"), HasSubstr("raise the rate"));
    EXPECT_THAT(fault("silence/1; noise:pink@3"), HasSubstr("item 2 of the list"));
}

TEST(PlaylistSource, CutsPiecesToTheirLengthWhateverTheBlocks)
{
    for (const size_t block : { size_t { 1 }, size_t { 3 }, size_t { 10 }, size_t { 64 } })
    {
        PlaylistSource source({ { std::make_shared<CountingSource>(), 4, 0 }, { nullptr, 2, 0 }, { std::make_shared<CountingSource>(), 3, 0 } }, Repeat::no);
        EXPECT_EQ(heard(source, 10, block), (std::vector<float> { 1, 2, 3, 4, 0, 0, 1, 2, 3, 0 })) << block;
        EXPECT_TRUE(source.isFinished());
    }
    PlaylistSource nothing({}, Repeat::yes);
    EXPECT_TRUE(nothing.isFinished());
    EXPECT_EQ(heard(nothing, 2), (std::vector<float> { 0, 0 }));
}

} // namespace mw::lab_test
