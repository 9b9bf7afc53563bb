#include <mw_lab/mw_lab.h>
#include <mw_lab/record/WholeFile.h>

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace
{

class WholeFile : public ::testing::Test
{
protected:
    juce::File folder = juce::File::createTempFile("folder");

    void SetUp() override { ASSERT_TRUE(folder.createDirectory().wasOk()); }
    void TearDown() override { folder.deleteRecursively(); }
};

} // namespace

TEST_F(WholeFile, ReplacesWhatStoodThereAndLeavesNoNeighbour)
{
    const auto file = folder.getChildFile("report.json");
    ASSERT_TRUE(file.replaceWithText("a text that is longer than the new one"));
    ASSERT_TRUE(mw::writeWholeFile(file, "new\n", "the report"));
    EXPECT_EQ(file.loadFileAsString(), "new\n");
    EXPECT_EQ(folder.getNumberOfChildFiles(juce::File::findFiles), 1);
}

TEST_F(WholeFile, ALinkStaysALink)
{
    const auto target = folder.getChildFile("target.json"), link = folder.getChildFile("link.json");
    ASSERT_TRUE(target.replaceWithText("old"));
    std::filesystem::create_symlink(target.getFullPathName().toStdString(), link.getFullPathName().toStdString());
    ASSERT_TRUE(mw::writeWholeFile(link, "new\n", "the report"));
    EXPECT_TRUE(link.isSymbolicLink());
    EXPECT_EQ(target.loadFileAsString(), "new\n");
}

// Moving a finished file over a device would replace the device, and root may do that; a pipe stands for it here.
TEST_F(WholeFile, WhatIsNoRegularFileIsWrittenToAndNeverReplacedOrDeleted)
{
    const auto pipe = folder.getChildFile("pipe").getFullPathName().toStdString();
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    const auto reader = ::open(pipe.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);  // so that writing does not wait for one
    ASSERT_GE(reader, 0);

    EXPECT_TRUE(mw::writeWholeFile(juce::File(pipe), "text\n", "the report"));
    std::array<char, 16> arrived {};
    EXPECT_EQ(::read(reader, arrived.data(), arrived.size()), 5);
    EXPECT_STREQ(arrived.data(), "text\n");

    mw::deleteRegularFile(juce::File(pipe));
    EXPECT_TRUE(std::filesystem::is_fifo(pipe));
    ::close(reader);
}

TEST_F(WholeFile, AMissingFolderIsNamedWithItsReason)
{
    const auto failed = mw::writeWholeFile(folder.getChildFile("none").getChildFile("x.json"), "text\n", "the report");
    ASSERT_FALSE(failed);
    EXPECT_NE(failed.error().message().find("No such file or directory"), std::string::npos) << failed.error().message();
}
