#pragma once

#include <mw_lab/mw_lab.h>

#include <CLI/CLI.hpp>

#include <vector>

namespace mw::cli
{

/** Options of every command that measures calls: what is expected of them, and who sends which pilot. */
struct ExpectOptions
{
    /** Adds --expect, --expect-file and --list-figures. This object must outlive the parsing. */
    void addExpectations(CLI::App& app, const char* group);

    /** Adds --pilot-names. */
    void addPilotNames(CLI::App& app, const char* group);

    std::vector<FigureExpectation> expectations;
    PilotNames pilotNames;
};

} // namespace mw::cli
