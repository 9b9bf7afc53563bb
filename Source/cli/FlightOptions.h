#pragma once

#include <mw_lab/mw_lab.h>

#include <CLI/CLI.hpp>

namespace mw::cli
{

/** Options of every command that can keep a flight recorder's folders. */
struct FlightOptions
{
    /** @param config takes the values; it must outlive the parsing */
    static void addTo(CLI::App& app, FlightConfig& config, const char* group);
};

} // namespace mw::cli
