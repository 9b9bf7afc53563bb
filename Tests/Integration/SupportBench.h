#pragma once

#include "SupportG711.h"
#include "SupportPorts.h"
#include "SupportRtpCapture.h"
#include "SupportSignal.h"
#include "SupportWav.h"

#include <Support/Process.h>

#include <gtest/gtest.h>
#include <juce_core/juce_core.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

/** Deadlines bound what would otherwise hang; nothing is asserted on how fast it went. They leave room for ThreadSanitizer
    on a machine with other work. */
namespace deadline
{
inline constexpr std::chrono::seconds start { 60 };   ///< until a program listens or says a word
inline constexpr std::chrono::seconds finish { 60 };  ///< from being told to end, or from its own end's due time, to its exit
} // namespace deadline

/** `milliwatt` as a child process. */
class Milliwatt
{
public:
    struct Options
    {
        bool terminal = false;  ///< run it on a pseudo-terminal of 120 × 40
    };

    /** @param arguments after the program's name */
    Milliwatt(const std::filesystem::path& directory, std::vector<std::string> arguments, Options options);
    Milliwatt(const std::filesystem::path& directory, std::vector<std::string> arguments);

    [[nodiscard]] mw::test::Process& process() { return *child; }
    
    /** The end of what it has written: a terminal is painted many times a second. */
    [[nodiscard]] std::string log() const;

    /** Waits for its own end. @returns the exit code, −1 when the deadline passed */
    int finish(std::chrono::milliseconds within = deadline::finish);

    /** SIGINT, then finish(). */
    int interrupt(std::chrono::milliseconds within = deadline::finish);

private:
    std::unique_ptr<mw::test::Process> child;
};

/** `milliwatt mixer` or `sink`: one that listens, on ports that the test chose. */
class ListeningProgram : public Milliwatt
{
public:
    /** Starts `milliwatt ROLE --listen … --rtp-ports …` with the further arguments and waits until it listens.
        Throws std::runtime_error with what it said when it does not. */
    ListeningProgram(const std::filesystem::path& directory, const std::string& role, std::vector<std::string> arguments,
              Options options = {});

    [[nodiscard]] uint16_t sipPort() const { return sip; }
    [[nodiscard]] uint16_t firstRtpPort() const { return rtp; }
    [[nodiscard]] std::string uri() const { return "sip:bench@127.0.0.1:" + std::to_string(sip); }

    static constexpr int rtpPortCount = 130;

private:
    ListeningProgram(const std::filesystem::path& directory, const std::string& role, std::vector<std::string> arguments,
              Options options, uint16_t sipPort, uint16_t rtpPort);
    uint16_t sip, rtp;
};

/** Common ground of the integration tests: a folder that is kept when a test fails. */
class Bench : public ::testing::Test
{
protected:
    void SetUp() override;
    void TearDown() override;

    [[nodiscard]] const std::filesystem::path& folder() const { return directory; }
    [[nodiscard]] std::filesystem::path file(const std::string& name) const { return directory / name; }

    /** Capture of all that a listening program sends and gets. */
    [[nodiscard]] std::unique_ptr<RtpCapture> capture(const ListeningProgram& program) const;

    /** Runs a program to its end; fails the test when its exit code is not 0. @returns its stdout */
    std::string run(std::vector<std::string> command);

    /** A JSON file; fails the test when it is none. */
    [[nodiscard]] juce::var json(const std::filesystem::path& source) const;

    /** Reads a metrics file until a line of it holds what is waited for. False when the deadline passed first. */
    [[nodiscard]] static bool waitForMetrics(const std::filesystem::path& source, const std::function<bool(const juce::var&)>& holds,
                                             std::chrono::milliseconds within = deadline::start);

    /** The objects of a JSONL file; fails the test at a line that is none. */
    [[nodiscard]] std::vector<juce::var> jsonLines(const std::filesystem::path& source) const;

private:
    std::filesystem::path directory;
};

/** Recorded human speech (package asterisk-core-sounds-en-wav), 8 kHz, at the level it was recorded at. */
[[nodiscard]] std::vector<float> recordedSpeech(double seconds);

/** Calls of a metrics line whose field says so; the peer's name is told by `leg1`, `leg2` … for SIPp. */
[[nodiscard]] std::vector<juce::var> callsWhere(const juce::var& metricsLine, const std::function<bool(const juce::var&)>& holds);

/** The part of a recording between its first and its last 20 ms that are louder than `floorDbfs`, [samples]. */
struct ActiveSpan
{
    size_t begin = 0, end = 0;
};
[[nodiscard]] ActiveSpan activeSpan(std::span<const float> samples, int rateHz, double floorDbfs = -55.0);
