#pragma once

#include "../Engine.h"

#include <cstdint>
#include <string>
#include <vector>

namespace mw
{

/** A counter that stays 0 while all goes well: on this machine, on the network, with the callers. What each reveals, and the
    test that provokes it, stand in Docs/Metrics.md. */
struct Incident
{
    const char* key;    ///< in JSON: "lateTicks"
    const char* words;  ///< for a person: "late ticks"
    uint64_t count;
};

/** All of them, the weightiest first, also those that are 0. */
[[nodiscard]] std::vector<Incident> incidentsOf(const EngineSnapshot& snapshot);

/** Those that are not 0: "late ticks 3, callers refused 2"; empty when there are none. */
[[nodiscard]] std::string incidentText(const EngineSnapshot& snapshot);

} // namespace mw
