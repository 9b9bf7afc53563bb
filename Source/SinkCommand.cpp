#include "RoleCommand.h"

#include "cli/ExpectOptions.h"

namespace mw
{

namespace
{
/** "VALUE±TOLERANCE", with "+-" or "+/-" for those who lack the sign; the tolerance may be left out. */
Result<void> parseTolerance(const std::string& text, double min, double max, const char* form, double& value, double& tolerance)
{
    auto number = text, width = std::string();
    for (const std::string sign : { "±", "+/-", "+-" })
        if (const auto at = text.find(sign); at != std::string::npos)
        {
            number = text.substr(0, at);
            width = text.substr(at + sign.size());
            if (width.empty())
                return cli::wrongValue("the tolerance after " + sign + " is missing; it looks like " + form);
            break;
        }

    double parsed = 0.0, parsedWidth = tolerance;
    if (! cli::parseNumber(number, parsed) || (! width.empty() && ! cli::parseNumber(width, parsedWidth)))
        return cli::wrongValue("'" + text + "' is not understood; it looks like " + form);
    if (! (parsed >= min && parsed <= max) || ! (parsedWidth > 0.0 && parsedWidth <= max - min))
        return cli::wrongValue(text + " is out of range; it looks like " + form);
    value = parsed;
    tolerance = parsedWidth;
    return {};
}

/** `milliwatt sink`: answers, measures, decides. */
class SinkSubCommand final : public RoleCommand
{
public:
    SinkSubCommand() : RoleCommand("127.0.0.1:5070", 8) {}

    std::string name() const override { return "sink"; }
    std::string summary() const override { return "Answer calls, measure and judge what arrives"; }

    void addOptions(CLI::App& app) override
    {
        addExpectations(app);
        constexpr auto group = "Sink";
        addReports(app, config.reports, "Write what was measured and decided", group);
        addFile(app, "--record", "FILE.wav", config.record, "Record what is heard, 16-bit WAV at --rate", group);
        cli::FlightOptions::addTo(app, config.flight, group);
        addFile(app, "--reference", "FILE.wav", config.reference, "What the callers play, to be compared with what comes: score.distance_db, score.mos_estimate", group);
        addFile(app, "--mixer-log", "FILE.jsonl", config.mixerLog, "Log of a mixer on this machine (mixer --log), read when a call ends: each gain and mute beside the step of a "
                "pilot that was heard, its error and its latency (commands.*), and breaks that the mixer made", group);
        cli::addWord(app, "--dtmf-standard", { "q24-us", "q24-ntt" }, "q24-us", [this](size_t word) {
            config.dtmfStandard = word == 0 ? DtmfStandard::q24UnitedStates : DtmfStandard::q24Ntt;
        }, "Limits by which in-band digits are accepted, the columns of ITU-T Q.24. q24-us: ±1.5 %, 0 to -25 dBm0, twist -8 to 4 dB; "
           "q24-ntt: ±1.8 %, -3 to -24 dBm0, twist -5 to 5 dB; both from 40 ms on")->group(group);
        expect.addPilotNames(app, group);
        cli::addReal(app, "--duration", config.durationS, { 0, 604800, "s" },
                     "End by itself after this time; 0: when the calls have ended, or when interrupted")->group(group);
        cli::addReal(app, "--first-call-timeout", config.firstCallTimeoutS, { 0, 604800, "s" }, "Give up when no call came by then; 0 waits for ever")
            ->group(group);
        cli::addWhole(app, "--calls", config.calls, { 1, 1000000, "calls" }, "End by itself when this many calls have come and gone")->group(group);
        addRoleOptions(app, 0, true);
    }

    Result<void> check() override
    {
        if (auto checked = engine.check(); ! checked)
            return checked;
        return sip.check();
    }

    Result<void> start(std::function<void(ExitCode)> onEnd) override
    {
        config.expectations = expect.expectations;
        config.pilotNames = expect.pilotNames;
        return startRole(config, {}, [] {}, makeSinkRole, run.runnerOptions(name()), std::move(onEnd));
    }

private:
    void addExpectations(CLI::App& app)
    {
        constexpr auto group = "Expectations (exit code 1 when one does not hold)";
        cli::addParsed(app, "--expect-dtmf", "SEQ", config.expectDtmf, DtmfSequence::parse,
                       "Digits that must be heard in-band, in this order and no others: 0-9 A-D * #, up to 128; the empty text expects none")->group(group);
        cli::addValue(app, "--expect-level", "DBM0±DB", [this](const std::string& text) -> Result<void> {
            SinkRoleConfig::Level level;
            auto parsed = parseTolerance(text, -70.0, 3.2, "-10±0.5 (dBm0, -70 to 3.2, and dB)", level.dbm0, level.toleranceDb);
            if (parsed)
                config.expectLevel = level;
            return parsed;
        }, "RMS level while there is sound, -70 to 3.2 dBm0, and how far it may be off [dB], default ±0.5")->group(group);
        cli::addValue(app, "--expect-tone", "HZ±HZ", [this](const std::string& text) -> Result<void> {
            SinkRoleConfig::Tone tone;
            auto parsed = parseTolerance(text, 20.0, 20000.0, "1000±1 (Hz, 20 to 20000, and Hz)", tone.hz, tone.toleranceHz);
            if (parsed)
                config.expectTone = tone;
            return parsed;
        }, "Frequency of a tone that must be heard, 20 to 20000 Hz, and how far it may be off [Hz], default ±1")->group(group);
        expect.addExpectations(app, group);
        cli::addReal(app, "--min-seconds", config.minSeconds, { 0, 604800, "s" }, "Sound that must have arrived at least")->group(group);
    }

    SinkRoleConfig config;
    cli::ExpectOptions expect;
};
} // namespace

std::unique_ptr<Command> makeSinkCommand() { return std::make_unique<SinkSubCommand>(); }

} // namespace mw
