#include "SupportBench.h"

#include <csignal>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <thread>

using namespace std::chrono_literals;

Milliwatt::Milliwatt(const std::filesystem::path& directory, std::vector<std::string> arguments, Options options)
{
    std::vector<std::string> command { MILLIWATT_BINARY };
    command.insert(command.end(), std::make_move_iterator(arguments.begin()), std::make_move_iterator(arguments.end()));
    mw::test::Process::Options processOptions;
    processOptions.workingDirectory = directory;
    processOptions.pseudoTerminal = options.terminal;
    child = std::make_unique<mw::test::Process>(std::move(command), processOptions);
}

Milliwatt::Milliwatt(const std::filesystem::path& directory, std::vector<std::string> arguments)
    : Milliwatt(directory, std::move(arguments), Options()) {}

std::string Milliwatt::log() const
{
    constexpr size_t longest = 6000;
    const auto all = child->output();
    return all.size() <= longest ? all : "[…]" + all.substr(all.size() - longest);
}

int Milliwatt::finish(std::chrono::milliseconds within) { return child->wait(within).value_or(-1); }

int Milliwatt::interrupt(std::chrono::milliseconds within)
{
    child->signal(SIGINT);
    return finish(within);
}

namespace
{

std::vector<std::string> listeningArguments(const std::string& role, uint16_t sip, uint16_t rtp, std::vector<std::string> more)
{
    std::vector<std::string> all { role, "--listen", "127.0.0.1:" + std::to_string(sip), "--rtp-ports",
                                   std::to_string(rtp) + "-" + std::to_string(rtp + ListeningProgram::rtpPortCount - 1) };
    all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return all;
}

} // namespace

ListeningProgram::ListeningProgram(const std::filesystem::path& directory, const std::string& role, std::vector<std::string> arguments,
                     Options options)
    : ListeningProgram(directory, role, std::move(arguments), options, ports::freePort(), ports::freeBlock(rtpPortCount))
{
}

ListeningProgram::ListeningProgram(const std::filesystem::path& directory, const std::string& role, std::vector<std::string> arguments,
                     Options options, uint16_t sipPort, uint16_t rtpPort)
    : Milliwatt(directory, listeningArguments(role, sipPort, rtpPort, std::move(arguments)), options), sip(sipPort), rtp(rtpPort)
{
    const auto end = std::chrono::steady_clock::now() + deadline::start;
    while (! ports::waitUntilBound(sip, 200ms))
        if (! process().isRunning() || std::chrono::steady_clock::now() >= end)
            throw std::runtime_error("milliwatt " + role + " does not listen: " + log());
}

void Bench::SetUp()
{
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    auto name = std::string(info->test_suite_name()) + "." + info->name();
    for (auto& character : name)
        if (character == '/')
            character = '-';
    directory = std::filesystem::path(::testing::TempDir()) / ("milliwatt-" + name + "-" + std::to_string(::getpid()));
    std::filesystem::remove_all(directory);
    std::filesystem::create_directories(directory);
}

void Bench::TearDown()
{
    if (HasFailure())
        std::cerr << "The files of this test are kept in " << directory.string() << "\n";
    else
        std::filesystem::remove_all(directory);
}

std::unique_ptr<RtpCapture> Bench::capture(const ListeningProgram& program) const
{
    return std::make_unique<RtpCapture>(directory, program.sipPort(), program.firstRtpPort(), ListeningProgram::rtpPortCount);
}

std::string Bench::run(std::vector<std::string> command)
{
    mw::test::Process::Options options;
    options.workingDirectory = directory;
    const auto name = command.front();
    mw::test::Process process(std::move(command), options);
    process.closeInput();
    const auto code = process.wait(60s);
    EXPECT_EQ(code.value_or(-1), 0) << name << ": " << process.output();
    return process.standardOutput();
}

juce::var Bench::json(const std::filesystem::path& source) const
{
    juce::var parsed;
    const auto result = juce::JSON::parse(juce::String::fromUTF8(readText(source).c_str()), parsed);
    EXPECT_TRUE(result.wasOk()) << source << ": " << result.getErrorMessage();
    return parsed;
}

bool Bench::waitForMetrics(const std::filesystem::path& source, const std::function<bool(const juce::var&)>& holds,
                           std::chrono::milliseconds within)
{
    const auto end = std::chrono::steady_clock::now() + within;
    while (std::chrono::steady_clock::now() < end)
    {
        if (std::filesystem::exists(source))
        {
            std::istringstream text(readText(source));
            for (std::string line; std::getline(text, line);)
            {
                const auto parsed = juce::JSON::parse(juce::String::fromUTF8(line.c_str()));  // void for a line half written
                if (parsed.isObject() && holds(parsed))
                    return true;
            }
        }
        std::this_thread::sleep_for(50ms);  // sleeps: looks again at what the program wrote
    }
    return false;
}

std::vector<juce::var> Bench::jsonLines(const std::filesystem::path& source) const
{
    std::vector<juce::var> objects;
    std::istringstream text(readText(source));
    for (std::string line; std::getline(text, line);)
    {
        juce::var parsed;
        const auto result = juce::JSON::parse(juce::String::fromUTF8(line.c_str()), parsed);
        EXPECT_TRUE(result.wasOk() && parsed.isObject()) << source << ", line " << objects.size() + 1 << ": " << line;
        objects.push_back(parsed);
    }
    return objects;
}

std::vector<float> recordedSpeech(double seconds)
{
    const auto wav = WavFile::read("/usr/share/asterisk/sounds/en_US_f_Allison/demo-congrats.wav");
    const auto count = static_cast<size_t>(seconds * wav.rateHz);
    if (wav.rateHz != 8000 || wav.samples.size() < count)
        throw std::runtime_error("the recorded speech is not 8 kHz, or shorter than " + std::to_string(seconds) + " s");
    return { wav.samples.begin(), wav.samples.begin() + static_cast<std::ptrdiff_t>(count) };
}

std::vector<juce::var> callsWhere(const juce::var& metricsLine, const std::function<bool(const juce::var&)>& holds)
{
    std::vector<juce::var> found;
    if (const auto* calls = metricsLine["calls"].getArray())
        for (const auto& call : *calls)
            if (holds(call))
                found.push_back(call);
    return found;
}

ActiveSpan activeSpan(std::span<const float> samples, int rateHz, double floorDbfs)
{
    const auto block = static_cast<size_t>(rateHz / 50);
    ActiveSpan span;
    bool found = false;
    for (size_t at = 0; at + block <= samples.size(); at += block)
    {
        if (sound::rmsDbfs(samples.subspan(at, block)) <= floorDbfs)
            continue;
        if (! found)
            span.begin = at;
        found = true;
        span.end = at + block;
    }
    return span;
}
