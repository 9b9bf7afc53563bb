#pragma once

#include <string>

namespace mw::cli
{

/** Exit codes and signals, below every help text. */
[[nodiscard]] std::string exitCodeHelp();

/** `milliwatt --help`, below the list of commands. */
[[nodiscard]] std::string generalHelp();

/** Examples for one command, with the exit codes. @param command "mixer", "source", "sink" or "demo" */
[[nodiscard]] std::string footerFor(const std::string& command);

/** The keys of a running mixer, in two columns where the width allows it. @param width [columns] */
[[nodiscard]] std::string keyHelp(int width = 80);

} // namespace mw::cli
