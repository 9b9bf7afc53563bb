#pragma once

#include "SupportBench.h"

#include <mw_lab/mw_lab.h>
#include <mw_sip/mw_sip.h>

#include <chrono>
#include <memory>
#include <thread>

namespace here
{
inline constexpr int depthMs = 200, backlogMs = 1000;  ///< of every jitter buffer: a busy machine is no fault of the sound's
} // namespace here

/** An engine in this process, behind the real SIP stack; the stack is one a process. */
struct EngineHere
{
    static constexpr int rateHz = 16000;

    /** @param clockToUse what paces it, and what its times are read from */
    explicit EngineHere(int maxLegs, std::shared_ptr<mw::Clock> clockToUse = std::make_shared<mw::RealClock>(), const std::string& codec = "L16");
    ~EngineHere() { engine.stop(); }

    /** Runs what control has to do until something holds. @returns whether it did before the deadline */
    template <typename Holds>
    bool waitUntil(Holds&& holds)
    {
        using namespace std::chrono_literals;
        for (const auto end = std::chrono::steady_clock::now() + deadline::start; std::chrono::steady_clock::now() < end;)
        {
            engine.handleEvents();
            if (holds())
                return true;
            std::this_thread::sleep_for(10ms);  // sleeps: looks again at the engine
        }
        return false;
    }

    bool waitForSound(double seconds)
    {
        const auto until = engine.snapshot().mixer.samplePosition + static_cast<uint64_t>(seconds * rateHz);
        return waitUntil([&] { return engine.snapshot().mixer.samplePosition >= until; });
    }

    /** Calls that are established and whose sound is in the mix: a leg's media come with an event of their own, which handleEvents() takes. */
    [[nodiscard]] size_t established() const;
    [[nodiscard]] double nowS() const { return 1e-9 * static_cast<double>(clock->nowNs()); }

    std::shared_ptr<mw::Clock> clock;
    std::unique_ptr<mw::LegFactory> stack;
    mw::Engine engine;
};
