#include "Program.h"

#include <JuceCompat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <csignal>
#include <cstring>
#include <sys/socket.h>

using ::testing::HasSubstr;
using ::testing::Not;

namespace
{
/** A UDP socket on a free port of 127.0.0.1 that nobody reads. */
class DeafPort
{
public:
    DeafPort() : descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0))
    {
        sockaddr_in address {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof(address);
        if (::bind(descriptor, reinterpret_cast<sockaddr*>(&address), length) == 0
            && ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0)
            number = ntohs(address.sin_port);
    }
    ~DeafPort() { close(); }
    DeafPort(const DeafPort&) = delete;
    DeafPort& operator=(const DeafPort&) = delete;

    void close()
    {
        if (descriptor >= 0)
            ::close(std::exchange(descriptor, -1));
    }
    [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(number); }

private:
    int descriptor;
    int number = 0;
};

/** A second of a 16-bit mono WAV at 8 kHz. */
std::string wavOf(const program::Folder& folder, const std::string& name, int frames)
{
    juce::WavAudioFormat format;
    const juce::File file(folder.file(name));
    std::unique_ptr<juce::OutputStream> stream = file.createOutputStream();
    const auto writer = mw::juceCompat::createWriter(format, stream, 8000.0, 1, 16);
    juce::AudioBuffer<float> silence(1, std::max(1, frames));
    silence.clear();
    if (frames > 0)
        writer->writeFromAudioSampleBuffer(silence, 0, frames);
    return folder.file(name);
}
} // namespace

TEST(CommandLineRun, EmptyDtmfIsSilenceAndNoError)
{
    const program::Folder folder;
    for (const auto& form : { std::vector<std::string> { "--dtmf", "" }, std::vector<std::string> { "--dtmf=" } })
    {
        std::vector<std::string> arguments { "mixer", "--listen", "127.0.0.1:0", "--duration", "0.5", "--record", folder.file("mix.wav"),
                                             "--metrics", folder.file("m.jsonl") };
        arguments.insert(arguments.end(), form.begin(), form.end());
        const auto outcome = program::run(arguments);
        EXPECT_EQ(outcome.code, 0) << outcome.all();
        EXPECT_THAT(folder.read("m.jsonl"), HasSubstr("\"dtmfDigitsPlayed\": 0"));
    }
}

TEST(CommandLineRun, APortInUseIsTheEnvironmentsFault)
{
    const DeafPort taken;
    for (const auto* command : { "mixer", "sink" })
    {
        const auto outcome = program::run({ command, "--listen", taken.address(), "--transport", "udp" });
        EXPECT_EQ(outcome.code, 3) << outcome.all();
        EXPECT_THAT(outcome.err, HasSubstr(taken.address()));
        EXPECT_THAT(outcome.err, HasSubstr("in use"));
    }
}

TEST(CommandLineRun, ACallToAClosedPortFails)
{
    DeafPort port;
    const auto address = port.address();
    port.close();
    const auto outcome = program::run({ "source", "--call", "sip:" + address, "--answer-timeout", "60", "--transport", "udp" });
    EXPECT_EQ(outcome.code, 4) << outcome.all();
    EXPECT_THAT(outcome.all(), HasSubstr(address));
}

TEST(CommandLineRun, ACalleeThatNeverAnswersIsGivenUp)
{
    const DeafPort deaf;
    const auto outcome = program::run({ "source", "--call", "sip:" + deaf.address(), "--answer-timeout", "1", "--transport", "udp" });
    EXPECT_EQ(outcome.code, 4) << outcome.all();
    EXPECT_THAT(outcome.all(), HasSubstr("408 no answer within 1 s"));
}

TEST(CommandLineRun, SoundFilesThatCannotBePlayedAreRefusedBeforeAnyCall)
{
    const program::Folder folder;
    const auto play = [](const std::string& file) { return program::run({ "source", "--call", "127.0.0.1:9", "--play", file }); };

    const auto missing = play(folder.file("missing.wav"));
    EXPECT_EQ(missing.code, 3) << missing.all();
    EXPECT_THAT(missing.err, HasSubstr("missing.wav"));

    const auto unsupported = play(folder.write("text.wav", "this is no sound"));
    EXPECT_THAT(unsupported.code, ::testing::AnyOf(2, 3)) << unsupported.all();
    EXPECT_THAT(unsupported.err, HasSubstr("text.wav"));

    const auto nothing = play(folder.write("nothing.wav", ""));
    EXPECT_THAT(nothing.code, ::testing::AnyOf(2, 3)) << nothing.all();
    EXPECT_THAT(nothing.err, HasSubstr("nothing.wav"));

    const auto empty = play(wavOf(folder, "empty.wav", 0));
    EXPECT_THAT(empty.code, ::testing::AnyOf(2, 3)) << empty.all();
    EXPECT_THAT(empty.err, HasSubstr("empty.wav"));
}

TEST(CommandLineRun, FilesThatCannotBeWrittenAreRefusedBeforeAnyCall)
{
    const program::Folder folder;
    const auto nowhere = folder.file("none/such");
    for (const auto& arguments : { std::vector<std::string> { "mixer", "--listen", "127.0.0.1:0", "--record", nowhere + ".wav" },
                                   { "mixer", "--listen", "127.0.0.1:0", "--metrics", nowhere + ".jsonl" },
                                   { "sink", "--listen", "127.0.0.1:0", "--report", nowhere + ".json" },
                                   { "sink", "--listen", "127.0.0.1:0", "--uri-file", nowhere + ".uri" } })
    {
        const auto outcome = program::run(arguments);
        EXPECT_EQ(outcome.code, 3) << outcome.all();
        EXPECT_THAT(outcome.err, HasSubstr("none/such"));
    }
}

TEST(CommandLineRun, ASourcesDigitsAreReadByTheSinkAndBothPass)
{
    const program::Folder folder;
    program::Listener sink(folder, "sink", { "sink", "--expect-dtmf", "159D", "--report", folder.file("sink.json"), "--jitter-buffer", "200" });
    ASSERT_FALSE(sink.address.empty()) << sink.process->output();
    const auto source = program::run({ "source", "--call", sink.address, "--play", "dtmf:159D", "--dtmf-level", "-12" });
    EXPECT_EQ(source.code, 0) << source.all();
    const auto heard = sink.end();
    EXPECT_EQ(heard.code, 0) << heard.all();
    EXPECT_THAT(folder.read("sink.json"), HasSubstr("159D"));
}

TEST(CommandLineRun, FiguresAreExpectedFromTheCommandLineAndFromAFile)
{
    const program::Folder folder;
    folder.write("call.expect", "# what the caller sends\nlevel.rms_dbm0: -12 ± 1\ntone.frequency_hz: 1000 ± 0.1\ncall: { established: true }\n");
    program::Listener sink(folder, "sink", { "sink", "--expect-file", folder.file("call.expect"), "--expect", "transport.packets: > 50", "--expect",
                                             "level.active_dbm0: -30 ± 1" });
    ASSERT_FALSE(sink.address.empty()) << sink.process->output();
    const auto source = program::run({ "source", "--call", sink.address, "--play", "tone:1000@-12", "--duration", "3" });
    EXPECT_EQ(source.code, 0) << source.all();
    const auto heard = sink.end();
    EXPECT_EQ(heard.code, 1) << heard.all();
    EXPECT_THAT(heard.out, HasSubstr("level.active_dbm0: expected −30 ± 1 dBm0, measured −1"));
    EXPECT_THAT(heard.out, HasSubstr("4 of 5 expectations held"));

    const auto missing = program::run({ "sink", "--expect-file", folder.file("no.expect") });
    EXPECT_EQ(missing.code, 3) << missing.all();
    EXPECT_THAT(missing.err, HasSubstr("no.expect"));
    const auto wrong = program::run({ "sink", "--expect-file", folder.write("wrong.expect", "call.established: true\nlevel.loud: 3\n") });
    EXPECT_EQ(wrong.code, 2) << wrong.all();
    EXPECT_THAT(wrong.err, HasSubstr("wrong.expect:2:1: nothing measures 'level.loud'"));
    const auto listed = program::run({ "sink", "--list-figures" });
    EXPECT_EQ(listed.code, 0) << listed.all();
    EXPECT_THAT(listed.out, HasSubstr("level.active_dbm0"));
    EXPECT_THAT(listed.out, HasSubstr("ITU-T P.56"));
}

TEST(CommandLineRun, AFailedExpectationEndsWithCode1)
{
    const program::Folder folder;
    program::Listener sink(folder, "sink", { "sink", "--expect-tone", "1000±1", "--expect-level=-10±0.5" });
    ASSERT_FALSE(sink.address.empty()) << sink.process->output();
    const auto source = program::run({ "source", "--call", sink.address, "--play", "tone:1200@-20", "--duration", "2" });
    EXPECT_EQ(source.code, 0) << source.all();
    const auto heard = sink.end();
    EXPECT_EQ(heard.code, 1) << heard.all();
    EXPECT_THAT(heard.out, HasSubstr("tone: expected 1000.00 ± 1.00 Hz"));
}

TEST(CommandLineRun, Finding08_SignalsEndTheCallWithByeAndTheRightCode)
{
    for (const auto number : { SIGINT, SIGTERM })
    {
        const program::Folder folder;
        // The sink waits for ever and ends only when its one call has come and gone: a BYE has to reach it.
        program::Listener sink(folder, "sink", { "sink", "--rtp-timeout", "0", "--verbose" });
        ASSERT_FALSE(sink.address.empty()) << sink.process->output();
        mw::test::Process source(program::commandOf({ "source", "--call", sink.address, "--play", "tone:1000@-10" }));
        ASSERT_TRUE(sink.process->waitForOutput("established", program::patience)) << sink.process->output();
        ASSERT_TRUE(source.waitForOutput("established", program::patience)) << source.output();

        source.signal(number);
        EXPECT_EQ(source.wait(program::patience), 0) << source.output();
        const auto heard = sink.end();
        EXPECT_EQ(heard.code, 0) << heard.all();
        EXPECT_THAT(heard.out, HasSubstr("ended,"));
    }
}

TEST(CommandLineRun, Finding08_AMixerThatIsInterruptedHangsUpOnItsCallersAndClosesItsFiles)
{
    const program::Folder folder;
    program::Listener mixer(folder, "mixer", { "mixer", "--record", folder.file("mix.wav"), "--metrics", folder.file("m.jsonl") });
    ASSERT_FALSE(mixer.address.empty()) << mixer.process->output();
    mw::test::Process source(program::commandOf({ "source", "--call", mixer.address, "--play", "tone:1000@-10", "--rtp-timeout", "0" }));
    ASSERT_TRUE(source.waitForOutput("established", program::patience)) << source.output();
    ASSERT_TRUE(mixer.process->waitForOutput("established", program::patience)) << mixer.process->output();
    ASSERT_TRUE(mixer.process->waitForOutput("00:00:01", program::patience)) << "no second of sound: " << mixer.process->output();

    const auto ended = mixer.end(SIGTERM);
    EXPECT_EQ(ended.code, 0) << ended.all();
    EXPECT_TRUE(source.wait(program::patience).has_value()) << "no BYE arrived: " << source.output();
    juce::WavAudioFormat format;
    const std::unique_ptr<juce::AudioFormatReader> reader(format.createReaderFor(juce::File(folder.file("mix.wav")).createInputStream().release(), true));
    ASSERT_NE(reader, nullptr);
    EXPECT_GT(reader->lengthInSamples, 0);
    EXPECT_THAT(folder.read("m.jsonl"), HasSubstr("milliwatt.metrics/1"));
}

TEST(CommandLineRun, Finding08_ASecondSignalLeavesAtOnce)
{
    const DeafPort deaf;
    const program::Folder folder;
    program::Listener source(folder, "source", { "source", "--call", "sip:" + deaf.address(), "--answer-timeout", "600", "--transport", "udp" });
    ASSERT_FALSE(source.address.empty()) << source.process->output();
    // Both wait when it goes on, so that the second is there before the first was answered.
    source.process->signal(SIGSTOP);
    source.process->signal(SIGINT);
    source.process->signal(SIGTERM);
    source.process->signal(SIGCONT);
    const auto outcome = source.end();
    EXPECT_THAT(outcome.code, ::testing::AnyOf(130, 143)) << outcome.all();
}

TEST(CommandLineRun, ASinkImpliesTheModeFunnelAndStatusNamesModeOrRole)
{
    const program::Folder folder;
    program::Listener sink(folder, "sink", { "sink" });
    ASSERT_FALSE(sink.address.empty()) << sink.process->output();
    program::Listener mixer(folder, "mixer", { "mixer", "--sink", sink.address });
    EXPECT_TRUE(mixer.process->waitForOutput(" funnel, 1/64 legs", program::patience)) << mixer.process->output();
    EXPECT_TRUE(sink.process->waitForOutput(" sink, 1/8 legs", program::patience)) << sink.process->output();
    EXPECT_EQ(mixer.end(SIGINT).code, 0);
    EXPECT_EQ(sink.end().code, 0) << sink.process->output();
}
