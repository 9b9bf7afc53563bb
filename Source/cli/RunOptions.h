#pragma once

#include "../run/RoleRunner.h"

#include <CLI/CLI.hpp>

#include <string>

namespace mw::cli
{

/** Options of every command that runs a role: how much it says, and its configuration file. */
struct RunOptions
{
    /** Adds `--config`, `--verbose`, `--quiet` and `--uri-file`. This object must outlive the parsing. */
    void addTo(CLI::App& app);

    [[nodiscard]] run::RunnerOptions runnerOptions(const std::string& commandName) const;

    bool verbose = false, quiet = false;
    std::string uriFile;
};

/** `--config FILE` alone; the file is read by applyConfigFile(). */
void addConfigOption(CLI::App& app);

/** The file given to `--config`, or empty. */
[[nodiscard]] std::string configFileOf(const CLI::App& app);

} // namespace mw::cli
