#include "RoleCommand.h"

#include "cli/DtmfOptions.h"
#include "demo/DemoCallers.h"

#include <cstdio>
#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace mw
{

namespace
{
struct MonitorRunWindow final : run::RunWindow
{
    explicit MonitorRunWindow(std::unique_ptr<MonitorWindow> opened) : window(std::move(opened)) {}
    std::unique_ptr<MonitorWindow> window;
};

Result<std::unique_ptr<run::RunWindow>> openMonitor(Engine& engine, MonitorActions actions)
{
    auto opened = MonitorWindow::open(engine, std::move(actions));
    if (! opened)
        return opened.error();
    return std::unique_ptr<run::RunWindow>(std::make_unique<MonitorRunWindow>(std::move(opened).value()));
}

constexpr cli::NumberRange gainRange { minGainDb, maxGainDb, "dB", true };

/** `milliwatt mixer`: answers calls, dials, mixes. `milliwatt monitor`: the same in a window. */
class MixerSubCommand final : public RoleCommand
{
public:
    /** @param withWindow monitor */
    explicit MixerSubCommand(bool withWindow) : RoleCommand("127.0.0.1:5060", 64), isMonitor(withWindow), gui(withWindow) {}

    std::string name() const override { return isMonitor ? "monitor" : "mixer"; }
    std::string summary() const override
    {
        return isMonitor ? "The mixer in a window: see, hear and steer every leg" : "Answer and dial calls, send every leg its own mix";
    }

    void addOptions(CLI::App& app) override
    {
        options = &app;
        addMixOptions(app);
        dtmf.addTo(app, true);
        addRoleOptions(app, 60, true);
    }

    Result<void> check() override
    {
        if (! config.sinks.empty() && mode == MixMode::conference)
            return Error { ExitCode::wrongUse, "use --sink", "in conference mode all hear all", "leave --mode conference out, or dial it with --dial" };
        config.mode = mode.value_or(config.sinks.empty() ? MixMode::conference : MixMode::funnel);
        if (session.has_value())
            if (auto used = useSession(); ! used)
                return used;
        if (config.dial.size() + config.sinks.size() > static_cast<size_t>(engine.legs))
            return Error { ExitCode::wrongUse, "dial " + std::to_string(config.dial.size() + config.sinks.size()) + " legs",
                           "--legs is " + std::to_string(engine.legs), "raise --legs" };
        if (auto checked = engine.check(); ! checked)
            return checked;
        if (auto checked = dtmf.settings({}, engine.law).check(); ! checked)
            return checked;
        if (auto resolved = resolveCells(); ! resolved)
            return resolved;
        return sip.check();
    }

    Result<void> start(std::function<void(ExitCode)> onEnd) override
    {
        auto shown = run.runnerOptions(name());
        shown.keys = run::RunKeys::Set::mixer;
        shown.digit = dtmf.settings({}, engine.law);
        if (gui)
            shown.openWindow = [this](Engine& bench, std::function<void()> quit) {
                MonitorActions actions;
                actions.tryDemo = [this, &bench] { return demoCallers.start(bench.localUri()); };
                actions.quit = std::move(quit);
                if (isMonitor)
                    actions.lastSession = Session::lastSessionFile();
                if (session.has_value())
                    actions.startedWith = session->session;
                return openMonitor(bench, std::move(actions));
            };
        return startRole(config, {}, [this] {
            config.engine.answerAutomatically = ! waitForKey;
            if (session.has_value())
                juce::ignoreUnused(session->session.applyTo(config));  // check() has seen that it fits
            else if (hasSequence)
                config.dtmf = dtmf.settings(sequence, engine.law);
        }, makeMixerRole, std::move(shown), std::move(onEnd));
    }

private:
    void addMixOptions(CLI::App& app)
    {
        constexpr auto group = "Mix";
        const auto addUri = [&](const char* option, std::vector<std::string>& list, const char* text) {
            cli::addValues(app, option, "URI", [&list](const std::string& value) -> Result<void> {
                auto uri = cli::sipUri(value);
                if (! uri)
                    return uri.error();
                list.push_back(uri.value());
                return {};
            }, text)->group(group);
        };
        addUri("--dial", config.dial, "Call this URI and mix it like a caller");
        addUri("--sink", config.sinks, "Call this URI as a sink: it is sent the sum of all others; the mode is then funnel unless --mode matrix is given");
        cli::addWord(app, "--mode", { "conference", "funnel", "matrix" }, "conference",
                     [this](size_t index) { mode = static_cast<MixMode>(index); },
                     "Who hears whom: all hear all but themselves, sinks hear the sum of the sources, or only single cells that are set; with --sink the default is funnel")
            ->group(group);
        cli::addValues(app, "--hear", "LEG:FROM[@dB]", [this](const std::string& text) { return takeCell(text); },
                       "In any mode, let a leg hear another, or dtmf, at a gain (default 0 dB, -inf for not at all); legs are numbered as in "
                       "the table, the dialled ones first: --dial, then --sink, then callers as they come")
            ->group(group);
        cli::addSwitch(app, "--funnel-return", config.funnelReturn, "With --mode funnel, send the sinks' sound back to the sources")->group(group);
        cli::addReal(app, "--gain-in", config.gainInDb, gainRange, "Gain of all that comes in")->group(group);
        cli::addReal(app, "--gain-out", config.outputGainDb, gainRange, "Gain of every output, before its limiter")->group(group);
        cli::addValue(app, "--dtmf", "SEQ", [this](const std::string& text) -> Result<void> {
            auto parsed = DtmfSequence::parse(text);
            if (! parsed)
                return parsed.error();
            sequence = parsed.value();
            hasSequence = true;
            return {};
        }, "Digits put into the mix from the first established call on: 0-9 A-D * # and , for a pause, up to 128; the empty text is silence")
            ->group("DTMF");
        cli::addReal(app, "--dtmf-gain", config.dtmfGainDb, gainRange, "Gain of the digits in the mix")->group("DTMF");
        addFile(app, "--record", "FILE.wav", config.record, "Record the whole mix, after output gain and limiter, 16-bit WAV at --rate", group);
        cli::FlightOptions::addTo(app, config.flight, group);
        addFile(app, "--metrics", "FILE.jsonl", config.metrics, "Write a snapshot of everything as one JSON object a line", group);
        cli::addReal(app, "--metrics-interval", config.metricsIntervalS, { 0.05, 3600, "s" }, "Time between two lines of --metrics")->group(group);
        addFile(app, "--log", "FILE.jsonl", config.log, "Write every gain, mute and solo, and what was concealed, given up or limited, as one JSON object a line; a sink on "
                "this machine lines it up with what it hears: sink --mixer-log", group);
        cli::addReal(app, "--duration", config.durationS, { 0, 604800, "s" }, "End by itself after this time; 0 runs until it is interrupted")
            ->group(group);
        cli::addValue(app, "--session", "FILE", [this](const std::string& text) -> Result<void> {
            if (text.empty())
                return cli::wrongValue("the name of the file is empty");
            auto read = Session::load(juce::File::getCurrentWorkingDirectory().getChildFile(juceText(text)));
            if (! read)
                return read.error();
            session = std::move(read.value());
            sessionName = text;
            return {};
        }, "Begin with a session that the monitor saved (JSON): its legs are called, its gains, cells, digits and tone set; options "
           "that are given besides come first, --dial, --sink and --hear come in addition")->group(group);
        if (! isMonitor)
            cli::addSwitch(app, "--gui", gui, "Open the monitor's window on this run")->group("General");
        cli::addSwitch(app, "--no-auto-answer", waitForKey, "Let incoming calls ring until the key a answers them")->group(group);
    }

    /** One cell of `--hear`; whether the legs are within --legs is known only when all options are. */
    Result<void> takeCell(const std::string& text)
    {
        static const std::regex form("([0-9]{1,4}):([0-9]{1,4}|dtmf)(@(-inf|-?[0-9]{1,2}([.][0-9]+)?))?");
        constexpr size_t longest = 40;  // std::regex recurses once a character: a line of a file must not be able to end the stack
        std::smatch parts;
        if (text.size() > longest || ! std::regex_match(text, parts, form))
            return cli::wrongValue("'" + text.substr(0, longest) + "' is not LEG:FROM[@dB], for example 1:2, 3:dtmf@-6 or 2:1@-inf");
        const auto gainDb = ! parts[3].matched ? 0.0 : parts[4] == "-inf" ? silenceDb : std::stod(parts[4]);
        if (gainDb != silenceDb && (gainDb < minGainDb || gainDb > maxGainDb))
            return cli::wrongValue("the gain in '" + text + "' is not -inf or -60 to 20 dB");
        hears.push_back({ std::stoi(parts[1]), parts[2] == "dtmf" ? 0 : std::stoi(parts[2]), gainDb });
        hearsDtmf.push_back(parts[2] == "dtmf");
        return {};
    }

    /** Turns the numbers of the table into strips. */
    Result<void> resolveCells()
    {
        config.cells.clear();
        for (size_t i = 0; i < hears.size(); ++i)
        {
            auto cell = hears[i];
            const auto isLeg = [this](int number) { return number >= 1 && number <= engine.legs; };
            if (! isLeg(cell.listener) || (! hearsDtmf[i] && ! isLeg(cell.speaker)))
                return Error { ExitCode::wrongUse, "use --hear", "legs are numbered from 1 to " + std::to_string(engine.legs), "correct the number, or raise --legs" };
            cell.speaker = hearsDtmf[i] ? engine.legs + static_cast<int>(HouseStrip::dtmf) : cell.speaker - 1;
            --cell.listener;
            config.cells.push_back(cell);
        }
        return {};
    }

    /** Puts what the command line says into the session, and what only the session says beside the command line. */
    Result<void> useSession()
    {
        for (const auto& key : session->unknownKeys)
            std::fprintf(stderr, "milliwatt %s: session %s: %s is not known and was passed over\n", name().c_str(), sessionName.c_str(), key.c_str());
        auto& wanted = session->session;
        for (size_t i = 0; i < wanted.legs.size(); ++i)
        {
            auto uri = cli::sipUri(wanted.legs[i].uri);
            if (! uri)
                return Error { ExitCode::wrongUse, "use the session " + sessionName, "legs[" + std::to_string(i) + "].uri: " + uri.error().why, {} };
            wanted.legs[i].uri = uri.value();
        }
        const auto given = [this](const char* option) { return options->get_option(option)->count() > 0; };
        if (mode.has_value() || (! config.sinks.empty() && wanted.mode == MixMode::conference))
            wanted.mode = config.mode;
        if (given("--funnel-return"))
            wanted.funnelReturn = config.funnelReturn;
        if (given("--gain-in"))
            wanted.masterInGainDb = config.gainInDb;
        if (given("--gain-out"))
            wanted.masterOutGainDb = config.outputGainDb;
        if (given("--dtmf-gain"))
            wanted.house[static_cast<size_t>(HouseStrip::dtmf)].gainDb = config.dtmfGainDb;

        auto digits = wanted.dtmf;
        const auto& typed = dtmf.timing;
        digits.onMs = given("--dtmf-on") ? typed.onMs : digits.onMs;
        digits.offMs = given("--dtmf-off") ? typed.offMs : digits.offMs;
        digits.lowDbm0 = given("--dtmf-level") ? typed.lowDbm0 : digits.lowDbm0;
        digits.twistDb = given("--dtmf-twist") ? typed.twistDb : digits.twistDb;
        digits.loop = given("--dtmf-loop") ? typed.loop : digits.loop;
        digits.gapMs = given("--dtmf-gap") ? typed.gapMs : digits.gapMs;
        if (hasSequence)
            digits.sequence = sequence;
        wanted.playDtmf = wanted.playDtmf || hasSequence;
        wanted.dtmf = digits;
        dtmf.timing = digits;  // digits that are typed while it runs sound like these
        dtmf.timing.sequence = {};

        auto fits = wanted.checkFor(engine.config(nullptr), engine.legs - static_cast<int>(config.dial.size() + config.sinks.size()));
        return fits ? fits : Error { fits.error().code, "use the session " + sessionName, fits.error().why, fits.error().remedy };
    }

    const bool isMonitor;
    bool gui;
    demo::DemoCallers demoCallers;      ///< they hang up when the run has hung up on them
    const CLI::App* options = nullptr;  ///< while the command line is read
    std::optional<ReadSession> session;
    std::string sessionName;            ///< as typed
    MixerRoleConfig config;
    std::optional<MixMode> mode;               // as given
    std::vector<MixerRoleConfig::Cell> hears;  // as typed: numbers of the table
    std::vector<bool> hearsDtmf;
    DtmfSequence sequence;
    bool hasSequence = false, waitForKey = false;
    cli::DtmfOptions dtmf;
};
} // namespace

std::unique_ptr<Command> makeMixerCommand() { return std::make_unique<MixerSubCommand>(false); }
std::unique_ptr<Command> makeMonitorCommand() { return std::make_unique<MixerSubCommand>(true); }

} // namespace mw
