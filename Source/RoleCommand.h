#pragma once

#include "Command.h"
#include "run/RoleRunner.h"

#include <mw_lab/mw_lab.h>
#include <mw_sip/mw_sip.h>

#include <memory>

namespace mw
{

/** What mixer, source and sink hold while they run, in the order in which it must go: the role before the stack that its
    engine uses, the runner before the role. */
struct RoleRun
{
    std::shared_ptr<Clock> clock;  ///< one for engine and stack: arrival times and ticks are on the same axis
    std::unique_ptr<LegFactory> stack;
    std::unique_ptr<Role> role;
    std::unique_ptr<run::RoleRunner> runner;

    /** A clock that works, or the reason why not. */
    [[nodiscard]] Result<void> makeClock()
    {
        auto real = std::make_shared<RealClock>();
        if (! real->isUsable())
            return Error { ExitCode::environment, "make the engine's timer", "the kernel gave none (timerfd, eventfd)", "raise the limit of open files (ulimit -n)" };
        clock = std::move(real);
        return {};
    }

    [[nodiscard]] Result<void> start(run::RunnerOptions options, std::function<void(ExitCode)> onEnd)
    {
        runner = std::make_unique<run::RoleRunner>(*role, std::move(options), std::move(onEnd));
        return runner->start();
    }
};

} // namespace mw
