// The program visqol, where it is installed: what it is given, and what is told of what it says. Here a script stands for it, since nobody packs it.
#include "LabBench.h"

#include <mw_lab/measure/Visqol.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mw::lab_test
{

class Visqol : public ::testing::Test
{
protected:
    void SetUp() override { ASSERT_TRUE(folder.file("bin").createDirectory()); }

    void install(const std::string& script)
    {
        const auto file = folder.file("bin").getChildFile("visqol");
        ASSERT_TRUE(file.replaceWithText("#!/bin/sh\n" + script, false, false, "\n"));
        ASSERT_TRUE(file.setExecutePermission(true));
    }

    [[nodiscard]] std::string folders() const { return "/nowhere:" + folder.file("bin").getFullPathName().toStdString(); }

    TestFolder folder;
    const std::vector<float> reference = std::vector<float>(8000, 0.25f), sound = std::vector<float>(4000, 0.125f);
};

TEST_F(Visqol, IsGivenBothAsSpeechOf16KilohertzAndItsScoreIsRead)
{
    install("rate() { od -An -tu4 -j24 -N4 \"$1\" | tr -d ' '; }\n"
            "[ \"$1 $2 $4\" = '--use_speech_mode --reference_file --degraded_file' ] || exit 3\n"
            "[ \"$(dd if=\"$3\" bs=1 skip=12 count=4 2>/dev/null)\" = 'fmt ' ] || exit 6\n"  // its reader takes no other order
            "[ \"$(rate \"$3\") $(rate \"$5\")\" = '16000 16000' ] || exit 4\n"
            "[ \"$(stat -c %s \"$3\")\" -gt 31000 ] && [ \"$(stat -c %s \"$5\")\" -lt 17000 ] || exit 5\n"
            "printf 'MOS-LQO:\\t\\t4.25\\n'\n");
    const auto answer = askVisqol(reference, sound, 8000, folders());
    ASSERT_TRUE(answer.mosLqo.has_value()) << answer.whyNot;
    EXPECT_NEAR(*answer.mosLqo, 4.25, 1e-9);
}

TEST_F(Visqol, NoAnswerSaysWhy)
{
    install("echo 'could not read the model' >&2; exit 7\n");
    const auto failed = askVisqol(reference, sound, 16000, folders());
    EXPECT_FALSE(failed.mosLqo.has_value());
    EXPECT_NE(failed.whyNot.find("exit code 7"), std::string::npos) << failed.whyNot;
    EXPECT_NE(failed.whyNot.find("could not read the model"), std::string::npos) << failed.whyNot;

    const auto none = askVisqol(reference, sound, 16000, folder.file("nowhere").getFullPathName().toStdString() + "::relative");
    EXPECT_FALSE(none.mosLqo.has_value());
    EXPECT_EQ(none.whyNot, "no program visqol is on the PATH");
}

} // namespace mw::lab_test
