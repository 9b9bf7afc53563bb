#pragma once

#include <mw_lab/mw_lab.h>

#include <CLI/CLI.hpp>

namespace mw::cli
{

/** Options of every command that runs an engine: legs, block, rate, law, scheduling. */
struct EngineOptions
{
    /** @param defaultLegs how many calls the command holds unless told otherwise */
    explicit EngineOptions(int defaultLegs) : legs(defaultLegs) {}

    /** Adds the options. This object must outlive the parsing. @param withLegs false for a command whose number of calls
        follows from something else */
    void addTo(CLI::App& app, bool withLegs);

    /** What no option can check alone. */
    [[nodiscard]] Result<void> check() const;

    /** The engine's block [ms]. */
    [[nodiscard]] int blockMs() const noexcept { return tickMs > 0 ? tickMs : ptimeMs; }

    /** The engine's part of a role's configuration. Control thread, after parsing. */
    [[nodiscard]] Engine::Config config(std::shared_ptr<Clock> clock) const;

    int legs;            ///< calls at once, 1…2048
    int ptimeMs = 20;    ///< of the packets that are sent [ms]
    bool forcePtime = false;  ///< also to peers that ask for another length
    int tickMs = 0;      ///< the engine's block [ms]; 0: as ptimeMs
    int rateHz = 16000;  ///< of the mix [Hz]
    Law law = Law::mu;
    int workers = TickWorkers::usualThreads();  ///< that help with decoding and encoding when it is much, 0…63
    bool noRealtime = false;
};

} // namespace mw::cli
