#include "EngineOptions.h"

#include "Arguments.h"

namespace mw::cli
{

namespace
{
constexpr const char* engineGroup = "Engine";
}

void EngineOptions::addTo(CLI::App& app, bool withLegs)
{
    if (withLegs)
        addWhole(app, "--legs", legs, { 1, 2048, "calls" }, "Calls at once; one more is refused with 486 and the others go on")
            ->group(engineGroup);
    addOneOf(app, "--ptime", ptimeMs, { 5, 10, 20, 30, 40, 60 }, "ms",
             "Length of the packets that our offers ask for, and that are sent to peers whose own SDP asks for none (ptime, maxptime)")
        ->group(engineGroup);
    addSwitch(app, "--force-ptime", forcePtime, "Send packets of --ptime, whatever length a peer's SDP asks for")->group(engineGroup);
    addOneOf(app, "--tick", tickMs, { 5, 10, 20, 30, 40, 60 }, "ms",
             "Length of the engine's block, at most --ptime: with a shorter one gains and commands act sooner; packets are then gathered from "
             "several blocks, which adds delay", "as --ptime")
        ->group(engineGroup);
    addOneOf(app, "--rate", rateHz, { 8000, 16000, 32000, 48000 }, "Hz", "Sample rate of the mix; codecs with another rate are resampled")
        ->group(engineGroup);
    addWord(app, "--law", { "mu", "a" }, "mu", [this](size_t index) { law = index == 0 ? Law::mu : Law::a; },
            "What 0 dBm0 means: a full-scale sine is +3.17 dBm0 under the mu law, +3.14 dBm0 under the A law (G.711)")
        ->group(engineGroup);
    addWhole(app, "--workers", workers, { 0, TickWorkers::mostThreads, "threads" },
             "Threads that help to decode and encode once that takes more than a quarter of the block; until then they sleep")
        ->group(engineGroup);
    addSwitch(app, "--no-realtime", noRealtime, "Do not ask for real-time priority (SCHED_FIFO) for the media and sip threads; without "
                                                "the right to it the run goes on and the status says so")
        ->group(engineGroup);
}

Result<void> EngineOptions::check() const
{
    if (tickMs > 0 && ptimeMs % tickMs != 0)
        return Error { ExitCode::wrongUse, "use ticks of " + std::to_string(tickMs) + " ms with packets of " + std::to_string(ptimeMs) + " ms",
                       "packets would leave unevenly", "give a --tick that --ptime is a multiple of" };
    return {};
}

Engine::Config EngineOptions::config(std::shared_ptr<Clock> clock) const
{
    Engine::Config config;
    config.sampleRateHz = rateHz;
    config.blockMs = blockMs();
    config.mixer.maxLegs = legs;
    config.mixer.law = law;
    config.realtimePriority = ! noRealtime;
    config.workers = workers;
    config.clock = std::move(clock);
    return config;
}

} // namespace mw::cli
