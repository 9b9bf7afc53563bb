#include "SupportDtmf.h"

#include "SupportWav.h"

#include <Support/Process.h>

#include <array>
#include <chrono>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace dtmf
{
namespace
{

std::string runTool(const std::vector<std::string>& command)
{
    mw::test::Process process(command);
    process.closeInput();
    const auto code = process.wait(std::chrono::seconds(60));
    if (code.value_or(-1) != 0)
        throw std::runtime_error(command.front() + " failed: " + process.output());
    return process.standardOutput();
}

std::string text(double value)
{
    std::ostringstream stream;
    stream << value;
    return stream.str();
}

} // namespace

Pair frequenciesOf(char digit)
{
    static constexpr std::array<double, 4> low { 697.0, 770.0, 852.0, 941.0 }, high { 1209.0, 1336.0, 1477.0, 1633.0 };
    static const std::string keys = "123A456B789C*0#D";
    const auto at = keys.find(digit);
    if (at == std::string::npos)
        throw std::runtime_error(std::string("no DTMF digit: ") + digit);
    return { low[at / 4], high[at % 4] };
}

std::vector<float> madeBySox(const std::filesystem::path& folder, const std::string& digits, int onMs, int offMs,
                             double lowDbfs, double highDbfs)
{
    std::vector<float> all;
    for (const char digit : digits)
    {
        const auto pair = frequenciesOf(digit);
        const auto wav = folder / "digit.wav";
        runTool({ "sox", "-D", "-n", "-r", "8000", "-c", "2", "-b", "16", wav.string(), "synth", text(onMs / 1000.0),
                  "sine", text(pair.lowHz), "sine", text(pair.highHz),
                  "remix", "1v" + text(std::pow(10.0, lowDbfs / 20.0)) + ",2v" + text(std::pow(10.0, highDbfs / 20.0)),
                  "pad", "0", text(offMs / 1000.0) });
        const auto made = WavFile::read(wav);
        all.insert(all.end(), made.samples.begin(), made.samples.end());
    }
    return all;
}

std::string readByMultimon(const std::filesystem::path& wav)
{
    // multimon-ng reads 16-bit samples at 22050 Hz.
    const auto raw = wav.string() + ".22050.raw";
    runTool({ "sox", wav.string(), "-t", "raw", "-r", "22050", "-e", "signed-integer", "-b", "16", "-c", "1", raw });
    std::istringstream lines(runTool({ "multimon-ng", "-q", "-a", "DTMF", "-t", "raw", raw }));
    std::string digits;
    for (std::string line; std::getline(lines, line);)
        if (const std::string mark = "DTMF: "; line.starts_with(mark) && line.size() > mark.size())
            digits += line[mark.size()];
    return digits;
}

} // namespace dtmf
