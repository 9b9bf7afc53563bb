#include "RoleCommand.h"

#include "cli/DtmfOptions.h"
#include "cli/ExpectOptions.h"

namespace mw
{

namespace
{
/** `milliwatt source`: calls and plays. */
class SourceSubCommand final : public RoleCommand
{
public:
    SourceSubCommand() : RoleCommand("", 1) {}

    std::string name() const override { return "source"; }
    std::string summary() const override { return "Call a URI, play a sound, record what comes back"; }

    void addOptions(CLI::App& app) override
    {
        constexpr auto group = "Source";
        cli::addParsed(app, "--call", "URI", config.callUri, cli::sipUri, "URI to call; needed")->group(group);
        cli::addParsed(app, "--play", "WHAT", config.play, PlaySpec::parse,
                       "What is played: FILE.wav (WAV, AIFF or FLAC, any rate, folded to mono), tone:HZ@DBM0, two-tone:HZ+HZ@DBM0, multi-tone:HZ,HZ,...@DBM0, "
                       "sweep:HZ-HZ@DBM0/SECONDS, noise:white@DBM0 (or pink, or p50, the spectrum of speech), comfort-noise@DBM0, dtmf:SEQ or silence; "
                       "default silence. All levels are RMS, of several tones that of their sum. /SECONDS after any but a file and digits is its length: "
                       "noise:p50@-26/5. Several in turn: 'tone:1000@-10/2; silence/0.5; speech.wav', or @LIST, a file with one a line, # before remarks")
            ->group(group);
        cli::addSwitch(app, "--repeat", config.repeat, "Play it again when it has ended")->group(group);
        cli::addWhole(app, "--count", config.count, { 1, 2048, "calls" }, "Calls made to the URI at once, all with the same sound")->group(group);
        cli::addParsed(app, "--pilot", "N[@DBM0]", config.pilot, PilotSpec::parse,
                       "Add pilot N, 1 to 64, to what is played: a quiet sound by which every receiver knows who is heard, at what level and how late. "
                       "Its level, -90 to -10 dBm0, is -40 if not given")->group(group);
        expect.addPilotNames(app, group);
        addReports(app, config.reports, "Write what was measured of the sound that comes back", group);
        expect.addExpectations(app, "Expectations on what comes back (exit code 1 when one does not hold)");
        addFile(app, "--record", "FILE.wav", config.record,
                "Record what is heard, 16-bit WAV at --rate; further calls get -2, -3 … before the extension", group);
        cli::FlightOptions::addTo(app, config.flight, group);
        cli::addReal(app, "--duration", config.durationS, { 0, 604800, "s" },
                     "Hang up after this time; 0: when what has an end has been played once, otherwise when interrupted")->group(group);
        dtmf.addTo(app, false);
        addRoleOptions(app, 30, false);
    }

    Result<void> check() override
    {
        if (config.callUri.empty())
            return cli::wrongValue("--call URI is needed: whom to call");
        if (auto checked = engine.check(); ! checked)
            return checked;
        if (auto checked = dtmf.settings({}, engine.law).check(); ! checked)
            return checked;
        return sip.check();
    }

    Result<void> start(std::function<void(ExitCode)> onEnd) override
    {
        engine.legs = config.count;
        config.expectations = expect.expectations;
        config.pilotNames = expect.pilotNames;
        return startRole(config, cli::listenFor(config.callUri), [this] {
            config.engine.answerAutomatically = false;
            config.play.dtmf = dtmf.settings(config.play.dtmf.sequence, engine.law);
            for (auto& item : config.play.list)
                item.dtmf = dtmf.settings(item.dtmf.sequence, engine.law);
        }, makeSourceRole, run.runnerOptions(name()), std::move(onEnd));
    }

private:
    SourceRoleConfig config;
    cli::DtmfOptions dtmf;
    cli::ExpectOptions expect;
};
} // namespace

std::unique_ptr<Command> makeSourceCommand() { return std::make_unique<SourceSubCommand>(); }

} // namespace mw
