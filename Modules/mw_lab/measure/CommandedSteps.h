#pragma once

#include "FigureSet.h"
#include "MixerLogReader.h"

#include <cstdint>
#include <vector>

namespace mw
{

inline constexpr double longestAnswerS = 2.0;  ///< a step later than this is no answer to a command [s]

/** Lines up commands with the steps that were heard (table "steps" of the pilots, on the same machine's clock): table "commands", a row each with
    the change commanded and measured, its error [dB] and how late half of it was done [ms], and the figures `commands.*`. Only commands given between
    the call's beginning and 0.5 s before its end count.

    A command to a leg whose user is the name of a pilot is answered by that pilot alone; one to another leg, or to all, by the first that follows.
    @param commands null: no log was given @param fromNs @param toNs the call, engine clock [ns] */
void addCommandedSteps(FigureSet& figures, const std::vector<CommandedStep>* commands, int64_t fromNs, int64_t toNs);

} // namespace mw
