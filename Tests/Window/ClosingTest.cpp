#include "Desk.h"

#include <Integration/SupportBaresip.h>
#include <Integration/SupportBench.h>

#include <functional>

using namespace std::chrono_literals;

namespace
{

/** `milliwatt monitor` as a person starts it, with a configuration folder of the test's own. */
class Monitor
{
public:
    explicit Monitor(const std::filesystem::path& directory, const std::vector<std::string>& more = {})
        : sip(ports::freePort()), rtp(ports::freeBlock(ListeningProgram::rtpPortCount))
    {
        std::vector<std::string> command { "/usr/bin/env", "HOME=" + directory.string(), "XDG_CONFIG_HOME=" + (directory / "config").string(),
                                           MILLIWATT_BINARY, "monitor", "--listen", "127.0.0.1:" + std::to_string(sip), "--rtp-ports",
                                           std::to_string(rtp) + "-" + std::to_string(rtp + ListeningProgram::rtpPortCount - 1) };
        command.insert(command.end(), more.begin(), more.end());
        mw::test::Process::Options options;
        options.workingDirectory = directory;
        child = std::make_unique<mw::test::Process>(command, options);
        if (! ports::waitUntilBound(sip, deadline::start))
            throw std::runtime_error("milliwatt monitor does not listen: " + child->output());
        window = desk::windowCalled("Milliwatt");
        desk::giveFocus(window);
    }

    [[nodiscard]] mw::test::Process& process() { return *child; }
    [[nodiscard]] uint16_t sipPort() const { return sip; }
    [[nodiscard]] std::string uri() const { return "sip:bench@127.0.0.1:" + std::to_string(sip); }
    [[nodiscard]] std::unique_ptr<RtpCapture> capture(const std::filesystem::path& directory) const
    {
        return std::make_unique<RtpCapture>(directory, sip, rtp, ListeningProgram::rtpPortCount);
    }

    std::string window;

private:
    uint16_t sip, rtp;
    std::unique_ptr<mw::test::Process> child;
};

} // namespace

/** The real program, its window closed while it talks with our own source and with Debian's baresip. */
class Closing : public Bench
{
protected:
    [[nodiscard]] std::filesystem::path strangersSound() const
    {
        const auto wav = file("stranger.wav");
        WavFile::write(wav, sound::makeSine(500.0, -20.0, 60.0, 8000), 8000);
        return wav;
    }

    void expectByeToEachWhen(const std::function<void(Monitor&)>& closes)
    {
        Monitor monitor(folder(), { "--metrics", "metrics.jsonl", "--metrics-interval", "0.1" });
        const auto heard = monitor.capture(folder());
        StockBaresip stock(folder(), { .sound = strangersSound(), .dial = monitor.uri() });
        Milliwatt source(folder(), { "source", "--call", monitor.uri(), "--play", "tone:1004@-20" });
        ASSERT_TRUE(stock.waitUntilEstablished(deadline::start)) << stock.log() << monitor.process().output();
        ASSERT_TRUE(waitForMetrics(file("metrics.jsonl"), [](const juce::var& line)
        {
            return callsWhere(line, [](const juce::var& call)
            {
                return call["state"] == "established" && static_cast<int>(call["media"]["received"]["packets"]) > 25;
            }).size() == 2;
        })) << stock.log() << source.log() << monitor.process().output();

        closes(monitor);
        EXPECT_EQ(monitor.process().wait(deadline::finish).value_or(-1), 0) << monitor.process().output();
        EXPECT_EQ(source.finish(), 0) << source.log();
        EXPECT_NE(source.log().find("ended by the peer"), std::string::npos) << source.log();
        EXPECT_TRUE(stock.process().waitForOutput("session closed: Connection reset by peer", deadline::finish)) << stock.log();
        heard->finish();
        EXPECT_EQ(heard->count("BYE", monitor.sipPort()), 2) << "one to each";
        EXPECT_NE(monitor.process().output().find("passed: 2 calls mixed"), std::string::npos) << monitor.process().output();
        EXPECT_TRUE(std::filesystem::exists(file("config/milliwatt/last-session.json"))) << "the window kept its session";
    }
};

TEST_F(Closing, ByTheWindowManagerSaysByeToEachCall)
{
    expectByeToEachWhen([](Monitor& monitor) { desk::pressCloseButton(monitor.window); });
}

TEST_F(Closing, ByCtrlQSaysByeToEachCall)
{
    expectByeToEachWhen([](Monitor&) { desk::xdotool({ "key", "ctrl+q" }); });
}

TEST_F(Closing, WhileItRecordsAndAMenuIsOpenSaysByeToEachCall)
{
    expectByeToEachWhen([](Monitor& monitor)
    {
        desk::xdotool({ "key", "ctrl+r" });
        desk::xdotool({ "key", "ctrl+l" });  // the menu of sound devices
        desk::pressCloseButton(monitor.window);
    });
    size_t recordings = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder()))
        if (entry.path().string().ends_with("-mix.wav"))
        {
            ++recordings;
            EXPECT_GT(WavFile::read(entry.path()).seconds(), 0.0) << "the recording is whole";
        }
    EXPECT_EQ(recordings, 1u);
}
