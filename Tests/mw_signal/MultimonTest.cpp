#include "SignalTools.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include <unistd.h>

using namespace signaltest;

namespace
{

/** A stranger's reading of a signal: the digits that multimon-ng prints for a raw file of 16 bit at 22 050 Hz. */
std::string readByMultimon(const std::vector<float>& signal)
{
    std::string path = (std::filesystem::temp_directory_path() / "milliwatt-dtmf-XXXXXX").string();
    const auto descriptor = ::mkstemp(path.data());
    if (descriptor < 0)
        return "no temporary file";
    ::close(descriptor);
    {
        std::ofstream file(path, std::ios::binary);
        for (const auto sample : signal)
        {
            const auto code = static_cast<int16_t>(std::lrint(static_cast<double>(sample) * 32768.0));
            file.write(reinterpret_cast<const char*>(&code), sizeof code);
        }
    }

    std::string output, digits;
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(("multimon-ng -q -t raw -a DTMF " + path + " 2>/dev/null").c_str(), "r"), ::pclose);
    std::array<char, 256> part {};
    while (pipe && std::fgets(part.data(), part.size(), pipe.get()) != nullptr)
        output += part.data();
    std::filesystem::remove(path);

    const std::string label = "DTMF: ";
    for (auto at = output.find(label); at != std::string::npos; at = output.find(label, at + 1))
        digits += output[at + label.size()];
    return digits;
}

} // namespace

TEST(DtmfOscillator, MultimonReadsEveryDigit)
{
    const std::string digits = "1234567890ABCD*#5554D";
    mw::DtmfOscillator oscillator;
    ASSERT_TRUE(oscillator.prepare(22050.0));
    ASSERT_TRUE(oscillator.play(settingsFor(digits)));
    std::vector<float> signal(static_cast<size_t>(22050 * 0.2) * (digits.size() + 2));
    oscillator.render(signal);
    EXPECT_EQ(readByMultimon(signal), digits) << "package multimon-ng is needed";
}
