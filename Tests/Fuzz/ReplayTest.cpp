#include "Fuzz.h"

#include <mw_sip/adapter/SipHeaders.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace mw::fuzz
{
namespace
{

/** Every target is shown its whole corpus, regressions included, in every preset: a promise that breaks, or a sanitizer,
    ends the program. */
class FuzzReplay : public ::testing::TestWithParam<size_t>
{
public:
    /** OpenSSL takes its tables and its source of chance once a process: no test is to be blamed for them. */
    static void SetUpTestSuite()
    {
        ASSERT_EQ(::libre_init(), 0);
        static_cast<void>(::rand_u32());
        ::libre_close();
    }
};

std::vector<uint8_t> contentOf(const std::filesystem::path& file)
{
    std::ifstream stream(file, std::ios::binary);
    return { std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>() };
}

TEST_P(FuzzReplay, CorpusKeepsEveryPromise)
{
    const auto& registered = targets()[GetParam()];
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(MILLIWATT_FUZZ_CORPUS) / registered.name))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    ASSERT_GE(files.size(), 2u) << "a target without a corpus tests nothing";

    const auto target = registered.make();
    target->run({});
    for (const auto& file : files)
    {
        SCOPED_TRACE(file.filename().string());
        const auto content = contentOf(file);
        ASSERT_FALSE(content.empty());
        target->run(content);
        target->run(std::span(content).first(content.size() / 2));  // what arrives cut off is an input too
        target->run(content);
    }
}

INSTANTIATE_TEST_SUITE_P(Targets, FuzzReplay, ::testing::Range(size_t { 0 }, targets().size()),
                         [](const auto& instance) { return targets()[instance.param].name; });

} // namespace
} // namespace mw::fuzz
