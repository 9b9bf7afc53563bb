#include "RoleCommand.h"

#include "cli/Arguments.h"
#include "cli/DtmfOptions.h"
#include "cli/EngineOptions.h"
#include "cli/RunOptions.h"
#include "cli/SipOptions.h"

namespace mw
{

namespace
{
/** `milliwatt source`: calls and plays. */
class SourceSubCommand final : public Command
{
public:
    std::string name() const override { return "source"; }
    std::string summary() const override { return "Call a URI, play a sound, record what comes back"; }

    void addOptions(CLI::App& app) override
    {
        constexpr auto group = "Source";
        cli::addValue(app, "--call", "URI", [this](const std::string& text) -> Result<void> {
            auto uri = cli::sipUri(text);
            if (! uri)
                return uri.error();
            config.callUri = uri.value();
            return {};
        }, "URI to call; needed")->group(group);
        cli::addValue(app, "--play", "WHAT", [this](const std::string& text) -> Result<void> {
            auto parsed = PlaySpec::parse(text);
            if (! parsed)
                return parsed.error();
            config.play = parsed.value();
            return {};
        }, "What is played: FILE.wav (WAV, AIFF or FLAC, any rate, folded to mono), tone:HZ@DBM0, dtmf:SEQ or silence; default silence")
            ->group(group);
        cli::addSwitch(app, "--repeat", config.repeat, "Play the file or the digits again when they have ended")->group(group);
        cli::addWhole(app, "--count", config.count, { 1, 2048, "calls" }, "Calls made to the URI at once, all with the same sound")->group(group);
        cli::addValue(app, "--record", "FILE.wav", [this](const std::string& text) -> Result<void> {
            if (text.empty())
                return cli::wrongValue("the name of the file is empty");
            config.record = juce::File::getCurrentWorkingDirectory().getChildFile(juce::String::fromUTF8(text.c_str()));
            return {};
        }, "Record what is heard, 16-bit WAV at --rate; further calls get -2, -3 … before the extension")->group(group);
        cli::addReal(app, "--duration", config.durationS, { 0, 604800, "s" },
                     "Hang up after this time; 0: when a file or digits have been played once, otherwise when interrupted")->group(group);
        dtmf.addTo(app, false);
        sip.addTo(app, 30);
        engine.addTo(app, false);
        run.addTo(app);
    }

    Result<void> check() override
    {
        if (config.callUri.empty())
            return cli::wrongValue("--call URI is needed: whom to call");
        if (auto checked = dtmf.settings({}, engine.law).check(); ! checked)
            return checked;
        return sip.check();
    }

    Result<void> start(std::function<void(ExitCode)> onEnd) override
    {
        if (auto clock = running.makeClock(); ! clock)
            return clock;
        engine.legs = config.count;
        config.engine = engine.config(running.clock);
        config.engine.settings = sip.shownSettings();
        config.engine.answerAutomatically = false;
        config.answerTimeoutS = sip.answerTimeoutS;
        config.play.dtmf = dtmf.settings(config.play.dtmf.sequence, engine.law);

        auto sipConfig = sip.config(engine, running.clock);
        if (sipConfig.listen.empty())
            sipConfig.listen = cli::listenFor(config.callUri);
        running.stack = makeSipStack(sipConfig);
        running.role = makeSourceRole(config, *running.stack);
        return running.start(run.runnerOptions(name()), std::move(onEnd));
    }

private:
    SourceRoleConfig config;
    cli::DtmfOptions dtmf;
    cli::SipOptions sip { "" };
    cli::EngineOptions engine { 1 };
    cli::RunOptions run;
    RoleRun running;
};
} // namespace

std::unique_ptr<Command> makeSourceCommand() { return std::make_unique<SourceSubCommand>(); }

} // namespace mw
