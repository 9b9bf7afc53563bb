#pragma once

#include <mw_core/mw_core.h>

#include <CLI/CLI.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace mw::cli
{

/** One setting of a configuration file and where it stands. */
struct ConfigItem
{
    std::string section;              ///< "mixer", or empty before the first section
    std::string key;                  ///< without dashes: "legs"
    std::vector<std::string> values;  ///< one, or those of an array
    int line = 0;                     ///< counting from 1
};

/** Reads the INI/TOML subset that the options need:

        # a comment              ; another
        legs = 8                 before any section: for whichever command reads the file
        [mixer]                  for `milliwatt mixer` alone
        dial = ["sip:a@h", "sip:b@h"]
        dtmf = '123#'
        dtmf-loop = true

    A value is bare, in single quotes (as it stands), in double quotes (\" \\ \n \t), or an array of these on one line.
    @param name the file's name, for messages
    @returns an error (wrong use) "FILE:LINE: …" at the first line that is none of this */
[[nodiscard]] Result<std::vector<ConfigItem>> parseConfig(std::string_view text, const std::string& name);

/** Gives a file's settings to the options of one command. What the command line gave already stays as it is.
    @param app the parsed command @param file path
    @returns an error: environment when the file cannot be read, otherwise wrong use with file and line */
[[nodiscard]] Result<void> applyConfigFile(CLI::App& app, const std::string& file);

} // namespace mw::cli
